//! `cargo xtask simulate`: seeded phones, a county and a bad line, in a program of the tests.

use clap::Args;

use crate::program::{Program, root};

/// Which seeds are played.
#[derive(Args)]
pub(crate) struct Simulate {
    /// How many seeds are played
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub(crate) seeds: u64,
    /// The first of them
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) from: u64,
}

/// Whether the program is written.
pub(crate) fn stands() -> bool {
    root().join("tests/src/bin/simulate.rs").exists()
}

/// Plays the seeds; the first that breaks a promise ends it.
pub(crate) fn run(asked: &Simulate) -> anyhow::Result<()> {
    program(asked).run()
}

fn program(asked: &Simulate) -> Program {
    let (seeds, from) = (asked.seeds.to_string(), asked.from.to_string());
    let words = ["run", "-q", "-p", "lianhu-tests", "--bin", "simulate", "--", "--seeds", &seeds, "--from", &from];
    Program::cargo(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_can_be_repeated_from_its_line() {
        let line = program(&Simulate { seeds: 200, from: 1 }).line();
        assert_eq!(line, "cargo run -q -p lianhu-tests --bin simulate -- --seeds 200 --from 1");
    }
}
