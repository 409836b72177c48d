//! Collecting doubts while sheets are read, and putting them into the order of the workbook.

use crate::doubt::{Doubt, DoubtKind, Shown};
use crate::grid::letters;
use std::collections::BTreeMap;

/// A place in the workbook: a cell, or a row when there is no column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct At {
    /// Index of the sheet.
    pub(crate) sheet: usize,
    /// Counted from 1; 0 for the sheet.
    pub(crate) row: u32,
    /// Counted from 0.
    pub(crate) column: Option<usize>,
}

impl At {
    /// The row as a whole.
    pub(crate) fn row(sheet: usize, row: u32) -> Self {
        Self { sheet, row, column: None }
    }

    /// Another column of the same row.
    pub(crate) fn column(self, column: Option<usize>) -> Self {
        Self { column, ..self }
    }
}

#[derive(Debug)]
struct Raised {
    at: At,
    kind: DoubtKind,
    value_masked: String,
    reason: Option<String>,
}

/// Doubts raised so far.
#[derive(Debug, Default)]
pub(crate) struct Doubts {
    sheets: Vec<(String, BTreeMap<usize, String>)>,
    raised: Vec<Raised>,
}

impl Doubts {
    /// Makes a sheet known by its name and headers; sheets are counted in the order they are made known.
    pub(crate) fn sheet(&mut self, name: &str, headers: BTreeMap<usize, String>) {
        self.sheets.push((name.to_owned(), headers));
    }

    /// Raises a doubt with the sentence of its kind.
    pub(crate) fn raise(&mut self, at: At, kind: DoubtKind, shown: Shown, value: &str) {
        self.raised.push(Raised { at, kind, value_masked: shown.mask(value), reason: None });
    }

    /// Raises a doubt with a sentence that says more.
    pub(crate) fn raise_because(&mut self, at: At, kind: DoubtKind, shown: Shown, value: &str, reason: String) {
        self.raised.push(Raised { at, kind, value_masked: shown.mask(value), reason: Some(reason) });
    }

    /// The name of a sheet.
    pub(crate) fn sheet_name(&self, sheet: usize) -> &str {
        self.sheets.get(sheet).map_or("", |(name, _)| name)
    }

    /// All doubts, sheet by sheet, row by row, column by column.
    pub(crate) fn finish(mut self) -> Vec<Doubt> {
        self.raised.sort_by_key(|raised| (raised.at, raised.kind));
        let sheets = self.sheets;
        let doubt = |raised: Raised| {
            let (sheet, headers) =
                sheets.get(raised.at.sheet).map_or(("", None), |(name, headers)| (name, Some(headers)));
            let header = raised.at.column.and_then(|column| headers?.get(&column)).cloned().unwrap_or_default();
            Doubt {
                sheet: sheet.to_owned(),
                row: raised.at.row,
                column: raised.at.column.map(letters).unwrap_or_default(),
                header,
                kind: raised.kind,
                value_masked: raised.value_masked,
                reason: raised.reason.unwrap_or_else(|| raised.kind.sentence().to_owned()),
            }
        };
        self.raised.into_iter().map(doubt).collect()
    }
}
