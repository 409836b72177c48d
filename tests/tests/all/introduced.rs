//! A phone that was never on a line: a letter of introduction, a code, and files carried by somebody else enrol it and bring
//! its households. With the real programs over real files.

use crate::carried::{Terminal, enrolled};
use crate::real::County;
use lianhu_core::enrolment_code::EnrolmentCode;
use lianhu_core::introduction::{Introduced, Introduction};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const TOWN: &str = "南召县/皇后乡";

/// A township's desk that has exchanged, and a helper of its own whom it knows, with one household.
fn desk_and_helper(county: &County) -> Terminal {
    let desk = enrolled(county, "冯国明", "township", Some(TOWN), &[]);
    county.admin.does("register_cadre", json!({"name": "卫春建", "role": "helper", "place": null}));
    county.admin.does("entrust", json!({"household": county.household("段志荣"), "person": "卫春建"}));
    county.admin.exchanges();
    desk.does("exchange", json!({}));
    desk
}

fn slip(desk: &Terminal) -> String {
    desk.does("enrolment_slips", json!({"person": "卫春建"}))[0]["code"].as_str().unwrap().to_owned()
}

fn phone(county: &County, name: &str) -> Terminal {
    Terminal { home: county.folder.path().join(name) }
}

fn letter(of: &Terminal, path: &Path) -> Introduction {
    of.does("write_introduction", json!({"path": path}));
    Introduction::read(&std::fs::read(path).unwrap()).unwrap()
}

/// Carried there and back by the desk: the file with the county's answer.
fn carried(desk: &Terminal, ask: &Path, back: PathBuf) -> PathBuf {
    let taken = desk.does("take_in_file", json!({"path": ask}));
    assert_eq!((&taken["parcel"], &taken["asks"]), (&json!("carried"), &json!(true)), "{taken}");
    desk.does("exchange", json!({}));
    let rows = desk.does("carried_files", json!({}));
    let row = rows.as_array().unwrap().iter().find(|row| row["device"] == taken["device"]).unwrap().clone();
    assert_eq!((&row["asks"], &row["at_county"]), (&json!(true), &json!(true)), "{row}");
    desk.does("hand_over_file", json!({"path": back, "to": row["device"]}));
    back
}

fn code_of(error: &Value) -> &str {
    error["code"].as_str().unwrap()
}

#[test]
fn a_phone_that_was_never_on_a_line_is_enrolled_and_gets_its_households_by_file() {
    let county = County::new();
    let desk = desk_and_helper(&county);
    let at = |name: &str| county.folder.path().join(name);
    letter(&desk, &at("letter.lhx"));
    // The slip is made where there is no line: the county hears of its code in the exchange that carries the question.
    let code = slip(&desk);
    let phone = phone(&county, "卫春建");
    assert_eq!(phone.does("status", json!({}))["asked"], Value::Null);
    let ask = json!({"introduction": at("letter.lhx"), "code": code, "path": at("ask.lhx")});
    phone.does("ask_to_enrol", ask);
    let status = phone.does("status", json!({}));
    assert_eq!((&status["me"], &status["asked"]["county_name"]), (&Value::Null, &json!("南召县")), "{status}");
    assert_eq!(code_of(&phone.tries("hand_over_file", &json!({})).unwrap_err()), "not_enrolled");
    let asked = desk.does("take_in_file", json!({"path": at("ask.lhx")}));
    assert_eq!(
        (&asked["name"], &asked["again"]),
        (&Value::Null, &json!(false)),
        "its carrier does not know whose it is"
    );
    let back = carried(&desk, &at("ask.lhx"), at("back.lhx"));

    let me = phone.does("enrol_by_file", json!({"path": back}));
    assert_eq!(
        (&me["name"], &me["reach"], &me["server"]),
        (&json!("卫春建"), &json!("entrusted"), &json!(county.url()))
    );
    assert_eq!(phone.does("status", json!({}))["asked"], Value::Null);
    assert_eq!(phone.does("households", json!({}))["total"], 0);
    let answered = phone.does("take_in_file", json!({"path": back}));
    assert_eq!((&answered["parcel"], &answered["more"]), (&json!("answered"), &json!(false)), "{answered}");
    let page = phone.does("households", json!({}));
    assert_eq!((&page["total"], &page["rows"][0]["head"]), (&json!(1), &json!("段志荣")));

    // What it writes goes the same way, and counts.
    let visit = json!({"household": page["rows"][0]["id"], "visit": {"day": "2026-11-20", "note": "灶台漏烟"}});
    phone.does("record_visit", visit);
    phone.does("hand_over_file", json!({"path": at("up.lhx")}));
    desk.does("take_in_file", json!({"path": at("up.lhx")}));
    desk.does("exchange", json!({}));
    assert_eq!(county.counts("visits"), 1);

    // The answer once more: a sentence, and nothing twice. And a line, once there is one, is used like any other's.
    assert_eq!(code_of(&phone.tries("enrol_by_file", &json!({"path": back})).unwrap_err()), "parcel_not_for_this");
    assert_eq!(code_of(&phone.tries("take_in_file", &json!({"path": back})).unwrap_err()), "parcel_old");
    phone.does("exchange", json!({}));
    assert_eq!((county.counts("visits"), phone.does("households", json!({}))["total"].clone()), (1, json!(1)));
    county.admin.exchanges();
    let devices = county.admin.does("devices", json!({}));
    assert_eq!(devices.as_array().unwrap().iter().filter(|row| row["name"] == "卫春建").count(), 1, "{devices}");

    // Whoever carries it learns neither the secret nor a name.
    let secret = EnrolmentCode::parse(&code).unwrap();
    let holds = |file: &str, bytes: &[u8]| std::fs::read(at(file)).unwrap().windows(bytes.len()).any(|at| at == bytes);
    for file in ["ask.lhx", "back.lhx"] {
        assert!(!holds(file, &secret.secret) && !holds(file, secret.secret_hex().as_bytes()), "{file}");
        assert!(!holds(file, "段志荣".as_bytes()) && !holds(file, "卫春建".as_bytes()), "{file}");
    }
}

/// Tried against a reader that does not look at the signature: then the letter with another key in it is believed.
#[test]
fn a_letter_that_the_codes_county_did_not_sign_is_not_believed() {
    let (county, other) = (County::new(), County::bare());
    let desk = desk_and_helper(&county);
    let at = |name: &str| county.folder.path().join(name);
    let (code, phone) = (slip(&desk), phone(&county, "卫春建"));
    let genuine = letter(&desk, &at("letter.lhx"));
    let strange = {
        other.admin.does("write_introduction", json!({"path": at("strange.lhx")}));
        Introduction::read(&std::fs::read(at("strange.lhx")).unwrap()).unwrap()
    };
    let theirs = strange.introduced().unwrap();
    let swapped = Introduced { county_key: theirs.county_key, ..genuine.introduced().unwrap() };
    let swapped = minicbor::to_vec(&swapped).unwrap();
    let mut flipped = genuine.clone();
    *flipped.signature.last_mut().unwrap() ^= 1;
    let forged = [
        ("another county's", strange.clone()),
        ("the county's certificate, another key", Introduction { introduced: swapped.into(), ..genuine.clone() }),
        ("another certificate", Introduction { certificate: strange.certificate.clone(), ..genuine.clone() }),
        ("signed by another", Introduction { signature: strange.signature, ..genuine.clone() }),
        ("a signature that was altered", flipped),
        ("a scheme that does not fit", Introduction { scheme: 0x0807, ..genuine.clone() }),
        ("a scheme nobody knows", Introduction { scheme: 0xfafa, ..genuine.clone() }),
    ];
    let asks = |name: &str, code: &str| {
        phone.tries("ask_to_enrol", &json!({"introduction": at(name), "code": code, "path": at("ask.lhx")}))
    };
    for (what, letter) in forged {
        std::fs::write(at("forged.lhx"), letter.file()).unwrap();
        assert_eq!(code_of(&asks("forged.lhx", &code).unwrap_err()), "not_introduced", "{what}");
    }
    std::fs::write(at("book.lhx"), b"PK\x03\x04 another thing").unwrap();
    assert_eq!(code_of(&asks("book.lhx", &code).unwrap_err()), "not_an_introduction");
    let half = genuine.file();
    std::fs::write(at("half.lhx"), &half[..half.len() / 2]).unwrap();
    assert_eq!(code_of(&asks("half.lhx", &code).unwrap_err()), "not_an_introduction");
    let mistyped = code.replacen(|letter: char| letter.is_ascii_uppercase(), "7", 1);
    assert_eq!(code_of(&asks("letter.lhx", &mistyped).unwrap_err()), "wrong_code");
    assert!(!at("ask.lhx").exists(), "nothing was asked");
    assert_eq!(phone.does("status", json!({}))["asked"], Value::Null);
    // The hint of an address is the carrier's, and may be anything: it is pinned like any address.
    std::fs::write(at("hint.lhx"), Introduction { server: None, ..genuine }.file()).unwrap();
    asks("hint.lhx", &code).unwrap();
    let helper = enrolled(&county, "曾峰明", "helper", None, &["武山江"]);
    helper.does("exchange", json!({}));
    assert_eq!(code_of(&helper.tries("write_introduction", &json!({})).unwrap_err()), "may_not_carry");
}

#[test]
fn a_code_that_is_used_or_unknown_is_answered_and_another_one_goes() {
    let county = County::new();
    let desk = desk_and_helper(&county);
    let at = |name: &str| county.folder.path().join(name);
    letter(&desk, &at("letter.lhx"));
    let code = slip(&desk);
    let first = phone(&county, "第一台");
    let second = phone(&county, "第二台");
    let asks = |phone: &Terminal, code: &str, name: &str| {
        phone.does("ask_to_enrol", json!({"introduction": at("letter.lhx"), "code": code, "path": at(name)}));
        carried(&desk, &at(name), at(&format!("{name}.back")))
    };
    let one = asks(&first, &code, "1");
    let two = asks(&second, &code, "2");
    let enrols = |phone: &Terminal, file: &Path| phone.tries("enrol_by_file", &json!({"path": file}));
    assert_eq!(code_of(&enrols(&second, &one).unwrap_err()), "parcel_not_for_this", "the other one's answer");
    assert_eq!(code_of(&enrols(&second, &two).unwrap_err()), "used_code");
    let known = EnrolmentCode::parse(&code).unwrap();
    let made_up = EnrolmentCode::new(known.fingerprint, [7; 10]).to_string();
    let three = asks(&second, &made_up, "3");
    assert_eq!(code_of(&enrols(&second, &three).unwrap_err()), "wrong_code");
    let four = asks(&second, &slip(&desk), "4");
    assert_eq!(enrols(&second, &four).unwrap()["name"], "卫春建");
    second.does("take_in_file", json!({"path": four}));
    assert_eq!(second.does("households", json!({}))["total"], 1);
    // The question of the first one was asked twice: it is one device all the same.
    let again = asks(&first, &code, "5");
    enrols(&first, &again).unwrap();
    assert_eq!(first.does("take_in_file", json!({"path": one}))["parcel"], "answered", "whichever answer comes first");
    assert_eq!(code_of(&first.tries("take_in_file", &json!({"path": again})).unwrap_err()), "parcel_old");
    county.admin.exchanges();
    let devices = county.admin.does("devices", json!({}));
    assert_eq!(devices.as_array().unwrap().iter().filter(|row| row["name"] == "卫春建").count(), 2, "{devices}");
}

#[test]
fn who_asked_by_file_and_found_a_line_after_all_is_one_device() {
    let county = County::new();
    let desk = desk_and_helper(&county);
    let at = |name: &str| county.folder.path().join(name);
    letter(&desk, &at("letter.lhx"));
    let (code, phone) = (slip(&desk), phone(&county, "卫春建"));
    phone.does("ask_to_enrol", json!({"introduction": at("letter.lhx"), "code": code, "path": at("ask.lhx")}));
    desk.does("exchange", json!({}));
    phone.does("enrol", json!({"server": county.url(), "code": code}));
    phone.does("exchange", json!({}));
    let back = carried(&desk, &at("ask.lhx"), at("back.lhx"));
    assert_eq!(code_of(&phone.tries("take_in_file", &json!({"path": back})).unwrap_err()), "parcel_old");
    assert_eq!(
        code_of(&phone.tries("ask_to_enrol", &json!({"introduction": at("letter.lhx"), "code": code})).unwrap_err()),
        "already_enrolled"
    );
    assert_eq!(phone.does("households", json!({}))["total"], 1);
    county.admin.exchanges();
    let devices = county.admin.does("devices", json!({}));
    assert_eq!(devices.as_array().unwrap().iter().filter(|row| row["name"] == "卫春建").count(), 1, "{devices}");
}
