//! The county's report over every household and a year of visits, and the records behind one of its figures.

use super::Measured;
use crate::line::Line;
use crate::village::KEY;
use crate::whole::Whole;
use anyhow::{Context, ensure};
use lianhu_app::{App, AppError};
use lianhu_core::day::Period;
use serde_json::Value;
use std::time::Instant;

/// Opens the county as the app does and asks it as a person does.
pub(crate) fn measure(whole: &mut Whole) -> Measured {
    let home = whole.village.dir.path().join("report");
    std::fs::create_dir_all(&home)?;
    whole.village.copy_county(&home.join("ledger.sqlite"))?;
    std::fs::write(home.join("key"), KEY.0)?;
    let app = App::open(&home, whole.village.around.clone(), Box::new(|_| ())).map_err(told)?;
    let today = whole.village.today();
    let period = Period { from: today.plus(-364), to: today };
    let begun = Instant::now();
    let report = app.county_report(period, None, None).map_err(told)?;
    let cold = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    app.county_report(Period { from: today.plus(-30), to: today }, None, None).map_err(told)?;
    let month = begun.elapsed().as_secs_f64();
    let note = format!("twelve months, never asked before; one month {month:.2} s");
    let mut lines = vec![Line::at_most("report over 30,000 households × 100 records", cold, 1.0, "s").noting(note)];
    let figure = figure(&report.report).context("a report without a figure of a village")?;
    let begun = Instant::now();
    let behind = app.records_behind(figure.clone(), None).map_err(told)?;
    let opened = begun.elapsed().as_secs_f64() * 1e3;
    ensure!(behind.value > 0, "nothing behind {figure}");
    let note = format!("{figure}: {} households, {} visits", behind.households_total, behind.visits_total);
    drop(app);
    // A copy of a whole county takes gigabytes.
    std::fs::remove_dir_all(&home)?;
    lines.push(Line::at_most("a figure opens its records", opened, 100.0, "ms").noting(note));
    Ok(lines)
}

/// What the app says when it refuses.
fn told(error: AppError) -> anyhow::Error {
    anyhow::anyhow!("{error:?}")
}

/// The key of one figure of one village: what a person would tap on.
fn figure(report: &Value) -> Option<String> {
    let text = report.as_str().map(str::to_owned);
    let is_key = |text: &String| text.starts_with("visits?") && text.contains("village=");
    match report {
        Value::Object(map) => map.keys().find(|key| is_key(key)).cloned().or_else(|| map.values().find_map(figure)),
        Value::Array(list) => list.iter().find_map(figure),
        _ => text.filter(is_key),
    }
}
