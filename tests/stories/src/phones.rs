//! Phones: a second one beside the first, one that is lost and found, one that was not near the county for too long.

use crate::county::County;
use crate::hands::{enrols, hears, looks_up, opens_card, slip, today};
use crate::people;
use crate::preparing::hand_in;
use crate::roles::IN_BUILDING;
use crate::stage::Stage;
use crate::visiting;
use crate::window::{Size, Window};
use anyhow::Result;

/// What the lost phone had handed in, and what it had not.
const HANDED_IN: &str = "蒙刚贵";
const ON_THE_PHONE: &str = "范光财";
/// A day more than the lease is, unless the county sets another.
const LEASE_OVER: u32 = 46;

/// A desk in the village office beside the first secretary's phone: the same households, each visit once.
pub(crate) fn second_device(
    stage: &Stage,
    county: &County,
    admin: &mut Window<'_>,
    village: &mut Window<'_>,
) -> Result<()> {
    let slip = slip(admin, "韦青山")?;
    let mut desk = enrols(stage, county, "desk", Size::Desktop, &slip)?;
    visits(&mut desk, "武山江")?;
    hand_in(&mut desk)?;
    desk.tap("更多")?;
    desk.see("您的其他设备")?;
    desk.see("电脑（Linux）")?;
    desk.picture("phones-second-device")?;
    desk.close()?;
    hand_in(village)?;
    opens_card(village, "武山江")?;
    village.see("无变化")?;
    village.see("韦青山")
}

/// A visit with nothing new, begun from the household's card: 今日该办 names the first dozen of many only.
fn visits(phone: &mut Window<'_>, head: &str) -> Result<()> {
    opens_card(phone, head)?;
    phone.tap("走访")?;
    phone.tap("户主")?;
    phone.tap("没有变化，记下来")?;
    phone.see(&format!("{head} 家，已记在本机"))
}

/// 19:00 shut out, 19:10 another phone: what was handed in is back, the rest is named. The old one is found, its work stands aside,
/// the office hears of it and lets it in; it counts.
pub(crate) fn lost(
    stage: &Stage,
    county: &County,
    admin: &mut Window<'_>,
    phone: &mut Window<'_>,
    who: &str,
) -> Result<()> {
    visits(phone, HANDED_IN)?;
    hears(phone)?;
    visits(phone, ON_THE_PHONE)?;

    looks_up(admin, "设备", "没有的")?;
    admin.see("没有这个人的设备")?;
    looks_up(admin, "设备", who)?;
    admin.tap(&format!("停用 {who} 的设备"))?;
    admin.tap("丢了")?;
    admin.picture("phones-shut-out")?;
    admin.tap("停用这台设备")?;
    admin.see("交换后生效")?;
    let slip = slip(admin, who)?;
    hand_in(admin)?;

    let mut fresh = enrols(stage, county, "fresh", Size::Phone, &slip)?;
    today(&mut fresh)?;
    fresh.see("您的其他设备")?;
    fresh.see("之后记的只在那台设备上")?;
    fresh.picture("phones-what-is-left")?;
    // A new phone tells of its own accord what an inspection has opened.
    if fresh.words()?.contains("核查打开了") {
        fresh.tap("知道了")?;
        fresh.see_no("核查打开了")?;
    }
    fresh.tap("知道了")?;
    fresh.see_no("您的其他设备")?;
    opens_card(&mut fresh, HANDED_IN)?;
    fresh.see("无变化")?;
    opens_card(&mut fresh, ON_THE_PHONE)?;
    fresh.see("还没有走访记录")?;

    phone.tap("交换")?;
    phone.at("exchange")?;
    phone.tap("现在交换")?;
    phone.see("县里已停用这台设备")?;
    phone.picture("phones-found")?;

    hand_in(admin)?;
    admin.tap("要看的")?;
    admin.at("attention")?;
    admin.see(who)?;
    admin.picture("phones-aside")?;
    admin.tap("收下这")?;
    admin.see("已收下设备")?;
    hand_in(admin)?;
    admin.tap("要看的")?;
    admin.see_no("另放着")?;
    hand_in(&mut fresh)?;
    opens_card(&mut fresh, ON_THE_PHONE)?;
    fresh.see("无变化")?;
    fresh.picture("phones-let-in")?;
    fresh.close()
}

/// A phone that was not near the county for longer than the lease shows names, places and promises only, and says how to come
/// back. One writes on as ever; one exchange brings all back.
pub(crate) fn away_too_long(stage: &Stage, phone: Window<'_>) -> Result<()> {
    phone.close()?;
    let mut phone = people::reopen_later(stage, "block", Size::Phone, LEASE_OVER)?;
    today(&mut phone)?;
    phone.see("太久没有和县里交换，详细内容先不显示。照常能记，交换一次就恢复。")?;
    phone.picture("phones-lease")?;
    opens_card(&mut phone, IN_BUILDING)?;
    phone.see("••")?;
    phone.picture("phones-masked")?;
    today(&mut phone)?;
    visiting::nothing_changed(&mut phone, IN_BUILDING)?;
    hears(&mut phone)?;
    phone.see_no("太久没有和县里交换")?;
    opens_card(&mut phone, IN_BUILDING)?;
    phone.see_no("••")?;
    phone.picture("phones-unmasked")?;
    phone.close()
}
