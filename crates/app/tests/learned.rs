//! What was learned at a visit: kept with it in one act, or neither of them is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]

mod hillside;

use hillside::Helper;
use lianhu_app::{AppError, Learned};
use lianhu_core::ids::PersonId;
use lianhu_core::scalar::Scalar;
use lianhu_core::visit::Visit;
use std::collections::BTreeMap;

fn learned(number: &str, person: PersonId, id_no: &str) -> Option<Learned> {
    let one = |key: &str, value: &str| BTreeMap::from([(key.to_owned(), Scalar::from(value))]);
    Some(Learned { facts: one("phone", number), persons: BTreeMap::from([(person, one("id_no", id_no))]) })
}

fn head(helper: &Helper) -> PersonId {
    helper.app.household(helper.house(0)).unwrap().persons[0].id
}

#[test]
fn a_visit_with_what_was_learned_is_one_act_and_is_taken_back_as_one() {
    let helper = Helper::new();
    let (house, visit) = (helper.house(0), Visit { day: helper.today, ..Visit::default() });
    let learned = learned("139 1234 5678", head(&helper), "411321196002140019");
    let row = helper.app.record_visit(house.clone(), visit.clone(), None, None, learned.clone()).unwrap();
    assert_eq!(helper.app.telephone(house.clone(), "phone".into()).unwrap(), "13912345678");
    let done = helper.app.last_act().unwrap().unwrap();
    assert_eq!((done.what.as_str(), done.more.len()), ("visit", 1));
    helper.app.undo_act(done.row.entry).unwrap();
    assert_eq!(helper.app.telephone(house.clone(), "phone".into()).unwrap(), "13800000001");
    assert!(helper.app.visits(Some(house.clone()), None, None, None, None).unwrap().is_empty());
    // With a correction it is the same.
    let again = helper.app.record_visit(house.clone(), visit.clone(), None, None, None).unwrap();
    assert_ne!(row.root, again.root);
    helper.app.amend_visit(again.root.to_string(), visit, None, None, learned).unwrap();
    assert_eq!(helper.app.telephone(house, "phone".into()).unwrap(), "13912345678");
    helper.exchange();
    let county = helper.county.lock().unwrap();
    let known = county.statements(helper.houses[0]).unwrap();
    assert!(known.values().flatten().any(|said| said.value == Scalar::from("411321196002140019")));
}

#[test]
fn what_cannot_be_kept_keeps_the_visit_from_being_written_and_its_draft_stays() {
    let helper = Helper::new();
    let (house, visit) = (helper.house(0), Visit { day: helper.today, ..Visit::default() });
    let draft = helper.app.save_draft(None, house.clone(), "{}".into()).unwrap();
    let before = helper.app.timeline(house.clone(), None).unwrap();
    let stranger = helper.app.household(helper.house(1)).unwrap().persons[0].id;
    let tomorrow = Visit { day: helper.today.plus(9), ..Visit::default() };
    let refused = [
        (visit.clone(), learned("没有", head(&helper), "411321196002140019")),
        (visit.clone(), learned("13912345678", head(&helper), "411321196002140012")),
        (visit, learned("13912345678", stranger, "411321196002140019")),
        (tomorrow, learned("13912345678", head(&helper), "411321196002140019")),
    ];
    let refused =
        refused.map(|(visit, learned)| helper.app.record_visit(house.clone(), visit, None, Some(draft), learned));
    assert!(matches!(&refused[0], Err(AppError::Invalid { problems }) if problems[0].field == "phone"), "{refused:?}");
    assert!(matches!(&refused[1], Err(AppError::Invalid { problems }) if problems[0].field == "id_no"), "{refused:?}");
    assert!(matches!(&refused[2], Err(AppError::NotFound { .. })), "{refused:?}");
    assert!(matches!(&refused[3], Err(AppError::Invalid { .. })), "{refused:?}");
    assert_eq!(helper.app.timeline(house, None).unwrap(), before);
    assert_eq!(helper.app.drafts().unwrap().len(), 1);
}
