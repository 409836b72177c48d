//! The county's data directory: the ledger, its key, the TLS key and certificate. The directory is open to its owner
//! only (0700), every key to its owner only (0600).

use crate::backup::{self, SEALED};
use crate::failure::{Failure, Result};
use lianhu_core::ids::Hash;
use lianhu_core::surroundings::Surroundings;
use lianhu_ledger::{FileKey, Ledger, Machine};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The ledger, in SQLCipher.
pub(crate) const LEDGER: &str = "ledger.sqlite";
/// The newest copy of the households' keys, beside the directories of the backups.
pub(crate) const HOUSEHOLD_KEYS: &str = "households.keys";
/// The ledger's key, 64 hexadecimal digits.
pub(crate) const KEY: &str = "key";
/// The TLS key, PEM.
pub(crate) const TLS_KEY: &str = "tls.key";
/// The TLS certificate and what it is signed by, PEM.
pub(crate) const TLS_CERTIFICATE: &str = "tls.crt";
/// Where the running server listens for its own office: port and token.
pub(crate) const OFFICE: &str = "office";

/// A county's data directory.
#[derive(Debug, Clone)]
pub(crate) struct Home(PathBuf);

impl Home {
    /// A directory that is there.
    pub(crate) fn at(dir: &Path) -> Result<Self> {
        if dir.join(LEDGER).is_file() { Ok(Self(dir.to_owned())) } else { Err(nothing_in(dir)) }
    }

    /// A new directory, or an empty one.
    pub(crate) fn make(dir: &Path) -> Result<Self> {
        fs::create_dir_all(dir).map_err(|error| Failure::file(dir, &error))?;
        let mut inside = fs::read_dir(dir).map_err(|error| Failure::file(dir, &error))?;
        if inside.next().is_some() {
            let sentence = format!("{} 不是空目录，没有动它。请另给一个新目录。", dir.display());
            return Err(Failure::new("not_empty", sentence));
        }
        own(dir, 0o700).map_err(|error| Failure::file(dir, &error))?;
        Ok(Self(dir.to_owned()))
    }

    /// Takes back what was begun in a new directory, so that the next try finds it empty.
    pub(crate) fn clear(&self) {
        for inside in fs::read_dir(&self.0).into_iter().flatten().flatten() {
            fs::remove_file(inside.path()).ok();
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn read(&self, name: &str) -> Result<Vec<u8>> {
        let path = self.path(name);
        fs::read(&path).map_err(|error| Failure::file(&path, &error))
    }

    /// Writes a file that only its owner may read; whole, or not at all.
    pub(crate) fn keep(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let (path, new) = (self.path(name), self.path(&format!("{name}.new")));
        keep(&new, bytes).and_then(|()| fs::rename(&new, &path)).map_err(|error| Failure::file(&path, &error))
    }

    /// Makes a key for a new ledger.
    pub(crate) fn mint_key(&self) -> Result<()> {
        let mut key = [0; 32];
        Machine.fill(&mut key);
        self.keep(KEY, format!("{}\n", Hash(key)).as_bytes())
    }

    /// The ledger's key.
    pub(crate) fn key(&self) -> Result<FileKey> {
        let text = match self.path(KEY).exists() {
            false if self.path(SEALED).exists() => backup::key_of(self)?,
            _ => self.read(KEY)?,
        };
        let key = std::str::from_utf8(&text).ok().and_then(Hash::parse);
        let damaged = || Failure::new("ledger_locked", "钥匙文件 key 已损坏。请从备份中取回它再试。");
        key.map(|key| FileKey(key.0)).ok_or_else(damaged)
    }

    /// Opens the ledger, making it if there is none.
    pub(crate) fn open(&self) -> Result<Ledger> {
        let path = self.path(LEDGER);
        let ledger = Ledger::open(&path, &self.key()?, Arc::new(Machine))?;
        own(&path, 0o600).map_err(|error| Failure::file(&path, &error))?;
        Ok(ledger)
    }

    /// Opens the ledger of a county that is there.
    pub(crate) fn open_county(&self) -> Result<Ledger> {
        let ledger = self.open()?;
        if ledger.identity()?.is_county { Ok(ledger) } else { Err(nothing_in(&self.0)) }
    }
}

fn nothing_in(dir: &Path) -> Failure {
    Failure::new("not_a_county", format!("{} 里没有县的台账。请先用 init 建立，或核对 --data。", dir.display()))
}

fn keep(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    own(path, 0o600)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Keeps others of the same machine out.
#[cfg(unix)]
pub(crate) fn own(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

/// Where files have no modes, the directory's own rights stand.
#[cfg(not(unix))]
pub(crate) fn own(_: &Path, _: u32) -> std::io::Result<()> {
    Ok(())
}
