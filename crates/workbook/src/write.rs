//! Writing sheets as a department accepts them: merged title, unit and day, bordered rows, 合计, signatures; A4 landscape,
//! one page wide, the header on every page. Text is text, whatever it begins with, so that no cell can become a formula.

use crate::error::{FileTrouble, WorkbookError};
use crate::mark::{self, Mark};
use crate::sheet::{Cell, Sheet};
use crate::width::{self, display_width};
use lianhu_core::day::Day;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Excel's own bounds.
const MAX_TEXT: usize = 32_767;
const MAX_TAB: usize = 31;
/// Whole numbers a spreadsheet keeps exactly; larger ones are written as text.
const EXACT: i64 = 999_999_999_999_999;

/// Writes a workbook of these sheets. The file appears whole or not at all; one that was there before stays until then.
///
/// # Errors
/// [`WorkbookError::CannotWrite`], with what the system said.
pub fn write_workbook(sheets: &[Sheet], path: &Path) -> Result<(), WorkbookError> {
    write(sheets, None, path)
}

/// The same with a mark: in head and foot of every printed page and in the properties of the file, in no cell.
///
/// # Errors
/// [`WorkbookError::CannotWrite`], with what the system said.
pub fn write_marked(sheets: &[Sheet], mark: &Mark, path: &Path) -> Result<(), WorkbookError> {
    write(sheets, Some(mark), path)
}

fn write(sheets: &[Sheet], mark: Option<&Mark>, path: &Path) -> Result<(), WorkbookError> {
    if path.is_dir() {
        return Err(WorkbookError::CannotWrite { why: FileTrouble::IsFolder });
    }
    let bytes = workbook(sheets, mark).map_err(|error| match error {
        XlsxError::IoError(error) => WorkbookError::cannot_write(&error),
        _ => WorkbookError::CannotWrite { why: FileTrouble::Other },
    })?;
    let part = beside(path);
    let written = save(&bytes, &part).and_then(|()| std::fs::rename(&part, path));
    if written.is_err() {
        let _gone = std::fs::remove_file(&part);
    }
    written.map_err(|error| WorkbookError::cannot_write(&error))
}

fn save(bytes: &[u8], path: &Path) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    path.with_file_name(name)
}

fn workbook(sheets: &[Sheet], mark: Option<&Mark>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The day the sheet is filled in, so that the same content gives the same bytes.
    let day = sheets.first().map_or(Day(0), |sheet| sheet.filled_on);
    if let Ok(made) = ExcelDateTime::parse_from_str(&day.to_string()) {
        let properties = DocProperties::new().set_creation_datetime(&made);
        workbook.set_properties(&mark.map_or(properties.clone(), |mark| mark.put_into(properties)));
    }
    let mut names = BTreeSet::new();
    for sheet in sheets {
        let worksheet = workbook.add_worksheet();
        worksheet.set_name(tab(&sheet.sheet_name, &mut names))?;
        Page { sheet, mark, worksheet, looks: Looks::new() }.write()?;
    }
    workbook.save_to_buffer()
}

/// A tab name Excel takes, unlike those before it.
fn tab(name: &str, names: &mut BTreeSet<String>) -> String {
    let allowed = |c: &char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'') && !c.is_control();
    let clean: String = name.chars().filter(allowed).take(MAX_TAB).collect();
    let clean = if clean.trim().is_empty() { "表".to_owned() } else { clean };
    let mut unlike = clean.clone();
    let mut count = 2;
    while !names.insert(unlike.to_lowercase()) {
        let tail = format!("({count})");
        let room = MAX_TAB.saturating_sub(tail.chars().count());
        unlike = clean.chars().take(room).chain(tail.chars()).collect();
        count += 1;
    }
    unlike
}

/// How the parts of a sheet look.
struct Looks {
    title: Format,
    line: Format,
    line_right: Format,
    header: Format,
    text: Format,
    int: Format,
    decimal: Format,
    total_text: Format,
    total_int: Format,
    total_decimal: Format,
    note: Format,
}

impl Looks {
    fn new() -> Self {
        let plain = Format::new().set_font_name("宋体").set_font_size(10.5).set_align(FormatAlign::VerticalCenter);
        let cell = plain.clone().set_border(FormatBorder::Thin);
        let text = cell.clone().set_num_format("@").set_text_wrap();
        let int = cell.clone().set_num_format("0").set_align(FormatAlign::Center);
        let decimal = cell.clone().set_num_format("#,##0.00").set_align(FormatAlign::Right);
        Self {
            title: plain.clone().set_font_size(18).set_bold().set_align(FormatAlign::Center),
            line: plain.clone().set_align(FormatAlign::Left),
            line_right: plain.clone().set_align(FormatAlign::Right),
            header: cell.set_bold().set_align(FormatAlign::Center).set_text_wrap(),
            total_text: text.clone().set_bold(),
            total_int: int.clone().set_bold(),
            total_decimal: decimal.clone().set_bold(),
            note: plain.set_align(FormatAlign::Left).set_text_wrap(),
            text,
            int,
            decimal,
        }
    }
}

struct Page<'a> {
    sheet: &'a Sheet,
    mark: Option<&'a Mark>,
    worksheet: &'a mut Worksheet,
    looks: Looks,
}

impl Page<'_> {
    fn write(mut self) -> Result<(), XlsxError> {
        let width = self.sheet.width();
        self.above(width)?;
        let header = 2_u32;
        self.header(header)?;
        let mut row = header + u32::try_from(self.sheet.header.len()).unwrap_or(0);
        let first = row;
        for cells in &self.sheet.rows {
            self.row(row, cells, width, false)?;
            row += 1;
        }
        if let Some(total) = &self.sheet.total {
            self.row(row, total, width, true)?;
            row += 1;
        }
        self.below(row, width)?;
        self.paper(header, first)?;
        for (column, wide) in width::of_columns(self.sheet).into_iter().enumerate() {
            self.worksheet.set_column_width(index(column), wide)?;
        }
        Ok(())
    }

    /// Title, then unit at the left and day at the right.
    fn above(&mut self, width: usize) -> Result<(), XlsxError> {
        self.merge(0, 0, width - 1, &self.sheet.title, Look::Title)?;
        self.worksheet.set_row_height(0, 32)?;
        let unit = format!("单位：{}", self.sheet.unit);
        let day = format!("填报日期：{}", chinese(self.sheet.filled_on));
        if width == 1 {
            self.merge(1, 0, 0, &format!("{unit}　{day}"), Look::Left)?;
        } else {
            let half = width / 2;
            self.merge(1, 0, half - 1, &unit, Look::Left)?;
            self.merge(1, half, width - 1, &day, Look::Right)?;
        }
        self.worksheet.set_row_height(1, 20)?;
        Ok(())
    }

    fn header(&mut self, top: u32) -> Result<(), XlsxError> {
        let levels = self.sheet.header.len();
        for placed in self.sheet.placed_header() {
            let first_row = top + u32::try_from(placed.row).unwrap_or(0);
            let depth = usize::from(placed.cell.rows).min(levels - placed.row);
            let last_row = first_row + u32::try_from(depth).unwrap_or(1) - 1;
            let (first, last) = (index(placed.column), index(placed.column + usize::from(placed.cell.columns) - 1));
            let text = clipped(&placed.cell.text);
            if (first_row, first) == (last_row, last) {
                let _sheet = self.worksheet.write_string_with_format(first_row, first, text, &self.looks.header)?;
            } else {
                let _sheet = self.worksheet.merge_range(first_row, first, last_row, last, &text, &self.looks.header)?;
            }
        }
        for level in 0..levels {
            self.worksheet.set_row_height(top + u32::try_from(level).unwrap_or(0), 30)?;
        }
        Ok(())
    }

    fn row(&mut self, row: u32, cells: &[Cell], width: usize, total: bool) -> Result<(), XlsxError> {
        let looks = &self.looks;
        let (text, int, decimal) = if total {
            (&looks.total_text, &looks.total_int, &looks.total_decimal)
        } else {
            (&looks.text, &looks.int, &looks.decimal)
        };
        for column in 0..width {
            let at = index(column);
            match cells.get(column).unwrap_or(&Cell::Empty) {
                Cell::Text(words) => {
                    let words = clipped(words);
                    if may_be_taken_for_a_formula(&words) {
                        let quoted = text.clone().set_quote_prefix();
                        let _sheet = self.worksheet.write_string_with_format(row, at, words, &quoted)?;
                    } else {
                        let _sheet = self.worksheet.write_string_with_format(row, at, words, text)?;
                    }
                }
                Cell::Int(number) if number.abs() <= EXACT => {
                    let _sheet = self.worksheet.write_number_with_format(row, at, float(*number), int)?;
                }
                Cell::Int(number) => {
                    let _sheet = self.worksheet.write_string_with_format(row, at, number.to_string(), text)?;
                }
                Cell::Decimal { hundredths } => {
                    let _sheet =
                        self.worksheet.write_number_with_format(row, at, float(*hundredths) / 100.0, decimal)?;
                }
                Cell::Empty => {
                    let _sheet = self.worksheet.write_blank(row, at, text)?;
                }
            }
        }
        Ok(())
    }

    /// 填表人, 审核人 and 单位负责人, each a third of the width; the note below.
    fn below(&mut self, row: u32, width: usize) -> Result<(), XlsxError> {
        let footer = &self.sheet.footer;
        let signed = [
            format!("填表人：{}", footer.filled_by),
            format!("审核人：{}", footer.checked_by),
            format!("单位负责人：{}", footer.head_of_unit),
        ];
        self.worksheet.set_row_height(row, 24)?;
        if width < 3 {
            self.merge(row, 0, width - 1, &signed.join("　　"), Look::Left)?;
        } else {
            let mut first = 0;
            for (third, text) in signed.iter().enumerate() {
                let last = width * (third + 1) / 3 - 1;
                self.merge(row, first, last, text, Look::Left)?;
                first = last + 1;
            }
        }
        if !self.sheet.note.is_empty() {
            let wide: f64 = width::of_columns(self.sheet).iter().sum();
            let lines = (f64::from(u32::try_from(display_width(&self.sheet.note)).unwrap_or(0)) / wide.max(1.0)).ceil();
            self.merge(row + 1, 0, width - 1, &self.sheet.note, Look::Note)?;
            self.worksheet.set_row_height(row + 1, 16.0 * lines.clamp(1.0, 10.0))?;
        }
        Ok(())
    }

    fn paper(&mut self, header: u32, first: u32) -> Result<(), XlsxError> {
        self.worksheet
            .set_paper_size(9)
            .set_landscape()
            .set_print_fit_to_pages(1, 0)
            .set_print_center_horizontally(true)
            .set_margins(0.5, 0.5, 0.6, 0.6, 0.3, 0.3)
            .set_footer(mark::foot(self.mark));
        if let Some(mark) = self.mark {
            self.worksheet.set_header(mark.header());
        }
        if first > header {
            self.worksheet.set_repeat_rows(header, first - 1)?;
        }
        self.worksheet.set_freeze_panes(first, 0)?;
        Ok(())
    }

    fn merge(&mut self, row: u32, first: usize, last: usize, text: &str, look: Look) -> Result<(), XlsxError> {
        let format = match look {
            Look::Title => &self.looks.title,
            Look::Left => &self.looks.line,
            Look::Right => &self.looks.line_right,
            Look::Note => &self.looks.note,
        };
        let text = clipped(text);
        if first == last {
            let _sheet = self.worksheet.write_string_with_format(row, index(first), text, format)?;
        } else {
            let _sheet = self.worksheet.merge_range(row, index(first), row, index(last), &text, format)?;
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Look {
    Title,
    Left,
    Right,
    Note,
}

fn index(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "a spreadsheet number is a float; larger ones are written as text")]
fn float(number: i64) -> f64 {
    number as f64
}

fn clipped(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || *c == '\n').take(MAX_TEXT).collect()
}

/// What a spreadsheet runs when someone edits the cell, or saves it as .csv and opens that.
fn may_be_taken_for_a_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

fn chinese(day: Day) -> String {
    let text = day.to_string();
    let mut parts = text.split('-').map(|part| part.trim_start_matches('0'));
    match (parts.next(), parts.next(), parts.next()) {
        (Some(year), Some(month), Some(date)) => format!("{year}年{month}月{date}日"),
        _ => text,
    }
}
