//! Locks a home with one PIN, changes it to another, makes the home bare again, and so on until it is killed:
//! `pin_changer HOME`. A line is printed where the home is bare and where it is locked; whoever gives a second word,
//! as in `pin_changer HOME paced`, has to answer each with a line before it goes on.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use lianhu_ledger::{Effort, KeyFile, Machine, WrappedKey, destroy, write_whole};
use lianhu_tests::{KEY, PINS};
use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;

fn main() {
    let home = PathBuf::from(std::env::args().nth(1).expect("a home"));
    let (bare, locked) = (home.join("key"), home.join("key.locked"));
    let paced = std::env::args().nth(2).is_some();
    let told = |word: &str| {
        let mut out = std::io::stdout();
        writeln!(out, "{word}").and_then(|()| out.flush()).expect("somebody listens");
        if paced {
            std::io::stdin().lock().read_line(&mut String::new()).expect("somebody answers");
        }
    };
    loop {
        write_whole(&bare, &KEY.0).expect("it is written");
        std::fs::remove_file(&locked).ok();
        told("bare");
        for pin in PINS {
            let light = Effort { memory: 64, passes: 1 };
            let wrapped = WrappedKey::wrap(&KEY, pin, None, light, &Machine).expect("it wraps");
            KeyFile { wrapped, name: "home".to_owned(), recovery: None }.write(&locked).expect("it is written");
            destroy(&bare).expect("it is taken away");
        }
        told("locked");
    }
}
