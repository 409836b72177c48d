//! 托人捎交: what a phone without a line hands over as a file, with the real programs over real files; and that no order of
//! files and lines makes a difference to what is written down.

use crate::real::{County, Device, programs};
use lianhu_app::AppError;
use lianhu_core::entry::About;
use lianhu_core::ids::{DeviceId, EntryName};
use lianhu_ledger::TakenIn;
use lianhu_tests::{Chance, Phone, Village};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

const DAY: &str = "2026-11-20";
const VILLAGE: &str = "南召县/皇后乡/北召店村";

/// A home that is worked on by the terminal program alone, one process for each act.
pub(crate) struct Terminal {
    pub(crate) home: PathBuf,
}

impl Terminal {
    pub(crate) fn tries(&self, name: &str, args: &Value) -> Result<Value, Value> {
        let mut command = Command::new(&programs().lianhu);
        let done = command.arg("--home").arg(&self.home).args(["call", name, &args.to_string()]).output().unwrap();
        let told = if done.status.success() { &done.stdout } else { &done.stderr };
        let last = String::from_utf8_lossy(told);
        let json = if done.status.success() { last.as_ref() } else { last.trim().lines().last().unwrap() };
        let value = serde_json::from_str(json).unwrap_or_else(|_| panic!("{name}: {last}"));
        if done.status.success() { Ok(value) } else { Err(value) }
    }

    pub(crate) fn does(&self, name: &str, args: Value) -> Value {
        self.tries(name, &args).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn refused(&self, file: &Path) -> String {
        let error = self.tries("take_in_file", &json!({"path": file})).unwrap_err();
        error["code"].as_str().unwrap().to_owned()
    }
}

/// Enrolled with the code of a slip, and not exchanged since.
pub(crate) fn enrolled(county: &County, name: &str, role: &str, place: Option<&str>, heads: &[&str]) -> Terminal {
    county.admin.does("register_cadre", json!({"name": name, "role": role, "place": place}));
    for head in heads {
        county.admin.does("entrust", json!({"household": county.household(head), "person": name}));
    }
    let slips = county.admin.does("enrolment_slips", json!({"person": name}));
    county.admin.exchanges();
    let terminal = Terminal { home: county.folder.path().join(name) };
    terminal.does("enrol", json!({"server": slips[0]["server"], "code": slips[0]["code"]}));
    terminal
}

#[test]
fn a_phone_that_was_never_online_reaches_the_county_and_hears_back_through_a_laptop() {
    let county = County::new();
    let phone = enrolled(&county, "卫春建", "helper", None, &["金丝雀"]);
    let laptop = enrolled(&county, "赵永燕", "first_secretary", Some(VILLAGE), &[]);
    laptop.does("exchange", json!({}));
    let stick = |name: &str| county.folder.path().join(name);
    // First it only asks: it has nothing yet, not even its households.
    let asked = phone.does("hand_over_file", json!({"path": stick("1.lhx")}));
    assert_eq!(asked["entries"], 0);
    let carried = laptop.does("take_in_file", json!({"path": stick("1.lhx")}));
    assert_eq!((&carried["parcel"], &carried["again"]), (&json!("carried"), &json!(false)), "{carried}");
    laptop.does("exchange", json!({}));
    let rows = laptop.does("carried_files", json!({}));
    assert_eq!((rows.as_array().unwrap().len(), &rows[0]["at_county"]), (1, &json!(true)));
    let device = rows[0]["device"].clone();
    laptop.does("hand_over_file", json!({"path": stick("1-back.lhx"), "to": device}));
    let answered = phone.does("take_in_file", json!({"path": stick("1-back.lhx")}));
    assert_eq!((&answered["parcel"], &answered["more"]), (&json!("answered"), &json!(false)));
    let page = phone.does("households", json!({}));
    assert_eq!((page["total"].clone(), &page["rows"][0]["head"]), (json!(1), &json!("金丝雀")));

    // Then it hands over a visit.
    let household = page["rows"][0]["id"].clone();
    let canary = "灶台漏烟";
    phone.does("record_visit", json!({"household": household, "visit": {"day": DAY, "note": canary}}));
    let standing = || phone.does("status", json!({}))["standing"].clone();
    assert_eq!((&standing()["waiting"], &standing()["carried"]), (&json!(1), &json!(0)));
    phone.does("hand_over_file", json!({"path": stick("2.lhx")}));
    assert_eq!(standing()["waiting"], 1, "a file that nobody has taken along is no mark");
    for again in [false, true] {
        let carried = laptop.does("take_in_file", json!({"path": stick("2.lhx")}));
        assert_eq!((&carried["entries"], &carried["again"]), (&json!(1), &json!(again)), "{carried}");
    }
    laptop.does("hand_over_file", json!({"path": stick("2-word.lhx"), "to": device}));
    let word = phone.does("take_in_file", json!({"path": stick("2-word.lhx")}));
    assert_eq!(word, json!({"parcel": "taken_along", "by": "赵永燕", "entries": 1}));
    let row = || phone.does("visits", json!({}))[0].clone();
    assert_eq!((&row()["number"], &row()["carried"]), (&Value::Null, &json!(true)));
    assert_eq!(
        (&standing()["waiting"], &standing()["carried"], &standing()["at_county"]),
        (&json!(0), &json!(1), &json!(0))
    );
    assert_eq!(county.counts("visits"), 0);
    laptop.does("exchange", json!({}));
    assert_eq!(county.counts("visits"), 1);
    assert_eq!((&row()["number"], &row()["carried"]), (&Value::Null, &json!(true)), "no receipt, no mark");
    laptop.does("hand_over_file", json!({"path": stick("2-back.lhx"), "to": device}));
    let answered = phone.does("take_in_file", json!({"path": stick("2-back.lhx")}));
    assert_eq!((&answered["numbered"], &answered["old"]), (&json!(1), &json!(false)));
    assert!(row()["number"].is_u64());
    assert_eq!(
        (&row()["carried"], &standing()["carried"], &standing()["at_county"]),
        (&json!(false), &json!(0), &json!(1))
    );

    // The same files once more, and the line after all: nothing counts twice, nothing is lost.
    assert_eq!(phone.refused(&stick("1-back.lhx")), "parcel_old");
    assert_eq!(phone.refused(&stick("2-word.lhx")), "parcel_old");
    laptop.does("take_in_file", json!({"path": stick("2.lhx")}));
    laptop.does("exchange", json!({}));
    assert_eq!(phone.does("exchange", json!({}))["handed_in"], 0);
    assert_eq!(county.counts("visits"), 1);

    // Its carrier is not entrusted with this household, and has not a word of it.
    let holds = |bytes: &[u8], word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    for name in ["1.lhx", "1-back.lhx", "2.lhx", "2-back.lhx"] {
        let file = std::fs::read(stick(name)).unwrap();
        assert!(![canary, "金丝雀"].iter().any(|word| holds(&file, word)), "{name}");
    }
    let laptop = Device::new(&laptop.home);
    assert_eq!(laptop.heads(), ["武山江", "段志荣", "邵健生"]);
    assert!(!laptop.app.ledger().all_held().unwrap().iter().any(|held| holds(&held.bytes, canary)));
}

#[test]
fn a_file_that_is_cut_short_altered_foreign_or_old_is_refused_with_a_sentence_of_its_own() {
    let (county, other) = (County::new(), County::new());
    let phone = enrolled(&county, "卫春建", "helper", None, &["段志荣"]);
    let second = enrolled(&county, "冯国明", "helper", None, &[]);
    let laptop = enrolled(&county, "赵永燕", "first_secretary", Some(VILLAGE), &[]);
    let stick = |name: &str| county.folder.path().join(name);
    phone.does("hand_over_file", json!({"path": stick("1.lhx")}));
    assert_eq!(laptop.refused(&stick("1.lhx")), "may_not_carry", "before its first exchange");
    laptop.does("exchange", json!({}));
    let file = std::fs::read(stick("1.lhx")).unwrap();
    std::fs::write(stick("short.lhx"), &file[..file.len() / 2]).unwrap();
    let mut altered = file;
    *altered.last_mut().unwrap() ^= 1;
    std::fs::write(stick("altered.lhx"), altered).unwrap();
    std::fs::write(stick("book.lhx"), b"PK\x03\x04 another thing").unwrap();
    assert_eq!(laptop.refused(&stick("short.lhx")), "parcel_cut_short");
    assert_eq!(laptop.refused(&stick("altered.lhx")), "parcel_altered");
    assert_eq!(laptop.refused(&stick("book.lhx")), "not_a_parcel");
    let strange = other.person("卫春建", "helper", None, &["段志荣"]);
    strange.does("hand_over_file", json!({"path": stick("strange.lhx")}));
    assert_eq!(laptop.refused(&stick("strange.lhx")), "parcel_not_for_this", "the same code, another county");
    second.does("exchange", json!({}));
    assert_eq!(second.refused(&stick("1.lhx")), "may_not_carry", "a helper is no carrier");
    assert_eq!(phone.refused(&stick("1.lhx")), "parcel_not_for_this", "one's own");
    assert_eq!(laptop.does("carried_files", json!({})), json!([]), "nothing of that was taken in");

    laptop.does("take_in_file", json!({"path": stick("1.lhx")}));
    laptop.does("exchange", json!({}));
    let device = laptop.does("carried_files", json!({}))[0]["device"].clone();
    laptop.does("hand_over_file", json!({"path": stick("back.lhx"), "to": device}));
    assert_eq!(second.refused(&stick("back.lhx")), "parcel_not_for_this");
    assert_eq!(laptop.refused(&stick("back.lhx")), "parcel_not_for_this");
    phone.does("exchange", json!({}));
    assert_eq!(phone.refused(&stick("back.lhx")), "parcel_old", "it has heard from the county since");
    assert_eq!(phone.does("households", json!({}))["total"], 1);
}

#[test]
fn a_file_of_a_device_that_was_shut_out_stands_in_quarantine() {
    let county = County::new();
    let phone = county.person("卫春建", "helper", None, &["段志荣"]);
    let laptop = county.person("赵永燕", "first_secretary", Some(VILLAGE), &[]);
    phone.visits(&county.household("段志荣"), json!({"day": DAY}));
    let file = phone.does("hand_over_file", json!({}));
    let device = county.admin.does("devices", json!({}));
    let of = device.as_array().unwrap().iter().find(|row| row["name"] == "卫春建").unwrap()["device"].clone();
    county.admin.does("revoke_device", json!({"device": of, "reason": "丢失"}));
    county.admin.exchanges();
    laptop.does("take_in_file", json!({"path": file["path"]}));
    laptop.exchanges();
    assert_eq!(county.counts("visits"), 0);
    let back = laptop.does("hand_over_file", json!({"to": of}));
    phone.does("take_in_file", json!({"path": back["path"]}));
    let attention = phone.does("needs_attention", json!({}));
    assert_eq!((&attention[0]["attention"], &attention[0]["code"]), (&json!("set_aside"), &json!("revoked")));
    assert!(matches!(phone.tries("hand_over_file", json!({"to": of})), Err(AppError::NotFound { .. })));
}

/// Everything that lies on a device with a number, by name.
fn numbered(phone: &Phone) -> BTreeMap<EntryName, u64> {
    let held = phone.ledger().all_held().unwrap();
    held.into_iter().filter_map(|held| Some((held.name, held.number?))).collect()
}

fn one_order_of_files_and_lines(seed: u64) {
    let mut village = Village::new(seed);
    let mut chance = Chance::new(seed);
    let town = village.place("皇后乡", "town", None);
    let place = village.place("北召店村", "village", Some(town));
    let houses = ["段志荣", "武山江", "邵健生"].map(|head| village.household(head, place));
    let helper = village.person("卫春建");
    let secretary = village.person_with("赵永燕", "first_secretary", Some(place));
    let mut granted = [true, true, false];
    village.entrusts(houses[0], helper);
    village.entrusts(houses[1], helper);
    let (mut phone, mut laptop) = (village.phone("卫春建"), village.phone("赵永燕"));
    let (device, mut line) = (phone.device, village.line());
    laptop.exchanges(&mut line).unwrap();
    let (mut up, mut back, mut written, mut along) = (Vec::new(), Vec::new(), BTreeSet::new(), false);
    let mut told = BTreeMap::new();
    if chance.one_in(2) {
        phone.exchanges(&mut line).unwrap();
    }
    for _ in 0..60 {
        match chance.below(12) {
            0..3 => {
                let rows = phone.ledger().household_rows().unwrap();
                if let Some(household) = chance.pick(&rows).copied() {
                    let visit = lianhu_core::visit::Visit {
                        day: lianhu_core::day::Day::parse("2026-09-20").unwrap(),
                        ..lianhu_core::visit::Visit::default()
                    };
                    written.extend(phone.writes_visit(household, &visit).ok());
                    phone.sets(household, "phone", format!("138{:08}", chance.below(99_999_999)).as_str().into()).ok();
                }
            }
            3 | 4 => up.push(phone.ledger_mut().hand_over_parcel().unwrap().bytes),
            5 | 6 => {
                if let Some(file) = chance.pick(&up).cloned() {
                    let taken = laptop.ledger_mut().take_in_parcel(&file).unwrap();
                    assert!(matches!(taken, Ok(TakenIn::Carried { .. })), "seed {seed}: {taken:?}");
                    along = true;
                }
            }
            7 => back.extend(laptop.ledger_mut().hand_back_parcel(device).ok().map(|back| back.bytes)),
            8 | 9 => {
                if let Some(file) = chance.pick(&back).cloned() {
                    phone.ledger_mut().take_in_parcel(&file).unwrap().ok();
                }
            }
            10 if chance.one_in(3) => drop(phone.exchanges(&mut line).unwrap()),
            10 => drop(laptop.exchanges(&mut line).unwrap()),
            _ => {
                let at = chance.below(3);
                match granted[at] {
                    true => village.takes_back(houses[at], helper),
                    false => village.entrusts(houses[at], helper),
                }
                granted[at] = !granted[at];
            }
        }
        let standing = phone.ledger().standing().unwrap();
        assert!(along || standing.carried == 0, "seed {seed}: marked as carried by nobody");
        // What the phone was told of its households it is never told backwards.
        let scope: BTreeMap<About, (u64, bool)> = {
            let rows = phone.ledger().scope_of(helper).unwrap().into_iter();
            rows.map(|row| (row.about, (row.since, row.until.is_some()))).collect()
        };
        let backwards: Vec<_> = told.iter().filter(|(about, was)| scope.get(about).is_none_or(|is| is < was)).collect();
        assert!(backwards.is_empty(), "seed {seed}: an old file brought back what had ended: {backwards:?}");
        told = scope;
        // A number on the phone is the county's own.
        let at_county: BTreeMap<EntryName, u64> = village.county.with(|county| {
            county.all_held().unwrap().into_iter().filter_map(|held| Some((held.name, held.number?))).collect()
        });
        let strange: Vec<_> = numbered(&phone).into_iter().filter(|(name, n)| at_county.get(name) != Some(n)).collect();
        assert!(strange.is_empty(), "seed {seed}: numbers the county never gave: {strange:?}");
    }
    laptop.exchanges(&mut line).unwrap();
    phone.exchanges(&mut line).unwrap();
    phone.exchanges(&mut line).unwrap();
    let standing = phone.ledger().standing().unwrap();
    assert_eq!((standing.waiting, standing.carried), (0, 0), "seed {seed}");
    let at_county = village.county.with(|county| county.all_held().unwrap());
    let there: Vec<EntryName> =
        at_county.iter().filter(|held| written.contains(&held.name)).map(|held| held.name).collect();
    assert_eq!(there.len(), written.len(), "seed {seed}: each visit once");
    // What the phone holds now is what a new phone of the same person is given.
    let mut fresh = village.phone("卫春建");
    fresh.exchanges(&mut line).unwrap();
    phone.exchanges(&mut line).unwrap();
    let rows = |phone: &Phone| phone.ledger().household_rows().unwrap();
    assert_eq!(rows(&phone), rows(&fresh), "seed {seed}: holds what it is entrusted with");
    let tables = |phone: &Phone| phone.ledger().dump_rebuilt().unwrap();
    let (ours, theirs) = (tables(&phone), tables(&fresh));
    for table in ["household", "visit", "conflict", "person", "digest"] {
        assert_eq!(ours[table], theirs[table], "seed {seed}: {table}");
    }
    assert_eq!(DeviceId::from_slice(device.bytes()), Some(phone.device));
    assert!(secretary != helper);
}

/// Tried against a device that takes all of every answer, however old it is: then a household that was taken back since
/// comes back with an old file.
#[test]
fn any_order_of_files_repeated_and_mixed_with_a_line_leads_to_the_same_ledger() {
    for seed in 0..24 {
        one_order_of_files_and_lines(seed);
    }
}
