//! Households go from hand to hand: at the end of a term with a page for each, on a day when the one who had them was out of
//! signal, and because a family moves to another village.

use crate::hands::{entrusts, hears, opens_card, takes_back, today};
use crate::preparing::hand_in;
use crate::visiting;
use crate::window::Window;
use anyhow::Result;

/// The households of the village that change hands.
const TERM: [&str; 2] = ["蒙刚贵", "范光财"];
const MEANWHILE: &str = "戴富";
const MOVES: &str = "高江光";

/// 交接包: the giver writes a word, the county hands the households on, the receiver reads and signs, the giver sees it.
pub(crate) fn term(admin: &mut Window<'_>, [gives, gets]: [&mut Window<'_>; 2], names: [&str; 2]) -> Result<()> {
    entrusts(admin, names[0], &[TERM[0], TERM[1], MEANWHILE])?;
    hand_in(admin)?;
    hears(gives)?;
    gives.see("北召店村新交来 3 户")?;
    gives.picture("hands-came")?;
    gives.tap("知道了")?;
    gives.see_no("新交来")?;

    gives.tap("更多")?;
    gives.tap("交接包")?;
    gives.at("handover")?;
    gives.see("已写 0 户")?;
    gives.fill(&format!("给接手{}家的人一句话", TERM[0]), "老人耳背，说话大声些；孙子周末在家")?;
    gives.picture("hands-advice")?;
    gives.tap(&format!("存下给{}家的话", TERM[0]))?;
    gives.see("已写 1 户")?;
    gives.tap(&format!("{}家不用嘱咐，直接交", TERM[1]))?;
    gives.see("已写 2 户")?;
    hand_in(gives)?;

    entrusts(admin, names[1], &TERM)?;
    takes_back(admin, names[0], &TERM)?;
    admin.picture("hands-reassigned")?;
    hand_in(admin)?;

    hears(gets)?;
    gets.see("北召店村新交来 2 户")?;
    gets.picture("hands-to-take")?;
    gets.tap("看交接包，签收 2 户")?;
    gets.at("handover")?;
    gets.see(&format!("{}：老人耳背", names[0]))?;
    gets.picture("hands-pages")?;
    gets.tap("都看过了，签收这 2 户")?;
    gets.see("没有要签收的")?;
    gets.see("已签收 2 户")?;
    gets.picture("hands-signed")?;
    hears(gets)?;
    gets.tap("知道了")?;

    hears(gives)?;
    gives.see("北召店村 2 户不再由您联系")?;
    gives.picture("hands-let-go")?;
    gives.tap("知道了")?;
    gives.tap("更多")?;
    gives.tap("交接包")?;
    gives.see("签收了 2 户")?;
    let words = gives.words()?;
    anyhow::ensure!(words.contains(names[1]), "who signed cannot be read");
    gives.picture("hands-taken-over").map(drop)
}

/// The county takes a household back while its helper is out of signal and writes a visit: it counts, the successor sees it,
/// and the phone lets go of the household and says so.
pub(crate) fn taken_back_meanwhile(
    admin: &mut Window<'_>,
    [gives, gets]: [&mut Window<'_>; 2],
    names: [&str; 2],
) -> Result<()> {
    today(gives)?;
    visiting::nothing_changed(gives, MEANWHILE)?;
    takes_back(admin, names[0], &[MEANWHILE])?;
    entrusts(admin, names[1], &[MEANWHILE])?;
    hand_in(admin)?;

    hears(gives)?;
    gives.see("北召店村 1 户不再由您联系：记过的都交清了")?;
    gives.picture("hands-let-go-meanwhile")?;
    gives.tap("知道了")?;
    gives.tap("户")?;
    gives.at("households")?;
    gives.see_no(MEANWHILE)?;

    hears(gets)?;
    gets.see("北召店村新交来 1 户")?;
    gets.tap("知道了")?;
    opens_card(gets, MEANWHILE)?;
    gets.see(names[0])?;
    gets.see("无变化")?;
    gets.picture("hands-credited").map(drop)
}

/// A family moves to another village: who holds it by the old village lets go, who holds it by the new one gets it.
pub(crate) fn moved(admin: &mut Window<'_>, [loses, gains]: [&mut Window<'_>; 2]) -> Result<()> {
    opens_card(admin, MOVES)?;
    admin.tap("搬到别处")?;
    admin.tap("搬到哪里")?;
    admin.tap("天桥村")?;
    admin.tap("就是天桥村")?;
    admin.see_no("上一级")?;
    admin.picture("hands-moves")?;
    admin.tap("就这样改")?;
    admin.see(&format!("{MOVES}家的所在地已改，交换后生效"))?;
    hand_in(admin)?;

    hears(loses)?;
    loses.see("北召店村 1 户不再由您联系")?;
    loses.picture("hands-moved-away")?;
    loses.tap("知道了")?;
    hears(gains)?;
    gains.see("天桥村新交来 1 户")?;
    gains.see(MOVES)?;
    gains.picture("hands-moved-here")?;
    gains.tap("知道了")
}
