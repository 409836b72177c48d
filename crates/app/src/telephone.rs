//! Calling a household: one tap dials the number without showing it. That it was dialled leaves a trace.

use crate::app::App;
use crate::card::text_that_counts;
use crate::error::{AppError, Result};
use lianhu_core::entry::About;
use lianhu_core::field;
use lianhu_core::trace::act;

impl App {
    /// The number to dial, of a household or of one of its people by the fact's key, for the dialler alone.
    pub fn telephone(&self, household: String, key: String) -> Result<String> {
        self.check_lease()?;
        let household = self.household_of(&household)?;
        if field::field_of_key(&key).is_none_or(|field| field.key != "phone") {
            return Err(AppError::missing(&key));
        }
        let mut ledger = self.ledger();
        let number = text_that_counts(&ledger, household, &key)?.ok_or_else(|| AppError::missing("联系电话"))?;
        ledger.note_audit(&format!("{} {key}", act::CALL), About::Household(household), "拨打")?;
        Ok(number)
    }
}
