//! Facts of weight: what was confirmed last counts, whatever was said since, until a township or the county confirms that.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]

mod hillside;

use hillside::Helper;
use lianhu_app::{App, AppError, Fact};
use lianhu_core::directive::{Approval, Place, Placement};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::PlaceId;
use lianhu_core::scalar::Scalar;
use lianhu_core::surroundings::Surroundings as _;
use lianhu_ledger::Attention;
use std::collections::BTreeMap;

const TYPE: &str = "household_type";

fn fact(app: &App, house: String, key: &str) -> Fact {
    app.household(house).unwrap().facts.into_iter().find(|fact| fact.key == key).unwrap()
}

fn counting(fact: &Fact) -> Option<String> {
    fact.said.iter().find(|chip| chip.counts).map(|chip| chip.value.to_string())
}

fn says(app: &App, house: String, key: &str, value: &str) {
    app.update_household(house, BTreeMap::from([(key.to_owned(), Scalar::from(value))]), None, None).unwrap();
}

/// How long the oldest statement of each household on the list of what is to be confirmed has waited too long.
fn to_confirm(app: &App) -> Vec<bool> {
    let all = app.needs_attention().unwrap();
    let pressing =
        |item: &Attention| if let Attention::ToConfirm { pressing, .. } = item { Some(*pressing) } else { None };
    all.iter().filter_map(pressing).collect()
}

#[test]
fn what_a_helper_says_of_the_household_type_counts_once_the_township_confirms_it() {
    let helper = Helper::new();
    let town = helper.office("township");
    helper.county_says(0, TYPE, "脱贫户");
    helper.exchange();
    assert_eq!(
        counting(&fact(&helper.app, helper.house(0), TYPE)).as_deref(),
        Some("脱贫户"),
        "the roster is the county's"
    );
    says(&helper.app, helper.house(0), TYPE, "监测对象");
    let here = fact(&helper.app, helper.house(0), TYPE);
    assert_eq!((counting(&here).as_deref(), here.waiting, here.to_choose), (Some("脱贫户"), 1, false));
    assert_eq!(to_confirm(&helper.app), [] as [bool; 0], "a helper cannot confirm and is not asked to");
    helper.exchange();
    helper.exchange_of(&town);
    assert_eq!(to_confirm(&town), [false]);
    let there = fact(&town, helper.house(0), TYPE);
    assert_eq!((counting(&there).as_deref(), there.waiting), (Some("脱贫户"), 1));
    let entry = there.said.iter().find(|chip| chip.waiting).unwrap().by[0].entry;
    let card = town.choose_statement(helper.house(0), TYPE.into(), Some(entry), None, None).unwrap();
    let now = card.facts.iter().find(|fact| fact.key == TYPE).unwrap();
    assert_eq!((counting(now).as_deref(), now.waiting), (Some("监测对象"), 0));
    assert_eq!(to_confirm(&town), [] as [bool; 0]);
    helper.exchange_of(&town);
    helper.exchange();
    let here = fact(&helper.app, helper.house(0), TYPE);
    assert_eq!((counting(&here).as_deref(), here.waiting), (Some("监测对象"), 0));
}

#[test]
fn the_township_may_keep_what_counted_and_then_nothing_waits() {
    let helper = Helper::new();
    let town = helper.office("township");
    helper.county_says(0, TYPE, "脱贫户");
    helper.exchange();
    says(&helper.app, helper.house(0), TYPE, "一般农户");
    helper.exchange();
    helper.exchange_of(&town);
    let kept = Some(Scalar::from("脱贫户"));
    town.choose_statement(helper.house(0), TYPE.into(), None, kept, None).unwrap();
    helper.exchange_of(&town);
    helper.exchange();
    let here = fact(&helper.app, helper.house(0), TYPE);
    assert_eq!((counting(&here).as_deref(), here.waiting, here.said.len()), (Some("脱贫户"), 0, 1));
}

#[test]
fn after_fifteen_days_it_stands_on_top_of_the_townships_list() {
    let helper = Helper::new();
    let town = helper.office("township");
    says(&helper.app, helper.house(1), TYPE, "监测对象");
    let here = fact(&helper.app, helper.house(1), TYPE);
    assert_eq!((counting(&here), here.waiting), (None, 1), "nothing was ever confirmed");
    helper.exchange();
    helper.exchange_of(&town);
    assert_eq!(to_confirm(&town), [false]);
    helper.around.set(helper.around.now().plus_seconds(16 * 86_400));
    assert_eq!(to_confirm(&town), [true]);
    assert!(matches!(town.needs_attention().unwrap()[0], Attention::ToConfirm { pressing: true, .. }));
}

#[test]
fn the_county_says_which_facts_are_of_weight() {
    let helper = Helper::new();
    let county = helper.office("county");
    assert_eq!(helper.app.confirmed_facts().unwrap(), [TYPE, "monitor_type", "risk_cleared"]);
    assert_eq!(helper.app.require_confirmation(vec![TYPE.into()]), Err(AppError::NotAllowed));
    assert!(matches!(county.require_confirmation(vec!["phone".into()]), Err(AppError::Invalid { .. })));
    county.require_confirmation(vec!["income_per_capita".into()]).unwrap();
    helper.exchange_of(&county);
    helper.exchange();
    assert_eq!(helper.app.confirmed_facts().unwrap(), ["income_per_capita"]);
    says(&helper.app, helper.house(0), TYPE, "监测对象");
    assert_eq!(counting(&fact(&helper.app, helper.house(0), TYPE)).as_deref(), Some("监测对象"));
    let income = BTreeMap::from([("income_per_capita".to_owned(), Scalar::Int(1_200_000))]);
    helper.app.update_household(helper.house(0), income, None, None).unwrap();
    let income = fact(&helper.app, helper.house(0), "income_per_capita");
    assert_eq!((counting(&income), income.waiting), (None, 1));
    county.require_confirmation(Vec::new()).unwrap();
    helper.exchange_of(&county);
    helper.exchange();
    assert_eq!(fact(&helper.app, helper.house(0), "income_per_capita").waiting, 0);
}

#[test]
fn a_helper_who_confirms_or_plays_the_roster_all_the_same_is_set_aside() {
    let helper = Helper::new();
    helper.county_says(0, TYPE, "脱贫户");
    helper.exchange();
    says(&helper.app, helper.house(0), TYPE, "监测对象");
    let said = fact(&helper.app, helper.house(0), TYPE).said.iter().find(|chip| chip.waiting).unwrap().by[0].entry;
    let about = About::Household(helper.houses[0]);
    let approval = Approval { key: TYPE.into(), said };
    helper.app.ledger().write(|w| w.record(about, kind::APPROVAL, Source::Office, &approval)).unwrap();
    let played = BTreeMap::from([(TYPE.to_owned(), Scalar::from("监测对象"))]);
    helper.app.ledger().write(|w| w.import(helper.houses[1], played)).unwrap();
    helper.exchange();
    let aside = helper.app.needs_attention().unwrap();
    let aside = aside.iter().filter(|item| matches!(item, Attention::SetAside { .. })).count();
    assert_eq!(aside, 2);
    let county = helper.county.lock().unwrap();
    for house in &helper.houses {
        let said = county.statements(*house).unwrap().remove(TYPE).unwrap_or_default();
        assert!(said.iter().all(|said| said.value != Scalar::from("监测对象") || !said.counts), "{said:?}");
    }
}

#[test]
fn what_counts_is_the_same_when_everything_is_computed_anew() {
    let helper = Helper::new();
    let town = helper.office("township");
    for (at, value) in [(0, "监测对象"), (1, "一般农户"), (0, "脱贫户")] {
        says(&helper.app, helper.house(at), TYPE, value);
        helper.exchange();
        helper.exchange_of(&town);
        says(&town, helper.house(0), "monitor_type", value);
        says(&town, helper.house(at), TYPE, "脱贫户");
        helper.county_says(0, TYPE, value);
    }
    helper.exchange_of(&town);
    helper.exchange();
    for ledger in [&mut *helper.app.ledger(), &mut *town.ledger(), &mut *helper.county.lock().unwrap()] {
        let before = ledger.dump_rebuilt().unwrap();
        ledger.rebuild().unwrap();
        assert_eq!(ledger.dump_rebuilt().unwrap(), before);
    }
}

#[test]
fn what_waits_is_listed_by_itself_the_longest_waiting_first() {
    let helper = Helper::new();
    let town = helper.office("township");
    for at in [1, 0] {
        says(&helper.app, helper.house(at), TYPE, "一般农户");
        says(&helper.app, helper.house(at), "house_danger", "是");
        helper.county_says(at, "house_danger", "否");
        helper.around.set(helper.around.now().plus_seconds(86_400));
    }
    helper.exchange();
    helper.exchange_of(&town);
    let heads = |most, waits| {
        let found = town.conflicts(None, most, waits).unwrap();
        found.into_iter().map(|one| (one.household.head, one.fact.key)).collect::<Vec<_>>()
    };
    let waiting = [("覃志明", TYPE), ("梁永福", TYPE)].map(|(head, key)| (head.to_owned(), key.to_owned()));
    assert_eq!(heads(None, Some(true)), waiting);
    assert_eq!(heads(Some(1), Some(true)), waiting[..1]);
    assert_eq!(heads(None, None).len(), 4, "beside them what says two things");
}

#[test]
fn of_a_place_as_many_are_listed_as_are_asked_for_wherever_the_others_lie() {
    let helper = Helper::new();
    let office = helper.office("county");
    let places = ["下寨村", "坡脚村"].map(|name| (name, PlaceId::mint(&*helper.around)));
    let place = |name: &str| Place { name: name.into(), level: "village".into(), parent: None, code: None };
    helper
        .county
        .lock()
        .unwrap()
        .direct(|w| {
            for ((name, id), house) in places.iter().zip(&helper.houses) {
                w.record(About::Place(*id), kind::PLACE, Source::Office, &place(name))?;
                let there = Placement { origin: *id, present: None };
                w.record(About::Household(*house), kind::PLACEMENT, Source::Office, &there)?;
            }
            Ok(())
        })
        .unwrap();
    for at in [0, 1] {
        says(&helper.app, helper.house(at), TYPE, "一般农户");
    }
    helper.exchange();
    helper.exchange_of(&office);
    for ((_, id), house) in places.iter().zip(&helper.houses) {
        let found = office.conflicts(Some(id.to_string()), Some(1), None).unwrap();
        assert_eq!(found.iter().map(|one| one.household.id).collect::<Vec<_>>(), [*house]);
    }
}
