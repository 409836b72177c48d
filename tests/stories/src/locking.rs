//! The lock: nothing of a household behind it, wrong PINs that cost a wait, and one stands where one stood.

use crate::people;
use crate::window::Window;
use anyhow::{Result, ensure};

/// Locked by hand on a household's card, wrong PINs, opened again on the same card.
pub(crate) fn locks(window: &mut Window<'_>, head: &str) -> Result<()> {
    let card = stand_at(window, head)?;
    window.tap("更多")?;
    window.tap("现在锁上")?;
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
        window.see("密码改好了")?;
    }
    window.tap("更多")?;
    window.tap("现在锁上")?;
    people::unlock(window)
}

/// Opens a household's card; its address.
fn stand_at(window: &mut Window<'_>, head: &str) -> Result<serde_json::Value> {
    window.tap("户")?;
    window.at("households")?;
    window.tap(head)?;
    window.at("household")?;
    window.ask("return location.hash")
}

/// The lock stands, and no word of the household is anywhere on the page.
fn hides(window: &Window<'_>, head: &str) -> Result<()> {
    window.at("lock")?;
    let page = window.ask("return document.documentElement.outerHTML + document.title")?;
    ensure!(!page.as_str().unwrap_or_default().contains(head), "{head} is behind the lock");
    Ok(())
}
