//! The exported workbooks read back, as whoever receives them would: totals, numbers as masked text, the page.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use anyhow::Context;
use calamine::{Data, Reader, Xlsx, open_workbook};
use serde_json::Value;
use zip::ZipArchive;

use super::figures::Figures;
use super::report;
use super::roster::Roster;
use super::story::{list, number, words};

type Rows = Vec<Vec<Data>>;

fn sheets(path: &Path) -> anyhow::Result<Vec<Rows>> {
    let mut book: Xlsx<BufReader<File>> = open_workbook(path)?;
    let all = book.worksheets().into_iter();
    Ok(all.map(|(_, range)| range.rows().map(<[Data]>::to_vec).collect()).collect())
}

fn text(cell: Option<&Data>) -> String {
    cell.map(ToString::to_string).unwrap_or_default().trim().to_owned()
}

/// The row that begins with this.
fn row<'a>(rows: &'a Rows, begins: &str) -> anyhow::Result<&'a Vec<Data>> {
    rows.iter().find(|row| text(row.first()) == begins).with_context(|| format!("表里没有“{begins}”这一行"))
}

/// Holds the exported report against the one on the screen and against the roster.
pub(crate) fn check_report(figures: &mut Figures, path: &Path, told: &Value, roster: &Roster) -> anyhow::Result<()> {
    let sheets = sheets(path)?;
    let [by_place, by_year] = sheets.as_slice() else {
        anyhow::bail!("报表应有两张表，有 {} 张", sheets.len())
    };
    let printed = row(by_place, "合计")?;
    let shown = list(report::total(told)?, "/figures")?;
    for (cell, figure) in printed.iter().skip(1).zip(shown) {
        figures.check(format!("表里合计 {}", words(figure, "/key")?), number(figure, "/value")?, text(Some(cell)));
    }
    figures.check(
        "表里合计的列数",
        shown.len() + 1,
        printed.iter().filter(|cell| !text(Some(cell)).is_empty()).count(),
    );
    for (path, sum) in &roster.by_village {
        let name = path.rsplit('/').next().unwrap_or_default();
        let fits = |row: &&Vec<Data>| text(row.first()) == name && text(row.get(1)) == sum.households.to_string();
        let found = by_place.iter().find(fits).map(|row| text(row.get(2))).unwrap_or_default();
        figures.check(format!("表里{path}人数"), sum.persons, found);
    }
    for (year, sum) in &roster.by_year {
        let label = if year.is_empty() { "未落实年度" } else { year };
        let printed = row(by_year, label)?;
        let last: Vec<String> = printed.iter().rev().take(2).rev().map(|cell| text(Some(cell))).collect();
        figures.check(format!("表里{label}年"), format!("{} {}", sum.households, sum.persons), last.join(" "));
    }
    let all = roster.relocated();
    let last: Vec<String> = row(by_year, "合计")?.iter().rev().take(2).rev().map(|cell| text(Some(cell))).collect();
    figures.check("表里搬迁合计", format!("{} {}", all.households, all.persons), last.join(" "));
    Ok(())
}

/// Holds the exported ledger against the roster: all people, no number that is not masked text. How many were looked at.
pub(crate) fn check_ledger(figures: &mut Figures, path: &Path, roster: &Roster) -> anyhow::Result<usize> {
    let sheets = sheets(path)?;
    let rows = sheets.first().context("台账没有表")?;
    let header = rows.iter().position(|row| row.iter().any(|cell| text(Some(cell)) == "证件号码"));
    let at = header.context("台账没有表头")?;
    let column = |name: &str| {
        let header = rows.get(at).into_iter().flatten();
        header.clone().position(|cell| text(Some(cell)) == name).with_context(|| format!("台账没有“{name}”"))
    };
    let (id_no, phone) = (column("证件号码")?, column("联系电话")?);
    let people: Vec<_> = rows.iter().skip(at + 1).take_while(|row| text(row.first()) != "合计").collect();
    figures.check("台账里的人数", roster.all.persons, people.len());
    let total: Vec<String> = row(rows, "合计")?.iter().map(|cell| text(Some(cell))).collect();
    let says = |what: String| total.contains(&what);
    figures.check("台账合计户", true, says(format!("{}户", roster.all.households)));
    figures.check("台账合计人", true, says(format!("{}人", roster.all.persons)));
    let mut looked_at = 0;
    for (column, digits) in [(id_no, 4), (phone, 7)] {
        let mut open = 0;
        for cell in people.iter().filter_map(|row| row.get(column)).filter(|cell| !matches!(cell, Data::Empty)) {
            let masked = match cell {
                Data::String(text) => text.contains('*') && text.chars().filter(char::is_ascii_digit).count() <= digits,
                _ => false,
            };
            open += usize::from(!masked);
            looked_at += usize::from(column == id_no);
        }
        figures.check("台账里没有掩码的号码", 0, open);
    }
    Ok(looked_at)
}

/// Every sheet of it is printed on A4, across.
pub(crate) fn check_page(figures: &mut Figures, path: &Path) -> anyhow::Result<()> {
    let mut archive = ZipArchive::new(File::open(path)?)?;
    let names: Vec<String> = archive.file_names().flatten().map(std::borrow::Cow::into_owned).collect();
    for name in names.iter().filter(|name| name.starts_with("xl/worksheets/sheet")) {
        let mut xml = String::new();
        archive.by_name(name)?.read_to_string(&mut xml)?;
        let across = xml.contains("paperSize=\"9\"") && xml.contains("orientation=\"landscape\"");
        figures.check(format!("{name} A4 横向"), true, across);
    }
    Ok(())
}
