//! What a library may not touch: no clock, chance, file or network in the core, SQL in the ledger alone, Automerge in
//! one file, nothing asynchronous below the shells but the one file that waits for a line.

use super::{code, sources, words};

fn code_of(under: &str) -> Vec<(String, String)> {
    let all: Vec<_> = sources().into_iter().filter(|(file, _)| file.starts_with(under)).collect();
    assert!(!all.is_empty(), "nothing lies under {under}");
    all.into_iter().map(|(file, source)| (file, code(&source))).collect()
}

#[test]
fn the_core_has_no_clock_no_chance_no_file_and_no_network() {
    let forbidden = ["std::time", "SystemTime", "Instant", "Utc::now", "Local::now", "std::fs", "std::net", "std::env"];
    for (file, code) in code_of("crates/core/src/") {
        for word in forbidden {
            assert!(!code.contains(word), "{file} names {word}: it is a parameter, see Surroundings");
        }
        let chance = words(&code).find(|word| ["rand", "getrandom", "thread_rng", "new_v4", "now_v7"].contains(word));
        assert_eq!(chance, None, "{file}: randomness is a parameter, see Surroundings");
    }
}

#[test]
fn the_clock_and_the_dice_of_the_machine_are_read_in_one_file() {
    for under in ["crates/core/src/", "crates/ledger/src/", "crates/workbook/src/", "crates/app/src/"] {
        for (file, code) in code_of(under) {
            let reads = words(&code).any(|word| ["SystemTime", "getrandom"].contains(&word));
            assert!(!reads || file == "crates/ledger/src/machine.rs", "{file}: time and ids come from Surroundings");
        }
    }
}

#[test]
fn only_the_ledger_speaks_to_the_database() {
    for (file, code) in code_of("") {
        let names = words(&code).any(|word| word == "rusqlite" || word == "libsqlite3_sys");
        assert!(!names || file.starts_with("crates/ledger/") || is_tidy(&file), "{file} names the database");
    }
}

#[test]
fn only_the_dossier_names_automerge() {
    for (file, code) in code_of("") {
        let names = words(&code).any(|word| word == "automerge");
        // The tests of hostile bytes may: they write down what the known faults of Automerge looked like.
        let may = file == "crates/core/src/dossier.rs" || file.starts_with("tests/");
        assert!(!names || may, "{file} names Automerge: it stays behind core/dossier.rs");
    }
}

#[test]
fn nothing_below_the_shells_is_asynchronous() {
    for under in ["crates/core/src/", "crates/ledger/src/", "crates/workbook/src/", "crates/app/src/"] {
        for (file, code) in code_of(under) {
            let waits = words(&code).any(|word| word == "async" || word == "await" || word == "tokio");
            let may = file.starts_with("crates/app/src/http_hub");
            assert!(!waits || may, "{file} is asynchronous: only http_hub waits for a line");
        }
    }
}

#[test]
fn tables_are_written_by_the_ledger_alone() {
    // A shell that held SQL would hold a second truth.
    let statements = ["insert into ", "select * from ", "update entry ", "delete from ", "create table "];
    for (file, code) in code_of("") {
        let speaks = statements.iter().any(|statement| code.to_lowercase().contains(statement));
        assert!(
            !speaks || file.starts_with("crates/ledger/") || file.starts_with("tests/") || is_bench(&file),
            "{file} holds SQL"
        );
    }
}

fn is_tidy(file: &str) -> bool {
    file.starts_with("tests/tests/all/boundaries")
}

fn is_bench(file: &str) -> bool {
    file.starts_with("bench/")
}
