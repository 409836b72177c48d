//! Published tables of households and persons.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use lianhu_core::crossfoot::{StatedRow, check_table};
use lianhu_workbook::{WorkbookError, read_stated_table};
use rust_xlsxwriter::Workbook;

fn stated(label: &str, households: i64, persons: i64) -> StatedRow {
    StatedRow { label: label.to_owned(), households: Some(households), persons: Some(persons) }
}

#[test]
fn a_published_table_is_read_with_its_total_and_answered_by_the_check() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("公示.xlsx");
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "皇后乡易地扶贫搬迁情况").unwrap();
    for (column, header) in (0..).zip(["搬迁年度", "户数（户）", "人数", "备注"]) {
        sheet.write_string(1, column, header).unwrap();
    }
    for (row, (year, households, persons)) in
        (2..).zip([(2016.0, "114户", 491.0), (2017.0, "50", 196.0), (2018.0, "108", 40.0)])
    {
        sheet.write_number(row, 0, year).unwrap();
        sheet.write_string(row, 1, households).unwrap();
        sheet.write_number(row, 2, persons).unwrap();
    }
    sheet.write_string(5, 0, "合　计").unwrap();
    sheet.write_number(5, 1, 272.0).unwrap();
    sheet.write_string(5, 2, "1,094人").unwrap();
    sheet.write_string(6, 0, "填表人：").unwrap();
    workbook.save(&path).unwrap();
    let table = read_stated_table(&path).unwrap();
    assert_eq!(table.rows, [stated("2016", 114, 491), stated("2017", 50, 196), stated("2018", 108, 40)]);
    assert_eq!(table.total.as_ref().map(|total| (total.households, total.persons)), Some((Some(272), Some(1094))));
    assert_eq!((table.title.as_str(), table.by.as_str()), ("皇后乡易地扶贫搬迁情况", "搬迁年度"));
    assert_eq!(table.row_numbers, [3, 4, 5]);
    let told = check_table(&table.rows, table.total.as_ref());
    assert!(told.iter().any(|finding| finding.suggestion.as_ref().is_some_and(|mend| mend.value == 407)), "{told:?}");
}

#[test]
fn a_sheet_without_counts_is_no_published_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("别的.xlsx");
    let mut workbook = Workbook::new();
    workbook.add_worksheet().write_string(0, 0, "通知").unwrap();
    workbook.save(&path).unwrap();
    assert!(matches!(read_stated_table(&path), Err(WorkbookError::NoHeader { .. })));
}
