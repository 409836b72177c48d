//! What was learned at a visit: facts that are kept in one act with the visit itself, or not at all.

use crate::app::App;
use crate::error::Result;
use crate::updating::{Facts, check_person, kept_where, under_person};
use lianhu_core::field::Of;
use lianhu_core::ids::{HouseholdId, PersonId};
use lianhu_ledger::Ledger;
use serde::Deserialize;
use std::collections::BTreeMap;
use ts_rs::TS;

/// Facts by whom they are of, as the form of a visit sends them.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct Learned {
    /// Of the household.
    pub facts: Facts,
    /// Of people in it.
    pub persons: BTreeMap<PersonId, Facts>,
}

impl App {
    /// What was learned, by the card on which each fact is kept; refused where one cannot be, or is of nobody in the household.
    pub(crate) fn learned(
        &self,
        ledger: &Ledger,
        household: HouseholdId,
        learned: Option<Learned>,
    ) -> Result<BTreeMap<HouseholdId, Facts>> {
        let Learned { mut facts, persons } = learned.unwrap_or_default();
        self.check_facts(Of::Household, &mut facts)?;
        for (person, mut of_person) in persons {
            check_person(ledger, household, person)?;
            self.check_facts(Of::Person, &mut of_person)?;
            facts.extend(under_person(person, of_person));
        }
        kept_where(ledger, household, facts)
    }
}
