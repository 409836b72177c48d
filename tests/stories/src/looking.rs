//! What is masked: a certificate is checked, a number dialled, and neither is ever on the screen; who gives a reason is shown
//! it, and only then. The number of the household is two taps from its card.

use crate::window::Window;
use anyhow::{Context, Result, ensure};

/// 核对证件 by its last six characters, looked at for a reason, called without being shown.
pub(crate) fn masked(helper: &mut Window<'_>, head: &str) -> Result<()> {
    open_head(helper, head)?;
    shows_no_number(helper, "the card")?;
    helper.tap("核对证件")?;
    helper.see("证件号码的后 6 位")?;
    check(helper, "000000", "不一致")?;
    helper.picture("certificate-different")?;
    shows_no_number(helper, "a wrong answer")?;
    helper.tap("关上")?;

    let number = reveal(helper)?;
    shows_no_number(helper, "the card after it was looked at")?;
    helper.tap("核对证件")?;
    check(helper, number.get(12..).context("a short number")?, "一致")?;
    helper.picture("certificate-same")?;
    shows_no_number(helper, "a right answer")?;
    helper.tap("关上")?;

    number_in_two_taps(helper, head)?;
    helper.tap("打电话")?;
    helper.see("这台设备不能拨号")?;
    helper.see("为什么要看？会留下一条痕迹。")?;
    shows_no_number(helper, "the call's sheet")?;
    helper.tap("复制号码")?;
    // Whether a window without anybody before it may use the clipboard is the system's affair; that it answers is ours.
    helper.wait_for("what became of it", "return /已复制|没有复制上/.test(plain(document.body.innerText))")?;
    helper.picture("dialled")?;
    shows_no_number(helper, "a call")?;
    helper.tap("关上")
}

/// The number of the household from its card, whole: one tap, and one for the reason. Closed, it is masked as before.
fn number_in_two_taps(helper: &mut Window<'_>, head: &str) -> Result<()> {
    helper.taps = 0;
    helper.tap(&format!("查看全部：{head}家的号码"))?;
    helper.see("为什么要看？会留下一条痕迹。")?;
    shows_no_number(helper, "the question why a number is wanted")?;
    helper.picture("number-why")?;
    helper.tap("核对身份")?;
    helper.see("已记下：谁、何时、为什么看的。")?;
    ensure!(helper.taps == 2, "the number took {} taps", helper.taps);
    helper.picture("number-shown")?;
    let shown = helper.ask("return plain(document.querySelector('.sheet .name.figure')?.innerText)")?;
    let number = shown.as_str().unwrap_or_default().to_owned();
    ensure!(number.len() == 11, "“{number}” is no telephone number");
    helper.escape()?;
    helper.see_no(&number)?;
    shows_no_number(helper, "the card after its number was looked at")
}

/// Without a reason nothing is shown; with one the number is, until the sheet is closed by Esc.
fn reveal(helper: &mut Window<'_>) -> Result<String> {
    helper.tap_beside("证件号码", "查看全部")?;
    helper.see("为什么要看？会留下一条痕迹。")?;
    shows_no_number(helper, "the question why")?;
    helper.picture("reveal-why")?;
    helper.tap("核对身份")?;
    helper.see("已记下：谁、何时、为什么看的。")?;
    helper.picture("reveal-shown")?;
    let shown = helper.ask("return plain(document.querySelector('.sheet .name.figure')?.innerText)")?;
    let number = shown.as_str().unwrap_or_default().to_owned();
    ensure!(number.len() == 18, "“{number}” is no certificate number");
    helper.escape()?;
    helper.see_no(&number)?;
    Ok(number)
}

fn check(helper: &mut Window<'_>, tail: &str, answer: &str) -> Result<()> {
    helper.fill("证件号码的后 6 位", tail)?;
    helper.tap("核对")?;
    let script =
        format!("return plain(document.querySelector('.sheet .name[role=status]')?.innerText).startsWith('{answer}')");
    helper.wait_for(answer, &script)
}

/// The head's line of the card, opened.
fn open_head(helper: &mut Window<'_>, head: &str) -> Result<()> {
    helper.open_card(head)?;
    helper.tap_beside(head, head)?;
    helper.see("证件号码")
}

/// Neither a certificate nor a telephone number stands anywhere on the page, seen or not.
pub(crate) fn shows_no_number(window: &Window<'_>, what: &str) -> Result<()> {
    let found = window.ask(
        "const page = document.documentElement.outerHTML.replace(/entry=\\w+|#\\/\\S+/g, '') + document.title;
         return page.match(/(?<![0-9a-f])([1-9][0-9]{16}[0-9X]|1[3-9][0-9]{9})(?![0-9a-f])/g) ?? []",
    )?;
    ensure!(found.as_array().is_some_and(Vec::is_empty), "{what} shows a number: {found}");
    Ok(())
}
