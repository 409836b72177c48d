//! Time a thread has spent on a core: what a piece of work costs, whatever else the machine is doing.

use anyhow::{Context, Result};
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// How long this thread has been on a core.
pub(crate) fn on_core() -> Duration {
    let told = clock_gettime(ClockId::ThreadCPUTime);
    let part = |number: i64| u64::try_from(number).unwrap_or(0);
    Duration::from_secs(part(told.tv_sec)) + Duration::from_nanos(part(told.tv_nsec))
}

/// How many seconds the programs that were run to their end have been on a core.
pub(crate) fn children() -> Result<f64> {
    let told = std::fs::read_to_string("/proc/self/stat")?;
    let (_, after) = told.rsplit_once(") ").context("a process without a name")?;
    // Fields 16 and 17 of proc_pid_stat(5), in hundredths of a second.
    let ticks = |at: usize| after.split(' ').nth(at - 3).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    Ok((ticks(16) + ticks(17)) / 100.0)
}
