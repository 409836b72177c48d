//! The dictionary that ships with the program: trained on requests and replies of synthetic counties as they stand
//! before they are packed. Only the train split of the texts is spoken in them; every county has ids of its own.

use crate::texts::Split;
use crate::village::{Village, through};
use anyhow::{Context, Result};
use lianhu_core::hub::{Hub, HubError, Progress};
use lianhu_ledger::InProcess;
use std::path::Path;

/// How large the dictionary is, in bytes.
const SIZE: usize = 96 * 1024;
/// How many counties speak in it.
const COUNTIES: u64 = 70;

const NOW_SHIPPED: &[u8] = include_bytes!("../../crates/ledger/src/wire.dict");

/// A hub that keeps what passes, unpacked.
struct Tap {
    hub: InProcess,
    heard: Vec<Vec<u8>>,
}

impl Tap {
    fn hear(&mut self, frame: &[u8]) {
        let unpacker = zstd::bulk::Decompressor::with_dictionary(NOW_SHIPPED);
        if let Ok(bytes) = unpacker.and_then(|mut unpacker| unpacker.decompress(frame, 16 * 1024 * 1024)) {
            self.heard.push(bytes);
        }
    }
}

impl Hub for Tap {
    fn exchange(&mut self, frame: &[u8], progress: &mut dyn FnMut(Progress)) -> Result<Vec<u8>, HubError> {
        self.hear(frame);
        let reply = self.hub.exchange(frame, progress)?;
        self.hear(&reply);
        Ok(reply)
    }
}

/// What is said in one county in a few weeks.
fn county(seed: u64) -> Result<Vec<Vec<u8>>> {
    let mut village = Village::new(Split::Train, seed)?;
    let mut tap = Tap { hub: InProcess(village.county.clone()), heard: Vec::new() };
    let secretary = village.person("first_secretary")?;
    let mut overview = village.phone(secretary, "overview")?;
    for label in ["a", "b"] {
        let helper = village.person("helper")?;
        let houses = village.households(6, Some(helper))?;
        let mut phone = village.phone(helper, label)?;
        through(&mut phone, &mut tap)?;
        for count in [1, 3, 9, 20] {
            village.visit(&mut phone, &houses, count)?;
            village.correct(&mut phone, &houses, count / 3)?;
            through(&mut phone, &mut tap)?;
        }
        through(&mut overview, &mut tap)?;
    }
    Ok(tap.heard)
}

/// Trains the dictionary and writes it to this file.
pub(crate) fn train(to: &Path) -> Result<()> {
    let mut samples = Vec::new();
    for seed in 0..COUNTIES {
        samples.extend(county(1_000 + seed)?);
    }
    let bytes: usize = samples.iter().map(Vec::len).sum();
    println!("{} requests and replies, {bytes} bytes", samples.len());
    let dictionary = zstd::dict::from_samples(&samples, SIZE).context("the dictionary cannot be trained")?;
    std::fs::write(to, &dictionary)?;
    println!("{}: {} bytes", to.display(), dictionary.len());
    Ok(())
}
