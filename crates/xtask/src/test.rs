//! `cargo xtask test`: everything that has to hold before a change lands, step by step, each with its duration.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, bail};

use crate::fuzz::Fuzz;
use crate::program::{Program, root};
use crate::samples::Samples;
use crate::simulate::Simulate;
use crate::stories::Stories;
use crate::{demo, fuzz, package, samples, screens, setup, simulate, stories};

/// One thing that has to hold, and the line that repeats it alone.
struct Step {
    name: &'static str,
    repeat: String,
    act: Box<dyn Fn() -> anyhow::Result<()>>,
}

impl Step {
    fn new(name: &'static str, repeat: &str, act: impl Fn() -> anyhow::Result<()> + 'static) -> Self {
        Self { name, repeat: repeat.to_owned(), act: Box::new(act) }
    }

    fn program(name: &'static str, program: Program) -> Self {
        Self::new(name, &program.line(), move || program.run())
    }
}

/// Runs every step; the first that fails ends it, with the line that repeats it.
pub(crate) fn run() -> anyhow::Result<()> {
    walk(&steps())
}

fn steps() -> Vec<Step> {
    let clippy = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    let mut steps = vec![
        Step::new("set-up", "cargo xtask setup", setup::run),
        Step::program("format", Program::cargo(["fmt", "--all", "--check"])),
        Step::new(
            "screens",
            "npm --prefix ui install --no-save && npm --prefix ui test && npm --prefix ui run build",
            screens::test,
        ),
        Step::program("lints", Program::cargo(clippy)),
        unit_tests(),
    ];
    if has_doc_tests(&root()) {
        steps.push(Step::program("doc tests", Program::cargo(["test", "--workspace", "--doc"])));
    }
    steps.push(Step::new("types for a phone", "cargo xtask package android", package::check_for_a_phone));
    let rosters = Samples { seeds: 20, from: 1 };
    steps.push(Step::new("sample rosters", "cargo xtask samples --seeds 20", move || samples::run(&rosters)));
    if simulate::stands() {
        let asked = Simulate { seeds: 200, from: 1 };
        steps.push(Step::new("simulation", "cargo xtask simulate --seeds 200", move || simulate::run(&asked)));
    }
    if fuzz::stands() {
        let asked = Fuzz { mutants: 100_000, from: 1 };
        steps.push(Step::new("hostile bytes", "cargo xtask fuzz --mutants 100000", move || fuzz::run(&asked)));
    }
    if stories::stand() {
        let asked = Stories { pictures: "target/stories".into(), ..Stories::default() };
        steps.push(Step::new("stories in the window", "cargo xtask stories", move || stories::play(&asked)));
    }
    if demo::PLAYED {
        // A second process, as a person would start it.
        steps.push(Step::program("demo", Program::cargo(["xtask", "demo", "--headless"])));
    }
    steps
}

fn unit_tests() -> Step {
    if setup::has_nextest() {
        let program = Program::cargo(["nextest", "run", "--workspace", "--no-tests=fail"]);
        return Step::new("tests", &program.line(), move || count_nextest(&program.run_keeping(is_closing_line)?));
    }
    let program = Program::cargo(["test", "--workspace", "--lib", "--bins", "--tests"]);
    Step::new("tests (cargo test; cargo-nextest is not here)", &program.line(), move || {
        count_cargo_test(&program.run_keeping(is_closing_line)?)
    })
}

fn is_closing_line(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("Summary [") || line.starts_with("test result:")
}

fn count_nextest(kept: &[String]) -> anyhow::Result<()> {
    let closing = kept.last().context("the test runner printed no closing line")?;
    let run: u64 =
        closing.split_once(']').map_or("", |(_, rest)| rest).split_whitespace().next().unwrap_or("").parse()?;
    if run == 0 {
        bail!("no test ran");
    }
    Ok(())
}

fn count_cargo_test(kept: &[String]) -> anyhow::Result<()> {
    let passed = |line: &String| {
        let before = line.split(" passed").next()?;
        before.rsplit(' ').next()?.parse::<u64>().ok()
    };
    let run: u64 = kept.iter().filter_map(passed).sum();
    if run == 0 {
        bail!("no test ran");
    }
    println!("{run} tests passed in {} programs", kept.len());
    Ok(())
}

fn walk(steps: &[Step]) -> anyhow::Result<()> {
    let begun = Instant::now();
    let all = steps.len();
    for (index, step) in steps.iter().enumerate() {
        let number = index + 1;
        println!("\n[{number}/{all}] {}", step.name);
        let begun = Instant::now();
        let done = (step.act)();
        let took = begun.elapsed().as_secs_f32();
        if let Err(error) = done {
            println!("[{number}/{all}] {}: FAILED after {took:.1} s", step.name);
            bail!("{error:#}\nto repeat this step alone: {}", step.repeat);
        }
        println!("[{number}/{all}] {}: ok, {took:.1} s", step.name);
    }
    println!("\nall {all} steps hold, {:.1} s", begun.elapsed().as_secs_f32());
    Ok(())
}

/// Whether any library has an example in its documentation; running the doc tests of none takes half a minute.
fn has_doc_tests(root: &Path) -> bool {
    let crates = std::fs::read_dir(root.join("crates")).into_iter().flatten().flatten().map(|entry| entry.path());
    crates
        .chain([root.join("tests"), root.join("sync-server")])
        .any(|home| home.join("src/lib.rs").exists() && any_example(&home.join("src")))
}

fn any_example(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.into_iter().any(|path| {
        if path.is_dir() {
            return any_example(&path);
        }
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        path.extension().is_some_and(|ext| ext == "rs") && holds_example(&text)
    })
}

/// Whether a documentation comment opens a fence that rustdoc would run: one marked as Rust, or not marked at all.
fn holds_example(text: &str) -> bool {
    let mut open = false;
    for line in text.lines().map(str::trim_start) {
        let comment = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
        let Some(mark) = comment.and_then(|text| text.trim().strip_prefix("```")) else { continue };
        let runs = ["", "rust", "no_run", "should_panic"].contains(&mark.split(',').next().unwrap_or("").trim());
        if !open && runs {
            return true;
        }
        open = !open;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_step_that_fails_ends_it_and_names_its_line() {
        let steps = [
            Step::new("good", "good line", || Ok(())),
            Step::new("bad", "bad line", || bail!("broken")),
            Step::new("never", "never line", || panic!("a step after a failed one ran")),
        ];
        let told = walk(&steps).unwrap_err().to_string();
        assert_eq!(told, "broken\nto repeat this step alone: bad line");
    }

    #[test]
    fn a_run_without_tests_fails() {
        let none = ["Summary [   0.001s] 0 tests run: 0 passed, 0 skipped".to_owned()];
        let some = ["Summary [   0.001s] 12 tests run: 12 passed, 0 skipped".to_owned()];
        assert!(count_nextest(&none).is_err());
        assert!(count_nextest(&[]).is_err());
        count_nextest(&some).unwrap();
        let none = ["test result: ok. 0 passed; 0 failed; 0 ignored".to_owned()];
        let some = ["test result: ok. 3 passed; 0 failed; 0 ignored".to_owned()];
        assert!(count_cargo_test(&none).is_err());
        count_cargo_test(&some).unwrap();
        assert!(is_closing_line("     Summary [   0.1s] 1 test run: 1 passed, 0 skipped"));
    }

    #[test]
    fn only_an_example_rustdoc_would_run_counts_as_a_doc_test() {
        assert!(holds_example("/// ```no_run"));
        assert!(holds_example("    //! ```rust"));
        assert!(holds_example("/// ```text\n/// a\n/// ```\n/// ```\n/// b\n/// ```"));
        assert!(!holds_example("/// ```text\n/// a\n/// ```"));
        assert!(!holds_example("let fence = \"```rust\";"));
    }
}
