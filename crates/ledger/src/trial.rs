//! The trial: what an envelope wants to change of a household is tried apart from its living dossier, merged, written
//! and read back, before any of it is let in (design §6).

use crate::dossiers;
use crate::entries::Kept;
use crate::error::Result;
use crate::gate;
use crate::store::Tx;
use lianhu_core::dossier::{Dossier, DossierError};
use lianhu_core::entry::{About, Entry, kind};
use lianhu_core::envelope::Sealed;
use lianhu_core::exchange::Code;
use lianhu_core::ids::{EntryName, HouseholdId};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The changes of one envelope: what is not tried yet, what failed, and what was merged and can be let in as it is.
#[derive(Default)]
pub(crate) struct Trials {
    untried: RefCell<BTreeMap<HouseholdId, Vec<Kept>>>,
    failed: RefCell<BTreeMap<EntryName, Code>>,
    merged: RefCell<Option<Merged>>,
}

/// A dossier with one change merged into it, written and read back.
pub(crate) struct Merged {
    change: EntryName,
    pub(crate) dossier: Dossier,
    pub(crate) bytes: Vec<u8>,
}

impl Trials {
    /// The dossier that this change was merged into when it was tried: nothing came in between.
    pub(crate) fn take_merged(&self, change: EntryName) -> Option<Merged> {
        self.merged.take().filter(|merged| merged.change == change)
    }
}

impl Tx<'_> {
    /// The changes of an envelope that are not here yet, household by household.
    pub(crate) fn trials(&self, sealed: &Sealed) -> Result<Trials> {
        let mut untried: BTreeMap<_, Vec<Kept>> = BTreeMap::new();
        for bytes in &sealed.entries {
            if let Ok(entry) = gate::read(bytes)
                && let (kind::CHANGE, About::Household(household)) = (entry.kind, entry.about)
            {
                let name = EntryName::of(bytes);
                if !self.has_entry(name)? {
                    untried.entry(household).or_default().push(Kept { name, number: None, late: false, entry });
                }
            }
        }
        Ok(Trials { untried: untried.into(), ..Trials::default() })
    }

    /// Whether a change fails its trial. Its household's changes are tried together when the first of them comes.
    pub(crate) fn fails_trial(&self, trials: &Trials, entry: &Entry, name: EntryName) -> Result<Option<Code>> {
        let (kind::CHANGE, About::Household(household)) = (entry.kind, entry.about) else { return Ok(None) };
        let changes = trials.untried.borrow_mut().remove(&household).unwrap_or_default();
        match changes.as_slice() {
            [] => {}
            [one] => self.try_one(trials, household, one)?,
            several => trials.failed.borrow_mut().extend(self.try_several(household, several)?),
        }
        Ok(trials.failed.borrow().get(&name).copied())
    }

    /// Tries the only change of a household: it is let in as it was merged here.
    fn try_one(&self, trials: &Trials, household: HouseholdId, change: &Kept) -> Result<()> {
        let mut dossier = self.dossier_to_write(household)?;
        let tried = catch_unwind(AssertUnwindSafe(|| match dossiers::take_in(&mut dossier, change) {
            Ok(Ok(())) => Ok(dossier.write_sound()),
            refused => Err(refused),
        }));
        match tried {
            Ok(Ok(Some(bytes))) => {
                *trials.merged.borrow_mut() = Some(Merged { change: change.name, dossier, bytes });
            }
            // Refused for a named reason, and so not changed: the gate will come upon the same.
            Ok(Err(refused)) if !matches!(refused, Ok(Err(DossierError::Poisoned))) => {
                self.take_in_hand(household, dossier);
            }
            _ => {
                trials.failed.borrow_mut().insert(change.name, Code::Poisoned);
            }
        }
        Ok(())
    }

    /// Tries all changes of one household on a copy: together first, one by one when that fails. Says which failed.
    fn try_several(&self, household: HouseholdId, changes: &[Kept]) -> Result<BTreeMap<EntryName, Code>> {
        let base = self.dossier(household)?;
        let mut failed = BTreeMap::new();
        if try_on(&base, changes) {
            return Ok(failed);
        }
        let mut good: Vec<Kept> = Vec::new();
        for change in changes {
            good.push(change.clone());
            if !try_on(&base, &good) {
                good.pop();
                failed.insert(change.name, Code::Poisoned);
            }
        }
        Ok(failed)
    }
}

/// Whether a dossier takes these changes without a panic and still reads back. Changes refused for a named reason are
/// not what this looks for.
fn try_on(base: &Dossier, changes: &[Kept]) -> bool {
    catch_unwind(AssertUnwindSafe(|| {
        let mut dossier = base.clone();
        for change in changes {
            if let Ok(Err(DossierError::Poisoned)) = dossiers::take_in(&mut dossier, change) {
                return false;
            }
        }
        dossier.write_sound().is_some()
    }))
    .unwrap_or(false)
}
