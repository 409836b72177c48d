//! A village of four made-up households, written as the workbook a department sends, for faults to be planted in.
#![allow(dead_code, reason = "each test crate uses its part")]

use lianhu_core::day::Day;
use lianhu_workbook::{RosterReading, WorkbookError, read_roster};
use rust_xlsxwriter::{Format, Workbook, Worksheet};
use std::ops::RangeInclusive;
use std::path::Path;

pub(crate) const HEADER: [&str; 24] = [
    "序号",
    "数据日期",
    "县",
    "乡",
    "行政村",
    "自然村",
    "户编号",
    "人编号",
    "姓名",
    "人数",
    "证件号码",
    "性别",
    "出生日期",
    "与户主关系",
    "民族",
    "文化程度",
    "在校生状况",
    "务工时间（月）",
    "户联系电话",
    "人联系电话",
    "人均纯收入",
    "首次识别时间",
    "安置点",
    "搬迁年度",
];

/// A cell to be written.
#[derive(Clone)]
pub(crate) enum Written {
    Text(String),
    Number(f64),
}

/// The rows of the workbook, from Excel row 1 on.
pub(crate) struct Village {
    pub(crate) rows: Vec<Vec<Written>>,
    hidden: Vec<u32>,
    merged: Vec<(usize, RangeInclusive<u32>)>,
    pub(crate) hidden_copy: bool,
}

/// An ID number from its first fourteen digits and the order number.
pub(crate) fn id(place_and_birth: &str, order: u32) -> String {
    let first = format!("{place_and_birth}{order:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = first.chars().zip(weights).map(|(digit, weight)| digit.to_digit(10).unwrap() * weight).sum();
    format!("{first}{}", b"10X98765432"[(sum % 11) as usize] as char)
}

fn texts(cells: &[&str]) -> Vec<Written> {
    cells.iter().map(|text| Written::Text((*text).to_owned())).collect()
}

impl Village {
    /// Two households of four, one of two, one of four; people on rows 4 to 17.
    pub(crate) fn clean() -> Self {
        let mut rows =
            vec![texts(&["人员名单（样例，人员均为虚构）"]), texts(&["填报日期：2026年9月30日"]), texts(&HEADER)];
        let homes: [(&str, &str, &str, usize); 4] = [
            ("北召店村", "北上屯", "河东社区", 4),
            ("北召店村", "北上屯", "河东社区", 4),
            ("天桥村", "天下屯", "玉兰社区", 2),
            ("天桥村", "天下屯", "玉兰社区", 4),
        ];
        let people = [
            ("段志荣", "户主", "411321", "19680515", 999, "男", "大专"),
            ("付英莉", "配偶", "411321", "19731107", 0, "女", "小学"),
            ("段亮龙", "之子", "411321", "19980426", 647, "男", "初中"),
            ("段小凤", "之女", "411321", "20030119", 912, "女", "高中"),
        ];
        for (home, (village, hamlet, site, size)) in homes.into_iter().enumerate() {
            for (at, (name, relation, place, birth, order, sex, edu)) in people.into_iter().take(size).enumerate() {
                let number = format!("41132110000000{}", home + 1);
                let order = (order + 20 * u32::try_from(home).unwrap()) % 1000;
                let row = [
                    (rows.len() - 2).to_string(),
                    "20260930".to_owned(),
                    "南召县".to_owned(),
                    "皇后乡".to_owned(),
                    village.to_owned(),
                    hamlet.to_owned(),
                    number.clone(),
                    format!("{number}{:02}", at + 1),
                    name.to_owned(),
                    size.to_string(),
                    id(&format!("{place}{birth}"), order),
                    sex.to_owned(),
                    birth.to_owned(),
                    relation.to_owned(),
                    "汉族".to_owned(),
                    edu.to_owned(),
                    String::new(),
                    "6".to_owned(),
                    format!("1370000000{}", home + 1),
                    String::new(),
                    "18640".to_owned(),
                    "201412".to_owned(),
                    site.to_owned(),
                    "2018".to_owned(),
                ];
                rows.push(row.into_iter().map(Written::Text).collect());
            }
        }
        Self { rows, hidden: Vec::new(), merged: Vec::new(), hidden_copy: false }
    }

    fn column(name: &str) -> usize {
        HEADER.iter().position(|header| *header == name).unwrap()
    }

    pub(crate) fn put(&mut self, row: u32, column: &str, cell: Written) {
        self.rows[row as usize - 1][Self::column(column)] = cell;
    }

    pub(crate) fn set(&mut self, row: u32, column: &str, text: &str) {
        self.put(row, column, Written::Text(text.to_owned()));
    }

    pub(crate) fn set_number(&mut self, row: u32, column: &str, number: f64) {
        self.put(row, column, Written::Number(number));
    }

    pub(crate) fn set_household(&mut self, rows: RangeInclusive<u32>, column: &str, text: &str) {
        for row in rows {
            self.put(row, column, Written::Text(text.to_owned()));
        }
    }

    pub(crate) fn repeat(&mut self, row: u32) {
        let copy = self.rows[row as usize - 1].clone();
        self.rows.insert(row as usize, copy);
    }

    pub(crate) fn repeat_header(&mut self, row: u32) {
        self.rows.insert(row as usize - 1, texts(&HEADER));
    }

    pub(crate) fn insert(&mut self, row: u32, cells: &[&str]) {
        self.rows.insert(row as usize - 1, texts(cells));
    }

    pub(crate) fn append(&mut self, cells: &[&str]) {
        self.rows.push(texts(cells));
    }

    pub(crate) fn move_to_end(&mut self, row: u32) {
        let moved = self.rows.remove(row as usize - 1);
        self.rows.push(moved);
    }

    pub(crate) fn hide(&mut self, row: u32) {
        self.hidden.push(row);
    }

    pub(crate) fn merge(&mut self, column: &str, rows: RangeInclusive<u32>) {
        self.merged.push((Self::column(column), rows));
    }

    pub(crate) fn write(&self, path: &Path) {
        let mut workbook = Workbook::new();
        self.fill(workbook.add_worksheet().set_name("人员信息").unwrap());
        if self.hidden_copy {
            self.fill(workbook.add_worksheet().set_name("旧").unwrap().set_hidden(true));
        }
        workbook.save(path).unwrap();
    }

    fn fill(&self, sheet: &mut Worksheet) {
        for (row, cells) in (0..).zip(&self.rows) {
            for (column, cell) in (0..).zip(cells) {
                match cell {
                    Written::Text(text) if text.is_empty() => {}
                    Written::Text(text) => drop(sheet.write_string(row, column, text).unwrap()),
                    Written::Number(number) => drop(sheet.write_number(row, column, *number).unwrap()),
                }
            }
        }
        for row in &self.hidden {
            sheet.set_row_hidden(row - 1).unwrap();
        }
        for (column, rows) in &self.merged {
            let Written::Text(text) = &self.rows[*rows.start() as usize - 1][*column] else { panic!("text") };
            let column = u16::try_from(*column).unwrap();
            sheet.merge_range(rows.start() - 1, column, rows.end() - 1, column, text, &Format::new()).unwrap();
        }
    }

    pub(crate) fn try_read(&self) -> Result<RosterReading, WorkbookError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("名单.xlsx");
        self.write(&path);
        read_roster(&path, Day::parse("2026-11-21").unwrap(), &mut |_| {})
    }

    pub(crate) fn read(&self) -> RosterReading {
        self.try_read().unwrap()
    }
}
