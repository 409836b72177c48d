//! The county's report as its answer says it, held against the roster that the demo counted itself.

use std::collections::BTreeMap;

use anyhow::Context;
use serde_json::Value;

use super::figures::Figures;
use super::roster::{Roster, Sum};
use super::story::{list, number, words};

/// Holds every figure of households and people against the roster: whole, by village, by year and site.
pub(crate) fn check(figures: &mut Figures, report: &Value, roster: &Roster) -> anyhow::Result<()> {
    let places = list(report, "/report/by_place")?;
    let mut town = "";
    let mut villages = BTreeMap::new();
    for line in places {
        let name = line.pointer("/place/name").and_then(Value::as_str).unwrap_or_default();
        match words(line, "/kind")? {
            "town" => town = name,
            "village" => {
                villages.insert(format!("{}/{town}/{name}", roster.county), line);
            }
            _ => check_sum(figures, "合计", roster.all, of_line(line)?),
        }
    }
    figures.check("村数", roster.by_village.len(), villages.len());
    for (path, sum) in &roster.by_village {
        let found = villages.get(path).map(|line| of_line(line)).transpose()?.unwrap_or_default();
        check_sum(figures, path, *sum, found);
    }
    check_years(figures, report.pointer("/report/by_year_and_site").context("没有年度表")?, roster)
}

fn check_years(figures: &mut Figures, table: &Value, roster: &Roster) -> anyhow::Result<()> {
    let name = |site: &Value| site.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let sites: Vec<String> = list(table, "/sites")?.iter().map(name).collect();
    let rows = list(table, "/rows")?;
    figures.check("年度数", roster.by_year.len(), rows.len());
    for (year, sum) in &roster.by_year {
        let of_year = |row: &&Value| row.get("year").map(plain).as_deref() == Some(year);
        let row = rows.iter().find(of_year).cloned().unwrap_or_default();
        check_sum(figures, format!("{year}年"), *sum, pair(row.get("total")));
        for (site, cell) in sites.iter().zip(row.get("cells").and_then(Value::as_array).into_iter().flatten()) {
            let expected = roster.by_year_site.get(year).and_then(|sites| sites.get(site)).copied();
            check_sum(figures, format!("{year}年{site}"), expected.unwrap_or_default(), pair(Some(cell)));
        }
    }
    check_sum(figures, "搬迁合计", roster.relocated(), pair(table.get("total")));
    Ok(())
}

fn check_sum(figures: &mut Figures, what: impl std::fmt::Display, expected: Sum, found: Sum) {
    figures.check(format!("{what}户数"), expected.households, found.households);
    figures.check(format!("{what}人数"), expected.persons, found.persons);
}

fn plain(year: &Value) -> String {
    year.as_i64().map(|year| year.to_string()).unwrap_or_default()
}

fn pair(pair: Option<&Value>) -> Sum {
    let value = |what: &str| pair.and_then(|pair| pair.pointer(&format!("/{what}/value"))?.as_i64()).unwrap_or(-1);
    Sum { households: value("households"), persons: value("persons") }
}

fn of_line(line: &Value) -> anyhow::Result<Sum> {
    let of = |measure| number(figure(line, measure)?, "/value");
    Ok(Sum { households: of("households")?, persons: of("persons")? })
}

/// The figure of a line that counts this.
pub(crate) fn figure<'a>(line: &'a Value, measure: &str) -> anyhow::Result<&'a Value> {
    let of = |figure: &&Value| words(figure, "/key").is_ok_and(|key| key.split('?').next() == Some(measure));
    list(line, "/figures")?.iter().find(of).with_context(|| format!("没有 {measure} 这个数"))
}

/// The last line.
pub(crate) fn total(report: &Value) -> anyhow::Result<&Value> {
    list(report, "/report/by_place")?.last().context("报表是空的")
}
