//! Faults of the sheet: rows that are no people, rows one does not see, cells that cover others.

use super::bed::Bed;
use super::fault::{Place, Planter};
use super::line::{COLUMNS, Cell, Column, Line};

/// The kinds, by the reader's codes.
pub(crate) const KINDS: &[(&str, Planter)] = &[
    ("duplicate_row", duplicate_row),
    ("total_row", total_row),
    ("doubled_header", doubled_header),
    ("hidden_row", hidden_row),
    ("merged_cells", merged_cells),
    ("stray_row", stray_row),
    ("hidden_sheet", hidden_sheet),
];

fn duplicate_row(bed: &mut Bed) -> Option<Vec<Place>> {
    let (line, _) = bed.member(|_| true)?;
    let copy = bed.lines.get(line)?.clone();
    bed.lines.push(copy);
    Some(vec![Place::Row(bed.lines.len() - 1)])
}

/// Without a figure: what a page adds up to is nothing the whole could be held against.
fn total_row(bed: &mut Bed) -> Option<Vec<Place>> {
    let mut line = Line::blank();
    line.set(Column::Number, Cell::text(bed.chance.pick(&["合计", "小计", "总 计"])));
    bed.lines.push(line);
    Some(vec![Place::Row(bed.lines.len() - 1)])
}

fn doubled_header(bed: &mut Bed) -> Option<Vec<Place>> {
    bed.lines.push(Line::new(COLUMNS.iter().map(|(_, header)| Cell::text(header)).collect()));
    Some(vec![Place::Row(bed.lines.len() - 1)])
}

fn hidden_row(bed: &mut Bed) -> Option<Vec<Place>> {
    let (at, _) = bed.member(|_| true)?;
    bed.lines.get_mut(at)?.hidden = true;
    Some(vec![Place::Row(at)])
}

/// The telephone stands once for all members of the household.
fn merged_cells(bed: &mut Bed) -> Option<Vec<Place>> {
    let below = u32::try_from(bed.lines.len()).ok()?.checked_sub(1).filter(|below| *below > 0)?;
    bed.lines.first_mut()?.merged.push((Column::Phone, below));
    Some(vec![Place::Here(0, Column::Phone)])
}

fn stray_row(bed: &mut Bed) -> Option<Vec<Place>> {
    let mut line = Line::blank();
    let note = bed.chance.pick(&["待补", "以下各户待核"]);
    line.set(Column::Number, Cell::text(note));
    bed.lines.push(line);
    Some(vec![Place::Row(bed.lines.len() - 1)])
}

/// An older list left behind in the workbook, out of sight.
fn hidden_sheet(_: &mut Bed) -> Option<Vec<Place>> {
    Some(vec![Place::OtherSheet])
}
