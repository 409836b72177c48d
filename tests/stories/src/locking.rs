//! The lock: nothing of a household behind it, wrong PINs that cost a wait, and one stands where one stood.

use crate::people;
use crate::window::Window;
use anyhow::{Result, ensure};

/// Locked by hand on a household's card, wrong PINs, opened again on the same card.
pub(crate) fn locks(window: &mut Window<'_>, head: &str) -> Result<()> {
    let card = stand_at(window, head)?;
    window.tap("更多")?;
    window.tap("现在锁上")?;
    window.at("lock")?;
    hides(window, head)?;
    window.picture("lock")?;
    window.ask("history.back(); return 1")?;
    hides(window, head)?;
    for _ in 0..3 {
        people::enter(window, "715304")?;
        window.see("密码不对，请再输一次")?;
    }
    people::enter(window, "715304")?;
    window.see("秒再试")?;
    window.picture("lock-wait")?;
    window.see_no("秒再试")?;
    people::unlock(window)?;
    let stands = window.ask("return location.hash")?;
    ensure!(stands == card, "unlocked at {stands}, not at {card}");
    window.see(head)
}

/// Nobody touches it for longer than five minutes: the clock of the page is moved.
pub(crate) fn locks_by_itself(window: &mut Window<'_>, head: &str) -> Result<()> {
    let card = stand_at(window, head)?;
    window.ask("const was = performance.now.bind(performance); performance.now = () => was() + 301000; return 1")?;
    window.at("lock")?;
    hides(window, head)?;
    people::unlock(window)?;
    ensure!(window.ask("return location.hash")? == card, "unlocked elsewhere");
    window.see(head)
}

/// The PIN is changed and changed back; the settings say how long until it locks.
pub(crate) fn another_pin(window: &mut Window<'_>) -> Result<()> {
    window.tap("更多")?;
    window.tap("15 分钟")?;
    window.wait_for("fifteen minutes", "return control('15 分钟').getAttribute('aria-pressed') === 'true'")?;
    for (old, new) in [(people::pin(window), "715304"), ("715304", people::pin(window))] {
        window.tap("更多")?;
        window.tap("改密码")?;
        window.at("pin")?;
        window.fill("现在的密码", old)?;
        window.fill("新密码", new)?;
        window.fill("再输一次", new)?;
        window.tap("就用这个")?;
        window.at("more")?;
        window.see("密码改好了")?;
    }
    window.tap("更多")?;
    window.tap("现在锁上")?;
    people::unlock(window)
}

/// 忘记密码: the code is read over the telephone, the office asks the county, twenty letters come back. What was saved and not
/// handed in is there, and one stands where one stood.
pub(crate) fn forgotten(window: &mut Window<'_>, office: &mut Window<'_>, head: &str) -> Result<()> {
    let card = stand_at(window, head)?;
    let waiting = waiting(window)?;
    ensure!(waiting > 0, "nothing waits that could be lost");
    window.tap("更多")?;
    window.tap("现在锁上")?;
    window.at("lock")?;
    window.ask("history.back(); return 1")?;
    window.tap("忘记密码")?;
    window.at("forgot")?;
    let code = read(window, "[data-code]")?;
    window.picture("forgot")?;

    office.tap("人员与设备")?;
    office.at("people")?;
    office.tap("帮人找回密码")?;
    office.fill("对方屏幕上的 8 个字母、数字", &code)?;
    office.tap("向县里要答复")?;
    office.see("确认是本人，再念给他")?;
    let answer = read(office, "[data-answer]")?;
    office.picture("recover-answer")?;
    office.tap("关上")?;

    window.fill("对方念回来的 20 个字母、数字", &answer)?;
    window.tap("打开")?;
    window.at("pin")?;
    window.see("重设密码")?;
    hides(window, head)?;
    window.picture("pin-anew")?;
    people::type_twice(window, people::pin(window))?;
    window.see(head)?;
    ensure!(window.ask("return location.hash")? == card, "opened elsewhere");
    ensure!(self::waiting(window)? == waiting, "something that was not handed in is gone");
    Ok(())
}

/// One more person on the same phone: what the one before looked after is nowhere, until their own PIN is typed.
pub(crate) fn shared(window: &mut Window<'_>, head: &str) -> Result<()> {
    stand_at(window, head)?;
    window.tap("更多")?;
    window.tap("再加一个人")?;
    window.fill("您在这台设备上叫什么", "老周")?;
    window.fill("新来的人叫什么", "小覃")?;
    window.tap("换他来登记")?;
    window.at("first_run")?;
    window.see("谁在用这台设备")?;
    hides(window, head)?;
    window.picture("shared-first-run")?;
    window.tap("老周")?;
    window.at("lock")?;
    hides(window, head)?;
    window.picture("shared-lock")?;
    people::unlock(window)?;
    window.tap("户")?;
    window.at("households")?;
    window.see(head)
}

/// What is read off the screen over the telephone.
fn read(window: &Window<'_>, place: &str) -> Result<String> {
    window.see_some(place)?;
    let words = window.ask(&format!("return plain(document.querySelector('{place}').innerText)"))?;
    Ok(words.as_str().unwrap_or_default().to_owned())
}

/// How many entries wait on this device, as the tab says.
fn waiting(window: &Window<'_>) -> Result<u64> {
    let count = window.ask("return Number(document.querySelector('a[href=\"#/exchange\"] .count')?.innerText ?? 0)")?;
    Ok(count.as_u64().unwrap_or_default())
}

/// Opens a household's card; its address.
fn stand_at(window: &mut Window<'_>, head: &str) -> Result<serde_json::Value> {
    window.tap("户")?;
    window.at("households")?;
    window.tap(head)?;
    window.at("household")?;
    window.ask("return location.hash")
}

/// A lock stands, and no word of the household is anywhere on the page.
fn hides(window: &Window<'_>, head: &str) -> Result<()> {
    let page = window.ask("return document.documentElement.outerHTML + document.title")?;
    ensure!(!page.as_str().unwrap_or_default().contains(head), "{head} is behind the lock");
    Ok(())
}
