//! The report: counted from the records, checked against itself and against what was published, every figure openable,
//! every edition saying what it changed.

use crate::app::App;
use crate::covering::Cover;
use crate::error::{AppError, Result};
use lianhu_core::crossfoot::{Finding, StatedRow, check_table};
use lianhu_core::day::{Moment, Period};
use lianhu_core::ids::{HouseholdId, PlaceId};
use lianhu_core::report::{FigureKey, Frame, Measure, Pick, Report, Scope, StatedBy, StatedTable, diff, edition_words};
use lianhu_ledger::{Edition, HouseholdRow, Ledger, VisitRow};
use lianhu_workbook::read_stated_table;
use serde::Serialize;
use serde_json::Value;
use std::path::PathBuf;
use ts_rs::TS;
use uuid::Uuid;

/// A report as it was given out.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct CountyReport {
    /// The place it is about, as a path; none means all that is held.
    pub place: Option<String>,
    /// The how-manieth edition of this period and place.
    pub edition: u32,
    /// When this edition was made.
    pub made_at: Moment,
    /// 「第2版：走访次数+1次」; empty for the first edition.
    pub changes: String,
    /// The figures that changed since the edition before.
    pub changed: Vec<ChangedFigure>,
    /// The tables and findings.
    pub report: Value,
    /// The findings as sentences.
    pub findings: Vec<FindingRow>,
}

/// A figure that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ChangedFigure {
    /// Which.
    pub figure: String,
    /// What it was.
    #[ts(type = "number | null")]
    pub was: Option<i64>,
    /// What it is.
    #[ts(type = "number | null")]
    pub is: Option<i64>,
}

/// A finding as a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FindingRow {
    /// `pass`, `warn` or `fail`.
    pub verdict: String,
    /// Which rule.
    pub rule: String,
    /// What is found, and what it would have to be.
    pub sentence: String,
    /// The rule with the figures it saw and the one that would mend it, for a screen to put in its own words.
    pub finding: Value,
}

/// The records behind a figure.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Behind {
    /// The figure, as it was asked for.
    pub figure: String,
    /// Its value.
    #[ts(type = "number")]
    pub value: i64,
    /// How many households make it up.
    pub households_total: u32,
    /// One page of them.
    pub households: Vec<HouseholdRow>,
    /// How many visits they had in its period, where it counts visits.
    pub visits_total: u32,
    /// One page of them, in the order of the households.
    pub visits: Vec<VisitRow>,
    /// Whether it counts something of households that were erased by law: of those there are no records.
    pub erased: bool,
}

/// Households, and visits, on one page of what is behind a figure.
pub(crate) const BEHIND: usize = 200;

impl App {
    /// The report of a period, of one place or of all that is held; `stated` is a published table to hold against it.
    pub fn county_report(
        &self,
        period: Period,
        place: Option<String>,
        stated: Option<PathBuf>,
    ) -> Result<CountyReport> {
        let place = self.place_or_all(place.as_deref())?;
        let stated = stated.map(|path| read_stated_table(&path)).transpose()?;
        let stated: Vec<_> = stated.map(|table| published(table.by, table.rows, table.total)).into_iter().collect();
        let report = self.report(period, place, stated)?;
        let key = format!("{}..{}", period.from, period.to);
        let mut ledger = self.ledger();
        let was = ledger.last_edition(&key, place)?;
        let read = |was: &Edition| serde_json::from_str::<Report>(&was.figures).ok();
        // What was published elsewhere is no part of an edition: figures are.
        let figures = Report { findings: Vec::new(), ..report.clone() };
        let (edition, made_at, before) = match was.as_ref().and_then(|was| Some((was, read(was)?))) {
            // The edition given out last, looked at again: what it changed is still said.
            Some((was, same)) if diff(&same, &figures).is_empty() => {
                (was.edition, was.made_at, ledger.edition(&key, place, was.edition - 1)?.as_ref().and_then(read))
            }
            Some((was, old)) => (was.edition + 1, self.around.now(), Some(old)),
            None => (was.as_ref().map_or(1, |was| was.edition + 1), self.around.now(), None),
        };
        let changed = before.as_ref().map(|old| diff(old, &figures)).unwrap_or_default();
        let changes = before.as_ref().map(|old| edition_words(edition, old, &figures)).unwrap_or_default();
        if was.as_ref().is_none_or(|was| was.edition != edition) {
            let text = serde_json::to_string(&figures).map_err(|error| AppError::Bug { detail: error.to_string() })?;
            let before = ledger.written();
            ledger.keep_edition(&key, place, edition, &text)?;
            self.counted.still_holds(before, &ledger);
        }
        let place = place.map(|id| ledger.place(id)).transpose()?.flatten().map(|place| place.path);
        Ok(CountyReport {
            place,
            edition,
            made_at,
            changes,
            changed: changed
                .into_iter()
                .map(|change| ChangedFigure { figure: change.figure.to_string(), was: change.was, is: change.is })
                .collect(),
            findings: report.findings.iter().map(finding_row).collect(),
            report: serde_json::to_value(&report).map_err(|error| AppError::Bug { detail: error.to_string() })?,
        })
    }

    pub(crate) fn report(&self, period: Period, place: Option<PlaceId>, stated: Vec<StatedTable>) -> Result<Report> {
        let ledger = self.ledger();
        let scope = match place.map(|id| ledger.place(id)).transpose()?.flatten() {
            Some(place) if place.level == "town" => Scope::Town(place.id.0),
            Some(place) if place.level == "village" => Scope::Village(place.id.0),
            _ => Scope::All,
        };
        let tally = self.counted(&ledger, period, place)?;
        drop(ledger);
        Ok(Report::of(&tally, &Frame { period: Some(period), scope, stated }))
    }

    /// The households and records behind a figure of a report; pages from 0.
    pub fn records_behind(&self, figure: String, page: Option<u32>) -> Result<Behind> {
        let key: FigureKey = figure.parse().map_err(|_| AppError::missing(&figure))?;
        let cover = self.cover_of_rows()?;
        let everything = Period { from: lianhu_core::day::Day(i32::MIN / 2), to: lianhu_core::day::Day(i32::MAX / 2) };
        let period = key.period().unwrap_or(everything);
        let ledger = self.ledger();
        // A figure of one place is opened without counting the rest of the county.
        let place = match (&key.village, &key.town) {
            (Pick::Is(id), _) | (_, Pick::Is(id)) => Some(PlaceId(*id)),
            _ => None,
        };
        let tally = self.counted(&ledger, period, place)?;
        let mut all = tally.visits_behind(&key);
        let (nobodies, behind) = (ledger.nobodies()?, all.len());
        all.retain(|(id, _)| !nobodies.contains(id));
        let erased = all.len() < behind;
        let skipped = (page.unwrap_or(0) as usize).saturating_mul(BEHIND);
        let mut households = Vec::new();
        for (id, _) in all.iter().skip(skipped).take(BEHIND) {
            households.extend(ledger.household_row(HouseholdId(*id))?);
        }
        let (mut visits_total, mut visits) = (0, Vec::new());
        if matches!(key.measure, Measure::Visits | Measure::HouseholdsVisited) {
            visits_total = all.iter().map(|(_, visits)| visits).sum();
            visits = self.visits_behind(&ledger, &all, period, skipped, cover)?;
        }
        let households_total = u32::try_from(all.len()).unwrap_or(u32::MAX);
        Ok(Behind { value: tally.figure(&key), figure, households_total, households, visits_total, visits, erased })
    }

    /// One page of the visits of these households: whoever's visits lie before it is not asked for them.
    fn visits_behind(
        &self,
        ledger: &Ledger,
        all: &[(Uuid, u32)],
        period: Period,
        skipped: usize,
        cover: Cover,
    ) -> Result<Vec<VisitRow>> {
        let (mut before, mut visits) = (skipped, Vec::new());
        for (id, count) in all {
            if visits.len() >= BEHIND {
                break;
            }
            if before >= *count as usize {
                before -= *count as usize;
                continue;
            }
            for root in ledger.visit_roots(HouseholdId(*id), period)?.into_iter().skip(before) {
                if visits.len() < BEHIND {
                    let mut row = ledger.visit(root)?;
                    cover.over_visit(&mut row.visit);
                    visits.push(row);
                }
            }
            before = 0;
        }
        Ok(visits)
    }

    /// Holds a published table against arithmetic: what cannot be, and what it would have to be.
    pub fn check_table(&self, path: PathBuf) -> Result<Vec<FindingRow>> {
        let table = read_stated_table(&path)?;
        Ok(check_table(&table.rows, table.total.as_ref()).iter().map(finding_row).collect())
    }
}

/// A published table in the words of the report.
fn published(by: String, rows: Vec<StatedRow>, total: Option<StatedRow>) -> StatedTable {
    let by = if by.contains('年') || by.contains("批") {
        StatedBy::Year
    } else if by.contains("点") || by.contains("社区") {
        StatedBy::Site
    } else {
        StatedBy::Village
    };
    StatedTable { by, rows, total }
}

fn finding_row(finding: &Finding) -> FindingRow {
    let verdict = serde_json::to_value(finding.verdict).ok().and_then(|verdict| verdict.as_str().map(str::to_owned));
    FindingRow {
        verdict: verdict.unwrap_or_default(),
        rule: finding.rule().to_owned(),
        sentence: finding.sentence(),
        finding: serde_json::to_value(finding).unwrap_or_default(),
    }
}
