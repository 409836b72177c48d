//! Clocks that are years off: what was written by one reaches everybody whom it concerns, as if the clock had been right.

use lianhu_core::day::Day;
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::record::NeedStep;
use lianhu_core::visit::{Need, Visit};
use lianhu_tests::{Phone, Village};

const YEAR: i64 = 365 * 86_400;

/// What a phone shows of a household, table by table.
fn shows(phone: &Phone) -> Vec<Vec<String>> {
    let dump = phone.ledger().dump_rebuilt().unwrap();
    ["household", "visit", "need"].map(|table| dump[table].clone()).to_vec()
}

fn a_visit(day: &str, need: &str) -> Visit {
    let needs = vec![Need { category: "饮水".into(), text: need.into() }];
    Visit { day: Day::parse(day).unwrap(), needs, ..Visit::default() }
}

#[test]
fn a_household_registered_by_a_clock_years_behind_is_placed_on_every_phone_that_is_entrusted_with_it() {
    let mut village = Village::new(7);
    let place = village.place("北召店村", "village", None);
    let near = village.household("段志荣", place);
    let (first, second) = (village.person("卫春建"), village.person("赵永燕"));
    village.entrusts(near, first);
    let mut line = village.line();
    let mut phone = village.phone("卫春建");
    phone.exchanges(&mut line).unwrap();
    phone.clock().is_off_by(-3 * YEAR);
    let (household, _) = phone.registers(place, "新户");
    phone.exchanges(&mut line).unwrap();
    village.entrusts(near, second);
    village.entrusts(household, second);
    let mut other = village.phone("赵永燕");
    other.exchanges(&mut line).unwrap();
    assert_eq!(shows(&other), shows(&phone));
}

#[test]
fn a_strike_or_a_step_by_a_clock_years_behind_reaches_whoever_is_entrusted_later() {
    let mut village = Village::new(8);
    let place = village.place("北召店村", "village", None);
    let household = village.household("段志荣", place);
    let (first, second) = (village.person("卫春建"), village.person("赵永燕"));
    village.entrusts(household, first);
    let mut line = village.line();
    let mut phone = village.phone("卫春建");
    phone.exchanges(&mut line).unwrap();
    let wrong = phone.writes_visit(household, &a_visit("2026-09-01", "记错户")).unwrap();
    let visit = phone.writes_visit(household, &a_visit("2026-09-02", "水管裂了")).unwrap();
    phone.clock().is_off_by(-9 * YEAR);
    phone.strikes(household, wrong).unwrap();
    let step = NeedStep { visit, index: 0, step: 2, day: Day::parse("2026-09-03").unwrap(), result: None };
    let about = About::Household(household);
    phone.ledger_mut().write(|w| w.record(about, kind::NEED_STEP, Source::Office, &step)).unwrap();
    phone.exchanges(&mut line).unwrap();
    village.entrusts(household, second);
    let mut other = village.phone("赵永燕");
    other.exchanges(&mut line).unwrap();
    assert_eq!(shows(&other), shows(&phone));
}

#[test]
fn an_old_visit_whose_need_is_still_open_comes_along_with_its_corrections() {
    let mut village = Village::new(9);
    let place = village.place("北召店村", "village", None);
    let household = village.household("段志荣", place);
    let (first, second) = (village.person("卫春建"), village.person("赵永燕"));
    village.entrusts(household, first);
    let mut line = village.line();
    let mut phone = village.phone("卫春建");
    phone.exchanges(&mut line).unwrap();
    let visit = phone.writes_visit(household, &a_visit("2025-06-01", "水管裂了")).unwrap();
    let amended = Visit { amends: vec![visit], ..a_visit("2025-06-01", "水泵坏了") };
    let amended = phone.writes_visit(household, &amended).unwrap();
    let again = Visit { amends: vec![amended], ..a_visit("2025-06-01", "水泵和水管都坏了") };
    phone.writes_visit(household, &again).unwrap();
    phone.exchanges(&mut line).unwrap();
    village.entrusts(household, second);
    let mut other = village.phone("赵永燕");
    other.exchanges(&mut line).unwrap();
    assert_eq!(shows(&other), shows(&phone));
}
