//! The keystore of this system: Secret Service on Linux, Credential Manager on Windows, Keychain on macOS. Android and a
//! machine without a session bus have none that this program can reach: there a passphrase is asked for.

use crate::keystore::{Keystore, NoKeystore};
use keyring::Entry;
use std::path::PathBuf;

/// Under which program's name secrets are kept.
const PROGRAM: &str = "lianhu";

/// The keystore of this system, if one answers.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemKeystore;

fn entry(name: &str) -> Result<Entry, NoKeystore> {
    // Elsewhere the crate would keep secrets in its own memory, which is no keystore.
    if !cfg!(any(target_os = "linux", target_os = "windows", target_os = "macos")) {
        return Err(NoKeystore);
    }
    Entry::new(PROGRAM, name).map_err(|_| NoKeystore)
}

impl Keystore for SystemKeystore {
    fn secret(&self, name: &str) -> Result<Option<[u8; 32]>, NoKeystore> {
        if let Some(tried) = tried_out() {
            return tried?.secret(name);
        }
        match entry(name)?.get_secret() {
            Ok(secret) => Ok(secret.try_into().ok()),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(_) => Err(NoKeystore),
        }
    }

    fn keep(&self, name: &str, secret: &[u8; 32]) -> Result<(), NoKeystore> {
        if let Some(tried) = tried_out() {
            return tried?.keep(name, secret);
        }
        entry(name)?.set_secret(secret).map_err(|_| NoKeystore)
    }

    fn forget(&self, name: &str) -> Result<(), NoKeystore> {
        if let Some(tried) = tried_out() {
            return tried?.forget(name);
        }
        entry(name)?.delete_credential().map_err(|_| NoKeystore)
    }
}

/// In a program built for trying out, `LIANHU_TRY_KEYSTORE` stands for the system's: a directory, or `none`.
fn tried_out() -> Option<Result<Directory, NoKeystore>> {
    if !cfg!(debug_assertions) {
        return None;
    }
    let named = std::env::var_os("LIANHU_TRY_KEYSTORE")?;
    Some(if named == "none" { Err(NoKeystore) } else { Ok(Directory(named.into())) })
}

/// A directory that plays the keystore.
struct Directory(PathBuf);

impl Keystore for Directory {
    fn secret(&self, name: &str) -> Result<Option<[u8; 32]>, NoKeystore> {
        Ok(std::fs::read(self.0.join(name)).ok().and_then(|secret| secret.try_into().ok()))
    }

    fn keep(&self, name: &str, secret: &[u8; 32]) -> Result<(), NoKeystore> {
        std::fs::create_dir_all(&self.0)
            .and_then(|()| std::fs::write(self.0.join(name), secret))
            .map_err(|_| NoKeystore)
    }

    fn forget(&self, name: &str) -> Result<(), NoKeystore> {
        std::fs::remove_file(self.0.join(name)).map_err(|_| NoKeystore)
    }
}
