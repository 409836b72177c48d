//! A sheet as a department accepts it: title, unit and day, header of one or two levels, rows, total, who filled it in.
//! It is plain content; how it looks is settled in `write.rs`. Nothing here masks anything: the caller hands over what
//! may be shown.

use lianhu_core::day::Day;

/// One sheet of a workbook to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The tab; characters Excel refuses are left out.
    pub sheet_name: String,
    /// Over the whole width.
    pub title: String,
    /// 单位, as it signs.
    pub unit: String,
    /// 填报日期
    pub filled_on: Day,
    /// The header from the top row down.
    pub header: Vec<Vec<HeaderCell>>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
    /// 合计
    pub total: Option<Vec<Cell>>,
    /// Who answers for it.
    pub footer: Footer,
    /// A line below the footer: source, scope, watermark. Empty for none.
    pub note: String,
}

/// A header cell; it may reach over columns or down over rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderCell {
    /// What it says.
    pub text: String,
    /// Columns it covers, at least 1.
    pub columns: u16,
    /// Header rows it covers, at least 1.
    pub rows: u16,
}

impl HeaderCell {
    /// A header of one column in one row.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), columns: 1, rows: 1 }
    }

    /// A header over several columns.
    #[must_use]
    pub fn over(text: &str, columns: u16) -> Self {
        Self { text: text.to_owned(), columns: columns.max(1), rows: 1 }
    }

    /// A header of one column that reaches down over several header rows.
    #[must_use]
    pub fn down(text: &str, rows: u16) -> Self {
        Self { text: text.to_owned(), columns: 1, rows: rows.max(1) }
    }
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Text; numbers that are names (户编号, 证件号码, 电话) are text too.
    Text(String),
    /// A count.
    Int(i64),
    /// A sum or rate with two decimals.
    Decimal {
        /// In hundredths.
        hundredths: i64,
    },
    /// Nothing.
    Empty,
}

impl Cell {
    /// A text cell; an empty text is an empty cell.
    #[must_use]
    pub fn text(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }
}

/// Who answers for a sheet; a name left empty leaves room to sign.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Footer {
    /// 填表人
    pub filled_by: String,
    /// 审核人
    pub checked_by: String,
    /// 单位负责人
    pub head_of_unit: String,
}

/// Where header cells stand, once their reaches are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Placed<'a> {
    pub(crate) cell: &'a HeaderCell,
    pub(crate) row: usize,
    pub(crate) column: usize,
}

impl Sheet {
    /// How many columns it has.
    pub(crate) fn width(&self) -> usize {
        let header = self.placed_header().iter().map(|placed| placed.column + usize::from(placed.cell.columns)).max();
        let rows = self.rows.iter().chain(&self.total).map(Vec::len).max();
        header.unwrap_or(0).max(rows.unwrap_or(0)).max(1)
    }

    /// Lays the header out: each cell takes the next column that no cell above reaches into.
    pub(crate) fn placed_header(&self) -> Vec<Placed<'_>> {
        let mut covered: Vec<(usize, usize)> = Vec::new();
        let mut placed = Vec::new();
        for (row, cells) in self.header.iter().enumerate() {
            let mut column = 0;
            for cell in cells {
                while covered.contains(&(row, column)) {
                    column += 1;
                }
                let depth = usize::from(cell.rows).min(self.header.len() - row);
                for below in row..row + depth {
                    covered.extend((column..column + usize::from(cell.columns)).map(|column| (below, column)));
                }
                placed.push(Placed { cell, row, column });
                column += usize::from(cell.columns);
            }
        }
        placed
    }

    /// The header nearest to the rows, by column.
    pub(crate) fn lowest_header(&self) -> Vec<&str> {
        let mut lowest = vec![""; self.width()];
        for placed in self.placed_header().iter().filter(|placed| placed.cell.columns == 1) {
            if let Some(text) = lowest.get_mut(placed.column) {
                *text = &placed.cell.text;
            }
        }
        lowest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_of_two_levels_takes_its_places() {
        let sheet = Sheet {
            sheet_name: "表".to_owned(),
            title: String::new(),
            unit: String::new(),
            filled_on: Day(0),
            header: vec![
                vec![HeaderCell::down("村", 2), HeaderCell::over("2016年", 2), HeaderCell::down("备注", 2)],
                vec![HeaderCell::new("户"), HeaderCell::new("人")],
            ],
            rows: Vec::new(),
            total: None,
            footer: Footer::default(),
            note: String::new(),
        };
        let places: Vec<_> =
            sheet.placed_header().iter().map(|placed| (placed.cell.text.clone(), placed.row, placed.column)).collect();
        let expected = [("村", 0, 0), ("2016年", 0, 1), ("备注", 0, 3), ("户", 1, 1), ("人", 1, 2)];
        assert_eq!(places, expected.map(|(text, row, column)| (text.to_owned(), row, column)));
        assert_eq!((sheet.width(), sheet.lowest_header()), (4, vec!["村", "户", "人", "备注"]));
    }
}
