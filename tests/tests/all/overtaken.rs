//! Overtaken: what people direct and register while something else happens of which they have not heard. What the simulation
//! found of it (docs/proofs.md), each by its name.

use lianhu_core::directive::{Device, Placement};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::exchange::Code;
use lianhu_core::ids::{EntryName, HouseholdId, PlaceId, UserId};
use lianhu_core::join::{Join, JoinEnd};
use lianhu_ledger::{Enrolling, Ledger};
use lianhu_tests::{Phone, Village};

/// Two townships with a village each, three households in the first, and the first township's office.
struct Scene {
    village: Village,
    near: PlaceId,
    beyond: PlaceId,
    houses: [HouseholdId; 3],
    office: Phone,
}

fn scene(seed: u64) -> Scene {
    let mut village = Village::new(seed);
    let (town, far) = (village.place("皇后乡", "town", None), village.place("天桥乡", "town", None));
    let near = village.place("上寨村", "village", Some(town));
    let beyond = village.place("天桥村", "village", Some(far));
    let houses = ["梁永福", "梁永富", "梁永夫"].map(|head| village.household(head, near));
    village.person_with("乡里", "township", Some(town));
    let mut office = village.phone("乡里");
    office.exchanges(&mut village.line()).unwrap();
    Scene { village, near, beyond, houses, office }
}

fn whole(into: HouseholdId) -> Join {
    Join { into, persons: Vec::new(), whole: true, reason: "登记了两次".into() }
}

impl Scene {
    fn goes_elsewhere(&self, household: HouseholdId) {
        let body = Placement { origin: self.beyond, present: None };
        self.village.county.directs(|w| w.record(About::Household(household), kind::PLACEMENT, Source::Office, &body));
    }

    fn county_joins(&self, one: HouseholdId, into: HouseholdId) -> EntryName {
        self.village.county.directs(|w| w.record(About::Household(one), kind::JOIN, Source::Office, &whole(into)))
    }

    fn code_of(&self, entry: EntryName) -> Option<Code> {
        let refused = self.village.county.with(|county| county.quarantined()).unwrap();
        refused.into_iter().find(|row| row.entry == entry).and_then(|row| row.code)
    }

    fn cards(&self, of: HouseholdId) -> usize {
        self.village.county.with(|county| county.cards_of(of)).unwrap().len()
    }

    /// The households that somebody may hold, as the county has it.
    fn held_by(&self, user: UserId) -> Vec<HouseholdId> {
        let rows = self.village.county.with(|county| county.scope_of(user)).unwrap();
        rows.iter().filter(|row| row.until.is_none()).filter_map(|row| row.about.household()).collect()
    }
}

fn persons(ledger: &Ledger, household: HouseholdId) -> u32 {
    ledger.household_row(household).unwrap().unwrap().persons
}

#[test]
fn a_townships_join_and_its_end_stand_although_one_card_went_to_another_township_meanwhile() {
    let mut scene = scene(1);
    let [one, other, _] = scene.houses;
    let join = scene.office.ledger_mut().join(one, &whole(other)).unwrap().unwrap();
    scene.goes_elsewhere(other);
    let mut line = scene.village.line();
    scene.office.exchanges(&mut line).unwrap();
    assert_eq!((scene.code_of(join), scene.cards(one)), (None, 2));
    // It has heard of it now: what it wants joined from here on has to lie in its own area.
    scene.office.exchanges(&mut line).unwrap();
    let end = JoinEnd { join, reason: "看错了".into() };
    let about = About::Household(one);
    let late = scene.office.ledger_mut().write(|w| w.record(about, kind::JOIN_END, Source::Office, &end)).unwrap();
    scene.office.exchanges(&mut line).unwrap();
    assert_eq!((scene.code_of(late), scene.cards(one)), (Some(Code::NotEntitled), 2));
}

#[test]
fn a_townships_parting_stands_although_one_card_went_to_another_township_meanwhile() {
    let mut scene = scene(2);
    let [one, other, _] = scene.houses;
    let join = scene.county_joins(one, other);
    let mut line = scene.village.line();
    scene.office.exchanges(&mut line).unwrap();
    scene.office.ledger_mut().part(join, "看错了").unwrap().unwrap();
    scene.goes_elsewhere(one);
    scene.office.exchanges(&mut line).unwrap();
    assert_eq!(scene.cards(one), 1);
    assert_eq!(scene.village.county.with(|county| county.quarantined()).unwrap().len(), 0);
}

#[test]
fn the_end_of_a_join_that_arrives_before_the_join_waits_for_it() {
    let mut scene = scene(3);
    let [one, other, _] = scene.houses;
    let join = scene.office.ledger_mut().join(one, &whole(other)).unwrap().unwrap();
    scene.office.ledger_mut().request(0).unwrap();
    scene.office.ledger_mut().part(join, "看错了").unwrap().unwrap();
    scene.office.ledger_mut().request(0).unwrap();
    let sealed = scene.office.ledger().all_envelopes().unwrap();
    assert_eq!(sealed.len(), 2);
    // Somebody else carries the later envelope up first.
    let mut carrier = scene.village.phone("乡里");
    let asked = carrier.ledger_mut().request(0).unwrap();
    let later = asked.carrying(carrier.ledger(), vec![sealed[1].clone()]).unwrap();
    scene.village.county.with(|county| county.answer(&later.frame)).unwrap();
    assert_eq!(scene.village.county.with(|county| county.quarantined()).unwrap().len(), 0, "it waits");
    scene.office.exchanges(&mut scene.village.line()).unwrap();
    assert_eq!(scene.cards(one), 1, "joined and parted, in the order its author meant");
    assert_eq!(scene.office.ledger().standing().unwrap().waiting, 0);
}

#[test]
fn what_was_one_household_through_an_erased_card_alone_is_one_no_longer() {
    let mut scene = scene(4);
    let [first, middle, last] = scene.houses;
    scene.county_joins(first, middle);
    scene.county_joins(middle, last);
    let helper = scene.village.person("卫春建");
    scene.village.entrusts(first, helper);
    let mut phone = scene.village.phone("卫春建");
    let mut line = scene.village.line();
    phone.exchanges(&mut line).unwrap();
    assert_eq!(phone.ledger().household_rows().unwrap().len(), 3);
    scene.village.county.directs(|w| w.erase(middle, "wrong", "登记错了"));
    assert_eq!(scene.held_by(helper), [first]);
    for _ in 0..2 {
        phone.exchanges(&mut line).unwrap();
    }
    assert_eq!(phone.ledger().household_rows().unwrap(), [first]);
    // What was joined into it is joined into nothing, and can be joined again.
    scene.county_joins(first, last);
    assert_eq!(scene.cards(first), 2);
    assert_eq!(scene.held_by(helper).len(), 2);
}

#[test]
fn a_card_that_goes_when_it_is_parted_leaves_none_of_its_people_in_the_count() {
    let mut scene = scene(5);
    let [one, other, _] = scene.houses;
    let helper = scene.village.person("卫春建");
    scene.village.entrusts(other, helper);
    let join = scene.county_joins(one, other);
    let mut phone = scene.village.phone("卫春建");
    let mut line = scene.village.line();
    phone.exchanges(&mut line).unwrap();
    assert_eq!(persons(phone.ledger(), other), 2);
    let end = JoinEnd { join, reason: "看错了".into() };
    scene.village.county.directs(|w| w.record(About::Household(one), kind::JOIN_END, Source::Office, &end));
    for _ in 0..2 {
        phone.exchanges(&mut line).unwrap();
    }
    assert_eq!(phone.ledger().household_rows().unwrap(), [other]);
    assert_eq!(persons(phone.ledger(), other), 1);
    assert_eq!(scene.village.county.with(|county| persons(county, other)), 1);
}

#[test]
fn whoever_has_not_heard_of_an_erasure_registers_next_door_flagged_and_nowhere_else() {
    let mut scene = scene(6);
    let gone = scene.houses[0];
    let helper = scene.village.person("卫春建");
    scene.village.entrusts(gone, helper);
    let mut phone = scene.village.phone("卫春建");
    let mut line = scene.village.line();
    phone.exchanges(&mut line).unwrap();
    let (_, next_door) = phone.registers(scene.near, "石小兰");
    let (_, elsewhere) = phone.registers(scene.beyond, "石大兰");
    scene.village.county.directs(|w| w.erase(gone, "asked", "本人来函"));
    phone.exchanges(&mut line).unwrap();
    assert_eq!(scene.code_of(next_door[0]), None);
    assert_eq!(scene.code_of(elsewhere[0]), Some(Code::NotEntitled));
    let held = scene.village.county.with(|county| county.all_held()).unwrap();
    let kept = held.iter().find(|held| held.name == next_door[0]).unwrap();
    assert!(kept.late && kept.number.is_some(), "to be looked at");
}

#[test]
fn whoever_registered_next_door_before_an_erasure_may_after_the_county_lost_both() {
    let mut scene = scene(8);
    let gone = scene.houses[0];
    let helper = scene.village.person("卫春建");
    scene.village.entrusts(gone, helper);
    let mut phone = scene.village.phone("卫春建");
    let mut line = scene.village.line();
    phone.exchanges(&mut line).unwrap();
    let back_up = scene.village.folder().join("back-up.sqlite");
    scene.village.county.is_backed_up(&back_up);
    let (_, next_door) = phone.registers(scene.near, "石小兰");
    scene.village.county.directs(|w| w.erase(gone, "asked", "本人来函"));
    phone.exchanges(&mut line).unwrap();
    // The back-up knows of the erasure from the file of keys only, by a number that its own log has not come to.
    scene.village.county.is_restored(&back_up);
    for _ in 0..2 {
        phone.exchanges(&mut line).unwrap();
    }
    assert_eq!(scene.code_of(next_door[0]), None);
    assert_eq!(phone.ledger().standing().unwrap().waiting, 0);
}

#[test]
fn a_device_that_is_enrolled_again_at_a_restored_county_is_called_alike_everywhere() {
    let mut scene = scene(7);
    let back_up = scene.village.folder().join("back-up.sqlite");
    let user = scene.village.person("卫春建");
    scene.village.entrusts(scene.houses[0], user);
    scene.village.county.is_backed_up(&back_up);
    let mut phone = scene.village.phone("卫春建");
    let mut line = scene.village.line();
    phone.exchanges(&mut line).unwrap();
    scene.office.exchanges(&mut line).unwrap();
    scene.village.county.is_restored(&back_up);
    let me = phone.ledger().identity().unwrap();
    let secret = scene.village.county.with(|county| county.mint_secret(user)).unwrap();
    let asking =
        Enrolling {
            secret: String::new(), key: me.key.public(), label: "找回来的".into(), device: Some(me.device)
        };
    scene.village.county.with(|county| county.enrol(&asking, &secret)).unwrap().unwrap();
    let told =
        Device { key: me.key.public(), device: me.device, label: "另一个".into(), revoked: false, reason: None };
    scene.village.county.directs(|w| w.record(About::Cadre(user), kind::DEVICE, Source::Office, &told));
    for _ in 0..2 {
        phone.exchanges(&mut line).unwrap();
        scene.office.exchanges(&mut line).unwrap();
    }
    let of_county = scene.village.county.with(|county| county.dump_rebuilt()).unwrap()["device"].clone();
    for phone in [&mut phone, &mut scene.office] {
        let before = phone.ledger().dump_rebuilt().unwrap()["device"].clone();
        phone.ledger_mut().rebuild().unwrap();
        assert_eq!(phone.ledger().dump_rebuilt().unwrap()["device"], before);
        assert!(before.iter().all(|row| of_county.contains(row)), "{before:?}");
    }
}
