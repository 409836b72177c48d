//! Reading a small published table: households and persons by year, town, village or site, with its total row, so that
//! its figures can be checked against each other (domain.md §1.2: 108户40人).

use crate::alias::{Meanings, Spellings};
use crate::error::WorkbookError;
use crate::grid::{Cell, Flow, Grid, Row};
use crate::header::{HEADER_WITHIN, Header, Layout};
use crate::total;
use crate::value;
use lianhu_core::crossfoot::StatedRow;
use lianhu_core::text::stated_number;
use serde::Serialize;
use std::path::Path;
use std::sync::OnceLock;

/// The most rows such a table has; further ones are not a published table.
const MOST_ROWS: usize = 1_000;

/// A published table as read.
#[derive(Debug, Clone, Serialize)]
pub struct StatedTable {
    /// The name of the sheet.
    pub sheet: String,
    /// The text above the header, if any.
    pub title: String,
    /// The header of the column the rows are named by.
    pub by: String,
    /// The rows without the total.
    pub rows: Vec<StatedRow>,
    /// The row of each of them, as Excel counts.
    pub row_numbers: Vec<u32>,
    /// The total row, if there is one.
    pub total: Option<StatedRow>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Label,
    Households,
    Persons,
}

const STATED: &Spellings<Column> = &[
    (
        Column::Label,
        &[
            "年度",
            "年份",
            "年",
            "搬迁年度",
            "搬迁年份",
            "批次",
            "搬迁批次",
            "年度(批次)",
            "年度、批次",
            "批次(年度)",
            "乡镇",
            "乡(镇)",
            "乡",
            "村",
            "行政村",
            "村名",
            "安置点",
            "安置点名称",
            "单位",
            "地区",
            "区域",
            "类别",
            "项目",
            "名称",
            "县",
            "时间",
        ],
    ),
    (
        Column::Households,
        &["户数", "户", "总户数", "搬迁户数", "搬迁户", "户数(户)", "安置户数", "家庭户数", "入住户数", "涉及户数"],
    ),
    (
        Column::Persons,
        &[
            "人数",
            "人",
            "人口",
            "总人数",
            "总人口",
            "人口数",
            "搬迁人数",
            "搬迁人口",
            "人数(人)",
            "安置人数",
            "安置人口",
            "入住人数",
            "涉及人数",
            "涉及人口",
        ],
    ),
];

/// Reads the first sheet that holds such a table.
///
/// # Errors
/// When the workbook as a whole cannot be taken, or no sheet has a column of 户数 or 人数.
pub fn read_stated_table(path: &Path) -> Result<StatedTable, WorkbookError> {
    let mut grid = Grid::open(path)?;
    static MEANINGS: OnceLock<Meanings<Column>> = OnceLock::new();
    let meanings = MEANINGS.get_or_init(|| Meanings::new(STATED));
    let mut anything = false;
    for sheet in 0..grid.sheets.len() {
        let (name, merged) = match grid.sheets.get(sheet) {
            Some(sheet) if !sheet.hidden => (sheet.name.clone(), sheet.marks.merged.clone()),
            _ => continue,
        };
        let mut rows: Vec<Row> = Vec::new();
        grid.each_row(sheet, &mut |row| {
            rows.push(row);
            Ok(if rows.len() < MOST_ROWS { Flow::More } else { Flow::Stop })
        })?;
        anything |= !rows.is_empty();
        let top = rows.get(..HEADER_WITHIN).unwrap_or(&rows);
        let counts = |fields: &std::collections::BTreeSet<Column>| {
            fields.contains(&Column::Households) || fields.contains(&Column::Persons)
        };
        if let Some(header) = Header::find(top, &merged, meanings, &counts) {
            return Ok(table(name, &rows, &header));
        }
    }
    let looked_for = ["年度", "户数", "人数"].map(str::to_owned).to_vec();
    Err(if anything { WorkbookError::NoHeader { looked_for } } else { WorkbookError::Empty })
}

fn table(sheet: String, rows: &[Row], header: &Header<Column>) -> StatedTable {
    let layout = header.layout();
    let titles = rows.iter().filter(|row| row.number < header.first_row);
    let title = titles.flat_map(Row::texts).next().map(|(_, text)| text.trim().to_owned()).unwrap_or_default();
    let label = label_column(rows, header, &layout);
    let by = header.columns.iter().find(|column| Some(column.index) == label).map(|column| column.header.clone());
    let mut table = StatedTable {
        sheet,
        title,
        by: by.unwrap_or_default(),
        rows: Vec::new(),
        row_numbers: Vec::new(),
        total: None,
    };
    for row in rows.iter().filter(|row| row.number > header.last_row) {
        let count = |column| layout.at(column).and_then(|column| count(row.cell(column)));
        let (households, persons) = (count(Column::Households), count(Column::Persons));
        let total = total::is_total(row);
        let label = label.map(|column| value::text(row.cell(column))).unwrap_or_default();
        let label = if total && label.is_empty() { "合计".to_owned() } else { label };
        if label.is_empty() || (households.is_none() && persons.is_none()) {
            continue;
        }
        let stated = StatedRow { label, households, persons };
        if total {
            table.total = Some(stated);
        } else {
            table.rows.push(stated);
            table.row_numbers.push(row.number);
        }
    }
    table
}

/// The column rows are named by: one whose header says so, else the first with text that is not a count.
fn label_column(rows: &[Row], header: &Header<Column>, layout: &Layout<Column>) -> Option<usize> {
    layout.at(Column::Label).or_else(|| {
        let below = |row: &&Row| row.number > header.last_row;
        rows.iter().filter(below).find_map(|row| row.texts().map(|(column, _)| column).next())
    })
}

/// `108`, `108户`, `1,094人`; a number nobody counted (`约300`) is no figure to check.
fn count(cell: &Cell) -> Option<i64> {
    stated_number(&value::text(cell)).filter(|number| !number.approx).map(|number| number.value)
}
