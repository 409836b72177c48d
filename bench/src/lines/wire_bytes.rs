//! Bytes on the wire, both ways and with the HTTP heads, over the information in what was handed over.

use super::Measured;
use crate::line::Line;
use crate::link::{Link, Terms};
use crate::record;
use crate::server::{self, Server};
use crate::texts::Split;
use crate::village::{Village, through};
use anyhow::ensure;

const TARGET: f64 = 1.5;

/// Hands over 10, 30 and 100 visits on a warm connection.
pub(crate) fn measure() -> Measured {
    let information = record::information()?;
    let mut village = Village::new(Split::Unseen, 21)?;
    let helper = village.person("helper")?;
    let houses = village.households(30, Some(helper))?;
    let mut phone = village.phone(helper, "phone")?;
    let server = Server::over(&village)?;
    let link = Link::lay(server.at, Terms::FAST)?;
    let mut hub = server::road(link.at)?;
    through(&mut phone, &mut hub)?;
    let mut lines = Vec::new();
    for count in [10, 30, 100] {
        village.visit(&mut phone, &houses, count)?;
        link.passed();
        let done = through(&mut phone, &mut hub)?;
        let passed = link.passed();
        ensure!(done.numbered == count, "{} of {count} were numbered", done.numbered);
        let floor = information * count as f64;
        let note = format!(
            "{} up + {} down, information {count} × {information:.1} B; {:.0} B a record on the wire",
            passed.up,
            passed.down,
            passed.bytes() as f64 / count as f64
        );
        let name = format!("bytes on the wire ÷ information, {count} visits");
        lines.push(Line::at_most(name, passed.bytes() as f64 / floor, TARGET, "×").noting(note));
    }
    Ok(lines)
}
