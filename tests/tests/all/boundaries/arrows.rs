//! The arrows between crates, read from `cargo metadata`: shells know the app, the app knows the ledger and the
//! workbooks, these know the core, and nobody looks up.

use super::root;
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;

/// Who may know whom. `lianhu-tests` and `lianhu-bench` may know everybody: nobody knows them.
const MAY_KNOW: [(&str, &[&str]); 9] = [
    ("lianhu-core", &[]),
    ("lianhu-ledger", &["lianhu-core"]),
    ("lianhu-workbook", &["lianhu-core"]),
    ("lianhu-app", &["lianhu-core", "lianhu-ledger", "lianhu-workbook"]),
    ("lianhu", &["lianhu-app"]),
    ("lianhu-sync-server", &["lianhu-core", "lianhu-ledger"]),
    ("lianhu-desktop", &["lianhu-app"]),
    ("lianhu-stories", &[]),
    ("xtask", &[]),
];

/// What `cargo metadata` says of the workspace alone: no download, no network.
pub(crate) fn workspace() -> Vec<Value> {
    let asked = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let told = Command::new(env!("CARGO")).args(asked).current_dir(root()).output().expect("cargo runs");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let told: Value = serde_json::from_slice(&told.stdout).expect("cargo tells JSON");
    told["packages"].as_array().expect("packages").clone()
}

/// The normal dependencies of every crate of the workspace, by name.
fn known_by() -> BTreeMap<String, Vec<String>> {
    let name = |value: &Value| value["name"].as_str().expect("a name").to_owned();
    let normal = |package: &Value| {
        let all = package["dependencies"].as_array().expect("dependencies").iter();
        all.filter(|dependency| dependency["kind"].is_null()).map(name).collect()
    };
    workspace().iter().map(|package| (name(package), normal(package))).collect()
}

#[test]
fn arrows_between_crates_point_down_only() {
    let known = known_by();
    let ours: Vec<&String> = known.keys().collect();
    for (name, dependencies) in &known {
        let may = match MAY_KNOW.iter().find(|(known, _)| known == name) {
            Some((_, may)) => *may,
            None if ["lianhu-tests", "lianhu-bench"].contains(&name.as_str()) => continue,
            None => panic!("{name} is new: say in MAY_KNOW whom it may know, and in ARCHITECTURE.md what it owns"),
        };
        for dependency in dependencies.iter().filter(|dependency| ours.contains(dependency)) {
            assert!(may.contains(&dependency.as_str()), "{name} must not know {dependency}");
        }
    }
    for (name, _) in MAY_KNOW {
        assert!(known.contains_key(name), "{name} is gone: take it out of MAY_KNOW");
    }
}

#[test]
fn nobody_depends_on_the_tests_or_the_bench() {
    for (name, dependencies) in known_by() {
        for dependency in dependencies {
            assert!(dependency != "lianhu-tests" && dependency != "lianhu-bench", "{name} depends on {dependency}");
        }
    }
}

#[test]
fn each_outside_thing_has_one_owner() {
    let owners: [(&str, &[&str]); 6] = [
        ("tauri", &["lianhu-desktop"]),
        ("rusqlite", &["lianhu-ledger"]),
        ("automerge", &["lianhu-core"]),
        ("reqwest", &["lianhu-app"]),
        ("axum", &["lianhu-sync-server", "lianhu"]),
        ("clap", &["lianhu", "lianhu-sync-server", "lianhu-bench", "lianhu-stories", "xtask"]),
    ];
    for (name, dependencies) in known_by() {
        for (thing, owners) in owners {
            let owns = dependencies.iter().any(|dependency| dependency == thing);
            assert!(!owns || owners.contains(&name.as_str()), "{name} must not depend on {thing}: {owners:?} owns it");
        }
    }
}
