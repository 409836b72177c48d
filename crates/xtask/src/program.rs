//! Running another program from the root of the project: what it prints is passed on, and how it ended is told.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// The root of the project, where every program is run.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> anyhow::Result<PathBuf> {
    let asked = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let told = Command::new("cargo").args(asked).current_dir(root()).output()?;
    let told: serde_json::Value = serde_json::from_slice(&told.stdout)?;
    let target = told.get("target_directory").and_then(serde_json::Value::as_str);
    Ok(target.context("cargo does not say where its target directory is")?.into())
}

/// A program with its arguments, which can be shown as the line that repeats it.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    words: Vec<String>,
}

impl Program {
    /// `cargo` with these arguments; the same cargo that runs this task.
    pub(crate) fn cargo<I: IntoIterator<Item = S>, S: Into<String>>(words: I) -> Self {
        Self { words: std::iter::once("cargo".to_owned()).chain(words.into_iter().map(Into::into)).collect() }
    }

    /// Builds these programs with the features the whole workspace has: what one step has compiled serves the next.
    pub(crate) fn build(bins: &[&str]) -> Self {
        let named = bins.iter().flat_map(|bin| ["--bin", bin]);
        Self::cargo(["build", "--quiet", "--workspace"].into_iter().chain(named))
    }

    /// A program that `build` has built, wherever cargo's target directory is.
    pub(crate) fn built<I: IntoIterator<Item = S>, S: Into<String>>(bin: &str, words: I) -> anyhow::Result<Self> {
        Ok(Self::named(&target()?.join("debug").join(bin).display().to_string(), words))
    }

    /// Any program by name.
    pub(crate) fn named<I: IntoIterator<Item = S>, S: Into<String>>(name: &str, words: I) -> Self {
        Self { words: std::iter::once(name.to_owned()).chain(words.into_iter().map(Into::into)).collect() }
    }

    /// The line that repeats it in a shell at the root.
    pub(crate) fn line(&self) -> String {
        self.words.join(" ")
    }

    fn command(&self) -> Command {
        let mut words = self.words.iter();
        let name = words.next().map_or("", String::as_str);
        let mut command = Command::new(name);
        // What cargo says of this task's own package is not for what it runs: a build script that looks at it would
        // compile half of the programs anew, each time somebody else calls cargo.
        let of_the_task = |name: &str| name.starts_with("CARGO_MANIFEST") || name.starts_with("CARGO_PKG");
        std::env::vars().filter(|(name, _)| of_the_task(name)).for_each(|(name, _)| {
            command.env_remove(name);
        });
        command.args(words.map(OsStr::new)).current_dir(root());
        command
    }

    /// Whether it ran and was content; nothing of what it prints is shown.
    pub(crate) fn answers(&self) -> bool {
        let quiet = self.command().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        quiet.is_ok_and(|status| status.success())
    }

    /// Runs it with the terminal of this task; an unhappy end is an error that names the line to repeat.
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let status = self.command().status().with_context(|| format!("cannot start: {}", self.line()))?;
        if status.success() {
            return Ok(());
        }
        bail!("failed ({status}); to repeat it: {}", self.line())
    }

    /// Runs it and hands back what it printed; what it has to complain of is passed on.
    pub(crate) fn told(&self) -> anyhow::Result<String> {
        let ran = self.command().stderr(Stdio::inherit()).output();
        let ran = ran.with_context(|| format!("cannot start: {}", self.line()))?;
        if ran.status.success() {
            return Ok(String::from_utf8_lossy(&ran.stdout).into_owned());
        }
        bail!("failed ({}); to repeat it: {}", ran.status, self.line())
    }

    /// Runs it, passes on what it prints and hands back the lines `keep` wants, from either stream.
    pub(crate) fn run_keeping(&self, keep: fn(&str) -> bool) -> anyhow::Result<Vec<String>> {
        let mut child = self
            .command()
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start: {}", self.line()))?;
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let kept = std::thread::scope(|scope| {
            let err =
                scope.spawn(move || err.map(|stream| pass_on(stream, std::io::stderr(), keep)).unwrap_or_default());
            let mut kept = out.map(|stream| pass_on(stream, std::io::stdout(), keep)).unwrap_or_default();
            kept.extend(err.join().unwrap_or_default());
            kept
        });
        let status = child.wait()?;
        if status.success() {
            return Ok(kept);
        }
        bail!("failed ({status}); to repeat it: {}", self.line())
    }
}

fn pass_on(from: impl std::io::Read, mut to: impl Write, keep: fn(&str) -> bool) -> Vec<String> {
    let mut kept = Vec::new();
    for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        if writeln!(to, "{line}").is_err() {
            continue;
        }
        if keep(&line) {
            kept.push(line.trim().to_owned());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_program_is_named_with_the_line_that_repeats_it() {
        let told = Program::named("sh", ["-c", "exit 3"]).run().unwrap_err().to_string();
        assert!(told.contains("sh -c exit 3"), "{told}");
    }

    #[test]
    fn what_a_program_printed_is_handed_back_only_if_it_ended_well() {
        assert_eq!(Program::named("sh", ["-c", "echo one"]).told().unwrap(), "one\n");
        assert!(Program::named("sh", ["-c", "echo one; exit 3"]).told().is_err());
    }

    #[test]
    fn lines_of_both_streams_are_kept() {
        let program = Program::named("sh", ["-c", "echo one; echo two >&2; echo other"]);
        let kept = program.run_keeping(|line| line != "other").unwrap();
        assert_eq!(kept, ["one", "two"]);
    }

    #[test]
    fn a_program_that_is_not_there_is_no_answer() {
        assert!(!Program::named("no-such-program-here", ["x"]).answers());
        assert!(root().join("Cargo.toml").exists());
    }
}
