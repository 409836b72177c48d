//! Locks a home with one PIN, changes it to another, makes the home bare again, and so on until it is killed:
//! `pin_changer HOME`. A line is printed once a round has returned.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use lianhu_ledger::{Effort, KeyFile, Machine, WrappedKey, destroy, write_whole};
use lianhu_tests::{KEY, PINS};
use std::io::Write as _;
use std::path::PathBuf;

fn main() {
    let home = PathBuf::from(std::env::args().nth(1).expect("a home"));
    let (bare, locked) = (home.join("key"), home.join("key.locked"));
    let mut out = std::io::stdout();
    for round in 0_u64.. {
        write_whole(&bare, &KEY.0).expect("it is written");
        std::fs::remove_file(&locked).ok();
        for pin in PINS {
            let light = Effort { memory: 64, passes: 1 };
            let wrapped = WrappedKey::wrap(&KEY, pin, None, light, &Machine).expect("it wraps");
            KeyFile { wrapped, name: "home".to_owned(), recovery: None }.write(&locked).expect("it is written");
            destroy(&bare).expect("it is taken away");
        }
        writeln!(out, "round {round}").unwrap();
        out.flush().unwrap();
    }
}
