//! From hand to hand: who holds a household changes, and everybody whom it concerns hears of it. What the acts have in common.

use crate::county::County;
use crate::people::{self, Slip, awake};
use crate::preparing::hand_in;
use crate::stage::Stage;
use crate::window::{Size, Window};
use crate::{handing_over, phones, roles};
use anyhow::{Context, Result};

/// Plays all of it. The windows are the county's, the two helpers' and the first secretary's.
pub(crate) fn play<'s>(
    stage: &'s Stage,
    county: &County,
    [admin, first, second, village]: [&mut Window<'s>; 4],
    names: [&str; 2],
) -> Result<()> {
    handing_over::term(admin, [first, second], names)?;
    handing_over::taken_back_meanwhile(admin, [first, second], names)?;
    all_awake([admin, second, village])?;
    let mut block = roles::building_head(stage, county, admin, village)?;
    all_awake([admin, second, village])?;
    roles::added_and_ended(admin, village)?;
    all_awake([admin, second, &mut block])?;
    roles::team(admin, [second, &mut block], names[1])?;
    all_awake([admin, second, village])?;
    handing_over::moved(admin, [village, second])?;
    all_awake([admin, second, village])?;
    phones::second_device(stage, county, admin, village)?;
    all_awake([admin, second, village])?;
    phones::lost(stage, county, admin, second, names[1])?;
    awake(&mut block)?;
    phones::away_too_long(stage, block)
}

/// Who waited for their turn longer than their window stays open comes back to it.
fn all_awake(windows: [&mut Window<'_>; 3]) -> Result<()> {
    windows.into_iter().try_for_each(awake)
}

/// 交给: these households to a person or a team.
pub(crate) fn entrusts(admin: &mut Window<'_>, to: &str, heads: &[&str]) -> Result<()> {
    choose_holder(admin, to)?;
    choose(admin, heads)?;
    admin.tap(&format!("交给他，{} 户", heads.len()))?;
    admin.see(&format!("已把 {} 户交给 {to}", heads.len()))
}

/// 收回: these households from a person.
pub(crate) fn takes_back(admin: &mut Window<'_>, from: &str, heads: &[&str]) -> Result<()> {
    choose_holder(admin, from)?;
    admin.tap("收回")?;
    choose(admin, heads)?;
    admin.tap(&format!("收回 {} 户", heads.len()))?;
    admin.see(&format!("已从 {from} 收回 {} 户", heads.len()))
}

/// One household to the team that stands on the screen.
pub(crate) fn entrusts_to_team(admin: &mut Window<'_>, head: &str) -> Result<()> {
    admin.tap("几户")?;
    choose(admin, &[head])?;
    admin.tap("交给队，1 户")?;
    admin.see("已把 1 户交给")
}

fn choose_holder(admin: &mut Window<'_>, name: &str) -> Result<()> {
    awake(admin)?;
    // Whoever stands on the screen already begins it anew.
    admin.tap("地方")?;
    admin.tap("交给与收回")?;
    admin.at("entrust")?;
    admin.fill("给谁", name)?;
    admin.tap(name)
}

/// Marks each household, found by its head.
fn choose(admin: &mut Window<'_>, heads: &[&str]) -> Result<()> {
    for head in heads {
        admin.replace("姓名、拼音、号码尾数、房号", head)?;
        admin.tap(head)?;
    }
    Ok(())
}

/// The list of people, with this one alone on it.
pub(crate) fn looks_up(admin: &mut Window<'_>, part: &str, name: &str) -> Result<()> {
    awake(admin)?;
    admin.tap("人员与设备")?;
    admin.at("people")?;
    admin.tap(part)?;
    admin.replace(if part == "队组" { "队名" } else { "姓名或单位" }, name)
}

/// One slip for somebody, read off the screen.
pub(crate) fn slip(admin: &mut Window<'_>, name: &str) -> Result<Slip> {
    looks_up(admin, "人员", name)?;
    admin.tap("纸条")?;
    admin.at("slips")?;
    admin.tap("给 ")?;
    admin.see("登记码只显示这一次")?;
    let slip = people::read_slips(admin)?.into_iter().next().context("no slip")?;
    admin.tap("地方")?;
    admin.tap("离开")?;
    Ok(slip)
}

/// Somebody's device, enrolled with a slip; who walks to households passes over the first walk.
pub(crate) fn enrols<'s>(stage: &'s Stage, county: &County, home: &str, size: Size, slip: &Slip) -> Result<Window<'s>> {
    let mut window = people::enrol(stage, county, home, size, &slip.code)?;
    window.see("跳过")?;
    window.tap("跳过")?;
    window.see_no("跳过")?;
    Ok(window)
}

/// Hands in and goes to 今日该办.
pub(crate) fn hears(window: &mut Window<'_>) -> Result<()> {
    awake(window)?;
    hand_in(window)?;
    today(window)
}

pub(crate) fn today(window: &mut Window<'_>) -> Result<()> {
    awake(window)?;
    window.tap("今日")?;
    window.at("today")
}

/// The card of a household, opened from the list.
pub(crate) fn opens_card(window: &mut Window<'_>, head: &str) -> Result<()> {
    awake(window)?;
    window.tap("户")?;
    window.at("households")?;
    window.replace("姓名、拼音、号码尾数、房号", head)?;
    window.tap(head)?;
    window.at("household")?;
    window.see(&format!("{head} 家"))
}
