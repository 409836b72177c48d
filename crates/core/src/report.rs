//! The first report: households, people, visits and needs by town and village; relocation by year and site.
//!
//! Every figure carries its key, by which the records behind it are found. Figures are made from a [`Tally`] alone.

mod edition;
mod figure;
mod year_site;

#[cfg(test)]
mod stories;

pub use edition::{Change, diff, edition_words};
pub use figure::{FigureKey, Measure, NoSuchFigure, Pick};
pub use year_site::{Pair, YearRow, YearSite};

use crate::crossfoot::{Detail, Finding, StatedRow, Suggestion, Verdict, check_table};
use crate::day::Period;
use crate::fact::PlaceRef;
use crate::tally::{Line, Tally};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;
use year_site::{site_label, year_label};

/// A value and its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// By this the records behind it are found.
    pub key: FigureKey,
    /// The count.
    pub value: i64,
}

/// What a report is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// For what happens: visits and needs. The facts are of this period already.
    pub period: Option<Period>,
    /// Over which place.
    pub scope: Scope,
    /// Tables published elsewhere, to be checked against themselves and against the records.
    #[serde(default)]
    pub stated: Vec<StatedTable>,
}

/// The place a report is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "level", content = "place")]
pub enum Scope {
    /// Everything the facts speak of.
    #[default]
    All,
    /// One town.
    Town(Uuid),
    /// One village.
    Village(Uuid),
}

/// A table as it was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedTable {
    /// What its rows are.
    pub by: StatedBy,
    /// The rows; labels are years (`2018`, `2018年`) or names.
    pub rows: Vec<StatedRow>,
    /// The total row.
    pub total: Option<StatedRow>,
}

/// What the rows of a published table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatedBy {
    /// Years of relocation.
    Year,
    /// Sites of relocation.
    Site,
    /// Villages.
    Village,
}

/// What a line of the first table is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// A town; its villages follow it.
    Town,
    /// A village.
    Village,
    /// The last line.
    Total,
}

/// One line of the first table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceLine {
    /// Town, village or total.
    pub kind: LineKind,
    /// Which; `None` for the total and for what nobody placed.
    pub place: Option<PlaceRef>,
    /// One figure for each of [`Measure::ALL`], in that order.
    pub figures: Vec<Figure>,
}

/// A whole report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The period of visits and needs.
    pub period: Option<Period>,
    /// Towns, each followed by its villages, and the total.
    pub by_place: Vec<PlaceLine>,
    /// Relocated households by year and site.
    pub by_year_and_site: YearSite,
    /// Whether the figures agree, with each other and with the published ones.
    pub findings: Vec<Finding>,
}

impl Frame {
    /// The key of a measure over the whole scope.
    #[must_use]
    pub fn key(&self, measure: Measure) -> FigureKey {
        let mut key = FigureKey::new(measure);
        match self.scope {
            Scope::All => {}
            Scope::Town(town) => key.town = Pick::Is(town),
            Scope::Village(village) => key.village = Pick::Is(village),
        }
        key.from = self.period.map(|period| period.from);
        key.to = self.period.map(|period| period.to);
        key
    }
}

impl Report {
    /// Makes the report of a tally.
    #[must_use]
    pub fn of(tally: &Tally, frame: &Frame) -> Self {
        let places = tally.places();
        let whole = frame.key(Measure::Households);
        let lines: Vec<Line> = tally.lines().into_iter().filter(|line| whole.holds(line)).collect();
        let by_place = place_lines(&lines, &places, frame);
        let by_year_and_site = YearSite::of(&lines, &places, frame);
        let mut report =
            Self { period: frame.period, by_place, findings: by_year_and_site.cross_foot(), by_year_and_site };
        for stated in &frame.stated {
            report.findings.extend(check_table(&stated.rows, stated.total.as_ref()));
            let against = report.against_records(stated);
            report.findings.extend(against);
        }
        report
    }

    /// Every figure in it, table by table.
    pub fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.by_place.iter().flat_map(|line| &line.figures).chain(self.by_year_and_site.figures())
    }

    /// The total of a measure, from the last line.
    #[must_use]
    pub fn total(&self, measure: Measure) -> i64 {
        let total = self.by_place.iter().find(|line| line.kind == LineKind::Total);
        total.and_then(|line| line.figure(measure)).map_or(0, |figure| figure.value)
    }

    fn against_records(&self, stated: &StatedTable) -> Vec<Finding> {
        let mut findings = Vec::new();
        for row in &stated.rows {
            let (households, persons) = self.counted(stated.by, &row.label);
            findings.extend(compare(row, households, persons));
        }
        if let Some(row) = &stated.total {
            let (households, persons) = match stated.by {
                StatedBy::Village => (self.total(Measure::Households), self.total(Measure::Persons)),
                _ => values(&self.by_year_and_site.total),
            };
            findings.extend(compare(row, households, persons));
        }
        findings
    }

    fn counted(&self, by: StatedBy, label: &str) -> (i64, i64) {
        let table = &self.by_year_and_site;
        let bare = |text: &str| crate::text::header_key(text).trim_end_matches('年').to_owned();
        let same = |other: &str| bare(other) == bare(label);
        let found = match by {
            StatedBy::Year => {
                let row = table.rows.iter().find(|row| same(&year_label(row.year)));
                row.map(|row| values(&row.total))
            }
            StatedBy::Site => {
                let mut columns = table.sites.iter().zip(&table.totals);
                columns.find(|(site, _)| same(&site_label(site.as_ref()))).map(|(_, pair)| values(pair))
            }
            StatedBy::Village => {
                let mut villages = self.by_place.iter().filter(|line| line.kind == LineKind::Village);
                let line = villages.find(|line| line.place.as_ref().is_some_and(|place| same(&place.name)));
                let value = |line: &PlaceLine, measure| line.figure(measure).map_or(0, |figure| figure.value);
                line.map(|line| (value(line, Measure::Households), value(line, Measure::Persons)))
            }
        };
        found.unwrap_or_default()
    }
}

impl PlaceLine {
    /// The figure of a measure.
    #[must_use]
    pub fn figure(&self, measure: Measure) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.key.measure == measure)
    }
}

fn values(pair: &Pair) -> (i64, i64) {
    (pair.households.value, pair.persons.value)
}

fn compare(row: &StatedRow, households: i64, persons: i64) -> Vec<Finding> {
    let columns = [(row.households, households, Measure::Households), (row.persons, persons, Measure::Persons)];
    let findings = columns.into_iter().filter_map(|(stated, counted, measure)| {
        let (stated, label, column) = (stated?, row.label.clone(), measure.label().to_owned());
        let suggestion = Suggestion { label: label.clone(), column: column.clone(), value: counted };
        let verdict = if stated == counted { Verdict::Pass } else { Verdict::Warn };
        let suggestion = (verdict != Verdict::Pass).then_some(suggestion);
        Some(Finding { verdict, detail: Detail::AgainstRecords { label, column, stated, counted }, suggestion })
    });
    findings.collect()
}

type Sums = [i64; Measure::ALL.len()];
type Order<'a> = (bool, Option<&'a PlaceRef>, Option<Uuid>);

fn place_lines(lines: &[Line], places: &BTreeMap<Uuid, PlaceRef>, frame: &Frame) -> Vec<PlaceLine> {
    let mut by_town: BTreeMap<Option<Uuid>, Sums> = BTreeMap::new();
    let mut by_village: BTreeMap<(Option<Uuid>, Option<Uuid>), Sums> = BTreeMap::new();
    let mut whole = Sums::default();
    for line in lines {
        for sums in [
            by_town.entry(line.town).or_default(),
            by_village.entry((line.town, line.village)).or_default(),
            &mut whole,
        ] {
            for (sum, measure) in sums.iter_mut().zip(Measure::ALL) {
                *sum += line.measure(measure);
            }
        }
    }
    let order = |id: Option<Uuid>| -> Order<'_> { (id.is_none(), id.and_then(|id| places.get(&id)), id) };
    let towns: BTreeSet<Order<'_>> = by_town.keys().map(|town| order(*town)).collect();
    let mut printed = Vec::new();
    for (_, place, town) in towns {
        let sums = by_town.get(&town).copied().unwrap_or_default();
        printed.push(place_line(LineKind::Town, place, &sums, |key| key.town = Pick::of(town), frame));
        let villages: BTreeSet<Order<'_>> =
            by_village.keys().filter(|(of, _)| *of == town).map(|(_, id)| order(*id)).collect();
        for (_, place, village) in villages {
            let sums = by_village.get(&(town, village)).copied().unwrap_or_default();
            let pick = |key: &mut FigureKey| {
                key.village = Pick::of(village);
                key.town = Pick::of(town);
            };
            printed.push(place_line(LineKind::Village, place, &sums, pick, frame));
        }
    }
    printed.push(place_line(LineKind::Total, None, &whole, |_| {}, frame));
    printed
}

fn place_line(
    kind: LineKind,
    place: Option<&PlaceRef>,
    sums: &Sums,
    pick: impl Fn(&mut FigureKey),
    frame: &Frame,
) -> PlaceLine {
    let figure = |(measure, value): (Measure, &i64)| {
        let mut key = frame.key(measure);
        pick(&mut key);
        Figure { key, value: *value }
    };
    PlaceLine { kind, place: place.cloned(), figures: Measure::ALL.into_iter().zip(sums).map(figure).collect() }
}
