//! Seeded rosters through the real programs: what the county's report says must be what the generator counted, and a dry
//! run must name every planted fault and nothing else.

#![expect(clippy::indexing_slicing, reason = "JSON answers null for what is not there; nothing panics")]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, bail, ensure};
use clap::Args;
use serde_json::{Value, json};

use crate::program::{Program, root};

/// What is asked.
#[derive(Args)]
pub(crate) struct Samples {
    /// How many seeds
    #[arg(long, default_value_t = 20)]
    pub(crate) seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 1)]
    pub(crate) from: u64,
}

/// Runs the seeds; the first difference ends it.
pub(crate) fn run(asked: &Samples) -> anyhow::Result<()> {
    Program::build(&["lianhu", "lianhu-sync-server"]).run()?;
    let work = root().join("target/samples");
    for seed in asked.from..asked.from + asked.seeds {
        if work.exists() {
            std::fs::remove_dir_all(&work)?;
        }
        std::fs::create_dir_all(&work)?;
        one(&work, seed)
            .with_context(|| format!("seed {seed}; to repeat it: cargo xtask samples --seeds 1 --from {seed}"))?;
    }
    println!("{} rosters: every total agrees, every fault is named and nothing else", asked.seeds);
    Ok(())
}

fn one(work: &Path, seed: u64) -> anyhow::Result<()> {
    let households = 30 + (seed * 37) % 170;
    let (clean, faulty) = (work.join("clean.xlsx"), work.join("faulty.xlsx"));
    let totals = sample(&clean, seed, households, 0)?;
    sample(&faulty, seed, households.max(100), 50)?;
    let county = County::found(work)?;
    let dry = county.call("import_roster", &json!({"path": clean, "dry_run": true}))?;
    ensure!(dry["doubts"] == json!([]), "a roster without faults is doubted: {}", dry["doubts"]);
    let key = std::fs::read_to_string(format!("{}.answers.json", faulty.display()))?;
    let dry = county.call("import_roster", &json!({"path": faulty, "dry_run": true}))?;
    same_doubts(&serde_json::from_str(&key)?, &dry["doubts"])?;
    county.call("import_roster", &json!({"path": clean}))?;
    let report = county.call("county_report", &json!({"period": {"from": "2026-01-01", "to": "2026-12-31"}}))?;
    same_totals(&totals, &report["report"])
}

fn sample(to: &Path, seed: u64, households: u64, faults: u64) -> anyhow::Result<Value> {
    let out = Command::new(std::env::current_exe()?)
        .args(["sample", "--households", &households.to_string(), "--seed", &seed.to_string()])
        .args(["--faults", &faults.to_string(), "--out"])
        .arg(to)
        .output()?;
    ensure!(out.status.success(), "the sample was not written: {}", String::from_utf8_lossy(&out.stderr));
    Ok(serde_json::from_slice(&out.stdout)?)
}

/// Every doubt as (sheet, row, column, kind), compared as sets.
fn same_doubts(key: &Value, found: &Value) -> anyhow::Result<()> {
    let set = |list: &Value| -> BTreeSet<String> {
        let spot = |doubt: &Value| format!("{} {}{} {}", doubt["sheet"], doubt["column"], doubt["row"], doubt["kind"]);
        list.as_array().into_iter().flatten().map(spot).collect()
    };
    let (key, found) = (set(key), set(found));
    let missed: Vec<_> = key.difference(&found).collect();
    let extra: Vec<_> = found.difference(&key).collect();
    ensure!(missed.is_empty() && extra.is_empty(), "not named: {missed:?}; named without reason: {extra:?}");
    Ok(())
}

fn same_totals(totals: &Value, report: &Value) -> anyhow::Result<()> {
    let figure = |figures: &Value, measure: &str| -> Value {
        let found = figures.as_array().into_iter().flatten();
        let mut found =
            found.filter(|figure| figure["key"].as_str().is_some_and(|key| key.split('?').next() == Some(measure)));
        found.next().map(|figure| figure["value"].clone()).unwrap_or_default()
    };
    let pair = |pair: &Value| json!({"households": pair["households"]["value"], "persons": pair["persons"]["value"]});
    let lines: Vec<&Value> = report["by_place"].as_array().into_iter().flatten().collect();
    for (path, expected) in totals["by_village"].as_object().into_iter().flatten() {
        let name = path.rsplit('/').next().unwrap_or_default();
        let town = path.rsplit('/').nth(1).unwrap_or_default();
        // Lines stand under their town, so that a village name that occurs twice is told apart.
        let under = lines.iter().skip_while(|line| line["place"]["name"] != town || line["kind"] != "town");
        let line = under.skip(1).find(|line| line["place"]["name"] == name && line["kind"] == "village");
        let line = line.with_context(|| format!("{path} is not in the report"))?;
        let found = json!({"households": figure(&line["figures"], "households"), "persons": figure(&line["figures"], "persons")});
        ensure!(&found == expected, "{path}: the report says {found}, the sample {expected}");
    }
    let table = &report["by_year_and_site"];
    let sites: Vec<&str> =
        table["sites"].as_array().into_iter().flatten().map(|site| site["name"].as_str().unwrap_or_default()).collect();
    for row in table["rows"].as_array().into_iter().flatten() {
        let year = row["year"].to_string();
        ensure!(pair(&row["total"]) == totals["by_year"][&year], "{year}: the totals differ");
        for (site, cell) in sites.iter().zip(row["cells"].as_array().into_iter().flatten()) {
            let zero = json!({"households": 0, "persons": 0});
            let expected = totals["by_year_site"][&year].get(*site).unwrap_or(&zero);
            ensure!(&pair(cell) == expected, "{year} {site}: the report says {}, the sample {expected}", pair(cell));
        }
    }
    for (site, total) in sites.iter().zip(table["totals"].as_array().into_iter().flatten()) {
        ensure!(pair(total) == totals["by_site"][*site], "{site}: the totals differ");
    }
    let all = json!({"households": totals["households"], "persons": totals["persons"]});
    ensure!(pair(&table["total"]) == all, "the report says {} in all, the sample {all}", pair(&table["total"]));
    Ok(())
}

/// A county with a server and one admin, for as long as this lives.
struct County {
    server: Child,
    home: PathBuf,
}

impl County {
    fn found(work: &Path) -> anyhow::Result<Self> {
        let data = work.join("county");
        let made = program("lianhu-sync-server")
            .args(["init", "--county", "411321", "--name", "南召县", "--data"])
            .arg(&data)
            .output()?;
        ensure!(made.status.success(), "no county: {}", String::from_utf8_lossy(&made.stderr));
        let made: Value = serde_json::from_slice(&made.stdout)?;
        let mut server = program("lianhu-sync-server")
            .args(["run", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(server.stdout.take().context("the server has an output")?).read_line(&mut line)?;
        let county = Self { server, home: work.join("admin") };
        let Some(url) = line.trim().strip_prefix("listening on ") else { bail!("the server said {line:?}") };
        county.call("enrol", &json!({"server": url, "code": made["enrolment_code"]}))?;
        county.call("exchange", &json!({}))?;
        Ok(county)
    }

    fn call(&self, name: &str, args: &Value) -> anyhow::Result<Value> {
        let out = program("lianhu").arg("--home").arg(&self.home).args(["call", name, &args.to_string()]).output()?;
        ensure!(out.status.success(), "{name}: {}", String::from_utf8_lossy(&out.stderr));
        Ok(serde_json::from_slice(&out.stdout)?)
    }
}

impl Drop for County {
    fn drop(&mut self) {
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

fn program(name: &str) -> Command {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    Command::new(target.join("debug").join(name))
}
