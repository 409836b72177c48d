//! `docs/schema.sql` is what a fresh ledger holds, with a word for every table.

use crate::boundaries::text;
use lianhu_core::day::Moment;
use lianhu_core::surroundings::Staged;
use lianhu_ledger::Ledger;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Statements without comments, without needless space, all small: what two spellings of one table have in common.
fn normal(sql: &str) -> BTreeSet<String> {
    let bare: String =
        sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect::<Vec<_>>().join(" ");
    let small = |statement: &str| {
        let spaced = statement.to_lowercase().replace('(', " ( ").replace(')', " ) ").replace(',', " , ");
        spaced.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    bare.split(';').map(small).filter(|statement| !statement.is_empty()).collect()
}

#[test]
fn the_documented_schema_is_that_of_a_fresh_ledger() {
    let dir = lianhu_tests::folder();
    let around = Arc::new(Staged::new(1, Moment(1_790_000_000)));
    let ledger = Ledger::open(&dir.path().join("ledger.sqlite"), &lianhu_tests::KEY, around).expect("a fresh ledger");
    let fresh: BTreeSet<String> =
        ledger.schema().expect("its schema").iter().flat_map(|statement| normal(statement)).collect();
    let told = normal(&text("docs/schema.sql"));
    let missing: Vec<_> = fresh.difference(&told).collect();
    let gone: Vec<_> = told.difference(&fresh).collect();
    assert!(missing.is_empty(), "docs/schema.sql lacks: {missing:#?}");
    assert!(gone.is_empty(), "docs/schema.sql tells what no ledger holds: {gone:#?}");
    assert!(fresh.len() > 40);
}

#[test]
fn every_table_is_explained() {
    let told = text("docs/schema.sql");
    let mut before = "";
    for line in told.lines() {
        if line.starts_with("create table") {
            assert!(before.starts_with("--"), "docs/schema.sql: say what this is: {line}");
        }
        before = line;
    }
}
