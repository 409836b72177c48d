//! 托人捎交: a phone that finds no signal for long hands over a file, the first secretary takes it to town, and the county's
//! receipt comes back the same way.

use crate::visiting;
use crate::window::Window;
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};

/// The whole way there and back: `helper` never reaches the county by itself in it.
pub(crate) fn there_and_back(helper: &mut Window<'_>, secretary: &mut Window<'_>) -> Result<()> {
    let heads = visiting::heads_due(helper)?;
    visiting::nothing_changed(helper, heads.first().context("nobody is due")?)?;
    open(helper)?;
    let file = saved(helper, "生成捎带文件")?;
    helper.picture("carry-handed-over")?;

    open(secretary)?;
    secretary.hand("收下文件", &file)?;
    secretary.see("收下了")?;
    secretary.picture("carry-taken-along")?;
    let word = saved(secretary, "给他签收条")?;

    helper.hand("收下文件", &word)?;
    helper.see("已带走 1 条，签了字")?;
    helper.see("已到乡镇 1 条")?;
    helper.picture("carry-in-town")?;

    // The secretary may have nothing of their own to hand in: what is carried goes up all the same.
    secretary.tap("交换")?;
    secretary.at("exchange")?;
    secretary.tap("到镇上了，交到县里")?;
    secretary.see("交上")?;
    open(secretary)?;
    secretary.see("已到县")?;
    let receipt = saved(secretary, "把县里的回执给他")?;

    helper.hand("收下文件", &receipt)?;
    helper.see("县里的回执收下了：1 条已到县")?;
    helper.see_no("已到乡镇")?;
    helper.picture("carry-at-county")?;
    // The same file once more: a sentence, and nothing twice.
    helper.hand("收下文件", &word)?;
    helper.see("这份文件比本机旧")?;
    Ok(())
}

fn open(window: &mut Window<'_>) -> Result<()> {
    window.tap("交换")?;
    window.at("exchange")?;
    window.tap("托人捎交")?;
    window.at("carry")
}

/// Taps, and reads where the file lies.
fn saved(window: &mut Window<'_>, button: &str) -> Result<PathBuf> {
    window.tap(button)?;
    window.see("已存到")?;
    let words = window.words()?;
    let after = words.split("已存到 ").nth(1).context("no path")?;
    let path = after.split(".lhx").next().map(|path| format!("{path}.lhx")).context("no path")?;
    ensure!(Path::new(&path).is_file(), "{path} is not there");
    Ok(path.into())
}
