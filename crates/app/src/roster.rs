//! Importing a roster: what was understood, what was not, what would change; and then the change itself, which knows
//! only what earlier files said and so never overwrites what a person wrote since.

use crate::app::App;
use crate::error::{AppError, Result};
use crate::naming::Naming;
use crate::other_table;
use crate::placing::Placing;
use lianhu_core::directive::Placement;
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::field;
use lianhu_core::ids::{HouseholdId, PersonId};
use lianhu_core::record::Absent;
use lianhu_core::scalar::Scalar;
use lianhu_ledger::{Ledger, Writing};
use lianhu_workbook::{Doubt, RosterHousehold, RosterReading, SheetReading, hundredths};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use ts_rs::TS;

/// A column, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ColumnRead {
    /// As Excel shows it.
    pub letter: String,
    /// Its header.
    pub header: String,
    /// `understood`, `ignored` or `refused`.
    pub fate: String,
    /// Why it was refused: not a cell of it was looked at.
    pub reason: Option<String>,
}

/// A sheet, and what was made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SheetRead {
    /// As its tab says.
    pub name: String,
    /// The row of its header; none for a sheet that was not read.
    pub header_row: Option<u32>,
    /// Its columns.
    pub columns: Vec<ColumnRead>,
}

/// A doubtful cell or row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DoubtRead {
    /// The sheet.
    pub sheet: String,
    /// The row, as Excel counts.
    pub row: u32,
    /// The column's letters; empty when the whole row is meant.
    pub column: String,
    /// The column's header.
    pub header: String,
    /// What kind of doubt.
    pub kind: String,
    /// What stands there, masked.
    pub value_masked: String,
    /// Why, and what to do.
    pub reason: String,
}

/// What an import understood, and what it changed, or would.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct RosterOutcome {
    /// Whether nothing was written.
    pub dry_run: bool,
    /// The sheets and their columns.
    pub sheets: Vec<SheetRead>,
    /// Households in the file.
    pub households: u32,
    /// People in the file.
    pub persons: u32,
    /// Everything doubtful. None of it keeps the rest of the file out.
    pub doubts: Vec<DoubtRead>,
    /// Households that were not here before.
    pub new_households: u32,
    /// Places that were not here before.
    pub new_places: u32,
    /// Facts of known households that the file says anew, with nobody contradicting.
    pub updates: u32,
    /// Facts where the file now says something else than a person does: both stand.
    pub conflicts: u32,
    /// Households and people that an earlier file named and this one does not: each is a question.
    pub questions: u32,
    /// Households of another county, which were left out.
    pub foreign: u32,
    /// Households that were erased by law, which were left out.
    pub erased: u32,
}

impl App {
    /// Reads a roster; unless it is a dry run, takes it in. The same file again changes nothing.
    pub fn import_roster(&self, path: PathBuf, dry_run: Option<bool>) -> Result<RosterOutcome> {
        self.check_is_county()?;
        let reading = other_table::roster(&path, self.today(), &mut |progress| {
            self.step("read_roster", progress.done, progress.total);
        })?;
        let key = self.ledger().import_key()?.ok_or(AppError::NotAllowed)?;
        let mut import = Import {
            app: self,
            naming: Naming::new(key),
            known_keys: known_keys(&reading),
            dry_run: dry_run.unwrap_or(false),
            file: file_name(&path),
            named: BTreeSet::new(),
            new: BTreeSet::new(),
            outcome: RosterOutcome {
                dry_run: dry_run.unwrap_or(false),
                sheets: reading.sheets.iter().map(sheet_read).collect(),
                households: count(reading.households.len()),
                persons: count(reading.people()),
                doubts: reading.doubts.iter().map(doubt_read).collect(),
                ..RosterOutcome::default()
            },
        };
        import.run(&reading)?;
        Ok(import.outcome)
    }
}

/// One import under way.
struct Import<'a> {
    app: &'a App,
    naming: Naming,
    known_keys: BTreeSet<&'static str>,
    dry_run: bool,
    file: String,
    named: BTreeSet<PersonId>,
    new: BTreeSet<HouseholdId>,
    outcome: RosterOutcome,
}

/// Households written in one transaction: large enough to be fast, small enough to show progress.
const BATCH: usize = 1000;

impl Import<'_> {
    fn run(&mut self, reading: &RosterReading) -> Result<()> {
        let mut ledger = self.app.ledger();
        let mut placing = Placing::new(&ledger)?;
        let total = reading.households.len() as u64;
        let erased: BTreeSet<_> = ledger.erased()?.into_iter().map(|row| row.household).collect();
        let mut seen = BTreeSet::new();
        let mut villages = BTreeSet::new();
        for (at, batch) in reading.households.chunks(BATCH).enumerate() {
            self.app.step("import_roster", (at * BATCH) as u64, total);
            let mut planned = Vec::new();
            for household in batch {
                if placing.is_foreign(&household.place.county) {
                    self.outcome.foreign += 1;
                    continue;
                }
                let id = self.naming.household(&household_number(household));
                if erased.contains(&id) {
                    self.outcome.erased += u32::from(seen.insert(id));
                    continue;
                }
                let persons = household.persons.iter().enumerate();
                let named: Vec<_> = persons.map(|(at, person)| self.person_id(id, person, at)).collect();
                self.named.extend(named);
                if seen.insert(id) {
                    planned.push((id, household));
                }
            }
            if self.dry_run {
                for (id, household) in planned {
                    let place = placing.plan(&self.naming, household);
                    villages.extend(place.village);
                    self.weigh(&ledger, id, household)?;
                }
            } else {
                self.write(&mut ledger, &mut placing, &planned, &mut villages)?;
            }
        }
        self.outcome.new_places = count(placing.new_places());
        self.ask_for_absent(&mut ledger, &seen, &villages)?;
        self.app.step("import_roster", total, total);
        Ok(())
    }

    /// Writes a batch: places first, then where each household is placed, then what the file says of it.
    fn write(
        &mut self,
        ledger: &mut Ledger,
        placing: &mut Placing,
        planned: &[(HouseholdId, &RosterHousehold)],
        villages: &mut BTreeSet<lianhu_core::ids::PlaceId>,
    ) -> Result<()> {
        let mut placed = Vec::new();
        for (id, household) in planned {
            let place = placing.plan(&self.naming, household);
            villages.extend(place.village);
            placed.push((*id, *household, place));
        }
        let new: Vec<bool> =
            planned.iter().map(|(id, _)| Ok(ledger.household_row(*id)?.is_none())).collect::<Result<_>>()?;
        let before: Vec<_> =
            placed.iter().map(|(id, ..)| ledger.imported_placement(*id)).collect::<lianhu_ledger::Result<_>>()?;
        let news = placing.take_new();
        let mut changed = Vec::new();
        ledger.write(|writing| {
            for (id, place) in &news {
                writing.record(About::Place(*id), kind::PLACE, Source::Table, place)?;
            }
            for ((id, household, place), before) in placed.iter().zip(&before) {
                let placement = Placement { origin: place.origin, present: place.present };
                if before.as_ref() != Some(&placement) {
                    writing.record(About::Household(*id), kind::PLACEMENT, Source::Table, &placement)?;
                }
                let puts = self.puts(writing, *id, household)?;
                let keys: Vec<String> = puts.keys().cloned().collect();
                if writing.import(*id, puts)?.is_some() {
                    changed.push((*id, keys));
                }
            }
            Ok(())
        })?;
        self.outcome.new_households += count(new.iter().filter(|new| **new).count());
        let new: BTreeSet<_> = planned.iter().zip(new).filter(|(_, new)| *new).map(|((id, _), _)| *id).collect();
        self.new.extend(&new);
        for (id, keys) in changed.into_iter().filter(|(id, _)| !new.contains(id)) {
            let said = ledger.own_statements(id)?;
            for key in keys {
                if said.get(&key).is_some_and(|said| said.len() > 1) {
                    self.outcome.conflicts += 1;
                } else {
                    self.outcome.updates += 1;
                }
            }
        }
        Ok(())
    }

    /// Counts what a household of the file would change, without writing.
    fn weigh(&mut self, ledger: &Ledger, id: HouseholdId, household: &RosterHousehold) -> Result<()> {
        if ledger.household_row(id)?.is_none() {
            self.outcome.new_households += 1;
            return Ok(());
        }
        let before = ledger.imported(id)?;
        let said = ledger.own_statements(id)?;
        for (key, value) in self.differing(&before, id, household) {
            let by_person = said.get(&key).is_some_and(|said| {
                said.len() > 1
                    || said.first().is_some_and(|said| before.get(&key) != Some(&said.value) && said.value != value)
            });
            if by_person { self.outcome.conflicts += 1 } else { self.outcome.updates += 1 }
        }
        Ok(())
    }

    fn puts(
        &self,
        writing: &Writing<'_>,
        id: HouseholdId,
        household: &RosterHousehold,
    ) -> lianhu_ledger::Result<BTreeMap<String, Scalar>> {
        Ok(self.differing(&writing.imported(id)?, id, household))
    }

    /// What the file says otherwise than the file before it. A cell that is now empty clears, where the file has the
    /// column at all; people are never cleared away, they are asked about.
    fn differing(
        &self,
        before: &BTreeMap<String, Scalar>,
        id: HouseholdId,
        household: &RosterHousehold,
    ) -> BTreeMap<String, Scalar> {
        let now = self.facts(id, household);
        let persons: BTreeSet<_> = now.keys().filter_map(|key| field::split_key(key).0).collect();
        let mut puts: BTreeMap<String, Scalar> = now
            .iter()
            .filter(|(key, value)| before.get(*key) != Some(value))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        for (key, value) in before {
            let (person, fact) = field::split_key(key);
            let of_known = person.is_none_or(|person| persons.contains(&person));
            if *value != Scalar::Null && !now.contains_key(key) && of_known && self.known_keys.contains(fact) {
                puts.insert(key.clone(), Scalar::Null);
            }
        }
        puts
    }

    /// The facts of a household and its people, as the file states them.
    fn facts(&self, id: HouseholdId, household: &RosterHousehold) -> BTreeMap<String, Scalar> {
        let mut facts: BTreeMap<_, _> =
            household.cells.iter().map(|(key, text)| ((*key).to_owned(), scalar(key, text))).collect();
        for (at, person) in household.persons.iter().enumerate() {
            let person_id = self.person_id(id, person, at);
            facts.extend(person.cells.iter().map(|(key, text)| (field::person_key(person_id, key), scalar(key, text))));
        }
        facts
    }

    fn person_id(&self, household: HouseholdId, person: &lianhu_workbook::RosterPerson, at: usize) -> PersonId {
        let number = [person.national_no(), person.id_no(), person.name()].into_iter().find(|text| !text.is_empty());
        let fallback = format!("row {at}");
        self.naming.person(household, number.unwrap_or(&fallback))
    }

    /// Households and people that an earlier file named and this one, about the same villages, does not.
    fn ask_for_absent(
        &mut self,
        ledger: &mut Ledger,
        seen: &BTreeSet<HouseholdId>,
        villages: &BTreeSet<lianhu_core::ids::PlaceId>,
    ) -> Result<()> {
        let mut absent = Vec::new();
        for (household, persons) in ledger.imported_in(villages, &self.new)? {
            if !seen.contains(&household) {
                absent.push((household, None));
                continue;
            }
            absent.extend(persons.into_iter().map(|person| (household, Some(person))));
        }
        absent.retain(|(_, person)| person.is_none_or(|person| !self.named.contains(&person)));
        let mut open = Vec::new();
        for (household, person) in absent {
            if !ledger.has_open_question(household, person)? {
                open.push((household, person));
            }
        }
        self.outcome.questions = count(open.len());
        if self.dry_run || open.is_empty() {
            return Ok(());
        }
        let file = self.file.clone();
        ledger.write(|writing| {
            for (household, person) in open {
                let body = Absent { person, file: file.clone() };
                writing.record(About::Household(household), kind::ABSENT, Source::Table, &body)?;
            }
            Ok(())
        })?;
        Ok(())
    }
}

/// The keys of the columns that the file has: only those can be cleared by an empty cell.
fn known_keys(reading: &RosterReading) -> BTreeSet<&'static str> {
    let columns = reading.sheets.iter().flat_map(|sheet| &sheet.columns);
    columns.filter_map(|column| column.field).map(lianhu_workbook::RosterField::key).collect()
}

/// What sets a household apart: its 户编号, or in an older list its place and head.
fn household_number(household: &RosterHousehold) -> String {
    if !household.national_no().is_empty() {
        return household.national_no().to_owned();
    }
    let place = &household.place;
    let head = household.head().or(household.persons.first());
    let who = head.map(|head| format!("{}/{}", head.name(), head.id_no())).unwrap_or_default();
    format!("{}/{}/{}/{who}", place.town, place.village, place.natural_village)
}

/// A cell as a value: money in whole 分, counts as numbers, all else as text.
fn scalar(key: &str, text: &str) -> Scalar {
    let number = match key {
        "income_per_capita" => hundredths(text),
        "batch_year" | "work_months" | "member_count_stated" | "out_year" => text.trim().parse().ok(),
        _ => None,
    };
    number.map_or_else(|| Scalar::Text(text.to_owned()), Scalar::Int)
}

fn file_name(path: &std::path::Path) -> String {
    path.file_stem().map(|name| name.to_string_lossy().chars().take(80).collect()).unwrap_or_default()
}

pub(crate) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

pub(crate) fn sheet_read<F>(sheet: &SheetReading<F>) -> SheetRead {
    let column = |column: &lianhu_workbook::ColumnReading<F>| {
        let (fate, reason) = match &column.fate {
            lianhu_workbook::ColumnFate::Understood => ("understood", None),
            lianhu_workbook::ColumnFate::Ignored => ("ignored", None),
            lianhu_workbook::ColumnFate::Refused { reason } => ("refused", Some(reason.clone())),
        };
        ColumnRead { letter: column.letter.clone(), header: column.header.clone(), fate: fate.to_owned(), reason }
    };
    SheetRead {
        name: sheet.name.clone(),
        header_row: sheet.header_row,
        columns: sheet.columns.iter().map(column).collect(),
    }
}

pub(crate) fn doubt_read(doubt: &Doubt) -> DoubtRead {
    DoubtRead {
        sheet: doubt.sheet.clone(),
        row: doubt.row,
        column: doubt.column.clone(),
        header: doubt.header.clone(),
        kind: doubt.kind.code().to_owned(),
        value_masked: doubt.value_masked.clone(),
        reason: doubt.reason.clone(),
    }
}
