//! Writes visits into a ledger until it is killed or cannot: `writer FILE`. A line is printed only after a save has
//! returned; each act saves a visit and a fact of the household together.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use lianhu_core::day::{Day, Moment};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::scalar::Scalar;
use lianhu_core::surroundings::Staged;
use lianhu_core::visit::Visit;
use lianhu_ledger::Ledger;
use lianhu_tests::KEY;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

fn main() {
    let file = PathBuf::from(std::env::args().nth(1).expect("a file"));
    // Every life of the program has ids of its own.
    let around = Arc::new(Staged::new(u64::from(std::process::id()), Moment(1_790_000_000)));
    let mut ledger = Ledger::open(&file, &KEY, around).expect("the ledger opens");
    let household = *ledger.household_rows().unwrap().first().expect("a household");
    let mut out = std::io::stdout();
    for count in 0_u64.. {
        let mark = format!("{}-{count}", std::process::id());
        let day = Day::parse("2026-09-20").unwrap();
        let visit = Visit { day, note: Some(mark.clone()), ..Visit::default() };
        let saved = ledger.write(|w| {
            w.record(About::Household(household), kind::VISIT, Source::Household, &visit)?;
            w.put(household, BTreeMap::from([("address".to_owned(), Scalar::Text(mark.clone()))]), Source::Household)
        });
        match saved {
            Ok(_) => writeln!(out, "saved {mark}").unwrap(),
            Err(error) => {
                writeln!(out, "refused {error:?}").unwrap();
                return;
            }
        }
        out.flush().unwrap();
    }
}
