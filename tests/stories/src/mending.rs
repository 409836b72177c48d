//! What was written wrongly, or half: taken back at once, corrected, moved to the right household, struck; a promise kept, a need
//! settled; and forms that a dead battery interrupts.

use crate::people;
use crate::stage::Stage;
use crate::window::{Size, Window};
use anyhow::{Result, ensure};
use serde_json::json;

/// A need and a promise of a visit of their own.
const PROMISE: &str = "送种子";

/// All of it, in the hands of one helper with two households.
pub(crate) fn mends<'s>(stage: &'s Stage, home: &str, mut helper: Window<'s>, heads: [&str; 2]) -> Result<Window<'s>> {
    let [head, other] = heads;
    taken_back_at_once(&mut helper, head)?;
    let mut helper = taken_back_later(stage, home, helper, head)?;
    settled(&mut helper, head)?;
    let mut helper = corrected(stage, home, helper, head)?;
    moved(&mut helper, head, other)?;
    struck(&mut helper, other)?;
    let mut helper = a_change_is_kept(stage, home, helper, head)?;
    practised(&mut helper)?;
    Ok(helper)
}

fn open_card(helper: &mut Window<'_>, head: &str) -> Result<()> {
    helper.tap("户")?;
    helper.at("households")?;
    helper.tap(head)?;
    helper.at("household")
}

fn saved(helper: &mut Window<'_>, head: &str) -> Result<()> {
    helper.tap("存下")?;
    helper.see(&format!("{head} 家，已记在本机"))
}

/// Within ten seconds one tap takes a visit back.
fn taken_back_at_once(helper: &mut Window<'_>, head: &str) -> Result<()> {
    open_card(helper, head)?;
    helper.tap("走访")?;
    helper.at("visit")?;
    helper.tap("邻居")?;
    helper.fill("说几句", "点错了的")?;
    saved(helper, head)?;
    helper.picture("undo")?;
    helper.tap("撤回")?;
    helper.see(&format!("{head} 家：已撤回"))?;
    helper.see_no("点错了的")
}

/// A day later is too late, a dead battery is not: from 今日 with the number that was said, and a fact from the history.
fn taken_back_later<'s>(stage: &'s Stage, home: &str, mut helper: Window<'s>, head: &str) -> Result<Window<'s>> {
    open_card(&mut helper, head)?;
    let known = helper.ask("return plain(document.querySelector('.row .figure')?.innerText)")?;
    helper.tap("走访")?;
    helper.at("visit")?;
    helper.tap("家人")?;
    helper.see("哪位家人")?;
    helper.tap_found("the first of the family", "document.querySelector('[aria-label^=\"哪位家人\"] .chip')")?;
    helper.picture("visit-which")?;
    helper.fill("电话换了吗", "13912340000")?;
    saved(&mut helper, head)?;
    helper.see("139****0000")?;
    helper.kill()?;
    let mut helper = people::reopen(stage, home, Size::Phone)?;
    helper.see("刚才记下的")?;
    helper.picture("undo-today")?;
    helper.tap(&format!("撤回：{head}"))?;
    helper.see("别人写的不动")?;
    helper.picture("undo-ask")?;
    helper.tap("撤回这件事")?;
    helper.see(&format!("{head} 家：已撤回"))?;
    open_card(&mut helper, head)?;
    helper.see_no("139****0000")?;
    helper.see(known.as_str().unwrap_or_default())?;

    helper.tap("更新")?;
    helper.at("facts")?;
    helper.fill("说什么话", "苗语")?;
    helper.tap("存下 1 项")?;
    helper.see("已存下 1 项")?;
    helper.tap("全部经过")?;
    helper.at("timeline")?;
    helper.see("苗语")?;
    helper.picture("undo-history")?;
    helper.tap(&format!("撤回：{head} 改了情况"))?;
    helper.tap("撤回这件事")?;
    helper.see(&format!("{head} 家：已撤回"))?;
    helper.see("说什么话 （空）")?;
    Ok(helper)
}

/// A promise is kept and can be taken back; a need is settled for good, so it is asked about.
fn settled(helper: &mut Window<'_>, head: &str) -> Result<()> {
    open_card(helper, head)?;
    helper.tap("走访")?;
    helper.at("visit")?;
    helper.tap("家人")?;
    helper.tap("上学")?;
    helper.fill("答应了什么", PROMISE)?;
    saved(helper, head)?;
    helper.see(PROMISE)?;
    helper.tap("办到了")?;
    helper.see(&format!("已存下，办到了：{PROMISE}"))?;
    helper.tap("撤回")?;
    helper.see(&format!("{head} 家：已撤回"))?;
    helper.see("办到了")?;
    helper.tap("办结")?;
    helper.see("不能退回")?;
    helper.picture("settle")?;
    helper.fill("怎么办的", "已入学")?;
    helper.tap("办结这件诉求")?;
    helper.see("已存下，办结")
}

/// The visit of the card on which these words stand.
fn tap_visit(helper: &mut Window<'_>, words: &str) -> Result<()> {
    let found = format!(
        "[...document.querySelectorAll('main button.line')].find((one) => plain(one.innerText).includes({}))",
        json!(words)
    );
    helper.tap_found(words, &found)
}

/// A correction that a dead battery interrupts is there again, and is saved as the visit it corrects.
fn corrected<'s>(stage: &'s Stage, home: &str, mut helper: Window<'s>, head: &str) -> Result<Window<'s>> {
    open_card(&mut helper, head)?;
    tap_visit(&mut helper, PROMISE)?;
    helper.tap("更正这次走访")?;
    helper.at("visit")?;
    helper.wait_for("what was written", "return control('答应的第 1 件事', true)?.value.length > 0")?;
    helper.fill("说几句", "还要一袋化肥")?;
    helper.see("已存草稿")?;
    helper.kill()?;
    let mut helper = people::reopen(stage, home, Size::Phone)?;
    open_card(&mut helper, head)?;
    helper.see("有一次更正没存下")?;
    helper.tap("接着写")?;
    helper.at("visit")?;
    helper.wait_for("what was typed", "return control('说几句', true)?.value === '还要一袋化肥'")?;
    helper.picture("amend-draft")?;
    helper.tap("存下")?;
    helper.see("已更正")?;
    open_card(&mut helper, head)?;
    helper.see("还要一袋化肥")?;
    helper.see_no("有一次更正没存下")?;
    Ok(helper)
}

/// 记错户了: the visit stands at the other household, and the history of both says so. Moved by mistake it goes back whole.
fn moved(helper: &mut Window<'_>, head: &str, other: &str) -> Result<()> {
    moves(helper, head, other)?;
    helper.picture("moved")?;
    helper.tap("撤回")?;
    helper.see(&format!("{head} 家：已撤回"))?;
    open_card(helper, other)?;
    helper.see_no("还要一袋化肥")?;
    helper.tap("全部经过")?;
    helper.at("timeline")?;
    helper.see(&format!("移错了，移回 {head} 家"))?;
    helper.picture("moved-back")?;
    moves(helper, head, other)?;
    open_card(helper, other)?;
    helper.see("还要一袋化肥")
}

fn moves(helper: &mut Window<'_>, head: &str, other: &str) -> Result<()> {
    open_card(helper, head)?;
    tap_visit(helper, "还要一袋化肥")?;
    helper.tap("记错户了，移到别户")?;
    helper.see("应当记在哪一户")?;
    helper.picture("move")?;
    let found = format!(
        "[...document.querySelectorAll('.van-popup button.line')].find((one) => plain(one.innerText).includes({}))",
        json!(other)
    );
    helper.tap_found(other, &found)?;
    helper.see(&format!("已移到 {other} 家"))
}

fn struck(helper: &mut Window<'_>, head: &str) -> Result<()> {
    open_card(helper, head)?;
    tap_visit(helper, "还要一袋化肥")?;
    helper.tap("作废这次走访")?;
    helper.tap("内容写错了")?;
    helper.see("已作废")?;
    helper.see_no("还要一袋化肥")?;
    helper.tap("全部经过")?;
    helper.at("timeline")?;
    helper.see("内容写错了")?;
    helper.picture("struck")?;
    helper.tap("今日")?;
    helper.at("today")
}

/// A changed fact, and a household half registered, outlive the battery.
fn a_change_is_kept<'s>(stage: &'s Stage, home: &str, mut helper: Window<'s>, head: &str) -> Result<Window<'s>> {
    open_card(&mut helper, head)?;
    helper.tap("更新")?;
    helper.at("facts")?;
    helper.fill("住址", "河湾大杨树旁")?;
    helper.see("已存草稿")?;
    helper.kill()?;
    let mut helper = people::reopen(stage, home, Size::Phone)?;
    helper.see("没写完的")?;
    open_card(&mut helper, head)?;
    helper.see("有改了的情况没存下")?;
    helper.tap("接着写")?;
    helper.at("facts")?;
    ensure!(helper.value("住址")? == "河湾大杨树旁", "the change is lost");
    helper.tap("存下 1 项")?;
    helper.see("已存下 1 项")?;
    helper.tap("户")?;
    helper.tap("新登记")?;
    helper.at("register")?;
    helper.fill("户主姓名", "覃小满")?;
    helper.see("已存草稿")?;
    helper.kill()?;
    let mut helper = people::reopen(stage, home, Size::Phone)?;
    helper.tap("户")?;
    helper.tap("新登记")?;
    helper.wait_for("what was typed", "return control('户主姓名', true)?.value === '覃小满'")?;
    helper.picture("register-draft")?;
    helper.tap("不登记了")?;
    helper.at("households")?;
    Ok(helper)
}

/// Three households that are invented: a visit there goes nowhere.
fn practised(helper: &mut Window<'_>) -> Result<()> {
    helper.tap("更多")?;
    helper.at("more")?;
    helper.tap("先练一练")?;
    helper.see("编的户，不交、不算")?;
    helper.tap("今日")?;
    helper.at("today")?;
    helper.picture("practice")?;
    helper.tap("更多")?;
    helper.at("more")?;
    helper.tap("结束练习")?;
    helper.see_no("编的户，不交、不算")?;
    helper.tap("今日")?;
    helper.at("today")
}
