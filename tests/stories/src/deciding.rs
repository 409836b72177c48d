//! Two statements side by side: both are read, one is chosen, and the other is not lost.

use crate::preparing::hand_in;
use crate::window::Window;
use anyhow::{Result, ensure};

/// A helper sees both numbers with who and how, and chooses.
pub(crate) fn choose(helper: &mut Window<'_>, head: &str, other: &str) -> Result<()> {
    helper.tap("今日")?;
    helper.at("today")?;
    helper.see("件要您看")?;
    helper.tap("要看的")?;
    helper.at("attention")?;
    helper.see(head)?;
    helper.see("两种说法都在")?;
    helper.picture("two-statements")?;
    let words = helper.words()?;
    ensure!(words.contains(other), "who said the other number cannot be read");
    helper.tap("用这个")?;
    helper.see("没有要您定的事")?;
    hand_in(helper)
}
