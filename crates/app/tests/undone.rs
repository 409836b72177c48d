//! 撤回: what one did oneself is taken back, later than at once, after an exchange too; nobody else's words go with it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]

mod hillside;

use hillside::Helper;
use lianhu_app::{App, AppError, Undone, Written};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::EntryName;
use lianhu_core::record::{NeedStep, Strike};
use lianhu_core::scalar::Scalar;
use lianhu_core::visit::{Aid, Need, Promise, Visit};
use lianhu_ledger::{Undo, VisitRow};
use std::collections::BTreeMap;

fn last(app: &App) -> Written {
    app.last_act().unwrap().expect("something was done")
}

fn undo(app: &App) -> Undone {
    app.undo_act(last(app).row.entry).unwrap()
}

fn visits(app: &App, household: &str) -> Vec<VisitRow> {
    app.visits(Some(household.into()), None, None, None, None).unwrap()
}

fn said(app: &App, household: &str, key: &str) -> Vec<Scalar> {
    let id = app.household(household.into()).unwrap().row.id;
    let known = app.ledger().statements(id).unwrap().remove(key).unwrap_or_default();
    known.into_iter().map(|said| said.value).collect()
}

fn put(app: &App, household: &str, key: &str, value: impl Into<Scalar>) {
    let facts = BTreeMap::from([(key.to_owned(), value.into())]);
    app.update_household(household.into(), facts, None, None).unwrap();
}

fn full(helper: &Helper) -> Visit {
    Visit {
        day: helper.today,
        note: Some("老人一人在家".into()),
        needs: vec![Need { category: "饮水".into(), text: "换水管".into() }],
        promises: vec![Promise { text: "送药".into(), due: Some(helper.today.plus(3)) }],
        aid: vec![Aid { item: "大米".into(), quantity_hundredths: 200, unit: "袋".into() }],
        ..Visit::default()
    }
}

/// Whether the county knows it yet when it is taken back must make no difference.
fn before_and_after_an_exchange(act: impl Fn(&Helper, &dyn Fn())) {
    for exchanged in [false, true] {
        let helper = Helper::new();
        act(&helper, &|| {
            if exchanged {
                helper.exchange();
            }
            helper.around.pass(3 * 3600);
        });
        helper.exchange();
        let county = helper.county.lock().unwrap();
        for house in &helper.houses {
            let here = helper.app.ledger().statements(*house).unwrap();
            let values = |all: BTreeMap<String, Vec<lianhu_ledger::Said>>| {
                all.into_iter()
                    .map(|(key, said)| {
                        (key, said.into_iter().map(|said| (said.value, said.counts)).collect::<Vec<_>>())
                    })
                    .collect::<Vec<_>>()
            };
            assert_eq!(values(county.statements(*house).unwrap()), values(here), "exchanged {exchanged}");
            let query = lianhu_ledger::VisitQuery { household: Some(*house), most: 100, ..Default::default() };
            let there: Vec<_> = county.visits(&query).unwrap().into_iter().map(|row| (row.root, row.visit)).collect();
            let here = visits(&helper.app, &house.to_string());
            assert_eq!(there, here.into_iter().map(|row| (row.root, row.visit)).collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_visit_is_taken_back_hours_later_with_the_number_given_at_it_and_the_history_says_so() {
    before_and_after_an_exchange(|helper, meanwhile| {
        let house = helper.house(0);
        put(&helper.app, &house, "phone", "13912345678");
        helper.app.record_visit(house.clone(), full(helper), None, None, None).unwrap();
        let done = last(&helper.app);
        assert_eq!((done.what.as_str(), done.more.len(), done.undo), ("visit", 1, Some(Undo::Open)), "one act");
        meanwhile();
        let undone = helper.app.undo_act(done.row.entry).unwrap();
        assert_eq!((undone.head.as_str(), undone.left.len()), ("梁永福", 0));
        assert!(visits(&helper.app, &house).is_empty());
        assert_eq!(said(&helper.app, &house, "phone"), [Scalar::from("13800000001")]);
        let card = helper.app.household(house.clone()).unwrap();
        assert!(card.needs.is_empty() && card.promises.is_empty());
        assert_eq!(last(&helper.app).what, "undo");
        let history = helper.app.timeline(house, None).unwrap();
        assert!(history.iter().any(|row| row.words.contains("撤回")), "{history:?}");
        // A second time there is nothing to take back, and what takes back is not taken back.
        assert_eq!(helper.app.undo_act(done.row.entry), Err(AppError::ActUndone));
        assert_eq!(last(&helper.app).undo, None);
        assert!(matches!(helper.app.undo_act(last(&helper.app).row.entry), Err(AppError::NotFound { .. })));
    });
}

#[test]
fn a_visit_moved_goes_back_to_where_it_was_as_it_was_with_what_others_had_made_of_it() {
    before_and_after_an_exchange(|helper, meanwhile| {
        let (one, other) = (helper.house(0), helper.house(1));
        let root = helper.visit(0, full(helper));
        helper.app.settle_need(root.clone(), 0, 1, None).unwrap();
        let was = visits(&helper.app, &one).remove(0);
        helper.app.move_visit(root, other.clone(), None).unwrap();
        let done = last(&helper.app);
        assert_eq!((done.what.as_str(), done.from.as_deref(), done.more.len()), ("move", Some("梁永福"), 2));
        meanwhile();
        let undone = helper.app.undo_act(done.row.entry).unwrap();
        assert_eq!(undone.household, helper.houses[0]);
        assert!(visits(&helper.app, &other).is_empty());
        let now = visits(&helper.app, &one);
        assert_eq!(now.len(), 1);
        assert_eq!((now[0].root, now[0].entry, &now[0].visit), (was.root, was.entry, &was.visit));
        let needs = helper.app.needs(Some(one.clone()), None).unwrap();
        assert_eq!((needs.len(), needs[0].step), (1, 1), "the step taken before is there again");
        assert_eq!(helper.app.household(one.clone()).unwrap().promises.len(), 1);
        let told = |house: &str| {
            let rows = helper.app.timeline(house.into(), None).unwrap();
            rows.into_iter().map(|row| row.words).collect::<Vec<_>>()
        };
        assert!(told(&one).iter().any(|words| words.contains("撤回作废")));
        assert!(told(&other).iter().any(|words| words.contains("移回 梁永福 家")));
        assert_eq!(helper.app.undo_act(done.row.entry), Err(AppError::ActUndone));
        // It can be moved again, and back again.
        helper.app.move_visit(was.root.to_string(), other.clone(), None).unwrap();
        assert_eq!(visits(&helper.app, &one).len(), 0);
        undo(&helper.app);
        assert_eq!((visits(&helper.app, &one).len(), visits(&helper.app, &other).len()), (1, 0));
    });
}

#[test]
fn the_number_said_at_a_visit_goes_along_or_away_with_it_and_comes_back() {
    before_and_after_an_exchange(|helper, meanwhile| {
        let (one, other) = (helper.house(0), helper.house(1));
        let phones = || [&one, &other].map(|house| said(&helper.app, house, "phone"));
        let number = |text: &str| vec![Scalar::from(text)];
        put(&helper.app, &other, "phone", "13700000002");
        helper.around.pass(600);
        put(&helper.app, &one, "phone", "13912345678");
        let root = helper.visit(0, full(helper));
        meanwhile();
        helper.app.move_visit(root, other.clone(), Some(true)).unwrap();
        assert_eq!(phones(), [number("13800000001"), number("13912345678")]);
        let done = last(&helper.app);
        assert_eq!((done.what.as_str(), done.more.len()), ("move", 4), "one act");
        meanwhile();
        assert!(undo(&helper.app).left.is_empty());
        assert_eq!(phones(), [number("13912345678"), number("13700000002")]);
        assert_eq!((visits(&helper.app, &one).len(), visits(&helper.app, &other).len()), (1, 0));
        helper.around.pass(600);
        let root = visits(&helper.app, &one)[0].root.to_string();
        helper.app.strike_visit(root, "其实没去成".into(), None, Some(true)).unwrap();
        assert_eq!(phones()[0], number("13912345678"), "said again by hand since, it is no number of that visit alone");
    });
    // Struck with its number, and both there again.
    let helper = Helper::new();
    let house = helper.house(0);
    put(&helper.app, &house, "phone", "13912345678");
    let root = helper.visit(0, full(&helper));
    helper.around.pass(60);
    helper.app.strike_visit(root, "其实没去成".into(), None, Some(true)).unwrap();
    assert_eq!(said(&helper.app, &house, "phone"), [Scalar::from("13800000001")]);
    assert_eq!(last(&helper.app).more.len(), 1, "one act");
    undo(&helper.app);
    assert_eq!(said(&helper.app, &house, "phone"), [Scalar::from("13912345678")]);
    assert_eq!(visits(&helper.app, &house).len(), 1);
}

#[test]
fn a_changed_fact_is_said_again_as_it_was_or_cleared_where_nothing_was_known() {
    before_and_after_an_exchange(|helper, meanwhile| {
        let house = helper.house(0);
        let facts = [("phone", Scalar::from("13912345678")), ("address", Scalar::from("河湾"))];
        let facts: BTreeMap<_, _> = facts.map(|(key, value)| (key.to_owned(), value)).into();
        helper.app.update_household(house.clone(), facts, Some(Source::Seen), None).unwrap();
        let entries = helper.app.timeline(house.clone(), None).unwrap().len();
        meanwhile();
        let done = last(&helper.app).row.entry;
        assert!(undo(&helper.app).left.is_empty());
        assert_eq!(said(&helper.app, &house, "phone"), [Scalar::from("13800000001")]);
        assert_eq!(said(&helper.app, &house, "address"), [Scalar::Null]);
        let history = helper.app.timeline(house, None).unwrap();
        assert_eq!(history.len(), entries + 1, "nothing is deleted");
        assert!(history.iter().any(|row| row.by.as_deref() == Some("韦卓然") && row.words.contains("138****0001")));
        assert_eq!(helper.app.undo_act(done), Err(AppError::ActUndone));
    });
}

#[test]
fn somebody_written_down_by_mistake_is_nobody_again() {
    before_and_after_an_exchange(|helper, meanwhile| {
        let house = helper.house(0);
        let facts = [("name", "莫小满"), ("relation", "之女"), ("phone", "13911112222")];
        let facts: BTreeMap<_, _> = facts.map(|(key, value)| (key.to_owned(), Scalar::from(value))).into();
        let card = helper.app.update_person(house.clone(), None, facts, None, None).unwrap();
        assert_eq!((card.persons.len(), card.row.persons), (2, 2));
        meanwhile();
        undo(&helper.app);
        let card = helper.app.household(house).unwrap();
        assert_eq!((card.persons.len(), card.row.persons), (1, 1));
    });
}

#[test]
fn a_correction_is_written_over_by_what_stood_before_and_a_promise_kept_is_open_again() {
    before_and_after_an_exchange(|helper, meanwhile| {
        let house = helper.house(0);
        let root = helper.visit(0, full(helper));
        let correct = Visit { needs: vec![], note: Some("写错了".into()), ..full(helper) };
        helper.app.amend_visit(root.clone(), correct, None, None, None).unwrap();
        meanwhile();
        let done = last(&helper.app).row.entry;
        undo(&helper.app);
        let now = visits(&helper.app, &house).remove(0);
        assert_eq!((now.versions, Visit { amends: vec![], ..now.visit }), (1, full(helper)));
        assert_eq!(helper.app.undo_act(done), Err(AppError::ActUndone));
        helper.around.pass(60);
        helper.app.keep_promise(root, "送药".into()).unwrap();
        meanwhile();
        undo(&helper.app);
        assert_eq!(helper.app.household(house).unwrap().promises.len(), 1);
    });
}

#[test]
fn what_was_struck_counts_again_under_its_own_name_and_nobody_else_takes_a_strike_back() {
    before_and_after_an_exchange(|helper, meanwhile| {
        let root = helper.visit(0, full(helper));
        helper.app.strike_visit(root.clone(), "记重了".into(), None, None).unwrap();
        let strike = last(&helper.app).row.entry;
        meanwhile();
        assert_eq!(undo(&helper.app).head, "梁永福");
        assert_eq!(visits(&helper.app, &helper.house(0))[0].root.to_string(), root);
        assert_eq!(helper.app.undo_act(strike), Err(AppError::ActUndone));
    });
    let helper = Helper::new();
    let root = helper.visit(0, full(&helper));
    helper.app.strike_visit(root, "记重了".into(), None, None).unwrap();
    let strike = last(&helper.app).row.entry;
    helper.exchange();
    let body = Strike { record: strike, reason: "撤回作废".into() };
    let about = About::Household(helper.houses[0]);
    helper.county.lock().unwrap().direct(|w| w.record(about, kind::STRIKE, Source::Office, &body)).unwrap();
    helper.exchange();
    assert!(visits(&helper.app, &helper.house(0)).is_empty(), "only its own author takes a strike back");
}

/// Somebody else writes about the same thing, before or after they have heard of it: what they say stands.
#[test]
fn nobody_elses_words_go_with_what_is_taken_back() {
    // Over one's own: there is nothing of one's own left to take back.
    let helper = Helper::new();
    let village = helper.office("first_secretary");
    let house = helper.house(0);
    put(&helper.app, &house, "phone", "13912345678");
    let done = last(&helper.app).row.entry;
    helper.exchange();
    helper.exchange_of(&village);
    put(&village, &house, "phone", "13711112222");
    helper.exchange_of(&village);
    helper.exchange();
    assert_eq!(last(&helper.app).undo, Some(Undo::BuiltOn));
    assert_eq!(helper.app.undo_act(done), Err(AppError::ActBuiltOn));
    assert_eq!(said(&helper.app, &house, "phone"), [Scalar::from("13711112222")]);

    helper.around.pass(60);
    // Beside one's own: both stand, and a person decides.
    put(&helper.app, &house, "address", "河湾");
    put(&village, &house, "address", "岭脚");
    helper.exchange_of(&village);
    helper.exchange();
    assert_eq!(helper.app.undo_act(last(&helper.app).row.entry), Err(AppError::ActBuiltOn));
    assert_eq!(said(&helper.app, &house, "address").len(), 2);

    helper.around.pass(60);
    // Not yet heard of: it is taken back beside theirs, and theirs still stands.
    put(&helper.app, &house, "room", "101");
    put(&village, &house, "room", "202");
    helper.exchange_of(&village);
    undo(&helper.app);
    helper.exchange();
    assert!(said(&helper.app, &house, "room").contains(&Scalar::from("202")));

    helper.around.pass(60);
    // The same said by both: it is theirs too.
    put(&helper.app, &house, "unit", "3");
    put(&village, &house, "unit", "3");
    helper.exchange_of(&village);
    helper.exchange();
    assert_eq!(helper.app.undo_act(last(&helper.app).row.entry), Err(AppError::ActBuiltOn));

    helper.around.pass(60);
    // Of several facts only those go back of which nobody else has spoken; the others are named.
    let facts = [("building", "5"), ("languages", "苗语")].map(|(key, value)| (key.to_owned(), Scalar::from(value)));
    helper.app.update_household(house.clone(), facts.into(), None, None).unwrap();
    put(&village, &house, "languages", "壮语");
    helper.exchange_of(&village);
    helper.exchange();
    let left = undo(&helper.app).left;
    assert_eq!(left.iter().map(|one| one.key.as_str()).collect::<Vec<_>>(), ["languages"]);
    assert_eq!(said(&helper.app, &house, "building"), [Scalar::Null]);
    assert_eq!(said(&helper.app, &house, "languages").len(), 2);
}

#[test]
fn what_was_chosen_among_several_is_not_decided_anew_by_taking_it_back() {
    let helper = Helper::new();
    let house = helper.house(0);
    put(&helper.app, &house, "phone", "13912345678");
    helper.county_says(0, "phone", "13711112222");
    helper.exchange();
    assert_eq!(said(&helper.app, &house, "phone").len(), 2);
    helper.around.pass(60);
    let choice = Some(Scalar::from("13711112222"));
    helper.app.choose_statement(house.clone(), "phone".into(), None, choice, None).unwrap();
    assert_eq!(last(&helper.app).undo, Some(Undo::BuiltOn));
    assert_eq!(helper.app.undo_act(last(&helper.app).row.entry), Err(AppError::ActBuiltOn));
    assert_eq!(said(&helper.app, &house, "phone"), [Scalar::from("13711112222")]);
}

#[test]
fn a_visit_that_others_have_gone_on_from_stays() {
    let helper = Helper::new();
    let village = helper.office("first_secretary");
    let meet = || {
        helper.exchange();
        helper.exchange_of(&village);
        helper.exchange();
    };
    let root = helper.visit(0, full(&helper));
    let done = last(&helper.app).row.entry;
    meet();
    let step = NeedStep { visit: EntryName::parse(&root).unwrap(), index: 0, step: 2, day: helper.today, result: None };
    let about = About::Household(helper.houses[0]);
    village.ledger().write(|w| w.record(about, kind::NEED_STEP, Source::Office, &step)).unwrap();
    meet();
    assert_eq!(helper.app.undo_act(done), Err(AppError::ActBuiltOn));
    // Neither is a correction of its needs, once somebody has taken a step by them.
    let other = Need { category: "住房".into(), text: String::new() };
    let correct = Visit { needs: vec![other, full(&helper).needs.remove(0)], ..full(&helper) };
    helper.app.amend_visit(root.clone(), correct, None, None, None).unwrap();
    let amended = last(&helper.app).row.entry;
    assert_eq!(last(&helper.app).undo, Some(Undo::Open));
    meet();
    let step = NeedStep { index: 1, ..step };
    village.ledger().write(|w| w.record(about, kind::NEED_STEP, Source::Office, &step)).unwrap();
    meet();
    assert_eq!(helper.app.undo_act(amended), Err(AppError::ActBuiltOn));
    // A correction by somebody else over one's own.
    village.amend_visit(root, full(&helper), None, None, None).unwrap();
    meet();
    let (before, kept) = (visits(&helper.app, &helper.house(0)), helper.app.undo_act(done));
    assert_eq!(kept, Err(AppError::ActBuiltOn));
    assert_eq!(visits(&helper.app, &helper.house(0)), before);
    // A moved visit that the village has corrected where it is now.
    let root = helper.visit(0, full(&helper));
    let moved = helper.app.move_visit(root, helper.house(1), None).unwrap();
    let done = last(&helper.app).row.entry;
    meet();
    village
        .amend_visit(moved.root.to_string(), Visit { note: Some("补".into()), ..full(&helper) }, None, None, None)
        .unwrap();
    meet();
    assert_eq!(helper.app.undo_act(done), Err(AppError::ActBuiltOn));
}

#[test]
fn after_a_day_and_on_another_device_there_is_nothing_to_take_back() {
    let helper = Helper::new();
    let village = helper.office("first_secretary");
    helper.visit(0, full(&helper));
    let done = last(&helper.app).row.entry;
    helper.exchange();
    helper.exchange_of(&village);
    assert!(matches!(village.undo_act(done), Err(AppError::NotFound { .. })));
    helper.around.pass(86_401);
    assert_eq!(helper.app.undo_act(done), Err(AppError::ActTooOld));
    assert_eq!(last(&helper.app).undo, None);
    // Registering a household entrusts it: that is no slip of a finger.
    let persons = vec![BTreeMap::from([("name".to_owned(), Scalar::from("覃小满"))])];
    let place = helper.app.places().unwrap()[0].id.to_string();
    if helper.app.register_household(place, BTreeMap::new(), persons).is_ok() {
        assert_eq!((last(&helper.app).what.as_str(), last(&helper.app).undo), ("registration", None));
    }
}

/// The number on the tab, the number that would be lost, and the lines of the list are the same, and are what a person did.
#[test]
fn what_waits_is_counted_as_a_person_counts_it() {
    let helper = Helper::new();
    let waiting = || {
        let standing = helper.app.status().unwrap().standing.unwrap();
        let listed = helper.app.written_lately(None).unwrap();
        let here = listed.iter().filter(|one| one.row.number.is_none()).count();
        assert_eq!(here, standing.acts as usize, "{listed:?}");
        let entries: usize = listed.iter().filter(|one| one.row.number.is_none()).map(|one| 1 + one.more.len()).sum();
        assert_eq!(entries, standing.waiting as usize, "every entry stands under one of them");
        (standing.acts, standing.waiting)
    };
    let (house, person) = (helper.house(0), helper.app.household(helper.house(0)).unwrap().persons[0].id);
    assert_eq!(waiting(), (0, 0));
    put(&helper.app, &house, "phone", "13912345678");
    let id_no = BTreeMap::from([("id_no".to_owned(), Scalar::from("452226196801010012"))]);
    helper.app.update_person(house.clone(), Some(person), id_no, None, None).unwrap();
    let root = helper.visit(0, full(&helper));
    assert_eq!(waiting(), (1, 3), "a visit at which two numbers were given");
    helper.around.pass(60);
    helper.app.move_visit(root, helper.house(1), None).unwrap();
    assert_eq!(waiting(), (2, 6));
    helper.around.pass(60);
    undo(&helper.app);
    assert_eq!(waiting(), (3, 8));
    helper.around.pass(60);
    put(&helper.app, &house, "address", "河湾");
    helper.around.pass(60);
    put(&helper.app, &house, "address", "岭脚");
    helper.visit(1, full(&helper));
    assert_eq!(waiting(), (6, 11), "two changes a minute apart are two, and another household's visit is one");
    helper.app.reveal(house, "phone".into(), "核对身份".into()).unwrap();
    assert_eq!(waiting(), (6, 11), "a trace is nothing that was done");
    helper.exchange();
    assert_eq!(waiting(), (0, 0));
    assert_eq!(helper.app.written_lately(None).unwrap().len(), 6);
}

#[test]
fn of_very_many_that_wait_as_many_are_counted() {
    let helper = Helper::new();
    let visit = || Visit { day: helper.today, ..Visit::default() };
    for at in 0..450 {
        helper.around.pass(60);
        if at % 3 == 0 {
            put(&helper.app, &helper.house(0), "phone", format!("139{at:08}").as_str());
        }
        helper.visit(0, visit());
    }
    let standing = helper.app.status().unwrap().standing.unwrap();
    assert_eq!((standing.acts, standing.waiting), (450, 600));
}
