//! 依法删除: the county erases a household by law; the phone that held it drops it at its next exchange and says so; what was
//! counted stays.

use crate::joining::HEAD;
use crate::preparing::hand_in;
use crate::reporting;
use crate::window::Window;
use anyhow::{Result, ensure};

/// One of two cards of the same name, looked after by this helper and visited once.
pub(crate) fn visited(helper: &mut Window<'_>) -> Result<()> {
    helper.open_card(HEAD)?;
    helper.tap("走访")?;
    helper.at("visit")?;
    helper.tap("户主")?;
    helper.tap("没有变化，记下来")?;
    helper.see(&format!("{HEAD} 家，已记在本机"))?;
    hand_in(helper)
}

/// Looked up, previewed, the head typed once more, erased; and the report before and after.
pub(crate) fn by_law(office: &mut Window<'_>, helper: &mut Window<'_>) -> Result<()> {
    hand_in(office)?;
    let figures = |office: &mut Window<'_>| reporting::figures(office, ["户数", "走访次数"]);
    let [households, visits] = figures(office)?;
    visited_card(office)?;
    office.tap("依法删除这一户")?;
    office.at("erase")?;
    office.see("走访 1 次")?;
    office.see("删了不能恢复，县里也不能。")?;
    office.tap("本不该记，记错了")?;
    office.fill("理由", "来函〔2026〕8 号：重复登记，本人要求删除")?;
    office.fill("请再写一遍户主姓名", "欧阳")?;
    ensure!(office.ask(&format!("return control('依法删除{HEAD}一户') === null"))? == true, "half a name was enough");
    office.fill("请再写一遍户主姓名", "守田")?;
    office.picture("erase-preview")?;
    office.tap(&format!("依法删除{HEAD}一户"))?;
    office.see("等县里编号")?;
    office.picture("erase-waits")?;
    hand_in(office)?;
    office.tap("依法删除")?;
    office.at("erase")?;
    office.see("号决定")?;
    office.picture("erased")?;
    ensure!(figures(office)? == [households - 1, visits], "the report does not keep the lawful counts");

    hand_in(helper)?;
    helper.tap("要看的")?;
    helper.at("attention")?;
    helper.see("依法删除的一户")?;
    helper.picture("erased-told")?;
    helper.tap("知道了")?;
    helper.see_no("依法删除的一户")?;
    helper.tap("户")?;
    helper.at("households")?;
    helper.see_no(HEAD)
}

/// Of the cards of that name the one with a visit.
fn visited_card(office: &mut Window<'_>) -> Result<()> {
    office.find_household(HEAD)?;
    let row = "[...document.querySelectorAll('.households .rows a')].find((one) => !plain(one.innerText).includes('还没走访过'))";
    office.tap_found(HEAD, row)?;
    office.at("household")?;
    office.see("无变化")
}
