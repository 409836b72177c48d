//! A throw-away root in which a .deb is installed, upgraded and removed, while what a person recorded lies in their home.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde_json::Value;

use super::emptied;
use crate::program::Program;

/// Where the window keeps a person's records, below their home.
const RECORDS: &str = "home/cadre/.local/share";
/// The program, as installed.
const PROGRAM: &str = "usr/bin/lianhu-desktop";

/// A root with nothing installed in it.
struct Root(PathBuf);

/// Installs one, then the newer one over it, then removes it and everything that was ever configured.
pub(crate) fn try_out(packed: &Path, newer: &Path) -> anyhow::Result<()> {
    let root = Root(emptied("root")?);
    for (name, text) in [("status", ""), ("available", ""), ("diversions", ""), ("info/format", "1\n")] {
        super::put(&root.0, &format!("var/lib/dpkg/{name}"), text)?;
    }
    for name in ["updates", "triggers"] {
        fs::create_dir_all(root.0.join("var/lib/dpkg").join(name))?;
    }
    let records = root.records()?;
    super::put(&records, "ledger.db", [0x5a; 4096])?;
    super::put(&records, "ledger.key", [0xa5; 32])?;
    let before = held(&records)?;
    ensure!(before.len() == 2, "no records to watch over");

    root.dpkg(&["--install", &packed.display().to_string()])?;
    ensure!(root.version()? == super::VERSION, "after installing: {}", root.version()?);
    ensure!(root.0.join(PROGRAM).is_file(), "installed, and the program is not there");
    root.starts()?;
    ensure!(held(&records)? == before, "installing touched a person's records");

    root.dpkg(&["--install", &newer.display().to_string()])?;
    ensure!(root.version()? != super::VERSION, "after upgrading: {}", root.version()?);
    ensure!(root.0.join(PROGRAM).is_file(), "upgraded, and the program is gone");
    ensure!(held(&records)? == before, "upgrading touched a person's records");

    root.dpkg(&["--remove", "lianhu"])?;
    root.dpkg(&["--purge", "lianhu"]).ok();
    let left = left_of_package(&root.0)?;
    ensure!(left.is_empty(), "removed, and left behind: {left:?}");
    ensure!(held(&records)? == before, "removing touched a person's records");
    fs::remove_dir_all(&root.0)?;
    println!("deb: installed, upgraded and removed in a throw-away root; the records stayed as they were");
    Ok(())
}

impl Root {
    /// The directory the installed window will use, named by the same identifier as its settings name it.
    fn records(&self) -> anyhow::Result<PathBuf> {
        let settings = fs::read(crate::program::root().join("src-tauri/tauri.conf.json"))?;
        let settings: Value = serde_json::from_slice(&settings)?;
        let identifier = settings.get("identifier").and_then(Value::as_str).context("the window has no identifier")?;
        Ok(self.0.join(RECORDS).join(identifier))
    }

    fn dpkg(&self, words: &[&str]) -> anyhow::Result<()> {
        self.program("dpkg", words).run()
    }

    /// Nothing else is installed there, so what the package depends on is not asked for; [`Self::starts`] looks at that.
    fn program(&self, name: &str, words: &[&str]) -> Program {
        let root = format!("--root={}", self.0.display());
        let forced = ["--force-depends", "--force-not-root", "--force-bad-path", "--no-pager", "--log=/dev/null"];
        let before = forced.iter().map(|word| (*word).to_owned());
        let before: Vec<String> = if name == "dpkg" { before.collect() } else { Vec::new() };
        Program::named(name, std::iter::once(root).chain(before).chain(words.iter().map(|word| (*word).to_owned())))
    }

    fn version(&self) -> anyhow::Result<String> {
        let told =
            self.program("dpkg-query", &["--show", "--showformat=${db:Status-Status} ${Version}", "lianhu"]).told()?;
        told.strip_prefix("installed ").map(str::to_owned).with_context(|| format!("dpkg says: {told}"))
    }

    /// Every library the installed program wants is found on this machine.
    fn starts(&self) -> anyhow::Result<()> {
        let told = Program::named("ldd", [self.0.join(PROGRAM).display().to_string()]).told()?;
        let missing: Vec<&str> = told.lines().filter(|line| line.contains("not found")).collect();
        ensure!(missing.is_empty(), "the installed program misses {missing:?}");
        Ok(())
    }
}

/// Every file below, with its bytes.
fn held(place: &Path) -> anyhow::Result<Vec<(PathBuf, Vec<u8>)>> {
    files(place)?.into_iter().map(|path| Ok((path.clone(), fs::read(path)?))).collect()
}

fn left_of_package(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let usr = root.join("usr");
    if usr.exists() { files(&usr) } else { Ok(Vec::new()) }
}

fn files(place: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(place)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_lost_or_added_record_is_noticed() {
        let place = tempfile::tempdir().unwrap();
        let here = place.path();
        super::super::put(here, "deep/ledger", "one").unwrap();
        let before = held(here).unwrap();
        assert_eq!(before.len(), 1);
        super::super::put(here, "deep/ledger", "two").unwrap();
        assert_ne!(held(here).unwrap(), before);
        super::super::put(here, "deep/ledger", "one").unwrap();
        assert_eq!(held(here).unwrap(), before);
        super::super::put(here, "other", "").unwrap();
        assert_ne!(held(here).unwrap(), before);
    }
}
