//! Time of an exchange on a hillside over what the line itself takes: round trips and bytes.

use super::Measured;
use crate::line::Line;
use crate::link::{Link, Passed, Terms};
use crate::server::{self, Server};
use crate::texts::Split;
use crate::village::{Village, through};
use anyhow::Result;
use std::time::Instant;

/// Ten visits and five corrections go up, six visits of a colleague come down.
fn exchanges(village: &mut Village, terms: Terms, runs: usize) -> Result<Vec<(f64, Passed)>> {
    let (one, other) = (village.person("helper")?, village.person("helper")?);
    let houses = village.households(30, Some(one))?;
    village.entrust(&houses, other)?;
    let label = format!("{}", terms.lost);
    let (mut phone, mut colleague) =
        (village.phone(one, &label)?, village.phone(other, &format!("{label}-colleague"))?);
    village.exchange(&mut phone)?;
    village.exchange(&mut colleague)?;
    let server = Server::over(village)?;
    let mut took = Vec::new();
    for _ in 0..runs {
        village.visit(&mut colleague, &houses, 6)?;
        through(&mut colleague, &mut server::road(server.at)?)?;
        village.visit(&mut phone, &houses, 10)?;
        village.correct(&mut phone, &houses, 5)?;
        let link = Link::lay(server.at, terms)?;
        let begun = Instant::now();
        through(&mut phone, &mut server::road(link.at)?)?;
        took.push((begun.elapsed().as_secs_f64(), link.passed()));
    }
    Ok(took)
}

/// What round trips and bytes take on this line.
fn floor(passed: &Passed, terms: &Terms) -> f64 {
    let trips = passed.round_trips() + passed.connections * u64::from(terms.set_up);
    let bits = (passed.bytes() * 8) as f64;
    trips as f64 * terms.round_trip.as_secs_f64() + terms.bits.map_or(0.0, |speed| bits / speed as f64)
}

/// Without loss, and with five segments in a hundred lost.
pub(crate) fn measure() -> Measured {
    let mut lines = Vec::new();
    let lossy = Terms { lost: 50, ..Terms::HILLSIDE };
    for (terms, runs, target, what) in [(Terms::HILLSIDE, 1, 1.15, "no loss"), (lossy, 6, 1.6, "5 % loss, mean of 6")] {
        let mut village = Village::new(Split::Unseen, 41 + terms.lost)?;
        let took = exchanges(&mut village, terms, runs)?;
        let seconds: f64 = took.iter().map(|(seconds, _)| seconds).sum();
        let least: f64 = took.iter().map(|(_, passed)| floor(passed, &terms)).sum();
        let mut note = String::new();
        for (seconds, passed) in took.iter().take(1) {
            note = format!(
                "{seconds:.2} s, {} B up, {} B down, {} round trips and 2 to set up",
                passed.up,
                passed.down,
                passed.round_trips()
            );
        }
        lines.push(
            Line::at_most(format!("time ÷ line, 50 kbit/s, 700 ms, {what}"), seconds / least, target, "×").noting(note),
        );
    }
    Ok(lines)
}
