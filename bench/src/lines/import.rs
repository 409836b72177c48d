//! A county's whole roster, from the workbook to the tables: the programs as they are shipped, each in a process of its own.

use super::Measured;
use crate::core_time::children;
use crate::line::Line;
use crate::server::{Server, program};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const HOUSEHOLDS: u64 = 28_000;

/// The office's computer enrols, imports, and hands in. The import is told by the time its process was on a core, so that
/// what else the machine does is no part of it; the clock's time stands in the note. Reading the workbook is included.
pub(crate) fn measure() -> Measured {
    let dir = tempfile::tempdir()?;
    let (roster, data, home) = (dir.path().join("roster.xlsx"), dir.path().join("data"), dir.path().join("home"));
    let count = HOUSEHOLDS.to_string();
    said(Command::new(program("xtask")?).args(["sample", "--households", &count, "--out"]).arg(&roster))?;
    let init = ["init", "--county", "411321", "--name", "南召县", "--data"];
    let made = said(Command::new(program("lianhu-sync-server")?).args(init).arg(&data))?;
    let made: Value = serde_json::from_str(&made)?;
    let server = Server::run(&data)?;
    let enrol = json!({"server": format!("http://{}", server.at), "code": made.get("enrolment_code")});
    call(&home, "enrol", &enrol)?;
    call(&home, "exchange", &json!({}))?;
    let (begun, worked) = (Instant::now(), children()?);
    let outcome = call(&home, "import_roster", &json!({"path": roster}))?;
    let (core, clock) = (children()? - worked, begun.elapsed().as_secs_f64());
    let number = |key: &str| outcome.get(key).and_then(Value::as_u64).unwrap_or(0);
    ensure!(number("new_households") == HOUSEHOLDS, "{} new households", number("new_households"));
    let note = format!("{} people; {core:.0} s of core, {clock:.0} s on the clock", number("persons"));
    let import = Line::at_most("import of 28,000 households, from the workbook on", core, 60.0, "s").noting(note);
    eprintln!("{}", import.print());
    let (begun, worked) = (Instant::now(), children()?);
    let done = call(&home, "exchange", &json!({}))?;
    eprintln!(
        "      handed in afterwards: {} entries in {} requests, {:.0} s of core at the office, {:.0} s on the clock",
        done.get("handed_in").and_then(Value::as_u64).unwrap_or(0),
        done.get("rounds").and_then(Value::as_u64).unwrap_or(0),
        children()? - worked,
        begun.elapsed().as_secs_f64()
    );
    Ok(vec![import])
}

/// One command of the app.
fn call(home: &Path, name: &str, words: &Value) -> Result<Value> {
    let mut lianhu = Command::new(program("lianhu")?);
    let said = said(lianhu.arg("--home").arg(home).args(["call", name, &words.to_string()]))?;
    serde_json::from_str(&said).with_context(|| format!("{name} says no JSON"))
}

/// What a program prints.
fn said(command: &mut Command) -> Result<String> {
    let output = command.output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {}", told.lines().last().unwrap_or_default());
    Ok(String::from_utf8(output.stdout)?)
}
