//! The cells of a workbook as text and numbers, row by row, with what is merged or hidden. The library underneath may
//! trip over a broken file: whatever it does, the outcome is an error with a sentence.

use crate::container;
use crate::error::WorkbookError;
use crate::marks::{self, Merged, SheetMarks};
use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxCellReader, XlsxError};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Columns past this one are not looked at: the widest national sheet has 177.
const MAX_COLUMNS: usize = 512;

/// What stands in one cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Text, as typed.
    Text(String),
    /// A number; what was typed may have had more digits than a number holds.
    Number(f64),
    /// A day.
    Date {
        /// Four digits.
        year: u16,
        /// 1–12.
        month: u8,
        /// 1–31.
        day: u8,
    },
}

/// One row that holds something.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    /// As the sheet counts, from 1.
    pub(crate) number: u32,
    /// Whether the sheet hides it.
    pub(crate) hidden: bool,
    cells: Vec<Cell>,
    /// Columns whose cell was filled from a merged range above.
    filled: Vec<usize>,
}

impl Row {
    /// An empty row.
    pub(crate) fn new(number: u32) -> Self {
        Self { number, ..Self::default() }
    }

    /// The cell of a column, counted from 0.
    pub(crate) fn cell(&self, column: usize) -> &Cell {
        static EMPTY: Cell = Cell::Empty;
        self.cells.get(column).unwrap_or(&EMPTY)
    }

    /// The cell of a column, but nothing when it was only filled from a merged range above.
    pub(crate) fn own_cell(&self, column: usize) -> &Cell {
        static EMPTY: Cell = Cell::Empty;
        if self.filled.contains(&column) { &EMPTY } else { self.cell(column) }
    }

    /// All its cells from the left.
    pub(crate) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Puts a cell, widening the row.
    pub(crate) fn put(&mut self, column: usize, cell: Cell) {
        if column >= MAX_COLUMNS || cell == Cell::Empty {
            return;
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, Cell::Empty);
        }
        if let Some(place) = self.cells.get_mut(column) {
            *place = cell;
        }
    }

    /// Whether nothing stands in it.
    pub(crate) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| match cell {
            Cell::Empty => true,
            Cell::Text(text) => text.trim().is_empty(),
            Cell::Number(_) | Cell::Date { .. } => false,
        })
    }

    /// Its text cells with their columns.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (usize, &str)> {
        self.cells.iter().enumerate().filter_map(|(column, cell)| match cell {
            Cell::Text(text) => Some((column, text.as_str())),
            _ => None,
        })
    }
}

/// The letters of a column counted from 0: A, B … AA.
pub(crate) fn letters(column: usize) -> String {
    let mut rest = column + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        letters.push(char::from(b'A' + u8::try_from((rest - 1) % 26).unwrap_or(0)));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// A sheet of an open workbook.
#[derive(Debug)]
pub(crate) struct Sheet {
    /// As its tab says.
    pub(crate) name: String,
    /// Whether its tab is hidden.
    pub(crate) hidden: bool,
    /// What it says beside its cells.
    pub(crate) marks: SheetMarks,
}

/// An open workbook.
pub(crate) struct Grid {
    workbook: Xlsx<BufReader<File>>,
    /// Its sheets with cells, in order.
    pub(crate) sheets: Vec<Sheet>,
}

impl Grid {
    /// Opens a workbook and reads what its sheets say beside their cells.
    pub(crate) fn open(path: &Path) -> Result<Self, WorkbookError> {
        let file = container::open(path)?;
        let (mut marks, workbook) = unharmed(|| {
            let mut archive = zip::ZipArchive::new(file).map_err(|_| WorkbookError::damaged("压缩包"))?;
            let marks = marks::read(&mut archive)?;
            let workbook = Xlsx::new(container::open(path)?).map_err(|error| refusal(&error, "工作簿"))?;
            Ok((marks.into_iter(), workbook))
        })?;
        let mut sheets = Vec::new();
        for sheet in workbook.sheets_metadata() {
            let marks = marks.next().unwrap_or_default();
            if sheet.typ == SheetType::WorkSheet {
                sheets.push(Sheet { name: sheet.name.clone(), hidden: sheet.visible != SheetVisible::Visible, marks });
            }
        }
        Ok(Self { workbook, sheets })
    }

    /// Rows of all sheets together, as the sheets hold them.
    pub(crate) fn rows(&self) -> u64 {
        self.sheets.iter().map(|sheet| u64::from(sheet.marks.rows)).sum()
    }

    /// Passes every row of a sheet that holds something, merged columns filled downwards, until `take` says no more.
    pub(crate) fn each_row(
        &mut self,
        sheet: usize,
        take: &mut dyn FnMut(Row) -> Result<Flow, WorkbookError>,
    ) -> Result<(), WorkbookError> {
        let Self { workbook, sheets } = self;
        let Some(sheet) = sheets.get(sheet) else { return Ok(()) };
        let broken = |error: &XlsxError| refusal(error, &format!("工作表“{}”", sheet.name));
        let mut reader = unharmed(|| workbook.worksheet_cells_reader(&sheet.name).map_err(|error| broken(&error)))?;
        let mut fill = FillDown::new(&sheet.marks.merged);
        let mut coming = Coming::Unread;
        loop {
            let row = unharmed(|| next_row(&mut reader, &mut coming).map_err(|error| broken(&error)))?;
            let Some(mut row) = row else { return Ok(()) };
            // A row that only a merged range from above reaches into holds nothing of its own.
            let blank = row.is_blank();
            fill.fill(&mut row);
            row.hidden = sheet.marks.hidden_rows.contains(&row.number);
            if !blank && take(row)? == Flow::Stop {
                return Ok(());
            }
        }
    }
}

/// Whether a reader wants more rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// The next row, please.
    More,
    /// Enough of this sheet.
    Stop,
}

/// Runs what may trip over a broken file, and calls that damage.
fn unharmed<T>(run: impl FnOnce() -> Result<T, WorkbookError>) -> Result<T, WorkbookError> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Err(WorkbookError::damaged("内部结构")))
}

fn refusal(error: &XlsxError, place: &str) -> WorkbookError {
    match error {
        XlsxError::Password => WorkbookError::PasswordProtected,
        _ => WorkbookError::damaged(place),
    }
}

/// What comes after the row just read.
enum Coming {
    /// Not known yet.
    Unread,
    /// The first cell of the next row.
    Cell(u32, usize, Cell),
    /// The end of the sheet.
    End,
}

/// Collects the cells of the next row; the first cell of the row after waits in `coming`.
fn next_row(reader: &mut XlsxCellReader<'_, BufReader<File>>, coming: &mut Coming) -> Result<Option<Row>, XlsxError> {
    let mut row = match std::mem::replace(coming, Coming::Unread) {
        Coming::Unread => None,
        Coming::Cell(number, column, cell) => {
            let mut row = Row::new(number);
            row.put(column, cell);
            Some(row)
        }
        Coming::End => {
            *coming = Coming::End;
            return Ok(None);
        }
    };
    while let Some(found) = reader.next_cell()? {
        let (index, column) = found.get_position();
        let number = index.saturating_add(1);
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        let cell = cell_of(found.get_value());
        let this = row.get_or_insert_with(|| Row::new(number));
        if this.number != number {
            *coming = Coming::Cell(number, column, cell);
            return Ok(row);
        }
        this.put(column, cell);
    }
    *coming = Coming::End;
    Ok(row)
}

fn cell_of(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty | DataRef::DurationIso(_) => Cell::Empty,
        DataRef::String(text) => Cell::Text(text.clone()),
        DataRef::DateTimeIso(text) => Cell::Text(text.clone()),
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        #[expect(clippy::cast_precision_loss, reason = "a spreadsheet number is a float anyway")]
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::Bool(true) => Cell::Text("是".to_owned()),
        DataRef::Bool(false) => Cell::Text("否".to_owned()),
        DataRef::DateTime(when) if when.is_datetime() => {
            let (year, month, day, ..) = when.to_ymd_hms_milli();
            Cell::Date { year, month, day }
        }
        DataRef::DateTime(when) => Cell::Number(when.as_f64()),
        DataRef::Error(error) => Cell::Text(error.to_string()),
    }
}

/// Copies the first cell of a merged range into the rows below it, in the range's first column.
struct FillDown<'a> {
    coming: std::iter::Peekable<std::slice::Iter<'a, Merged>>,
    /// By column: the last row covered and what stands at the top.
    open: BTreeMap<usize, (u32, Cell)>,
}

impl<'a> FillDown<'a> {
    fn new(merged: &'a [Merged]) -> Self {
        Self { coming: merged.iter().peekable(), open: BTreeMap::new() }
    }

    fn fill(&mut self, row: &mut Row) {
        self.open.retain(|_, (last, _)| *last >= row.number);
        while let Some(range) = self.coming.next_if(|range| range.first_row <= row.number) {
            if range.last_row > range.first_row && range.first_row == row.number {
                let top = row.cell(range.first_column).clone();
                let _before = self.open.insert(range.first_column, (range.last_row, top));
            }
        }
        for (column, (_, top)) in &self.open {
            if row.cell(*column) == &Cell::Empty {
                row.put(*column, top.clone());
                row.filled.push(*column);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_called_as_excel_calls_them() {
        for (column, expected) in [(0, "A"), (9, "J"), (25, "Z"), (26, "AA"), (176, "FU"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(column), expected);
        }
    }

    fn rows(path: &Path) -> Vec<Row> {
        let mut grid = Grid::open(path).unwrap();
        let mut rows = Vec::new();
        let mut take = |row| {
            rows.push(row);
            Ok(Flow::More)
        };
        grid.each_row(0, &mut take).unwrap();
        rows
    }

    #[test]
    fn merged_cells_are_filled_down_and_hidden_rows_are_marked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("表.xlsx");
        let mut workbook = rust_xlsxwriter::Workbook::new();
        let sheet = workbook.add_worksheet();
        let plain = rust_xlsxwriter::Format::new();
        sheet.merge_range(1, 0, 3, 0, "北召店村", &plain).unwrap();
        for row in 1..5 {
            sheet.write(row, 1, f64::from(row)).unwrap();
        }
        sheet.set_row_hidden(2).unwrap();
        workbook.save(&path).unwrap();
        let rows = rows(&path);
        let seen: Vec<_> = rows.iter().map(|row| (row.number, row.hidden, row.cell(0).clone())).collect();
        let village = Cell::Text("北召店村".to_owned());
        let expected =
            [(2, false, village.clone()), (3, true, village.clone()), (4, false, village), (5, false, Cell::Empty)];
        assert_eq!(seen, expected);
    }
}
