//! Finding the header: the row, or the two or three merged rows, in which the most columns have names we know. Titles
//! stand above it, any order of columns and any further ones are fine.

use crate::alias::Meanings;
use crate::grid::{Cell, Row, letters};
use crate::marks::Merged;
use crate::refused;
use lianhu_core::text::tidy_cell;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Rows in which a header is looked for.
pub(crate) const HEADER_WITHIN: usize = 40;

/// The most rows one header takes.
const MAX_DEPTH: usize = 3;

/// What became of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum ColumnFate {
    /// Its cells are read as the field named.
    Understood,
    /// Not a column we know or need; nothing of it is kept.
    Ignored,
    /// On the do-not-collect list: none of its cells was looked at (domain.md §5).
    Refused {
        /// The sentence for the person who imports.
        reason: String,
    },
}

/// One column of a sheet, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnReading<F> {
    /// Counted from 0.
    pub index: usize,
    /// As Excel shows it.
    pub letter: String,
    /// The header, tidied; empty when the column has none.
    pub header: String,
    /// What it holds, when understood.
    pub field: Option<F>,
    /// What became of it.
    #[serde(flatten)]
    pub fate: ColumnFate,
}

/// A header that was found.
#[derive(Debug, Clone)]
pub(crate) struct Header<F> {
    /// The first row of it, counted from 1.
    pub(crate) first_row: u32,
    /// The last row of it.
    pub(crate) last_row: u32,
    /// Every column with a header.
    pub(crate) columns: Vec<ColumnReading<F>>,
}

impl<F: Copy + Ord> Header<F> {
    /// Looks for the header among the first rows of a sheet. `enough` says whether these fields make such a table.
    pub(crate) fn find(
        rows: &[Row],
        merged: &[Merged],
        meanings: &Meanings<F>,
        enough: &dyn Fn(&BTreeSet<F>) -> bool,
    ) -> Option<Self> {
        let last = rows.last().map_or(0, |row| row.number);
        let among: Vec<Merged> = merged.iter().filter(|range| range.first_row <= last).copied().collect();
        let merged = among.as_slice();
        let mut best: Option<(usize, &[Row])> = None;
        for depth in 1..=MAX_DEPTH {
            for window in rows.windows(depth).filter(|window| is_one_header(window, merged)) {
                let columns = columns(window, merged, meanings, false);
                let fields: BTreeSet<F> = columns.iter().filter_map(|column| column.field).collect();
                let better = best.as_ref().is_none_or(|(score, _)| fields.len() > *score);
                if better && enough(&fields) {
                    best = Some((fields.len(), window));
                }
            }
        }
        let (_, window) = best?;
        let columns = columns(window, merged, meanings, true);
        Some(Self { first_row: window.first()?.number, last_row: window.last()?.number, columns })
    }

    /// The column of each field.
    pub(crate) fn layout(&self) -> Layout<F> {
        let of = |column: &ColumnReading<F>| column.field.map(|field| (field, column.index));
        Layout { columns: self.columns.iter().filter_map(of).collect() }
    }
}

/// Where each field stands.
#[derive(Debug, Clone)]
pub(crate) struct Layout<F> {
    columns: BTreeMap<F, usize>,
}

impl<F> Default for Layout<F> {
    fn default() -> Self {
        Self { columns: BTreeMap::new() }
    }
}

impl<F: Copy + Ord> Layout<F> {
    /// The column of a field, counted from 0.
    pub(crate) fn at(&self, field: F) -> Option<usize> {
        self.columns.get(&field).copied()
    }

    /// All fields with their columns.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (F, usize)> {
        self.columns.iter().map(|(field, column)| (*field, *column))
    }
}

/// Whether rows can be one header: below a text that stands over one column alone, nothing more stands; and no number
/// of anything does. A first row of data is no second row of the header, even if 户主 is written in it.
fn is_one_header(window: &[Row], merged: &[Merged]) -> bool {
    let text = |row: &Row, column: usize| !matches!(row.own_cell(column), Cell::Empty);
    window.iter().zip(window.iter().skip(1)).all(|(upper, lower)| {
        lower.number == upper.number + 1
            && lower.cells().iter().enumerate().all(|(column, cell)| match cell {
                Cell::Empty => true,
                Cell::Number(_) | Cell::Date { .. } => false,
                Cell::Text(_) if !text(lower, column) || !text(upper, column) => true,
                Cell::Text(_) => {
                    let at = |range: &&Merged| range.first_row == upper.number && range.first_column == column;
                    let over = merged.iter().find(at).is_some_and(|range| range.last_column > column);
                    over || !text(upper, column + 1)
                }
            })
    })
}

/// The header texts of some rows taken together: by column, from the top down, merged cells reaching to the right.
fn stacked(window: &[Row], merged: &[Merged]) -> BTreeMap<usize, Vec<String>> {
    let mut texts: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for row in window {
        for (column, text) in row.texts() {
            let text = tidy_cell(text);
            let reach = merged.iter().find(|range| range.first_row == row.number && range.first_column == column);
            let last = reach.map_or(column, |range| range.last_column.min(column + 64));
            for column in column..=last {
                let above = texts.entry(column).or_default();
                if !text.is_empty() && above.last() != Some(&text) {
                    above.push(text.clone());
                }
            }
        }
    }
    texts
}

/// The columns under some rows taken as a header. Only the header that is chosen is held against the do-not-collect
/// list (`judged`), before any column is given a meaning.
fn columns<F: Copy + Ord>(
    window: &[Row],
    merged: &[Merged],
    meanings: &Meanings<F>,
    judged: bool,
) -> Vec<ColumnReading<F>> {
    let mut taken = BTreeSet::new();
    let mut columns = Vec::new();
    for (index, texts) in stacked(window, merged) {
        let joined = texts.concat();
        let lowest = texts.last().cloned().unwrap_or_default();
        // 证件 over 号码 is 证件号码; else the lowest text that is known, else the lowest.
        let spellings = std::iter::once(joined.clone()).chain(texts.iter().rev().cloned());
        let header = spellings.clone().find(|text| !meanings.of(text).is_empty()).unwrap_or(lowest);
        let refused = texts.iter().chain([&joined]).filter(|_| judged).find_map(|text| refused::refusal(text));
        let fate = match refused {
            Some(reason) => ColumnFate::Refused { reason: reason.to_owned() },
            None => ColumnFate::Ignored,
        };
        columns.push(ColumnReading { index, letter: letters(index), header, field: None, fate });
    }
    // A header with one meaning goes before one with two: a bare 联系电话 leaves 户联系电话 its place.
    for ambiguous in [false, true] {
        for column in columns.iter_mut().filter(|column| column.fate == ColumnFate::Ignored) {
            let found = meanings.of(&column.header);
            if (found.len() > 1) == ambiguous
                && let Some(field) = found.iter().find(|field| !taken.contains(*field))
            {
                let _new = taken.insert(*field);
                column.field = Some(*field);
                column.fate = ColumnFate::Understood;
            }
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alias::ROSTER;
    use crate::field::RosterField;

    fn row(number: u32, texts: &[&str]) -> Row {
        let mut row = Row::new(number);
        for (column, text) in texts.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            row.put(column, Cell::Text((*text).to_owned()));
        }
        row
    }

    fn find(rows: &[Row], merged: &[Merged]) -> Option<Header<RosterField>> {
        Header::find(rows, merged, &Meanings::new(ROSTER), &|fields| fields.len() >= 3)
    }

    #[test]
    fn the_header_stands_below_any_titles_and_a_repeated_one_is_not_taken() {
        let header = ["姓名", "证件号码", "与户主关系", "银行卡号", "备注"];
        let rows = [
            row(1, &["某县名单"]),
            row(2, &["填报日期：2026年9月30日", "姓名"]),
            row(5, &header),
            row(6, &["张三", "1", "户主"]),
            row(7, &header),
        ];
        let found = find(&rows, &[]).unwrap();
        assert_eq!((found.first_row, found.last_row), (5, 5));
        let fates: Vec<_> = found.columns.iter().map(|column| (column.letter.as_str(), column.field)).collect();
        let (name, id, relation) = (RosterField::Name, RosterField::IdNo, RosterField::Relation);
        assert_eq!(fates, [("A", Some(name)), ("B", Some(id)), ("C", Some(relation)), ("D", None), ("E", None)]);
        assert!(matches!(found.columns[3].fate, ColumnFate::Refused { .. }));
        assert_eq!(found.columns[4].fate, ColumnFate::Ignored);
        assert!(find(&rows[..2], &[]).is_none());
    }

    #[test]
    fn a_header_of_two_merged_rows_is_one_header() {
        let rows = [
            row(1, &["姓名", "证件", "", "家庭住址", "", "与户主关系"]),
            row(2, &["", "类型", "号码", "县", "村"]),
            row(3, &["张三", "身份证", "1", "南召县", "北召店村", "户主"]),
        ];
        let range = |first_column, last_column| Merged { first_row: 1, first_column, last_row: 1, last_column };
        let found = find(&rows, &[range(1, 2), range(3, 4)]).unwrap();
        let layout = found.layout();
        assert_eq!((found.first_row, found.last_row), (1, 2));
        assert_eq!(layout.at(RosterField::IdNo), Some(2));
        assert_eq!(layout.at(RosterField::Village), Some(4));
        assert_eq!(layout.at(RosterField::Relation), Some(5));
        assert_eq!(found.columns[2].header, "证件号码");
    }

    #[test]
    fn the_first_row_of_data_is_no_second_row_of_the_header() {
        let header = row(1, &["姓名", "证件号码", "人编号", "谁"]);
        let found = find(&[header, row(2, &["张三", "1", "2", "户主"])], &[]).unwrap();
        assert_eq!((found.last_row, found.columns[3].field), (1, None));
    }

    #[test]
    fn a_bare_phone_beside_the_households_is_the_persons() {
        let found = find(&[row(1, &["姓名", "联系电话", "户联系电话", "电话"])], &[]).unwrap();
        let layout = found.layout();
        assert_eq!(layout.at(RosterField::PersonPhone), Some(1));
        assert_eq!(layout.at(RosterField::HouseholdPhone), Some(2));
        assert_eq!(found.columns[3].fate, ColumnFate::Ignored);
    }
}
