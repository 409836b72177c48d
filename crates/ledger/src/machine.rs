//! The machine itself as surroundings: its clock and its randomness. Only shells hand this to a ledger.

use lianhu_core::day::Moment;
use lianhu_core::surroundings::{Steady, Surroundings};
use std::sync::OnceLock;
use std::time::{Instant, SystemTime};

/// The real clock and real randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct Machine;

impl Surroundings for Machine {
    #[expect(clippy::disallowed_methods, reason = "the one place where the clock is read")]
    fn now(&self) -> Moment {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Moment(i64::try_from(since.as_secs()).unwrap_or(i64::MAX)).plus_seconds(tried_out())
    }

    #[expect(clippy::expect_used, reason = "a machine without randomness cannot keep a secret; nothing may go on")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the machine has randomness");
    }

    fn steady(&self) -> Steady {
        since_start().unwrap_or_else(since_program)
    }
}

/// In a program built for trying out, `LIANHU_TRY_CLOCK` sets its clock forward by so many days: nobody waits for weeks to see
/// what happens then. A program that people use knows nothing of it.
fn tried_out() -> i64 {
    const DAY: i64 = 86_400;
    static SET: OnceLock<i64> = OnceLock::new();
    let days = || std::env::var("LIANHU_TRY_CLOCK").ok().and_then(|days| days.parse::<i64>().ok()).unwrap_or(0);
    if cfg!(debug_assertions) { *SET.get_or_init(days) * DAY } else { 0 }
}

/// The count of this start of the machine, sleep included, where the system tells it: it goes on while no program of ours runs.
fn since_start() -> Option<Steady> {
    let life = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let up = std::fs::read_to_string("/proc/uptime").ok()?;
    let seconds = up.split('.').next()?.trim().parse().ok()?;
    Some(Steady { life: *uuid::Uuid::try_parse(life.trim()).ok()?.as_bytes(), seconds })
}

/// Elsewhere the count of this program alone: what passes while it does not run is not known.
fn since_program() -> Steady {
    static BEGUN: OnceLock<([u8; 16], Instant)> = OnceLock::new();
    let (life, begun) = BEGUN.get_or_init(|| {
        let mut life = [0; 16];
        Machine.fill(&mut life);
        (life, Instant::now())
    });
    Steady { life: *life, seconds: begun.elapsed().as_secs() }
}
