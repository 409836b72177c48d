//! The works of others that are built into a program: crates, and what the screens are made of.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::program::{Program, root};

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// Its name where it is published.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    /// What it says of its licence.
    pub(crate) licence: String,
    /// The licences and notices that lie in it, word by word.
    pub(crate) texts: Vec<String>,
}

impl Part {
    /// Whether every licence offered is the MPL.
    pub(crate) fn is_bound_by_mpl(&self) -> bool {
        self.licence.split(" OR ").all(|licence| licence.contains("MPL-2.0"))
    }
}

/// The crates built into a program, for this system or another.
pub(crate) fn crates(program: &str, system: Option<&str>) -> anyhow::Result<Vec<Part>> {
    let words = ["tree", "-p", program, "-e", "normal,build", "--prefix", "none", "--format", "{p}|{l}"];
    let of_system = system.map(|system| ["--target", system]).into_iter().flatten();
    let tree = Program::cargo(words.into_iter().chain(of_system)).told()?;
    let metadata: Value =
        serde_json::from_str(&Program::cargo(["metadata", "--format-version", "1", "--locked"]).told()?)?;
    let packages = metadata.get("packages").and_then(Value::as_array).context("cargo knows of no packages")?;
    let places: BTreeMap<(&str, &str), &Path> = packages.iter().filter_map(place).collect();
    let named = named(&tree);
    ensure!(!named.is_empty(), "{program} is built of nothing");
    let part = |(name, version, licence): (&str, &str, &str)| {
        let place = places.get(&(name, version)).with_context(|| format!("cargo does not know {name} {version}"))?;
        Ok(Part { name: name.into(), version: version.into(), licence: licence.into(), texts: texts(place)? })
    };
    named.into_iter().map(part).collect()
}

fn place(package: &Value) -> Option<((&str, &str), &Path)> {
    let word = |key| package.get(key).and_then(Value::as_str);
    Some(((word("name")?, word("version")?), Path::new(word("manifest_path")?).parent()?))
}

/// Name, version and licence of every crate a tree names, but for our own.
fn named(tree: &str) -> BTreeSet<(&str, &str, &str)> {
    let one = |line| {
        let (what, licence): (&str, &str) = str::split_once(line, '|')?;
        let (name, rest) = what.split_once(" v")?;
        let licence = licence.trim_end_matches(" (*)");
        (!rest.contains('/')).then_some((name, rest.split(' ').next()?, licence))
    };
    tree.lines().filter_map(one).collect()
}

/// What the screens are made of: what npm installed for them and not for building or trying them.
pub(crate) fn screens() -> anyhow::Result<Vec<Part>> {
    let modules = root().join("ui/node_modules");
    let lock: Value = serde_json::from_slice(&std::fs::read(modules.join(".package-lock.json"))?)?;
    let packages = lock.get("packages").and_then(Value::as_object).context("npm has installed nothing")?;
    let shown = packages.iter().filter(|(_, told)| told.get("dev").is_none() && told.get("devOptional").is_none());
    let part = |(path, told): (&String, &Value)| {
        let word = |key| told.get(key).and_then(Value::as_str).unwrap_or("see its text").to_owned();
        let name = path.rsplit("node_modules/").next().unwrap_or(path).to_owned();
        Ok(Part {
            name,
            version: word("version"),
            licence: word("license"),
            texts: texts(&root().join("ui").join(path))?,
        })
    };
    shown.map(part).collect()
}

/// Licences and notices in a directory and in those directly below it, where the sources of others lie.
fn texts(place: &Path) -> anyhow::Result<Vec<String>> {
    let mut found = BTreeSet::new();
    let mut look = |place: &Path| -> anyhow::Result<Vec<PathBuf>> {
        let mut below = Vec::new();
        for entry in std::fs::read_dir(place).with_context(|| place.display().to_string())? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
            let speaks = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE"].iter().any(|w| name.starts_with(w));
            if path.is_dir() {
                below.push(path);
            } else if speaks && !name.ends_with(".SPDX") {
                found.insert(String::from_utf8_lossy(&std::fs::read(&path)?).replace("\r\n", "\n").trim().to_owned());
            }
        }
        Ok(below)
    };
    for below in look(place)? {
        if !below.ends_with("node_modules") {
            look(&below)?;
        }
    }
    Ok(found.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_names_every_crate_of_others_once_and_none_of_ours() {
        let tree = "lianhu-desktop v0.1.0 (/here/src-tauri)|Apache-2.0\nserde v1.0.1|MIT OR Apache-2.0\n\
                    serde_derive v1.0.1 (proc-macro)|MIT\nserde v1.0.1|MIT OR Apache-2.0 (*)\n\n";
        let found: Vec<_> = named(tree).into_iter().collect();
        assert_eq!(found, [("serde", "1.0.1", "MIT OR Apache-2.0"), ("serde_derive", "1.0.1", "MIT")]);
    }

    #[test]
    fn a_choice_of_licences_binds_nobody_to_the_mpl() {
        let part = |licence: &str| Part {
            name: String::new(),
            version: String::new(),
            licence: licence.into(),
            texts: vec![],
        };
        assert!(part("MPL-2.0").is_bound_by_mpl());
        assert!(!part("MIT OR MPL-2.0").is_bound_by_mpl());
        assert!(!part("MIT").is_bound_by_mpl());
    }

    #[test]
    fn licences_are_found_beside_and_one_below() {
        let place = tempfile::tempdir().unwrap();
        std::fs::create_dir(place.path().join("sqlite")).unwrap();
        for (name, text) in [("LICENSE-MIT", "one\r\ntwo\n"), ("sqlite/License.txt", "three"), ("main.rs", "no")] {
            std::fs::write(place.path().join(name), text).unwrap();
        }
        assert_eq!(texts(place.path()).unwrap(), ["one\ntwo", "three"]);
    }
}
