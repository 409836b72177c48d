//! The places of both trees, as they are asked for.

use crate::app::App;
use crate::error::Result;
use lianhu_ledger::PlaceRow;

impl App {
    /// All places, in the order of their paths.
    pub fn places(&self) -> Result<Vec<PlaceRow>> {
        Ok(self.ledger().places()?)
    }
}
