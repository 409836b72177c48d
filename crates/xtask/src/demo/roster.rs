//! A roster counted by the demo itself, row by row, so that the county's report has something to be held against.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail};
use calamine::{Data, Reader, open_workbook_auto};
use serde_json::Value;

/// Households and their people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    /// 户
    pub(crate) households: i64,
    /// 人
    pub(crate) persons: i64,
}

/// One household, as its first row says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Row {
    /// 户编号
    pub(crate) number: String,
    /// 户主
    pub(crate) head: String,
    /// 县/乡/村
    pub(crate) village: String,
    site: String,
    year: String,
    persons: i64,
}

/// What a roster adds up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Roster {
    /// The county of its first row.
    pub(crate) county: String,
    /// Its households, in the order of the sheet.
    pub(crate) rows: Vec<Row>,
    /// All of it.
    pub(crate) all: Sum,
    /// By 县/乡/村.
    pub(crate) by_village: BTreeMap<String, Sum>,
    /// By year of relocation; empty where none is stated.
    pub(crate) by_year: BTreeMap<String, Sum>,
    /// By year, then by site; empty where none is stated.
    pub(crate) by_year_site: BTreeMap<String, BTreeMap<String, Sum>>,
}

impl Roster {
    /// Counts the first sheet of a workbook. Totals beside it, in FILE.totals.json, take the place of those counted.
    pub(crate) fn count(path: &Path) -> anyhow::Result<Self> {
        let mut book = open_workbook_auto(path).with_context(|| format!("打不开名单 {}", path.display()))?;
        let sheet = book.worksheet_range_at(0).context("名单里没有工作表")??;
        let rows: Vec<Vec<String>> = sheet.rows().map(|row| row.iter().map(text).collect()).collect();
        let mut roster = Self::of(&rows)?;
        let mut beside = path.as_os_str().to_owned();
        beside.push(".totals.json");
        if let Ok(bytes) = std::fs::read(beside) {
            roster.believe(&serde_json::from_slice(&bytes)?);
        }
        Ok(roster)
    }

    fn of(rows: &[Vec<String>]) -> anyhow::Result<Self> {
        let header = rows.iter().take(10).position(|row| find(row, "户编号").is_some() && find(row, "姓名").is_some());
        let Some(at) = header else {
            bail!("名单前 10 行里没有“户编号、姓名”的表头，这里数不了")
        };
        let header = rows.get(at).cloned().unwrap_or_default();
        let column = |name: &str| find(&header, name);
        let village = column("村").or_else(|| column("行政村"));
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut roster = Self::default();
        for row in rows.iter().skip(at + 1) {
            let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).cloned().unwrap_or_default();
            let number = cell(column("户编号"));
            if number.is_empty() || cell(column("姓名")).is_empty() {
                continue;
            }
            let (county, town) = (cell(column("县")), cell(column("乡")));
            let next = roster.rows.len();
            let place = *places.entry(number.clone()).or_insert(next);
            if place == next {
                roster.rows.push(Row {
                    number,
                    village: format!("{county}/{town}/{}", cell(village)),
                    site: cell(column("安置点")),
                    year: cell(column("搬迁年度")),
                    ..Row::default()
                });
            }
            if roster.county.is_empty() {
                roster.county = county;
            }
            if let Some(household) = roster.rows.get_mut(place) {
                household.persons += 1;
                if household.head.is_empty() || cell(column("与户主关系")) == "户主" {
                    household.head = cell(column("姓名"));
                }
            }
        }
        roster.add_up();
        if roster.rows.is_empty() || roster.county.is_empty() {
            bail!("名单里没有一户，或没有“县”这一列");
        }
        Ok(roster)
    }

    fn add_up(&mut self) {
        for row in &self.rows {
            let add = |sum: &mut Sum| {
                sum.households += 1;
                sum.persons += row.persons;
            };
            add(&mut self.all);
            add(self.by_village.entry(row.village.clone()).or_default());
            // A household with neither was not relocated.
            if !row.year.is_empty() || !row.site.is_empty() {
                add(self.by_year.entry(row.year.clone()).or_default());
                add(self.by_year_site.entry(row.year.clone()).or_default().entry(row.site.clone()).or_default());
            }
        }
    }

    fn believe(&mut self, told: &Value) {
        let sums = |value: Option<&Value>| -> BTreeMap<String, Sum> {
            let each = value.and_then(Value::as_object).into_iter().flatten();
            each.map(|(name, value)| (name.clone(), sum(value))).collect()
        };
        self.all = sum(told);
        self.by_village = sums(told.get("by_village"));
        self.by_year = sums(told.get("by_year"));
        let years = told.get("by_year_site").and_then(Value::as_object).into_iter().flatten();
        self.by_year_site = years.map(|(year, sites)| (year.clone(), sums(Some(sites)))).collect();
    }

    /// Of all relocated households.
    pub(crate) fn relocated(&self) -> Sum {
        let add = |all: Sum, year: &Sum| Sum {
            households: all.households + year.households,
            persons: all.persons + year.persons,
        };
        self.by_year.values().fold(Sum::default(), add)
    }
}

fn sum(value: &Value) -> Sum {
    let count = |name: &str| value.get(name).and_then(Value::as_i64).unwrap_or_default();
    Sum { households: count("households"), persons: count("persons") }
}

/// The column of this name; what stands in brackets does not count: 县(市、区、旗) is 县.
fn find(header: &[String], name: &str) -> Option<usize> {
    header.iter().position(|cell| cell.split(['(', '（']).next().is_some_and(|cell| cell.trim() == name))
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Float(number) => format!("{number:.0}"),
        cell => cell.to_string().trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_roster_is_counted_as_the_table_that_was_published_should_have_been() {
        let roster = Roster::count(&crate::program::root().join("tests/fixtures/roster-huanghou.xlsx")).unwrap();
        let sums = |households, persons| Sum { households, persons };
        assert_eq!(roster.all, sums(272, 1094));
        assert_eq!(roster.by_year["2016"], sums(114, 491));
        assert_eq!(roster.by_year["2017"], sums(50, 196));
        assert_eq!(roster.by_year["2018"], sums(108, 407));
        assert_eq!((roster.by_village.len(), roster.relocated()), (13, roster.all));
        assert_eq!(roster.county, "南召县");
        assert!(roster.rows.iter().all(|row| !row.head.is_empty()));
    }

    #[test]
    fn a_sheet_without_its_header_is_not_guessed_at() {
        let told = Roster::of(&[vec!["姓名".to_owned()], vec!["段志荣".to_owned()]]).unwrap_err().to_string();
        assert!(told.contains("户编号"), "{told}");
    }
}
