//! A table that was chosen under the wrong import: told which of the two it is, instead of that it has no header.

use crate::error::{AppError, Result};
use lianhu_core::day::Day;
use lianhu_workbook::{
    PairingField, PairingReading, Progress, RosterReading, WorkbookError, read_pairing, read_roster,
};
use serde::Serialize;
use std::path::Path;
use ts_rs::TS;

/// The two tables that an office takes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// 户和人的名单.
    Roster,
    /// 结对花名册.
    Pairing,
}

/// Reads a roster, or says that the file is a pairing table.
pub(crate) fn roster(path: &Path, today: Day, progress: &mut dyn FnMut(Progress)) -> Result<RosterReading> {
    let read = read_roster(path, today, progress);
    let other = || read_pairing(path, &mut |_| {}).is_ok_and(|reading| !reading.cadres.is_empty());
    if read.as_ref().is_err_and(is_without_header) && other() {
        return Err(AppError::OtherTable { is: Table::Pairing });
    }
    Ok(read?)
}

/// Reads a pairing table, or says that the file is a roster. Both may have a column 姓名 beside 户编号: in a roster it names
/// those who live there, and whoever took them for helpers would entrust each household to its own people.
pub(crate) fn pairing(path: &Path, today: Day, progress: &mut dyn FnMut(Progress)) -> Result<PairingReading> {
    let read = read_pairing(path, progress);
    let sure = read.as_ref().map_or_else(|error| !is_without_header(error), names_helpers);
    let other = || read_roster(path, today, &mut |_| {}).is_ok_and(|reading| !reading.households.is_empty());
    if !sure && other() {
        return Err(AppError::OtherTable { is: Table::Roster });
    }
    Ok(read?)
}

/// Whether a header says of the names below it that they are helpers.
fn names_helpers(reading: &PairingReading) -> bool {
    let columns = reading.sheets.iter().flat_map(|sheet| &sheet.columns);
    columns.filter(|column| column.field == Some(PairingField::Helper)).any(|column| column.header != "姓名")
}

fn is_without_header(error: &WorkbookError) -> bool {
    matches!(error, WorkbookError::NoHeader { .. } | WorkbookError::Nonsense { .. })
}
