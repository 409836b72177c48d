//! A back-up of the whole county and the way back from it: no figure is promised, but whoever stands before a broken
//! machine wants to know how long it takes.

use super::Measured;
use crate::village::{KEY, open};
use crate::whole::Whole;
use anyhow::ensure;
use lianhu_ledger::{Ledger, keys_beside};
use std::time::Instant;

/// Copies the ledger and the keys of its households as the server does every night, and opens the copy, which computes
/// every table again.
pub(crate) fn measure(whole: &mut Whole) -> Measured {
    let (from, to) = (whole.village.ledger().path().to_owned(), whole.village.dir.path().join("backup.sqlite"));
    let begun = Instant::now();
    Ledger::back_up(&from, &KEY, &to)?;
    Ledger::back_up_keys(&from, &KEY, &keys_beside(&to))?;
    let (copied, bytes) = (begun.elapsed().as_secs_f64(), std::fs::metadata(&to)?.len());
    let begun = Instant::now();
    let restored = open(&to, &whole.village.around)?;
    let opened = begun.elapsed().as_secs_f64();
    let households = restored.households("", None, 0, 1)?.total;
    ensure!(households as usize == crate::whole::HOUSEHOLDS, "{households} households came back");
    eprintln!("      back-up {copied:.0} s, {} MB; opened again in {opened:.0} s", bytes / 1_000_000);
    drop(restored);
    // A copy of a whole county takes gigabytes.
    std::fs::remove_file(&to)?;
    Ok(Vec::new())
}
