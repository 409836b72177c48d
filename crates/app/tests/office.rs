//! What an office does about people: devices shut out, households entrusted and taken back, and the day in which that
//! can be undone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]

use lianhu_app::{App, AppError, Learned};
use lianhu_core::day::Moment;
use lianhu_core::directive::{Cadre, Place, Placement, Role};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::exchange::Code;
use lianhu_core::ids::{EntryId, HouseholdId, PersonId, PlaceId, UserId};
use lianhu_core::scalar::Scalar;
use lianhu_core::sign::Key;
use lianhu_core::surroundings::{Staged, Surroundings as _};
use lianhu_core::visit::Visit;
use lianhu_ledger::{Attention, Enrolling, FileKey, InProcess, Ledger, Undo};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// A county, its office, and a helper with a phone.
struct Office {
    dir: tempfile::TempDir,
    around: Arc<Staged>,
    county: Arc<Mutex<Ledger>>,
    office: App,
    helper: App,
    users: Vec<UserId>,
    houses: Vec<HouseholdId>,
}

impl Office {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let around = Arc::new(Staged::new(5, Moment(1_790_000_000)));
        let mut county = Ledger::open(&dir.path().join("county"), &FileKey([7; 32]), around.clone()).unwrap();
        county.found_county("411321", "南召县", &Key::mint(&*around)).unwrap();
        let village = PlaceId::mint(&*around);
        let houses: Vec<_> = (0..3).map(|_| HouseholdId::mint(&*around)).collect();
        let people = [("县里", "county"), ("卫春建", "helper"), ("赵永燕", "helper")];
        let users: Vec<_> = people.iter().map(|_| UserId::mint(&*around)).collect();
        county
            .direct(|w| {
                for (user, (name, role)) in users.iter().zip(people) {
                    let cadre = Cadre { name: name.into(), unit: Some("县林业局".into()), ..Cadre::default() };
                    w.record(About::Cadre(*user), kind::CADRE, Source::Office, &cadre)?;
                    let role = Role { role: role.into(), place: None };
                    w.record(About::Cadre(*user), kind::ROLE, Source::Office, &role)?;
                }
                let place = Place { name: "上寨村".into(), level: "village".into(), parent: None, code: None };
                w.record(About::Place(village), kind::PLACE, Source::Office, &place)?;
                for (house, name) in houses.iter().zip(["梁永福", "覃志明", "蓝素琴"]) {
                    let placement = Placement { origin: village, present: None };
                    w.record(About::Household(*house), kind::PLACEMENT, Source::Table, &placement)?;
                    let person = PersonId::mint(&*around);
                    w.import(*house, BTreeMap::from([(format!("person/{person}/name"), Scalar::from(name))]))?;
                }
                Ok(())
            })
            .unwrap();
        let mut phone = |user: UserId, label: &str| {
            let secret = county.mint_secret(user).unwrap();
            let key = Key::mint(&*around);
            let asking = Enrolling { secret: String::new(), key: key.public(), label: label.into(), device: None };
            let enrolled = county.enrol(&asking, &secret).unwrap().unwrap();
            let app = App::open(&dir.path().join(label), around.clone(), Box::new(|_| ())).unwrap();
            app.ledger().adopt(&enrolled, &key).unwrap();
            app
        };
        let (office, helper) = (phone(users[0], "电脑"), phone(users[1], "手机"));
        let village = Self { county: Arc::new(Mutex::new(county)), dir, around, office, helper, users, houses };
        village.exchange();
        village
    }

    /// Both exchange, the office before and after the helper.
    fn exchange(&self) {
        for app in [&self.office, &self.helper, &self.office] {
            app.exchange_through(&mut InProcess(self.county.clone()), 0).unwrap();
        }
    }

    fn entrust(&self, house: usize, user: usize) {
        self.office.entrust(Some(self.houses[house].to_string()), None, self.users[user].to_string(), None).unwrap();
    }

    fn take_back(&self, house: usize, user: usize) {
        let house = Some(self.houses[house].to_string());
        self.office.take_back(house, None, self.users[user].to_string(), None).unwrap();
    }

    fn visit(&self, house: usize) -> Result<String, AppError> {
        let visit = Visit { day: self.around.now().day(), ..Visit::default() };
        self.helper
            .record_visit(self.houses[house].to_string(), visit, None, None, None)
            .map(|row| row.root.to_string())
    }

    fn held(&self) -> u32 {
        self.helper.status().unwrap().standing.unwrap().households
    }
}

#[test]
fn an_office_sees_whose_devices_there_are() {
    let village = Office::new();
    let devices = village.office.devices(None).unwrap();
    let labels: Vec<_> = devices.iter().map(|row| (row.name.as_deref(), row.label.as_str(), row.own)).collect();
    assert_eq!(labels, [(Some("卫春建"), "手机", false), (Some("县里"), "电脑", true)]);
    let phone = devices.first().unwrap();
    assert_eq!(phone.enrolled_on, village.around.now().day());
    assert_eq!((phone.revoked, phone.twice, phone.waiting), (false, false, false));
    assert_eq!(village.helper.devices(None), Err(AppError::NotAllowed));
    let missing = village.office.devices(Some("没有的村".into()));
    assert!(matches!(missing, Err(AppError::NotFound { .. })), "{missing:?}");
}

#[test]
fn a_device_shut_out_is_answered_and_what_it_hands_in_is_kept_aside_until_a_person_lets_it_in() {
    let village = Office::new();
    village.entrust(0, 1);
    village.exchange();
    let devices = village.office.devices(None).unwrap();
    let (phone, own) = (devices[0].device.to_string(), devices[1].device.to_string());
    let shut_out = |device: &str, reason: &str| village.office.revoke_device(device.into(), reason.into());
    assert_eq!(shut_out(&own, "丢失"), Err(AppError::OwnDevice));
    assert!(matches!(shut_out(&phone, " "), Err(AppError::Invalid { .. })));
    assert!(matches!(shut_out("手机", "丢失"), Err(AppError::NotFound { .. })));
    assert_eq!(village.helper.revoke_device(own, "丢失".into()), Err(AppError::NotAllowed));
    let row = shut_out(&phone, "手机丢失").unwrap().remove(0);
    assert_eq!((row.revoked, row.waiting, row.reason.as_deref()), (true, true, Some("手机丢失")));
    village.visit(0).unwrap();
    village.exchange();
    assert!(!village.office.devices(None).unwrap()[0].waiting);

    let done = village.helper.exchange_through(&mut InProcess(village.county.clone()), 0).unwrap();
    assert!(done.revoked);
    assert_eq!(done.standing.waiting, 0, "nothing of it is on the phone only");
    let attention = village.helper.needs_attention().unwrap();
    assert!(matches!(attention.first(), Some(Attention::SetAside { code: Some(Code::Revoked), .. })), "{attention:?}");
    let mut county = village.county.lock().unwrap();
    let aside = county.quarantined().unwrap();
    assert_eq!(aside.iter().map(|row| row.code).collect::<Vec<_>>(), [Some(Code::Revoked)]);
    county.release(aside[0].entry).unwrap();
    assert!(county.number_of(aside[0].entry).unwrap().is_some());
}

#[test]
fn what_was_entrusted_can_be_undone_for_a_day_unless_somebody_has_built_on_it() {
    let village = Office::new();
    village.entrust(0, 1);
    village.entrust(1, 1);
    village.around.pass(60);
    village.entrust(2, 1);
    village.exchange();
    assert_eq!(village.held(), 3);
    let acts = village.office.recent_entrusting().unwrap();
    assert_eq!(acts.iter().map(|act| act.households).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(acts[1].person.as_deref(), Some("卫春建"));
    assert_eq!(acts.iter().map(|act| act.heads.len()).collect::<Vec<_>>(), [1, 2], "each act names its households");
    assert!(acts.iter().all(|act| act.heads.iter().all(|head| !head.is_empty())));
    assert_eq!((acts[1].took_back, acts[1].own, acts[1].undo), (false, true, Undo::Open));

    village.visit(2).unwrap();
    village.exchange();
    assert_eq!(village.office.undo_entrusting(acts[0].batch), Err(AppError::BuiltOn));
    let left = village.office.undo_entrusting(acts[1].batch).unwrap();
    assert!(left.iter().any(|act| act.batch == acts[1].batch && act.undo == Undo::Done));
    assert_eq!(village.office.undo_entrusting(acts[1].batch), Err(AppError::UndoneAlready));
    village.exchange();
    village.exchange();
    assert_eq!(village.held(), 1);

    village.around.pass(86_400);
    assert_eq!(village.office.undo_entrusting(acts[0].batch), Err(AppError::TooLate));
    assert_eq!(village.office.recent_entrusting().unwrap(), []);
    assert_eq!(village.helper.recent_entrusting(), Err(AppError::NotAllowed));
}

#[test]
fn what_was_taken_back_is_entrusted_again_with_its_duty_unless_another_has_it_now() {
    let village = Office::new();
    let house = |at: usize| Some(village.houses[at].to_string());
    village.office.entrust(house(0), None, village.users[1].to_string(), Some("帮扶队员".into())).unwrap();
    village.entrust(1, 1);
    village.exchange();
    village.around.pass(3600);
    village.take_back(0, 1);
    village.around.pass(60);
    village.take_back(1, 1);
    village.exchange();
    village.exchange();
    assert_eq!(village.held(), 0);
    village.entrust(1, 2);
    let acts = village.office.recent_entrusting().unwrap();
    let taken: Vec<_> = acts.iter().filter(|act| act.took_back).collect();
    assert_eq!(taken.iter().map(|act| act.undo).collect::<Vec<_>>(), [Undo::BuiltOn, Undo::Open]);
    village.office.undo_entrusting(taken[1].batch).unwrap();
    village.exchange();
    assert_eq!(village.held(), 1);
    let grants = village.office.ledger().grants_of(village.houses[0]).unwrap();
    assert_eq!(grants.iter().map(|grant| grant.duty.as_str()).collect::<Vec<_>>(), ["帮扶队员"]);
}

#[test]
fn a_fact_that_may_say_two_things_is_shown_and_only_one_to_be_decided_asks_for_attention() {
    let village = Office::new();
    village.entrust(0, 1);
    village.exchange();
    let house = village.houses[0].to_string();
    let says = |app: &App, key: &str, value: &str| {
        let facts = BTreeMap::from([(key.to_owned(), Scalar::from(value))]);
        app.update_household(house.clone(), facts, None, None).unwrap();
    };
    let asked = || {
        let list = village.office.needs_attention().unwrap();
        list.into_iter().filter(|item| matches!(item, Attention::TwoStatements { .. })).collect::<Vec<_>>()
    };
    says(&village.helper, "phone", "13900000001");
    says(&village.office, "phone", "13900000002");
    village.exchange();
    assert_eq!(village.office.conflicts(None, None, None).unwrap().len(), 1, "both numbers are shown");
    assert_eq!(asked(), []);
    says(&village.helper, "poverty_cause", "因病");
    says(&village.office, "poverty_cause", "因学");
    village.exchange();
    assert_eq!(village.office.conflicts(None, None, None).unwrap().len(), 2);
    assert!(matches!(asked()[..], [Attention::TwoStatements { facts: 1, .. }]));
}

/// A helper has begun a form about a household that was taken back since, and has heard of it.
fn begun_and_taken_back() -> (Office, EntryId) {
    let village = Office::new();
    village.entrust(0, 1);
    village.exchange();
    let draft = village.helper.save_draft(None, village.houses[0].to_string(), "{}".into()).unwrap();
    village.take_back(0, 1);
    village.exchange();
    (village, draft)
}

#[test]
fn a_visit_begun_before_its_household_was_taken_back_can_be_finished() {
    let (village, draft) = begun_and_taken_back();
    assert_eq!(village.held(), 1, "it stays until the draft is finished");
    assert_eq!(village.visit(0), Err(AppError::HandedOver));
    let again = village.helper.save_draft(None, village.houses[0].to_string(), "{}".into());
    assert_eq!(again, Err(AppError::HandedOver));
    let visit = Visit { day: village.around.now().day(), ..Visit::default() };
    // What was learned at it is part of it.
    let facts = BTreeMap::from([("phone".to_owned(), Scalar::from("13800000007"))]);
    let (house, learned) = (village.houses[0].to_string(), Some(Learned { facts, ..Learned::default() }));
    village.helper.record_visit(house.clone(), visit.clone(), None, Some(draft), learned.clone()).unwrap();
    let again = village.helper.record_visit(house.clone(), visit, None, Some(draft), learned);
    assert_eq!(again.unwrap_err(), AppError::HandedOver, "a draft is finished once");
    village.exchange();
    assert_eq!(village.held(), 0);
    let rows = village.office.visits(Some(house.clone()), None, None, None, None).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(village.office.telephone(house, "phone".into()).unwrap(), "13800000007");
    drop(village.dir);
}

#[test]
fn a_change_begun_before_its_household_was_taken_back_can_be_finished() {
    let (village, draft) = begun_and_taken_back();
    let house = village.houses[0].to_string();
    let phone = |number: &str| BTreeMap::from([("phone".to_owned(), Scalar::from(number))]);
    let without = village.helper.update_household(house.clone(), phone("13800000008"), None, None);
    assert_eq!(without.unwrap_err(), AppError::HandedOver);
    village.helper.update_household(house.clone(), phone("13800000009"), None, Some(draft)).unwrap();
    village.exchange();
    assert_eq!(village.held(), 0);
    assert_eq!(village.office.telephone(house, "phone".into()).unwrap(), "13800000009");
    drop(village.dir);
}

#[test]
fn what_a_person_holds_is_listed_to_be_taken_back_and_nothing_else() {
    let village = Office::new();
    village.entrust(0, 1);
    village.entrust(1, 2);
    let held = |user: usize| {
        let rows = village.office.entrusted_households(village.users[user].to_string()).unwrap();
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!((held(1), held(2)), (vec![village.houses[0]], vec![village.houses[1]]));
    let wrong = village.office.take_back(Some(village.houses[1].to_string()), None, village.users[1].to_string(), None);
    let Err(AppError::NotFound { what }) = wrong else { panic!("taken back from somebody who never had it") };
    assert!(!what.contains(&village.users[1].to_string()), "{what}: nobody knows a person by a number");
    village.exchange();
    village.take_back(0, 1);
    // Effective once it is numbered.
    village.exchange();
    assert_eq!(held(1), []);
}
