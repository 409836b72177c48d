//! Writing a roster as the workbook a department would send: two title rows, the header on row 3, a row a person.

use std::path::Path;

use anyhow::Context;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet};

use super::line::{Cell, Column, Line};

/// The name of the sheet people stand in.
pub(crate) const SHEET: &str = "人员信息";
/// The first row below the header, as Excel counts.
pub(crate) const FIRST_ROW: u32 = 4;
/// The name of a sheet beside it, counted from 1.
pub(crate) fn other_sheet(number: usize) -> String {
    format!("旧名单{number}")
}

const TITLES: [&str; 2] = ["易地扶贫搬迁人员名单（样例，人员均为虚构）", "填报日期：2026年9月30日"];

/// How a workbook is put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Row by row to the disk, texts within the rows: any size in little memory, but nothing that reaches over rows.
    Streamed,
    /// As spreadsheet programs do it, texts in a table of their own; rows may be merged.
    Ordinary,
}

/// Writes blocks of rows below the header, as many columns as there are headers; hands back the Excel row each block begins on. A row whose 序号 is blank
/// gets the next number. Hidden sheets hold a header and nobody.
pub(crate) fn write(
    path: &Path,
    headers: &[String],
    blocks: impl Iterator<Item = Vec<Line>>,
    manner: Manner,
    hidden_sheets: usize,
) -> anyhow::Result<Vec<u32>> {
    let mut workbook = new_workbook()?;
    let sheet = match manner {
        Manner::Streamed => workbook.add_worksheet_with_constant_memory()?,
        Manner::Ordinary => workbook.add_worksheet(),
    };
    sheet.set_name(SHEET)?;
    for (row, title) in (0..).zip(TITLES) {
        sheet.write_string(row, 0, title)?;
    }
    for (column, header) in (0..).zip(headers) {
        sheet.write_string(FIRST_ROW - 2, column, header)?;
    }
    let (mut row, mut number, mut begins) = (FIRST_ROW - 1, 0, Vec::new());
    for block in blocks {
        begins.push(row + 1);
        let first = row;
        for line in &block {
            write_line(sheet, row, line, headers.len(), &mut number)?;
            row += 1;
        }
        for (line, at) in block.iter().zip(first..) {
            merge(sheet, at, line)?;
        }
    }
    for number in 1..=hidden_sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(other_sheet(number))?.set_hidden(true);
        for (column, header) in (0..).zip(headers) {
            sheet.write_string(0, column, header)?;
        }
    }
    save(&mut workbook, path)?;
    Ok(begins)
}

/// A workbook that carries no moment of its making, so that the same seed gives the same bytes.
pub(crate) fn new_workbook() -> anyhow::Result<Workbook> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_ymd(2026, 9, 30)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    Ok(workbook)
}

/// Writes the file, or says which one could not be written.
pub(crate) fn save(workbook: &mut Workbook, path: &Path) -> anyhow::Result<()> {
    workbook.save(path).with_context(|| format!("cannot write {}", path.display()))
}

/// Puts one cell into a sheet, counted from 0.
pub(crate) fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell) -> anyhow::Result<()> {
    match cell {
        Cell::Blank => {}
        Cell::Text(text) => drop(sheet.write_string(row, column, text)?),
        Cell::Number(number) => drop(sheet.write_number(row, column, *number)?),
    }
    Ok(())
}

fn write_line(sheet: &mut Worksheet, row: u32, line: &Line, width: usize, number: &mut u32) -> anyhow::Result<()> {
    for (column, cell) in (0..).zip(line.cells().iter().take(width)) {
        put(sheet, row, column, cell)?;
    }
    if *line.get(Column::Number) == Cell::Blank {
        *number += 1;
        put(sheet, row, 0, &Cell::count(*number))?;
    }
    if line.hidden {
        sheet.set_row_hidden(row)?;
    }
    Ok(())
}

fn merge(sheet: &mut Worksheet, row: u32, line: &Line) -> anyhow::Result<()> {
    let plain = Format::new();
    for (column, below) in &line.merged {
        let at = u16::try_from(*column as usize)?;
        sheet.merge_range(row, at, row + below, at, line.text(*column), &plain)?;
    }
    Ok(())
}
