//! 留痕 and 自查: what was looked at, joined and erased stands by act and by household, by person for nobody; and what lies on a
//! device is walked through.

use crate::preparing::hand_in;
use crate::window::Window;
use anyhow::{Result, ensure};

/// The county reads the traces: by act, then of one household, where alone it is said who.
pub(crate) fn traces(office: &mut Window<'_>, head: &str, people: [&str; 2]) -> Result<()> {
    hand_in(office)?;
    office.tap("留痕")?;
    office.at("audit")?;
    for act in ["核对证件 2", "看证件或电话 4", "拨电话 1", "并户 2", "依法删除 1"] {
        office.see(act)?;
    }
    names_nobody(office, people)?;
    office.picture("audit")?;
    office.tap("看证件或电话 4")?;
    office.see("核对身份")?;
    names_nobody(office, people)?;
    office.picture("audit-act")?;
    office.tap(head)?;
    office.see(&format!("{head} 家的留痕"))?;
    office.see(people[0])?;
    office.see("拨电话 1")?;
    office.picture("audit-household")?;
    office.tap("看全县的")?;
    office.see_no(people[0])?;
    // Of what was erased the traces stay; its name is nowhere.
    office.tap_beside("依法删除", "一户")?;
    office.see("县级管理员")?;
    office.see_no("欧阳守田")?;
    Ok(())
}

fn names_nobody(office: &Window<'_>, people: [&str; 2]) -> Result<()> {
    let words = office.ask("return plain(document.querySelector('main').innerText)")?;
    let words = words.as_str().unwrap_or_default();
    for person in people {
        ensure!(!words.contains(person), "the list of traces names {person}");
    }
    Ok(())
}

/// 自查 finds nothing, and says what it cannot prove.
pub(crate) fn self_check(window: &mut Window<'_>) -> Result<()> {
    window.tap("更多")?;
    window.at("more")?;
    window.tap("查一遍")?;
    window.see("没有发现改动")?;
    window.see("这些查不出来：")?;
    window.see("别人写的是谁签的：签字在县里")?;
    window.ask("control('查一遍').scrollIntoView({ block: 'start' }); return 1")?;
    window.picture(&format!("{}-self-check", window.name()))?;
    Ok(())
}
