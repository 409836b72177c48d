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
    Program::build(&["simulate"]).run()?;
    Program::built("simulate", words(asked))?.run()
}

fn words(asked: &Simulate) -> [String; 4] {
    ["--seeds".to_owned(), asked.seeds.to_string(), "--from".to_owned(), asked.from.to_string()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seeds_asked_for_are_played() {
        assert_eq!(words(&Simulate { seeds: 200, from: 1 }), ["--seeds", "200", "--from", "1"]);
    }
}
