//! The table as it was published, with its impossible figure: 108户40人 (domain.md §1.2).

use std::path::Path;

use rust_xlsxwriter::Workbook;

use super::roster::{Roster, Sum};

/// A published table, and what its wrong figure would have to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Published {
    by: &'static str,
    rows: Vec<(String, Sum)>,
    total: Sum,
    /// The row with the wrong figure.
    pub(crate) label: String,
    /// The wrong figure.
    pub(crate) stated: Sum,
    /// What it would have to be.
    pub(crate) right: Sum,
}

impl Published {
    /// The table of a roster by year, or by village where it has no years, with the people of the last row mistaken:
    /// fewer people than households, which cannot be.
    pub(crate) fn of(roster: &Roster) -> Self {
        let years = !roster.by_year.is_empty();
        let (by, sums, total) = if years {
            ("搬迁年度", &roster.by_year, roster.relocated())
        } else {
            ("行政村", &roster.by_village, roster.all)
        };
        let label = |name: &String| match name.rsplit('/').next() {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ => "未落实年度".to_owned(),
        };
        let mut rows: Vec<(String, Sum)> = sums.iter().map(|(name, sum)| (label(name), *sum)).collect();
        let (label, right) = rows.last().cloned().unwrap_or_default();
        // 40 of 108, as it was printed.
        let stated = Sum { persons: right.households * 40 / 108, ..right };
        if let Some((_, last)) = rows.last_mut() {
            *last = stated;
        }
        Self { by, rows, total, label, stated, right }
    }

    /// Writes it as a workbook.
    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "易地扶贫搬迁规模（公布稿）")?;
        sheet.write(1, 0, self.by)?.write(1, 1, "户数")?.write(1, 2, "人数")?;
        let total = ("合计".to_owned(), self.total);
        for (row, (label, sum)) in (2..).zip(self.rows.iter().chain([&total])) {
            sheet.write(row, 0, label)?.write(row, 1, sum.households)?.write(row, 2, sum.persons)?;
        }
        Ok(book.save(path)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_the_sample_is_the_one_that_was_published() {
        let roster = Roster::count(&crate::program::root().join("tests/fixtures/roster-huanghou.xlsx")).unwrap();
        let published = Published::of(&roster);
        assert_eq!(published.label, "2018");
        assert_eq!(published.stated, Sum { households: 108, persons: 40 });
        assert_eq!((published.right.persons, published.total.persons), (407, 1094));
    }
}
