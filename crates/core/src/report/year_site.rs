//! The table of relocation: years down, sites across, with row totals, column totals and the whole.

use super::{Figure, FigureKey, Frame, Measure, Pick};
use crate::crossfoot::{Finding, Part, Verdict, sum};
use crate::fact::PlaceRef;
use crate::tally::Line;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Households and persons of one cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// 户数.
    pub households: Figure,
    /// 人数.
    pub persons: Figure,
}

/// One year of relocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearRow {
    /// The year; `None` for relocated households whose year nobody stated.
    pub year: Option<i32>,
    /// One cell for each site, in their order.
    pub cells: Vec<Pair>,
    /// The row's total.
    pub total: Pair,
}

/// Relocated households by year and site. Households with neither year nor site are not relocated and not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearSite {
    /// The sites across; `None` for relocated households whose site nobody stated.
    pub sites: Vec<Option<PlaceRef>>,
    /// The years down.
    pub rows: Vec<YearRow>,
    /// The columns' totals.
    pub totals: Vec<Pair>,
    /// The whole.
    pub total: Pair,
}

type Sums<K> = BTreeMap<K, (i64, i64)>;

impl YearSite {
    /// Counts cells, rows, columns and the whole each by itself, so that their agreement says something.
    pub(super) fn of(lines: &[Line], places: &BTreeMap<Uuid, PlaceRef>, frame: &Frame) -> Self {
        let mut by_cell: Sums<(Option<i32>, Option<Uuid>)> = BTreeMap::new();
        let mut by_year: Sums<Option<i32>> = BTreeMap::new();
        let mut by_site: Sums<Option<Uuid>> = BTreeMap::new();
        let mut whole = (0, 0);
        for line in lines.iter().filter(|line| line.relocated) {
            let counts = (line.measure(Measure::Households), line.measure(Measure::Persons));
            for sums in [
                by_cell.entry((line.year, line.site)).or_default(),
                by_year.entry(line.year).or_default(),
                by_site.entry(line.site).or_default(),
                &mut whole,
            ] {
                *sums = (sums.0 + counts.0, sums.1 + counts.1);
            }
        }
        let named: BTreeSet<(bool, Option<&PlaceRef>, Option<Uuid>)> =
            by_site.keys().map(|site| (site.is_none(), site.and_then(|site| places.get(&site)), *site)).collect();
        let years: BTreeSet<(bool, Option<i32>)> = by_year.keys().map(|year| (year.is_none(), *year)).collect();
        let pair = |counts: Option<&(i64, i64)>, year: Pick<i32>, site: Pick<Uuid>| pair(counts, year, site, frame);
        let rows = years.iter().map(|(_, year)| {
            let cells =
                named.iter().map(|(_, _, site)| pair(by_cell.get(&(*year, *site)), Pick::of(*year), Pick::of(*site)));
            YearRow { year: *year, cells: cells.collect(), total: pair(by_year.get(year), Pick::of(*year), Pick::Any) }
        });
        Self {
            rows: rows.collect(),
            sites: named.iter().map(|(_, place, _)| place.cloned()).collect(),
            totals: named.iter().map(|(_, _, site)| pair(by_site.get(site), Pick::Any, Pick::of(*site))).collect(),
            total: pair(Some(&whole), Pick::Any, Pick::Any),
        }
    }

    /// Rows against their totals, columns against theirs, and both against the whole; of rows and columns only what fails.
    #[must_use]
    pub fn cross_foot(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for column in [Measure::Households, Measure::Persons] {
            let what = column.label();
            let value = |pair: &Pair| pair.of(column).value;
            let years: Vec<Part> =
                self.rows.iter().map(|row| Part::new(&year_label(row.year), value(&row.total))).collect();
            let sites: Vec<Part> = self
                .sites
                .iter()
                .zip(&self.totals)
                .map(|(site, pair)| Part::new(&site_label(site.as_ref()), value(pair)))
                .collect();
            findings.push(sum(&format!("各年度{what}"), &years, value(&self.total)));
            findings.push(sum(&format!("各安置点{what}"), &sites, value(&self.total)));
            let mut inner = Vec::new();
            for row in &self.rows {
                let parts: Vec<Part> = self
                    .sites
                    .iter()
                    .zip(&row.cells)
                    .map(|(site, pair)| Part::new(&site_label(site.as_ref()), value(pair)))
                    .collect();
                inner.push(sum(&format!("{}{what}", year_label(row.year)), &parts, value(&row.total)));
            }
            for (place, (site, total)) in self.sites.iter().zip(&self.totals).enumerate() {
                let cells = self
                    .rows
                    .iter()
                    .filter_map(|row| Some(Part::new(&year_label(row.year), value(row.cells.get(place)?))));
                inner.push(sum(
                    &format!("{}{what}", site_label(site.as_ref())),
                    &cells.collect::<Vec<_>>(),
                    value(total),
                ));
            }
            findings.extend(inner.into_iter().filter(|finding| finding.verdict != Verdict::Pass));
        }
        findings
    }

    /// Every figure of the table, row by row.
    pub(super) fn figures(&self) -> impl Iterator<Item = &Figure> {
        let rows = self.rows.iter().flat_map(|row| row.cells.iter().chain([&row.total]));
        rows.chain(&self.totals).chain([&self.total]).flat_map(|pair| [&pair.households, &pair.persons])
    }
}

impl Pair {
    /// The one of the two that is meant; persons for anything but households.
    #[must_use]
    pub fn of(&self, measure: Measure) -> &Figure {
        if measure == Measure::Households { &self.households } else { &self.persons }
    }
}

fn pair(counts: Option<&(i64, i64)>, year: Pick<i32>, site: Pick<Uuid>, frame: &Frame) -> Pair {
    let figure = |measure, value| {
        let named = matches!(year, Pick::Is(_)) || matches!(site, Pick::Is(_));
        let key = FigureKey { year, site, relocated: !named, ..frame.key(measure) };
        Figure { key, value }
    };
    let (households, persons) = counts.copied().unwrap_or_default();
    Pair { households: figure(Measure::Households, households), persons: figure(Measure::Persons, persons) }
}

/// How a year is called in a finding.
pub(super) fn year_label(year: Option<i32>) -> String {
    year.map_or_else(|| "年度未填".to_owned(), |year| format!("{year}年"))
}

/// How a site is called in a finding.
pub(super) fn site_label(site: Option<&PlaceRef>) -> String {
    site.map_or_else(|| "安置点未填".to_owned(), |site| site.name.clone())
}
