//! `tauri-driver`, which starts a window and hands on what it is told to do in it.

use crate::monitor::Monitor;
use crate::patience::Wait;
use crate::stage::{Stage, free_port};
use anyhow::{Context, Result, bail};
use fantoccini::error::NewSessionError;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tokio::runtime::Runtime;

/// A driver of one window.
pub(crate) struct Driver {
    child: Child,
    port: u16,
    /// What the window is seen on.
    pub(crate) monitor: Monitor,
}

/// What a window finds around it: a screen of its own, a home in the room, a keystore or none.
pub(crate) fn dress(command: &mut Command, stage: &Stage, monitor: &Monitor, keystore: bool) {
    command.env("DISPLAY", monitor.display()).env("HOME", stage.room("home")).env("GDK_BACKEND", "x11");
    command.env("TMPDIR", stage.room("tmp")).current_dir(stage.room("home"));
    // A renderer that needs no graphics card; no bus, no accessibility service to look for.
    command.env("WEBKIT_DISABLE_DMABUF_RENDERER", "1").env("NO_AT_BRIDGE", "1").env("LANG", "C.UTF-8");
    let drawer = if keystore { stage.room("keystore").into_os_string() } else { "none".into() };
    command.env("LIANHU_TRY_KEYSTORE", drawer);
}

impl Driver {
    /// Starts one on ports of its own, on a system with or without a keystore, whose clock is so many days ahead.
    pub(crate) fn start(stage: &Stage, keystore: bool, days: u32) -> Result<Self> {
        let monitor = Monitor::switch_on(&stage.picture("monitors.log"))?;
        let (port, native) = (free_port()?, free_port()?);
        let log = std::fs::File::options().create(true).append(true).open(stage.picture("windows.log"))?;
        let mut command = Command::new("tauri-driver");
        command.arg("--port").arg(port.to_string()).arg("--native-port").arg(native.to_string());
        dress(&mut command, stage, &monitor, keystore);
        command.env("LIANHU_TRY_CLOCK", days.to_string());
        let child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn();
        let driver = Self { child: child.context("tauri-driver; `cargo xtask setup` installs it")?, port, monitor };
        let wait = Wait::begin();
        while TcpStream::connect(("127.0.0.1", port)).is_err() || TcpStream::connect(("127.0.0.1", native)).is_err() {
            if !wait.goes_on() {
                bail!("tauri-driver did not listen; see {}", stage.picture("windows.log").display());
            }
        }
        Ok(driver)
    }

    /// Opens the window of this home; nothing if the driver fell while it was asked to, which says nothing of the window.
    pub(crate) fn open(&self, runtime: &Runtime, program: &Path, home: &Path) -> Result<Option<Client>> {
        let options = json!({ "application": program, "args": ["--home", home] });
        let mut wanted = Map::new();
        wanted.insert("tauri:options".to_owned(), options);
        // The screens change their address without loading anything, which the driver would wait for in vain.
        wanted.insert("pageLoadStrategy".to_owned(), Value::from("none"));
        wanted.insert("browserName".to_owned(), Value::from("wry"));
        let address = format!("http://127.0.0.1:{}", self.port);
        let opened = runtime
            .block_on(async { ClientBuilder::new(HttpConnector::new()).capabilities(wanted).connect(&address).await });
        match opened {
            Err(NewSessionError::Failed(_) | NewSessionError::FailedC(_) | NewSessionError::Lost(_)) => Ok(None),
            opened => opened.map(Some).context("the window did not open"),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It ends WebKitWebDriver with it when asked politely.
        Command::new("kill").arg(self.child.id().to_string()).status().ok();
        self.child.wait().ok();
    }
}
