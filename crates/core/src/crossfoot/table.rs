//! A published table of households and persons, with its total row (domain.md §1.2: 108户40人).

use super::ratios::HOUSEHOLD_SIZE;
use super::{Detail, Finding, Part, Suggestion, Verdict, household_size, persons_households, sum};
use serde::{Deserialize, Serialize};

/// Below so many households an average says nothing about one row.
const ENOUGH_FOR_AN_AVERAGE: i64 = 10;

/// One row as published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedRow {
    /// What it is called: a year, a site, a village.
    pub label: String,
    /// 户数, if stated.
    pub households: Option<i64>,
    /// 人数, if stated.
    pub persons: Option<i64>,
}

/// Checks the columns against the total row, then each row by itself. The sums come first, passed or not; of the rows
/// only what fails or is doubtful. A row that fails carries the figure that would also mend its column.
#[must_use]
pub fn check_table(rows: &[StatedRow], total: Option<&StatedRow>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(stated) = total.and_then(|total| total.households) {
        let parts: Vec<Part> = rows.iter().map(households_part).collect();
        findings.push(sum("户数", &parts, stated));
    }
    if let Some(stated) = total.and_then(|total| total.persons) {
        let parts: Vec<Part> = rows.iter().map(persons_part).collect();
        findings.push(sum("人数", &parts, stated));
    }
    let mends: Vec<(Suggestion, i64)> = findings.iter().filter_map(mend).collect();
    for row in rows.iter().chain(total) {
        let Some(mut finding) = doubt_about(row) else { continue };
        if let Some((suggestion, stated)) = mends.iter().find(|(suggestion, _)| suggestion.label == row.label) {
            finding.suggestion = Some(suggestion.clone());
            if let Detail::PersonsHouseholds { stated_total, .. } = &mut finding.detail {
                *stated_total = Some(*stated);
            }
        }
        findings.push(finding);
    }
    findings
}

fn mend(finding: &Finding) -> Option<(Suggestion, i64)> {
    let Detail::Sum { stated, .. } = &finding.detail else { return None };
    Some((finding.suggestion.clone()?, *stated))
}

fn doubt_about(row: &StatedRow) -> Option<Finding> {
    let (households, persons) = (row.households?, row.persons?);
    let finding = persons_households(&row.label, households, persons);
    if finding.verdict == Verdict::Fail {
        return Some(finding);
    }
    let size = household_size(&row.label, households, persons);
    (households >= ENOUGH_FOR_AN_AVERAGE && size.verdict != Verdict::Pass).then_some(size)
}

fn households_part(row: &StatedRow) -> Part {
    let (least, most) = HOUSEHOLD_SIZE;
    match row.persons {
        Some(persons) if persons >= ENOUGH_FOR_AN_AVERAGE * least => {
            Part { label: row.label.clone(), value: row.households, least: persons / most, most: Some(persons / least) }
        }
        persons => Part { label: row.label.clone(), value: row.households, least: 0, most: persons },
    }
}

fn persons_part(row: &StatedRow) -> Part {
    let (least, most) = HOUSEHOLD_SIZE;
    let part = Part { label: row.label.clone(), value: row.persons, least: row.households.unwrap_or(0), most: None };
    match row.households {
        Some(households) if households >= ENOUGH_FOR_AN_AVERAGE => {
            part.within(households.saturating_mul(least), households.saturating_mul(most))
        }
        Some(0) => part.within(0, 0),
        _ => part,
    }
}
