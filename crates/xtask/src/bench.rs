//! `cargo xtask bench`: the figures of the design, measured on this machine by a program of the tests.

use clap::Args;

use crate::program::Program;
use crate::screens;

/// What is measured of the window, by the names the bench knows it by.
const OF_THE_WINDOW: [&str; 2] = ["size", "window"];

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
    if wants_window(&bench.words) {
        screens::build()?;
        windows().run()?;
    }
    program(bench).run()
}

/// Whether something of the window is to be measured; only then it has to be built.
fn wants_window(words: &[String]) -> bool {
    let after = words.iter().position(|word| word == "--only").and_then(|at| words.get(at + 1));
    let only = after.map(String::as_str).or_else(|| words.iter().find_map(|word| word.strip_prefix("--only=")));
    let acts = words.iter().any(|word| word == "train" || word == "load");
    !acts && only.is_none_or(|only| OF_THE_WINDOW.iter().any(|name| name.contains(only)))
}

/// The real window, an empty one to hold it against, and what looks at both.
fn windows() -> Program {
    let words = ["build", "-q", "--release", "-p", "lianhu-desktop", "-p", "lianhu-stories"];
    let built = ["--bin", "lianhu-desktop", "--bin", "lianhu-stories", "--example", "empty"];
    Program::cargo(words.into_iter().chain(built))
}

fn program(bench: &Bench) -> Program {
    let words = ["run", "-q", "--release", "-p", "lianhu-bench", "--"];
    Program::cargo(words.into_iter().map(str::to_owned).chain(bench.words.iter().cloned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_bench_runs_optimised_and_gets_its_words() {
        let line = program(&Bench { words: said("--only gate") }).line();
        assert_eq!(line, "cargo run -q --release -p lianhu-bench -- --only gate");
    }

    #[test]
    fn the_load_is_of_as_many_devices_as_asked() {
        let line = program(&words(&Load { devices: 300 })).line();
        assert_eq!(line, "cargo run -q --release -p lianhu-bench -- load --devices 300");
    }

    #[test]
    fn the_window_is_built_only_where_it_is_measured() {
        for asked in ["", "--only window", "--only=size", "--only wind", "--json x.json"] {
            assert!(wants_window(&said(asked)), "{asked}");
        }
        for asked in ["--only gate", "--only=county", "train", "load --devices 300"] {
            assert!(!wants_window(&said(asked)), "{asked}");
        }
    }
}
