//! 自查: whatever is done to a copied ledger is named; a ledger to which nothing was done is said to be clean.

use crate::real::{County as RealCounty, programs};
use lianhu_core::entry::About;
use lianhu_core::ids::EntryName;
use lianhu_ledger::{Fault, Finding, Ledger, Verified, keys_beside};
use lianhu_tests::{KEY, Phone, Village};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A phone with three receipted envelopes, traces, somebody else's visit, something set aside and something waiting; and its county.
struct Scene {
    village: Village,
    phone: PathBuf,
    county: PathBuf,
}

fn scene() -> Scene {
    let mut village = Village::new(91);
    let town = village.place("皇后乡", "town", None);
    let place = village.place("北召店村", "village", Some(town));
    let (helper, other) = (village.person("卫春建"), village.person("赵永燕"));
    let houses = ["段志荣", "武山江"].map(|head| village.household(head, place));
    let strange = village.household("金丝雀", place);
    for house in houses {
        village.entrusts(house, helper);
    }
    village.entrusts(houses[0], other);
    let mut line = village.line();
    let (mut phone, mut second) = (village.phone("卫春建"), village.phone("赵永燕"));
    phone.exchanges(&mut line).unwrap();
    second.exchanges(&mut line).unwrap();
    for day in ["2026-09-18", "2026-09-19", "2026-09-20"] {
        village.around.pass(3600);
        phone.visits(houses[0], day);
        phone.visits(houses[1], day);
        phone.sets_phone(houses[1], &format!("1381111{}", &day[6..].replace('-', "")));
        phone.ledger_mut().note_audit("reveal phone", About::Household(houses[0]), "联系").unwrap();
        second.visits(houses[0], day);
        phone.exchanges(&mut line).unwrap();
        second.exchanges(&mut line).unwrap();
    }
    // Never entrusted: it stands in quarantine at the county.
    second.writes_visit(strange, &lianhu_core::visit::Visit::default()).unwrap();
    second.exchanges(&mut line).unwrap();
    phone.exchanges(&mut line).unwrap();
    phone.visits(houses[0], "2026-09-21");
    let (from, to) = (phone.ledger().path().to_owned(), village.folder().join("phone-copy.sqlite"));
    drop(phone);
    Ledger::back_up(&from, &KEY, &to).unwrap();
    let county = village.folder().join("county-copy.sqlite");
    village.county.is_backed_up(&county);
    Ledger::back_up_keys(&village.folder().join("county.sqlite"), &KEY, &keys_beside(&county)).unwrap();
    Scene { village, phone: to, county }
}

impl Scene {
    /// What is found in a copy of this ledger after something was done to it.
    fn after(&self, file: &Path, done: &str) -> Verified {
        let copy = self.village.folder().join("tampered.sqlite");
        for end in ["", "-wal", "-shm"] {
            std::fs::remove_file(format!("{}{end}", copy.display())).ok();
        }
        std::fs::copy(file, &copy).unwrap();
        // The keys of the county's households lie beside it, as they would after a restore.
        std::fs::copy(keys_beside(&self.county), keys_beside(&copy)).unwrap();
        let mut ledger = Ledger::open(&copy, &KEY, self.village.around.clone()).unwrap();
        if !done.is_empty() {
            let rows = ledger.is_tampered_with(done).unwrap();
            assert!(rows > 0, "nothing was done by: {done}");
        }
        ledger.verify().unwrap()
    }
}

fn faults(verified: &Verified) -> Vec<Fault> {
    let mut faults: Vec<Fault> = verified.findings.iter().map(|finding| finding.fault).collect();
    faults.sort_unstable();
    faults.dedup();
    faults
}

/// Each way of touching a copy is found out as what it is.
fn all_are_named(scene: &Scene, file: &Path, ways: &[(&str, String, Fault)]) {
    let mut missed = Vec::new();
    for (way, done, fault) in ways {
        let found = scene.after(file, done);
        if found.clean || !faults(&found).contains(fault) {
            missed.push(format!("{way}: {:?}", faults(&found)));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn a_ledger_to_which_nothing_was_done_is_clean_and_says_what_it_cannot_prove() {
    let scene = scene();
    for file in [&scene.phone, &scene.county] {
        let verified = scene.after(file, "");
        assert_eq!(verified.findings, Vec::<Finding>::new());
        assert!(verified.clean && verified.entries > 10 && verified.receipts >= 3, "{verified:?}");
        assert!(!verified.unproven.is_empty());
        let told = format!("{verified}{}", serde_json::to_string(&verified).unwrap());
        assert!(told.contains("没有发现改动"));
        assert!(!["卫春建", "赵永燕", "段志荣", "user", "device"].iter().any(|word| told.contains(word)), "{told}");
    }
}

/// Exchanges the numbers A and B.
const EXCHANGE: &str = "update entry set number = -number where number in (A, B); \
                        update entry set number = case number when -A then B else A end where number < 0";
const OWN: &str = "device = (select value from meta where key = 'device')";

#[test]
fn on_a_phone_every_way_of_touching_a_table_is_named() {
    let scene = scene();
    let own_numbers: Vec<u64> = {
        let phone = Phone::open(&scene.phone, &scene.village.around);
        let held = phone.ledger().all_held().unwrap().into_iter();
        held.filter(|held| held.device == Some(phone.device)).filter_map(|held| held.number).collect()
    };
    let exchanged = |of: &[u64]| EXCHANGE.replace('A', &of[0].to_string()).replace('B', &of[of.len() - 1].to_string());
    let mine = format!("number is not null and {OWN} and kind = 16");
    let last = format!("name = (select name from entry where {mine} order by number desc limit 1)");
    let ways: Vec<(&str, String, Fault)> = vec![
        ("a body altered", format!("update entry set bytes = cast(bytes || x'00' as blob) where {last}"), Fault::EntryAltered),
        ("one's own removed", format!("delete from entry where {last}"), Fault::EntryRemoved),
        ("another's removed", format!("delete from entry where id = (select id from entry where not {OWN} and kind = 16 limit 1)"), Fault::EntryRemoved),
        ("renamed", format!("update entry set name = zeroblob(32) where {last}"), Fault::EntryAltered),
        ("a number taken away", format!("update entry set number = null where {last}"), Fault::NumberDiffers),
        ("a number changed", format!("update entry set number = 900000 where {last}"), Fault::NumberDiffers),
("two numbers exchanged", exchanged(&own_numbers), Fault::NumberDiffers),
        ("dated back", format!("update entry set day = day - 30 where {last}"), Fault::RowAltered),
        ("moved to another household", format!("update entry set about = (select about from entry where {mine} order by about limit 1) where name = (select name from entry where {mine} order by about desc limit 1)"), Fault::RowAltered),
        ("said to be another's", format!("update entry set user = zeroblob(16) where {last}"), Fault::RowAltered),
        ("put into another envelope", format!("update entry set envelope = (select min(id) from envelope where length(header) > 0) where {last}"), Fault::EntryUnsigned),
        ("a header altered", "update envelope set header = cast(header || x'00' as blob) where id = (select min(id) from envelope where length(header) > 0)".into(), Fault::EnvelopeAltered),
        ("a signature altered", "update envelope set signature = zeroblob(64) where id = (select min(id) from envelope where length(header) > 0)".into(), Fault::EnvelopeAltered),
        ("an envelope's number changed", "update envelope set number = 77 where id = (select min(id) from envelope where length(header) > 0)".into(), Fault::EnvelopeAltered),
        ("an envelope removed", "delete from envelope where number = 2 and length(header) > 0".into(), Fault::EnvelopeRemoved),
        ("the newest envelope removed", "delete from envelope where number = (select max(number) from envelope) and length(header) > 0".into(), Fault::EnvelopeRemoved),
        ("a receipt dropped", "update envelope set receipt = null where number = 2 and length(header) > 0".into(), Fault::ReceiptMissing),
        ("a receipt altered", "update envelope set receipt = cast(receipt || x'00' as blob) where number = 2 and length(receipt) > 0".into(), Fault::ReceiptAltered),
        ("a receipt exchanged", "update envelope set receipt = (select receipt from envelope where number = 1 and length(receipt) > 0) where number = 2 and length(receipt) > 0".into(), Fault::ReceiptAltered),
        ("a trace's link altered", "update audit set hash = zeroblob(32) where id = 1".into(), Fault::TraceAltered),
        ("a trace's row removed", "delete from audit where id = 2".into(), Fault::TraceRemoved),
        ("a trace removed", "delete from entry where name = (select entry from audit where id = 2)".into(), Fault::TraceRemoved),
        ("a sum altered", "update digest set count = count + 2 where about = (select max(about) from digest)".into(), Fault::SumDiffers),
    ];
    all_are_named(&scene, &scene.phone, &ways);
    let mut missed = Vec::new();
    for table in ["visit", "household", "person", "search_key", "place", "cadre", "granted"] {
        let found = scene.after(&scene.phone, &format!("delete from {table}"));
        if !found.findings.iter().any(|finding| finding.table.as_deref() == Some(table)) {
            missed.push(format!("{table}: {:?}", found.findings));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn at_the_county_every_way_of_touching_the_log_is_named_with_its_number() {
    let scene = scene();
    let (own, others) = (format!("kind = 16 and not {OWN}"), "number is not null");
    let visit = format!("name = (select name from entry where {own} and {others} order by number limit 1)");
    let numbers =
        |found: &Verified| -> Vec<u64> { found.findings.iter().filter_map(|finding| finding.number).collect() };
    let exchange = EXCHANGE;
    let ways: Vec<(&str, String, Fault)> = vec![
        ("a body altered", format!("update entry set bytes = cast(bytes || x'00' as blob) where {visit}"), Fault::EntryAltered),
        ("removed", format!("delete from entry where {visit}"), Fault::EntryRemoved),
        ("the newest removed, and the top with it", "delete from entry where number = (select max(number) from entry); update meta set value = value - 1 where key = 'top'".into(), Fault::EntryRemoved),
        ("dated back", format!("update entry set day = day - 30 where {visit}"), Fault::RowAltered),
        ("an envelope dated back", "update envelope set sealed_at = sealed_at - 86400 where id = (select max(id) from envelope)".into(), Fault::BackDated),
        ("a receipt dropped", "update envelope set receipt = null where id = (select max(envelope) from entry where number is not null)".into(), Fault::ReceiptMissing),
        ("a receipt altered", "update envelope set receipt = cast(receipt || x'00' as blob) where id = (select max(id) from envelope)".into(), Fault::ReceiptAltered),
        ("an envelope removed", format!("delete from envelope where id = (select envelope from entry where {visit})"), Fault::EntryUnsigned),
        ("an envelope taken off", format!("update entry set envelope = null where {visit}"), Fault::EntryUnsigned),
        ("the chain altered", "update meta set value = zeroblob(32) where key = 'chain'".into(), Fault::Reordered),
        ("quarantine altered", "update quarantine set bytes = cast(bytes || x'00' as blob)".into(), Fault::EntryAltered),
        ("a trace removed", "delete from entry where id = (select min(id) from entry where kind = 40)".into(), Fault::TraceRemoved),
    ];
    all_are_named(&scene, &scene.county, &ways);
    let top = scene.village.county.with(|county| county.log_state().unwrap().1);
    for (a, b) in [(3, 9), (top - 1, top), (top - 9, top - 2)] {
        let done = exchange.replace('A', &a.to_string()).replace('B', &b.to_string());
        let found = scene.after(&scene.county, &done);
        let named = numbers(&found).into_iter().any(|number| number <= b);
        assert!(named, "{a} and {b} exchanged: {:?}", found.findings);
    }
    // Whoever exchanges two and computes the chain anew is given away by the receipts.
    let found = scene.after(&scene.county, &exchange.replace('A', "3").replace('B', "4"));
    assert!(faults(&found).contains(&Fault::NumberDiffers) || faults(&found).contains(&Fault::Reordered));
}

#[test]
fn an_entry_written_anew_under_its_own_hash_is_named_by_the_envelope_that_lacks_it() {
    let scene = scene();
    let phone = Phone::open(&scene.phone, &scene.village.around);
    let me = phone.device;
    let held = phone.ledger().all_held().unwrap();
    let one = held.iter().rfind(|held| held.number.is_some() && held.device == Some(me)).unwrap().clone();
    drop(phone);
    let mut entry = lianhu_core::entry::Entry::read(&one.bytes).unwrap();
    entry.at = entry.at.plus_seconds(-30 * 86_400);
    let bytes = entry.write();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let done = format!(
        "update entry set bytes = x'{}', name = x'{}' where name = x'{}'",
        hex(&bytes),
        EntryName::of(&bytes),
        one.name
    );
    let found = scene.after(&scene.phone, &done);
    assert!(
        found.findings.iter().any(|finding| finding.fault == Fault::EntryRemoved
            && finding.entry.as_deref() == Some(one.name.to_string().as_str())),
        "{:?}",
        found.findings
    );
    assert!(faults(&found).contains(&Fault::EntryUnsigned));
}

#[test]
fn the_terminal_programs_tell_it_and_fail_when_something_is_wrong() {
    let county = RealCounty::new();
    let phone = county.person("卫春建", "helper", None, &["段志荣"]);
    phone.visits(&county.household("段志荣"), json!({"day": "2026-11-20"}));
    phone.exchanges();
    assert_eq!(phone.does("verify", json!({}))["clean"], json!(true));
    let home = county.folder.path().join("卫春建");
    drop(phone);
    let run = |words: &[&str]| -> (bool, String) {
        let done =
            Command::new(&programs().lianhu).arg("--home").arg(&home).arg("verify").args(words).output().unwrap();
        (done.status.success(), String::from_utf8(done.stdout).unwrap())
    };
    let (clean, told) = run(&[]);
    assert!(clean && told.contains("没有发现改动") && told.contains("不能证明的"), "{told}");
    let touched = crate::real::Device::new(&home);
    touched.app.ledger().is_tampered_with("update entry set day = day - 1 where kind = 16").unwrap();
    drop(touched);
    let (clean, told) = run(&["--json"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((clean, &told["clean"], &told["findings"][0]["fault"]), (false, &json!(false), &json!("row_altered")));
    // A back-up of the county, by the county's own program.
    let backup = county.folder.path().join("backup");
    let server = |words: &[&str]| {
        Command::new(&programs().server).args(words).env("LIANHU_RECOVERY_KEY", &county.paper).output().unwrap()
    };
    let data = county.folder.path().join("server");
    let (data, backup) = (data.to_string_lossy().into_owned(), backup.to_string_lossy().into_owned());
    assert!(server(&["backup", "--data", &data, "--out", &backup]).status.success());
    let done = server(&["verify", "--data", &backup]);
    let told = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success() && told.contains("没有发现改动"), "{told}");
}
