//! The journey: from a tap on a hillside to the county's report, over real HTTP to the real server.

use crate::real::{County, Device};
use lianhu_app::AppError;
use serde_json::{Value, json};

const DAY: &str = "2026-11-20";

#[test]
fn a_visit_saved_offline_reaches_the_county_report_once() {
    let mut county = County::new();
    let phone = county.person("卫春建", "helper", None, &["段志荣"]);
    let household = county.household("段志荣");
    county.goes_down();
    let root = phone.visits(&household, json!({"day": DAY, "note": "水管裂了"}));
    assert_eq!(phone.tries("exchange", json!({})), Err(AppError::Offline));
    assert_eq!(phone.does("status", json!({}))["standing"]["waiting"], 1);
    county.comes_up();
    assert_eq!(phone.exchanges()["handed_in"], 1);
    assert_eq!(phone.exchanges()["handed_in"], 0);
    let standing = phone.does("status", json!({}))["standing"].clone();
    assert_eq!((&standing["waiting"], &standing["at_county"]), (&json!(0), &json!(1)));
    let figure = county.figure("visits");
    assert_eq!(figure["value"], 1);
    let behind = county.admin.does("records_behind", json!({"figure": figure["key"]}));
    assert_eq!(behind["visits"].as_array().unwrap().len(), 1);
    assert_eq!((&behind["visits"][0]["root"], &behind["visits"][0]["by"]), (&json!(root), &json!("卫春建")));
}

#[test]
fn a_household_registered_on_the_hillside_arrives_placed_and_entrusted() {
    let county = County::new();
    let phone = county.person("卫春建", "helper", None, &["段志荣"]);
    let village = "南召县/皇后乡/北召店村";
    let persons = json!([{"name": "于亮超"}, {"name": "于小亮", "relation": "之子"}]);
    let card = phone.does("register_household", json!({"place": village, "facts": {}, "persons": persons}));
    let id = card["row"]["id"].as_str().unwrap();
    phone.visits(id, json!({"day": DAY}));
    phone.exchanges();
    phone.exchanges();
    assert_eq!(phone.heads(), ["于亮超", "段志荣"]);
    county.admin.exchanges();
    let card = county.admin.does("household", json!({"id": id}));
    assert_eq!((&card["row"]["village"], &card["row"]["persons"]), (&json!(village), &json!(2)));
    assert_eq!((&card["entrusted"][0]["name"], &card["entrusted"][0]["in_force"]), (&json!("卫春建"), &json!(true)));
    assert_eq!((county.counts("households"), county.counts("persons")), (7, 14));
    assert_eq!(county.counts("visits"), 1);
    // Entrusted for good: what is written later arrives without a doubt.
    phone.visits(id, json!({"day": DAY, "unchanged": true}));
    phone.exchanges();
    county.admin.exchanges();
    let visits = county.admin.does("visits", json!({"household": id}));
    assert!(visits.as_array().unwrap().iter().all(|visit| visit["to_verify"] == false), "{visits}");
    assert_eq!(county.counts("visits"), 2);
}

#[test]
fn a_corrected_visit_counts_once_and_a_struck_one_not_at_all() {
    let county = County::new();
    let phone = county.person("卫春建", "helper", None, &["段志荣", "武山江"]);
    let (first, second) = (county.household("段志荣"), county.household("武山江"));
    let kept = phone.visits(&first, json!({"day": DAY, "note": "记错了"}));
    let struck = phone.visits(&second, json!({"day": DAY}));
    phone.exchanges();
    assert_eq!((county.counts("visits"), county.counts("households_visited")), (2, 2));
    phone.does("amend_visit", json!({"visit": kept, "correct": {"day": "2026-11-19", "note": "改好了"}}));
    phone.does("strike_visit", json!({"visit": struck, "reason": "记错户"}));
    phone.exchanges();
    let figure = county.figure("visits");
    assert_eq!((&figure["value"], county.counts("households_visited")), (&json!(1), 1));
    let behind = county.admin.does("records_behind", json!({"figure": figure["key"]}));
    let visit = &behind["visits"][0];
    assert_eq!((&visit["root"], &visit["visit"]["note"]), (&json!(kept), &json!("改好了")));
    assert_eq!((&visit["visit"]["day"], &visit["versions"]), (&json!("2026-11-19"), &json!(1)));
    // Hidden, not gone: the history still tells of what was written first, and of what was struck.
    let told = |household: &str| -> Vec<String> {
        let history = county.admin.does("timeline", json!({"household": household}));
        let records = history.as_array().unwrap().iter().map(|row| row["what"].as_str().unwrap().to_owned());
        records.filter(|what| what == "visit" || what == "strike").collect()
    };
    assert_eq!(told(&first), ["visit", "visit"]);
    assert_eq!(told(&second), ["strike", "visit"]);
}

#[test]
fn a_need_raised_at_the_door_is_settled_at_the_county_and_the_phone_hears_of_it() {
    let county = County::new();
    let phone = county.person("卫春建", "helper", None, &["段志荣"]);
    let household = county.household("段志荣");
    let needs = json!([{"category": "饮水", "text": "水管裂了"}]);
    let guarantees = json!([{"what": "housing", "met": false}]);
    let visit = phone.visits(&household, json!({"day": DAY, "needs": needs, "guarantees": guarantees}));
    phone.exchanges();
    // What is not guaranteed is a need of itself.
    assert_eq!((county.counts("needs_raised"), county.counts("needs_open")), (2, 2));
    let settle = |position: u16| json!({"visit": visit, "position": position, "step": 3, "result": "换了新管"});
    county.admin.does("settle_need", settle(0));
    assert_eq!((county.counts("needs_raised"), county.counts("needs_open")), (2, 1));
    phone.exchanges();
    let open = phone.does("needs", json!({"household": household}));
    assert_eq!((open.as_array().unwrap().len(), &open[0]["category"]), (1, &json!("housing")));
    assert!(matches!(phone.tries("settle_need", settle(9)), Err(AppError::NotFound { .. })));
}

#[test]
fn a_first_secretary_sees_the_village_and_nobody_elses() {
    let county = County::new();
    let village = "南召县/皇后乡/北召店村";
    let secretary = county.person("赵永燕", "first_secretary", Some(village), &[]);
    assert_eq!(secretary.heads(), ["武山江", "段志荣", "邵健生"]);
    assert!(matches!(
        secretary.tries("visits", json!({"household": county.household("金丝雀")})),
        Err(AppError::NotFound { .. })
    ));
    let helper = county.person("卫春建", "helper", None, &["金丝雀", "段志荣"]);
    helper.visits(&county.household("金丝雀"), json!({"day": DAY}));
    helper.visits(&county.household("段志荣"), json!({"day": DAY}));
    helper.exchanges();
    secretary.exchanges();
    assert_eq!(secretary.heads(), ["武山江", "段志荣", "邵健生"]);
    let seen = secretary.does("visits", json!({}));
    assert_eq!((seen.as_array().unwrap().len(), &seen[0]["head"]), (1, &json!("段志荣")));
    // What the secretary writes counts like anybody's.
    secretary.visits(&county.household("武山江"), json!({"day": DAY}));
    secretary.exchanges();
    assert_eq!(county.counts("visits"), 3);
}

#[test]
fn what_is_taken_back_goes_to_the_successor_with_its_history_and_nothing_is_lost() {
    let mut county = County::new();
    let before = county.person("卫春建", "helper", None, &["段志荣", "武山江"]);
    let household = county.household("段志荣");
    before.visits(&household, json!({"day": "2026-11-18", "note": "第一次"}));
    before.exchanges();
    // Written on the hillside before anybody there could know.
    county.admin.does("take_back", json!({"household": household, "person": "卫春建", "reason": "调离"}));
    let after = county.person("赵永燕", "helper", None, &["段志荣"]);
    county.goes_down();
    before.visits(&household, json!({"day": "2026-11-19", "note": "第二次"}));
    county.comes_up();
    let notes = |device: &Device| -> Vec<Value> {
        device.exchanges();
        let visits = device.does("visits", json!({"household": household}));
        visits.as_array().unwrap().iter().map(|visit| visit["visit"]["note"].clone()).collect()
    };
    before.exchanges();
    before.exchanges();
    assert_eq!(before.heads(), ["武山江"], "what was handed in is let go");
    assert!(matches!(
        before.tries("record_visit", json!({"household": household, "visit": {"day": DAY}})),
        Err(AppError::NotFound { .. })
    ));
    assert_eq!(notes(&after), ["第二次", "第一次"]);
    assert_eq!(notes(&county.admin), ["第二次", "第一次"]);
    assert_eq!(county.counts("visits"), 2);
    after.visits(&household, json!({"day": DAY}));
    after.exchanges();
    assert_eq!(county.counts("visits"), 3);
}

#[test]
fn no_word_about_another_household_reaches_a_phone_not_even_in_a_frame() {
    let county = County::new();
    let near = county.person("卫春建", "helper", None, &["段志荣"]);
    let far = county.person("赵永燕", "helper", None, &["金丝雀"]);
    let canaries = ["金丝雀", "金丝雀儿", "13912345678", "灶台漏烟"];
    let household = county.household("金丝雀");
    far.does("update_household", json!({"household": household, "facts": {"phone": canaries[2]}}));
    far.visits(&household, json!({"day": DAY, "note": canaries[3]}));
    // The same words about the phone's own household do come: so the search can find them.
    let own = county.household("段志荣");
    far.exchanges();
    county.admin.does("update_household", json!({"household": own, "facts": {"phone": "13700007777"}}));
    county.admin.exchanges();
    let (done, mut frames) = near.exchanges_and_keeps_replies();
    assert!(done.fetched > 0);
    let fresh = county.person("冯国明", "helper", None, &[]);
    county.admin.does("entrust", json!({"household": own, "person": "冯国明"}));
    county.admin.exchanges();
    frames.extend(fresh.exchanges_and_keeps_replies().1);
    let holds = |bytes: &[u8], word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    for word in ["段志荣", "13700007777"] {
        assert!(frames.iter().any(|frame| holds(frame, word)), "{word} should have come");
    }
    for word in canaries {
        assert!(!frames.iter().any(|frame| holds(frame, word)), "{word} came over the line");
    }
    for phone in [&near, &fresh] {
        let held = phone.app.ledger().all_held().unwrap();
        assert!(held.iter().any(|entry| holds(&entry.bytes, "段志荣")));
        for word in canaries {
            assert!(!held.iter().any(|entry| holds(&entry.bytes, word)), "{word} lies on a phone");
            assert_eq!(phone.does("households", json!({"query": word}))["total"], 0);
        }
        assert_eq!(phone.heads(), ["段志荣"]);
    }
}
