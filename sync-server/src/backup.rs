//! The county's backup: a copy of its data directory, taken while it runs, and the way back from it. Its keys are sealed for
//! the county's recovery key, so that a backup alone can be read by nobody. The keys of the households are kept apart, and
//! the newest copy only: what was erased since is in no older backup any more.

use crate::failure::{Failure, Result};
use crate::home::{HOUSEHOLD_KEYS, Home, KEY, LEDGER, TLS_CERTIFICATE, TLS_KEY, own};
use crate::recovery_key::{self, PUBLIC, RecoveryKey};
use lianhu_core::ids::Hash;
use lianhu_core::surroundings::Surroundings;
use lianhu_ledger::{Ledger, Machine, keys_beside};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a backup holds beside the ledger.
const KEYS: [&str; 3] = [KEY, TLS_KEY, TLS_CERTIFICATE];
/// All of them, sealed.
pub(crate) const SEALED: &str = "keys.sealed";

/// Copies the ledger, as it is at one moment, and its keys into a new directory; and beside that, in place of the copy
/// made before, the keys of the households.
pub(crate) fn back_up(data: &Path, out: &Path, keys: Option<PathBuf>) -> Result<Value> {
    let home = Home::at(data)?;
    let keys = keys.map_or_else(|| beside(out), Ok)?;
    let copy = Home::make(out)?;
    let made = copy_all(&home, &copy).and_then(|made| {
        // After the ledger: no key may be missing for what is in its copy.
        copy_keys(&home, &keys)?;
        Ok(made)
    });
    if made.is_err() {
        copy.clear();
    }
    let (bytes, sealed) = made?;
    Ok(json!({ "backup": out, "bytes": bytes, "sealed": sealed, "household_keys": keys }))
}

/// Where the keys of the households lie unless it is said: beside the directory of the backup.
fn beside(backup: &Path) -> Result<PathBuf> {
    let whole = std::path::absolute(backup).map_err(|error| Failure::file(backup, &error))?;
    Ok(whole.parent().unwrap_or(&whole).join(HOUSEHOLD_KEYS))
}

fn copy_keys(home: &Home, to: &Path) -> Result<()> {
    let failed = |error| Failure::file(to, &error);
    let new = to.with_extension("keys.new");
    if new.exists() {
        std::fs::remove_file(&new).map_err(failed)?;
    }
    Ledger::back_up_keys(&home.path(LEDGER), &home.key()?, &new)?;
    own(&new, 0o600).map_err(failed)?;
    std::fs::File::open(&new).and_then(|file| file.sync_all()).map_err(failed)?;
    std::fs::rename(&new, to).map_err(failed)
}

fn copy_all(home: &Home, copy: &Home) -> Result<(u64, bool)> {
    let mut keys = BTreeMap::new();
    for name in KEYS {
        keys.insert(name.to_owned(), home.read(name)?);
    }
    let sealed = recovery_key::seal(home, &serde_json::to_vec(&keys).unwrap_or_default())?;
    match &sealed {
        Some(sealed) => {
            copy.keep(SEALED, sealed)?;
            copy.keep(PUBLIC, &home.read(PUBLIC)?)?;
        }
        // A county from before there were recovery keys.
        None => keys.iter().try_for_each(|(name, bytes)| copy.keep(name, bytes))?,
    }
    let to = copy.path(LEDGER);
    // The file is there, and its owner's alone, before the first byte is in it.
    copy.keep(LEDGER, &[])?;
    Ledger::back_up(&home.path(LEDGER), &home.key()?, &to)?;
    let file = std::fs::File::open(&to).map_err(|error| Failure::file(&to, &error))?;
    file.sync_all().map_err(|error| Failure::file(&to, &error))?;
    Ok((file.metadata().map_err(|error| Failure::file(&to, &error))?.len(), sealed.is_some()))
}

/// Makes a new data directory from a backup and begins a new life of the log: every device hands in again what it
/// wrote since.
pub(crate) fn restore(data: &Path, from: &Path, keys: Option<PathBuf>) -> Result<Value> {
    let backup = Home::at(from)?;
    let keys = keys.map_or_else(|| beside(from), Ok)?;
    let home = Home::make(data)?;
    let restored = copy_back(&home, &backup, &keys).and_then(|()| begin_anew(&home));
    if restored.is_err() {
        home.clear();
    }
    restored
}

/// The keys of a sealed backup, by the paper.
fn unsealed(backup: &Home) -> Result<BTreeMap<String, Vec<u8>>> {
    let keys = RecoveryKey::given()?.open(&backup.read(SEALED)?)?;
    serde_json::from_slice(&keys).map_err(|_| damaged())
}

fn damaged() -> Failure {
    Failure::new("ledger_locked", "备份里的钥匙已损坏。请换一份备份再试。")
}

/// The key of the ledger in a sealed backup, for looking into it where it lies.
pub(crate) fn key_of(backup: &Home) -> Result<Vec<u8>> {
    unsealed(backup)?.remove(KEY).ok_or_else(damaged)
}

fn copy_back(home: &Home, backup: &Home, keys: &Path) -> Result<()> {
    if backup.path(SEALED).exists() {
        let keys = unsealed(backup)?;
        for (name, bytes) in keys.iter().filter(|(name, _)| KEYS.contains(&name.as_str())) {
            home.keep(name, bytes)?;
        }
        home.keep(PUBLIC, &backup.read(PUBLIC)?)?;
    } else {
        for name in KEYS {
            home.keep(name, &backup.read(name)?)?;
        }
    }
    let ledger = home.path(LEDGER);
    copy(&backup.path(LEDGER), &ledger)?;
    // A backup from before there were such keys needs none; the ledger says so itself when they are missing.
    if keys.exists() { copy(keys, &keys_beside(&ledger)) } else { Ok(()) }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::copy(from, to).and_then(|_| own(to, 0o600)).map_err(|error| Failure::file(to, &error))
}

fn begin_anew(home: &Home) -> Result<Value> {
    let mut ledger = home.open_county()?;
    let (was, number) = ledger.log_state()?;
    ledger.restored()?;
    let (epoch, _) = ledger.log_state()?;
    let county = ledger.identity()?;
    Ok(
        json!({ "county": county.county, "name": county.county_name, "number": number, "epoch": epoch, "epoch_before": was }),
    )
}

/// Proves that a backup can be restored with the key at hand, in a directory of its own that is gone afterwards. The
/// live county is neither touched nor asked.
pub(crate) fn drill(from: &Path, keys: Option<PathBuf>) -> Result<Value> {
    let backup = Home::at(from)?;
    let keys = keys.map_or_else(|| beside(from), Ok)?;
    apart(&backup, &keys, |ledger| {
        if !ledger.is_whole()? {
            return Err(Failure::new("ledger_locked", "备份里的台账已损坏。请换一份备份，并查明这一份是怎么坏的。"));
        }
        let (county, (_, number)) = (ledger.identity()?, ledger.log_state()?);
        Ok(json!({ "drill": "ok", "county": county.county, "name": county.county_name, "number": number }))
    })
}

/// Whether this is a backup, which has no household keys of its own and is opened apart: to open it where it lies would
/// write the tables in clear into it.
pub(crate) fn is_backup(home: &Home) -> Result<bool> {
    let own = keys_beside(&home.path(LEDGER)).exists();
    Ok(!own && (home.path(SEALED).exists() || beside(&home.path(""))?.exists()))
}

/// Does something with what a backup holds, in a directory of its own that is gone afterwards.
pub(crate) fn look_into<T>(backup: &Home, act: impl FnOnce(&mut Ledger) -> Result<T>) -> Result<T> {
    apart(backup, &beside(&backup.path(""))?, act)
}

fn apart<T>(backup: &Home, keys: &Path, act: impl FnOnce(&mut Ledger) -> Result<T>) -> Result<T> {
    let mut chance = [0; 8];
    Machine.fill(&mut chance);
    let place = std::env::temp_dir().join(format!("lianhu-drill-{}", Hash::of(&[&chance])));
    let done = Home::make(&place).and_then(|home| {
        copy_back(&home, backup, keys)?;
        act(&mut home.open_county()?)
    });
    std::fs::remove_dir_all(&place).map_err(|error| Failure::file(&place, &error))?;
    done
}
