//! The story: who is in it, where their homes lie, and what has happened so far.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::figures::Figures;
use super::line::Line;
use super::person::Person;
use super::programs::Programs;
use super::roster::Roster;
use super::server::{self, Server};
use crate::program::root;

/// One step: what it is, and its doing, which says what was checked.
pub(crate) struct Step {
    /// In one short sentence.
    pub(crate) says: &'static str,
    /// Does it.
    pub(crate) act: fn(&mut Story) -> anyhow::Result<String>,
}

/// Everything that is in play.
#[derive(Debug)]
pub(crate) struct Story {
    /// The programs.
    pub(crate) programs: Programs,
    /// Where everything lies: `target/demo`.
    pub(crate) folder: PathBuf,
    /// The roster's file.
    pub(crate) roster_file: PathBuf,
    /// Whether it is the sample.
    pub(crate) is_sample: bool,
    /// What the roster adds up to.
    pub(crate) roster: Roster,
    /// What was looked at.
    pub(crate) figures: Figures,
    /// The line that everybody reaches the county by.
    pub(crate) line: Line,
    /// The county's program, while it runs.
    pub(crate) server: Option<Server>,
    /// The administrator at the county.
    pub(crate) admin: Person,
    /// Two helpers with their phones; known by name once they are enrolled.
    pub(crate) phones: [Person; 2],
    /// Their codes, until they are used.
    pub(crate) slips: Vec<Value>,
    /// The household entrusted to both.
    pub(crate) household: String,
    /// The county's number before anybody went to the hillside.
    pub(crate) seen: i64,
    /// The county's time, in seconds since 1970.
    pub(crate) now: i64,
    /// The visit of act 1, by its root.
    pub(crate) visit: String,
    /// Workbooks that were written.
    pub(crate) workbooks: Vec<PathBuf>,
}

impl Story {
    /// Clears the folder of an earlier story and counts the roster.
    pub(crate) fn begin(programs: Programs, roster: Option<&Path>) -> anyhow::Result<Self> {
        let folder = root().join("target/demo");
        let sample = root().join("tests/fixtures/roster-huanghou.xlsx");
        let roster_file = roster.unwrap_or(&sample);
        let roster_file =
            roster_file.canonicalize().with_context(|| format!("没有名单文件 {}", roster_file.display()))?;
        let inside = folder.canonicalize().is_ok_and(|folder| roster_file.starts_with(folder));
        ensure!(!inside, "名单在 {} 里，而这个目录每次都重建；请把名单放到别处", folder.display());
        server::nothing_runs_on(&folder.join("server"))?;
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let person = |name: &str, home: &str| Person::new(name, &programs.lianhu, folder.join(home));
        Ok(Self {
            admin: person("县级管理员", "admin"),
            phones: [person("甲", "phone-a"), person("乙", "phone-b")],
            roster: Roster::count(&roster_file)?,
            is_sample: roster_file == sample.canonicalize()?,
            roster_file,
            figures: Figures::default(),
            line: Line::lay()?,
            server: None,
            slips: Vec::new(),
            household: String::new(),
            seen: 0,
            now: 0,
            visit: String::new(),
            workbooks: Vec::new(),
            programs,
            folder,
        })
    }

    /// The county's data.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("server")
    }

    /// Starts the county's program; the line leads to it.
    pub(crate) fn start_server(&mut self) -> anyhow::Result<()> {
        let server = Server::start(&self.programs.server, &self.data(), &self.folder.join("server.log"))?;
        self.line.leads_to(Some(server.address()));
        self.server = Some(server);
        Ok(())
    }

    /// The county's program, which runs.
    pub(crate) fn server(&self) -> anyhow::Result<&Server> {
        self.server.as_ref().context("服务器没有开")
    }

    /// The period of the report: a month up to today.
    pub(crate) fn period(&self) -> Value {
        json!({"from": self.day(-30), "to": self.day(0)})
    }

    /// A day, counted from the county's today.
    pub(crate) fn day(&self, later: i64) -> String {
        super::day::day(self.now, later)
    }
}

/// A number of an answer.
pub(crate) fn number(answer: &Value, pointer: &str) -> anyhow::Result<i64> {
    answer.pointer(pointer).and_then(Value::as_i64).with_context(|| format!("应答里没有 {pointer}：{answer}"))
}

/// A text of an answer.
pub(crate) fn words<'a>(answer: &'a Value, pointer: &str) -> anyhow::Result<&'a str> {
    answer.pointer(pointer).and_then(Value::as_str).with_context(|| format!("应答里没有 {pointer}：{answer}"))
}

/// A list of an answer.
pub(crate) fn list<'a>(answer: &'a Value, pointer: &str) -> anyhow::Result<&'a Vec<Value>> {
    answer.pointer(pointer).and_then(Value::as_array).with_context(|| format!("应答里没有 {pointer}：{answer}"))
}
