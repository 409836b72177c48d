//! Who takes part, and what every one of them does first: types the slip, and begins.

use crate::county::County;
use crate::stage::Stage;
use crate::window::{Size, Window};
use anyhow::{Context, Result};

/// An enrolment slip as it is handed to a person: what can be read on it.
#[derive(Debug, Clone)]
pub(crate) struct Slip {
    pub(crate) person: String,
    pub(crate) code: String,
}

/// The first start of a device: address and code are typed, and the first screen stands.
pub(crate) fn enrol<'s>(stage: &'s Stage, county: &County, home: &str, size: Size, code: &str) -> Result<Window<'s>> {
    let mut window = Window::open(stage, home, size)?;
    window.at("first_run")?;
    window.fill("网址", &county.address())?;
    window.fill("第 1 组", code)?;
    window.tap("登记这台设备")?;
    window.see_no("登记这台设备")?;
    choose_pin(&mut window)?;
    Ok(window)
}

/// What opens this person's device: digits where the system guards the rest of the secret, else a passphrase.
pub(crate) fn pin(window: &Window<'_>) -> &'static str {
    if window.has_keystore() { "290573" } else { "门前有两棵老核桃树呀" }
}

/// The PIN is chosen before the first household comes. What everybody would try first is refused.
pub(crate) fn choose_pin(window: &mut Window<'_>) -> Result<()> {
    window.at("pin")?;
    window.see(if window.has_keystore() { "至少 6 位数字" } else { "没有系统钥匙库" })?;
    let weak = if window.has_keystore() { "123456" } else { "123456789012" };
    type_twice(window, weak)?;
    window.see(if window.has_keystore() { "太容易猜到" } else { "不能只用数字" })?;
    window.picture(&format!("{}-pin", window.name()))?;
    type_twice(window, pin(window))?;
    window.see_no("再输一次")
}

/// The same PIN in both fields, and taken.
pub(crate) fn type_twice(window: &mut Window<'_>, pin: &str) -> Result<()> {
    window.fill("新密码", pin)?;
    window.fill("再输一次", pin)?;
    window.tap("就用这个")
}

/// Opens the window of a home that has a PIN, and unlocks it.
pub(crate) fn reopen<'s>(stage: &'s Stage, home: &str, size: Size) -> Result<Window<'s>> {
    let mut window = Window::open(stage, home, size)?;
    window.at("lock")?;
    unlock(&mut window)?;
    Ok(window)
}

/// The same so many days later, as the clock of this device has it.
pub(crate) fn reopen_later<'s>(stage: &'s Stage, home: &str, size: Size, days: u32) -> Result<Window<'s>> {
    let mut window = Window::open_later(stage, home, size, days)?;
    window.at("lock")?;
    unlock(&mut window)?;
    Ok(window)
}

/// Types what opens it: on the pad where there is one.
pub(crate) fn unlock(window: &mut Window<'_>) -> Result<()> {
    let pin = pin(window);
    enter(window, pin)?;
    window.wait_for("an open home", "return at() !== 'lock'")
}

/// Opens it again if it has locked itself: on a busy machine its turn may come after the minutes in which nobody touched it.
pub(crate) fn awake(window: &mut Window<'_>) -> Result<()> {
    if window.ask("return at()")? == "lock" { unlock(window) } else { Ok(()) }
}

/// Types this at the lock, right or wrong.
pub(crate) fn enter(window: &mut Window<'_>, pin: &str) -> Result<()> {
    let english = window.ask("return document.documentElement.lang === 'en'")? == true;
    let open = if english { "Open" } else { "打开" };
    if window.has_keystore() {
        for digit in pin.chars() {
            window.tap(&digit.to_string())?;
        }
    } else {
        window.fill("密码", pin)?;
    }
    window.tap(open)
}

/// Reads the slips on the screen.
pub(crate) fn read_slips(window: &Window<'_>) -> Result<Vec<Slip>> {
    let found = window.ask(
        "return [...document.querySelectorAll('article')].map((one) =>
            [plain(one.querySelector('.who')?.innerText), plain(one.querySelector('.code')?.innerText)])",
    )?;
    let slips: Vec<(String, String)> = serde_json::from_value(found).context("the slips cannot be read")?;
    Ok(slips.into_iter().map(|(person, code)| Slip { person, code }).collect())
}
