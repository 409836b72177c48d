//! One try of a PIN on a copied key file: what it costs whoever tries all of them, and whoever types the right one.

use super::Measured;
use crate::core_time::on_core;
use crate::line::Line;
use anyhow::{Context, ensure};
use lianhu_core::day::Moment;
use lianhu_core::surroundings::Staged;
use lianhu_ledger::{Effort, FileKey, WrappedKey};

const TRIES: u32 = 8;
/// Less would be too cheap for whoever tries, more too slow for a helper's phone, which takes some three times as long.
const LEAST: f64 = 0.05;
const MOST: f64 = 1.0;
/// All PINs of six digits.
const PINS: f64 = 1e6;

/// Unwraps with wrong PINs, as somebody with a copy of the file would.
pub(crate) fn measure() -> Measured {
    let around = Staged::new(1, Moment(0));
    let wrapped =
        WrappedKey::wrap(&FileKey([7; 32]), "290573", None, Effort::USUAL, &around).context("a wrapped key")?;
    let begun = on_core();
    for wrong in 0..TRIES {
        ensure!(wrapped.unwrap(&format!("{wrong:06}"), None).is_none(), "a wrong PIN opened it");
    }
    let each = (on_core() - begun).as_secs_f64() / f64::from(TRIES);
    let Effort { memory, passes } = Effort::USUAL;
    let note = format!(
        "Argon2id, {} MiB, {passes} passes; {:.1} tries a second of one core; all PINs of six digits without a keystore's secret: {:.0} core hours",
        memory / 1024,
        1.0 / each,
        PINS * each / 3600.0
    );
    Ok(vec![
        Line::at_least("one try of a PIN, on a core", each, LEAST, "s").noting(note.clone()),
        Line::at_most("one try of a PIN, on a core", each, MOST, "s").noting(note),
    ])
}
