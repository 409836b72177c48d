//! 忘记密码, with a real county: a code over the telephone, twenty letters back, and all that was not handed in is there.

use crate::real::{County, Device};
use lianhu_app::http_hub::{HttpHub, RecoverError};
use lianhu_app::{AppError, Command, Door, NoKeystore};
use lianhu_core::enrolment_code::Fingerprint;
use lianhu_ledger::Machine;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const PHRASE: &str = "门前有两棵老核桃树呀";
const DAY: &str = "2026-11-20";

fn door(home: &Path) -> Door {
    Door::of(home, Arc::new(Machine), Box::new(NoKeystore), Box::new(|_| ())).unwrap()
}

fn tries(door: &Door, name: &str, args: Value) -> Result<Value, AppError> {
    door.call(Command::read(name, args).unwrap())
}

fn does(door: &Door, name: &str, args: Value) -> Value {
    tries(door, name, args).unwrap_or_else(|error| panic!("{name}: {}", error.sentence()))
}

/// A helper of one household, whose phone has a PIN that the county has heard of; the phone is switched off.
fn helper(county: &County) -> PathBuf {
    let phone = county.person("卫春建", "helper", None, &["段志荣"]);
    drop(phone);
    let home = county.folder.path().join("卫春建");
    let phone = door(&home);
    let state = does(&phone, "set_pin", json!({"pin": PHRASE}));
    assert_eq!(state["way_back"]["at_county"], false, "honest before it has been handed over");
    does(&phone, "exchange", json!({}));
    assert_eq!(does(&phone, "status", json!({}))["standing"]["waiting"], 0);
    home
}

#[test]
fn a_forgotten_pin_is_got_over_by_telephone_and_everything_unsent_is_there() {
    let county = County::new();
    let township = county.person("乡里", "township", Some("皇后乡"), &[]);
    let home = helper(&county);
    let phone = door(&home);
    does(&phone, "unlock", json!({"pin": PHRASE}));
    let household = county.household("段志荣");
    does(&phone, "record_visit", json!({"household": household, "visit": {"day": DAY, "note": "还没交"}}));
    let code = does(&phone, "lock", json!({}))["way_back"]["code"].as_str().unwrap().to_owned();
    drop(phone);

    let told = township.does("recover_pin", json!({"code": code.to_lowercase()}));
    assert_eq!(told["name"], "卫春建");
    let answer = told["answer"].as_str().unwrap();
    assert_eq!(answer.replace(' ', "").len(), 20, "{answer}");

    for file in std::fs::read_dir(&home).unwrap().flatten().filter(|file| file.path().is_file()) {
        let bytes = std::fs::read(file.path()).unwrap();
        for secret in [answer.to_owned(), answer.replace(' ', ""), PHRASE.to_owned()] {
            let told = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!told, "{:?} tells what opens the home", file.path());
        }
    }

    let phone = door(&home);
    let backwards: String = answer.chars().rev().collect();
    assert_eq!(tries(&phone, "reopen", json!({"answer": backwards})), Err(AppError::WrongAnswer));
    let state = does(&phone, "reopen", json!({"answer": answer}));
    assert_eq!((&state["locked"], &state["new_pin_wanted"]), (&json!(false), &json!(true)));
    drop(phone);
    let phone = door(&home);
    assert_eq!(tries(&phone, "status", json!({})), Err(AppError::Locked), "killed before a new PIN was chosen: locked");
    does(&phone, "reopen", json!({"answer": answer}));
    let state = does(&phone, "set_pin", json!({"pin": "three walnut trees"}));
    assert_eq!(state["new_pin_wanted"], false);
    assert_ne!(state["way_back"]["code"], json!(code), "another way back takes the place of the used one");
    assert_eq!(does(&phone, "status", json!({}))["lost_now"], 1, "what was not handed in is there");
    does(&phone, "exchange", json!({}));
    assert_eq!(county.counts("visits"), 1);
    assert_eq!(does(&phone, "lock", json!({}))["way_back"]["at_county"], true);
    assert_eq!(tries(&phone, "reopen", json!({"answer": answer})), Err(AppError::WrongAnswer), "used once");
    assert_eq!(tries(&phone, "unlock", json!({"pin": PHRASE})), Err(AppError::WrongPin { wait: 0 }));
    does(&phone, "unlock", json!({"pin": "three walnut trees"}));
    assert_eq!(county.admin.tries("recover_pin", json!({"code": code})), Err(AppError::UsedRecovery));
}

#[test]
fn the_county_answers_only_who_may_speak_for_the_person_and_only_what_it_has() {
    let county = County::new();
    let other = county.person("曾建国", "helper", None, &["武山江"]);
    let home = helper(&county);
    let phone = door(&home);
    let code = does(&phone, "lock_state", json!({}))["way_back"]["code"].as_str().unwrap().to_owned();
    assert_eq!(other.tries("recover_pin", json!({"code": code})), Err(AppError::NotAllowed));
    assert_eq!(asks_past_the_screens(&other, &code), Err(RecoverError::NotEntitled));
    assert_eq!(county.admin.tries("recover_pin", json!({"code": "ABCD EFGH"})), Err(AppError::NoSuchRecovery));
    assert_eq!(county.admin.tries("recover_pin", json!({"code": "打不开"})), Err(AppError::NoSuchRecovery));
    let first = county.admin.does("recover_pin", json!({"code": code}));
    assert_eq!(
        county.admin.does("recover_pin", json!({"code": code})),
        first,
        "an answer lost on the line comes again"
    );
}

/// Another program with the device's key asks the county itself.
fn asks_past_the_screens(device: &Device, code: &str) -> Result<(), RecoverError> {
    let setting = |name| device.app.ledger().setting(name).unwrap().unwrap();
    let mut hub = HttpHub::new(&setting("server"), Fingerprint::parse(&setting("pin")).unwrap()).unwrap();
    let query = format!("recover={}", code.replace(' ', ""));
    let (asker, signature) = device.app.ledger().sign_query(&query).unwrap();
    hub.recover(&query, asker, signature).map(drop)
}
