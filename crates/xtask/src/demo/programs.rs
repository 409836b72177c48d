//! The two programs of the story, built before it begins.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use serde_json::Value;

use crate::program::root;

/// Where the programs lie.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    /// `lianhu`, the program of a person.
    pub(crate) lianhu: PathBuf,
    /// `lianhu-sync-server`, the program of the county.
    pub(crate) server: PathBuf,
}

impl Programs {
    /// Builds them and asks cargo where it put them, wherever its target directory is.
    pub(crate) fn build() -> anyhow::Result<Self> {
        println!("先编译两个程序：cargo build --workspace --bin lianhu --bin lianhu-sync-server（第一次要几分钟）");
        let words = [
            "build",
            "--workspace",
            "--bin",
            "lianhu",
            "--bin",
            "lianhu-sync-server",
            "--message-format=json-render-diagnostics",
        ];
        let built = Command::new("cargo").args(words).current_dir(root()).stderr(Stdio::inherit()).output()?;
        if !built.status.success() {
            bail!("编译没有成功；单独重试：cargo build --workspace --bin lianhu --bin lianhu-sync-server");
        }
        let told = String::from_utf8_lossy(&built.stdout);
        let lines: Vec<Value> = told.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let find = |name: &str| {
            let of_it = |line: &&Value| line.pointer("/target/name").and_then(Value::as_str) == Some(name);
            let path = lines.iter().filter(of_it).find_map(|line| line.get("executable")?.as_str());
            path.map(PathBuf::from).with_context(|| format!("cargo 没有说 {name} 在哪里"))
        };
        Ok(Self { lianhu: find("lianhu")?, server: find("lianhu-sync-server")? })
    }
}
