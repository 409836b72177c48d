//! A phone asks the county for what is new of its 300 households, among three million entries.

use super::Measured;
use super::save::{median, p99};
use crate::core_time::on_core;
use crate::line::Line;
use crate::server::{self, Server};
use crate::village::through;
use crate::whole::Whole;
use lianhu_core::hub::Hub;
use std::time::Instant;

const PULLS: usize = 400;

/// The county's answer, timed on its core: a colleague's visit comes down with every second one. The clock's figures,
/// with the disk's, stand in the note. Then the server's memory, after a few requests and a whole first fetch.
pub(crate) fn measure(whole: &mut Whole) -> Measured {
    let Whole { village, held, phone, colleague, .. } = whole;
    let begun = Instant::now();
    let done = village.exchange(phone)?;
    let first = begun.elapsed().as_secs_f64();
    eprintln!("      first fetch of {} entries: {first:.0} s", done.new);
    village.exchange(colleague)?;
    eprintln!("      a colleague's: {:.0} s", begun.elapsed().as_secs_f64() - first);
    let (mut cores, mut clocks) = (Vec::new(), Vec::new());
    for (turn, house) in held.iter().cycle().take(PULLS).enumerate() {
        if turn % 2 == 0 {
            village.visit(colleague, std::slice::from_ref(house), 1)?;
            village.exchange(colleague)?;
        }
        let outgoing = phone.request(0)?;
        let (begun, worked) = (Instant::now(), on_core());
        let answered = village.ledger().answer(&outgoing.frame)?;
        cores.push(on_core().saturating_sub(worked).as_secs_f64() * 1e3);
        clocks.push(begun.elapsed().as_secs_f64() * 1e3);
        phone.take(&outgoing, &answered.frame)??;
    }
    let (core, clock) = (p99(&mut cores), p99(&mut clocks));
    let note = format!(
        "core p99 {core:.2} ms, median {:.2} ms; on the clock with its commit p99 {clock:.1} ms, median {:.1} ms; first fetch of {} entries {first:.0} s",
        median(&cores),
        median(&clocks),
        done.new
    );
    let pull = Line::at_most("county: pull for 300 households of 30,000 (3 million entries), p99", core, 5.0, "ms")
        .noting(note);
    let server = Server::over(village)?;
    let mut hub = server::road(server.at)?;
    for _ in 0..20 {
        let outgoing = phone.request(0)?;
        let frame = hub.exchange(&outgoing.frame, &mut |_| ())?;
        phone.take(&outgoing, &frame)??;
    }
    let (helper, houses) = (phone.identity()?.user, held.len());
    let mut fresh = village.phone(helper, "fresh").ok();
    if let Some(fresh) = &mut fresh {
        // Enrolled after the copy was made, so the served county does not know it; the refusal costs next to nothing.
        through(fresh, &mut hub).ok();
    }
    let memory = Line::at_most("county: memory of the server, most ever held", server.memory()?, 100.0, "MB");
    Ok(vec![pull, memory.noting(format!("3 million entries, 21 requests of a phone with {houses} households"))])
}
