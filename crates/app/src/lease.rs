//! When the county has not been met for longer than the lease, what is sensitive is not shown. Writing goes on as ever.

use crate::app::App;
use crate::card::{Fact, HouseholdCard};
use crate::covering::Cover;
use crate::error::{AppError, Result};
use lianhu_core::field::{self, Class};
use lianhu_core::problem::ProblemKind;
use lianhu_core::scalar::Scalar;
use lianhu_ledger::LEASE_BOUNDS;

/// What stands for what is not shown.
pub(crate) const COVERED: &str = "••";

impl App {
    /// Sets after how many days without the county reading is masked, for every device of the county.
    pub fn set_lease(&self, days: i32) -> Result<i32> {
        self.check_is_county()?;
        if !LEASE_BOUNDS.contains(&i64::from(days)) {
            return Err(AppError::field("days", ProblemKind::WrongForm));
        }
        let mut ledger = self.ledger();
        ledger.set_lease_days(i64::from(days))?;
        Ok(days)
    }

    /// How many days the lease is.
    pub fn lease(&self) -> Result<i32> {
        Ok(i32::try_from(self.ledger().lease_days()?).unwrap_or(i32::MAX))
    }

    /// For how many days the lease has been over.
    pub(crate) fn lease_over(&self) -> Result<Option<i64>> {
        let left = match self.ledger().lease_left() {
            Ok(left) => left,
            // Nobody's device yet: there is nothing to mask.
            Err(lianhu_ledger::LedgerError::NotThis(_)) => None,
            Err(error) => return Err(error.into()),
        };
        Ok(left.filter(|left| *left <= 0).map(|left| -left))
    }

    /// What is covered in a list: after the lease, everything.
    pub(crate) fn cover_of_rows(&self) -> Result<Cover> {
        Ok(if self.lease_over()?.is_some() { Cover::Everything } else { Cover::Circumstances })
    }

    /// Refuses to show what the lease no longer covers.
    pub(crate) fn check_lease(&self) -> Result<()> {
        match self.lease_over()? {
            Some(_) if self.ledger().is_shut_out()? => Err(AppError::ShutOut),
            Some(_) => Err(AppError::LeaseOver { days: self.ledger().lease_days()? }),
            None => Ok(()),
        }
    }
}

/// A card of which only names, places and promises are left to read.
pub(crate) fn cover(card: &mut HouseholdCard) {
    for person in &mut card.persons {
        person.age = None;
        person.facts.iter_mut().for_each(cover_fact);
    }
    card.facts.iter_mut().for_each(cover_fact);
    card.needs.iter_mut().for_each(|need| need.text = COVERED.to_owned());
    card.visits.iter_mut().for_each(|row| Cover::Everything.over_visit(&mut row.visit));
}

pub(crate) fn cover_fact(fact: &mut Fact) {
    if field::field_of_key(&fact.key).is_none_or(|field| field.class >= Class::P2 && field.key != "name") {
        fact.masked = true;
        for chip in fact.said.iter_mut().filter(|chip| chip.value != Scalar::Null) {
            chip.value = Scalar::Text(COVERED.to_owned());
        }
    }
}
