//! What a sheet says beside its cells: hidden rows, merged ranges, how many rows. Read from the XML before the cells
//! are, which also finds a file that unpacks to more than a county list can be.

use crate::container::MAX_UNPACKED;
use crate::error::{Bound, LooksLike, WorkbookError};
use crate::grid::letters;
use crate::tags::Tags;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Seek};
use zip::ZipArchive;

/// The most rows all sheets may have together.
pub(crate) const MAX_ROWS: u32 = 300_000;

/// The most merged ranges that are taken into account in a sheet.
const MAX_MERGED: usize = 200_000;

/// What one sheet says beside its cells.
#[derive(Debug, Default)]
pub(crate) struct SheetMarks {
    /// Rows the sheet holds.
    pub(crate) rows: u32,
    /// Rows that are not shown, counted from 1.
    pub(crate) hidden_rows: BTreeSet<u32>,
    /// Merged ranges, in the order of their first rows.
    pub(crate) merged: Vec<Merged>,
}

/// A merged range; rows counted from 1, columns from 0, all ends within.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Merged {
    pub(crate) first_row: u32,
    pub(crate) first_column: usize,
    pub(crate) last_row: u32,
    pub(crate) last_column: usize,
}

impl std::fmt::Display for Merged {
    /// As Excel writes it: `J4:J7`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (first, last) = (letters(self.first_column), letters(self.last_column));
        write!(f, "{first}{}:{last}{}", self.first_row, self.last_row)
    }
}

/// Reads the marks of all sheets, in the order of the workbook.
pub(crate) fn read<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Result<Vec<SheetMarks>, WorkbookError> {
    read_within(archive, MAX_UNPACKED)
}

/// Reads the marks as long as no more than so many bytes have to be unpacked for it.
fn read_within<R: Read + Seek>(archive: &mut ZipArchive<R>, most: u64) -> Result<Vec<SheetMarks>, WorkbookError> {
    let mut budget = Budget { left: most };
    let paths = sheet_paths(archive, &mut budget)?;
    let mut rows = 0_u32;
    let mut sheets = Vec::new();
    for path in paths {
        let marks = match path {
            Some(path) => sheet(archive, &path, &mut budget)?,
            None => SheetMarks::default(),
        };
        rows = rows.saturating_add(marks.rows);
        if rows > MAX_ROWS {
            return Err(WorkbookError::TooLarge { what: Bound::Rows });
        }
        sheets.push(marks);
    }
    for part in ["xl/sharedStrings.xml", "xl/styles.xml"] {
        let _tags = each_tag(archive, part, &mut budget, &[], &mut |_| {})?;
    }
    Ok(sheets)
}

struct Budget {
    left: u64,
}

/// Passes every tag with one of the names to `take`; says whether there is such a part.
fn each_tag<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    path: &str,
    budget: &mut Budget,
    names: &[&str],
    take: &mut dyn FnMut(&crate::tags::Tag<'_>),
) -> Result<bool, WorkbookError> {
    let Some(index) = index_of(archive, path) else { return Ok(false) };
    let file = archive.by_index(index).map_err(|_| WorkbookError::damaged("压缩包"))?;
    let mut tags = Tags::new(buffered(file), budget.left);
    loop {
        match tags.next_of(names) {
            Ok(Some(tag)) => take(&tag),
            Ok(None) => break,
            Err(_) => return Err(WorkbookError::damaged("压缩包")),
        }
    }
    budget.left = tags.left();
    if budget.left == 0 {
        return Err(WorkbookError::TooLarge { what: Bound::Unpacked });
    }
    Ok(true)
}

fn buffered<R: Read>(from: R) -> impl BufRead {
    BufReader::with_capacity(64 * 1024, from)
}

/// Some programs write part names in another case than they refer to them.
fn index_of<R: Read + Seek>(archive: &ZipArchive<R>, path: &str) -> Option<usize> {
    let plain = |name: &str| name.replace('\\', "/").trim_start_matches('/').to_ascii_lowercase();
    archive.index_for_name(path).or_else(|| {
        let wanted = plain(path);
        archive.file_names().position(|name| name.is_ok_and(|name| plain(&name) == wanted))
    })
}

fn relations<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    path: &str,
    budget: &mut Budget,
) -> Result<BTreeMap<String, (String, String)>, WorkbookError> {
    let mut found = BTreeMap::new();
    let _there = each_tag(archive, path, budget, &["Relationship"], &mut |tag| {
        if let (Some(id), Some(kind), Some(target)) = (tag.value("Id"), tag.value("Type"), tag.value("Target")) {
            let _before = found.insert(id.to_owned(), (kind.to_owned(), target.to_owned()));
        }
    })?;
    Ok(found)
}

/// The part of every sheet, in the order of the workbook; `None` where the workbook does not say.
fn sheet_paths<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    budget: &mut Budget,
) -> Result<Vec<Option<String>>, WorkbookError> {
    let root = relations(archive, "_rels/.rels", budget)?;
    let workbook = root.into_values().find(|(kind, _)| kind.ends_with("/officeDocument")).map(|(_, target)| target);
    let workbook = workbook.unwrap_or_else(|| "xl/workbook.xml".to_owned());
    let workbook = workbook.trim_start_matches('/').to_owned();
    let (folder, name) = workbook.rsplit_once('/').unwrap_or(("", &workbook));
    if !name.to_ascii_lowercase().ends_with(".xml") || folder == "word" || folder == "ppt" {
        return Err(WorkbookError::NotAWorkbook { looks_like: LooksLike::OtherOffice });
    }
    let relations = relations(archive, &format!("{folder}/_rels/{name}.rels"), budget)?;
    let mut paths = Vec::new();
    let there = each_tag(archive, &workbook, budget, &["sheet"], &mut |tag| {
        let target = tag.value("id").and_then(|id| relations.get(id)).map(|(_, target)| target);
        paths.push(target.map(|target| match target.strip_prefix('/') {
            Some(whole) => whole.to_owned(),
            None => format!("{folder}/{target}"),
        }));
    })?;
    if there {
        return Ok(paths);
    }
    // A zip without the workbook it should hold: OpenDocument and other archives.
    let office = index_of(archive, "content.xml").or_else(|| index_of(archive, "[Content_Types].xml")).is_some();
    Err(WorkbookError::NotAWorkbook { looks_like: if office { LooksLike::OtherOffice } else { LooksLike::Unknown } })
}

fn sheet<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    path: &str,
    budget: &mut Budget,
) -> Result<SheetMarks, WorkbookError> {
    let mut marks = SheetMarks::default();
    let mut row = 0_u32;
    let _there = each_tag(archive, path, budget, &["row", "mergeCell"], &mut |tag| {
        if tag.name() == "row" {
            row = tag.value("r").and_then(|r| r.parse().ok()).unwrap_or(row.saturating_add(1));
            marks.rows = marks.rows.saturating_add(1);
            if tag.yes("hidden") {
                let _new = marks.hidden_rows.insert(row);
            }
        } else if let Some(range) = tag.value("ref").and_then(merged)
            && marks.merged.len() < MAX_MERGED
        {
            marks.merged.push(range);
        }
    })?;
    marks.merged.sort_unstable();
    Ok(marks)
}

/// Reads `A3:B7`.
fn merged(range: &str) -> Option<Merged> {
    let (first, last) = range.split_once(':')?;
    let (first_column, first_row) = corner(first)?;
    let (last_column, last_row) = corner(last)?;
    (first_row <= last_row && first_column <= last_column).then_some(Merged {
        first_row,
        first_column,
        last_row,
        last_column,
    })
}

fn corner(text: &str) -> Option<(usize, u32)> {
    let digits = text.find(|c: char| c.is_ascii_digit())?;
    let (letters, row) = text.split_at_checked(digits)?;
    let column = letters.chars().try_fold(0_usize, |column, letter| {
        let value = usize::try_from(u32::from(letter.to_ascii_uppercase()).checked_sub(64)?).ok()?;
        (1..=26).contains(&value).then_some(column.checked_mul(26)?.checked_add(value)?)
    })?;
    Some((column.checked_sub(1)?, row.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merged_range_is_read_and_nonsense_is_not() {
        let expected = Merged { first_row: 3, first_column: 1, last_row: 7, last_column: 27 };
        assert_eq!(merged("B3:AB7"), Some(expected));
        for nonsense in ["", "B3", "B3:A1", "3:7", "B:C", "一3:二4", "ZZZZZZZZZZZZZZZZZZZZ1:A2", ":"] {
            assert_eq!(merged(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn a_bomb_is_named_before_it_is_unpacked_into_memory() {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        let sheet = workbook.add_worksheet();
        for row in 0..500 {
            sheet.write_string(row, 0, "同一个长长的词".repeat(20)).unwrap();
        }
        let bytes = workbook.save_to_buffer().unwrap();
        let mut archive = ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
        let marks = read_within(&mut archive, 64 * 1024).unwrap();
        assert_eq!(marks.iter().map(|sheet| sheet.rows).collect::<Vec<_>>(), [500]);
        let refused = read_within(&mut archive, 8 * 1024).unwrap_err();
        assert_eq!(refused, WorkbookError::TooLarge { what: Bound::Unpacked });
    }
}
