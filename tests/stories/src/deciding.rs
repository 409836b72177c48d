//! Two statements side by side: both are read, one is chosen, and the other is not lost.

use crate::preparing::hand_in;
use crate::window::Window;
use anyhow::{Result, ensure};

/// A helper sees on the card who said which number and how they know it, chooses one and says how they know.
pub(crate) fn choose(helper: &mut Window<'_>, head: &str, other: &str) -> Result<()> {
    helper.tap("户")?;
    helper.at("households")?;
    helper.see("两种说法")?;
    helper.tap(head)?;
    helper.at("household")?;
    helper.tap("全部 ")?;
    helper.see("用这个")?;
    helper.ask("control('用这个').scrollIntoView({ block: 'center' }); return 1")?;
    helper.picture("two-statements")?;
    let words = helper.words()?;
    ensure!(words.contains(&format!("{other} · ")), "who said the other number cannot be read");
    helper.tap("用这个")?;
    helper.see("您怎么知道这个对")?;
    helper.tap("户里人说的")?;
    helper.see_no("用这个")?;
    hand_in(helper)
}
