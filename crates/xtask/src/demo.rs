//! `cargo xtask demo`: the story of a visit played through the real programs, from a hillside with no signal to the
//! county's report. Whatever the story claims is looked up in what the programs answered; a wrong figure ends it badly.

mod county;
mod day;
mod exported;
mod figures;
mod hillside;
mod invitation;
mod line;
mod pairing;
mod person;
mod preparation;
mod programs;
mod published;
mod report;
mod roster;
mod server;
mod story;
mod tls_records;
mod township;
mod window;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use clap::Args;

use crate::stories::{self, Stories};
use crate::{screens, setup};
pub(crate) use programs::Programs;
use story::{Step, Story};

/// Whether the story can be played; `cargo xtask test` plays it from then on.
pub(crate) const PLAYED: bool = true;

/// What the demo is asked.
#[derive(Args)]
pub(crate) struct Demo {
    /// Plays the acts in the terminal and in a window on a screen without a monitor, and ends
    #[arg(long)]
    headless: bool,
    /// Whose screens stay open afterwards
    #[arg(long = "as", value_enum, default_value = "helper", conflicts_with = "headless")]
    role: window::Role,
    /// Another roster than the sample; FILE.totals.json beside it is believed, else the demo counts the file itself
    #[arg(long, value_name = "FILE")]
    roster: Option<PathBuf>,
}

/// Plays the story.
pub(crate) fn run(demo: &Demo) -> anyhow::Result<()> {
    setup::run()?;
    screens::build()?;
    let story = tell(Programs::build()?, demo.roster.as_deref())?;
    if demo.headless {
        println!("\n同样的三幕，在真的窗口里再来一遍：");
        let pictures = story.folder.join("window");
        drop(story);
        stories::play(&Stories { acts: true, pictures, ..Stories::default() })?;
        println!("截图在 target/demo/window");
        return Ok(());
    }
    let opened = window::open(&story, demo.role)?;
    invitation::stay_open(&story, opened)
}

/// Plays the acts in the terminal, with these programs; whatever system they were built for.
pub(crate) fn tell(programs: Programs, roster: Option<&Path>) -> anyhow::Result<Story> {
    let begun = Instant::now();
    let mut story = Story::begin(programs, roster)?;
    let played = play(&mut story);
    // A figure found wrong on the way says more than the step that stumbled over it.
    story
        .figures
        .verdict()
        .with_context(|| played.as_ref().err().map_or(String::new(), |error| format!("{error:#}")))?;
    played?;
    println!("\n写好的表格：");
    for path in &story.workbooks {
        println!("  {}", path.display());
    }
    println!("{} 个数逐一核对，用时 {:.0} 秒。\n全部相符", story.figures.right(), begun.elapsed().as_secs_f32());
    Ok(story)
}

fn play(story: &mut Story) -> anyhow::Result<()> {
    let acts = [
        ("准备  县里", preparation::STEPS),
        ("第一幕  山上，没有信号", hillside::STEPS),
        ("第二幕  乡镇，线路不好", township::STEPS),
        ("第三幕  县里，汇总上报", county::STEPS),
    ];
    let all: usize = acts.iter().map(|(_, steps)| steps.len()).sum();
    let mut at = 0;
    for (title, steps) in acts {
        println!("\n{title}");
        for Step { says, act } in steps {
            at += 1;
            let found = act(story).with_context(|| format!("第 {at}/{all} 步没有走通：{says}"))?;
            println!("第 {at}/{all} 步  {says}：{found}");
            for wrong in story.figures.take_news() {
                println!("          不符：{wrong}");
            }
        }
    }
    Ok(())
}
