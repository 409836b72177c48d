//! From hand to hand: a phone is lost and found, a second one is used beside it, a household goes to another village.

use crate::real::{County, Device};
use lianhu_app::AppError;
use serde_json::{Value, json};

const DAY: &str = "2026-11-20";

fn notes(device: &Device, household: &str) -> Vec<String> {
    let visits = device.does("visits", json!({"household": household}));
    let mut notes: Vec<_> =
        visits.as_array().unwrap().iter().map(|row| row["visit"]["note"].as_str().unwrap().to_owned()).collect();
    notes.sort();
    notes
}

fn another_phone(county: &County, name: &str, home: &str) -> Device {
    let slips = county.admin.does("enrolment_slips", json!({"person": name}));
    county.admin.exchanges();
    let phone = Device::new(&county.folder.path().join(home));
    phone.does("enrol", json!({"server": slips[0]["server"], "code": slips[0]["code"]}));
    phone.exchanges();
    phone
}

fn device_of<'a>(rows: &'a Value, name: &str, revoked: bool) -> &'a Value {
    let mut rows = rows.as_array().unwrap().iter();
    rows.find(|row| row["name"] == name && row["revoked"] == revoked).unwrap()
}

#[test]
fn a_lost_phone_costs_nothing_that_was_handed_over_and_what_it_still_held_comes_in_when_it_is_found() {
    let county = County::new();
    let lost = county.person("卫春建", "helper", None, &["段志荣"]);
    let household = county.household("段志荣");
    lost.visits(&household, json!({"day": DAY, "note": "交过的"}));
    lost.exchanges();
    lost.visits(&household, json!({"day": DAY, "note": "还在旧手机上"}));
    lost.does("update_household", json!({"household": household, "facts": {"phone": "13800000001"}}));
    // 19:00 shut out, 19:10 another phone.
    county.admin.exchanges();
    let rows = county.admin.does("devices", json!({}));
    let id = device_of(&rows, "卫春建", false)["device"].clone();
    county.admin.does("revoke_device", json!({"device": id, "reason": "丢失"}));
    county.admin.exchanges();
    let fresh = another_phone(&county, "卫春建", "新手机");
    assert_eq!(notes(&fresh, &household), ["交过的"]);
    let others = fresh.does("other_devices", json!({}));
    assert_eq!(
        (&others[0]["revoked"], &others[0]["handed_in"]),
        (&json!(true), &json!(1)),
        "the rest is on it: {others}"
    );
    fresh.visits(&household, json!({"day": DAY, "note": "新手机记的"}));
    fresh.exchanges();
    // The old one is found: it gets a signed answer, loses nothing, and is sent nothing more.
    assert_eq!(lost.exchanges()["revoked"], json!(true));
    assert_eq!(
        notes(&lost, &household),
        ["••"],
        "shut out, it shows no words; what stands aside is no visit that counts"
    );
    assert_eq!(lost.does("status", json!({}))["standing"]["lease_left"], json!(0));
    let refused = lost.tries("reveal", json!({"household": household, "key": "phone", "reason": "核对身份"}));
    assert!(matches!(refused, Err(AppError::ShutOut)), "however often it asks: {refused:?}");
    lost.visits(&household, json!({"day": DAY, "note": "写照样写"}));
    lost.does("written_lately", json!({}));
    assert_eq!(county.counts("visits"), 2);
    let rows = county.admin.does("devices", json!({}));
    assert_eq!(device_of(&rows, "卫春建", true)["aside"], json!(2), "the visit and the number");
    let aside = || {
        let told = county.admin.does("needs_attention", json!({}));
        told.as_array().unwrap().iter().find(|one| one["attention"] == "device_aside").cloned()
    };
    let told = aside().unwrap();
    assert_eq!((&told["entries"], &told["revoked"], &told["head"]), (&json!(2), &json!(true), &json!("卫春建")));
    assert!(!fresh.does("needs_attention", json!({})).to_string().contains("device_aside"), "only an office is told");
    // A helper does not let in; the office does, and then it counts, once.
    assert!(matches!(fresh.tries("let_in", json!({"device": id})), Err(AppError::NotAllowed)));
    county.admin.does("let_in", json!({"device": id, "reason": "手机找到了"}));
    assert_eq!(aside().unwrap()["waiting"], json!(true));
    county.admin.exchanges();
    fresh.exchanges();
    assert_eq!(notes(&fresh, &household), ["交过的", "新手机记的", "还在旧手机上"]);
    assert_eq!(county.counts("visits"), 3, "what was written after the letting in has not been handed in");
    let rows = county.admin.does("devices", json!({}));
    assert_eq!(device_of(&rows, "卫春建", true)["aside"], json!(0));
    assert_eq!(aside(), None);
    let traces = county.admin.does("audit", json!({"act": "let_in"}));
    assert!(traces.to_string().contains("手机找到了"), "{traces}");
}

#[test]
fn two_phones_of_one_person_show_the_same_and_count_each_visit_once() {
    let county = County::new();
    let first = county.person("卫春建", "helper", None, &["段志荣"]);
    let second = another_phone(&county, "卫春建", "第二台");
    let household = county.household("段志荣");
    first.visits(&household, json!({"day": DAY, "note": "一"}));
    second.visits(&household, json!({"day": DAY, "note": "二"}));
    for device in [&first, &second, &first] {
        device.exchanges();
    }
    assert_eq!(
        (notes(&first, &household), notes(&second, &household)),
        (vec!["一".into(), "二".into()], vec!["一".into(), "二".into()])
    );
    assert_eq!(county.counts("visits"), 2);
}

#[test]
fn a_household_that_moves_to_another_village_leaves_one_hand_and_comes_to_the_other() {
    let county = County::new();
    let town = "南召县/皇后乡";
    let losing = county.person("赵永燕", "first_secretary", Some(&format!("{town}/北召店村")), &[]);
    let gaining = county.person("冯国明", "first_secretary", Some(&format!("{town}/天桥村")), &[]);
    let household = county.household("段志荣");
    losing.visits(&household, json!({"day": DAY, "note": "搬走以前"}));
    let moves = json!({"household": household, "origin": format!("{town}/天桥村"), "present": ""});
    assert!(matches!(losing.tries("place_household", moves.clone()), Err(AppError::NotAllowed)));
    county.admin.does("place_household", moves);
    county.admin.exchanges();
    for device in [&losing, &losing, &gaining, &gaining] {
        device.exchanges();
    }
    assert_eq!(losing.heads(), ["武山江", "邵健生"]);
    assert!(gaining.heads().contains(&"段志荣".to_owned()));
    assert_eq!(notes(&gaining, &household), ["搬走以前"]);
    assert_eq!(county.counts("visits"), 1);
    let told = |device: &Device| device.does("tidings", json!({}));
    let (gone, come) = (told(&losing), told(&gaining));
    assert_eq!(
        (&gone[0]["what"], &gone[0]["households"], &gone[0]["place"]),
        (&json!("let_go"), &json!(1), &json!("北召店村"))
    );
    assert_eq!(
        (&come[0]["what"], &come[0]["households"], &come[0]["heads"]),
        (&json!("came"), &json!(1), &json!(["段志荣"]))
    );
    // What is forgotten is named by place and number only.
    assert!(!gone.to_string().contains("段志荣"));
    losing.does("read_tidings", json!({}));
    assert_eq!(told(&losing), json!([]));
}

#[test]
fn a_term_ends_with_a_page_for_each_household_which_the_successor_signs_and_the_giver_sees() {
    let county = County::new();
    let before = county.person("卫春建", "helper", None, &["段志荣", "武山江"]);
    let after = county.person("赵永燕", "helper", None, &[]);
    let all_along = county.person("冯国明", "first_secretary", Some("南召县/皇后乡/北召店村"), &[]);
    let household = county.household("段志荣");
    let promises = json!([{"text": "送助学表", "due": "2026-11-28"}]);
    before.visits(&household, json!({"day": DAY, "note": "问过收成", "promises": promises}));
    let long = "长".repeat(201);
    let refused = before.tries("write_handover", json!({"household": household, "advice": long}));
    assert!(matches!(refused, Err(AppError::Invalid { .. })), "{refused:?}");
    let advice = "老人耳背，说话大声些。孙子电话 13800138000";
    before.does("write_handover", json!({"household": household, "advice": advice}));
    let pages = before.does("handover_pages", json!({}));
    assert_eq!((&pages["total"], &pages["written"]), (&json!(2), &json!(1)));
    before.exchanges();
    // The county hands the households on.
    for head in ["段志荣", "武山江"] {
        let household = county.household(head);
        county.admin.does("entrust", json!({"household": household, "person": "赵永燕"}));
        county.admin.does("take_back", json!({"household": household, "person": "卫春建", "reason": "期满"}));
    }
    county.admin.exchanges();
    for device in [&before, &before, &after, &all_along] {
        device.exchanges();
    }
    assert!(before.heads().is_empty());
    let asked = all_along.does("handover_pages", json!({"to_take": true}));
    assert_eq!(asked["total"], json!(0), "who holds it by its village all along does not take it over: {asked}");
    let pages = after.does("handover_pages", json!({"to_take": true}));
    assert_eq!(pages["total"], json!(1), "{pages}");
    let page = &pages["pages"][0];
    assert_eq!(page["row"]["head"], json!("段志荣"));
    assert_eq!(page["promises"][0]["text"], json!("送助学表"));
    assert_eq!(page["visits"][0]["visit"]["note"], json!("问过收成"));
    let told = page["note"]["advice"].as_str().unwrap();
    assert!(told.starts_with("老人耳背") && !told.contains("13800138000"), "{told}");
    assert_eq!(after.does("take_over", json!({"households": [household]})), json!(1));
    assert_eq!(after.does("take_over", json!({"households": [household]})), json!(0), "once");
    after.exchanges();
    before.exchanges();
    let taken = before.does("taken_over", json!({}));
    assert_eq!((&taken[0]["by"], &taken[0]["households"]), (&json!("赵永燕"), &json!(1)), "{taken}");
    assert_eq!(after.does("handover_pages", json!({"to_take": true}))["total"], json!(0));
    let history = after.does("timeline", json!({"household": household}));
    assert!(history.to_string().contains("老人耳背"));
    // Nobody signs for a household they never held.
    let outside = county.person("周文", "helper", None, &[]);
    let refused = outside.tries("take_over", json!({"households": [household]}));
    assert!(matches!(refused, Err(AppError::NotFound { .. })), "{refused:?}");
}
