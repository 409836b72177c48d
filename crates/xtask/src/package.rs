//! `cargo xtask package`: what people install, each tried in a throw-away place before it is called done. Packages lie in
//! `target/package`; nothing of them is signed.

mod android;
mod control;
mod debian;
mod imports;
mod notice;
mod parts;
mod program_built;
mod server;
mod trial_root;
mod unit;
mod windows;
mod wine;

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};

use crate::program::{Program, root};

/// The version every package carries.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What is to be packed.
#[derive(Args)]
pub(crate) struct Package {
    /// What to make; without a word: deb, server and windows
    #[arg(value_enum)]
    what: Vec<What>,
}

/// One thing people install.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// The window for a Debian or Ubuntu desktop; installed, upgraded and removed in a throw-away root
    Deb,
    /// The county's server with its systemd unit; a county is made, backed up and restored with it
    Server,
    /// A folder for a Windows computer, and a zip of it; tried under wine where there is one, its window never
    Windows,
    /// No package: checks the types for an Android phone, as far as that needs no Android tools
    Android,
}

/// Makes what is asked for, one after the other.
pub(crate) fn run(package: &Package) -> anyhow::Result<()> {
    let all = vec![What::Deb, What::Server, What::Windows];
    for what in if package.what.is_empty() { &all } else { &package.what } {
        match what {
            What::Deb => debian::make()?,
            What::Server => server::make()?,
            What::Windows => windows::make()?,
            What::Android => android::check()?,
        }
    }
    Ok(())
}

/// Checks the types for a phone, as `cargo xtask test` does.
pub(crate) fn check_for_a_phone() -> anyhow::Result<()> {
    android::check()
}

/// Where packages lie.
fn shelf() -> PathBuf {
    root().join("target/package")
}

/// An empty directory of this name on the shelf.
fn emptied(name: &str) -> anyhow::Result<PathBuf> {
    let place = shelf().join(name);
    if place.exists() {
        std::fs::remove_dir_all(&place).with_context(|| place.display().to_string())?;
    }
    std::fs::create_dir_all(&place).with_context(|| place.display().to_string())?;
    Ok(place)
}

/// Writes a file of a package, with the directories above it.
fn put(place: &Path, name: &str, bytes: impl AsRef<[u8]>) -> anyhow::Result<()> {
    let path = place.join(name);
    if let Some(above) = path.parent() {
        std::fs::create_dir_all(above)?;
    }
    std::fs::write(&path, bytes).with_context(|| path.display().to_string())
}

/// Copies a program into a package without the names of its functions, which nobody there can use; `strip` is the one
/// that knows its kind of file.
fn put_program(place: &Path, name: &str, program: &Path, strip: &str) -> anyhow::Result<()> {
    let path = place.join(name);
    if let Some(above) = path.parent() {
        std::fs::create_dir_all(above)?;
    }
    Program::named(strip, ["-o".to_owned(), path.display().to_string(), program.display().to_string()]).run()
}

/// Everyone may read, whatever the umask of whoever packs.
fn readable(place: &Path) -> anyhow::Result<()> {
    Program::named("chmod", ["-R", "u=rwX,go=rX"].map(str::to_owned).into_iter().chain([place.display().to_string()]))
        .run()
}

/// Says what was made and how big it is.
fn say(what: &str, path: &Path) -> anyhow::Result<()> {
    println!("{what}: {} ({})", path.display(), megabytes(std::fs::metadata(path)?.len()));
    Ok(())
}

/// Millions of bytes with one decimal.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_never_told_smaller_than_it_is() {
        assert_eq!(megabytes(40_000_001), "40.1 MB");
        assert_eq!(megabytes(39_950_000), "40.0 MB");
    }
}
