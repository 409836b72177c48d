//! The machine itself as surroundings: its clock and its randomness. Only shells hand this to a ledger.

use lianhu_core::day::Moment;
use lianhu_core::surroundings::Surroundings;
use std::time::SystemTime;

/// The real clock and real randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct Machine;

impl Surroundings for Machine {
    #[expect(clippy::disallowed_methods, reason = "the one place where the clock is read")]
    fn now(&self) -> Moment {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Moment(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
    }

    #[expect(clippy::expect_used, reason = "a machine without randomness cannot keep a secret; nothing may go on")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the machine has randomness");
    }
}
