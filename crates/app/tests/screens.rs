//! What the screens ask beyond the household: today's list, what was handed in, a visit moved, a promise kept, a number dialled.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]

mod hillside;

use hillside::Helper;
use lianhu_app::{App, AppError, Checked};
use lianhu_core::day::Day;
use lianhu_core::entry::Source;
use lianhu_core::scalar::Scalar;
use lianhu_core::visit::{Aid, Guarantee, Promise, Visit};
use std::collections::BTreeMap;

fn promise(text: &str, due: Option<Day>) -> Visit {
    Visit { promises: vec![Promise { text: text.into(), due }], ..Visit::default() }
}

#[test]
fn today_names_who_was_set_and_who_was_long_unseen_and_nobody_else() {
    let helper = Helper::new();
    assert_eq!(helper.app.today_list(None).unwrap().long_unseen, 2);
    helper.visit(0, Visit { next_visit_on: Some(helper.today.plus(3)), ..Visit::default() });
    helper.visit(1, Visit { next_visit_on: Some(helper.today.plus(60)), ..Visit::default() });
    let today = helper.app.today_list(None).unwrap();
    let due: Vec<_> = today.visits.iter().map(|due| (due.household.id, due.on)).collect();
    assert_eq!(due, [(helper.houses[0], Some(helper.today.plus(3)))]);
    assert_eq!(today.long_unseen, 0);
}

#[test]
fn today_shows_promises_due_and_drafts_but_not_what_is_far_away() {
    let helper = Helper::new();
    helper.visit(0, promise("问低保，身份证52273119620214001X", Some(helper.today.plus(2))));
    helper.visit(1, promise("修路", Some(helper.today.plus(90))));
    helper.app.save_draft(None, helper.house(1), "{}".into()).unwrap();
    // As it leaves the app: the number masked, what it is about covered.
    let told = helper.called("today_list", serde_json::json!({}));
    let promised = told["promises"][0]["promise"].clone();
    assert_eq!(promised["text"], "问••，身份证52**************1X");
    let today = helper.app.today_list(None).unwrap();
    assert_eq!(today.promises.len(), 1);
    let kept = serde_json::json!({"visit": promised["visit"], "text": promised["text"]});
    assert!(helper.called("keep_promise", kept)["visit"]["note"].as_str().unwrap().starts_with("已办到：问低保"));
    assert_eq!(today.drafts.iter().map(|draft| draft.household.id).collect::<Vec<_>>(), [helper.houses[1]]);
}

#[test]
fn a_visit_under_the_wrong_household_moves_and_both_histories_say_so() {
    let helper = Helper::new();
    let visit = helper.visit(0, Visit { note: Some("老人一人在家".into()), ..Visit::default() });
    let moved = helper.app.move_visit(visit, helper.house(1), None).unwrap();
    assert_eq!((moved.household, moved.visit.note.as_deref()), (helper.houses[1], Some("老人一人在家")));
    assert!(helper.app.visits(Some(helper.house(0)), None, None, None, None).unwrap().is_empty());
    assert_eq!(helper.app.visits(Some(helper.house(1)), None, None, None, None).unwrap().len(), 1);
    let told = helper.app.timeline(helper.house(0), None).unwrap();
    assert!(told.iter().any(|row| row.what == "strike" && row.words.contains("覃志明")));
    let gone = |row: &lianhu_app::Told| matches!(row, lianhu_app::Told::Strike { moved_to: Some(head), .. } if head == "覃志明");
    assert!(told.iter().any(|row| gone(&row.told)));
    let told = helper.app.timeline(helper.house(1), None).unwrap();
    let from = |row: &lianhu_app::Told| match row {
        lianhu_app::Told::Remark { moved_from: Some(from), .. } => from.head == "梁永福" && from.day == moved.visit.day,
        _ => false,
    };
    assert!(told.iter().any(|row| from(&row.told)), "{told:?}");
    let same = helper.app.move_visit(moved.root.to_string(), helper.house(1), None);
    assert!(matches!(same, Err(AppError::Invalid { .. })));
}

#[test]
fn a_promise_kept_is_no_longer_open_and_says_when() {
    let helper = Helper::new();
    let visit = helper.visit(0, promise("送助学表", None));
    let kept = helper.app.keep_promise(visit.clone(), "送助学表".into()).unwrap();
    assert!(kept.visit.promises.is_empty());
    assert!(kept.visit.note.unwrap().contains("已办到：送助学表"));
    assert!(helper.app.household(helper.house(0)).unwrap().promises.is_empty());
    assert!(matches!(helper.app.keep_promise(visit, "送助学表".into()), Err(AppError::NotFound { .. })));
}

#[test]
fn what_was_written_carries_its_mark_until_the_county_has_it() {
    let helper = Helper::new();
    helper.visit(0, Visit::default());
    let facts = BTreeMap::from([("phone".to_owned(), Scalar::from("13900000002"))]);
    helper.app.update_household(helper.house(1), facts, None, None).unwrap();
    let here = helper.app.written_lately(None).unwrap();
    assert_eq!(here.iter().filter(|one| one.row.number.is_none()).count(), 2);
    helper.exchange();
    let there = helper.app.written_lately(None).unwrap();
    assert!(there.iter().all(|one| one.row.number.is_some()));
    assert!(there.iter().any(|one| one.household == helper.houses[0] && one.row.what == "visit"));
}

#[test]
fn a_number_is_dialled_unmasked_and_only_a_number() {
    let helper = Helper::new();
    assert_eq!(helper.app.telephone(helper.house(0), "phone".into()).unwrap(), "13800000001");
    let other = helper.app.telephone(helper.house(0), "household_type".into());
    assert!(matches!(other, Err(AppError::NotFound { .. })));
}

#[test]
fn preferences_stay_on_the_device_and_only_known_ones() {
    let helper = Helper::new();
    assert!(helper.app.preferences().unwrap().is_empty());
    helper.app.prefer("language".into(), "en".into()).unwrap();
    assert_eq!(helper.app.preferences().unwrap(), BTreeMap::from([("language".to_owned(), "en".to_owned())]));
    assert!(matches!(helper.app.prefer("roles".into(), "county".into()), Err(AppError::Invalid { .. })));
    assert_eq!(helper.app.status().unwrap().standing.unwrap().waiting, 0);
}

#[test]
fn what_was_touched_is_told_once() {
    let helper = Helper::new();
    assert!(!helper.app.take_touched().is_empty());
    helper.visit(1, Visit::default());
    let touched = helper.app.take_touched();
    assert!(touched.iter().any(|one| one.what == "household" && one.id == Some(helper.house(1))));
    assert!(helper.app.take_touched().is_empty());
}

#[test]
fn an_exchange_that_only_hands_in_is_told_to_the_screens() {
    let helper = Helper::new();
    helper.exchange();
    let facts = |phone: &str| BTreeMap::from([("phone".to_owned(), Scalar::from(phone))]);
    helper.app.update_household(helper.house(0), facts("13800005551"), None, None).unwrap();
    drop(helper.app.take_touched());
    helper.exchange();
    let touched = helper.app.take_touched();
    assert!(touched.iter().any(|one| one.id == Some(helper.house(0))), "{touched:?}");
}

#[test]
fn the_history_says_in_words_what_was_found_wanting_and_hides_what_is_masked() {
    let helper = Helper::new();
    let guarantees = ["water", "schooling"].map(|what| Guarantee { what: what.into(), met: false }).to_vec();
    helper.visit(0, Visit { guarantees, note: Some("身份证 452226196801010011".into()), ..Visit::default() });
    let income = BTreeMap::from([("income_per_capita".to_owned(), Scalar::Int(812_300))]);
    helper.app.update_household(helper.house(0), income, None, None).unwrap();
    let history = helper.app.timeline(helper.house(0), None).unwrap();
    let words: Vec<_> = history.iter().map(|row| row.words.as_str()).collect();
    assert!(words.iter().any(|words| words.contains("诉求：饮水；诉求：上学")), "{words:?}");
    let told = helper.called("timeline", serde_json::json!({"household": helper.house(0)})).to_string();
    assert!(!told.contains("452226196801010011") && !told.contains("8123"), "{told}");
}

#[test]
fn a_masked_statement_can_be_chosen_without_being_shown() {
    let helper = Helper::new();
    // Alike under their masks: only the entries tell them apart.
    helper
        .app
        .update_household(helper.house(0), BTreeMap::from([("phone".into(), Scalar::from("13800005551"))]), None, None)
        .unwrap();
    helper.county_says(0, "phone", "13800995551");
    helper.exchange();
    let fact = |card: &lianhu_app::HouseholdCard| card.facts.iter().find(|fact| fact.key == "phone").unwrap().clone();
    let two = fact(&helper.app.household(helper.house(0)).unwrap());
    let masks: Vec<_> = two.said.iter().map(|chip| chip.value.to_string()).collect();
    assert_eq!((two.said.len(), masks[0] == masks[1]), (2, true), "{masks:?}");
    let by_value =
        helper.app.choose_statement(helper.house(0), "phone".into(), None, Some(two.said[1].value.clone()), None);
    assert!(matches!(by_value, Err(AppError::NotUnique { .. })));
    let shown = helper.app.reveal(helper.house(0), "phone".into(), "核对身份".into()).unwrap();
    assert_eq!(shown.len(), 2);
    let entry = two.said[1].by[0].entry;
    let card = helper.app.choose_statement(helper.house(0), "phone".into(), Some(entry), None, None).unwrap();
    assert_eq!(fact(&card).said.len(), 1);
    let chosen = helper.app.reveal(helper.house(0), "phone".into(), "核对身份".into()).unwrap();
    assert_eq!(chosen, shown[1..]);
}

#[test]
fn behind_a_large_figure_every_record_is_found_page_by_page_and_a_struck_one_no_more() {
    let helper = Helper::new();
    let days_ago = |days: i32| Visit { day: helper.today.plus(-days), ..Visit::default() };
    let roots: Vec<String> = (0..230).map(|at| helper.visit(usize::from(at >= 90), days_ago(at))).collect();
    let behind = |days: i32, page: u32| {
        let figure = format!("visits?from={}&to={}", helper.today.plus(-days), helper.today);
        helper.app.records_behind(figure, Some(page)).unwrap()
    };
    for days in [0, 29, 63, 64, 100, 229, 400] {
        assert_eq!(behind(days, 0).value, i64::from(days.min(229)) + 1, "{days} days");
    }
    let pages = [behind(229, 0), behind(229, 1), behind(229, 2)];
    assert_eq!(pages.each_ref().map(|page| page.visits.len()), [200, 30, 0]);
    assert!(pages.iter().all(|page| (page.households_total, page.visits_total) == (2, 230)));
    let mut found: Vec<String> =
        pages.iter().flat_map(|page| &page.visits).map(|visit| visit.root.to_string()).collect();
    found.sort_unstable();
    let mut all = roots.clone();
    all.sort_unstable();
    assert_eq!(found, all);
    helper.app.strike_visit(roots[100].clone(), "记重了".into(), None, None).unwrap();
    assert_eq!((behind(229, 0).value, behind(99, 0).value), (229, 100));
}

#[test]
fn what_a_helper_strikes_or_chooses_is_known_as_a_helper_knows_it_and_never_by_the_office() {
    let helper = Helper::new();
    let visit = Visit { day: helper.today, ..Visit::default() };
    let by_phone = helper.app.record_visit(helper.house(0), visit, Some(Source::Phone), None, None).unwrap();
    helper.app.strike_visit(by_phone.root.to_string(), "记重了".into(), None, None).unwrap();
    let choose = |at: usize, source| {
        let facts = BTreeMap::from([("phone".to_owned(), Scalar::from("13900000002"))]);
        helper.app.update_household(helper.house(at), facts, None, None).unwrap();
        helper.county_says(at, "phone", "13700000003");
        helper.exchange();
        let said = Some(Scalar::from("13900000002"));
        helper.app.choose_statement(helper.house(at), "phone".into(), None, said, source).unwrap();
        helper.app.timeline(helper.house(at), None).unwrap()
    };
    let own = |told: &[lianhu_app::HistoryRow], what: &str| {
        told.iter().find(|row| row.what == what && row.by.is_some()).map(|row| row.source)
    };
    let told = choose(0, None);
    assert_eq!(own(&told, "strike"), Some(Source::Phone), "as the visit that was struck");
    let waiting = |told: &[lianhu_app::HistoryRow]| told.iter().find(|row| row.number.is_none()).map(|row| row.source);
    assert_eq!(waiting(&told), Some(Source::Household));
    assert_eq!(waiting(&choose(1, Some(Source::Paper))), Some(Source::Paper));
}

#[test]
fn a_promise_is_corrected_in_text_and_day_and_nothing_else_of_the_visit_is_lost() {
    let helper = Helper::new();
    let was = Visit {
        note: Some("身份证52273119620214001X".into()),
        entered_late: Some("下雨".into()),
        ..promise("送助学表", Some(helper.today.plus(2)))
    };
    let root = helper.visit(0, was.clone());
    let shown = helper.called("visits", serde_json::json!({"household": helper.house(0)}));
    let shown: Visit = serde_json::from_value(shown[0]["visit"].clone()).unwrap();
    assert_ne!(shown.note, was.note, "a certificate number is shown masked");
    let due = Some(helper.today.plus(5));
    let correct = Visit { promises: vec![Promise { text: "送低保申请表".into(), due }], ..shown };
    helper.app.amend_visit(root.clone(), correct, None, None, None).unwrap();
    let promises = helper.app.household(helper.house(0)).unwrap().promises;
    assert_eq!(promises.iter().map(|one| (one.text.as_str(), one.due)).collect::<Vec<_>>(), [("送低保申请表", due)]);
    assert_eq!(helper.app.today_list(None).unwrap().promises.len(), 1);
    let kept = helper.app.ledger().visit(lianhu_core::ids::EntryName::parse(&root).unwrap()).unwrap().visit;
    assert_eq!((kept.note, kept.entered_late), (was.note, was.entered_late), "what was shown masked was not lost");
}

#[test]
fn a_certificate_in_the_hand_is_the_same_or_not_and_its_number_is_never_told() {
    let helper = Helper::new();
    let person = helper.app.household(helper.house(0)).unwrap().persons[0].id;
    let check = |tail: &str| helper.app.check_certificate(helper.house(0), person, tail.into());
    assert_eq!(check("10011x"), Ok(Checked::NothingWritten));
    let number = BTreeMap::from([("id_no".into(), Scalar::from("452226196801010012"))]);
    helper.app.update_person(helper.house(0), Some(person), number, None, None).unwrap();
    assert_eq!(check(" 010012 "), Ok(Checked::Same));
    assert_eq!(check("０１００１２"), Ok(Checked::Same));
    assert_eq!(check("01001x"), Ok(Checked::Different));
    for bad in ["", "1001X", "45222619680101001X", "abcdef"] {
        assert!(matches!(check(bad), Err(AppError::Invalid { .. })), "{bad}");
    }
}

#[test]
fn after_the_lease_reading_is_masked_and_writing_goes_on_until_the_county_is_met() {
    let helper = Helper::new();
    helper
        .app
        .update_household(helper.house(0), BTreeMap::from([("water_safe".into(), Scalar::from("是"))]), None, None)
        .unwrap();
    let aid = Aid { item: "食用油".into(), quantity_hundredths: 200, unit: "桶".into() };
    let whole = Visit {
        note: Some("屋顶漏雨".into()),
        purpose: Some("看望低保户".into()),
        aid: vec![Aid { item: "大米".into(), ..aid.clone() }, aid.clone()],
        ..promise("送低保申请表", None)
    };
    let root = helper.visit(0, whole);
    let left = |helper: &Helper| helper.app.status().unwrap().standing.unwrap().lease_left;
    assert_eq!(left(&helper), Some(45));
    let value = |helper: &Helper| {
        let facts = helper.app.household(helper.house(0)).unwrap().facts;
        facts.into_iter().find(|fact| fact.key == "water_safe").unwrap().said[0].value.clone()
    };
    assert_eq!(value(&helper), Scalar::from("是"));
    helper.around.pass(44 * 86_400);
    assert_eq!((left(&helper), value(&helper)), (Some(1), Scalar::from("是")));
    helper.around.pass(86_400);
    assert_eq!((left(&helper), value(&helper)), (Some(0), Scalar::from("••")));
    let card = helper.app.household(helper.house(0)).unwrap();
    assert_eq!(card.row.head, "梁永福", "whose card it is can be read");
    assert_eq!(card.visits[0].visit.note.as_deref(), Some("••"));
    assert_eq!(card.visits[0].visit.purpose.as_deref(), Some("••"));
    let over =
        |result: Result<(), AppError>| assert!(matches!(result, Err(AppError::LeaseOver { days: 45 })), "{result:?}");
    over(helper.app.telephone(helper.house(0), "phone".into()).map(drop));
    over(helper.app.reveal(helper.house(0), "phone".into(), "核对身份".into()).map(drop));
    over(helper.app.timeline(helper.house(0), None).map(drop));
    // Writing goes on, and a correction of what is covered loses nothing of it.
    let mut correct = helper.app.visits(Some(helper.house(0)), None, None, None, None).unwrap().remove(0).visit;
    correct.unchanged = false;
    correct.mode = Some("home".into());
    correct.aid.remove(0);
    helper.app.amend_visit(root, correct, None, None, None).unwrap();
    helper.visit(1, Visit::default());
    // The clock set back gives nothing back.
    helper.around.pass(-20 * 86_400);
    assert_eq!(left(&helper), Some(0));
    helper.exchange();
    assert_eq!(value(&helper), Scalar::from("是"));
    let notes = helper.app.visits(Some(helper.house(0)), None, None, None, None).unwrap();
    assert_eq!(notes[0].visit.note.as_deref(), Some("屋顶漏雨"));
    assert_eq!(notes[0].visit.purpose.as_deref(), Some("看望低保户"));
    assert_eq!(notes[0].visit.aid, [aid], "what was taken out is out, and the other is what it was");
    assert_eq!(notes[0].visit.promises[0].text, "送低保申请表");
    // The county says how long it is.
    let county = helper.office("county");
    assert!(matches!(helper.app.set_lease(20), Err(AppError::NotAllowed)));
    assert!(matches!(county.set_lease(3), Err(AppError::Invalid { .. })));
    county.set_lease(20).unwrap();
    helper.exchange_of(&county);
    helper.exchange();
    assert_eq!(left(&helper), Some(20));
}

#[test]
fn of_visits_on_one_day_the_one_written_last_stands_first() {
    let helper = Helper::new();
    let village = helper.office("first_secretary");
    let notes = |app: &App| -> Vec<_> {
        let rows = app.visits(Some(helper.house(0)), None, None, None, None).unwrap();
        rows.into_iter().filter_map(|row| row.visit.note).collect()
    };
    let note = |at: u32| format!("第 {at} 次");
    for at in 1..=6 {
        helper.visit(0, Visit { note: Some(note(at)), ..Visit::default() });
        helper.around.pass(60);
        assert_eq!(notes(&helper.app), (1..=at).rev().map(note).collect::<Vec<_>>());
        if at == 3 {
            helper.exchange();
        }
    }
    helper.exchange();
    helper.exchange_of(&village);
    let all: Vec<_> = (1..=6).rev().map(note).collect();
    assert_eq!((notes(&helper.app), notes(&village)), (all.clone(), all));
}
