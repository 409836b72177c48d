//! What a kill does to the key of a home while its PIN is chosen or changed: the old or the new one opens it.

use lianhu_ledger::KeyFile;
use lianhu_tests::{Chance, KEY, PINS};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

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

#[test]
fn a_kill_at_any_moment_of_choosing_or_changing_a_pin_leaves_a_home_that_opens() {
    let home = tempfile::tempdir().unwrap();
    let mut chance = Chance::new(71);
    let (mut locked, mut rounds) = (0, 0);
    for _ in 0..60 {
        let mut child =
            Command::new(env!("CARGO_BIN_EXE_pin_changer")).arg(home.path()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        rounds += lines.by_ref().take(1 + chance.below(3)).count();
        // Some moment of the next round: only the processor knows which.
        let mut spin = chance.below(3_000_000);
        while spin > 0 {
            spin = std::hint::black_box(spin - 1);
        }
        child.kill().unwrap();
        child.wait().unwrap();
        locked += usize::from(is_locked(home.path()));
    }
    assert!(rounds >= 60 && locked > 0 && locked < 60, "{rounds} rounds, killed {locked} times while locked");
}
