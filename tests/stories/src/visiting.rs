//! The hillside, no signal: a visit where nothing changed, a visit with much to write down, and a battery that dies.

use crate::people;
use crate::stage::Stage;
use crate::window::{Size, Window};
use anyhow::{Result, ensure};

/// One tap of visit B, in the words of its control.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tap {
    /// A chip or a button.
    On(&'static str),
    /// A field and what is typed into it.
    In(&'static str, &'static str),
}

/// What was promised, as it is typed.
pub(crate) const PROMISE: &str = "送药上门";
/// The number the spouse said, as it is typed.
pub(crate) const PHONE: &str = "13912345678";
/// Visit B between 走访 and 存下: the spouse met, a number changed, a need, a dated promise.
pub(crate) const TAPS: [Tap; 5] =
    [Tap::On("家人"), Tap::On("饮水"), Tap::In("答应了什么", PROMISE), Tap::On("7 天后"), Tap::In("电话换了吗", PHONE)];

impl Tap {
    pub(crate) fn act(self, window: &mut Window<'_>) -> Result<()> {
        match self {
            Self::On(name) => window.tap(name),
            Self::In(field, text) => window.fill(field, text),
        }
    }

    /// Whether the form shows this tap.
    pub(crate) fn stands(self, window: &Window<'_>) -> Result<bool> {
        match self {
            Self::On(name) => window.pressed(name),
            Self::In(field, text) => Ok(window.value(field)? == text),
        }
    }
}

/// The helper's first run: a slip typed, the first walk skipped, the households there.
pub(crate) fn first_run<'s>(
    stage: &'s Stage,
    county: &crate::county::County,
    home: &str,
    code: &str,
) -> Result<Window<'s>> {
    let mut helper = people::enrol(stage, county, home, Size::Phone, code)?;
    helper.see("跳过")?;
    helper.picture(&format!("{home}-walk"))?;
    helper.tap("跳过")?;
    helper.see_no("跳过")?;
    helper.tap("今日")?;
    helper.at("today")?;
    helper.see("户该去看看")?;
    Ok(helper)
}

/// The heads of the households due today, as they can be read.
pub(crate) fn heads(helper: &Window<'_>) -> Result<Vec<String>> {
    let found =
        helper.ask("return [...document.querySelectorAll('main .line .name')].map((one) => plain(one.innerText))")?;
    Ok(serde_json::from_value(found)?)
}

/// The households due now, after whatever was done before.
pub(crate) fn heads_due(helper: &mut Window<'_>) -> Result<Vec<String>> {
    helper.tap("今日")?;
    helper.at("today")?;
    helper.see("户该去看看")?;
    heads(helper)
}

/// Visit A: nothing has changed. At most 6 taps from 今日该办, no character typed.
pub(crate) fn nothing_changed(helper: &mut Window<'_>, head: &str) -> Result<()> {
    helper.at("today")?;
    (helper.taps, helper.typed) = (0, 0);
    helper.tap(head)?;
    helper.tap("走访")?;
    helper.at("visit")?;
    helper.tap("户主")?;
    helper.tap("没有变化，记下来")?;
    helper.see(&format!("{head} 家，已记在本机"))?;
    ensure!(helper.taps <= 6 && helper.typed == 0, "visit A took {} taps, {} characters", helper.taps, helper.typed);
    println!("  visit A: {} taps, {} characters", helper.taps, helper.typed);
    // Others do the same later, on other days: the album shows the first.
    if helper.name() == "first" {
        helper.picture("visit-a-saved")?;
    }
    back_to_today(helper)
}

/// Visit B with the battery dying after every tap: what was tapped before the last one is there again.
pub(crate) fn dies_after_every_tap(stage: &Stage, home: &str, head: &str) -> Result<()> {
    for tapped in 1..=TAPS.len() {
        let mut helper = open_visit(stage, home, head)?;
        for tap in TAPS.iter().take(tapped) {
            tap.act(&mut helper)?;
        }
        helper.kill()?;
        let mut helper = open_visit(stage, home, head)?;
        helper.see("已存草稿")?;
        for tap in TAPS.iter().take(tapped - 1) {
            ensure!(tap.stands(&helper)?, "killed after tap {tapped}, {tap:?} is lost");
        }
        if tapped == TAPS.len() {
            helper.picture("visit-b-draft")?;
        }
        helper.tap("不要这次走访了")?;
        helper.wait_for("the screen it was begun from", "return at() !== 'visit'")?;
        helper.close()?;
    }
    println!("  killed after each of {} taps: every tap before the last was there again", TAPS.len());
    Ok(())
}

fn open_visit<'s>(stage: &'s Stage, home: &str, head: &str) -> Result<Window<'s>> {
    let mut helper = people::reopen(stage, home, Size::Phone)?;
    helper.at("today")?;
    helper.tap(head)?;
    helper.wait_for("the card or the draft", "return ['household', 'visit'].includes(at())")?;
    // What was begun is opened at once from 今日该办; a card is opened first.
    if helper.ask("return at()")? == "household" {
        helper.tap("走访")?;
    }
    helper.at("visit")?;
    helper.see("见到谁")?;
    Ok(helper)
}

/// Visit B whole. At most 24 taps from 今日该办 and 20 characters.
pub(crate) fn much_to_write(helper: &mut Window<'_>, head: &str) -> Result<()> {
    helper.at("today")?;
    (helper.taps, helper.typed) = (0, 0);
    helper.tap(head)?;
    helper.tap("走访")?;
    helper.at("visit")?;
    for tap in TAPS {
        tap.act(helper)?;
    }
    helper.picture("visit-b")?;
    helper.tap("存下")?;
    helper.see(&format!("{head} 家，已记在本机"))?;
    ensure!(helper.taps <= 24 && helper.typed <= 20, "visit B took {} taps, {} characters", helper.taps, helper.typed);
    println!("  visit B: {} taps, {} characters", helper.taps, helper.typed);
    helper.see(PROMISE)?;
    back_to_today(helper)
}

/// Somebody else hears another number at the same household.
pub(crate) fn another_number(helper: &mut Window<'_>, head: &str, number: &str) -> Result<()> {
    helper.at("today")?;
    helper.tap(head)?;
    helper.tap("走访")?;
    helper.tap("邻居")?;
    helper.fill("电话换了吗", number)?;
    helper.tap("存下")?;
    helper.see(&format!("{head} 家，已记在本机"))?;
    back_to_today(helper)
}

fn back_to_today(helper: &mut Window<'_>) -> Result<()> {
    helper.tap("今日")?;
    helper.at("today")
}
