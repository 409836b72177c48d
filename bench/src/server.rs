//! The county's own server on a port of this machine: the program as it is shipped, over a copy of a village's ledger.

use crate::village::Village;
use anyhow::{Context, Result, ensure};
use lianhu_app::http_hub::HttpHub;
use lianhu_core::enrolment_code::Fingerprint;
use lianhu_core::ids::EntryName;
use lianhu_core::surroundings::Staged;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};

/// A running server; it ends with this value.
pub(crate) struct Server {
    child: Child,
    data: PathBuf,
    /// Where it listens.
    pub(crate) at: SocketAddr,
    /// What phones pin, where it speaks TLS.
    fingerprint: Option<Fingerprint>,
}

impl Server {
    /// Serves a copy of the village's county. From here on the village's own ledger knows nothing of what happens.
    pub(crate) fn over(village: &Village) -> Result<Self> {
        let (data, _) = Self::lay_out(village)?;
        Self::run(&data)
    }

    /// The same, over HTTPS.
    pub(crate) fn encrypted_over(village: &Village) -> Result<Self> {
        let (data, fingerprint) = Self::lay_out(village)?;
        Self::start(&data, Some(fingerprint))
    }

    /// A data directory with a copy of the village's county, and what phones pin.
    fn lay_out(village: &Village) -> Result<(PathBuf, Fingerprint)> {
        let data = village.dir.path().join("data");
        let init = Command::new(program("lianhu-sync-server")?)
            .args(["init", "--county", "411321", "--name", "县", "--data"])
            .arg(&data)
            .output()?;
        ensure!(init.status.success(), "init: {}", String::from_utf8_lossy(&init.stderr));
        village.copy_county(&data.join("ledger.sqlite"))?;
        let hex: String = crate::village::KEY.0.iter().map(|byte| format!("{byte:02x}")).collect();
        std::fs::write(data.join("key"), hex + "\n")?;
        let told: serde_json::Value = serde_json::from_slice(&init.stdout)?;
        let fingerprint = told.get("fingerprint").and_then(|told| told.as_str()).and_then(Fingerprint::parse);
        Ok((data, fingerprint.context("a county without a fingerprint")?))
    }

    /// Runs the server on this data.
    pub(crate) fn run(data: &Path) -> Result<Self> {
        Self::start(data, None)
    }

    fn start(data: &Path, fingerprint: Option<Fingerprint>) -> Result<Self> {
        let mut command = Command::new(program("lianhu-sync-server")?);
        command.args(["run", "--listen", "127.0.0.1:0", "--data"]).arg(data);
        if fingerprint.is_none() {
            command.arg("--plain-http");
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("the server says nothing")?).read_line(&mut line)?;
        let at = line.trim().rsplit('/').next().unwrap_or_default().parse();
        match at {
            Ok(at) => Ok(Self { child, data: data.to_owned(), at, fingerprint }),
            Err(_) => {
                child.kill().ok();
                anyhow::bail!("the server does not listen: {line}")
            }
        }
    }

    /// The road to it, by way of a line that may be laid before it.
    pub(crate) fn road_by(&self, at: SocketAddr) -> Result<HttpHub> {
        match self.fingerprint {
            Some(fingerprint) => Ok(HttpHub::new(&format!("https://{at}"), fingerprint)?),
            None => road(at),
        }
    }

    /// What its ledger has given a number, read after it has ended.
    pub(crate) fn numbered_at_the_end(mut self, around: &Arc<Staged>) -> Result<BTreeMap<EntryName, u64>> {
        self.child.kill()?;
        self.child.wait()?;
        let held = crate::village::open(&self.data.join("ledger.sqlite"), around)?.held_above(0)?;
        Ok(held.into_iter().filter_map(|held| Some((held.name, held.number?))).collect())
    }

    /// How many seconds it has been on a core.
    pub(crate) fn on_cores(&self) -> Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let (_, told) = stat.rsplit_once(") ").context("no stat")?;
        // Linux tells programs of a hundred ticks a second.
        Ok(told.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0)
    }

    /// The most memory it has held, in MB.
    pub(crate) fn memory(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
        Ok(line.trim().trim_end_matches(" kB").trim().parse::<f64>()? / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        // A copy of a whole county takes gigabytes.
        std::fs::remove_dir_all(&self.data).ok();
    }
}

/// A phone's road to this address, as the app goes it.
pub(crate) fn road(to: SocketAddr) -> Result<HttpHub> {
    Ok(HttpHub::new(&format!("http://{to}"), Fingerprint([0; 16]))?)
}

/// A program of the product, built once with its fellows if it is not there in its newest form.
pub(crate) fn program(name: &str) -> Result<PathBuf> {
    static BUILT: OnceLock<Option<PathBuf>> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let packages = ["lianhu-bench", "lianhu", "lianhu-sync-server", "xtask"].map(|name| ["-p", name]);
        let done =
            Command::new(cargo).args(["build", "-q", "--release"]).args(packages.as_flattened()).status().ok()?;
        done.success().then(|| std::env::current_exe().ok()?.parent().map(Path::to_owned)).flatten()
    });
    let path = built.as_ref().map(|dir| dir.join(name)).filter(|path| path.is_file());
    path.with_context(|| format!("{name} cannot be built"))
}
