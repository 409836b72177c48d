//! A pairing table for a roster that came without one: two helpers, the first households of the sheet between them.

use std::path::Path;

use rust_xlsxwriter::Workbook;

use super::roster::Roster;

/// Who helps, by name, unit and telephone.
const HELPERS: [(&str, &str, &str); 2] = [("卫春建", "市税务局", "18302157368"), ("赵永燕", "县教育局", "18262129972")];
/// Households of each.
const EACH: usize = 3;

/// Writes it; how many households it pairs.
pub(crate) fn write(path: &Path, roster: &Roster) -> anyhow::Result<usize> {
    let headers = ["序号", "帮扶责任人", "单位", "隶属", "职务", "联系电话", "户编号", "户主", "村"];
    let village = roster.rows.first().map_or("", |row| row.village.as_str());
    let of_village: Vec<_> = roster.rows.iter().filter(|row| row.village == village).collect();
    let each = EACH.min(of_village.len().div_ceil(HELPERS.len()));
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, headers)?;
    let mut row = 1;
    for (number, ((name, unit, phone), households)) in (1..).zip(HELPERS.iter().zip(of_village.chunks(each.max(1)))) {
        for household in households {
            let name_of_village = household.village.rsplit('/').next().unwrap_or_default();
            let words = [*name, *unit, "县", "一般干部", *phone, &household.number, &household.head, name_of_village];
            sheet.write(row, 0, number)?.write_row(row, 1, words)?;
            row += 1;
        }
    }
    book.save(path)?;
    Ok(usize::try_from(row - 1)?)
}
