//! Planting faults into a roster, each in a household of its own so that none causes another, with the key of where a
//! reader has to point.

use std::collections::BTreeMap;

use anyhow::bail;
use serde_json::{Value, json};

use super::bed::Bed;
use super::book::{SHEET, other_sheet};
use super::chance::Chance;
use super::household::Household;
use super::line::{Column, Line, letters, lines};
use super::roster::Roster;
use super::{fault_in_cell, fault_in_home, fault_in_number, fault_in_sheet, harmless};

/// Puts one fault into the bed and says on which of its cells the reader has to point; nothing if this household has
/// no room for it.
pub(crate) type Planter = fn(&mut Bed) -> Option<Vec<Place>>;

/// Where a reader has to point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A cell of the household the fault is planted in, by its row within the household.
    Here(usize, Column),
    /// A cell of the other household it concerns.
    There(usize, Column),
    /// A whole row of the household.
    Row(usize),
    /// A sheet beside the one people stand in.
    OtherSheet,
}

/// A fault that was planted.
#[derive(Debug, Clone)]
pub(crate) struct Planted {
    /// The kind, by the code the reader uses.
    pub(crate) kind: &'static str,
    /// The household it is in, the other one, and the places.
    at: (usize, usize),
    places: Vec<Place>,
}

/// The rows of the households that were touched, and what was planted.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    touched: BTreeMap<usize, Vec<Line>>,
    /// In the order they were planted.
    pub(crate) planted: Vec<Planted>,
}

/// Every kind of fault with its planter; faults are planted in this order, round and round.
pub(crate) fn kinds() -> Vec<(&'static str, Planter)> {
    [fault_in_number::KINDS, fault_in_home::KINDS, fault_in_cell::KINDS, fault_in_sheet::KINDS].concat()
}

impl Faults {
    /// Plants so many faults, and among other households about half as many oddities that are no faults.
    pub(crate) fn plant(seed: u64, roster: &Roster, count: usize) -> anyhow::Result<Self> {
        let mut faults = Self::default();
        if count == 0 {
            return Ok(faults);
        }
        let mut chance = Chance::new(seed, 3);
        let mut free: Vec<usize> = (0..roster.households.len()).collect();
        chance.shuffle(&mut free);
        for (kind, planter) in kinds().into_iter().cycle().take(count) {
            if !faults.plant_one(&mut chance, roster, &mut free, kind, planter) {
                bail!(
                    "{} faults fit in, then no household was left for {kind}: more --households",
                    faults.planted.len()
                );
            }
        }
        for at in free.into_iter().take(count.div_ceil(2).max(harmless::KINDS)) {
            if let Some(home) = roster.households.get(at) {
                let mut own = lines(&roster.county, home);
                harmless::touch(&mut own, &mut chance);
                faults.touched.insert(at, own);
            }
        }
        Ok(faults)
    }

    fn plant_one(
        &mut self,
        chance: &mut Chance,
        roster: &Roster,
        free: &mut Vec<usize>,
        kind: &'static str,
        planter: Planter,
    ) -> bool {
        for turn in (0..free.len()).rev() {
            let other = chance.place(free.len());
            let (Some(at), Some(other_at)) = (free.get(turn).copied(), free.get(other).copied()) else { return false };
            let (Some(home), Some(other)) = (roster.households.get(at), roster.households.get(other_at)) else {
                return false;
            };
            let (own, others) = (lines(&roster.county, home), lines(&roster.county, other));
            let mut bed = Bed {
                chance,
                home,
                lines: own,
                other,
                other_lines: others,
                other_is_later: other_at > at,
                uses_other: false,
            };
            let Some(places) = planter(&mut bed).filter(|_| at != other_at) else { continue };
            let uses_other = bed.uses_other;
            self.touched.insert(at, bed.lines);
            if uses_other {
                self.touched.insert(other_at, bed.other_lines);
            }
            free.retain(|free| *free != at && !(uses_other && *free == other_at));
            self.planted.push(Planted { kind, at: (at, other_at), places });
            return true;
        }
        false
    }

    /// The rows of a household as they are written.
    pub(crate) fn lines(&mut self, roster: &Roster, at: usize, home: &Household) -> Vec<Line> {
        self.touched.remove(&at).unwrap_or_else(|| lines(&roster.county, home))
    }

    /// How often each kind was planted.
    pub(crate) fn counts(&self) -> Value {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for planted in &self.planted {
            *counts.entry(planted.kind).or_default() += 1;
        }
        json!(counts)
    }

    /// How many other sheets the workbook gets, none of them shown.
    pub(crate) fn other_sheets(&self) -> usize {
        self.planted.iter().filter(|planted| planted.places.contains(&Place::OtherSheet)).count()
    }

    /// The key: where a reader has to point, given the Excel row each household begins on. A whole row has no column,
    /// a whole sheet no row either.
    pub(crate) fn answers(&self, begins: &[u32]) -> Value {
        let row = |at: usize, line: usize| begins.get(at).map_or(0, |begin| begin + u32::try_from(line).unwrap_or(0));
        let letter = |column: &Column| letters(*column as usize);
        let (mut answers, mut sheets) = (Vec::new(), 0);
        for planted in &self.planted {
            for place in &planted.places {
                let (sheet, row, column) = match place {
                    Place::Here(line, column) => (SHEET.to_owned(), row(planted.at.0, *line), letter(column)),
                    Place::There(line, column) => (SHEET.to_owned(), row(planted.at.1, *line), letter(column)),
                    Place::Row(line) => (SHEET.to_owned(), row(planted.at.0, *line), String::new()),
                    Place::OtherSheet => {
                        sheets += 1;
                        (other_sheet(sheets), 0, String::new())
                    }
                };
                answers.push((sheet, row, column, planted.kind));
            }
        }
        answers.sort_unstable();
        let answer = |(sheet, row, column, kind): &(String, u32, String, &str)| json!({"sheet": sheet, "row": row, "column": column, "kind": kind});
        answers.iter().map(answer).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::resident_id::with_check;
    use super::*;

    fn roster(seed: u64) -> Roster {
        Roster::new(seed, 400, &"2016:1,2017:1".parse().unwrap())
    }

    /// The rows of the sheet, from Excel row 1 on.
    fn sheet(roster: &Roster, mut faults: Faults) -> (Vec<Line>, Value) {
        let (mut rows, mut begins) = (vec![Line::blank(), Line::blank(), Line::blank()], Vec::new());
        for (at, household) in roster.households.iter().enumerate() {
            begins.push(u32::try_from(rows.len() + 1).unwrap());
            rows.extend(faults.lines(roster, at, household));
        }
        let answers = faults.answers(&begins);
        (rows, answers)
    }

    #[test]
    fn there_are_at_least_thirty_kinds_and_each_is_planted_once_before_any_twice() {
        let kinds: BTreeSet<&str> = kinds().into_iter().map(|(kind, _)| kind).collect();
        assert!(kinds.len() >= 30, "{}", kinds.len());
        let faults = Faults::plant(1, &roster(1), kinds.len()).unwrap();
        assert_eq!(faults.planted.iter().map(|planted| planted.kind).collect::<BTreeSet<_>>(), kinds);
    }

    #[test]
    fn no_household_has_two_faults() {
        for seed in 1..20 {
            let faults = Faults::plant(seed, &roster(seed), 80).unwrap();
            let mut seen = BTreeSet::new();
            for planted in &faults.planted {
                assert!(seen.insert(planted.at.0), "{planted:?}");
                if planted.places.iter().any(|place| matches!(place, Place::There(..))) {
                    assert!(seen.insert(planted.at.1), "{planted:?}");
                }
            }
        }
    }

    #[test]
    fn the_key_points_at_the_cell_that_is_wrong() {
        for seed in 1..10 {
            let roster = roster(seed);
            let (rows, answers) = sheet(&roster, Faults::plant(seed, &roster, 80).unwrap());
            for answer in answers.as_array().unwrap() {
                let row = usize::try_from(answer["row"].as_u64().unwrap()).unwrap();
                let Some(line) = row.checked_sub(1).and_then(|at| rows.get(at)) else {
                    assert_eq!((answer["kind"].as_str().unwrap(), row), ("hidden_sheet", 0));
                    continue;
                };
                let number = line.text(Column::Certificate);
                let first: String = number.chars().take(17).collect();
                match (answer["kind"].as_str().unwrap(), answer["column"].as_str().unwrap()) {
                    ("checksum", "J") => assert!(number.len() == 18 && number != with_check(&first), "{number}"),
                    ("placeholder_999999", "J") => assert!(number.starts_with("999999")),
                    ("id_missing", "J") => assert_eq!(number, ""),
                    ("disability_type", "J") => assert!(matches!(number.as_bytes()[18], b'8' | b'9' | b'0')),
                    ("name_missing", "I") => assert_eq!(line.text(Column::Name), ""),
                    ("two_heads", "L") => assert_eq!(line.text(Column::Relation), "户主"),
                    ("two_spouses", "L") => assert_eq!(line.text(Column::Relation), "配偶"),
                    ("hidden_row", "") => assert!(line.hidden),
                    ("total_row", "") => assert!(line.text(Column::Number).contains('计')),
                    ("doubled_header", "") => assert_eq!(line.text(Column::Certificate), "证件号码"),
                    ("merged_cells", "X") => assert_eq!(line.merged.len(), 1),
                    (kind, _) => assert!(kinds().iter().any(|(known, _)| *known == kind), "{kind}"),
                }
            }
        }
    }

    #[test]
    fn only_the_rows_of_touched_households_differ_from_the_roster_without_faults() {
        let roster = roster(3);
        let mut faults = Faults::plant(3, &roster, 60).unwrap();
        let touched: BTreeSet<usize> = faults.touched.keys().copied().collect();
        let mut changed = 0;
        for (at, household) in roster.households.iter().enumerate() {
            let same = faults.lines(&roster, at, household) == lines(&roster.county, household);
            assert!(same || touched.contains(&at));
            changed += usize::from(!same);
        }
        assert!(changed >= 60 - faults.other_sheets(), "{changed}");
    }

    #[test]
    fn more_faults_than_households_are_refused_in_words() {
        let told = Faults::plant(1, &roster(1), 4000).unwrap_err().to_string();
        assert!(told.contains("more --households"), "{told}");
    }
}
