//! Practice: everything can be tried, and nothing of it reaches the ledger of this device, the county, or a figure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod hillside;

use hillside::Helper;
use lianhu_app::{App, AppError, Command};
use lianhu_core::day::Moment;
use lianhu_core::hub::{Hub, HubError, Progress};
use lianhu_core::surroundings::Staged;
use lianhu_ledger::InProcess;
use serde_json::{Value, json};
use std::sync::Arc;

fn call(app: &App, name: &str, args: Value) -> Result<Value, AppError> {
    app.call(Command::read(name, args).unwrap())
}

fn practise(app: &App, on: bool) -> Value {
    call(app, "practice", json!({ "on": on })).unwrap()
}

/// The households of whatever ledger answers.
fn held(app: &App) -> Vec<Value> {
    call(app, "households", json!({})).unwrap()["rows"].as_array().unwrap().clone()
}

fn visit_every(app: &App) {
    for row in held(app) {
        let visit = json!({ "household": row["id"], "visit": { "day": "2026-09-20", "note": "练一练" } });
        call(app, "record_visit", visit).unwrap();
    }
}

#[test]
fn before_enrolment_three_invented_households_can_be_visited_and_are_gone_when_practice_ends() {
    let dir = tempfile::tempdir().unwrap();
    let app = App::open(dir.path(), Arc::new(Staged::new(5, Moment(1_790_000_000))), Box::new(|_| ())).unwrap();
    assert_eq!(call(&app, "status", json!({})).unwrap()["me"], Value::Null);
    let status = practise(&app, true);
    assert_eq!((status["practice"].clone(), status["me"]["county_name"].clone()), (json!(true), json!("练习县")));
    assert_eq!(held(&app).len(), 3);
    visit_every(&app);
    assert_eq!(call(&app, "visits", json!({})).unwrap().as_array().unwrap().len(), 5);
    let status = practise(&app, false);
    assert_eq!((status["practice"].clone(), status["me"].clone()), (json!(false), Value::Null));
    assert!(held(&app).is_empty());
    assert!(!dir.path().join("practice").exists());
}

#[test]
fn the_invented_households_have_one_to_see_today_one_promise_and_one_fact_said_twice() {
    let dir = tempfile::tempdir().unwrap();
    let app = App::open(dir.path(), Arc::new(Staged::new(6, Moment(1_790_000_000))), Box::new(|_| ())).unwrap();
    practise(&app, true);
    let today = call(&app, "today_list", json!({})).unwrap();
    assert_eq!(today["visits"][0]["on"], today["day"]);
    assert_eq!(today["promises"].as_array().unwrap().len(), 1);
    assert_eq!(call(&app, "needs", json!({})).unwrap().as_array().unwrap().len(), 1);
    let conflicts = call(&app, "conflicts", json!({})).unwrap();
    assert_eq!(conflicts[0]["fact"]["said"].as_array().unwrap().len(), 2);
    assert_eq!(call(&app, "status", json!({})).unwrap()["standing"]["waiting"], 0);
}

#[test]
fn what_is_practised_reaches_neither_this_devices_ledger_nor_the_county() {
    let helper = Helper::new();
    let before = (held(&helper.app), helper.numbered());
    practise(&helper.app, true);
    visit_every(&helper.app);
    let real: Vec<_> = before.0.iter().map(|row| row["id"].clone()).collect();
    assert!(held(&helper.app).iter().all(|row| !real.contains(&row["id"])));
    helper.exchange();
    practise(&helper.app, false);
    helper.exchange();
    assert_eq!((held(&helper.app), helper.numbered()), before);
    assert_eq!(call(&helper.app, "status", json!({})).unwrap()["standing"]["waiting"], 0);
}

#[test]
fn whatever_could_carry_practice_away_is_refused_in_practice() {
    let helper = Helper::new();
    practise(&helper.app, true);
    let house = held(&helper.app)[0]["id"].clone();
    let away = [
        ("exchange", json!({})),
        ("enrol", json!({ "server": "https://127.0.0.1", "code": "AAAAA" })),
        ("import_roster", json!({ "path": "a.xlsx" })),
        ("import_pairing", json!({ "path": "a.xlsx" })),
        ("enrolment_slips", json!({})),
        ("register_cadre", json!({ "name": "某人", "role": "helper" })),
        ("entrust", json!({ "household": house, "person": "某人" })),
        ("take_back", json!({ "household": house, "person": "某人" })),
        ("county_report", json!({ "period": { "from": "2026-01-01", "to": "2026-12-31" } })),
        ("records_behind", json!({ "figure": "households" })),
        ("check_table", json!({ "path": "a.xlsx" })),
        ("export_workbook", json!({ "path": "a.xlsx", "kind": "ledger" })),
        ("export_grants", json!({})),
        ("telephone", json!({ "household": house, "key": "phone" })),
    ];
    for (name, args) in away {
        assert_eq!(call(&helper.app, name, args), Err(AppError::OnlyPractice), "{name}");
    }
}

/// A county on whose line the person begins to practise while it is waited for.
struct Meanwhile<'a>(InProcess, &'a App);

impl Hub for Meanwhile<'_> {
    fn exchange(&mut self, frame: &[u8], progress: &mut dyn FnMut(Progress)) -> Result<Vec<u8>, HubError> {
        practise(self.1, true);
        visit_every(self.1);
        self.0.exchange(frame, progress)
    }
}

#[test]
fn an_exchange_under_way_ends_in_its_own_ledger_though_practice_begins_meanwhile() {
    let helper = Helper::new();
    helper.visit(0, lianhu_core::visit::Visit::default());
    let numbered = helper.numbered();
    let mut line = Meanwhile(InProcess(helper.county.clone()), &helper.app);
    let done = helper.app.exchange_through(&mut line, 0).unwrap();
    assert_eq!((done.handed_in, helper.numbered()), (1, numbered + 1));
    practise(&helper.app, false);
    assert_eq!(call(&helper.app, "status", json!({})).unwrap()["standing"]["waiting"], 0);
}

#[test]
fn practice_left_by_a_sudden_end_is_forgotten_at_the_next_start() {
    let helper = Helper::new();
    practise(&helper.app, true);
    let home = helper.dir.path().join("phone");
    assert!(home.join("practice").exists());
    let Helper { app, dir, .. } = helper;
    drop(app);
    let app = App::open(&home, Arc::new(Staged::new(9, Moment(1_790_000_000))), Box::new(|_| ())).unwrap();
    assert!(!home.join("practice").exists());
    assert_eq!(held(&app).len(), 2);
    drop(dir);
}
