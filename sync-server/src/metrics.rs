//! What the county's server has done since it began, in numbers: for whoever watches over the machine. No device, no
//! person and no household can be told apart in them.

use lianhu_ledger::Answered;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The upper ends of the times counted, in milliseconds.
const UP_TO: [u64; 7] = [5, 20, 50, 100, 500, 2_000, 10_000];

/// Counters that only rise.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    exchanges: AtomicU64,
    refused: AtomicU64,
    enrolled: AtomicU64,
    kept: AtomicU64,
    had: AtomicU64,
    aside: AtomicU64,
    sent: AtomicU64,
    bytes_in: AtomicU64,
    bytes_out: AtomicU64,
    inspectors: AtomicU64,
    drawn: AtomicU64,
    opened: AtomicU64,
    milliseconds: AtomicU64,
    within: [AtomicU64; UP_TO.len()],
}

impl Metrics {
    /// An exchange that was answered.
    pub(crate) fn answered(&self, answered: &Answered, came: usize, took: Duration) {
        let add = |to: &AtomicU64, more: usize| {
            to.fetch_add(more as u64, Ordering::Relaxed);
        };
        add(&self.exchanges, 1);
        add(&self.kept, answered.kept);
        add(&self.had, answered.had);
        add(&self.aside, answered.aside);
        add(&self.sent, answered.sent);
        add(&self.bytes_in, came);
        add(&self.bytes_out, answered.frame.len());
        let took = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        self.milliseconds.fetch_add(took, Ordering::Relaxed);
        for (count, _) in self.within.iter().zip(UP_TO).filter(|(_, upto)| took <= *upto) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A request that was refused.
    pub(crate) fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// A device that enrolled.
    pub(crate) fn enrolled(&self) {
        self.enrolled.fetch_add(1, Ordering::Relaxed);
    }

    /// Somebody came in with a pass.
    pub(crate) fn inspector_came(&self) {
        self.inspectors.fetch_add(1, Ordering::Relaxed);
    }

    /// Samples were drawn.
    pub(crate) fn samples_drawn(&self) {
        self.drawn.fetch_add(1, Ordering::Relaxed);
    }

    /// A sample was opened.
    pub(crate) fn sample_opened(&self) {
        self.opened.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether they are told to somebody there: to this machine alone.
    pub(crate) fn may_be_told(to: IpAddr) -> bool {
        to.to_canonical().is_loopback()
    }

    /// In the text form that Prometheus and its like read.
    pub(crate) fn text(&self) -> String {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let mut text = String::new();
        for (name, count) in [
            ("exchanges_total", &self.exchanges),
            ("refused_total", &self.refused),
            ("enrolled_total", &self.enrolled),
            ("entries_kept_total", &self.kept),
            ("entries_had_total", &self.had),
            ("entries_aside_total", &self.aside),
            ("entries_sent_total", &self.sent),
            ("bytes_in_total", &self.bytes_in),
            ("bytes_out_total", &self.bytes_out),
            ("inspectors_total", &self.inspectors),
            ("sample_draws_total", &self.drawn),
            ("samples_opened_total", &self.opened),
        ] {
            writeln!(text, "# TYPE lianhu_{name} counter\nlianhu_{name} {}", read(count)).ok();
        }
        text.push_str("# TYPE lianhu_exchange_milliseconds histogram\n");
        for (count, upto) in self.within.iter().zip(UP_TO) {
            writeln!(text, "lianhu_exchange_milliseconds_bucket{{le=\"{upto}\"}} {}", read(count)).ok();
        }
        let (all, sum) = (read(&self.exchanges), read(&self.milliseconds));
        writeln!(text, "lianhu_exchange_milliseconds_bucket{{le=\"+Inf\"}} {all}").ok();
        writeln!(text, "lianhu_exchange_milliseconds_sum {sum}\nlianhu_exchange_milliseconds_count {all}").ok();
        text
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_told_to_this_machine_alone() {
        let told = [("127.0.0.1", true), ("::1", true), ("::ffff:127.0.0.1", true)];
        for (to, may) in told.into_iter().chain([("10.0.0.3", false), ("::ffff:10.0.0.3", false), ("fe80::1", false)]) {
            assert_eq!(Metrics::may_be_told(to.parse().unwrap()), may, "{to}");
        }
    }
}
