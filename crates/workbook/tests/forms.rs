//! The forms a roster comes in: other columns, other order, other headers, older lists without 户编号.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod village;

use lianhu_core::day::Day;
use lianhu_workbook::{ColumnFate, RosterField, RosterReading, WorkbookError, read_roster};
use rust_xlsxwriter::{Format, Workbook, Worksheet};
use village::id;

fn fill(sheet: &mut Worksheet, rows: &[Vec<String>]) {
    for (row, cells) in (0..).zip(rows) {
        for (column, text) in (0..).zip(cells) {
            if !text.is_empty() {
                sheet.write_string(row, column, text).unwrap();
            }
        }
    }
}

fn save_and_read(mut workbook: Workbook) -> Result<RosterReading, WorkbookError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("名单.xlsx");
    workbook.save(&path).unwrap();
    read_roster(&path, Day::parse("2026-11-21").unwrap(), &mut |_| {})
}

fn read(rows: &[Vec<String>]) -> RosterReading {
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet(), rows);
    save_and_read(workbook).unwrap()
}

fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|text| (*text).to_owned()).collect()
}

fn sizes(reading: &RosterReading) -> Vec<usize> {
    reading.households.iter().map(|household| household.persons.len()).collect()
}

const MEN: &str = "41132119680515";
const WOMEN: &str = "41132119731107";

#[test]
fn a_list_without_titles_in_another_order_with_other_headers_is_the_same_list() {
    let header = row(&[
        "与户主的关系",
        "备注",
        "身份证号（必填）",
        "姓 名",
        "村（社区）",
        "乡(镇)",
        "县（市、区、旗）",
        "户编码",
        "年度",
        "民族",
    ]);
    let head = id(MEN, 999);
    let wife = id(WOMEN, 0);
    let reading = read(&[
        header,
        row(&["户主", "好", &head, "段志荣", "北召店村", "皇后乡", "南召县", "411321100000001", "2021", "01"]),
        row(&["妻", "", &wife, "付英莉", "北召店村", "皇后乡", "南召县", "411321100000001", "2021", "汉"]),
    ]);
    assert_eq!(reading.doubts, []);
    let home = &reading.households[0];
    assert_eq!(
        (home.place.county.as_str(), home.place.town.as_str(), home.place.village.as_str()),
        ("南召县", "皇后乡", "北召店村")
    );
    let wife = &home.persons[1];
    assert_eq!((wife.relation(), wife.cells["nation"].as_str()), ("配偶", "汉族"));
    assert_eq!(home.batch_year(), None, "年度 alone is no year of relocation");
    assert_eq!((reading.sheets[0].header_row, reading.sheets[0].title_rows), (Some(1), 0));
}

#[test]
fn the_47_column_list_is_understood_and_what_is_never_collected_is_refused() {
    let header = "省 市 县 乡 村 户编号 人口编号 姓名 性别 出生日期 证件类型 证件号码 民族 户联系电话 成员联系电话 年度 与户主关系 文化程度 \
                  在校生状况 劳动技能 务工时间（月） 健康状况 政治面貌 务工企业名称 是否享受低保 残疾类别 务工所在地 户主姓名 户主证件号码 \
                  识别标准 婚姻状况 银行卡号 宗教信仰 是否信访户";
    let header: Vec<String> = header.split_whitespace().map(str::to_owned).collect();
    let head = id(MEN, 999);
    let cells = [
        "河南省",
        "南阳市",
        "南召县",
        "皇后乡",
        "北召店村",
        "411321100000001",
        "41132110000000101",
        "段志荣",
        "男",
        "19680515",
        "居民身份证",
        &head,
        "汉族",
        "13700000001",
        "",
        "2021",
        "户主",
        "大专",
        "",
        "普通劳动力",
        "8",
        "健康",
        "中共党员",
        "",
        "否",
        "",
        "",
        "段志荣",
        &head,
        "国家标准",
        "已婚",
        "6222020200112233445",
        "佛教",
        "是",
    ];
    let reading = read(&[row(&["人口核查表"]), header, row(&cells)]);
    assert_eq!(reading.doubts, []);
    let refused: Vec<&str> = reading.sheets[0]
        .columns
        .iter()
        .filter(|column| matches!(column.fate, ColumnFate::Refused { .. }))
        .map(|column| column.header.as_str())
        .collect();
    assert_eq!(refused, ["政治面貌", "婚姻状况", "银行卡号", "宗教信仰", "是否信访户"]);
    let everything = format!("{:?}", reading.households[0].cells)
        + &format!("{:?}", reading.households[0].persons[0].cells)
        + &format!("{:?}", reading.doubts);
    for never in ["中共党员", "已婚", "6222020200112233445", "佛教"] {
        assert!(!everything.contains(never), "{never}");
    }
    let logged = format!("{reading:?}");
    assert!(!logged.contains(&head) && !logged.contains("13700000001"), "a log line tells no numbers of people");
    assert_eq!(reading.households[0].cells["id_standard"], "国家标准");
    assert_eq!(reading.households[0].persons[0].cells["birth"], "1968-05-15");
}

#[test]
fn in_an_older_list_without_numbers_members_follow_their_head() {
    let header = row(&["县", "乡", "行政村", "自然村", "姓名", "证件号码", "人数", "与户主关系"]);
    let person = |name: &str, number: String, relation: &str, count: &str| {
        row(&["南召县", "皇后乡", "北召店村", "北上屯", name, &number, count, relation])
    };
    let reading = read(&[
        header,
        person("段志荣", id(MEN, 999), "户主", "2"),
        person("付英莉", id(WOMEN, 0), "配偶", "2"),
        person("龙发才", id(MEN, 11), "户主", "1"),
        person("向兴志", id(MEN, 13), "户主", "2"),
        person("苏丽兰", id(WOMEN, 2), "配偶", "2"),
    ]);
    assert_eq!(reading.doubts, []);
    assert_eq!(sizes(&reading), [2, 1, 2]);
    assert!(reading.households.iter().all(|household| household.national_no().is_empty()));
}

#[test]
fn an_older_list_that_numbers_only_heads_and_writes_the_village_once_is_no_fault() {
    let header = row(&["行政村", "户编号", "姓名", "身份证号", "户主关系"]);
    let mut rows = vec![header];
    for home in 0..6_u32 {
        let village = if home % 3 == 0 { ["北召店村", "天桥村"][(home / 3) as usize] } else { "" };
        rows.push(row(&[village, &format!("41132110000000{home}"), "段志荣", &id(MEN, 2 * home + 1), "户主"]));
        rows.push(row(&["", "", "付英莉", &id(WOMEN, 2 * home), "配偶"]));
        rows.push(row(&["", "", "段亮龙", &id("41132119980426", 2 * home + 1), "之子"]));
    }
    let reading = read(&rows);
    assert_eq!(reading.doubts, []);
    assert_eq!(sizes(&reading), [3; 6]);
    let villages: Vec<&str> = reading.households.iter().map(|household| household.place.village.as_str()).collect();
    assert_eq!(villages, ["北召店村", "北召店村", "北召店村", "天桥村", "天桥村", "天桥村"]);
}

#[test]
fn a_list_that_names_the_head_in_every_row_is_grouped_by_it() {
    let header = row(&["村", "户主姓名", "姓名", "身份证号码", "与户主关系"]);
    let reading = read(&[
        header,
        row(&["天桥村", "段志荣", "付英莉", &id(WOMEN, 0), "配偶"]),
        row(&["天桥村", "龙发才", "龙发才", &id(MEN, 11), "户主"]),
        row(&["天桥村", "段志荣", "段志荣", &id(MEN, 999), "户主"]),
    ]);
    assert_eq!(sizes(&reading), [2, 1]);
    assert_eq!(reading.households[0].head().unwrap().name(), "段志荣");
}

#[test]
fn a_column_is_told_by_its_cells_when_nobody_knows_its_header() {
    let rows: Vec<Vec<String>> = std::iter::once(row(&["户编号", "人编号", "姓名", "民族", "号", "谁"]))
        .chain((0..4_u32).map(|at| {
            let relation = if at == 0 { "户主" } else { "之子" };
            row(&[
                "411321100000001",
                &format!("4113211000000010{at}"),
                "段志荣",
                "汉族",
                &id(MEN, 2 * at + 1),
                relation,
            ])
        }))
        .collect();
    let reading = read(&rows);
    let field = |index: usize| reading.sheets[0].columns[index].field;
    assert_eq!((field(4), field(5)), (Some(RosterField::IdNo), Some(RosterField::Relation)));
    assert_eq!(reading.households[0].head().unwrap().id_no(), id(MEN, 1));
}

#[test]
fn several_sheets_are_one_roster_and_other_sheets_are_left_alone() {
    let mut workbook = Workbook::new();
    let header = row(&["行政村", "户编号", "姓名", "证件号码", "与户主关系"]);
    fill(workbook.add_worksheet().set_name("说明").unwrap(), &[row(&["填写说明"]), row(&["姓名照证件填写"])]);
    let one = row(&["北召店村", "411321100000001", "段志荣", &id(MEN, 999), "户主"]);
    let two = row(&["天桥村", "411321100000002", "龙发才", &id(MEN, 11), "户主"]);
    fill(workbook.add_worksheet().set_name("北召店村").unwrap(), &[row(&["北召店村"]), header.clone(), one.clone()]);
    fill(workbook.add_worksheet().set_name("天桥村").unwrap(), &[header, two, one]);
    let reading = save_and_read(workbook).unwrap();
    let told: Vec<_> = reading.sheets.iter().map(|sheet| (sheet.name.as_str(), sheet.header_row)).collect();
    assert_eq!(told, [("说明", None), ("北召店村", Some(2)), ("天桥村", Some(1))]);
    assert_eq!(sizes(&reading), [1, 1]);
    let doubts: Vec<_> =
        reading.doubts.iter().map(|doubt| (doubt.sheet.as_str(), doubt.row, doubt.kind.code())).collect();
    assert_eq!(doubts, [("天桥村", 3, "duplicate_row")], "a person repeated on another sheet is counted once");
}

#[test]
fn a_header_of_two_rows_and_dates_and_numbers_as_cells_are_read() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let plain = Format::new();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    for (column, header) in [(0, "姓名"), (3, "与户主关系"), (4, "搬迁年度"), (5, "户编号")] {
        sheet.merge_range(0, column, 1, column, header, &plain).unwrap();
    }
    sheet.merge_range(0, 1, 0, 2, "证件", &plain).unwrap();
    sheet.write_string(1, 1, "号码").unwrap().write_string(1, 2, "出生日期").unwrap();
    sheet.write_string(2, 0, "段志荣").unwrap().write_string(2, 1, id(MEN, 999)).unwrap();
    let born = rust_xlsxwriter::ExcelDateTime::from_ymd(1968, 5, 15).unwrap();
    sheet.write_datetime_with_format(2, 2, &born, &date).unwrap();
    sheet.write_string(2, 3, "户主").unwrap().write_number(2, 4, 2018).unwrap();
    sheet.write_number(2, 5, 411_321_100_000_001_f64).unwrap();
    let reading = save_and_read(workbook).unwrap();
    assert_eq!(reading.doubts, []);
    let home = &reading.households[0];
    assert_eq!((home.national_no(), home.batch_year()), ("411321100000001", Some(2018)));
    assert_eq!(home.persons[0].cells["birth"], "1968-05-15");
}
