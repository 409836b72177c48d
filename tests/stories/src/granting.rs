//! 导出准许: a county adds a second administrator; one asks for whole numbers, the other grants them on their own computer, the
//! workbook says so in its properties, and 留痕 lists it.

use crate::county::County;
use crate::people;
use crate::preparing::hand_in;
use crate::stage::Stage;
use crate::window::{Size, Window};
use anyhow::{Context, Result, ensure};
use std::fs::File;
use std::io::Read;

const SECOND: &str = "苏玉兰";

/// The county's desk is shared by two: written down, a slip, a computer of their own.
pub(crate) fn second_administrator<'s>(
    stage: &'s Stage,
    county: &County,
    admin: &mut Window<'_>,
) -> Result<Window<'s>> {
    admin.tap("导出准许")?;
    admin.at("exports")?;
    admin.see("没有导出准许")?;
    admin.see("只有您一位县级管理员时，没有人能同意")?;
    admin.picture("exports-alone")?;
    admin.tap("人员与设备")?;
    admin.at("people")?;
    admin.tap("添一个人")?;
    admin.fill("姓名", SECOND)?;
    admin.fill("单位", "县乡村振兴局")?;
    admin.tap("县级管理员")?;
    admin.tap("存下")?;
    admin.see(SECOND)?;
    admin.tap("纸条")?;
    admin.at("slips")?;
    admin.tap("给 ")?;
    admin.see("登记码只显示这一次")?;
    let slip = people::read_slips(admin)?.pop().context("no slip for the second administrator")?;
    ensure!(slip.person == SECOND, "a slip for {}", slip.person);
    admin.tap("报表")?;
    admin.see("还没打印，离开就看不到了。")?;
    admin.tap("离开")?;
    admin.at("report")?;
    let second = people::enrol(stage, county, "second-admin", Size::Desktop, &slip.code)?;
    second.at("report")?;
    Ok(second)
}

/// Asked for, looked at, granted; one workbook; ended.
pub(crate) fn unmasked(admin: &mut Window<'_>, second: &mut Window<'_>) -> Result<()> {
    admin.tap("报表")?;
    admin.at("report")?;
    admin.tap("未打码的户台账")?;
    admin.see("须有导出准许")?;
    admin.tap("导出准许")?;
    admin.at("exports")?;
    admin.tap("申请导出未打码的号码")?;
    admin.tap("证件号码")?;
    admin.tap("上级部门要名单")?;
    admin.tap("7 天")?;
    admin.picture("exports-ask")?;
    admin.tap("提出申请")?;
    admin.see("已提出申请")?;
    hand_in(admin)?;
    hand_in(second)?;

    second.tap("导出准许")?;
    second.at("exports")?;
    second.see("272 户 1094 人的证件号码")?;
    second.picture("exports-to-grant")?;
    second.tap("同意")?;
    second.see("从今天起 7 天内可以导出")?;
    second.picture("exports-grant")?;
    second.tap("同意 7 天")?;
    second.see("待县里编号")?;
    second.resize(Size::Phone)?;
    second.picture("exports-waits-phone")?;
    second.resize(Size::Desktop)?;
    hand_in(second)?;
    hand_in(admin)?;

    admin.tap("导出准许")?;
    admin.see("还剩 7 天")?;
    admin.picture("exports-running")?;
    admin.resize(Size::Phone)?;
    admin.picture("exports-running-phone")?;
    admin.resize(Size::Desktop)?;
    admin.tap("报表")?;
    admin.at("report")?;
    admin.tap("按准许导出")?;
    admin.see("已存到")?;
    admin.picture("report-unmasked")?;
    let words = admin.words()?;
    let after = words.split("已存到 ").nth(1).context("no path")?;
    let path = after.split(".xlsx").next().map(|path| format!("{path}.xlsx")).context("no path")?;
    let core = part(&path, "docProps/core.xml")?;
    ensure!(core.contains(SECOND) && core.contains("内部资料"), "the properties carry no mark: {core}");
    let cells = part(&path, "xl/sharedStrings.xml")?;
    ensure!(!cells.contains(SECOND) && !cells.contains("内部资料"), "the mark stands in a cell");

    admin.tap("留痕")?;
    admin.at("audit")?;
    admin.see("未打码：证件号码")?;
    admin.see("申请未打码导出")?;
    admin.picture("audit-unmasked")?;
    admin.tap("导出准许")?;
    admin.see("已导出 1 次")?;
    admin.tap("提前结束")?;
    admin.see("收不回来")?;
    admin.tap("结束这份准许")?;
    admin.see("已结束")?;
    admin.picture("exports-ended")?;
    hand_in(admin)
}

/// One part of a workbook.
fn part(path: &str, name: &str) -> Result<String> {
    let mut book = zip::ZipArchive::new(File::open(path).with_context(|| path.to_owned())?)?;
    let mut words = String::new();
    book.by_name(name)?.read_to_string(&mut words)?;
    Ok(words)
}
