//! What a kill, a full disk or a second program does to a ledger: nothing that was saved is lost, nothing is half there.

use lianhu_core::entry::{Entry, kind};
use lianhu_core::visit::Visit;
use lianhu_ledger::{Ledger, LedgerError};
use lianhu_tests::{Chance, KEY, Phone, Village};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A phone with a household, switched off; the file it lies in.
fn a_phone(village: &mut Village) -> PathBuf {
    let place = village.place("北召店村", "village", None);
    let user = village.person("卫春建");
    let household = village.household("段志荣", place);
    village.entrusts(household, user);
    let mut phone = village.phone("卫春建");
    phone.exchanges(&mut village.line()).unwrap();
    let file = phone.ledger().path().to_owned();
    assert_eq!(phone.ledger().household_rows().unwrap().len(), 1);
    file
}

fn writer(file: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_writer")).arg(file).stdout(Stdio::piped()).spawn().unwrap()
}

/// The marks of all visits and of all facts that are in the ledger.
fn marks(file: &Path, village: &Village) -> (BTreeSet<String>, BTreeSet<String>) {
    let phone = Phone::open(file, &village.around);
    let (mut visits, mut facts) = (BTreeSet::new(), BTreeSet::new());
    for held in phone.ledger().all_held().unwrap().iter().filter(|held| held.number.is_none()) {
        let entry = Entry::read(&held.bytes).unwrap();
        if entry.kind == kind::VISIT {
            visits.extend(minicbor::decode::<Visit>(&entry.body).unwrap().note);
        } else if entry.kind == kind::CHANGE {
            let change: lianhu_core::change::Change = minicbor::decode(&entry.body).unwrap();
            facts.extend(change.puts.iter().filter_map(|put| put.value.text().map(str::to_owned)));
        }
    }
    (visits, facts)
}

fn saved_before_the_kill(child: &mut Child, chance: &mut Chance) -> Vec<String> {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let wanted = 1 + chance.below(12);
    let mut saved: Vec<String> = lines.by_ref().take(wanted).map(Result::unwrap).collect();
    // Some moment of the next write: only the processor knows which.
    let mut spin = chance.below(300_000);
    while spin > 0 {
        spin = std::hint::black_box(spin - 1);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What was printed before it died counts as well.
    saved.extend(lines.map_while(Result::ok));
    saved.into_iter().filter_map(|line| Some(line.strip_prefix("saved ")?.to_owned())).collect()
}

#[test]
fn a_kill_at_any_moment_of_a_write_loses_nothing_that_was_saved_and_leaves_nothing_half() {
    let mut village = Village::new(7);
    let file = a_phone(&mut village);
    let mut chance = Chance::new(7);
    let mut promised = BTreeSet::new();
    for _ in 0..25 {
        let mut child = writer(&file);
        promised.extend(saved_before_the_kill(&mut child, &mut chance));
        let (visits, facts) = marks(&file, &village);
        let lost: Vec<_> = promised.difference(&visits).collect();
        assert!(lost.is_empty(), "saved and lost: {lost:?}");
        assert_eq!(visits, facts, "an act is wholly there or wholly not");
    }
    assert!(promised.len() >= 25);
    let mut phone = Phone::open(&file, &village.around);
    let before = phone.ledger().dump_rebuilt().unwrap();
    phone.ledger_mut().rebuild().unwrap();
    assert!(phone.ledger().dump_rebuilt().unwrap() == before, "rebuilding changes nothing");
    let numbered = phone.exchanges(&mut village.line()).unwrap().numbered;
    assert!(numbered >= 2 * promised.len(), "all of it arrives");
}

#[test]
fn a_save_on_a_full_disk_is_refused_by_name_and_works_again_when_there_is_room() {
    let mut village = Village::new(8);
    let file = a_phone(&mut village);
    let mut phone = Phone::open(&file, &village.around);
    let household = phone.ledger().household_rows().unwrap()[0];
    let pages = phone.ledger().pages().unwrap();
    phone.ledger_mut().is_bounded_to(Some(pages + 8)).unwrap();
    let long = "长".repeat(900);
    let mut saved = Vec::new();
    let refused = loop {
        let visit = Visit {
            day: lianhu_core::day::Day::parse("2026-09-20").unwrap(),
            note: Some(long.clone()),
            ..Visit::default()
        };
        match phone.writes_visit(household, &visit) {
            Ok(name) => saved.push(name),
            Err(error) => break error,
        }
        assert!(saved.len() < 1000, "the disk never got full");
    };
    assert!(matches!(refused, LedgerError::Full), "{refused:?}");
    assert!(!saved.is_empty());
    phone.ledger_mut().is_bounded_to(None).unwrap();
    saved.push(phone.visits(household, "2026-09-21"));
    phone.dies_and_is_switched_on();
    let held: BTreeSet<_> = phone.ledger().all_held().unwrap().iter().map(|held| held.name).collect();
    assert!(saved.iter().all(|name| held.contains(name)), "everything saved is there");
    let visits = phone.ledger().dump_rebuilt().unwrap()["visit"].len();
    assert_eq!(visits, saved.len(), "and nothing of the refused one");
}

#[test]
fn when_the_system_lets_a_file_grow_no_further_all_that_was_saved_is_there() {
    let mut village = Village::new(9);
    let file = a_phone(&mut village);
    let blocks = std::fs::metadata(&file).unwrap().len() / 512 + 400;
    // The bound is the kernel's own; its signal is ignored, so that the write itself fails.
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$1\"");
    let done = Command::new("sh").args(["-c", &script, env!("CARGO_BIN_EXE_writer")]).arg(&file).output().unwrap();
    let told = String::from_utf8(done.stdout).unwrap();
    let saved: BTreeSet<String> =
        told.lines().filter_map(|line| Some(line.strip_prefix("saved ")?.to_owned())).collect();
    assert_eq!(told.lines().last(), Some("refused Full"), "{told}");
    assert!(!saved.is_empty());
    assert_eq!(marks(&file, &village), (saved.clone(), saved), "what was saved, and nothing half");
    let mut phone = Phone::open(&file, &village.around);
    let household = phone.ledger().household_rows().unwrap()[0];
    phone.visits(household, "2026-09-21");
}

#[test]
fn a_second_program_on_the_same_home_is_told_so() {
    let mut village = Village::new(10);
    let file = a_phone(&mut village);
    let first = Phone::open(&file, &village.around);
    let second = Ledger::open(&file, &KEY, village.around.clone());
    assert!(matches!(second, Err(LedgerError::InUse)), "{second:?}");
    drop(first);
    assert!(Ledger::open(&file, &KEY, village.around.clone()).is_ok());
}

#[test]
fn a_ledger_of_a_newer_version_is_refused_and_left_as_it_is() {
    let mut village = Village::new(11);
    let file = a_phone(&mut village);
    let mut phone = Phone::open(&file, &village.around);
    phone.ledger_mut().claims_version(lianhu_ledger::VERSION + 1).unwrap();
    drop(phone);
    let opened = Ledger::open(&file, &KEY, village.around.clone());
    assert!(matches!(opened, Err(LedgerError::TooNew { found, known }) if found == known + 1), "{opened:?}");
}

#[test]
fn a_ledger_does_not_open_with_another_key() {
    let mut village = Village::new(12);
    let file = a_phone(&mut village);
    let opened = Ledger::open(&file, &lianhu_ledger::FileKey([8; 32]), village.around.clone());
    assert!(matches!(opened, Err(LedgerError::WrongKey)), "{opened:?}");
    let bytes = std::fs::read(&file).unwrap();
    assert!(!bytes.windows(9).any(|window| window == "段志荣".as_bytes()), "nothing lies there to be read");
}
