//! The county prepares: takes in the roster and the pairing table, entrusts a household, prints the slips.

use crate::county::County;
use crate::people::{self, Slip};
use crate::stage::Stage;
use crate::window::{Size, Window};
use anyhow::{Context, Result, ensure};
use std::path::Path;

/// Opens the administrator's window with nothing in the county yet.
pub(crate) fn first_run<'s>(stage: &'s Stage, county: &County, code: &str) -> Result<Window<'s>> {
    let mut admin = people::enrol(stage, county, "admin", Size::Desktop, code)?;
    admin.at("report")?;
    admin.see("先导入户和人的名单")?;
    admin.picture("county-empty")?;
    admin.tap("导入")?;
    admin.at("import")?;
    Ok(admin)
}

/// A workbook in: tried dry, its doubts walked through, then taken in.
pub(crate) fn import(admin: &mut Window<'_>, root: &Path) -> Result<()> {
    admin.hand("选一个表", &root.join("tests/fixtures/roster-huanghou.xlsx"))?;
    admin.see("试读结果：什么都还没写入")?;
    let words = admin.words()?;
    ensure!(words.contains("272") && words.contains("1094"), "the dry run did not count 272 households, 1094 people");
    admin.picture("import-dry")?;
    admin.take_in()?;
    admin.tap("结对花名册")?;
    admin.hand("选一个表", &root.join("tests/fixtures/pairing-huanghou.xlsx"))?;
    admin.see("新帮扶人 78")?;
    admin.picture("import-pairing")?;
    admin.take_in()?;
    admin.tap("去交换")?;
    hand_in(admin)
}

/// 到镇上了: one tap, and nothing waits any more.
pub(crate) fn hand_in(window: &mut Window<'_>) -> Result<()> {
    people::awake(window)?;
    if window.ask("return at()")? != "exchange" {
        window.tap("交换")?;
        window.at("exchange")?;
    }
    window.tap("现在交换")?;
    window.see("交上")?;
    // Who only carries for others has nothing of their own to hand in.
    window.wait_for("nothing left", "return /都已到县|还没有要交的/.test(plain(document.body.innerText))")
}

/// Adds a first secretary of one village.
pub(crate) fn add_first_secretary(admin: &mut Window<'_>, name: &str, village: &str) -> Result<()> {
    add(admin, [name, "县林业局", "第一书记"], &[village, &format!("就是{village}")])
}

/// Adds somebody of the township, and prints their slip alone. Answers the code on it.
pub(crate) fn add_township(admin: &mut Window<'_>, name: &str) -> Result<String> {
    add(admin, [name, "皇后乡", "乡镇"], &["就是皇后乡"])?;
    admin.see("乡镇 · 皇后乡")?;
    admin.tap("纸条")?;
    admin.at("slips")?;
    admin.tap(&format!("给 {name} 出纸条"))?;
    admin.see("登记码只显示这一次")?;
    let slip = people::read_slips(admin)?.pop().context("no slip")?;
    ensure!(slip.person == name, "a slip for {}", slip.person);
    admin.tap("交换")?;
    admin.tap("离开")?;
    admin.at("exchange")?;
    Ok(slip.code)
}

/// Adds a person: name, unit, role, and the taps to the place the role is for.
fn add(admin: &mut Window<'_>, [name, unit, role]: [&str; 3], place: &[&str]) -> Result<()> {
    admin.tap("人员与设备")?;
    admin.at("people")?;
    admin.tap("添一个人")?;
    admin.fill("姓名", name)?;
    admin.fill("单位", unit)?;
    admin.tap(role)?;
    admin.tap("管哪里")?;
    for tap in place {
        admin.tap(tap)?;
    }
    admin.tap("存下")?;
    admin.see(name)
}

/// Prints the slips of everybody who has none.
pub(crate) fn slips(admin: &mut Window<'_>) -> Result<Vec<Slip>> {
    admin.tap("登记纸条")?;
    admin.at("slips")?;
    admin.tap("给 ")?;
    admin.see("登记码只显示这一次")?;
    let slips = people::read_slips(admin)?;
    ensure!(slips.len() == 79, "{} slips for 78 helpers and a first secretary", slips.len());
    admin.picture("slips")?;
    Ok(slips)
}

/// Entrusts one more household to a person, sees what it will do, takes it back and undoes that.
pub(crate) fn entrust(admin: &mut Window<'_>, person: &str, household: &str) -> Result<()> {
    admin.tap("交给与收回")?;
    // The slips were saved for the printer: whoever leaves is not asked.
    admin.at("entrust")?;
    admin.fill("给谁", person)?;
    admin.tap(person)?;
    admin.fill("姓名、拼音、号码尾数、房号", household)?;
    admin.tap(household)?;
    admin.see(&format!("{person} 将能看到并走访这 1 户"))?;
    admin.picture("entrust-preview")?;
    admin.tap("交给他，1 户")?;
    admin.see("已把 1 户交给")?;
    hand_in(admin)
}
