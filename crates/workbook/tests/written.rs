//! Sheets written for a department, read back as it would read them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use calamine::{Data, Range, Reader, Xlsx, open_workbook};
use lianhu_core::day::Day;
use lianhu_workbook::{Cell, FileTrouble, Footer, HeaderCell, Sheet, WorkbookError, read_stated_table, write_workbook};
use std::io::Read;
use std::path::Path;

fn report() -> Sheet {
    let row = |village: &str, counts: [i64; 4], rate: i64| {
        let mut row = vec![Cell::text(village), Cell::text("411321100000001")];
        row.extend(counts.map(Cell::Int));
        row.push(Cell::Decimal { hundredths: rate });
        row
    };
    Sheet {
        sheet_name: "年度[1]/安置点".to_owned(),
        title: "易地扶贫搬迁情况表".to_owned(),
        unit: "南召县皇后乡人民政府".to_owned(),
        filled_on: Day::parse("2026-11-21").unwrap(),
        header: vec![
            vec![
                HeaderCell::down("村", 2),
                HeaderCell::down("户编号", 2),
                HeaderCell::over("2016年", 2),
                HeaderCell::over("2017年", 2),
                HeaderCell::down("人均纯收入（元）", 2),
            ],
            ["户", "人", "户", "人"].map(HeaderCell::new).to_vec(),
        ],
        rows: vec![row("北召店村", [64, 291, 20, 96], 1_864_050), row("=1+1", [50, 200, 30, 100], -50)],
        total: Some(row("合计", [114, 491, 50, 196], 0)),
        footer: Footer { filled_by: "卫春建".to_owned(), ..Footer::default() },
        note: "统计范围：在册搬迁户。导出 2026-11-21".to_owned(),
    }
}

fn written(sheets: &[Sheet]) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("报表.xlsx");
    write_workbook(sheets, &path).unwrap();
    (folder, path)
}

fn range(path: &Path, sheet: usize) -> (String, Range<Data>, Vec<String>) {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    let name = workbook.sheet_names()[sheet].clone();
    let merged = workbook.merge_cells_by_sheet_name(&name).unwrap();
    let merged = merged.iter().map(|range| format!("{:?}-{:?}", range.start, range.end)).collect();
    (name.clone(), workbook.worksheet_range(&name).unwrap(), merged)
}

fn part(path: &Path, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_report_reads_back_with_its_figures_texts_and_totals() {
    let (_folder, path) = written(&[report(), report()]);
    let (name, cells, merged) = range(&path, 0);
    assert_eq!(name, "年度1安置点");
    assert_eq!(range(&path, 1).0, "年度1安置点(2)");
    let at = |row, column| cells.get_value((row, column)).cloned().unwrap_or_default();
    let text = |text: &str| Data::String(text.to_owned());
    assert_eq!(at(0, 0), text("易地扶贫搬迁情况表"));
    assert_eq!(at(1, 0), text("单位：南召县皇后乡人民政府"));
    assert_eq!(at(1, 3), text("填报日期：2026年11月21日"));
    assert_eq!((at(2, 2), at(3, 2), at(3, 3)), (text("2016年"), text("户"), text("人")));
    assert_eq!(
        (at(4, 0), at(4, 1), at(4, 2), at(4, 6)),
        (text("北召店村"), text("411321100000001"), Data::Float(64.0), Data::Float(18640.5))
    );
    assert_eq!(at(5, 0), text("=1+1"), "a text that looks like a formula stays a text");
    assert_eq!((at(6, 0), at(6, 3)), (text("合计"), Data::Float(491.0)));
    assert_eq!((at(7, 0), at(7, 2), at(7, 4)), (text("填表人：卫春建"), text("审核人："), text("单位负责人：")));
    assert_eq!(at(8, 0), text("统计范围：在册搬迁户。导出 2026-11-21"));
    for expected in ["(0, 0)-(0, 6)", "(2, 0)-(3, 0)", "(2, 2)-(2, 3)"] {
        assert!(merged.iter().any(|range| range == expected), "{expected} in {merged:?}");
    }
    let (first, last): (Vec<f64>, Vec<f64>) =
        (2..6).map(|column| (figure(&cells, 4, column) + figure(&cells, 5, column), figure(&cells, 6, column))).unzip();
    assert_eq!(first, last, "each column adds up to its total");
}

fn figure(cells: &Range<Data>, row: u32, column: u32) -> f64 {
    match cells.get_value((row, column)) {
        Some(Data::Float(number)) => *number,
        other => panic!("no figure at {row},{column}: {other:?}"),
    }
}

#[test]
fn it_prints_on_a4_landscape_one_page_wide_with_the_header_on_every_page() {
    let (_folder, path) = written(&[report()]);
    let sheet = part(&path, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains(r#"paperSize="9""#) && sheet.contains(r#"orientation="landscape""#), "{sheet}");
    assert!(sheet.contains(r#"fitToHeight="0""#) && sheet.contains("<pageSetUpPr fitToPage=\"1\"/>"));
    assert!(sheet.contains(r#"<pane ySplit="4""#), "frozen below the header");
    assert!(!sheet.contains("<f>"), "no formula anywhere");
    assert!(part(&path, "xl/workbook.xml").contains("$3:$4"), "rows 3 and 4 are repeated");
    assert!(part(&path, "xl/styles.xml").contains("quotePrefix=\"1\""));
}

#[test]
fn the_same_content_gives_the_same_bytes() {
    let (_one, first) = written(&[report()]);
    let (_two, second) = written(&[report()]);
    assert_eq!(std::fs::read(first).unwrap(), std::fs::read(second).unwrap());
}

#[test]
fn odd_sheets_are_written_all_the_same() {
    let mut narrow = report();
    narrow.header = vec![vec![HeaderCell::new("村")]];
    narrow.rows = vec![vec![Cell::Text("x".repeat(40_000))], vec![]];
    narrow.total = None;
    narrow.sheet_name = "[]:*?/\\".to_owned();
    let mut bare = report();
    bare.header = Vec::new();
    bare.rows = vec![vec![Cell::Int(i64::MAX), Cell::Int(411_321_100_000_001)]];
    bare.total = None;
    bare.note = String::new();
    let (_folder, path) = written(&[narrow, bare]);
    let (name, cells, _) = range(&path, 0);
    assert_eq!(name, "表");
    assert!(matches!(cells.get_value((3, 0)), Some(Data::String(text)) if text.len() == 32_767));
    let (_, cells, _) = range(&path, 1);
    assert_eq!(cells.get_value((2, 0)), Some(&Data::String(i64::MAX.to_string())));
    assert_eq!(cells.get_value((2, 1)), Some(&Data::Float(411_321_100_000_001.0)));
}

#[test]
fn a_report_that_cannot_be_written_says_why_and_leaves_what_was_there() {
    let (folder, path) = written(&[report()]);
    let before = std::fs::read(&path).unwrap();
    let nowhere = folder.path().join("没有").join("表.xlsx");
    let refused = |why| WorkbookError::CannotWrite { why };
    assert_eq!(write_workbook(&[report()], &nowhere), Err(refused(FileTrouble::NotFound)));
    assert_eq!(write_workbook(&[report()], folder.path()), Err(refused(FileTrouble::IsFolder)));
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half-written is left");
}

#[test]
fn a_table_we_wrote_can_be_read_as_a_published_one() {
    let mut sheet = report();
    sheet.header = vec![["搬迁年度", "户数", "人数"].map(HeaderCell::new).to_vec()];
    let row = |year: &str, households, persons| vec![Cell::text(year), Cell::Int(households), Cell::Int(persons)];
    sheet.rows = vec![row("2016", 114, 491), row("2017", 50, 196), row("2018", 108, 407)];
    sheet.total = Some(row("合计", 272, 1094));
    let (_folder, path) = written(&[sheet]);
    let table = read_stated_table(&path).unwrap();
    assert_eq!(table.rows.len(), 3);
    assert_eq!(table.total.and_then(|total| total.persons), Some(1094));
}
