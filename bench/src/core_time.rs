//! Time a thread has spent on a core: what a piece of work costs, whatever else the machine is doing.

use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// How long this thread has been on a core.
pub(crate) fn on_core() -> Duration {
    let told = clock_gettime(ClockId::ThreadCPUTime);
    let part = |number: i64| u64::try_from(number).unwrap_or(0);
    Duration::from_secs(part(told.tv_sec)) + Duration::from_nanos(part(told.tv_nsec))
}
