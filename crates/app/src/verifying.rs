//! 自查: a walk over everything on this device, without a line; what was altered, removed or dated back is named.

use crate::app::App;
use crate::error::Result;
use lianhu_ledger::Verified;

impl App {
    /// Walks over everything on this device: signatures, chains, receipts, traces, sums, tables.
    pub fn verify(&self) -> Result<Verified> {
        Ok(self.ledger().verify()?)
    }
}
