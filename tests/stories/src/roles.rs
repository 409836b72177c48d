//! Roles and teams: a head of one building, a kind of role of the county's own, a role that comes and ends, a team whose
//! members hold what it holds until they leave.

use crate::county::County;
use crate::hands::{enrols, entrusts_to_team, hears, looks_up, opens_card, slip};
use crate::preparing::hand_in;
use crate::stage::Stage;
use crate::window::{Size, Window};
use anyhow::Result;

/// Who looks after the building, and who lives in it.
const HEAD_OF: &str = "覃小满";
pub(crate) const IN_BUILDING: &str = "段志荣";
const TEAM: &str = "驻天桥村工作队";

/// 楼长: the county writes the building down, places a household in it and gives it to somebody who then holds exactly that; the
/// first secretary of the home village keeps the household.
pub(crate) fn building_head<'s>(
    stage: &'s Stage,
    county: &County,
    admin: &mut Window<'_>,
    village: &mut Window<'_>,
) -> Result<Window<'s>> {
    admin.tap("地方")?;
    admin.at("places")?;
    admin.tap("添一个地方")?;
    admin.fill("叫什么", "1 栋")?;
    admin.tap("楼栋")?;
    admin.tap("在哪里面")?;
    admin.tap("河东社区")?;
    admin.tap("存下")?;
    admin.see("已添上1 栋")?;
    admin.see_no("叫什么")?;
    admin.picture("roles-building")?;
    opens_card(admin, IN_BUILDING)?;
    admin.tap("搬到别处")?;
    admin.tap("现在住别处")?;
    in_building(admin, "搬到哪里")?;
    admin.tap("就这样改")?;

    looks_up(admin, "人员", "")?;
    admin.tap("添一个人")?;
    admin.fill("姓名", HEAD_OF)?;
    admin.fill("单位", "河东社区居委会")?;
    admin.tap("楼长")?;
    in_building(admin, "管哪里")?;
    admin.see_no("上一级")?;
    admin.picture("roles-building-head")?;
    admin.tap("存下")?;
    admin.see(&format!("已添上{HEAD_OF}"))?;
    let slip = slip(admin, HEAD_OF)?;
    hand_in(admin)?;

    let mut block = enrols(stage, county, "block", Size::Phone, &slip)?;
    block.tap("户")?;
    block.at("households")?;
    block.see(IN_BUILDING)?;
    block.see("1 户")?;
    block.picture("roles-one-building")?;
    hand_in(village)?;
    opens_card(village, IN_BUILDING)?;
    Ok(block)
}

fn in_building(admin: &mut Window<'_>, field: &str) -> Result<()> {
    admin.tap(field)?;
    admin.tap("河东社区")?;
    admin.tap("1 栋")
}

/// The county adds a kind of role, gives it to the first secretary for one more village, and ends it again.
pub(crate) fn added_and_ended(admin: &mut Window<'_>, village: &mut Window<'_>) -> Result<()> {
    looks_up(admin, "人员", "韦青山")?;
    admin.tap("职责种类")?;
    admin.fill("本县另有的职责，叫什么", "护林员")?;
    admin.tap("看一个地方的全部户")?;
    admin.tap("加上这一种")?;
    admin.see("护林员")?;
    admin.picture("roles-kinds")?;
    admin.tap("关上")?;
    admin.tap("职责")?;
    admin.see("韦青山的职责")?;
    admin.tap("护林员")?;
    admin.tap("管哪里")?;
    admin.tap("天桥村")?;
    admin.tap("就是天桥村")?;
    admin.tap("给这个职责")?;
    admin.see("交换后生效")?;
    admin.picture("roles-given")?;
    admin.tap("关上")?;
    hand_in(admin)?;
    hears(village)?;
    village.see("天桥村新交来 16 户")?;
    village.picture("roles-second-village")?;
    village.tap("知道了")?;

    looks_up(admin, "人员", "韦青山")?;
    admin.tap("职责")?;
    admin.tap("结束护林员")?;
    admin.see("之前写的都算数")?;
    admin.tap("结束这个职责")?;
    admin.see("已结束，交换后生效")?;
    admin.picture("roles-ended")?;
    admin.tap("关上")?;
    hand_in(admin)?;
    hears(village)?;
    village.see("天桥村 16 户不再由您联系")?;
    village.tap("知道了")?;
    opens_card(village, IN_BUILDING)
}

/// A team is formed, given a village and a household; its members see them, and whoever leaves lets go.
pub(crate) fn team(admin: &mut Window<'_>, [stays, leaves]: [&mut Window<'_>; 2], who: &str) -> Result<()> {
    looks_up(admin, "队组", "")?;
    admin.see("还没有队组")?;
    admin.tap("组一个队")?;
    admin.fill("叫什么", TEAM)?;
    admin.tap("存下")?;
    for member in [who, HEAD_OF] {
        admin.fill("谁进队", member)?;
        admin.tap(member)?;
        admin.wait_for(member, &format!("return control('{member}离队') !== null"))?;
    }
    admin.picture("team-formed")?;
    admin.tap("交给它村或户")?;
    admin.at("entrust")?;
    admin.tap("整个村")?;
    admin.tap("哪个地方")?;
    admin.tap("天桥村")?;
    admin.tap("就是天桥村")?;
    admin.see("的每个队员将能看到并走访这里的 16 户")?;
    admin.see_no("上一级")?;
    admin.picture("team-village")?;
    admin.tap("交给队，1 处")?;
    admin.see("已把 1 处整个交给")?;
    entrusts_to_team(admin, "罗江旺")?;
    hand_in(admin)?;
    for member in [&mut *stays, &mut *leaves] {
        hears(member)?;
        // Whoever helps a household there already has one fewer to hear of.
        member.see("天桥村新交来 1")?;
        member.see("北召店村新交来 1 户")?;
        member.tap("知道了")?;
    }
    opens_card(stays, "龙发才")?;
    stays.see(TEAM)?;
    stays.picture("team-on-the-card")?;

    looks_up(admin, "队组", "没有的")?;
    admin.see("没有这个队组")?;
    looks_up(admin, "队组", TEAM)?;
    admin.see("管着：天桥村、1 户")?;
    admin.tap("队员")?;
    admin.tap(&format!("{HEAD_OF}离队"))?;
    admin.see("已离队，交换后生效")?;
    admin.picture("team-leaves")?;
    admin.tap("好了")?;
    hand_in(admin)?;
    hears(leaves)?;
    leaves.see("天桥村 16 户不再由您联系")?;
    leaves.picture("team-left")?;
    leaves.tap("知道了")?;
    leaves.tap("户")?;
    leaves.at("households")?;
    leaves.see(IN_BUILDING)?;
    leaves.see_no("罗江旺")
}
