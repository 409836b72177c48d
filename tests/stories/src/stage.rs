//! The stage: a directory for homes and logs, where the programs lie, and where the pictures go.

use crate::canaries::Canaries;
use anyhow::Result;
use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

/// Everything a story is played on. Homes are gone with it; pictures stay.
pub(crate) struct Stage {
    room: tempfile::TempDir,
    root: PathBuf,
    programs: PathBuf,
    pictures: PathBuf,
}

impl Stage {
    /// Clears the room. `programs` is where cargo put the built programs, `root` the repository.
    pub(crate) fn open(programs: &Path, pictures: &Path, root: &Path) -> Result<Self> {
        fs::create_dir_all(pictures)?;
        let room = tempfile::tempdir()?;
        for folder in ["tmp", "home/.config", "home/下载"] {
            fs::create_dir_all(room.path().join(folder))?;
        }
        // As a desktop in Chinese has it.
        fs::write(room.path().join("home/.config/user-dirs.dirs"), "XDG_DOWNLOAD_DIR=\"$HOME/下载\"\n")?;
        let (root, programs, pictures) = (root.to_owned(), programs.to_owned(), pictures.to_owned());
        Ok(Self { room, root, programs, pictures })
    }

    /// Whatever must not be read of the people in the sample workbooks.
    pub(crate) fn canaries(&self) -> Result<Canaries> {
        Canaries::of(&self.root)
    }

    /// Every file that lies where the system of these people keeps what is temporary, and in their home.
    pub(crate) fn lying(&self) -> BTreeSet<PathBuf> {
        ["tmp", "home"].iter().flat_map(|folder| files(&self.room(folder))).collect()
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

/// Every file under a folder; what goes while one looks is not there.
fn files(folder: &Path) -> Vec<PathBuf> {
    let inside = fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path());
    inside.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
