//! The last count of a report: its figures are opened without counting anew, as long as nothing was written since.

use crate::app::App;
use crate::error::Result;
use lianhu_core::day::Period;
use lianhu_core::ids::PlaceId;
use lianhu_core::tally::{Tally, tally};
use lianhu_ledger::Ledger;
use std::sync::{Arc, Mutex, PoisonError};

/// What was counted last, and as of which writing.
#[derive(Default)]
pub(crate) struct Counted(Mutex<Option<Last>>);

struct Last {
    period: Period,
    place: Option<PlaceId>,
    written: u64,
    tally: Arc<Tally>,
}

impl Counted {
    /// What was written since `before` is nothing that is counted.
    pub(crate) fn still_holds(&self, before: u64, ledger: &Ledger) {
        if let Some(last) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut()
            && last.written == before
        {
            last.written = ledger.written();
        }
    }
}

impl App {
    /// The tally of a period and place: the last one, where it holds them and nothing was written since.
    pub(crate) fn counted(&self, ledger: &Ledger, period: Period, place: Option<PlaceId>) -> Result<Arc<Tally>> {
        let mut kept = self.counted.0.lock().unwrap_or_else(PoisonError::into_inner);
        let written = ledger.written();
        let same = |last: &&Last| {
            last.period == period && last.written == written && (last.place.is_none() || last.place == place)
        };
        if let Some(last) = kept.as_ref().filter(same) {
            return Ok(last.tally.clone());
        }
        let tally = Arc::new(tally(&ledger.facts(period, place)?));
        *kept = Some(Last { period, place, written, tally: tally.clone() });
        Ok(tally)
    }
}
