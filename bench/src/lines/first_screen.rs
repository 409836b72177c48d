//! From an empty phone to all its households on the screen, on a hillside.

use super::Measured;
use crate::line::Line;
use crate::link::{Link, Terms};
use crate::server::{self, Server};
use crate::texts::Split;
use crate::village::{Village, through};
use anyhow::ensure;
use std::time::Instant;

/// Thirty households with five records each, the connection's set-up included; enrolment is done before.
pub(crate) fn measure() -> Measured {
    let mut village = Village::new(Split::Unseen, 51)?;
    let helper = village.person("helper")?;
    let houses = village.households(30, Some(helper))?;
    let mut first = village.phone(helper, "first")?;
    village.exchange(&mut first)?;
    for _ in 0..5 {
        // Five evenings, so five envelopes.
        village.visit(&mut first, &houses, houses.len())?;
        village.exchange(&mut first)?;
    }
    let mut phone = village.phone(helper, "second")?;
    let server = Server::over(&village)?;
    let link = Link::lay(server.at, Terms::HILLSIDE)?;
    let begun = Instant::now();
    let done = through(&mut phone, &mut server::road(link.at)?)?;
    let seconds = begun.elapsed().as_secs_f64();
    let passed = link.passed();
    let tables = phone.dump_rebuilt()?;
    let count = |table: &str| tables.get(table).map_or(0, Vec::len);
    ensure!(
        count("household") == 30 && count("visit") == 150,
        "{} households, {} visits",
        count("household"),
        count("visit")
    );
    let note = format!("{} B down, {} B up, {} requests", passed.down, passed.up, done.rounds);
    Ok(vec![
        Line::at_most("first usable screen, 30 households × 5 records, 50 kbit/s", seconds, 20.0, "s").noting(note),
    ])
}
