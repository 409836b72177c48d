//! The Windows programs that have no window, tried under wine where it is installed. It shows that they start, keep a
//! ledger and answer; it does not show that Windows agrees.

use std::path::Path;

use anyhow::{Context, ensure};
use serde_json::Value;

use super::emptied;
use crate::program::Program;

/// Where wine may be: as somebody installed it, or where Debian keeps its 64-bit half.
const WINES: [&str; 3] = ["wine", "wine64", "/usr/lib/wine/wine64"];

/// Asks what the programs do, founds a county, and opens a ledger.
pub(crate) fn try_out(place: &Path) -> anyhow::Result<()> {
    let Some(wine) = WINES.into_iter().find(|wine| Program::named(wine, ["--version"]).answers()) else {
        println!("windows: no wine here, so nothing of it was run");
        return Ok(());
    };
    let room = emptied("wine")?;
    let prefix = format!("WINEPREFIX={}", room.join("prefix").display());
    let run = |program: &str, words: &[&str]| {
        let program = place.join(program).display().to_string();
        let before = [&prefix, "WINEDEBUG=-all", "DISPLAY=", wine, &program];
        Program::named("env", before.into_iter().chain(words.iter().copied())).told()
    };
    for program in ["lianhu.exe", "lianhu-sync-server.exe"] {
        ensure!(run(program, &["--help"])?.contains("Usage: "), "{program} does not say what it does");
    }
    let json = |told: String| serde_json::from_str::<Value>(&told).with_context(|| format!("it answered: {told}"));
    let (county, home) = (room.join("county").display().to_string(), room.join("home").display().to_string());
    let founded =
        json(run("lianhu-sync-server.exe", &["init", "--data", &county, "--county", "411321", "--name", "南召县"])?)?;
    ensure!(founded.get("enrolment_code").is_some_and(Value::is_string), "no county was founded: {founded}");
    let status = json(run("lianhu.exe", &["--home", &home, "call", "status"])?)?;
    ensure!(status.is_object(), "a new ledger says nothing of itself: {status}");
    std::fs::remove_dir_all(&room)?;
    println!("windows: under wine a county was founded and a ledger opened");
    Ok(())
}
