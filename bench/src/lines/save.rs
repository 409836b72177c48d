//! Saving a visit, on disk when the call returns, beside what the disk itself takes to write as much and be sure.

use super::Measured;
use crate::line::Line;
use crate::texts::Split;
use crate::village::Village;
use std::fs::File;
use std::io::Write;
use std::time::Instant;

const SAVES: usize = 1500;

/// Saves and bare writes take turns on the same disk; their 99th percentiles are compared.
pub(crate) fn measure() -> Measured {
    let mut village = Village::new(Split::Unseen, 61)?;
    let helper = village.person("helper")?;
    let houses = village.households(30, Some(helper))?;
    let mut phone = village.phone(helper, "phone")?;
    village.exchange(&mut phone)?;
    let mut file = File::create(village.dir.path().join("bare"))?;
    let page = [0x5a; 4096];
    let (mut saves, mut bare) = (Vec::new(), Vec::new());
    for house in houses.iter().cycle().take(SAVES) {
        let begun = Instant::now();
        village.visit(&mut phone, std::slice::from_ref(house), 1)?;
        saves.push(begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        file.write_all(&page)?;
        file.sync_data()?;
        bare.push(begun.elapsed().as_secs_f64());
    }
    let (save, sync) = (p99(&mut saves), p99(&mut bare));
    let note = format!(
        "{:.2} ms ÷ {:.2} ms; medians {:.2} and {:.2} ms",
        save * 1e3,
        sync * 1e3,
        median(&saves) * 1e3,
        median(&bare) * 1e3
    );
    Ok(vec![Line::at_most("save of a visit p99 ÷ fdatasync p99", save / sync, 5.0, "×").noting(note)])
}

/// The 99th percentile; sorts them.
pub(crate) fn p99(times: &mut [f64]) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times.get(times.len() * 99 / 100).copied().unwrap_or(f64::NAN)
}

/// The median of sorted times.
pub(crate) fn median(times: &[f64]) -> f64 {
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}
