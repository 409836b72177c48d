//! An exchange when nothing has changed: bytes both ways and round trips, however many households are held.

use super::Measured;
use crate::line::Line;
use crate::link::{Link, Terms};
use crate::server::{self, Server};
use crate::texts::Split;
use crate::village::{Village, through};
use crate::whole::Whole;
use anyhow::ensure;
use lianhu_core::ids::HouseholdId;
use lianhu_ledger::Ledger;

const MOST_BYTES: f64 = 450.0;

/// Asks again right after everything is in step, holding 30 and 300 households.
pub(crate) fn measure() -> Measured {
    let mut lines = Vec::new();
    for count in [30, 300] {
        let mut village = Village::new(Split::Unseen, 31 + count as u64)?;
        let helper = village.person("helper")?;
        let houses = village.households(count, Some(helper))?;
        let phone = village.phone(helper, "phone")?;
        lines.extend(again(&mut village, phone, &houses, &format!("{count} households"))?);
    }
    Ok(lines)
}

/// What it takes to hand over and fetch everything on a warm connection, and then to learn that nothing has changed.
pub(crate) fn again(village: &mut Village, mut phone: Ledger, houses: &[HouseholdId], name: &str) -> Measured {
    let server = Server::over(village)?;
    let link = Link::lay(server.at, Terms::FAST)?;
    let mut hub = server::road(link.at)?;
    through(&mut phone, &mut hub)?;
    village.visit(&mut phone, houses, 10)?;
    village.correct(&mut phone, houses, 5)?;
    link.passed();
    let done = through(&mut phone, &mut hub)?;
    let busy = link.passed();
    ensure!(done.numbered >= 13, "only {} were numbered", done.numbered);
    let done = through(&mut phone, &mut hub)?;
    let idle = link.passed();
    ensure!(done.new == 0 && done.numbered == 0, "something had changed");
    let note = format!("{} up + {} down, {} round trips", idle.up, idle.down, idle.round_trips());
    let trips = format!("{} bytes, {} requests", busy.bytes(), done.rounds);
    Ok(vec![
        Line::at_most(format!("round trips to push and pull, warm, {name}"), busy.round_trips() as f64, 1.0, "trips")
            .noting(trips),
        Line::at_most(format!("bytes when nothing changed, {name}"), idle.bytes() as f64, MOST_BYTES, "bytes")
            .noting(note),
    ])
}

/// The same for a computer of the county's office, which may hold all 30,000.
pub(crate) fn office(whole: &mut Whole) -> Measured {
    let Whole { village, office, .. } = whole;
    let server = Server::over(village)?;
    let link = Link::lay(server.at, Terms::FAST)?;
    let mut hub = server::road(link.at)?;
    through(office, &mut hub)?;
    link.passed();
    let done = through(office, &mut hub)?;
    let idle = link.passed();
    ensure!(done.new == 0 && done.rounds == 1, "something had changed: {done:?}");
    let note = format!("{} up + {} down, {} round trips", idle.up, idle.down, idle.round_trips());
    Ok(vec![
        Line::at_most("bytes when nothing changed, 30,000 households", idle.bytes() as f64, MOST_BYTES, "bytes")
            .noting(note),
    ])
}
