//! `cargo xtask stories`: what people do, done in the real window on a screen without a monitor.

use crate::program::{Program, root, target};
use crate::screens;
use clap::Args;
use std::path::PathBuf;

/// What the stories are asked.
#[derive(Debug, Clone, Args, Default)]
pub(crate) struct Stories {
    /// Only the acts of the demo: no tour of every screen
    #[arg(long)]
    pub(crate) acts: bool,
    /// Where pictures and logs go
    #[arg(long, default_value = "target/stories")]
    pub(crate) pictures: PathBuf,
    /// Only the act of this name, after everybody is prepared
    #[arg(long)]
    pub(crate) only: Option<String>,
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
    Program::build(&["lianhu-desktop", "lianhu-sync-server", "lianhu-stories"]).run()?;
    let programs = target()?.join("debug");
    let mut words = vec!["--programs".to_owned(), programs.display().to_string()];
    words.extend(["--pictures".to_owned(), asked.pictures.display().to_string()]);
    words.extend(asked.acts.then(|| "--acts".to_owned()));
    if let Some(act) = &asked.only {
        words.extend(["--only".to_owned(), act.clone()]);
    }
    words.extend(asked.tour.then(|| "--tour".to_owned()));
    Program::built("lianhu-stories", words)?.run()
}
