//! A person at their device: each act is a run of the real program, as somebody at a terminal would start it.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

/// Somebody with a device.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// Their name.
    pub(crate) name: String,
    program: PathBuf,
    home: PathBuf,
}

impl Person {
    /// Somebody whose ledger lies in this home.
    pub(crate) fn new(name: &str, program: &Path, home: PathBuf) -> Self {
        Self { name: name.to_owned(), program: program.to_owned(), home }
    }

    /// Where the ledger lies.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    fn command(&self, name: &str, args: &Value) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--home").arg(&self.home).args(["call", name, &args.to_string()]).stdin(Stdio::null());
        command
    }

    fn run(&self, name: &str, args: &Value) -> anyhow::Result<Output> {
        self.command(name, args).output().with_context(|| format!("cannot start {}", self.program.display()))
    }

    /// Carries out a command; its answer.
    pub(crate) fn call(&self, name: &str, args: &Value) -> anyhow::Result<Value> {
        let done = self.run(name, args)?;
        if !done.status.success() {
            bail!("{}：{name} {args}\n  {}", self.name, last_line(&done.stderr));
        }
        Ok(serde_json::from_slice(&done.stdout)?)
    }

    /// Carries out a command that cannot succeed; its error, which has to have this code and a sentence.
    pub(crate) fn refused(&self, name: &str, args: &Value, code: &str) -> anyhow::Result<String> {
        refusal(name, code, self.run(name, args)?)
    }

    /// Begins a command and lets it run.
    pub(crate) fn begin(&self, name: &str, args: &Value) -> anyhow::Result<Act> {
        let mut child = self.command(name, args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let mut out = child.stdout.take().context("no standard output")?;
        let (tell, told) = channel();
        thread::spawn(move || {
            let mut text = String::new();
            out.read_to_string(&mut text).ok();
            tell.send(text).ok();
        });
        Ok(Act { child, told })
    }
}

/// A command under way.
#[derive(Debug)]
pub(crate) struct Act {
    child: Child,
    told: Receiver<String>,
}

impl Act {
    /// Lets it run for so long, then kills it as a dead battery does; its answer, where it came in time.
    pub(crate) fn killed_after(mut self, time: Duration) -> anyhow::Result<Option<String>> {
        let told = self.told.recv_timeout(time).ok().filter(|text| !text.trim().is_empty());
        self.child.kill().ok();
        self.child.wait()?;
        // What was printed before the end was promised.
        Ok(told.or_else(|| self.told.recv().ok().filter(|text| text.ends_with('\n'))))
    }

    /// Waits for its end, which cannot be a good one.
    pub(crate) fn refused(self, name: &str, code: &str) -> anyhow::Result<String> {
        let done = self.child.wait_with_output()?;
        refusal(name, code, done)
    }
}

fn refusal(name: &str, code: &str, done: Output) -> anyhow::Result<String> {
    let line = last_line(&done.stderr);
    if done.status.success() {
        bail!("{name} 应答 {code} 才对，却成功了");
    }
    let error: Value = serde_json::from_str(&line).with_context(|| format!("{name}: {line}"))?;
    if error.get("code").and_then(Value::as_str) != Some(code) {
        bail!("{name} 应答 {code} 才对，却是 {error}");
    }
    Ok(error.get("sentence").and_then(Value::as_str).unwrap_or_default().to_owned())
}

/// The last line: before it stand the lines of progress.
fn last_line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end().lines().last().unwrap_or_default().to_owned()
}
