//! `cargo xtask demo`: the story of a visit played through the real programs, from a hillside with no signal to the
//! county's report.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;

/// Whether the story can be played; `cargo xtask test` plays it from then on.
pub(crate) const PLAYED: bool = false;

/// What the demo is asked.
#[derive(Args)]
pub(crate) struct Demo {
    /// Plays in the terminal only, without opening a window
    #[arg(long)]
    headless: bool,
    /// Another roster than the sample
    #[arg(long, value_name = "FILE")]
    roster: Option<PathBuf>,
}

/// Plays the story.
pub(crate) fn run(demo: &Demo) -> anyhow::Result<()> {
    let roster =
        demo.roster.clone().unwrap_or_else(|| crate::program::root().join("tests/fixtures/roster-huanghou.xlsx"));
    bail!("the demo is not written yet (headless: {}, roster: {})", demo.headless, roster.display())
}
