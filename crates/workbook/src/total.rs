//! Rows of a sheet that are no person: totals, a header once more, footers, numbering. A total is kept to be checked
//! against, never counted as a row.

use crate::grid::{Cell, Row};
use crate::value;
use lianhu_core::text::{header_key, stated_number, tidy_cell};
use serde::Serialize;

/// What a total row of the workbook states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatedTotal {
    /// The name of the sheet.
    pub sheet: String,
    /// The row, as Excel counts.
    pub row: u32,
    /// 户, when told.
    pub households: Option<i64>,
    /// 人, when told.
    pub persons: Option<i64>,
}

const TOTALS: &[&str] =
    &["合计", "总计", "共计", "小计", "累计", "总合计", "本页合计", "本页小计", "全乡合计", "全县合计", "全村合计"];

const FOOTERS: &[&str] = &[
    "填表人",
    "填报人",
    "制表人",
    "制表",
    "审核人",
    "审核",
    "单位负责人",
    "负责人",
    "主要负责人",
    "填报单位",
    "填报日期",
    "填报时间",
    "联系人",
    "备注",
    "注:",
    "注",
    "说明",
    "填表说明",
    "盖章",
    "(盖章)",
    "单位(盖章)",
    "签字",
    "第",
];

/// Whether a text is the label of a total row, `合 计：` included.
pub(crate) fn is_total_label(text: &str) -> bool {
    let key = header_key(text);
    TOTALS.contains(&key.as_str()) || TOTALS.iter().any(|word| key.strip_prefix(word).is_some_and(begins_with_a_count))
}

/// `合计272户1094人`, `合计:272`, `总计(户)`.
fn begins_with_a_count(rest: &str) -> bool {
    let rest = rest.trim_start_matches(['共', ':', '(', '为']);
    rest.starts_with(|c: char| c.is_ascii_digit()) || matches!(rest, "户)" | "人)" | "户数" | "人数")
}

/// Whether a row is a total: one of its first cells says so.
pub(crate) fn is_total(row: &Row) -> bool {
    row.texts().take(8).any(|(_, text)| is_total_label(text))
}

/// Whether a row without a person is what stands below a table: who filled it in, a remark, a page number.
pub(crate) fn is_footer(row: &Row) -> bool {
    row.texts().any(|(_, text)| is_footer_label(text))
}

/// Whether a text is the label of such a row: `单位负责人:`, `填表人`, `第1页`.
pub(crate) fn is_footer_label(text: &str) -> bool {
    let key = header_key(text);
    FOOTERS.iter().any(|word| match key.strip_prefix(word) {
        Some(rest) => {
            *word != "第" && (rest.is_empty() || rest.starts_with([':', '(', '、', '.', ' '])) || is_page(&key)
        }
        None => false,
    })
}

fn is_page(key: &str) -> bool {
    let digits = key.trim_start_matches('第');
    digits.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with('页')
}

/// Whether a row numbers the columns: 1 2 3 …, or A B C ….
pub(crate) fn is_numbering(row: &Row) -> bool {
    let told: Vec<(usize, String)> = row
        .cells()
        .iter()
        .enumerate()
        .map(|(column, cell)| (column, value::text(cell)))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    let first = told.first().map_or(0, |(column, _)| *column);
    told.len() >= 4
        && told
            .iter()
            .all(|(column, text)| *text == (column - first + 1).to_string() || *text == crate::grid::letters(*column))
}

/// What a total row states: `272户`, `1094人` anywhere, else the number in the column of counts.
pub(crate) fn stated(row: &Row, sheet: &str, count_column: Option<usize>) -> StatedTotal {
    let (mut households, mut persons) = (None, None);
    for (_, text) in row.texts() {
        let text = tidy_cell(text);
        for piece in text.split_inclusive(['户', '人']) {
            let counted = stated_number(piece).filter(|number| !number.approx).map(|number| number.value);
            match piece.chars().last() {
                Some('户') => households = households.or(counted),
                Some('人') => persons = persons.or(counted),
                _ => {}
            }
        }
    }
    if let (None, Some(column)) = (persons, count_column) {
        persons = match row.cell(column) {
            Cell::Empty => None,
            cell => value::whole(&value::text(cell)),
        };
    }
    StatedTotal { sheet: sheet.to_owned(), row: row.number, households, persons }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(texts: &[&str]) -> Row {
        let mut row = Row::new(9);
        for (column, text) in texts.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            row.put(column, Cell::Text((*text).to_owned()));
        }
        row
    }

    #[test]
    fn totals_and_footers_are_told_from_people() {
        for total in ["合计", " 合 计 ", "总计：", "小计", "合计272户1094人", "合计：272", "全乡合计", "總計"]
        {
            assert!(is_total(&row(&["", total])), "{total}");
        }
        for other in ["合计村", "小计算", "总计划", "张合计", "1094"] {
            assert!(!is_total(&row(&[other])), "{other}");
        }
        for footer in
            ["填表人：张三", "审核人：", "备注：以上均为虚构", "第 3 页", "单位（盖章）", "注：1.人数为在册人数"]
        {
            assert!(is_footer(&row(&[footer])), "{footer}");
        }
        for other in ["注意", "第二小学", "审核中", "南召县"] {
            assert!(!is_footer(&row(&[other])), "{other}");
        }
        assert!(is_numbering(&row(&["1", "2", "3", "4"])));
        assert!(is_numbering(&row(&["A", "B", "C", "D"])));
        assert!(!is_numbering(&row(&["1", "2", "张三", "4"])));
    }

    #[test]
    fn a_total_row_states_households_and_people() {
        let told = stated(&row(&["合计", "272户", "共1,094人"]), "表", None);
        assert_eq!((told.households, told.persons), (Some(272), Some(1094)));
        let mut counted = row(&["合计", "", ""]);
        counted.put(2, Cell::Number(1094.0));
        assert_eq!(stated(&counted, "表", Some(2)).persons, Some(1094));
        assert_eq!(stated(&row(&["合计"]), "表", Some(2)).persons, None);
    }
}
