//! The real window, on a screen without a monitor: how long it takes to open, and whether a long list shows blank rows. The
//! stories know how to look at a window; what is looked at is made here.

use super::Measured;
use super::save::median;
use crate::line::Line;
use crate::texts::Split;
use crate::village::{KEY, Village};
use anyhow::{Context, Result, ensure};
use lianhu_ledger::Ledger;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

/// How many households a helper has.
const FEW: usize = 300;
/// How many an office has.
const MANY: usize = 30_000;
/// How many of them one village has.
const VILLAGE: usize = 100;
/// The most the real window may take, as a multiple of an empty one.
const MOST_TIMES: f64 = 1.5;

/// Makes two homes and has them looked at.
pub(crate) fn measure() -> Measured {
    let homes = tempfile::tempdir()?;
    let (few, many, to) = (homes.path().join("few"), homes.path().join("many"), homes.path().join("told.json"));
    make_few(&few)?;
    make_many(&many)?;
    let programs = programs()?;
    let pictures = programs.parent().unwrap_or(&programs).join("window");
    let mut stories = Command::new(programs.join("lianhu-stories"));
    stories.arg("--programs").arg(&programs).arg("--pictures").arg(&pictures).arg("measure");
    stories.arg("--few").arg(&few).arg("--many").arg(&many).arg("--to").arg(&to).stdout(Stdio::null());
    let ran = stories.status().context("lianhu-stories; `cargo xtask bench` builds it")?;
    ensure!(ran.success(), "the window could not be looked at; see {}", pictures.display());
    lines(&serde_json::from_slice(&fs::read(&to)?)?)
}

fn lines(told: &Value) -> Measured {
    let times = |name: &str| -> Result<Vec<f64>> {
        let all = told.get(name).and_then(Value::as_array).with_context(|| format!("no {name}"))?;
        let mut all: Vec<f64> = all.iter().filter_map(Value::as_f64).collect();
        all.sort_unstable_by(f64::total_cmp);
        Ok(all)
    };
    let number = |name: &str| {
        told.pointer(&format!("/scrolled/{name}")).and_then(Value::as_u64).with_context(|| format!("no {name}"))
    };
    let (real, empty) = (times("real_ms")?, times("empty_ms")?);
    let note = format!("{:.0} ms ÷ {:.0} ms, medians of {} in turns", median(&real), median(&empty), real.len());
    let opened = Line::at_most(
        format!("start to 今日该办 with {FEW} households ÷ an empty window"),
        median(&real) / median(&empty),
        MOST_TIMES,
        "times",
    );
    let (frames, blank, rows) = (number("frames")?, number("blank")?, number("rows")?);
    ensure!(rows >= MANY as u64, "only {rows} of {MANY} rows were seen");
    let name = format!("list of {MANY} rows in the window, scrolled to its end: frames with a blank row");
    let scrolled = Line::at_most(name, blank as f64, 0.0, "frames");
    Ok(vec![opened.noting(note), scrolled.noting(format!("of {frames} frames, {rows} rows seen"))])
}

/// A helper with 300 households, each visited once.
fn make_few(home: &Path) -> Result<()> {
    let mut village = Village::new(Split::Unseen, 91)?;
    let helper = village.person("helper")?;
    let houses = village.households(FEW, Some(helper))?;
    let mut phone = village.phone(helper, "phone")?;
    village.exchange(&mut phone)?;
    village.visit(&mut phone, &houses, FEW)?;
    settle(phone, &village.dir.path().join("phone.sqlite"), home)
}

/// An office with 30,000 households: the county's own ledger, opened by one who may see everything.
fn make_many(home: &Path) -> Result<()> {
    let mut village = Village::new(Split::Unseen, 92)?;
    for _ in 0..MANY / VILLAGE {
        village.settle()?;
        village.households(VILLAGE, None)?;
    }
    let Village { dir, county, .. } = village;
    let county = Arc::into_inner(county).and_then(|county| county.into_inner().ok());
    let mut county = county.context("somebody else holds the county")?;
    county.set_setting("name", "办公室")?;
    county.set_setting("roles", "county")?;
    settle(county, &dir.path().join("county.sqlite"), home)
}

/// Moves a ledger to where the window looks for it, with its key beside it.
fn settle(mut ledger: Ledger, file: &Path, home: &Path) -> Result<()> {
    ledger.set_setting("prefer_walk", "done")?;
    drop(ledger);
    fs::create_dir_all(home)?;
    fs::write(home.join("key"), KEY.0)?;
    fs::rename(file, home.join("ledger.sqlite"))?;
    Ok(())
}

/// Where the programs lie that were built with this one.
pub(crate) fn programs() -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    Ok(here.parent().context("this program lies nowhere")?.to_owned())
}
