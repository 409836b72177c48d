//! `cargo xtask`: everything one does to the project from a terminal. It links no product crate; it runs them as
//! programs, so that what it finds out is found out from outside.

mod bench;
mod demo;
mod fuzz;
mod package;
mod program;
mod sample;
mod samples;
mod screens;
mod setup;
mod simulate;
mod stories;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The command line.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Set-up, demo, test, bench, simulate, fuzz, sample, package",
    max_term_width = 110
)]
struct Line {
    #[command(subcommand)]
    task: Task,
}

/// What can be asked for.
#[derive(Subcommand)]
enum Task {
    /// Finds what the build needs and installs it, or prints the one line that does
    Setup,
    /// Everything that has to hold before a change lands
    Test,
    /// Plays the story of a visit through the real programs
    Demo(demo::Demo),
    /// Writes seeded rosters and pairing tables, with planted faults and their answer key if asked
    Sample(sample::Sample),
    /// Builds the screens that `lianhu serve` carries
    Screens,
    /// Seeded rosters through the real programs: totals and planted faults
    Samples(samples::Samples),
    /// Seeded phones, a county and a bad line
    Simulate(simulate::Simulate),
    /// What people do, done in the real window on a screen without a monitor
    Stories(stories::Stories),
    /// Mutated envelopes, entries, requests and rosters
    Fuzz(fuzz::Fuzz),
    /// Makes what people install, in `target/package`, and tries it in a throw-away place
    Package(package::Package),
    /// Measures the figures of the design and prints value, target, verdict
    Bench(bench::Bench),
    /// Lets thousands of devices exchange with the county's server at once, over HTTPS
    Load(bench::Load),
}

fn main() -> ExitCode {
    let done = match Line::parse().task {
        Task::Setup => setup::run(),
        Task::Test => test::run(),
        Task::Demo(demo) => demo::run(&demo),
        Task::Sample(sample) => sample::run(&sample),
        Task::Screens => screens::build(),
        Task::Samples(samples) => samples::run(&samples),
        Task::Simulate(simulate) => simulate::run(&simulate),
        Task::Stories(stories) => stories::run(&stories),
        Task::Fuzz(fuzz) => fuzz::run(&fuzz),
        Task::Package(package) => package::run(&package),
        Task::Bench(bench) => bench::run(&bench),
        Task::Load(load) => bench::load(&load),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
