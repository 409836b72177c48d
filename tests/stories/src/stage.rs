//! The stage: a screen of its own without a monitor, a directory for homes and logs, and where the pictures go.

use anyhow::{Context, Result, bail};
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Everything a story is played on. It is gone with the story.
pub(crate) struct Stage {
    screen: Child,
    display: String,
    room: tempfile::TempDir,
    programs: PathBuf,
    pictures: PathBuf,
}

impl Stage {
    /// Opens a screen of 1400×1000. `programs` is where cargo put the built programs.
    pub(crate) fn open(programs: &Path, pictures: &Path) -> Result<Self> {
        fs::create_dir_all(pictures)?;
        let room = tempfile::tempdir()?;
        let log = fs::File::create(pictures.join("screen.log"))?;
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]);
        let mut screen = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn().context("Xvfb")?;
        let mut said = std::io::BufReader::new(screen.stdout.take().context("Xvfb says nothing")?);
        let mut line = String::new();
        std::io::BufRead::read_line(&mut said, &mut line)?;
        if line.trim().is_empty() {
            bail!("Xvfb did not start; see {}", pictures.join("screen.log").display());
        }
        let display = format!(":{}", line.trim());
        Ok(Self { screen, display, room, programs: programs.to_owned(), pictures: pictures.to_owned() })
    }

    /// The display, as `DISPLAY` names it.
    pub(crate) fn display(&self) -> &str {
        &self.display
    }

    /// A path inside the room, which is empty at first.
    pub(crate) fn room(&self, name: &str) -> PathBuf {
        self.room.path().join(name)
    }

    /// A built program.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }

    /// Where a picture of this name goes.
    pub(crate) fn picture(&self, name: &str) -> PathBuf {
        self.pictures.join(name)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.screen.kill().ok();
        self.screen.wait().ok();
    }
}

/// A port nobody listens on at this moment.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
