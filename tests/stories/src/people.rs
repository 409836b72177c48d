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
    Ok(window)
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
