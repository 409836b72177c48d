//! Two phones and a county: what is written offline arrives once, and everybody ends with the same.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]

use lianhu_core::day::{Day, Moment};
use lianhu_core::directive::{Cadre, Grant, GrantEnd, Place, Placement, Role};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::{HouseholdId, PlaceId, UserId};
use lianhu_core::scalar::Scalar;
use lianhu_core::sign::Key;
use lianhu_core::surroundings::{Staged, Surroundings};
use lianhu_core::visit::Visit;
use lianhu_ledger::{Enrolling, Exchanged, FileKey, InProcess, Ledger, exchange};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

const KEY: FileKey = FileKey([7; 32]);

struct Village {
    dir: tempfile::TempDir,
    around: Arc<Staged>,
    county: Arc<Mutex<Ledger>>,
}

impl Village {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let around = Arc::new(Staged::new(1, Moment(1_790_000_000)));
        let mut county = open(&dir.path().join("county.sqlite"), &around);
        county.found_county("411321", "南召县", &Key::mint(&*around)).unwrap();
        Self { dir, around, county: Arc::new(Mutex::new(county)) }
    }

    fn direct<T>(&self, act: impl FnOnce(&lianhu_ledger::Writing<'_>) -> lianhu_ledger::Result<T>) -> T {
        self.county.lock().unwrap().direct(act).unwrap()
    }

    fn person(&self, name: &str, role: &str, place: Option<PlaceId>) -> UserId {
        let user = UserId::mint(&*self.around);
        self.direct(|w| {
            w.record(
                About::Cadre(user),
                kind::CADRE,
                Source::Office,
                &Cadre { name: name.into(), ..Cadre::default() },
            )?;
            w.record(About::Cadre(user), kind::ROLE, Source::Office, &Role { role: role.into(), place })
        });
        user
    }

    fn phone(&self, user: UserId, label: &str) -> Ledger {
        let secret = self.county.lock().unwrap().mint_secret(user).unwrap();
        let key = Key::mint(&*self.around);
        let asking = Enrolling { secret: String::new(), key: key.public(), label: label.into(), device: None };
        let enrolled = self.county.lock().unwrap().enrol(&asking, &secret).unwrap().unwrap();
        let mut phone = open(&self.dir.path().join(format!("{label}.sqlite")), &self.around);
        phone.adopt(&enrolled, &key).unwrap();
        phone
    }

    fn place(&self, name: &str, level: &str, parent: Option<PlaceId>) -> PlaceId {
        let place = PlaceId::mint(&*self.around);
        let body = Place { name: name.into(), level: level.into(), parent, code: None };
        self.direct(|w| w.record(About::Place(place), kind::PLACE, Source::Office, &body));
        place
    }

    fn household(&self, origin: PlaceId, user: UserId, name: &str) -> HouseholdId {
        let house = HouseholdId::mint(&*self.around);
        let about = About::Household(house);
        let person = format!("person/{}/", uuid(&*self.around));
        self.direct(|w| {
            w.record(about, kind::PLACEMENT, Source::Table, &Placement { origin, present: None })?;
            w.import(
                house,
                BTreeMap::from([
                    (format!("{person}name"), Scalar::from(name)),
                    (format!("{person}relation"), "户主".into()),
                    ("phone".into(), "13800000000".into()),
                ]),
            )?;
            w.record(about, kind::GRANT, Source::Office, &Grant { user, duty: "帮扶责任人".into() })
        });
        house
    }

    fn exchange(&self, phone: &mut Ledger) -> Exchanged {
        exchange(phone, &mut InProcess(self.county.clone()), 0, &mut |_| ()).unwrap().unwrap()
    }
}

fn uuid(around: &dyn Surroundings) -> String {
    PlaceId::mint(around).to_string()
}

fn open(path: &Path, around: &Arc<Staged>) -> Ledger {
    Ledger::open(path, &KEY, around.clone()).unwrap()
}

fn visit(phone: &mut Ledger, house: HouseholdId) {
    let body = Visit { day: Day::parse("2026-09-20").unwrap(), note: Some("都好".into()), ..Visit::default() };
    phone.write(|w| w.record(About::Household(house), kind::VISIT, Source::Household, &body)).unwrap();
}

fn set_phone(phone: &mut Ledger, house: HouseholdId, number: &str) {
    let puts = BTreeMap::from([("phone".to_owned(), Scalar::from(number))]);
    phone.write(|w| w.put(house, puts, Source::Household)).unwrap();
}

#[test]
fn what_two_phones_write_offline_arrives_once_and_both_statements_stand() {
    let village = Village::new();
    let town = village.place("皇后乡", "town", None);
    let place = village.place("北召店村", "village", Some(town));
    let (a, b) = (village.person("卫春建", "helper", None), village.person("赵永燕", "helper", None));
    let house = village.household(place, a, "段志荣");
    village.direct(|w| {
        w.record(About::Household(house), kind::GRANT, Source::Office, &Grant { user: b, duty: "帮扶责任人".into() })
    });
    let other = village.household(place, b, "邵健生");
    let (mut phone_a, mut phone_b) = (village.phone(a, "a"), village.phone(b, "b"));
    village.exchange(&mut phone_a);
    village.exchange(&mut phone_b);
    assert_eq!(phone_a.dump_rebuilt().unwrap()["household"].len(), 1, "the other household is none of a's business");
    visit(&mut phone_a, house);
    set_phone(&mut phone_a, house, "13811111111");
    set_phone(&mut phone_b, house, "13822222222");
    visit(&mut phone_b, other);
    let done = village.exchange(&mut phone_a);
    assert_eq!((done.numbered, done.rounds), (2, 1));
    assert_eq!(village.exchange(&mut phone_b).numbered, 2);
    village.exchange(&mut phone_a);
    let county = village.county.lock().unwrap();
    for table in ["visit", "conflict", "person", "household"] {
        let held = |phone: &Ledger| phone.dump_rebuilt().unwrap()[table].clone();
        let at_county = held(&county);
        assert!(held(&phone_a).iter().all(|row| at_county.contains(row)), "{table}");
        assert_eq!(held(&phone_b), at_county, "{table}");
    }
    assert_eq!(county.dump_rebuilt().unwrap()["conflict"].len(), 1);
    drop(county);
    for phone in [&mut phone_a, &mut phone_b] {
        let done = village.exchange(phone);
        assert_eq!((done.rounds, done.new, done.numbered), (1, 0, 0), "nothing is left, and the digests agree");
        let before = phone.dump_rebuilt().unwrap();
        phone.rebuild().unwrap();
        assert!(phone.dump_rebuilt().unwrap() == before, "rebuilding changes nothing");
    }
    let mut county = village.county.lock().unwrap();
    let before = county.dump_rebuilt().unwrap();
    county.rebuild().unwrap();
    assert!(county.dump_rebuilt().unwrap() == before, "rebuilding changes nothing");
}

#[test]
fn a_grant_that_ends_lets_go_of_the_household_only_when_all_has_arrived() {
    let village = Village::new();
    let place = village.place("北召店村", "village", None);
    let (a, b) = (village.person("卫春建", "helper", None), village.person("赵永燕", "helper", None));
    let house = village.household(place, a, "段志荣");
    let mut phone = village.phone(a, "a");
    village.exchange(&mut phone);
    visit(&mut phone, house);
    village.direct(|w| {
        w.record(
            About::Household(house),
            kind::GRANT_END,
            Source::Office,
            &GrantEnd { user: a, reason: String::new() },
        )?;
        w.record(About::Household(house), kind::GRANT, Source::Office, &Grant { user: b, duty: "帮扶责任人".into() })
    });
    assert_eq!(village.exchange(&mut phone).numbered, 1, "what was written before the end was known is kept");
    assert!(phone.dump_rebuilt().unwrap()["household"].is_empty(), "and then the phone forgets");
    assert!(phone.dump_rebuilt().unwrap()["visit"].is_empty());
    let mut successor = village.phone(b, "b");
    village.exchange(&mut successor);
    assert_eq!(successor.dump_rebuilt().unwrap()["visit"].len(), 1, "the successor sees it");
}

#[test]
fn a_copied_phone_loses_nothing_of_either_copy() {
    let village = Village::new();
    let place = village.place("北召店村", "village", None);
    let a = village.person("卫春建", "helper", None);
    let house = village.household(place, a, "段志荣");
    let mut phone = village.phone(a, "a");
    village.exchange(&mut phone);
    set_phone(&mut phone, house, "13811111111");
    drop(phone);
    let (one, two) = (village.dir.path().join("a.sqlite"), village.dir.path().join("copy.sqlite"));
    Ledger::back_up(&one, &KEY, &two).unwrap();
    let (mut phone, mut copy) = (open(&one, &village.around), open(&two, &village.around));
    visit(&mut phone, house);
    set_phone(&mut phone, house, "13822222222");
    set_phone(&mut copy, house, "13833333333");
    visit(&mut copy, house);
    for _ in 0..4 {
        village.exchange(&mut phone);
        village.exchange(&mut copy);
    }
    let county = village.county.lock().unwrap().dump_rebuilt().unwrap();
    assert_eq!(county["visit"].len(), 2);
    assert_eq!(county["conflict"].len(), 1, "two numbers, said by the two copies");
    assert_eq!(phone.dump_rebuilt().unwrap()["visit"], county["visit"]);
    assert_eq!(copy.dump_rebuilt().unwrap()["person"], county["person"]);
    assert_eq!(copy.dump_rebuilt().unwrap()["conflict"], county["conflict"]);
}

#[test]
fn what_was_refused_is_named_to_its_author_and_counts_once_a_person_lets_it_in() {
    let village = Village::new();
    let place = village.place("北召店村", "village", None);
    let (a, b) = (village.person("卫春建", "helper", None), village.person("赵永燕", "helper", None));
    let (own, other) = (village.household(place, a, "段志荣"), village.household(place, b, "邵健生"));
    let mut phone = village.phone(a, "a");
    village.exchange(&mut phone);
    visit(&mut phone, own);
    visit(&mut phone, other);
    set_phone(&mut phone, other, "13855555555");
    let done = village.exchange(&mut phone);
    assert_eq!(done.numbered, 1, "its own household's visit is in, whatever stands beside it");
    let aside = |phone: &Ledger| {
        phone
            .attention(9)
            .unwrap()
            .iter()
            .filter(|item| matches!(item, lianhu_ledger::Attention::SetAside { .. }))
            .count()
    };
    assert_eq!(aside(&phone), 2);
    let refused = village.county.lock().unwrap().quarantined().unwrap();
    assert_eq!(refused.len(), 2);
    assert!(
        refused.iter().all(|one| one.name.as_deref() == Some("卫春建") && one.about == Some(About::Household(other)))
    );
    for one in refused {
        let answer = village.county.lock().unwrap().release(one.entry).unwrap();
        assert_eq!(answer, lianhu_core::exchange::Answer::Kept);
    }
    let county = village.county.lock().unwrap();
    assert!(county.quarantined().unwrap().is_empty());
    assert_eq!(county.dump_rebuilt().unwrap()["visit"].len(), 2);
    assert_eq!(county.dump_rebuilt().unwrap()["conflict"].len(), 1, "roster and neighbour each said a number");
    drop(county);
    village.exchange(&mut phone);
    assert_eq!(aside(&phone), 0, "and its author is told");
    assert_eq!(village.exchange(&mut phone).rounds, 1);
}
