//! The stage: a directory for homes and logs, where the programs lie, and where the pictures go.

use anyhow::Result;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

/// Everything a story is played on. Homes are gone with it; pictures stay.
pub(crate) struct Stage {
    room: tempfile::TempDir,
    programs: PathBuf,
    pictures: PathBuf,
}

impl Stage {
    /// Clears the room. `programs` is where cargo put the built programs.
    pub(crate) fn open(programs: &Path, pictures: &Path) -> Result<Self> {
        fs::create_dir_all(pictures)?;
        let room = tempfile::tempdir()?;
        fs::create_dir_all(room.path().join("home"))?;
        Ok(Self { room, programs: programs.to_owned(), pictures: pictures.to_owned() })
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

/// A port nobody listens on at this moment.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
