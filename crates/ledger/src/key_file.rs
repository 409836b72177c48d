//! The file in a home that holds its key, wrapped. It is written whole or not at all: whatever happens, either the old one
//! or the new one opens the home.

use crate::error::{LedgerError, Result};
use crate::wrapped_key::WrappedKey;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

/// What lies in a home that has a PIN.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct KeyFile {
    /// The key, wrapped with the PIN.
    #[n(0)]
    pub wrapped: WrappedKey,
    /// Under what name the system's keystore holds the secret of this home.
    #[n(1)]
    pub name: String,
    /// What else opens it, once the home belongs to a county.
    #[n(2)]
    pub recovery: Option<Recovery>,
}

/// The way back for who has forgotten the PIN.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Recovery {
    /// The code by which the county finds what answers it.
    #[n(0)]
    pub code: String,
    /// The key, wrapped with that answer.
    #[n(1)]
    pub wrapped: WrappedKey,
    /// The answer, sealed for the county: on its way there until the county has it.
    #[n(2)]
    pub sealed: ByteVec,
    /// Whether the county has it.
    #[n(3)]
    pub at_county: bool,
    /// Whether it has opened the home: another one takes its place as soon as there is a PIN.
    #[n(4)]
    pub used: bool,
}

impl KeyFile {
    /// Reads it; nothing where there is none.
    pub fn read(path: &Path) -> Result<Option<Self>> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        minicbor::decode(&bytes).map(Some).map_err(|_| LedgerError::WrongKey)
    }

    /// Writes it in place of the old one. It is on disk when this returns.
    pub fn write(&self, path: &Path) -> Result<()> {
        Ok(write_whole(path, &minicbor::to_vec(self).unwrap_or_default())?)
    }
}

/// Writes a file that its owner alone may read, whole or not at all; it is on disk when this returns.
pub fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&new, path)?;
    sync_directory(path)
}

/// Overwrites a file and takes it away. A disk that writes elsewhere may keep the old bytes for a while; nobody finds
/// them through the file system.
pub fn destroy(path: &Path) -> std::io::Result<()> {
    let mut file = match OpenOptions::new().write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let long = usize::try_from(file.metadata()?.len()).unwrap_or(0);
    file.write_all(&vec![0; long])?;
    file.sync_all()?;
    drop(file);
    fs::remove_file(path)?;
    sync_directory(path)
}

/// A name that was changed is on disk only once its directory is.
#[cfg(unix)]
fn sync_directory(path: &Path) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
}

/// Elsewhere the system writes names by itself.
#[cfg(not(unix))]
fn sync_directory(_: &Path) -> std::io::Result<()> {
    Ok(())
}
