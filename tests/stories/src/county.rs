//! The county's server, as its administrator sets it up: founded, started, stopped. What it does is seen in the windows.

use crate::stage::Stage;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A county with a server that may be running.
pub(crate) struct County {
    program: PathBuf,
    data: PathBuf,
    log: PathBuf,
    running: Option<Child>,
    listen: String,
}

impl County {
    /// Founds a county and starts its server. Also answers the enrolment code of its administrator.
    pub(crate) fn found(stage: &Stage) -> Result<(Self, String)> {
        let (program, data) = (stage.program("lianhu-sync-server"), stage.room("county-data"));
        let mut command = Command::new(&program);
        command.arg("init").arg("--data").arg(&data).args(["--county", "411321", "--name", "南召县"]);
        let told = command.output().context("lianhu-sync-server init")?;
        ensure!(told.status.success(), "init: {}", String::from_utf8_lossy(&told.stderr));
        let told: Value = serde_json::from_slice(&told.stdout)?;
        let code = told.get("enrolment_code").and_then(Value::as_str).context("no enrolment code")?.to_owned();
        let log = stage.picture("server.log");
        let mut county = Self { program, data, log, running: None, listen: "127.0.0.1:0".to_owned() };
        county.start()?;
        Ok((county, code))
    }

    /// Starts the server where it was before.
    pub(crate) fn start(&mut self) -> Result<()> {
        let log = std::fs::File::options().create(true).append(true).open(&self.log)?;
        let mut command = Command::new(&self.program);
        command.arg("run").arg("--data").arg(&self.data).args(["--listen", &self.listen]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
        let address = line.trim().strip_prefix("listening on https://").context("the server did not start")?;
        self.listen = address.to_owned();
        self.running = Some(child);
        Ok(())
    }

    /// Stops it: from now on there is no signal.
    pub(crate) fn stop(&mut self) -> Result<()> {
        if let Some(mut child) = self.running.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// What a person types as its address.
    pub(crate) fn address(&self) -> String {
        format!("https://{}", self.listen)
    }
}

impl Drop for County {
    fn drop(&mut self) {
        self.stop().ok();
    }
}
