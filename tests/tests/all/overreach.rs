//! Overreach: a township, or a helper, writes past the program what is not theirs to direct. The gate sets it aside, and nobody who
//! means well lets it in.

use lianhu_core::day::Day;
use lianhu_core::directive::{Enrolment, Grant, LetIn, Place, Placement, Role, Team};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::{EntryName, Hash, HouseholdId, PlaceId, UserId};
use lianhu_core::scalar::Scalar;
use lianhu_core::visit::Visit;
use lianhu_ledger::Attention;
use lianhu_ledger::inspect::Standing;
use lianhu_tests::{Phone, Village};
use std::collections::{BTreeMap, BTreeSet};

/// Two townships with a village each, and the first one's office.
struct Scene {
    village: Village,
    town: PlaceId,
    near: PlaceId,
    beyond: PlaceId,
    office: Phone,
}

fn scene(seed: u64) -> Scene {
    let mut village = Village::new(seed);
    let (town, far) = (village.place("皇后乡", "town", None), village.place("天桥乡", "town", None));
    let near = village.place("上寨村", "village", Some(town));
    let beyond = village.place("天桥村", "village", Some(far));
    village.person_with("乡里", "township", Some(town));
    let mut office = village.phone("乡里");
    office.exchanges(&mut village.line()).unwrap();
    Scene { village, town, near, beyond, office }
}

/// Writes it past the program's own questions, hands it in, and tells what became of it.
fn forced(phone: &mut Phone, village: &Village, about: About, kind: u16, body: &impl minicbor::Encode<()>) -> Standing {
    let name = phone.ledger_mut().write(|w| w.record(about, kind, Source::Office, body)).unwrap();
    phone.exchanges(&mut village.line()).unwrap();
    let held = phone.ledger().all_held().unwrap();
    held.iter().find(|held| held.name == name).unwrap().standing
}

fn place(name: &str, parent: PlaceId) -> Place {
    Place { name: name.into(), level: "village".into(), parent: Some(parent), code: None }
}

#[test]
fn a_township_takes_no_village_from_another_and_puts_no_place_into_itself() {
    let mut scene = scene(41);
    let mut forced = |place: PlaceId, body: &Place| {
        forced(&mut scene.office, &scene.village, About::Place(place), kind::PLACE, body)
    };
    assert_eq!(forced(scene.beyond, &place("天桥村", scene.town)), Standing::Aside);
    assert_eq!(forced(scene.town, &place("皇后乡", scene.near)), Standing::Aside, "a circle");
    assert_eq!(forced(scene.near, &place("上寨新村", scene.town)), Standing::Living, "its own it may call otherwise");
    let new = PlaceId::from_slice(&[7; 16]).unwrap();
    assert_eq!(forced(new, &place("下寨村", scene.town)), Standing::Living);
}

#[test]
fn a_township_gives_a_device_to_nobody_who_works_elsewhere() {
    let mut scene = scene(42);
    let [here, there] = [("卫春建", scene.near), ("赵永燕", scene.beyond)].map(|(name, place)| {
        let helper = scene.village.person(name);
        let household = scene.village.household(name, place);
        scene.village.entrusts(household, helper);
        helper
    });
    scene.office.exchanges(&mut scene.village.line()).unwrap();
    let body = Enrolment { secret: Hash::of(&[b"a secret of its own"]) };
    let mut forced =
        |helper: UserId| forced(&mut scene.office, &scene.village, About::Cadre(helper), kind::ENROLMENT, &body);
    assert_eq!(forced(here), Standing::Living);
    assert_eq!(forced(there), Standing::Aside, "it would read all that helper holds");
}

#[test]
fn nobody_forms_a_team_under_the_id_of_a_person() {
    let mut scene = scene(43);
    let helper = scene.village.person("赵永燕");
    let team = Team { name: "赵永燕".into() };
    let mut forced =
        |id: UserId| forced(&mut scene.office, &scene.village, About::Organisation(id.0), kind::TEAM, &team);
    assert_eq!(forced(helper), Standing::Aside, "it would catch what is entrusted to that person");
    assert_eq!(forced(UserId::from_slice(&[9; 16]).unwrap()), Standing::Living);
}

#[test]
fn what_a_helper_directed_for_themselves_is_let_in_by_nobody() {
    let mut scene = scene(44);
    let helper = scene.village.person("卫春建");
    let held = scene.village.household("段志荣", scene.near);
    scene.village.household("武山江", scene.beyond);
    scene.village.entrusts(held, helper);
    let mut phone = scene.village.phone("卫春建");
    phone.exchanges(&mut scene.village.line()).unwrap();
    let role = Role { role: "county".into(), place: None };
    assert_eq!(forced(&mut phone, &scene.village, About::Cadre(helper), kind::ROLE, &role), Standing::Aside);
    scene.office.exchanges(&mut scene.village.line()).unwrap();
    let body = LetIn { device: phone.ledger().identity().unwrap().device, reason: "误".into() };
    let let_in = forced(&mut scene.office, &scene.village, About::Cadre(helper), kind::LET_IN, &body);
    assert_eq!(let_in, Standing::Living);
    for _ in 0..2 {
        phone.exchanges(&mut scene.village.line()).unwrap();
    }
    assert_eq!(phone.ledger().household_rows().unwrap(), [held], "no word of their own makes a helper the county");

    // The office is told of it until it has seen it, and again when there is more.
    scene.office.exchanges(&mut scene.village.line()).unwrap();
    let device = body.device;
    let told = |office: &Phone| {
        let all = office.ledger().attention(100).unwrap();
        all.iter().find_map(|one| match one {
            Attention::DeviceAside { device: of, entries, .. } if *of == device => Some(*entries),
            _ => None,
        })
    };
    assert_eq!(told(&scene.office), Some(1));
    scene.office.ledger_mut().leave_aside(device).unwrap();
    assert_eq!(told(&scene.office), None);
    scene.office.exchanges(&mut scene.village.line()).unwrap();
    assert_eq!(told(&scene.office), None);
    assert_eq!(forced(&mut phone, &scene.village, About::Cadre(helper), kind::ROLE, &role), Standing::Aside);
    scene.office.exchanges(&mut scene.village.line()).unwrap();
    assert_eq!(told(&scene.office), Some(2));
}

#[test]
fn a_township_enrols_nobody_who_works_elsewhere_too() {
    let mut scene = scene(46);
    let (here, there) =
        (scene.village.household("段志荣", scene.near), scene.village.household("武山江", scene.beyond));
    let [own, both] = ["赵永燕", "卫春建"].map(|name| scene.village.person(name));
    scene.village.entrusts(here, own);
    scene.village.entrusts(here, both);
    scene.village.entrusts(there, both);
    scene.office.exchanges(&mut scene.village.line()).unwrap();
    let body = Enrolment { secret: Hash::of(&[b"a secret of its own"]) };
    let mut forced =
        |helper: UserId| forced(&mut scene.office, &scene.village, About::Cadre(helper), kind::ENROLMENT, &body);
    assert_eq!(forced(own), Standing::Living);
    assert_eq!(forced(both), Standing::Aside, "it would read what that helper holds in the other township");
}

#[test]
fn whoever_sits_at_a_townships_desk_does_not_direct_about_a_household_elsewhere_that_they_help() {
    let mut scene = scene(47);
    let (here, there) =
        (scene.village.household("段志荣", scene.near), scene.village.household("武山江", scene.beyond));
    let office = scene.office.ledger().identity().unwrap().user;
    let other = scene.village.person("赵永燕");
    scene.village.entrusts(there, office);
    scene.office.exchanges(&mut scene.village.line()).unwrap();
    let grant = Grant { user: other, duty: "帮扶责任人".into() };
    assert_eq!(
        forced(&mut scene.office, &scene.village, About::Household(here), kind::GRANT, &grant),
        Standing::Living
    );
    assert_eq!(
        forced(&mut scene.office, &scene.village, About::Household(there), kind::GRANT, &grant),
        Standing::Aside
    );
    let placed = Placement { origin: scene.near, present: None };
    assert_eq!(
        forced(&mut scene.office, &scene.village, About::Household(there), kind::PLACEMENT, &placed),
        Standing::Aside
    );
}

#[test]
fn a_township_lets_in_no_roster_of_a_device_and_nothing_about_a_household_that_is_not_its_own() {
    let mut scene = scene(48);
    let helper = scene.village.person("卫春建");
    let [held, near] = ["段志荣", "覃小满"].map(|head| scene.village.household(head, scene.near));
    let beyond = scene.village.household("武山江", scene.beyond);
    scene.village.entrusts(held, helper);
    let mut phone = scene.village.phone("卫春建");
    phone.exchanges(&mut scene.village.line()).unwrap();
    let visit = Visit { day: Day::parse("2026-09-21").unwrap(), ..Visit::default() };
    let mut written = |household: HouseholdId| {
        let about = About::Household(household);
        phone.ledger_mut().write(|w| w.record(about, kind::VISIT, Source::Household, &visit)).unwrap()
    };
    let (of_near, of_beyond) = (written(near), written(beyond));
    let said = BTreeMap::from([("household_type".to_owned(), Scalar::Text("脱贫户".into()))]);
    let of_roster = phone.ledger_mut().write(|w| w.import(held, said)).unwrap().unwrap();
    phone.exchanges(&mut scene.village.line()).unwrap();
    let aside = |village: &Village| -> BTreeSet<EntryName> {
        village.county.with(|county| county.quarantined()).unwrap().into_iter().map(|one| one.entry).collect()
    };
    assert_eq!(aside(&scene.village), BTreeSet::from([of_near, of_beyond, of_roster]));
    scene.office.exchanges(&mut scene.village.line()).unwrap();
    let body = LetIn { device: phone.ledger().identity().unwrap().device, reason: "问过了".into() };
    let let_in = forced(&mut scene.office, &scene.village, About::Cadre(helper), kind::LET_IN, &body);
    assert_eq!(let_in, Standing::Living);
    assert_eq!(aside(&scene.village), BTreeSet::from([of_beyond, of_roster]));
    // Not even by hand: what a roster says counts as confirmed.
    scene.village.county.with(|county| county.release(of_roster)).unwrap();
    assert_eq!(aside(&scene.village), BTreeSet::from([of_beyond, of_roster]));
}
