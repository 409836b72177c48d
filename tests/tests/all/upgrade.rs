//! Ledgers frozen by every version so far: this version opens them, and they say what they always said.

use lianhu_core::day::Moment;
use lianhu_core::surroundings::Staged;
use lianhu_ledger::VERSION;
use lianhu_tests::{Phone, folder};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn frozen(version: i64) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/ledgers/v{version}"))
}

#[test]
fn a_ledger_of_every_version_opens_and_says_what_it_always_said() {
    for version in 1..=VERSION {
        let (from, into) = (frozen(version), folder());
        let file = into.path().join("phone.sqlite");
        std::fs::copy(from.join("phone.sqlite"), &file)
            .unwrap_or_else(|error| panic!("version {version} has no frozen ledger ({error}): run `freeze` once"));
        let expected = std::fs::read_to_string(from.join("expected.json")).unwrap();
        let expected: BTreeMap<String, Vec<String>> = serde_json::from_str(&expected).unwrap();
        let around = Arc::new(Staged::new(99, Moment(1_800_000_000)));
        let mut phone = Phone::open(&file, &around);
        let now = phone.ledger().dump_rebuilt().unwrap();
        for (table, rows) in &expected {
            assert_eq!(now.get(table), Some(rows), "version {version}, {table}");
        }
        phone.ledger_mut().rebuild().unwrap();
        assert!(
            phone.ledger().dump_rebuilt().unwrap() == now,
            "rebuilding a ledger of version {version} changes nothing"
        );
        let household = phone.ledger().household_rows().unwrap()[0];
        phone.visits(household, "2026-11-20");
        assert!(
            phone.ledger_mut().request(0).unwrap().entries >= 3,
            "what waited then waits still, and the new visit with it"
        );
    }
}
