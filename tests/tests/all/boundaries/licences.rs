//! Under which licences lianhu is built: permissive ones, read from `cargo metadata`. An exception is named with the
//! decision that allows it.

use super::root;
use serde_json::Value;
use std::process::Command;

const PERMISSIVE: [&str; 15] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BlueOak-1.0.0",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    // The trusted roots of the web as data; asks for nothing but its own text.
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    // SQLite's blessing, in place of a licence.
    "blessing",
];

/// Crates whose stated licence is not permissive, and the decision that says why they may be used all the same. The
/// features named are the ones the decision speaks of: with others it does not hold.
const EXCEPTIONS: [(&str, &str, &str, &[&str]); 8] = [
    (
        "zhconv",
        "GPL-2.0-or-later",
        "docs/decisions/0007-zhconv-licence.md",
        &["opencc-hans", "_opencc-base", "compress", "zstd", "ruzstd"],
    ),
    ("cssparser", "MPL-2.0", WINDOW, &[]),
    ("cssparser-macros", "MPL-2.0", WINDOW, &[]),
    ("dtoa-short", "MPL-2.0", WINDOW, &[]),
    ("option-ext", "MPL-2.0", WINDOW, &[]),
    ("selectors", "MPL-2.0", WINDOW, &[]),
    ("webdriver", "MPL-2.0", WINDOW, &[]),
    ("sqlcipher-src", "MIT AND BSD-3-Clause AND blessing AND WTFPL", "docs/decisions/0007-zhconv-licence.md", &[]),
];

/// Why the window may be built of a few crates under the MPL.
const WINDOW: &str = "docs/decisions/0010-window-licences.md";

/// Everything the project is built of, on every platform; where the network is out of reach, on this one.
fn packages() -> Value {
    let told = metadata(&["--locked"]).or_else(|| metadata(&["--offline", "--filter-platform", host().trim()]));
    told.expect("cargo metadata tells the dependencies")
}

fn metadata(more: &[&str]) -> Option<Value> {
    let mut cargo = Command::new(env!("CARGO"));
    let told = cargo.args(["metadata", "--format-version", "1"]).args(more).current_dir(root()).output().ok()?;
    if told.status.success() { serde_json::from_slice(&told.stdout).ok() } else { None }
}

fn host() -> String {
    let told = Command::new("rustc").arg("-vV").current_dir(root()).output().expect("rustc runs");
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    told.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc tells its host").to_owned()
}

/// Whether an expression can be fulfilled with permissive licences alone: one side of an `OR`, both sides of an `AND`.
fn is_permissive(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    let parts = |word: &str| split_outside(&expression, word);
    let (any, all) = (parts(" OR "), parts(" AND "));
    if any.len() > 1 {
        return any.iter().any(|part| is_permissive(part));
    }
    if all.len() > 1 {
        return all.iter().all(|part| is_permissive(part));
    }
    let one = expression.trim();
    match one.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => is_permissive(inner),
        None => PERMISSIVE.contains(&one),
    }
}

/// Splits at a word that stands outside all brackets.
fn split_outside(text: &str, word: &str) -> Vec<String> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0_i32, 0);
    for (at, c) in text.char_indices() {
        depth += i32::from(c == '(') - i32::from(c == ')');
        if depth == 0 && text[at..].starts_with(word) && at >= from {
            parts.push(text[from..at].to_owned());
            from = at + word.len();
        }
    }
    parts.push(text[from..].to_owned());
    parts
}

#[test]
fn expressions_of_licences_are_understood() {
    for good in
        ["MIT", "MIT/Apache-2.0", "GPL-3.0 OR MIT", "(Apache-2.0 OR MIT) AND BSD-3-Clause", "Apache-2.0 AND ISC"]
    {
        assert!(is_permissive(good), "{good}");
    }
    for bad in ["", "GPL-2.0-or-later", "MIT AND GPL-3.0", "(GPL-3.0 OR AGPL-3.0) AND MIT", "SSPL-1.0", "MPL-2.0"] {
        assert!(!is_permissive(bad), "{bad}");
    }
}

#[test]
fn everything_it_is_built_of_is_under_a_permissive_licence() {
    let told = packages();
    let packages = told["packages"].as_array().expect("packages");
    assert!(packages.len() > 100, "only {} packages were told", packages.len());
    for package in packages {
        let name = package["name"].as_str().expect("a name");
        let licence = package["license"].as_str().unwrap_or_default();
        let exception = EXCEPTIONS.iter().find(|(known, stated, ..)| *known == name && *stated == licence);
        assert!(
            is_permissive(licence) || exception.is_some(),
            "{name} is under {licence:?}: use another crate, or write a decision and name it in EXCEPTIONS"
        );
    }
}

#[test]
fn every_exception_has_its_decision_and_keeps_to_it() {
    let told = packages();
    for (name, _, decision, features) in EXCEPTIONS {
        let why = super::text(decision);
        assert!(why.contains(name), "{decision} does not speak of {name}");
        let nodes = told["resolve"]["nodes"].as_array().expect("nodes");
        let is_it = |id: &str| id.contains(&format!("#{name}@")) || id.contains(&format!("/{name}#"));
        let node = nodes.iter().find(|node| is_it(node["id"].as_str().unwrap_or_default()));
        let node = node.unwrap_or_else(|| panic!("{name} is no longer used: take it out of EXCEPTIONS"));
        let on = node["features"].as_array().expect("features").iter().filter_map(Value::as_str);
        let more: Vec<_> = on.filter(|feature| !features.is_empty() && !features.contains(feature)).collect();
        assert!(more.is_empty(), "{decision} does not hold with the features {more:?} of {name}");
    }
}
