//! Reading a roster: sheets, header, rows, households. The reading is the dry run: what was understood, what was not,
//! every doubt with its place. It writes nothing and knows no database.

use crate::alias;
use crate::checks;
use crate::doubt::{Doubt, DoubtKind, Shown};
use crate::doubts::{At, Doubts};
use crate::error::WorkbookError;
use crate::facts;
use crate::field::RosterField as F;
use crate::gather::{Gathering, RosterRow};
use crate::grid::{Flow, Grid, Row};
use crate::guess;
use crate::header::{ColumnReading, HEADER_WITHIN, Header, Layout};
use crate::household::RosterHousehold;
use crate::marks::Merged;
use crate::name;
use crate::person::PersonReader;
use crate::total::{self, StatedTotal};
use crate::value::{self, Code};
use lianhu_core::day::Day;
use lianhu_core::text::header_key;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Rows of nonsense looked at before the file is refused.
const PATIENCE: u32 = 2_000;

/// How far a reading has come, in rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Rows read.
    pub done: u64,
    /// Rows in the file.
    pub total: u64,
}

/// A sheet, and what was made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SheetReading<Field> {
    /// As its tab says.
    pub name: String,
    /// The row the header begins on; `None` for a sheet that is no such table and was not read.
    pub header_row: Option<u32>,
    /// Rows above the header.
    pub title_rows: u32,
    /// Every column with a header, from the left.
    pub columns: Vec<ColumnReading<Field>>,
}

/// A roster as read.
#[derive(Debug, Clone)]
pub struct RosterReading {
    /// Every sheet, read or not.
    pub sheets: Vec<SheetReading<F>>,
    /// Every household, in the order of first rows.
    pub households: Vec<RosterHousehold>,
    /// Every doubt, in the order of the workbook.
    pub doubts: Vec<Doubt>,
    /// The last total row, if there is one.
    pub stated_total: Option<StatedTotal>,
}

impl RosterReading {
    /// How many people it holds.
    #[must_use]
    pub fn people(&self) -> usize {
        self.households.iter().map(|household| household.persons.len()).sum()
    }
}

/// Reads a roster. `today` bounds days of birth; `progress` is called every thousand rows and at the end.
///
/// # Errors
/// Only when the workbook as a whole cannot be taken; a bad row is kept as far as it can be and named in the doubts.
pub fn read_roster(
    path: &Path,
    today: Day,
    progress: &mut dyn FnMut(Progress),
) -> Result<RosterReading, WorkbookError> {
    let mut grid = Grid::open(path)?;
    let mut reader = RosterReader::new(today, grid.rows());
    for sheet in 0..grid.sheets.len() {
        let (name, merged, hidden) = match grid.sheets.get(sheet) {
            Some(sheet) => (sheet.name.clone(), sheet.marks.merged.clone(), sheet.hidden),
            None => continue,
        };
        let mut first_rows = Vec::new();
        grid.each_row(sheet, &mut |row| {
            first_rows.push(row);
            Ok(if first_rows.len() < HEADER_WITHIN { Flow::More } else { Flow::Stop })
        })?;
        reader.anything |= !first_rows.is_empty();
        let header = reader.begin(&name, &first_rows, &merged, hidden);
        let Some(header) = header else { continue };
        let mut sheet_state = SheetState::new(sheet, &header);
        grid.each_row(sheet, &mut |row| {
            if row.number > header.last_row {
                reader.row(&row, &mut sheet_state, progress)?;
            }
            Ok(Flow::More)
        })?;
        reader.end(&sheet_state, &header, &merged);
    }
    reader.finish(progress)
}

struct RosterReader {
    today: Day,
    people: PersonReader,
    gathering: Gathering,
    doubts: Doubts,
    sheets: Vec<SheetReading<F>>,
    stated: Option<StatedTotal>,
    anything: bool,
    rows: u32,
    nonsense: u32,
    progress: Progress,
}

/// What a row below the header is when it is no person.
enum NoPerson {
    /// Named to the one who imports.
    Doubted(DoubtKind),
    /// Who filled it in, a remark, the page; or 1 2 3 … below the header.
    Beside,
}

/// What is known of the sheet being read.
struct SheetState {
    sheet: usize,
    layout: Layout<F>,
    headers: BTreeMap<usize, String>,
    /// Rows that are no person.
    passed: BTreeSet<u32>,
    last_row: u32,
}

impl SheetState {
    fn new(sheet: usize, header: &Header<F>) -> Self {
        let headers = header.columns.iter().map(|column| (column.index, header_key(&column.header))).collect();
        Self { sheet, layout: header.layout(), headers, passed: BTreeSet::new(), last_row: header.last_row }
    }

    fn text(&self, row: &Row, field: F) -> String {
        self.layout.at(field).map(|column| value::text(row.own_cell(column))).unwrap_or_default()
    }
}

impl RosterReader {
    fn new(today: Day, total: u64) -> Self {
        Self {
            today,
            people: PersonReader::new(today),
            gathering: Gathering::default(),
            doubts: Doubts::default(),
            sheets: Vec::new(),
            stated: None,
            anything: false,
            rows: 0,
            nonsense: 0,
            progress: Progress { done: 0, total },
        }
    }

    /// Finds the header of a sheet; a hidden sheet is named and not read.
    fn begin(&mut self, name: &str, first_rows: &[Row], merged: &[Merged], hidden: bool) -> Option<Header<F>> {
        let found = Header::find(first_rows, merged, alias::roster(), &is_roster).map(|mut header| {
            guess::complete(&mut header, first_rows, &mut self.people);
            header
        });
        let headers = |header: &Header<F>| {
            header.columns.iter().map(|column| (column.index, column.header.clone())).collect::<BTreeMap<_, _>>()
        };
        self.doubts.sheet(name, found.as_ref().map(headers).unwrap_or_default());
        if hidden && found.is_some() {
            self.doubts.raise(At::row(self.sheets.len(), 0), DoubtKind::HiddenSheet, Shown::Plain, name);
        }
        let found = found.filter(|_| !hidden);
        self.gathering.sheet(found.as_ref().map(Header::layout).unwrap_or_default());
        self.sheets.push(SheetReading {
            name: name.to_owned(),
            header_row: found.as_ref().map(|header| header.first_row),
            title_rows: found.as_ref().map_or(0, |header| header.first_row.saturating_sub(1)),
            columns: found.as_ref().map(|header| header.columns.clone()).unwrap_or_default(),
        });
        found
    }

    fn row(
        &mut self,
        row: &Row,
        state: &mut SheetState,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), WorkbookError> {
        self.progress.done += 1;
        if self.progress.done.is_multiple_of(1000) {
            progress(self.progress);
        }
        let at = At::row(state.sheet, row.number);
        if let Some(kind) = self.no_person(row, state) {
            let _new = state.passed.insert(row.number);
            if let NoPerson::Doubted(kind) = kind {
                let shown = row.texts().next().map(|(_, text)| text.to_owned()).unwrap_or_default();
                self.doubts.raise(at, kind, Shown::Plain, &shown);
            }
            return Ok(());
        }
        state.last_row = row.number;
        if row.hidden {
            self.doubts.raise(at, DoubtKind::HiddenRow, Shown::Plain, "");
        }
        let household = facts::read(row, &state.layout, self.today);
        let person = self.people.read(row, &state.layout, at, &mut self.doubts);
        let digits = |number: &str| number.bytes().filter(u8::is_ascii_digit).count() >= 6;
        let numbered = matches!(&household.number, Some(Code::Whole(number)) if digits(number));
        self.rows += 1;
        self.nonsense += u32::from(person.number.is_none() && !person.kinship.listed && !numbered);
        self.gathering.take(RosterRow { at, household, person }, &mut self.doubts);
        if self.rows == PATIENCE { self.refuse_nonsense() } else { Ok(()) }
    }

    /// Whether nearly no row is about a person that can be told.
    fn refuse_nonsense(&self) -> Result<(), WorkbookError> {
        let nearly_all = u64::from(self.nonsense) * 10 > u64::from(self.rows) * 9;
        if self.rows >= PATIENCE && nearly_all { Err(WorkbookError::Nonsense { rows: self.rows }) } else { Ok(()) }
    }

    /// What a row is that is no person.
    fn no_person(&mut self, row: &Row, state: &SheetState) -> Option<NoPerson> {
        let name = state.text(row, F::Name);
        if is_header_again(row, &name, state) {
            return Some(NoPerson::Doubted(DoubtKind::DoubledHeader));
        }
        // Who signs below the table may do so under any column.
        let told = |field: F| {
            let text = state.text(row, field);
            !text.is_empty() && !total::is_footer_label(&text)
        };
        let identified = told(F::IdNo) || told(F::Relation);
        if !identified && total::is_total(row) {
            let sheet = self.doubts.sheet_name(state.sheet);
            self.stated = Some(total::stated(row, sheet, state.layout.at(F::MemberCountStated)));
            return Some(NoPerson::Doubted(DoubtKind::TotalRow));
        }
        if identified || told(F::PersonNo) {
            return None;
        }
        if row.number == state.last_row + 1 && state.passed.is_empty() && total::is_numbering(row) {
            return Some(NoPerson::Beside);
        }
        if total::is_footer(row) {
            return Some(NoPerson::Beside);
        }
        let number = state.layout.at(F::HouseholdNo).map(|column| value::code(row.own_cell(column)));
        let numbered = number.is_some_and(|number| number != Code::Empty);
        if numbered || name::plausible(&name) { None } else { Some(NoPerson::Doubted(DoubtKind::StrayRow)) }
    }

    /// Ends a sheet: rows still waiting are settled, merged ranges among the people are named.
    fn end(&mut self, state: &SheetState, header: &Header<F>, merged: &[Merged]) {
        self.gathering.end_sheet(&mut self.doubts);
        let understood: BTreeSet<usize> = state.layout.iter().map(|(_, column)| column).collect();
        for range in
            merged.iter().filter(|range| range.first_row > header.last_row && range.first_row <= state.last_row)
        {
            let touches = understood.range(range.first_column..=range.last_column).next().is_some();
            if touches && !state.passed.contains(&range.first_row) {
                let at = At { sheet: state.sheet, row: range.first_row, column: Some(range.first_column) };
                self.doubts.raise(at, DoubtKind::MergedCells, Shown::Plain, &range.to_string());
            }
        }
    }

    fn finish(mut self, progress: &mut dyn FnMut(Progress)) -> Result<RosterReading, WorkbookError> {
        if !self.anything {
            return Err(WorkbookError::Empty);
        }
        if self.sheets.iter().all(|sheet| sheet.header_row.is_none()) {
            let looked_for = ["姓名", "证件号码", "户编号", "与户主关系"].map(str::to_owned).to_vec();
            return Err(WorkbookError::NoHeader { looked_for });
        }
        self.refuse_nonsense()?;
        let households = checks::finish(self.gathering, &mut self.doubts);
        progress(Progress { done: self.progress.total, total: self.progress.total });
        Ok(RosterReading { sheets: self.sheets, households, doubts: self.doubts.finish(), stated_total: self.stated })
    }
}

/// A roster names people and says who they are: a name, and a number or a relation.
fn is_roster(fields: &BTreeSet<F>) -> bool {
    let has = |field: F| fields.contains(&field);
    fields.len() >= 3 && has(F::Name) && (has(F::IdNo) || has(F::Relation) || has(F::PersonNo))
}

/// Whether a row is the header once more: the name column says 姓名, and most other columns their own header.
fn is_header_again(row: &Row, name: &str, state: &SheetState) -> bool {
    let header = |field: F| state.layout.at(field).and_then(|column| state.headers.get(&column));
    // Every spelling of that header has one of these; comparing a hundred thousand names would take a second.
    let may_be = name.contains(['名', '员']);
    if !may_be || header(F::Name) != Some(&header_key(name)) {
        return false;
    }
    let same = |(column, text): &(usize, &str)| state.headers.get(column) == Some(&header_key(text));
    let equal = row.texts().filter(same).count();
    equal >= 3 && equal * 2 > row.texts().count()
}
