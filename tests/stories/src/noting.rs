//! A number in free text: it is offered its own field; where it stays it is masked wherever the text is read again.

use crate::looking::shows_no_number;
use crate::preparing::hand_in;
use crate::window::Window;
use anyhow::{Result, ensure};

/// The number that goes into its field.
const MOVED: &str = "13855556666";
/// The number that is left in the text, and how it is read again.
const LEFT: (&str, &str) = ("13844447777", "138****7777");

/// A helper types two numbers into a visit; the first moves, the second stays, and nobody reads it whole.
pub(crate) fn typed_numbers(helper: &mut Window<'_>, village: &mut Window<'_>, head: &str) -> Result<()> {
    helper.open_card(head)?;
    helper.tap("走访")?;
    helper.at("visit")?;
    helper.tap("户主")?;
    helper.fill("说几句", &format!("新号 {MOVED}，"))?;
    helper.see("尾号 6666 像是电话")?;
    helper.ask("control('记到联系电话').scrollIntoView({ block: 'center' }); return 1")?;
    helper.picture("typed-number")?;
    helper.tap("记到联系电话")?;
    helper.see_no("尾号 6666 像是电话")?;
    ensure!(helper.value("电话换了吗")? == MOVED, "the number did not come into its field");
    ensure!(!helper.value("说几句")?.contains(MOVED), "the number is still in the text");
    helper.fill("说几句", &format!("托人转告 {}", LEFT.0))?;
    helper.see("尾号 7777 像是电话")?;
    helper.tap("就留在这里")?;
    helper.see_no("尾号 7777")?;
    helper.tap("存下")?;
    helper.see(&format!("{head} 家，已记在本机"))?;
    reads_masked(helper, "the card")?;
    helper.picture("typed-number-card")?;
    helper.tap("全部经过")?;
    helper.at("timeline")?;
    reads_masked(helper, "the history")?;
    hand_in(helper)?;
    shows_no_number(helper, "what was handed in")?;
    hand_in(village)?;
    village.open_card(head)?;
    reads_masked(village, "another's card")
}

fn reads_masked(window: &Window<'_>, what: &str) -> Result<()> {
    window.see(LEFT.1)?;
    shows_no_number(window, what)
}
