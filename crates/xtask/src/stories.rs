//! `cargo xtask stories`: what people do, done in the real window on a screen without a monitor.

use crate::program::{Program, root};
use crate::screens;
use anyhow::Context;
use clap::Args;
use std::path::PathBuf;
use std::process::Command;

/// What the stories are asked.
#[derive(Debug, Clone, Args, Default)]
pub(crate) struct Stories {
    /// Only the acts of the demo: no tour of every screen
    #[arg(long)]
    pub(crate) acts: bool,
    /// Where pictures and logs go
    #[arg(long, default_value = "target/stories")]
    pub(crate) pictures: PathBuf,
    /// Remakes docs/tour.md and its pictures
    #[arg(long)]
    pub(crate) tour: bool,
}

/// Whether the window and its stories are part of this tree.
pub(crate) fn stand() -> bool {
    root().join("tests/stories/Cargo.toml").exists()
}

/// Builds the screens, the window and the server, then plays.
pub(crate) fn run(asked: &Stories) -> anyhow::Result<()> {
    screens::build()?;
    play(asked)
}

/// Plays with screens that are built already.
pub(crate) fn play(asked: &Stories) -> anyhow::Result<()> {
    let packages = ["-p", "lianhu-desktop", "-p", "lianhu-sync-server", "-p", "lianhu-stories"];
    Program::cargo(["build"].into_iter().chain(packages)).run()?;
    let programs = target()?.join("debug");
    let mut words = vec!["--programs".to_owned(), programs.display().to_string()];
    words.extend(["--pictures".to_owned(), asked.pictures.display().to_string()]);
    words.extend(asked.acts.then(|| "--acts".to_owned()));
    words.extend(asked.tour.then(|| "--tour".to_owned()));
    Program::named(&programs.join("lianhu-stories").display().to_string(), words).run()
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> anyhow::Result<PathBuf> {
    let asked = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let told = Command::new("cargo").args(asked).current_dir(root()).output()?;
    let told: serde_json::Value = serde_json::from_slice(&told.stdout)?;
    let target = told.get("target_directory").and_then(serde_json::Value::as_str);
    Ok(target.context("cargo does not say where its target directory is")?.into())
}
