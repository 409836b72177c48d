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

/// What the load test is asked.
#[derive(Args)]
pub(crate) struct Load {
    /// How many devices
    #[arg(long, default_value_t = 2000)]
    devices: usize,
}

/// Lets so many devices exchange at once, with optimised programs.
pub(crate) fn load(load: &Load) -> anyhow::Result<()> {
    program(&words(load)).run()
}

fn words(load: &Load) -> Bench {
    Bench { words: ["load", "--devices", &load.devices.to_string()].map(str::to_owned).into() }
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

    #[test]
    fn the_load_is_of_as_many_devices_as_asked() {
        let line = program(&words(&Load { devices: 300 })).line();
        assert_eq!(line, "cargo run -q --release -p lianhu-bench -- load --devices 300");
    }
}
