//! What a kill does to the key of a home while its PIN is chosen or changed: the old or the new one opens it.

use lianhu_ledger::KeyFile;
use lianhu_tests::{Chance, KEY, PINS};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Whether the home is bare or locked; either way it has to open.
fn is_locked(home: &Path) -> bool {
    match KeyFile::read(&home.join("key.locked")).expect("never half a file") {
        Some(file) => {
            assert!(PINS.iter().any(|pin| file.wrapped.unwrap(pin, None) == Some(KEY)), "locked, and no PIN opens it");
            true
        }
        None => {
            assert_eq!(std::fs::read(home.join("key")).unwrap(), KEY.0, "bare, and the key is not whole");
            false
        }
    }
}

/// A changer of PINs at work on `home`, and what it says.
fn changing(home: &Path, paced: bool) -> (Child, impl Iterator<Item = String> + use<>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pin_changer"));
    command.arg(home).args(paced.then_some("paced")).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    (child, said)
}

#[test]
fn a_kill_at_any_moment_of_choosing_or_changing_a_pin_leaves_a_home_that_opens() {
    let home = tempfile::tempdir().unwrap();
    let mut chance = Chance::new(71);
    for _ in 0..60 {
        let (mut child, mut said) = changing(home.path(), false);
        assert!(said.nth(chance.below(6)).is_some(), "it went on until it was killed");
        // Some moment of the next step: only the processor knows which.
        let mut spin = chance.below(3_000_000);
        while spin > 0 {
            spin = std::hint::black_box(spin - 1);
        }
        child.kill().unwrap();
        child.wait().unwrap();
        is_locked(home.path());
    }
}

#[test]
fn a_kill_where_the_home_is_bare_leaves_it_bare_and_where_it_is_locked_leaves_it_locked() {
    let home = tempfile::tempdir().unwrap();
    for word in ["bare", "locked", "bare"] {
        let (mut child, mut said) = changing(home.path(), true);
        while said.next().expect("it says where it is") != word {
            child.stdin.as_mut().unwrap().write_all(b"on\n").unwrap();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(is_locked(home.path()), word == "locked");
    }
}
