//! The dossiers: merged from changes, cached, rebuilt whenever the cache cannot be trusted.

use crate::entries::{Kept, standing};
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::change::Change;
use lianhu_core::dossier::{Dossier, DossierError};
use lianhu_core::entry::{About, kind};
use lianhu_core::ids::HouseholdId;
use rusqlite::params;
use std::rc::Rc;

/// How many dossiers one act keeps at hand; each takes some 30 KB.
const MOST_IN_HAND: usize = 256;

impl Tx<'_> {
    /// The dossier of a household; an empty one if nothing was written yet.
    pub(crate) fn dossier(&self, household: HouseholdId) -> Result<Rc<Dossier>> {
        if let Some(dossier) = self.in_hand.borrow().get(&household) {
            return Ok(dossier.clone());
        }
        Ok(self.take_in_hand(household, self.stored_dossier(household)?))
    }

    /// The dossier of a household, to be written in and put back; what is not put back was never written.
    pub(crate) fn dossier_to_write(&self, household: HouseholdId) -> Result<Dossier> {
        let known = self.in_hand.borrow_mut().remove(&household);
        known.map_or_else(|| self.stored_dossier(household), |known| Ok(Rc::unwrap_or_clone(known)))
    }

    /// Whether anything of a household was merged here and not forgotten since.
    pub(crate) fn has_dossier(&self, household: HouseholdId) -> Result<bool> {
        let sql = "select 1 from dossier where household = ?1";
        Ok(self.one(sql, [household.bytes()], |_| Ok(()))?.is_some())
    }

    fn stored_dossier(&self, household: HouseholdId) -> Result<Dossier> {
        let bytes = self.one("select bytes from dossier where household = ?1", [household.bytes()], |row| {
            row.get::<_, Vec<u8>>(0)
        })?;
        match bytes {
            None => Ok(Dossier::default()),
            Some(bytes) => match Dossier::read(&bytes) {
                Ok(dossier) => Ok(dossier),
                Err(_) => self.dossier_from_changes(household, "1"),
            },
        }
    }

    pub(crate) fn put_dossier(&self, household: HouseholdId, dossier: Dossier) -> Result<Rc<Dossier>> {
        let bytes = dossier.write();
        self.put_written_dossier(household, dossier, &bytes)
    }

    /// Stores a dossier of which the bytes are known already.
    pub(crate) fn put_written_dossier(
        &self,
        household: HouseholdId,
        dossier: Dossier,
        bytes: &[u8],
    ) -> Result<Rc<Dossier>> {
        self.run(
            "insert into dossier (household, bytes) values (?1, ?2) on conflict (household) do update set bytes = excluded.bytes",
            params![household.bytes(), bytes],
        )?;
        Ok(self.take_in_hand(household, dossier))
    }

    /// Keeps a dossier at hand: reading one back costs a hundred times what a look does.
    pub(crate) fn take_in_hand(&self, household: HouseholdId, dossier: Dossier) -> Rc<Dossier> {
        let mut in_hand = self.in_hand.borrow_mut();
        if in_hand.len() >= MOST_IN_HAND {
            in_hand.clear();
        }
        let dossier = Rc::new(dossier);
        in_hand.insert(household, dossier.clone());
        dossier
    }

    /// Merges afresh all the changes of a household that meet a condition, those among them that were waiting for
    /// others; what still has to wait of the numbered ones is parked.
    pub(crate) fn merge_afresh(&self, household: HouseholdId, condition: &str) -> Result<Dossier> {
        let about = About::Household(household).key();
        let numbered = "about = ?1 and kind = ?2 and number is not null";
        let living = format!("update entry set standing = 0 where {numbered} and standing = 1");
        self.run(&living, params![about, kind::CHANGE])?;
        let dossier = self.dossier_from_changes(household, condition)?;
        for kept in self.entries(numbered, params![about, kind::CHANGE])? {
            if !dossier.knows(kept.name) {
                self.set_standing(kept.name, standing::PARKED, None)?;
            }
        }
        Ok(dossier)
    }

    /// Merges the living changes of a household that meet a condition, in whatever order they can be.
    pub(crate) fn dossier_from_changes(&self, household: HouseholdId, condition: &str) -> Result<Dossier> {
        let about = About::Household(household).key();
        let mut open =
            self.entries(&format!("about = ?1 and kind = ?2 and {condition}"), params![about, kind::CHANGE])?;
        let mut dossier = Dossier::default();
        loop {
            let before = open.len();
            let mut left = Vec::new();
            for kept in open {
                if let Err(DossierError::MissingDeps(_)) = take_in(&mut dossier, &kept)? {
                    left.push(kept);
                }
            }
            if left.is_empty() || left.len() == before {
                return Ok(dossier);
            }
            open = left;
        }
    }
}

/// Takes a change into a dossier.
pub(crate) fn take_in(dossier: &mut Dossier, kept: &Kept) -> Result<std::result::Result<(), DossierError>> {
    let change: Change = kept.body()?;
    let Some(household) = kept.entry.about.household() else { return Ok(Ok(())) };
    let actor = change.actor(household, kept.entry.user, kept.entry.device);
    Ok(dossier.apply(kept.name, actor, &change))
}
