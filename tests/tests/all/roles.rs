//! Roles are rows and reach as far as their place, in either tree; they end; teams hold what is entrusted to them.

use crate::real::{County, Device, VILLAGES};
use lianhu_app::AppError;
use lianhu_core::directive::Placement;
use lianhu_core::entry::{About, Source, kind};
use lianhu_tests::Village;
use serde_json::{Value, json};

const A: &str = "南召县/皇后乡/北召店村";
const B: &str = "南召县/皇后乡/天桥村";
const DAY: &str = "2026-11-20";

fn sorted(mut heads: Vec<&str>) -> Vec<String> {
    heads.sort_unstable();
    heads.into_iter().map(str::to_owned).collect()
}

fn of_village(at: usize) -> Vec<String> {
    sorted(VILLAGES[at].1.to_vec())
}

#[test]
fn a_building_head_holds_exactly_that_building_and_the_home_villages_secretary_keeps_them() {
    let mut village = Village::new(1);
    let town = village.place("皇后乡", "town", None);
    let home = village.place("北召店村", "village", Some(town));
    let site = village.place("玉兰安置点", "site", Some(town));
    let [one, two] = ["1栋", "2栋"].map(|name| village.place(name, "building", Some(site)));
    let unit = village.place("1单元", "unit", Some(one));
    let houses = [("段志荣", Some(unit)), ("武山江", Some(two)), ("邵健生", None), ("史勇江", Some(one))];
    let houses = houses.map(|(head, present)| {
        let household = village.household(head, home);
        let body = Placement { origin: home, present };
        village.county.directs(|w| w.record(About::Household(household), kind::PLACEMENT, Source::Table, &body));
        household
    });
    for (name, role, place) in
        [("楼长", "building_head", one), ("片长", "area_head", site), ("书记", "first_secretary", home)]
    {
        village.person_with(name, role, Some(place));
    }
    let mut line = village.line();
    let mut held = |name: &str| {
        let mut phone = village.phone(name);
        phone.exchanges(&mut line).unwrap();
        let mut rows = phone.ledger().household_rows().unwrap();
        rows.sort_unstable();
        rows
    };
    let sorted = |mut rows: Vec<_>| {
        rows.sort_unstable();
        rows
    };
    assert_eq!(held("楼长"), sorted(vec![houses[0], houses[3]]));
    assert_eq!(held("片长"), sorted(vec![houses[0], houses[1], houses[3]]));
    assert_eq!(held("书记"), sorted(houses.to_vec()));
}

#[test]
fn a_secretary_who_goes_to_another_village_writes_on_until_the_news_arrives_and_then_holds_the_new_one() {
    let mut county = County::new();
    let secretary = county.person("赵永燕", "first_secretary", Some(A), &[]);
    let successor = county.person("冯国明", "first_secretary", Some(A), &[]);
    let before = county.household("段志荣");
    county.goes_down();
    secretary.visits(&before, json!({"day": DAY, "note": "还不知道已经调走"}));
    county.comes_up();
    let roles = county
        .admin
        .does("end_role", json!({"person": "赵永燕", "role": "first_secretary", "place": A, "reason": "轮换"}));
    assert_eq!(roles.as_array().unwrap().len(), 1, "an end that is not numbered yet ends nothing");
    assert_eq!((&roles[0]["ending"], &roles[0]["waiting"]), (&json!(true), &json!(false)), "and says that it waits");
    let roles = county.admin.does("give_role", json!({"person": "赵永燕", "role": "first_secretary", "place": B}));
    assert_eq!(roles.as_array().unwrap().iter().filter(|role| role["waiting"] == json!(true)).count(), 1);
    county.admin.exchanges();
    let roles = county.admin.does("roles_of", json!({"person": "赵永燕"}));
    assert_eq!((roles.as_array().unwrap().len(), &roles[0]["place_path"]), (1, &json!(B)));
    secretary.exchanges();
    secretary.exchanges();
    assert_eq!(secretary.heads(), of_village(1), "what is handed in is let go, the new village has come");
    assert_eq!(county.counts("visits"), 1);
    successor.exchanges();
    let seen = successor.does("visits", json!({"household": before}));
    assert_eq!(seen[0]["visit"]["note"], "还不知道已经调走");
    assert_eq!(seen[0]["to_verify"], json!(false), "written before they knew: kept like any other");
}

#[test]
fn what_is_entrusted_to_a_team_is_held_by_whoever_is_in_it() {
    let county = County::new();
    let [first, second] = ["赵永燕", "冯国明"].map(|name| county.person(name, "team_member", Some(B), &[]));
    let outside = county.person("卫春建", "helper", None, &[]);
    county.admin.does("form_team", json!({"name": "攻坚小组", "members": ["赵永燕", "卫春建"]}));
    let twice = county.admin.tries("form_team", json!({"name": "攻坚小组", "members": []}));
    assert!(matches!(twice, Err(AppError::Invalid { .. })));
    county.admin.does("entrust", json!({"place": A, "person": "攻坚小组"}));
    county.admin.exchanges();
    let all = sorted(VILLAGES.iter().flat_map(|(_, heads)| heads.iter().copied()).collect());
    for device in [&first, &second, &outside] {
        device.exchanges();
    }
    assert_eq!((first.heads(), second.heads(), outside.heads()), (all.clone(), of_village(1), of_village(0)));
    let teams = outside.does("teams", json!({}));
    assert_eq!(
        (&teams[0]["name"], &teams[0]["entrusted"]),
        (&json!("攻坚小组"), &json!(1)),
        "the card can say who holds it"
    );
    let named = |device: &Device| {
        let card = device.does("household", json!({"id": county.household("段志荣")}));
        card["entrusted"].as_array().unwrap().iter().any(|row| row["name"] == "攻坚小组")
    };
    assert!(named(&first) && named(&county.admin), "a team that holds the village is named on the card");
    assert_eq!(teams[0]["places"], json!(["北召店村"]));
    let places = county.admin.does("entrusted_places", json!({"person": "攻坚小组"}));
    assert_eq!(places[0]["path"], json!(A));
    // One leaves, having written; one comes.
    outside.visits(&county.household("段志荣"), json!({"day": DAY, "note": "离队前"}));
    let team = county.admin.does("set_member", json!({"team": "攻坚小组", "person": "卫春建", "left": true}));
    let leaving = team["members"].as_array().unwrap().iter().find(|member| member["name"] == "卫春建").unwrap();
    assert_eq!(
        (&leaving["left"], &leaving["waiting"]),
        (&json!(true), &json!(true)),
        "who leaves is there until it is numbered"
    );
    let team = county.admin.does("set_member", json!({"team": "攻坚小组", "person": "冯国明", "left": false}));
    assert_eq!(team["members"].as_array().unwrap().iter().filter(|member| member["left"] == json!(false)).count(), 2);
    county.admin.exchanges();
    for device in [&second, &outside, &outside, &second] {
        device.exchanges();
    }
    assert_eq!((second.heads(), outside.heads()), (all, Vec::<String>::new()));
    assert_eq!(county.counts("visits"), 1);
    assert_eq!(second.does("visits", json!({}))[0]["visit"]["note"], "离队前");
    // Taken back from the team, taken back from all of it.
    county.admin.does("take_back", json!({"place": A, "person": "攻坚小组"}));
    assert_eq!(
        county.admin.does("entrusted_places", json!({"person": "攻坚小组"})),
        json!([]),
        "it is on its way already"
    );
    county.admin.exchanges();
    for device in [&first, &first, &second, &second] {
        device.exchanges();
    }
    assert_eq!((first.heads(), second.heads()), (of_village(1), of_village(1)));
}

#[test]
fn a_township_gives_and_ends_roles_inside_its_area_and_none_of_its_own_height() {
    let county = County::new();
    let town = county.person("乡里", "township", Some("南召县/皇后乡"), &[]);
    county.person("卫春建", "helper", None, &["段志荣"]);
    let other = county.admin.does("register_cadre", json!({"name": "别乡", "role": "township", "place": A}));
    town.exchanges();
    let refused = |args: Value| town.tries("give_role", args).unwrap_err();
    assert!(matches!(refused(json!({"person": "卫春建", "role": "township", "place": A})), AppError::NotAllowed));
    assert!(matches!(refused(json!({"person": "卫春建", "role": "county"})), AppError::NotAllowed));
    assert!(
        matches!(refused(json!({"person": "卫春建", "role": "grid_worker"})), AppError::Invalid { .. }),
        "no place"
    );
    assert!(matches!(refused(json!({"person": "卫春建", "role": "没有这种"})), AppError::Invalid { .. }));
    assert!(matches!(
        town.tries("add_role_kind", json!({"name": "护林员", "reach": "area"})),
        Err(AppError::NotAllowed)
    ));
    town.does("give_role", json!({"person": "卫春建", "role": "grid_worker", "place": A}));
    town.exchanges();
    let phone = lianhu_grid(&county);
    assert_eq!(phone.heads(), of_village(0));
    town.does("end_role", json!({"person": "卫春建", "role": "grid_worker", "place": A}));
    town.exchanges();
    phone.exchanges();
    phone.exchanges();
    assert_eq!(phone.heads(), ["段志荣"], "what was entrusted by name stays");
    // Nobody ends a role of the same height but the county.
    let id = other["id"].clone();
    let end = town.tries("end_role", json!({"person": id, "role": "township", "place": A}));
    assert!(matches!(end, Err(AppError::NotAllowed | AppError::NotFound { .. })), "{end:?}");
    let admin = county.admin.tries("end_role", json!({"person": "县级管理员", "role": "county"}));
    assert!(matches!(admin, Err(AppError::NotAllowed)));
}

/// The grid worker's phone, opened again.
fn lianhu_grid(county: &County) -> Device {
    let phone = Device::new(&county.folder.path().join("卫春建"));
    phone.exchanges();
    phone
}

#[test]
fn what_a_township_directed_before_it_knew_of_its_end_stands_and_what_came_later_does_not() {
    let mut county = County::new();
    let town = county.person("乡里", "township", Some("南召县/皇后乡"), &[]);
    county.person("卫春建", "helper", None, &["武山江"]);
    town.exchanges();
    county.goes_down();
    town.does("entrust", json!({"household": county.household("段志荣"), "person": "卫春建"}));
    county.comes_up();
    county.admin.does("end_role", json!({"person": "乡里", "role": "township", "place": "南召县/皇后乡"}));
    county.admin.exchanges();
    town.exchanges();
    town.exchanges();
    let phone = lianhu_grid(&county);
    assert_eq!(phone.heads(), ["武山江", "段志荣"]);
    assert!(town.heads().is_empty(), "{:?}", town.heads());
    let person = json!({"person": "卫春建", "place": A});
    assert!(matches!(town.tries("entrust", person), Err(AppError::NotAllowed)));
}

#[test]
fn a_county_names_its_own_kinds_and_what_a_kind_reaches_stays_as_it_was_said_first() {
    let county = County::new();
    let add = |args: Value| county.admin.tries("add_role_kind", args);
    add(json!({"name": "护林员", "reach": "area"})).unwrap();
    assert!(matches!(add(json!({"name": "护林员", "reach": "directs"})), Err(AppError::Invalid { .. })));
    assert!(matches!(add(json!({"name": "二把手", "reach": "county"})), Err(AppError::Invalid { .. })));
    // Called otherwise, with another reach: the name is taken, the reach is not.
    let kinds = add(json!({"name": "生态护林员", "reach": "directs", "code": "护林员"})).unwrap();
    let own = kinds.as_array().unwrap().iter().find(|row| row["code"] == "护林员").unwrap();
    assert_eq!((&own["name"], &own["reach"]), (&json!("生态护林员"), &json!("area")));
    county.admin.exchanges();
    let ranger = county.person("赵永燕", "护林员", Some(A), &[]);
    assert_eq!(ranger.heads(), of_village(0));
    let me = ranger.does("status", json!({}))["me"].clone();
    assert_eq!((&me["reach"], &me["roles"]), (&json!("area"), &json!(["护林员"])));
    assert!(matches!(ranger.tries("entrust", json!({"place": A, "person": "赵永燕"})), Err(AppError::NotAllowed)));
}

#[test]
fn a_township_takes_people_into_a_team_only_where_all_the_team_holds_lies_in_its_area() {
    let county = County::new();
    let town = county.person("乡里", "township", Some(A), &[]);
    let helper = county.person("卫春建", "helper", None, &["武山江"]);
    county.admin.does("form_team", json!({"name": "两村小组", "members": []}));
    county.admin.does("entrust", json!({"household": county.household("段志荣"), "person": "两村小组"}));
    county.admin.exchanges();
    let comes = |left: bool| {
        town.exchanges();
        town.does("set_member", json!({"team": "两村小组", "person": "卫春建", "left": left}));
        town.exchanges();
        helper.exchanges();
        helper.exchanges();
    };
    comes(false);
    assert_eq!(helper.heads(), ["武山江", "段志荣"]);
    comes(true);
    assert_eq!(helper.heads(), ["武山江"]);
    // Now it holds a village of another township's too: to let somebody in is the county's.
    county.admin.does("entrust", json!({"place": B, "person": "两村小组"}));
    county.admin.exchanges();
    comes(false);
    assert_eq!(helper.heads(), ["武山江"]);
    let told = town.does("needs_attention", json!({}));
    assert_eq!((&told[0]["attention"], &told[0]["code"]), (&json!("set_aside"), &json!("not_entitled")), "{told}");
    county.admin.does("set_member", json!({"team": "两村小组", "person": "卫春建", "left": false}));
    county.admin.exchanges();
    helper.exchanges();
    assert_eq!(helper.heads().len(), 2 + VILLAGES[1].1.len());
}

#[test]
fn a_township_places_households_inside_its_area_only_and_writes_down_buildings_there() {
    let county = County::new();
    let town = county.person("乡里", "township", Some(A), &[]);
    town.exchanges();
    let household = county.household("段志荣");
    let group = town.does("add_place", json!({"name": "新建组", "level": "group", "parent": A}));
    let refused = |args: Value| matches!(town.tries("add_place", args), Err(AppError::Invalid { .. }));
    assert!(refused(json!({"name": "新建组", "level": "group", "parent": A})), "twice");
    assert!(refused(json!({"name": "县城", "level": "county", "parent": A})), "no such level");
    town.exchanges();
    let elsewhere = json!({"household": household, "origin": B});
    let told = town.tries("place_household", elsewhere).unwrap_err();
    assert!(matches!(told, AppError::Invalid { .. } | AppError::NotFound { .. }), "{told:?}");
    town.does("place_household", json!({"household": household, "origin": group["id"]}));
    town.exchanges();
    county.admin.exchanges();
    let village =
        |head: &str| county.admin.does("household", json!({"id": county.household(head)}))["row"]["village"].clone();
    assert_eq!(village("段志荣"), json!(A));
    // Whoever goes past the program is stopped at the gate.
    let places = county.admin.does("places", json!({}));
    let to = places.as_array().unwrap().iter().find(|row| row["path"] == B).unwrap()["id"].clone();
    let origin = lianhu_core::ids::PlaceId::parse(to.as_str().unwrap()).unwrap();
    let about = About::Household(lianhu_core::ids::HouseholdId::parse(&household).unwrap());
    let body = Placement { origin, present: None };
    town.app.ledger().write(|w| w.record(about, kind::PLACEMENT, Source::Office, &body)).unwrap();
    town.exchanges();
    county.admin.exchanges();
    assert_eq!(village("段志荣"), json!(A));
    let told = town.does("needs_attention", json!({}));
    assert_eq!(told[0]["code"], json!("not_entitled"), "{told}");
}
