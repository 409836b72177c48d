//! 重复户: two phones write down the same household; what is alike is said at entry, the desk joins and parts them, and in the
//! end says that they are two.

use crate::preparing::hand_in;
use crate::reporting;
use crate::window::Window;
use anyhow::{Context, Result, ensure};

/// Whom both write down, and the number both are told.
pub(crate) const HEAD: &str = "欧阳守田";
const PHONE: &str = "13700001234";

/// Both phones have no signal and know nothing of each other; later each hands in.
pub(crate) fn registered_twice(phones: [&mut Window<'_>; 2], place: &str) -> Result<()> {
    for phone in phones {
        begin(phone, place)?;
        phone.see_no("村里已有相像的户")?;
        phone.tap("登记这户")?;
        phone.at("household")?;
        phone.see(&format!("{HEAD} 家"))?;
    }
    Ok(())
}

/// Whoever is about to write it down once more is told, and is kept from nothing.
pub(crate) fn alike_at_entry(phone: &mut Window<'_>, place: &str) -> Result<()> {
    begin(phone, place)?;
    phone.see("村里已有相像的户，是同一户吗？")?;
    phone.ask("document.querySelector('.card.look').scrollIntoView({ block: 'center' }); return 1")?;
    phone.picture("alike-at-entry")?;
    phone.tap(&format!("打开这户 {HEAD}"))?;
    phone.at("household")?;
    phone.see(&format!("{HEAD} 家"))
}

/// Side by side at the desk; joined, counted once; parted, counted twice, and both cards read as before.
pub(crate) fn joined_and_parted(office: &mut Window<'_>, before: u64) -> Result<()> {
    hand_in(office)?;
    ensure!(households(office)? == before + 2, "the report does not count 2 more");
    let cards = cards(office)?;
    ensure!(matches!(cards.as_slice(), [one, other] if one != other), "two cards are alike: {cards:?}");
    office.tap("重复户")?;
    office.at("duplicates")?;
    office.see("像是重复 1")?;
    office.see("户主")?;
    office.picture("duplicates-found")?;
    office.tap("对一对")?;
    office.at("compare")?;
    office.see("两户一样")?;
    office.picture("side-by-side")?;
    office.tap("合并为一户")?;
    office.see("为什么认定是同一户？")?;
    office.tap("同一户登记了两次")?;
    office.see(&format!("已合并到 {HEAD}"))?;
    office.see("没有像是重复的户")?;
    office.picture("joined")?;
    hand_in(office)?;
    ensure!(households(office)? == before + 1, "the report does not count 1 more");
    office.open_card(HEAD)?;
    office.see("由 2 户合并")?;
    office.tap("由 2 户合并")?;
    office.picture("joined-card")?;
    office.tap("重复户")?;
    office.at("duplicates")?;
    office.tap("已合并 1")?;
    office.tap("拆开")?;
    office.tap("看错了，不是同一户")?;
    office.see(&format!("已拆开：{HEAD}"))?;
    hand_in(office)?;
    ensure!(households(office)? == before + 2, "the report does not count 2 more");
    ensure!(self::cards(office)? == cards, "after parting the cards are not as before");
    Ok(())
}

/// It was two families after all: said once, listed no more.
pub(crate) fn told_apart(office: &mut Window<'_>) -> Result<()> {
    office.tap("重复户")?;
    office.at("duplicates")?;
    office.see("像是重复 1")?;
    office.tap("不是同一户")?;
    office.see("怎么知道不是同一户？")?;
    office.tap("村里核实的")?;
    office.see(&format!("记下了：{HEAD}和{HEAD}不是同一户"))?;
    office.see("没有像是重复的户")?;
    hand_in(office)
}

fn begin(phone: &mut Window<'_>, place: &str) -> Result<()> {
    phone.tap("户")?;
    phone.at("households")?;
    phone.tap("新登记")?;
    phone.at("register")?;
    phone.tap("住在哪里")?;
    phone.tap(place)?;
    phone.tap(&format!("就是{place}"))?;
    phone.fill("联系电话", PHONE)?;
    phone.fill("户主姓名", HEAD)
}

/// How many households the report counts.
pub(crate) fn households(office: &mut Window<'_>) -> Result<u64> {
    Ok(reporting::figures(office, ["户数", "走访次数"])?[0])
}

/// The words of every card of this head, one after the other.
fn cards(office: &mut Window<'_>) -> Result<Vec<String>> {
    office.find_household(HEAD)?;
    let rows = office.ask("return document.querySelectorAll('.households .rows a').length")?;
    let mut cards = Vec::new();
    for at in 0..rows.as_u64().context("the list cannot be read")? {
        let row = format!("document.querySelectorAll('.households .rows a')[{at}]");
        office.tap_found(HEAD, &row)?;
        office.wait_for(
            "the card of this row",
            &format!(
                "return Boolean(document.querySelector(`main[data-at=household] a[href='${{{row}.hash}}/timeline']`))"
            ),
        )?;
        let words = office.ask("return plain(document.querySelector('main[data-at=household]').innerText)")?;
        cards.push(words.as_str().unwrap_or_default().to_owned());
    }
    Ok(cards)
}
