//! What people do with lianhu, done in the real window on a screen without a monitor: seen, tapped, typed.
//! `lianhu-stories --programs DIR --pictures DIR`; the programs are built beforehand (`cargo xtask stories`).

mod album;
mod auditing;
mod canaries;
mod carrying;
mod confirming;
mod county;
mod deciding;
mod driver;
mod erasing;
mod film;
mod granting;
mod handing_over;
mod hands;
mod inspecting;
mod joining;
mod locking;
mod looking;
mod measuring;
mod mending;
mod monitor;
mod noting;
mod opening;
mod paper;
mod patience;
mod people;
mod phones;
mod play;
mod preparing;
mod printing;
mod reaching;
mod rehearsing;
mod reporting;
mod roles;
mod scrolling;
mod stage;
mod tour;
mod trusting;
mod visiting;
mod window;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// The command line.
#[derive(Parser)]
struct Line {
    /// Where the built programs lie
    #[arg(long, default_value = "target/debug")]
    programs: PathBuf,
    /// Where pictures and logs go
    #[arg(long, default_value = "target/stories")]
    pictures: PathBuf,
    /// Only the acts, no tour of every screen
    #[arg(long)]
    acts: bool,
    /// Only the act of this name, after everybody is prepared
    #[arg(long)]
    only: Option<String>,
    /// Remakes docs/tour.md from what is seen
    #[arg(long)]
    tour: bool,
    /// The repository, for the sample workbooks
    #[arg(long, default_value = ".")]
    root: PathBuf,
    #[command(subcommand)]
    act: Option<Act>,
}

/// What is done in place of the stories.
#[derive(Subcommand)]
enum Act {
    /// Takes the figures of the window that the bench prints
    Measure(measuring::Measure),
}

fn main() -> ExitCode {
    match run(&Line::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(line: &Line) -> Result<()> {
    let root = std::path::absolute(&line.root)?;
    let [programs, pictures] = [std::path::absolute(&line.programs)?, std::path::absolute(&line.pictures)?];
    let stage = stage::Stage::open(&programs, &pictures, &root)?;
    if let Some(Act::Measure(asked)) = &line.act {
        return measuring::measure(&stage, asked);
    }
    if let Some(act) = &line.only {
        return rehearsing::rehearse(&stage, &root, act);
    }
    play::play(&stage, &root, line.acts)?;
    if line.tour { album::bind(&stage, &root) } else { Ok(()) }
}
