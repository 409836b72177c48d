//! What is lost and found: a county's disk with what others have built on, a phone that was shut out meanwhile.

use lianhu_core::directive::Device;
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::exchange::{Answer, Code};
use lianhu_core::ids::{HouseholdId, UserId};
use lianhu_core::scalar::Scalar;
use lianhu_ledger::exchange;
use lianhu_tests::{BadLine, County, Phone, Village};
use std::path::PathBuf;

#[test]
fn what_was_built_on_a_change_that_is_lost_for_good_arrives_although_its_household_was_taken_back() {
    let mut village = Village::new(11);
    let place = village.place("北召店村", "village", None);
    let household = village.household("段志荣", place);
    let (first, second) = (village.person("卫春建"), village.person("赵永燕"));
    village.entrusts(household, first);
    village.entrusts(household, second);
    let mut line = village.line();
    let (mut phone, mut lost) = (village.phone("卫春建"), village.phone("赵永燕"));
    phone.exchanges(&mut line).unwrap();
    lost.exchanges(&mut line).unwrap();
    let back_up = village.folder().join("back-up.sqlite");
    village.county.is_backed_up(&back_up);
    lost.sets_phone(household, "13900001111");
    lost.exchanges(&mut line).unwrap();
    drop(lost);
    phone.exchanges(&mut line).unwrap();
    phone.sets_phone(household, "13811112222");
    village.county.is_restored(&back_up);
    village.takes_back(household, first);
    phone.exchanges(&mut line).unwrap();
    phone.exchanges(&mut line).unwrap();
    let said = village.county.with(|county| county.stored_dossier(household).unwrap().unwrap()).statements("phone");
    let said: Vec<_> = said.into_iter().map(|said| said.value).collect();
    assert!(said.contains(&Scalar::from("13811112222")), "{said:?}");
    assert_eq!(phone.ledger().standing().unwrap().waiting, 0);
    assert!(phone.ledger().household_rows().unwrap().is_empty());
}

#[test]
fn a_phone_that_was_shut_out_and_set_back_to_an_old_copy_still_hands_in_its_work() {
    let mut village = Village::new(12);
    let place = village.place("北召店村", "village", None);
    let household = village.household("段志荣", place);
    let user = village.person("卫春建");
    village.entrusts(household, user);
    let mut line = village.line();
    let mut phone = village.phone("卫春建");
    phone.exchanges(&mut line).unwrap();
    let copy = village.folder().join("copy.sqlite");
    phone.is_copied_to(&copy);
    phone.visits(household, "2026-09-01");
    phone.exchanges(&mut line).unwrap();
    let (key, device) = (phone.ledger().identity().unwrap().key.public(), phone.device);
    let shut_out = Device { key, device, label: String::new(), revoked: true, reason: None };
    village.county.directs(|w| w.record(About::Cadre(user), kind::DEVICE, Source::Office, &shut_out));
    phone.is_restored_from(&copy);
    let visit = phone.visits(household, "2026-09-02");
    for _ in 0..3 {
        phone.exchanges(&mut line).unwrap();
    }
    let aside = village.county.with(|county| county.quarantined().unwrap());
    let row = aside.iter().find(|row| row.entry == visit);
    assert_eq!(row.and_then(|row| row.code), Some(Code::Revoked), "{aside:?}");
    assert_eq!(village.county.with(|county| county.release(visit).unwrap()), Answer::Kept);
}

#[test]
fn what_was_built_on_a_lost_change_arrives_although_it_was_refused_before_the_office_directed_anew() {
    let BuiltOn { village, mut phone, mut line, household, first, back_up } = BuiltOn::what_will_be_lost(13);
    village.county.is_restored(&back_up);
    // The county does not know any more that it was entrusted to them.
    phone.exchanges(&mut line).unwrap();
    assert!(!village.county.with(|county| county.quarantined().unwrap()).is_empty());
    assert!(phone.ledger().household_rows().unwrap().is_empty());
    village.entrusts(household, first);
    for _ in 0..3 {
        phone.exchanges(&mut line).unwrap();
    }
    assert_eq!(said(&village, household, "phone"), [Scalar::from("13811112222")]);
    assert_eq!(phone.ledger().standing().unwrap().waiting, 0);
}

#[test]
fn what_was_built_on_a_lost_change_arrives_from_whoever_had_forgotten_its_household_and_was_refused_at_first() {
    let BuiltOn { village, mut phone, mut line, household, first, back_up } = BuiltOn::what_will_be_lost(15);
    village.takes_back(household, first);
    phone.exchanges(&mut line).unwrap();
    assert!(phone.ledger().household_rows().unwrap().is_empty());
    village.county.is_restored(&back_up);
    // The county does not know any more that it was entrusted to them.
    phone.exchanges(&mut line).unwrap();
    assert!(!village.county.with(|county| county.quarantined().unwrap()).is_empty());
    assert!(phone.ledger().household_rows().unwrap().is_empty(), "what was forgotten stays so");
    village.entrusts(household, first);
    village.takes_back(household, first);
    for _ in 0..4 {
        phone.exchanges(&mut line).unwrap();
    }
    // What they knew of the roster's word was forgotten with the household: both stand, for a person to decide.
    assert!(said(&village, household, "phone").contains(&Scalar::from("13811112222")));
    assert_eq!(phone.ledger().standing().unwrap().waiting, 0);
    assert!(phone.ledger().household_rows().unwrap().is_empty());
}

#[test]
fn what_was_built_on_a_change_that_was_damaged_here_and_lost_there_is_said_again() {
    let mut village = Village::new(16);
    let place = village.place("北召店村", "village", None);
    let household = village.household("段志荣", place);
    let first = village.person("卫春建");
    village.entrusts(household, first);
    let mut line = village.line();
    let mut phone = village.phone("卫春建");
    phone.exchanges(&mut line).unwrap();
    let back_up = village.folder().join("back-up.sqlite");
    village.county.is_backed_up(&back_up);
    let address = phone.sets(household, "address", Scalar::from("上坡")).unwrap().unwrap();
    phone.exchanges(&mut line).unwrap();
    phone.sets_phone(household, "13811112222");
    phone.exchanges(&mut line).unwrap();
    phone.ledger_mut().lose(address).unwrap();
    village.county.is_restored(&back_up);
    for _ in 0..3 {
        phone.exchanges(&mut line).unwrap();
    }
    // What its author knew of the roster's word went with the damage: both stand, for a person to decide.
    assert!(said(&village, household, "phone").contains(&Scalar::from("13811112222")));
    assert_eq!(phone.ledger().standing().unwrap().waiting, 0);
}

#[test]
fn what_a_phone_that_was_shut_out_gave_and_cleared_stays_cleared_once_it_is_let_in_at_a_restored_county() {
    let mut village = Village::new(14);
    let place = village.place("北召店村", "village", None);
    let household = village.household("段志荣", place);
    let user = village.person("卫春建");
    village.entrusts(household, user);
    let mut line = village.line();
    let mut phone = village.phone("卫春建");
    phone.exchanges(&mut line).unwrap();
    let (key, device) = (phone.ledger().identity().unwrap().key.public(), phone.device);
    let shut_out = Device { key, device, label: String::new(), revoked: true, reason: None };
    village.county.directs(|w| w.record(About::Cadre(user), kind::DEVICE, Source::Office, &shut_out));
    let back_up = village.folder().join("back-up.sqlite");
    village.county.is_backed_up(&back_up);
    for (key, value) in [("phone", "13811112222".into()), ("address", "上坡".into()), ("address", Scalar::Null)] {
        phone.sets(household, key, value).unwrap();
        // Each in an envelope of its own.
        phone.ledger_mut().request(1).unwrap();
    }
    for _ in 0..2 {
        one_by_one(&mut phone, &mut line);
        village.county.is_restored(&back_up);
    }
    one_by_one(&mut phone, &mut line);
    for _ in 0..3 {
        for aside in village.county.with(|county| county.quarantined().unwrap()) {
            // What was let in a moment ago may have brought it along.
            village.county.with(|county| county.release(aside.entry)).ok();
        }
        one_by_one(&mut phone, &mut line);
    }
    assert_eq!(said(&village, household, "phone"), [Scalar::from("13811112222")]);
    let address = said(&village, household, "address");
    assert!(address.iter().all(|value| *value == Scalar::Null), "{address:?}");
}

/// A county that was backed up before a household was entrusted to somebody, who then built on what another has said of it since;
/// all of it was handed in.
struct BuiltOn {
    village: Village,
    phone: Phone,
    line: BadLine<County>,
    household: HouseholdId,
    first: UserId,
    back_up: PathBuf,
}

impl BuiltOn {
    fn what_will_be_lost(seed: u64) -> Self {
        let mut village = Village::new(seed);
        let place = village.place("北召店村", "village", None);
        let household = village.household("段志荣", place);
        let (first, second) = (village.person("卫春建"), village.person("赵永燕"));
        village.entrusts(household, second);
        let mut line = village.line();
        let (mut phone, mut lost) = (village.phone("卫春建"), village.phone("赵永燕"));
        phone.exchanges(&mut line).unwrap();
        lost.exchanges(&mut line).unwrap();
        let back_up = village.folder().join("back-up.sqlite");
        village.county.is_backed_up(&back_up);
        village.entrusts(household, first);
        lost.sets_phone(household, "13900001111");
        lost.exchanges(&mut line).unwrap();
        drop(lost);
        phone.exchanges(&mut line).unwrap();
        phone.sets_phone(household, "13811112222");
        phone.exchanges(&mut line).unwrap();
        Self { village, phone, line, household, first, back_up }
    }
}

/// Exchanges in the smallest of pages.
fn one_by_one(phone: &mut Phone, line: &mut BadLine<County>) {
    exchange(phone.ledger_mut(), line, 1, &mut |_| ()).unwrap().unwrap();
}

/// What the county has of a fact.
fn said(village: &Village, household: HouseholdId, key: &str) -> Vec<Scalar> {
    let dossier = village.county.with(|county| county.stored_dossier(household).unwrap().unwrap());
    dossier.statements(key).into_iter().map(|said| said.value).collect()
}
