//! The gate: changes let into living dossiers a second, by one county thread, everything included.

use super::Measured;
use crate::core_time::on_core;
use crate::line::Line;
use crate::texts::Split;
use crate::village::{Village, through};
use lianhu_core::hub::{Hub, HubError, Progress};
use lianhu_ledger::InProcess;
use std::time::{Duration, Instant};

/// A county that is timed while it answers: on the clock, and on the core it runs on.
struct Timed(InProcess, Duration, Duration);

impl Hub for Timed {
    fn exchange(&mut self, frame: &[u8], progress: &mut dyn FnMut(Progress)) -> Result<Vec<u8>, HubError> {
        let (begun, worked) = (Instant::now(), on_core());
        let reply = self.0.exchange(frame, progress);
        self.1 += begun.elapsed();
        self.2 += on_core().saturating_sub(worked);
        reply
    }
}

/// Phones hand over corrections of 20 households, 20 an exchange; unpacking, trial, merge, tables and commit count.
pub(crate) fn measure() -> Measured {
    let mut village = Village::new(Split::Unseen, 71)?;
    let helper = village.person("helper")?;
    let houses = village.households(20, Some(helper))?;
    let mut phone = village.phone(helper, "phone")?;
    village.exchange(&mut phone)?;
    let mut hub = Timed(InProcess(village.county.clone()), Duration::ZERO, Duration::ZERO);
    let mut changes = 0_u32;
    for _ in 0..40 {
        village.correct(&mut phone, &houses, 20)?;
        changes += u32::try_from(through(&mut phone, &mut hub)?.numbered)?;
    }
    let rate = f64::from(changes) / hub.2.as_secs_f64();
    let note = format!(
        "{changes} changes, 20 households an exchange: {:.2} s of core, {:.2} s on the clock with the disk's and other programs' time",
        hub.2.as_secs_f64(),
        hub.1.as_secs_f64()
    );
    Ok(vec![Line::at_least("gate, changes a second of one core", rate, 1500.0, "1/s").noting(note)])
}
