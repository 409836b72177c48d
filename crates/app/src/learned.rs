//! What was learned at a visit: facts that are kept in one act with the visit itself, or not at all.

use crate::app::App;
use crate::error::{AppError, Result};
use crate::updating::{Facts, kept_where, under_person};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::field::Of;
use lianhu_core::ids::{EntryId, EntryName, HouseholdId, PersonId};
use lianhu_core::visit::Visit;
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
        let known = if persons.is_empty() { Vec::new() } else { ledger.persons(household)? };
        for (person, mut of_person) in persons {
            if !known.iter().any(|known| known.id == person) {
                return Err(AppError::missing("家庭成员"));
            }
            self.check_facts(Of::Person, &mut of_person)?;
            facts.extend(under_person(person, of_person));
        }
        kept_where(ledger, household, facts)
    }
}

/// What becomes of the form of a visit, written in one act: what was learned first, so that both are read as one act.
pub(crate) fn write_visit(
    ledger: &mut Ledger,
    household: HouseholdId,
    visit: &Visit,
    source: Source,
    draft: Option<EntryId>,
    learned: BTreeMap<HouseholdId, Facts>,
) -> Result<EntryName> {
    let to_confirm = App::confirmed_by_putting(ledger)?;
    let written = ledger.write(|writing| {
        draft.map_or(Ok(()), |draft| writing.finish(draft))?;
        learned.into_iter().try_for_each(|(card, puts)| App::put_on(writing, card, puts, source, &to_confirm))?;
        writing.record(About::Household(household), kind::VISIT, source, visit)
    })?;
    Ok(written)
}
