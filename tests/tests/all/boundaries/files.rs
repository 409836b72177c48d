//! How files begin, how long they may be, and that no test lies about unread.

use super::{sources, text, tracked};
use std::collections::BTreeSet;

/// A longer file holds a second noun.
const LONGEST: usize = 500;
/// Tables that are long because what they list is long.
const EXEMPT: [&str; 1] = ["crates/app/src/commands.rs"];

fn is_test(file: &str) -> bool {
    file.starts_with("tests/")
        || file.contains("/tests/")
        || file.ends_with("/stories.rs")
        || file.ends_with("/fixtures.rs")
}

/// The lines of a file without the tests at its end.
fn length(source: &str) -> usize {
    source.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default().lines().count()
}

#[test]
fn every_file_says_first_what_it_is() {
    for (file, source) in sources() {
        let first = source.lines().next().unwrap_or_default();
        assert!(first.starts_with("//! ") && first.len() > 12, "{file} has to open with `//! ` and what it is");
    }
}

#[test]
fn no_file_is_longer_than_one_noun_needs() {
    let sources = sources();
    let counted = sources.iter().filter(|(file, _)| !is_test(file) && !EXEMPT.contains(&file.as_str()));
    let mut lengths: Vec<_> = counted.map(|(file, source)| (length(source), file.as_str())).collect();
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2].0;
    let long: Vec<_> = lengths.iter().filter(|(length, _)| *length > LONGEST).collect();
    assert!(long.is_empty(), "over {LONGEST} lines, look for the second noun (the median file has {median}): {long:?}");
    assert!(median <= 200, "the median file has {median} lines; 100 to 150 is the aim");
}

#[test]
fn no_file_is_named_for_what_could_be_anything() {
    let vague =
        ["utils", "util", "common", "helper", "helpers", "manager", "service", "misc", "handler", "data", "info"];
    for (file, _) in sources() {
        let name = file.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs");
        assert!(!vague.contains(&name), "{file}: name it after the noun it holds");
    }
}

/// The files that a test program's root reaches by `mod`.
fn reached(file: &str, is_root: bool, into: &mut BTreeSet<String>) {
    if !into.insert(file.to_owned()) {
        return;
    }
    let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
    let stem = name.trim_end_matches(".rs");
    let within =
        if is_root || stem == "mod" || stem == "main" { folder.to_owned() } else { format!("{folder}/{stem}") };
    for line in text(file).lines() {
        let line = line.trim().trim_start_matches("pub(crate) ").trim_start_matches("pub ");
        let Some(module) = line.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) else { continue };
        for path in [format!("{within}/{module}.rs"), format!("{within}/{module}/mod.rs")] {
            if super::root().join(&path).is_file() {
                reached(&path, false, into);
            }
        }
    }
}

#[test]
fn no_test_file_is_forgotten() {
    let all: Vec<String> = tracked().into_iter().filter(|file| file.ends_with(".rs")).collect();
    let of_tests: Vec<&String> = all.iter().filter(|file| file.contains("/tests/")).collect();
    let mut seen = BTreeSet::new();
    for file in &of_tests {
        let inside = file.rsplit_once("/tests/").map(|(_, inside)| inside).unwrap_or_default();
        // What cargo makes a program of by itself: tests/x.rs and tests/x/main.rs.
        if !inside.contains('/') || (inside.matches('/').count() == 1 && inside.ends_with("/main.rs")) {
            reached(file, true, &mut seen);
        }
    }
    let forgotten: Vec<_> = of_tests.into_iter().filter(|file| !seen.contains(*file)).collect();
    assert!(forgotten.is_empty(), "no program has these as a module, so they never run: {forgotten:?}");
}

#[test]
fn no_test_is_skipped_and_none_sleeps() {
    let (skipped, sleeping) = (["#[ign", "ore"].concat(), ["thread::sl", "eep("].concat());
    for (file, source) in sources() {
        assert!(!source.contains(&skipped), "{file}: a test that is skipped proves nothing");
        // The bench imitates a line: there the waiting is the thing itself.
        // The stories look at a window again and again: between two looks they pause.
        // Under load a device that is told to wait does.
        let waits =
            ["bench/src/link.rs", "bench/src/load.rs", "tests/stories/src/patience.rs"].contains(&file.as_str());
        assert!(waits || !source.contains(&sleeping), "{file}: wait for the thing itself, never for a time");
    }
}
