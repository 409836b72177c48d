//! The stories in their order: each goes on from where the one before it left the county.

use crate::county::County;
use crate::people::Slip;
use crate::stage::Stage;
use crate::tour::{self, Stop};
use crate::window::{Size, Window};
use crate::{
    carrying, deciding, granting, hands, inspecting, locking, mending, people, preparing, printing, reporting,
    trusting, visiting,
};
use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::time::Instant;

/// Plays all of them; `acts_only` leaves out the tour of every screen.
pub(crate) fn play(stage: &Stage, root: &Path, acts_only: bool) -> Result<()> {
    let begun = Instant::now();
    let tell = |what: &str| println!("[{:>3} s] {what}", begun.elapsed().as_secs());
    tell("县里：第一次打开，导入名单和结对花名册");
    let (mut county, code) = County::found(stage)?;
    let mut admin = preparing::first_run(stage, &county, &code)?;
    preparing::import(&mut admin, root)?;
    tell("县里：添第一书记，出纸条");
    preparing::add_first_secretary(&mut admin, "韦青山", "北召店村")?;
    let slips = preparing::slips(&mut admin)?;
    printing::slips(stage, &mut admin, &slips)?;
    let [one, two] = helpers(&slips)?;

    tell("帮扶干部：第一次打开");
    let mut first = visiting::first_run(stage, &county, "first", &one.code)?;
    let heads = visiting::heads(&first)?;
    ensure!(heads.len() >= 2, "{} households for {}", heads.len(), one.person);
    let (calm, shared) = (first_of(&heads, 0)?, first_of(&heads, 1)?);
    tell("县里：把一户也交给第二个人");
    preparing::entrust(&mut admin, &two.person, shared)?;
    let mut second = visiting::first_run(stage, &county, "second", &two.code)?;

    tell("山上：没有信号");
    county.stop()?;
    visiting::nothing_changed(&mut first, calm)?;
    first.close()?;
    tell("山上：每点一下就没电");
    visiting::dies_after_every_tap(stage, "first", shared)?;
    let mut first = people::reopen(stage, "first", Size::Phone)?;
    first.film()?;
    visiting::much_to_write(&mut first, shared)?;
    visiting::another_number(&mut second, shared, "13687654321")?;

    tell("乡镇：交到县里，两种说法，定一个");
    county.start()?;
    preparing::hand_in(&mut first)?;
    first.picture("exchange-done")?;
    first.cut("visit")?;
    preparing::hand_in(&mut second)?;
    preparing::hand_in(&mut first)?;
    deciding::choose(&mut first, shared, &two.person)?;

    tell("县里：报表，点开一个数，导出");
    reporting::report(&mut admin, [calm, shared])?;
    reporting::against_a_table(stage, &mut admin)?;
    reporting::export(&mut admin)?;

    tell("写错了的、没写完的：撤回、更正、移到别户、作废，接着写");
    first = mending::mends(stage, "first", first, [calm, shared])?;

    tell("第一书记：看本村");
    let secretary = slips.iter().find(|slip| slip.person == "韦青山").context("no slip for the first secretary")?;
    let mut village = people::enrol(stage, &county, "village", Size::Phone, &secretary.code)?;
    village.see("跳过")?;
    village.tap("跳过")?;

    tell("一直没有信号：托第一书记捎到县里，回执捎回来");
    carrying::there_and_back(&mut second, &mut village)?;
    tell("从来没有信号：介绍信、登记文件、县里的回件");
    let mut third =
        slips.iter().filter(|slip| ![one.person.as_str(), &two.person, "韦青山"].contains(&slip.person.as_str()));
    carrying::enrols_without_a_line(stage, &mut village, third.next_back().context("no third slip")?)?;

    tell("锁上，输错，打开，没人碰就锁");
    locking::locks(&mut first, shared)?;
    locking::locks_by_itself(&mut first, shared)?;
    locking::another_pin(&mut second)?;
    tell("忘了密码，打电话给县里");
    first.tap("今日")?;
    visiting::another_number(&mut first, shared, "13712345670")?;
    locking::forgotten(&mut first, &mut admin, shared)?;
    tell("两个人一台手机");
    locking::shared(&mut first, shared)?;

    if acts_only {
        return Ok(());
    }
    tell("交接包存成 PDF");
    printing::handover(stage, &mut first)?;
    tell("县里：第二位县级管理员同意，导出未打码的名单，每一页写明");
    let mut other = granting::second_administrator(stage, &county, &mut admin)?;
    granting::unmasked(&mut admin, &mut other)?;
    other.close()?;
    tell("遮着的、要确认的、重复的、依法删除的，和留下的痕迹");
    trusting::play(stage, &county, [&mut admin, &mut first, &mut second], [&one.person, &two.person], shared)?;
    tell("督查：开一次，浏览器里看、抽、打开一户，联系的人知道");
    inspecting::inspects(stage, &mut admin, &mut first, shared)?;

    tell("换人、换职责、组队、换手机");
    let windows = [&mut admin, &mut first, &mut second, &mut village];
    hands::play(stage, &county, windows, [&one.person, &two.person])?;

    tell("每一屏，两种大小、两种语言、两种字号");
    let household = household(&mut first, shared)?;
    let looked = tour::walk(&mut first, "helper", &helper_stops(&household), root)?
        + tour::walk_locked(&mut first, "helper")?
        + tour::walk(&mut village, "secretary", &secretary_stops(), root)?
        + tour::walk(&mut admin, "county", &county_stops(), root)?;
    tell(&format!("看过 {looked} 屏，没有毛病"));
    second.close()?;
    first.close()?;
    village.close()?;
    admin.close()
}

/// Two people with a slip whose names nobody else has.
pub(crate) fn helpers(slips: &[Slip]) -> Result<[&Slip; 2]> {
    let alone = |slip: &&Slip| slips.iter().filter(|other| other.person == slip.person).count() == 1;
    let mut found = slips.iter().filter(|slip| slip.person != "韦青山").filter(alone);
    Ok([found.next().context("no helper")?, found.next().context("one helper only")?])
}

fn first_of(heads: &[String], at: usize) -> Result<&str> {
    Ok(heads.get(at).context("too few households")?.as_str())
}

/// The address of the household whose card the helper opens.
fn household(helper: &mut Window<'_>, head: &str) -> Result<String> {
    people::awake(helper)?;
    helper.tap("户")?;
    helper.at("households")?;
    helper.tap(head)?;
    helper.at("household")?;
    Ok(helper.ask("return location.hash.replace('#/', '')")?.as_str().unwrap_or_default().to_owned())
}

fn helper_stops(household: &str) -> Vec<Stop> {
    vec![
        Stop::new("today", "today"),
        Stop::new("households", "households"),
        Stop::new("household", household),
        Stop::new("visit", format!("{household}/visit")),
        Stop::new("facts", format!("{household}/facts")),
        Stop::new("timeline", format!("{household}/timeline")),
        Stop::new("register", "register"),
        Stop::new("exchange", "exchange"),
        Stop::new("carry", "carry"),
        Stop::new("attention", "attention"),
        Stop::new("more", "more"),
        Stop::new("pin", "pin"),
    ]
}

fn secretary_stops() -> Vec<Stop> {
    vec![
        Stop::new("village", "village"),
        Stop::new("conflicts", "conflicts"),
        Stop::new("duplicates", "duplicates"),
        Stop::new("today", "today"),
    ]
}

pub(crate) fn county_stops() -> Vec<Stop> {
    [
        "report",
        "import",
        "people",
        "entrust",
        "slips",
        "places",
        "conflicts",
        "duplicates",
        "attention",
        "households",
        "inspections",
        "audit",
        "erase",
        "exports",
        "more",
    ]
    .map(|name| Stop::new(name, name))
    .to_vec()
}
