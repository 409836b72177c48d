//! The county's program as a process: founded, started, stopped, and its log listened to.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::Value;

/// How long a line of the log is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server. It ends with the story, however that ends.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    log: Receiver<String>,
}

/// Founds a county; what was printed.
pub(crate) fn found(program: &Path, data: &Path, code: &str, name: &str) -> anyhow::Result<Value> {
    let mut command = Command::new(program);
    let done = command.arg("init").arg("--data").arg(data).args(["--county", code, "--name", name]).output()?;
    if !done.status.success() {
        bail!("init：{}", String::from_utf8_lossy(&done.stderr));
    }
    Ok(serde_json::from_slice(&done.stdout)?)
}

impl Server {
    /// Starts it on a free port of this machine.
    pub(crate) fn start(program: &Path, data: &Path, log_file: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(program);
        command.arg("run").arg("--data").arg(data).args(["--listen", "127.0.0.1:0"]).stdin(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let (tell, log) = channel();
        let mut file = File::options().create(true).append(true).open(log_file)?;
        thread::spawn(move || {
            for line in err.into_iter().flat_map(|err| BufReader::new(err).lines().map_while(Result::ok)) {
                writeln!(file, "{line}").ok();
                tell.send(line).ok();
            }
        });
        let mut line = String::new();
        BufReader::new(out.context("no standard output")?).read_line(&mut line)?;
        let address = line.trim().strip_prefix("listening on https://").and_then(|address| address.parse().ok());
        let Some(address) = address else {
            child.kill().ok();
            child.wait()?;
            bail!("服务器没有开起来：{line} {}", log.iter().collect::<String>());
        };
        Ok(Self { child, address, log })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Forgets what it has logged so far.
    pub(crate) fn forget_log(&self) {
        self.log.try_iter().for_each(drop);
    }

    /// Waits until it logs a line with this in it.
    pub(crate) fn hears(&self, what: &str) -> anyhow::Result<String> {
        loop {
            let line = self.log.recv_timeout(PATIENCE);
            let line = line.with_context(|| format!("服务器一直没有记下“{what}”"))?;
            if line.contains(what) {
                return Ok(line);
            }
        }
    }

    /// Stops it as the system does when it shuts down, and makes sure that nothing of it is left.
    pub(crate) fn stop(mut self, data: &Path) -> anyhow::Result<()> {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status();
        if !asked.is_ok_and(|status| status.success()) {
            self.child.kill()?;
        }
        self.child.wait()?;
        ensure!(TcpStream::connect(self.address).is_err(), "端口 {} 还有人应答", self.address);
        nothing_runs_on(data)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Makes sure that no process of this machine serves this data: the system's own list of processes is read, where it
/// has one.
pub(crate) fn nothing_runs_on(data: &Path) -> anyhow::Result<()> {
    let wanted = data.as_os_str().as_encoded_bytes();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let words = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let serves = words.split(|byte| *byte == 0).any(|word| word == wanted);
        let pid = PathBuf::from(entry.file_name());
        ensure!(!serves, "进程 {} 正在使用 {}；请先关掉它", pid.display(), data.display());
    }
    Ok(())
}
