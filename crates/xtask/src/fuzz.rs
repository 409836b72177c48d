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
    program(asked).run()
}

fn program(asked: &Fuzz) -> Program {
    let (mutants, from) = (asked.mutants.to_string(), asked.from.to_string());
    let words = ["run", "-q", "-p", "lianhu-tests", "--bin", "fuzz", "--", "--mutants", &mutants, "--from", &from];
    Program::cargo(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_can_be_repeated_from_its_line() {
        let line = program(&Fuzz { mutants: 100_000, from: 7 }).line();
        assert_eq!(line, "cargo run -q -p lianhu-tests --bin fuzz -- --mutants 100000 --from 7");
    }
}
