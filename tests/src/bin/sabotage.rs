//! Breaks the ledger on purpose, variant by variant, in a copy of the tree, and sees that the simulation notices:
//! `sabotage [--seeds N] [NAME …]`. Prints the table of docs/proofs.md; fails if a variant survives.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lianhu_tests::sabotage::{Variant, variants};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// What the copy is made of.
const PARTS: [&str; 4] = ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "clippy.toml"];
/// What is played first: nothing may be noticed of it.
const UNBROKEN: Variant = Variant { name: "none", broken: "nothing", changes: &[] };
const CRATES: [&str; 3] = ["crates/core", "crates/ledger", "tests"];

fn main() -> ExitCode {
    let mut seeds = "60".to_owned();
    let mut wanted: Vec<String> = Vec::new();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        if word == "--seeds" { seeds = words.next().unwrap_or(seeds) } else { wanted.push(word) }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned();
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let tree = target.join("sabotage").join("tree");
    println!("| variant | what was broken | caught at | by |\n|---|---|---|---|");
    let mut survived = 0;
    for variant in std::iter::once(&UNBROKEN).chain(variants()) {
        if !wanted.is_empty() && !wanted.iter().any(|name| name == variant.name) {
            continue;
        }
        lay_out(&root, &tree);
        apply(variant, &tree);
        let (caught, account) = run(&tree, &target.join("sabotage"), &seeds);
        if caught == variant.changes.is_empty() {
            survived += 1;
        }
        println!("| {} | {} | {account} |", variant.name, variant.broken);
    }
    println!("{survived} not as expected");
    if survived == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Copies what is needed, leaving alone what is the same already, so that little is compiled again.
fn lay_out(root: &Path, tree: &Path) {
    for part in PARTS {
        if let Ok(text) = std::fs::read_to_string(root.join(part)) {
            let text = if part == "Cargo.toml" { with_few_members(&text) } else { text };
            put(&tree.join(part), &text);
        }
    }
    for part in CRATES {
        copy(&root.join(part), &tree.join(part));
    }
    let manifest = std::fs::read_to_string(root.join("tests/Cargo.toml")).unwrap();
    put(&tree.join("tests/Cargo.toml"), manifest.split("[dev-dependencies]").next().unwrap());
}

fn with_few_members(manifest: &str) -> String {
    let few = format!("members = {CRATES:?}");
    let mut of_default = false;
    let mut lines = Vec::new();
    for line in manifest.lines() {
        // Which crates a plain build takes may be told in several lines.
        of_default |= line.starts_with("default-members");
        if !of_default {
            lines.push(if line.starts_with("members") { few.as_str() } else { line });
        }
        of_default &= !line.trim_end().ends_with(']');
    }
    lines.join("\n")
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        let name = entry.file_name();
        if path.is_dir() && name != "target" && name != "fixtures" {
            copy(&path, &to);
        } else if path.is_file() && name != "Cargo.toml" || path.is_file() && !from.ends_with("tests") {
            let new = std::fs::read(&path).unwrap();
            if std::fs::read(&to).ok().as_ref() != Some(&new) {
                std::fs::create_dir_all(to.parent().unwrap()).unwrap();
                std::fs::write(&to, new).unwrap();
            }
        }
    }
}

fn put(path: &Path, text: &str) {
    if std::fs::read_to_string(path).ok().as_deref() != Some(text) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

fn apply(variant: &Variant, tree: &Path) {
    for change in variant.changes {
        let path = tree.join(change.file);
        let text = std::fs::read_to_string(&path).unwrap();
        let found = text.matches(change.from).count();
        assert_eq!(found, 1, "{}: {:?} stands {found} times in {}", variant.name, change.from, change.file);
        std::fs::write(&path, text.replacen(change.from, change.to, 1)).unwrap();
    }
}

/// Builds and plays; says whether a promise was broken, and the seed and the words of it.
fn run(tree: &Path, target: &Path, seeds: &str) -> (bool, String) {
    let cargo = || {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(tree).env("CARGO_TARGET_DIR", target);
        cargo
    };
    let built = cargo().args(["build", "-q", "--offline", "-p", "lianhu-tests", "--bin", "simulate"]).output().unwrap();
    if !built.status.success() {
        panic!("the variant does not build:\n{}", String::from_utf8_lossy(&built.stderr));
    }
    let played = Command::new(target.join("debug/simulate")).args(["--seeds", seeds, "--first"]).output().unwrap();
    let told = String::from_utf8_lossy(&played.stdout);
    let first = told.lines().find(|line| line.starts_with("seed "));
    match first.and_then(|line| line.split_once(": ")) {
        Some((seed, what)) => {
            (true, format!("{seed} | {}", what.chars().take(120).collect::<String>().replace('|', "/")))
        }
        None if played.status.success() => (false, format!("{seeds} seeds, none | –")),
        None => panic!("the simulation ended with {}: {}", played.status, String::from_utf8_lossy(&played.stderr)),
    }
}
