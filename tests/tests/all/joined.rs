//! 合并: two cards of one household are shown and counted as one, with both histories; parting them gives back exactly what
//! was; and whoever may hold the one holds the other, for as long as they are joined.

use crate::real::County;
use lianhu_app::AppError;
use lianhu_core::day::{Day, Period};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::exchange::Code;
use lianhu_core::fact::Fact;
use lianhu_core::field::person_key;
use lianhu_core::ids::{EntryName, HouseholdId, PersonId, PlaceId};
use lianhu_core::join::{Join, JoinEnd, Pair};
use lianhu_core::record::Remark;
use lianhu_core::scalar::Scalar;
use lianhu_core::visit::Visit;
use lianhu_ledger::{Ledger, NotJoined};
use lianhu_tests::{Chance, Village};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const DAY: &str = "2026-09-20";

fn whole(into: HouseholdId, persons: Vec<Pair>) -> Join {
    Join { into, persons, whole: true, reason: "同一户登记了两次".into() }
}

/// Everything there ever was.
fn ever() -> Period {
    Period { from: Day(0), to: Day(50_000) }
}

/// Households, people and visits as a report counts them.
fn counted(ledger: &Ledger) -> (usize, u32, u32) {
    let facts = ledger.facts(ever(), None).unwrap();
    let (mut households, mut persons, mut visits) = (BTreeSet::new(), 0, 0);
    for fact in &facts {
        match fact {
            Fact::Household(one) => {
                assert!(households.insert(one.household), "a household is counted twice");
                persons += one.persons;
            }
            Fact::Visits { count, household, .. } => {
                assert!(households.contains(household), "a visit is counted for a household that is not");
                visits += count;
            }
            _ => {}
        }
    }
    let behind = ledger.households("", None, 0, 100).unwrap();
    assert_eq!(behind.total as usize, households.len(), "the list and the report count the same households");
    let listed: BTreeSet<_> = behind.rows.iter().map(|row| row.id.0).collect();
    assert_eq!(listed, households);
    for row in &behind.rows {
        let roots = ledger.visit_roots(row.id, ever()).unwrap().len();
        let said = facts.iter().find_map(|fact| match fact {
            Fact::Visits { household, count, .. } if *household == row.id.0 => Some(*count as usize),
            _ => None,
        });
        assert_eq!(said.unwrap_or(0), roots, "a figure opens the visits it counts");
        assert_eq!(ledger.persons(row.id).unwrap().iter().filter(|person| person.counts).count(), row.persons as usize);
    }
    (households.len(), persons, visits)
}

/// One of four households, with two people each.
struct Card {
    id: HouseholdId,
    persons: [PersonId; 2],
}

/// A village with four households, and the county's hand.
fn four(seed: u64) -> (Village, Vec<Card>) {
    let village = Village::new(seed);
    let place = village.place("上寨村", "village", None);
    let mut cards = Vec::new();
    for head in ["梁永福", "覃志明", "蓝素琴", "韦桂花"] {
        let id = village.household(head, place);
        let head = village.county.with(|ledger| ledger.persons(id).unwrap()[0].id);
        let second = PersonId::mint(&*village.around);
        let puts = BTreeMap::from([(person_key(second, "name"), Scalar::from("石小兰"))]);
        village.county.directs(|w| w.put(id, puts, Source::Household));
        cards.push(Card { id, persons: [head, second] });
    }
    (village, cards)
}

/// What is done at the county; a join and its end have a twin that changes nothing, so that all else is alike byte for byte.
#[derive(Debug, Clone)]
enum Act {
    Join(HouseholdId, Join),
    Part(HouseholdId, EntryName),
    Visit(HouseholdId, i32),
    Put(HouseholdId, String, Scalar),
    Moved(HouseholdId, PlaceId),
}

fn does(village: &Village, act: &Act, joins: bool) -> EntryName {
    let about = |household: &HouseholdId| About::Household(*household);
    let nothing = Remark { record: EntryName::default(), text: String::new() };
    village.county.directs(|w| match act {
        Act::Join(household, join) if joins => w.record(about(household), kind::JOIN, Source::Office, join),
        Act::Part(household, join) if joins => {
            let end = JoinEnd { join: *join, reason: String::new() };
            w.record(about(household), kind::JOIN_END, Source::Office, &end)
        }
        Act::Join(..) | Act::Part(..) => w.record(About::County, kind::REMARK, Source::Office, &nothing),
        Act::Visit(household, day) => {
            let visit = Visit { day: Day(*day), ..Visit::default() };
            w.record(about(household), kind::VISIT, Source::Household, &visit)
        }
        Act::Put(household, key, value) => {
            let puts = BTreeMap::from([(key.clone(), value.clone())]);
            Ok(w.put(*household, puts, Source::Household)?.unwrap_or_default())
        }
        Act::Moved(household, place) => {
            let body = lianhu_core::directive::Placement { origin: *place, present: None };
            w.record(about(household), kind::PLACEMENT, Source::Office, &body)
        }
    })
}

/// What the tables say of everything but the directives that join.
fn tables(ledger: &Ledger) -> BTreeMap<String, Vec<String>> {
    let mut dump = ledger.dump_rebuilt().unwrap();
    for of_joins in ["joining", "digest"] {
        dump.remove(of_joins);
    }
    dump
}

fn a_place(chance: &mut Chance, places: &[PlaceId]) -> PlaceId {
    places[chance.below(places.len())]
}

#[test]
fn in_whatever_order_it_is_joined_and_parted_tables_are_those_of_a_rebuild_and_parting_all_gives_back_what_was() {
    for seed in 0..40 {
        let mut chance = Chance::new(seed);
        let (village, cards) = four(seed);
        let (twin, same) = four(seed);
        assert!(cards.iter().zip(&same).all(|(one, other)| one.id == other.id && one.persons == other.persons));
        let places = [village.place("下寨村", "village", None), village.place("中寨村", "village", None)];
        assert_eq!(places[0], twin.place("下寨村", "village", None));
        twin.place("中寨村", "village", None);
        let pick = |chance: &mut Chance| &cards[chance.below(4)];
        let mut open: Vec<(HouseholdId, EntryName)> = Vec::new();
        let (mut visits, mut most_joined) = (0, 0);
        for step in 0..40 {
            let act = match chance.below(8) {
                0..=2 => {
                    let (one, other) = (pick(&mut chance), pick(&mut chance));
                    if one.id == other.id {
                        continue;
                    }
                    let mut persons = vec![Pair { person: one.persons[0], into: other.persons[0] }];
                    if chance.one_in(2) {
                        persons.push(Pair { person: one.persons[1], into: other.persons[chance.below(2)] });
                    }
                    let join = Join { whole: !chance.one_in(4), ..whole(other.id, persons) };
                    // As the gate does; now and then it is written all the same, as by a device that did not know.
                    let refused = village.county.with(|ledger| ledger.would_circle(one.id, &join)).unwrap();
                    if refused && !chance.one_in(3) {
                        continue;
                    }
                    Act::Join(one.id, join)
                }
                3 if !open.is_empty() => {
                    let (household, join) = open.swap_remove(chance.below(open.len()));
                    Act::Part(household, join)
                }
                4 => Act::Visit(pick(&mut chance).id, 20_000 + i32::try_from(chance.below(300)).unwrap()),
                5 => Act::Moved(pick(&mut chance).id, a_place(&mut chance, &places)),
                6 => {
                    let card = pick(&mut chance);
                    let person = card.persons[chance.below(2)];
                    let gone = ["自然减少", "正常"][chance.below(2)];
                    Act::Put(card.id, person_key(person, "status"), gone.into())
                }
                _ => {
                    let number = ["13800000001", "13800000002", "13800000003"][chance.below(3)];
                    Act::Put(pick(&mut chance).id, "phone".into(), number.into())
                }
            };
            visits += u32::from(matches!(act, Act::Visit(..)));
            let entry = does(&village, &act, true);
            let other = does(&twin, &act, false);
            match &act {
                Act::Join(household, _) => open.push((*household, entry)),
                Act::Part(..) => {}
                _ => assert_eq!(entry, other, "seed {seed}, step {step}: the twins are alike"),
            }
            village.county.with(|ledger| {
                let (households, persons, seen) = counted(ledger);
                let joined = cards.iter().filter(|card| ledger.card_of(card.id).unwrap() != card.id).count();
                most_joined = most_joined.max(joined);
                assert_eq!((households, seen), (4 - joined, visits), "seed {seed}, step {step}: {act:?}");
                assert!(persons <= 8, "seed {seed}, step {step}");
                let before = ledger.dump_rebuilt().unwrap();
                ledger.rebuild().unwrap();
                let after = ledger.dump_rebuilt().unwrap();
                for (table, rows) in &before {
                    assert_eq!(Some(rows), after.get(table), "seed {seed}, step {step}, {table}: {act:?}");
                }
            });
        }
        for (household, join) in open {
            does(&village, &Act::Part(household, join), true);
            does(&twin, &Act::Part(household, join), false);
        }
        let (after, never) = (village.county.with(|ledger| tables(ledger)), twin.county.with(|ledger| tables(ledger)));
        for (table, rows) in &never {
            assert_eq!(after.get(table), Some(rows), "seed {seed}: {table} is as if nothing had ever been joined");
        }
        assert!(seed > 3 || most_joined > 0, "nothing was joined");
    }
}

#[test]
fn whoever_holds_one_card_gets_the_other_for_as_long_as_they_are_joined_and_nothing_written_meanwhile_is_lost() {
    let mut village = Village::new(7);
    let place = village.place("上寨村", "village", None);
    let (one, other) = (village.household("梁永福", place), village.household("梁永福", place));
    let (first, second) = (village.person("卫春建"), village.person("赵永燕"));
    village.entrusts(one, first);
    village.entrusts(other, second);
    let (mut first, mut second) = (village.phone("卫春建"), village.phone("赵永燕"));
    let mut line = village.line();
    first.exchanges(&mut line).unwrap();
    second.exchanges(&mut line).unwrap();
    first.visits(one, DAY);
    first.exchanges(&mut line).unwrap();
    let head = |household| village.county.with(|ledger| ledger.persons(household).unwrap()[0].id);
    let pair = Pair { person: head(other), into: head(one) };
    let join = village
        .county
        .directs(|w| w.record(About::Household(other), kind::JOIN, Source::Office, &whole(one, vec![pair])));
    // The second has not heard of it, and goes to see the household as they know it.
    let visit = second.visits(other, DAY);
    for _ in 0..2 {
        for phone in [&mut second, &mut first] {
            phone.exchanges(&mut line).unwrap();
        }
    }
    for phone in [&first, &second] {
        let ledger = phone.ledger();
        assert_eq!(
            ledger.households("", None, 0, 10).unwrap().rows.iter().map(|row| row.id).collect::<Vec<_>>(),
            [one]
        );
        assert_eq!(counted(ledger), (1, 1, 2), "both visits count, once, for the card that stays");
        assert_eq!(ledger.timeline(one, false).unwrap().iter().filter(|row| row.kind == kind::VISIT).count(), 2);
        assert_eq!(ledger.visit(visit).unwrap().household, other, "it stays where it was written");
        let page = ledger.households("梁永福", None, 0, 10).unwrap();
        assert_eq!((page.total, page.rows[0].id, page.rows[0].joined), (1, one, 1));
    }
    assert_eq!(village.county.with(|ledger| counted(ledger)), (1, 1, 2));
    // Whoever gets one of them now gets both; what is taken back of one card is still held by the other.
    let third = village.person("武山江");
    village.entrusts(other, third);
    let mut third = village.phone("武山江");
    third.exchanges(&mut line).unwrap();
    assert_eq!(counted(third.ledger()), (1, 1, 2));
    village.entrusts(one, third.user);
    village.takes_back(other, third.user);
    third.exchanges(&mut line).unwrap();
    assert_eq!(counted(third.ledger()), (1, 1, 2));

    // Parted: each keeps what is entrusted to them; what the first wrote about the other before hearing of it arrives.
    village.county.directs(|w| {
        let end = JoinEnd { join, reason: "不是同一户".into() };
        w.record(About::Household(other), kind::JOIN_END, Source::Office, &end)
    });
    let late = first.visits(other, DAY);
    for _ in 0..2 {
        for phone in [&mut first, &mut second, &mut third] {
            phone.exchanges(&mut line).unwrap();
        }
    }
    assert_eq!(village.county.with(|ledger| counted(ledger)), (2, 2, 3));
    assert_eq!(village.county.with(|ledger| ledger.visit(late).unwrap().household), other);
    let held = |ledger: &Ledger| -> Vec<_> {
        ledger.households("", None, 0, 10).unwrap().rows.iter().map(|row| row.id).collect()
    };
    assert_eq!(
        (held(first.ledger()), held(second.ledger()), held(third.ledger())),
        (vec![one], vec![other], vec![one])
    );
    assert_eq!((counted(first.ledger()), counted(second.ledger())), ((1, 1, 1), (1, 1, 2)));
    for phone in [&mut first, &mut second, &mut third] {
        let before = phone.ledger().dump_rebuilt().unwrap();
        phone.ledger_mut().rebuild().unwrap();
        assert_eq!(phone.ledger().dump_rebuilt().unwrap(), before);
        assert_eq!(phone.exchanges(&mut line).unwrap().numbered, 0);
    }
}

#[test]
fn only_a_township_that_both_lie_in_joins_them_and_never_in_a_circle() {
    let mut village = Village::new(9);
    let county = village.place("南召县", "county", None);
    let (town, far) = (village.place("皇后乡", "town", Some(county)), village.place("天桥乡", "town", Some(county)));
    let near = village.place("上寨村", "village", Some(town));
    let beyond = village.place("天桥村", "village", Some(far));
    let houses: Vec<_> = ["梁永福", "梁永富", "梁永夫"].iter().map(|head| village.household(head, near)).collect();
    let stranger = village.household("梁永福", beyond);
    village.person_with("乡里", "township", Some(town));
    let helper = village.person("卫春建");
    for house in houses.iter().chain([&stranger]) {
        village.entrusts(*house, helper);
    }
    let (mut office, mut phone) = (village.phone("乡里"), village.phone("卫春建"));
    let mut line = village.line();
    office.exchanges(&mut line).unwrap();
    phone.exchanges(&mut line).unwrap();
    let joins =
        |phone: &mut lianhu_tests::Phone, one, other| phone.ledger_mut().join(one, &whole(other, Vec::new())).unwrap();
    let first = joins(&mut office, houses[0], houses[1]).unwrap();
    joins(&mut office, houses[1], houses[2]).unwrap();
    assert_eq!(joins(&mut office, houses[2], houses[0]), Err(NotJoined::Circle));
    assert_eq!(joins(&mut office, houses[0], houses[2]), Err(NotJoined::Circle), "it is joined already");
    assert_eq!(joins(&mut office, houses[2], houses[2]), Err(NotJoined::Senseless));
    assert_eq!(joins(&mut phone, houses[0], houses[1]), Err(NotJoined::NotAllowed));
    office.exchanges(&mut line).unwrap();
    assert_eq!(
        village.county.with(|ledger| ledger.cards_of(houses[0]).unwrap()[0]),
        houses[2],
        "a chain leads to its end"
    );
    assert_eq!(village.county.with(|ledger| counted(ledger).0), 2);

    // What devices write all the same is set aside by name.
    let mut writes = |phone: &mut lianhu_tests::Phone, about, into| {
        let about = About::Household(about);
        let join = whole(into, Vec::new());
        let written = phone.ledger_mut().write(|w| w.record(about, kind::JOIN, Source::Office, &join)).unwrap();
        phone.exchanges(&mut line).unwrap();
        let refused = village.county.with(|ledger| ledger.quarantined()).unwrap();
        refused.into_iter().find(|one| one.entry == written).and_then(|one| one.code)
    };
    assert_eq!(writes(&mut office, houses[2], houses[0]), Some(Code::Circle));
    assert_eq!(writes(&mut office, houses[2], houses[2]), Some(Code::NotTheBody));
    assert_eq!(writes(&mut office, houses[2], stranger), Some(Code::NotEntitled));
    assert_eq!(writes(&mut phone, houses[2], stranger), Some(Code::NotEntitled));
    assert_eq!(village.county.with(|ledger| counted(ledger).0), 2);
    // Nobody but a township or the county parts them either.
    let end = JoinEnd { join: first, reason: String::new() };
    phone.ledger_mut().write(|w| w.record(About::Household(houses[0]), kind::JOIN_END, Source::Office, &end)).unwrap();
    phone.exchanges(&mut line).unwrap();
    assert_eq!(village.county.with(|ledger| counted(ledger).0), 2);
    office.ledger_mut().part(first, "看错了").unwrap().unwrap();
    office.exchanges(&mut line).unwrap();
    assert_eq!(village.county.with(|ledger| counted(ledger).0), 3);
    assert!(office.ledger_mut().part(first, "看错了").is_err(), "it was parted");
}

#[test]
fn a_person_on_two_lists_counts_where_they_live_and_both_households_stay() {
    let (village, cards) = four(3);
    let (home, husband) = (&cards[0], &cards[1]);
    let pair = Pair { person: home.persons[1], into: husband.persons[1] };
    let join = Join { whole: false, ..whole(husband.id, vec![pair]) };
    let before = village.county.with(|ledger| counted(ledger));
    assert_eq!(before, (4, 8, 0));
    let name = does(&village, &Act::Join(home.id, join), true);
    village.county.with(|ledger| {
        assert_eq!(counted(ledger), (4, 7, 0));
        assert_eq!(ledger.household_row(home.id).unwrap().unwrap().persons, 1);
        assert_eq!(ledger.household_row(husband.id).unwrap().unwrap().persons, 2);
        let pairs: Vec<_> =
            ledger.joins_of(husband.id).unwrap().into_iter().map(|join| (join.whole, join.persons)).collect();
        assert_eq!(pairs, [(false, vec![pair])], "both cards know of it");
    });
    does(&village, &Act::Part(home.id, name), true);
    assert_eq!(village.county.with(|ledger| counted(ledger)), before);
}

#[test]
fn what_two_cards_say_differently_is_asked_until_somebody_decides_and_again_when_it_is_said_anew() {
    let (village, cards) = four(5);
    let (stays, joins) = (&cards[0], &cards[1]);
    let put = |card: &Card, key: &str, value: &str| does(&village, &Act::Put(card.id, key.into(), value.into()), true);
    put(stays, "phone", "13800000001");
    put(joins, "phone", "13800000002");
    put(joins, "site", "阳光社区");
    let pair = Pair { person: joins.persons[0], into: stays.persons[0] };
    does(&village, &Act::Join(joins.id, whole(stays.id, vec![pair])), true);
    let said = |key: &str| -> Vec<(String, HouseholdId)> {
        let said = village.county.with(|ledger| ledger.statements(stays.id)).unwrap().remove(key).unwrap_or_default();
        said.iter().map(|said| (said.value.to_string(), said.by[0].card)).collect()
    };
    let asked = || village.county.with(|ledger| ledger.conflicts(10)).unwrap();
    let both = vec![("13800000001".to_owned(), stays.id), ("13800000002".to_owned(), joins.id)];
    assert_eq!(said("phone"), both);
    assert_eq!(said("site"), [("阳光社区".to_owned(), joins.id)], "what only one card says is no disagreement");
    let names = person_key(stays.persons[0], "name");
    assert_eq!(asked(), [(stays.id, names), (stays.id, "phone".to_owned())]);
    assert_eq!(village.county.with(|ledger| ledger.household_row(stays.id)).unwrap().unwrap().disagreeing, 2);
    // A decision for what stands there already is one too.
    village.county.directs(|w| w.affirm(stays.id, "phone", &"13800000001".into(), Source::Office));
    assert_eq!(said("phone"), both[..1]);
    assert_eq!(asked().len(), 1);
    put(joins, "phone", "13800000003");
    assert_eq!(said("phone").len(), 2, "said anew since");
    assert_eq!(asked().len(), 2);
    // Somebody who is on one card only is kept there, and the household knows where.
    let lone = person_key(joins.persons[1], "phone");
    let kept = village.county.with(|ledger| ledger.kept_at(stays.id, &lone)).unwrap();
    assert_eq!(kept, (joins.id, lone));
    let paired = person_key(joins.persons[0], "phone");
    let kept = village.county.with(|ledger| ledger.kept_at(stays.id, &paired)).unwrap();
    assert_eq!(kept, (stays.id, person_key(stays.persons[0], "phone")));
}

const NEAR: &str = "南召县/皇后乡/北召店村";

#[test]
fn a_household_registered_twice_is_shown_before_saving_found_by_the_office_joined_counted_once_and_parted() {
    let county = County::new();
    let phone = county.person("卫春建", "first_secretary", Some(NEAR), &[]);
    let known = county.household("段志荣");
    let asked = |name: &str| {
        let told = phone.does("alike_households", json!({"place": NEAR, "facts": {}, "persons": [{"name": name}]}));
        told["rows"].as_array().unwrap().clone()
    };
    assert!(asked("没有这人").is_empty());
    let alike = asked("段志荣");
    assert_eq!((alike.len(), &alike[0]["row"]["id"]), (1, &json!(known)));
    assert_eq!(alike[0]["reasons"][0]["likeness"], "head_village");
    // It keeps nobody from writing the household down all the same.
    let registered = phone.does(
        "register_household",
        json!({"place": NEAR, "facts": {"phone": "13912345678"}, "persons": [{"name": "段志荣"}, {"name": "段小兰"}]}),
    );
    let twice = registered["row"]["id"].as_str().unwrap().to_owned();
    for household in [&known, &twice] {
        phone.visits(household, json!({"day": "2026-11-20"}));
    }
    phone.exchanges();
    assert_eq!((county.counts("households"), county.counts("persons"), county.counts("visits")), (7, 14, 2));
    let found = county.admin.does("duplicate_candidates", json!({}));
    assert_eq!(found["total"], 1, "{found}");
    let pair = &found["rows"][0];
    assert_eq!(
        (&pair["stays"]["id"], &pair["joins"]["id"], &pair["may_join"]),
        (&json!(known), &json!(twice), &json!(true))
    );
    let both = json!({"joins": twice, "stays": known});
    let compared = county.admin.does("compare_households", both);
    let phones: Vec<_> = compared["facts"].as_array().unwrap().iter().filter(|fact| fact["key"] == "phone").collect();
    assert_eq!((&phones[0]["same"], &phones[0]["joins"]), (&json!(false), &json!("139****5678")), "masked");
    let head = &compared["persons"][0];
    let pairs = json!([{"person": head["joins"]["id"], "into": head["stays"]["id"]}]);
    let join =
        |reason: &str| json!({"joins": twice, "stays": known, "persons": pairs, "whole": true, "reason": reason});
    assert_eq!(phone.tries("join_households", join("登记了两次")), Err(AppError::NotAllowed));
    assert!(matches!(county.admin.tries("join_households", join(" ")), Err(AppError::Invalid { .. })));
    let card = county.admin.does("join_households", join("登记了两次"));
    assert_eq!(
        (&card["row"]["id"], &card["row"]["persons"], &card["row"]["joined"]),
        (&json!(known), &json!(3), &json!(1))
    );
    assert_eq!(county.admin.tries("join_households", join("再来一次")), Err(AppError::JoinedAlready));
    assert_eq!((county.counts("households"), county.counts("persons"), county.counts("visits")), (6, 13, 2));
    let figure = county.figure("visits")["key"].clone();
    let behind = county.admin.does("records_behind", json!({"figure": figure}));
    assert_eq!(behind["visits"].as_array().unwrap().len(), 2, "both are behind the figure");
    assert_eq!(county.admin.does("duplicate_candidates", json!({}))["total"], 0);

    // On the phone too: either id opens the one card, with both histories; the fact is asked there, and decided there.
    phone.exchanges();
    assert_eq!(phone.heads().iter().filter(|head| *head == "段志荣").count(), 1);
    let card = phone.does("household", json!({"id": twice}));
    assert_eq!((&card["row"]["id"], card["visits"].as_array().unwrap().len()), (&json!(known), 2));
    let said = |card: &Value| -> Vec<Value> {
        let facts = card["facts"].as_array().unwrap();
        facts.iter().find(|fact| fact["key"] == "phone").unwrap()["said"].as_array().unwrap().clone()
    };
    assert_eq!(said(&card).len(), 2);
    let entry = said(&card)[1]["by"][0]["entry"].clone();
    let chosen = phone.does("choose_statement", json!({"household": twice, "key": "phone", "said": entry}));
    assert_eq!(said(&chosen).iter().map(|chip| chip["value"].clone()).collect::<Vec<_>>(), [json!("139****5678")]);
    let cards = |one_card: bool| {
        let told = phone.does("timeline", json!({"household": twice, "one_card": one_card}));
        let rows = told.as_array().unwrap().iter().filter(|row| row["what"] == "visit");
        rows.map(|row| row["card"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>().len()
    };
    assert_eq!((cards(false), cards(true)), (2, 1));

    // A mistake: parted, each is what it was. Told apart, they are shown again only when something changes.
    let join = county.admin.does("joined_households", json!({}))["rows"][0]["entry"].clone();
    county.admin.does("part_households", json!({"join": join, "reason": "看错了"}));
    assert_eq!((county.counts("households"), county.counts("persons"), county.counts("visits")), (7, 14, 2));
    let found = || county.admin.does("duplicate_candidates", json!({}));
    assert_eq!(found()["total"], 1, "the number chosen for both does not matter: names and village do");
    phone.exchanges();
    phone.does("tell_apart", json!({"household": twice, "other": known, "reason": "两家都见过"}));
    phone.exchanges();
    county.admin.exchanges();
    assert_eq!(found()["total"], 0);
    phone.does("update_household", json!({"household": twice, "facts": {"water_safe": true}}));
    phone.exchanges();
    county.admin.exchanges();
    assert_eq!(found()["total"], 0, "nothing they are compared by");
    phone.does("update_household", json!({"household": twice, "facts": {"phone": "13912345679"}}));
    phone.exchanges();
    county.admin.exchanges();
    assert_eq!((&found()["total"], &found()["rows"][0]["again"]), (&json!(1), &json!(true)));
    let audit = county.admin.does("audit", json!({"act": "join"}));
    let acts: Vec<_> = audit["rows"].as_array().unwrap().iter().map(|row| row["reason"].as_str().unwrap()).collect();
    assert_eq!(acts, ["看错了", "登记了两次"]);
}
