//! What the bench asks of the real window, in figures: how long it takes to open, and whether a long list shows blanks.

use crate::opening::Opening;
use crate::scrolling::{self, Scrolled};
use crate::stage::Stage;
use crate::window::{Size, Window};
use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};

/// How often either window is opened, in turns.
const TIMES: usize = 7;

/// What the bench hands over.
#[derive(Args)]
pub(crate) struct Measure {
    /// The home of somebody who has 300 households
    #[arg(long)]
    few: PathBuf,
    /// The same home behind a PIN
    #[arg(long)]
    locked: PathBuf,
    /// The home of an office that has 30,000
    #[arg(long)]
    many: PathBuf,
    /// Where the figures are written as JSON
    #[arg(long)]
    to: PathBuf,
}

/// Measures and writes.
pub(crate) fn measure(stage: &Stage, asked: &Measure) -> Result<()> {
    let [real, locked, empty] = openings(stage, asked)?;
    let part = |times: &[(f64, f64)]| -> (Vec<f64>, Vec<f64>) { times.iter().copied().unzip() };
    let [real, locked, empty] = [part(&real), part(&locked), part(&empty)];
    let Scrolled { frames, blank, rows, total } = scroll(stage, asked)?;
    let scrolled = json!({ "frames": frames, "blank": blank, "rows": rows, "total": total });
    let told = json!({
        "real_ms": real.0, "locked_ms": locked.0, "empty_ms": empty.0,
        "real_core": real.1, "locked_core": locked.1, "empty_core": empty.1,
        "scrolled": scrolled,
    });
    std::fs::write(&asked.to, serde_json::to_vec_pretty(&told)?)?;
    Ok(())
}

/// The milliseconds of every opening, on the clock and on the cores: of 今日该办, of the screen that asks for a PIN, and of
/// an empty window.
fn openings(stage: &Stage, asked: &Measure) -> Result<[Vec<(f64, f64)>; 3]> {
    let program = stage.program("lianhu-desktop");
    let of = |home: &Path, screen: &str, words: &str, name: &str| {
        let home = home.display().to_string();
        let window = Window::open(stage, &home, Size::Desktop)?;
        window.at(screen)?;
        window.see(words)?;
        window.close()?;
        let opening = Opening::learn(stage, program.clone(), vec!["--home".to_owned(), home], name)?;
        // Words and lines, where an empty window has a single colour.
        ensure!(opening.drawn() > 50, "{name} shows next to nothing: {} in a thousand", opening.drawn());
        Ok(opening)
    };
    let real = of(&asked.few, "today", "今日该办", "opened-real")?;
    let locked = of(&asked.locked, "lock", "密码", "opened-locked")?;
    let empty = Opening::learn(stage, stage.program("examples/empty"), Vec::new(), "opened-empty")?;
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..TIMES {
        for (opening, times) in [&real, &locked, &empty].into_iter().zip(&mut times) {
            times.push(opening.time()?);
        }
    }
    println!("    opened 今日该办, the lock, an empty window: {times:.0?} ms");
    Ok(times)
}

fn scroll(stage: &Stage, asked: &Measure) -> Result<Scrolled> {
    let mut window = Window::open(stage, &asked.many.display().to_string(), Size::Desktop)?;
    window.tap("户")?;
    window.at("households")?;
    window.wait_for("the list", "return document.querySelectorAll('.households .rows li a').length > 4")?;
    let said = window.ask("return plain(document.querySelector('.households')?.innerText).match(/[0-9]{4,}/)?.[0]")?;
    let total = said.as_str().and_then(|digits| digits.parse().ok());
    let scrolled = scrolling::to_the_end(&window, total.context("the list does not say how long it is")?)?;
    window.picture("scrolled")?;
    window.close()?;
    Ok(scrolled)
}
