//! `cargo xtask bench`: the figures of the design, measured on this machine by a program of the tests.

use clap::Args;

use crate::program::Program;

/// What the bench is asked.
#[derive(Args)]
pub(crate) struct Bench {
    /// Handed on to the bench program
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,
}

/// Measures with optimised programs; the bench itself writes `target/bench.json`.
pub(crate) fn run(bench: &Bench) -> anyhow::Result<()> {
    program(bench).run()
}

fn program(bench: &Bench) -> Program {
    let words = ["run", "-q", "--release", "-p", "lianhu-bench", "--"];
    Program::cargo(words.into_iter().map(str::to_owned).chain(bench.words.iter().cloned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bench_runs_optimised_and_gets_its_words() {
        let line = program(&Bench { words: vec!["--only".to_owned(), "gate".to_owned()] }).line();
        assert_eq!(line, "cargo run -q --release -p lianhu-bench -- --only gate");
    }
}
