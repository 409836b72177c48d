//! Facts of weight: a helper says them, until the township has confirmed them what was confirmed last counts, then they do.

use crate::preparing::hand_in;
use crate::window::Window;
use anyhow::{Result, ensure};

/// What a helper says: the fact, the value, and what the roster had.
const SAID: [(&str, &str); 3] = [("户类型", "一般农户"), ("监测对象类型", "边缘易致贫户"), ("风险是否消除", "否")];
/// What the roster says of the household, and what therefore counts until somebody confirms.
const WAS: &str = "脱贫户";

/// Said on the phone, confirmed at the township's desk, counted on the phone.
pub(crate) fn confirmed_at_the_desk(helper: &mut Window<'_>, town: &mut Window<'_>, head: &str) -> Result<()> {
    helper.open_card(head)?;
    helper.tap("更新")?;
    helper.at("facts")?;
    for (fact, value) in SAID {
        helper.pick(fact, value)?;
    }
    helper.picture("weight-said")?;
    helper.tap("存下 3 项")?;
    helper.at("household")?;
    let (counts, waits) = household_type(helper)?;
    ensure!(counts == WAS && waits == ["一般农户"], "{counts} counts and {waits:?} waits");
    helper.see("+1 待确认（确认前按上次确认的算）")?;
    helper.ask("document.querySelector('.fact.two').scrollIntoView({ block: 'center' }); return 1")?;
    helper.picture("weight-waits")?;
    ensure!(helper.ask("return control('确认这个') === null")? == true, "a helper may confirm what they said");
    hand_in(helper)?;

    hand_in(town)?;
    town.tap("要看的")?;
    town.at("attention")?;
    town.see("有 3 条说法等您确认")?;
    town.picture("attention-township")?;
    town.see("去确认")?;
    town.tap("两种说法")?;
    town.at("conflicts")?;
    town.tap("等您确认")?;
    town.see(WAS)?;
    town.picture("to-confirm")?;
    for left in (0..3).rev() {
        town.tap("确认这个")?;
        // Nobody confirms what they have not seen: of what is hidden the reason for looking is asked first.
        town.wait_for(
            "a sheet",
            "return reachable() !== document && /为什么要看|您凭什么确认/.test(plain(reachable().innerText))",
        )?;
        if town.ask("return plain(reachable().innerText).includes('为什么要看')")? == true {
            town.tap("核对身份")?;
        }
        town.see("您凭什么确认？")?;
        if left == 2 {
            town.picture("confirm-how")?;
        }
        town.tap("看了证件")?;
        town.wait_for("one fewer", &format!("return document.querySelectorAll('[data-fact]').length === {left}"))?;
    }
    town.see("没有等您确认的")?;
    town.picture("confirmed")?;
    hand_in(town)?;

    hand_in(helper)?;
    helper.open_card(head)?;
    let (counts, waits) = household_type(helper)?;
    ensure!(counts == "一般农户" && waits.is_empty(), "{counts} counts and {waits:?} waits");
    helper.see_no("待确认")
}

/// Which 户类型 counts on the card that stands, and which wait.
fn household_type(helper: &mut Window<'_>) -> Result<(String, Vec<String>)> {
    helper.tap("全部 ")?;
    helper.see("户类型")?;
    let told = helper.ask(
        "const fact = [...document.querySelectorAll('li.fact')].find((one) => plain(one.innerText).startsWith('户类型'));
         const said = [...fact.querySelectorAll('.said')];
         const value = (one) => plain(one.querySelector('.value').innerText);
         return [value(said.find((one) => one.querySelector('.counts'))), said.filter((one) => one.querySelector('.tag')).map(value)]",
    )?;
    Ok(serde_json::from_value(told)?)
}
