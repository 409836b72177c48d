//! The real window, on a screen without a monitor: how long it takes to open, and whether a long list shows blank rows. The
//! stories know how to look at a window; what is looked at is made here.

use super::Measured;
use super::save::median;
use crate::line::Line;
use crate::texts::Split;
use crate::village::{KEY, Village};
use anyhow::{Context, Result, anyhow, ensure};
use lianhu_app::{Command, Door, Machine, NoKeystore};
use lianhu_ledger::{Ledger, keys_beside};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Stdio};
use std::sync::Arc;

/// How many households a helper has.
const FEW: usize = 300;
/// How many an office has.
const MANY: usize = 30_000;
/// How many of them one village has.
const VILLAGE: usize = 100;
/// The most the real window may take, as a multiple of an empty one.
const MOST_TIMES: f64 = 1.5;
/// A PIN good enough for a machine without a keystore.
const PIN: &str = "门前有两棵老核桃树呀";

/// Makes two homes and has them looked at.
pub(crate) fn measure() -> Measured {
    let homes = tempfile::tempdir()?;
    let [few, locked, many, to] = ["few", "locked", "many", "told.json"].map(|name| homes.path().join(name));
    make_few(&few)?;
    make_locked(&few, &locked)?;
    make_many(&many)?;
    let programs = programs()?;
    let pictures = programs.parent().unwrap_or(&programs).join("window");
    let mut stories = process::Command::new(programs.join("lianhu-stories"));
    stories.arg("--programs").arg(&programs).arg("--pictures").arg(&pictures).arg("measure");
    stories.arg("--few").arg(&few).arg("--locked").arg(&locked).arg("--many").arg(&many).arg("--to").arg(&to);
    stories.stdout(Stdio::null());
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
    let (empty, empty_core) = (times("empty_ms")?, times("empty_core")?);
    let opened = |name: String, which: &str| -> Result<Line> {
        let (real, empty, turns) = (median(&times(&format!("{which}_ms"))?), median(&empty), empty.len());
        let (core, empty_core) = (median(&times(&format!("{which}_core"))?), median(&empty_core));
        let note = format!(
            "{real:.0} ms ÷ {empty:.0} ms, medians of {turns} in turns; on the cores {core:.0} ms ÷ {empty_core:.0} ms = {:.2}",
            core / empty_core
        );
        Ok(Line::at_most(name, real / empty, MOST_TIMES, "times").noting(note))
    };
    let today = opened(format!("start to 今日该办 with {FEW} households, no PIN ÷ an empty window"), "real")?;
    let lock = opened("start to where the PIN is asked for ÷ an empty window".to_owned(), "locked")?;
    let (frames, blank, rows) = (number("frames")?, number("blank")?, number("rows")?);
    ensure!(rows >= MANY as u64, "only {rows} of {MANY} rows were seen");
    let name = format!("list of {MANY} rows in the window, scrolled to its end: frames with a blank row");
    let scrolled = Line::at_most(name, blank as f64, 0.0, "frames");
    Ok(vec![today, lock, scrolled.noting(format!("of {frames} frames, {rows} rows seen"))])
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

/// The same home behind a PIN. What typing it takes is a person's affair, and what trying it takes is measured by itself.
fn make_locked(open: &Path, home: &Path) -> Result<()> {
    fs::create_dir_all(home)?;
    for file in fs::read_dir(open)? {
        let file = file?;
        fs::copy(file.path(), home.join(file.file_name()))?;
    }
    let set = || -> lianhu_app::Result<_> {
        let door = Door::of(home, Arc::new(Machine), Box::new(NoKeystore), Box::new(|_| ()))?;
        door.call(Command::read("set_pin", json!({ "pin": PIN }))?)
    };
    set().map_err(|error| anyhow!("{}", error.told()))?;
    ensure!(!home.join("key").exists(), "a PIN was set, and the key still lies beside the ledger");
    Ok(())
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

/// Moves a ledger to where the window looks for it, with its key beside it and, of a county, the keys of its households.
fn settle(mut ledger: Ledger, file: &Path, home: &Path) -> Result<()> {
    ledger.set_setting("prefer_walk", "done")?;
    drop(ledger);
    fs::create_dir_all(home)?;
    fs::write(home.join("key"), KEY.0)?;
    let to = home.join("ledger.sqlite");
    let (keys, keys_to) = (keys_beside(file), keys_beside(&to));
    if keys.exists() {
        fs::rename(keys, keys_to)?;
    }
    fs::rename(file, to)?;
    Ok(())
}

/// Where the programs lie that were built with this one.
pub(crate) fn programs() -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    Ok(here.parent().context("this program lies nowhere")?.to_owned())
}
