//! 托人捎交: a phone that finds no signal for long hands over a file, the first secretary takes it to town, and the county's
//! receipt comes back the same way.

use crate::people::{self, Slip};
use crate::stage::Stage;
use crate::visiting;
use crate::window::{Size, Window};
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
    helper.see("已到乡镇 1 件")?;
    helper.picture("carry-in-town")?;

    // The secretary may have nothing of their own to hand in: what is carried goes up all the same.
    secretary.tap("交换")?;
    secretary.at("exchange")?;
    secretary.tap("到镇上了，现在交换")?;
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

/// Somebody new, who never had a line: a letter of introduction, a slip, a file there and one back, and the households are there.
pub(crate) fn enrols_without_a_line(stage: &Stage, secretary: &mut Window<'_>, slip: &Slip) -> Result<()> {
    open(secretary)?;
    secretary.see("有人要登记，却没有信号")?;
    let letter = saved(secretary, "生成介绍信")?;
    secretary.picture("carry-letter")?;

    let mut phone = Window::open(stage, "no-line", Size::Phone)?;
    phone.at("first_run")?;
    phone.tap("用文件登记")?;
    phone.see("选好介绍信、填满登记码才能生成。")?;
    phone.picture("no-line-first")?;
    phone.fill("第 1 组", &slip.code)?;
    // Something else is chosen by mistake: a sentence, and nothing is asked.
    let other = stage.room("not-a-letter.lhx");
    std::fs::write(&other, b"PK\x03\x04 a workbook")?;
    phone.hand("选介绍信", &other)?;
    phone.tap("生成登记文件")?;
    phone.see("这不是介绍信")?;
    phone.hand("选介绍信", &letter)?;
    phone.see("已选：")?;
    let ask = saved(&mut phone, "生成登记文件")?;
    phone.see("请求登记，本机代号")?;
    phone.picture("no-line-asked")?;
    // The program ends, days go by: what was asked stands there still.
    phone.close()?;
    let mut phone = Window::open(stage, "no-line", Size::Phone)?;
    phone.at("first_run")?;
    phone.see("请求登记，本机代号")?;

    secretary.hand("收下文件", &ask)?;
    secretary.see("收下了登记文件：要登记的设备")?;
    secretary.picture("carry-asks")?;
    secretary.tap("交换")?;
    secretary.at("exchange")?;
    secretary.tap("到镇上了，现在交换")?;
    secretary.see("交上")?;
    open(secretary)?;
    let answer = saved(secretary, "把县里的回执给他 要登记的设备")?;

    // Its own question is no answer.
    phone.hand("打开县里的回件", &ask)?;
    phone.see("这份文件不是给本机的")?;
    phone.hand("打开县里的回件", &answer)?;
    people::choose_pin(&mut phone)?;
    phone.see("跳过")?;
    phone.tap("跳过")?;
    phone.tap("今日")?;
    phone.at("today")?;
    let heads = visiting::heads_due(&mut phone)?;
    phone.picture("no-line-today")?;
    visiting::nothing_changed(&mut phone, heads.first().context("no household came with the answer")?)?;
    phone.close()
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
