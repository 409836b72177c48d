//! The county's backup: a copy of its data directory, taken while it runs, and the way back from it.

use crate::failure::{Failure, Result};
use crate::home::{Home, KEY, LEDGER, TLS_CERTIFICATE, TLS_KEY, own};
use lianhu_ledger::Ledger;
use serde_json::{Value, json};
use std::path::Path;

/// What a backup holds beside the ledger. Whoever has it can read everything: it belongs under lock and key.
const KEYS: [&str; 3] = [KEY, TLS_KEY, TLS_CERTIFICATE];

/// Copies the ledger, as it is at one moment, and its keys into a new directory.
pub(crate) fn back_up(data: &Path, out: &Path) -> Result<Value> {
    let home = Home::at(data)?;
    let copy = Home::make(out)?;
    let made = copy_all(&home, &copy);
    if made.is_err() {
        copy.clear();
    }
    let bytes = made?;
    Ok(json!({ "backup": out, "bytes": bytes }))
}

fn copy_all(home: &Home, copy: &Home) -> Result<u64> {
    for name in KEYS {
        copy.keep(name, &home.read(name)?)?;
    }
    let to = copy.path(LEDGER);
    // The file is there, and its owner's alone, before the first byte is in it.
    copy.keep(LEDGER, &[])?;
    Ledger::back_up(&home.path(LEDGER), &home.key()?, &to)?;
    let file = std::fs::File::open(&to).map_err(|error| Failure::file(&to, &error))?;
    file.sync_all().map_err(|error| Failure::file(&to, &error))?;
    Ok(file.metadata().map_err(|error| Failure::file(&to, &error))?.len())
}

/// Makes a new data directory from a backup and begins a new life of the log: every device hands in again what it
/// wrote since.
pub(crate) fn restore(data: &Path, from: &Path) -> Result<Value> {
    let backup = Home::at(from)?;
    let home = Home::make(data)?;
    let restored = restore_into(&home, &backup);
    if restored.is_err() {
        home.clear();
    }
    restored
}

fn restore_into(home: &Home, backup: &Home) -> Result<Value> {
    for name in KEYS {
        home.keep(name, &backup.read(name)?)?;
    }
    let (from, to) = (backup.path(LEDGER), home.path(LEDGER));
    std::fs::copy(&from, &to).and_then(|_| own(&to, 0o600)).map_err(|error| Failure::file(&to, &error))?;
    let mut ledger = home.open_county()?;
    let (was, number) = ledger.log_state()?;
    ledger.restored()?;
    let (epoch, _) = ledger.log_state()?;
    let county = ledger.identity()?;
    Ok(
        json!({ "county": county.county, "name": county.county_name, "number": number, "epoch": epoch, "epoch_before": was }),
    )
}
