//! What a dossier promises: any order, any repetition, the same dossier; two statements stay two until a person decides.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]

use lianhu_core::change::{Change, lane};
use lianhu_core::dossier::{Dossier, DossierError};
use lianhu_core::ids::{Actor, DeviceId, EntryName, HouseholdId, UserId};
use lianhu_core::scalar::Scalar;
use proptest::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

const HOUSE: HouseholdId = HouseholdId(Uuid::from_u128(1));

/// One change with its name and actor, as an entry would carry it.
type Written = (EntryName, Actor, Change);

/// A phone with its own copy of the dossier.
#[derive(Clone, Default)]
struct Phone {
    number: u128,
    dossier: Dossier,
}

impl Phone {
    fn new(number: u128) -> Self {
        Self { number, dossier: Dossier::default() }
    }

    fn put_in_lane(&mut self, puts: &[(&str, &str)], lane: u8) -> Option<Written> {
        let puts: BTreeMap<_, _> = puts.iter().map(|(key, value)| ((*key).to_owned(), Scalar::from(*value))).collect();
        let (user, device) = (UserId(Uuid::from_u128(self.number)), DeviceId(Uuid::from_u128(self.number)));
        let knowing =
            if lane == lane::IMPORT { self.dossier.last_import().into_iter().collect() } else { self.dossier.heads() };
        let change = self.dossier.compose(puts, &knowing, lane, 1, |change| change.actor(HOUSE, user, device))?;
        let actor = change.actor(HOUSE, user, device);
        let name = EntryName::of(format!("{} {change:?}", self.number).as_bytes());
        self.dossier.apply(name, actor, &change).expect("own change");
        Some((name, actor, change))
    }

    fn put(&mut self, key: &str, value: &str) -> Option<Written> {
        self.put_in_lane(&[(key, value)], lane::PERSON)
    }

    fn take(&mut self, (name, actor, change): &Written) -> Result<(), DossierError> {
        self.dossier.apply(*name, *actor, change)
    }

    fn says(&self, key: &str) -> Vec<String> {
        self.dossier.statements(key).iter().map(|statement| statement.value.to_string()).collect()
    }
}

#[test]
fn two_numbers_written_apart_stand_until_one_is_chosen() {
    let (mut a, mut b) = (Phone::new(1), Phone::new(2));
    let one = a.put("phone", "13800001111").unwrap();
    let two = b.put("phone", "13900002222").unwrap();
    a.take(&two).unwrap();
    b.take(&one).unwrap();
    assert_eq!(a.says("phone"), ["13800001111", "13900002222"]);
    assert_eq!(a.says("phone"), b.says("phone"));
    let chosen = a.put("phone", "13900002222").expect("choosing is a statement of its own");
    b.take(&chosen).unwrap();
    assert_eq!(b.says("phone"), ["13900002222"]);
    assert_eq!(b.dossier.statements("phone")[0].entries, [chosen.0]);
}

#[test]
fn the_same_said_twice_is_one_statement_with_both_who_said_it() {
    let (mut a, mut b) = (Phone::new(1), Phone::new(2));
    let one = a.put("phone", "13800001111").unwrap();
    let two = b.put("phone", "13800001111").unwrap();
    a.take(&two).unwrap();
    let said = a.dossier.statements("phone");
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].entries, [one.0, two.0]);
    assert_eq!(a.put("phone", "13800001111").map(|written| written.2.puts.len()), Some(1), "it settles both");
    assert_eq!(a.put("phone", "13800001111"), None, "nothing is left to say");
}

#[test]
fn a_repeated_cell_of_a_newer_file_is_no_statement_and_a_changed_one_is() {
    let mut county = Phone::new(1);
    let first = county.put_in_lane(&[("phone", "1"), ("room", "501")], lane::IMPORT).unwrap();
    let mut phone = Phone::new(2);
    phone.take(&first).unwrap();
    let changed = phone.put("phone", "2").unwrap();
    county.take(&changed).unwrap();
    assert_eq!(county.put_in_lane(&[("phone", "1"), ("room", "501")], lane::IMPORT), None);
    assert_eq!(county.says("phone"), ["2"]);
    county.put_in_lane(&[("phone", "3"), ("room", "502")], lane::IMPORT).unwrap();
    assert_eq!(county.says("phone"), ["2", "3"]);
    assert_eq!(county.says("room"), ["502"]);
}

#[test]
fn clearing_a_value_and_changing_it_are_two_statements() {
    let (mut a, mut b) = (Phone::new(1), Phone::new(2));
    let first = a.put("phone", "1").unwrap();
    b.take(&first).unwrap();
    let puts = BTreeMap::from([("phone".to_owned(), Scalar::Null)]);
    let actor = Actor([9; 16]);
    let cleared = a.dossier.compose(puts, &a.dossier.heads(), lane::PERSON, 1, |_| actor).unwrap();
    a.dossier.apply(EntryName::of(b"cleared"), actor, &cleared).unwrap();
    let changed = b.put("phone", "2").unwrap();
    a.take(&changed).unwrap();
    let said: Vec<_> = a.dossier.statements("phone").into_iter().map(|statement| statement.value).collect();
    assert_eq!(said, [Scalar::Null, Scalar::from("2")]);
}

#[test]
fn a_copied_phone_is_noticed_and_a_gap_is_refused() {
    let mut phone = Phone::new(1);
    let mut copy = phone.clone();
    let mut county = Phone::new(3);
    county.take(&phone.put("phone", "1").unwrap()).unwrap();
    assert_eq!(county.take(&copy.put("phone", "2").unwrap()), Err(DossierError::SeqTaken));
    let (name, actor, mut third) = phone.put("phone", "3").unwrap();
    third.seq = 3;
    assert_eq!(county.take(&(name, actor, third.clone())), Err(DossierError::SeqGap));
    third.seq = 2;
    third.deps.clear();
    assert_eq!(county.take(&(name, actor, third)), Err(DossierError::SeqGap), "it must have known its own last change");
    assert_eq!(county.says("phone"), ["1"]);
    let unknown = EntryName::of(b"nobody wrote this");
    let building_on_nothing = Change { lane: 0, turn: 1, seq: 1, deps: vec![unknown], puts: vec![] };
    let refused = county.dossier.apply(name, Actor([5; 16]), &building_on_nothing);
    assert_eq!(refused, Err(DossierError::MissingDeps(vec![unknown])));
}

#[derive(Debug, Clone)]
enum Act {
    Put { phone: usize, key: usize, value: u8 },
    Take { phone: usize, from: usize },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let put = (0..4usize, 0..3usize, 0..4u8).prop_map(|(phone, key, value)| Act::Put { phone, key, value });
    let take = (0..4usize, 0..4usize).prop_map(|(phone, from)| Act::Take { phone, from });
    proptest::collection::vec(prop_oneof![3 => put, 2 => take], 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every phone that has everything has the same dossier, whatever the order and however often it came, and the
    /// stored form reads back to it.
    #[test]
    fn any_order_and_any_repetition_give_the_same_dossier(acts in acts(), seed in any::<u64>()) {
        let mut phones: Vec<Phone> = (1..=4).map(Phone::new).collect();
        let mut written: Vec<Written> = Vec::new();
        for act in acts {
            match act {
                Act::Put { phone, key, value } => {
                    written.extend(phones[phone].put(["phone", "room", "address"][key], &value.to_string()));
                }
                Act::Take { phone, from } => {
                    let known: Vec<_> =
                        written.iter().filter(|one| phones[from].dossier.knows(one.0)).cloned().collect();
                    for one in known {
                        phones[phone].take(&one).unwrap();
                    }
                }
            }
        }
        let mut fresh = Phone::new(9);
        let mut open = written.clone();
        let mut turn = seed;
        while !open.is_empty() {
            turn = turn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = (turn >> 33) as usize % open.len();
            if fresh.take(&open[at]).is_ok() {
                let one = open.swap_remove(at);
                fresh.take(&one).unwrap();
            }
        }
        let expect = fresh.dossier.all().into_iter().map(values).collect::<Vec<_>>();
        for phone in &mut phones {
            for one in &written {
                phone.take(one).unwrap();
            }
            prop_assert_eq!(&phone.dossier.all().into_iter().map(values).collect::<Vec<_>>(), &expect);
            prop_assert!(phone.dossier.is_sound());
            prop_assert_eq!(phone.dossier.heads(), fresh.dossier.heads());
        }
        let read = Dossier::read(&fresh.dossier.write()).unwrap();
        prop_assert_eq!(read.all(), fresh.dossier.all());
        for (key, statements) in read.all() {
            prop_assert_eq!(&read.statements(&key), &statements, "one pass over all keys says the same as asking for one");
        }
        prop_assert_eq!(read.heads(), fresh.dossier.heads());
    }
}

/// A key with its statements, the entries of each in an order that does not depend on arrival.
fn values(
    (key, statements): (String, Vec<lianhu_core::dossier::Statement>),
) -> (String, Vec<(Scalar, Vec<EntryName>)>) {
    let sorted = |mut entries: Vec<EntryName>| {
        entries.sort_unstable();
        entries
    };
    (key, statements.into_iter().map(|one| (one.value, sorted(one.entries))).collect())
}
