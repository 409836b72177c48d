//! What a record weighs at least: its share of many records packed as tightly as `xz -9e` can, its author and day, its id.

use crate::chance::Chance;
use crate::texts::{Split, Texts};
use anyhow::{Context, Result, ensure};
use lianhu_core::day::Day;
use std::io::Write;
use std::process::{Command, Stdio};

/// How many records are packed together.
const RECORDS: u32 = 12_000;
/// Who, when, about whom; and the twelve random bytes that set an entry apart (design §10).
const BESIDE: f64 = 20.0 + 12.0;

/// Bytes of information in one unseen record.
pub(crate) fn information() -> Result<f64> {
    let (texts, mut chance) = (Texts::new(Split::Unseen), Chance::new(12_000));
    let mut bodies = Vec::new();
    for _ in 0..RECORDS {
        bodies.extend(minicbor::to_vec(texts.visit(&mut chance, Day(20_778)))?);
    }
    packed(bodies).map(|size| size as f64 / f64::from(RECORDS) + BESIDE)
}

/// The size of these bytes after `xz -9e`.
fn packed(bytes: Vec<u8>) -> Result<usize> {
    let mut xz = Command::new("xz").args(["-9e", "-c"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut input = xz.stdin.take().context("xz takes no input")?;
    let feeder = std::thread::spawn(move || input.write_all(&bytes));
    let output = xz.wait_with_output()?;
    feeder.join().ok().context("xz broke off")??;
    ensure!(output.status.success(), "xz failed: install xz-utils");
    Ok(output.stdout.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_as_rich_as_real_ones() {
        let (texts, mut chance) = (Texts::new(Split::Unseen), Chance::new(1));
        let notes: Vec<_> = (0..RECORDS).filter_map(|_| texts.visit(&mut chance, Day(20_778)).note).collect();
        let characters: usize = notes.iter().map(|note| note.chars().count()).sum();
        let bits = packed(notes.concat().into_bytes()).unwrap() as f64 * 8.0 / characters as f64;
        println!("{bits:.2} bits a character, {} characters a note", characters / notes.len());
        assert!((5.5..6.5).contains(&bits), "{bits} bits a character");
    }
}
