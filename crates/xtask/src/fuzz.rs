//! `cargo xtask fuzz`: mutated envelopes, entries, requests and rosters thrown at the gate, in a program of the tests.

use clap::Args;

use crate::program::{Program, root};

/// How much is thrown.
#[derive(Args)]
pub(crate) struct Fuzz {
    /// How many mutants are thrown
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub(crate) mutants: u64,
    /// The seed of the first
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) from: u64,
}

/// Whether the program is written.
pub(crate) fn stands() -> bool {
    root().join("tests/src/bin/fuzz.rs").exists()
}

/// Throws the mutants; the first that does harm ends it.
pub(crate) fn run(asked: &Fuzz) -> anyhow::Result<()> {
    Program::build(&["fuzz"]).run()?;
    Program::built("fuzz", words(asked))?.run()
}

fn words(asked: &Fuzz) -> [String; 4] {
    ["--mutants".to_owned(), asked.mutants.to_string(), "--from".to_owned(), asked.from.to_string()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mutants_asked_for_are_thrown() {
        assert_eq!(words(&Fuzz { mutants: 100_000, from: 7 }), ["--mutants", "100000", "--from", "7"]);
    }
}
