//! Drafts: a visit begun is on disk with every tap, until it is saved or let go.

use crate::author::Writing;
use crate::error::Result;
use crate::store::Ledger;
use lianhu_core::day::Moment;
use lianhu_core::entry::About;
use lianhu_core::ids::{EntryId, HouseholdId};
use rusqlite::params;

/// A visit begun and not saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub id: EntryId,
    /// Of which household.
    pub household: HouseholdId,
    /// What was filled in so far, as the form keeps it.
    pub body: String,
    /// When it was last touched.
    pub saved_at: Moment,
}

impl Ledger {
    /// Keeps a draft; the same id again replaces it. It is on disk when this returns.
    pub fn save_draft(&mut self, id: Option<EntryId>, household: HouseholdId, body: &str) -> Result<EntryId> {
        let now = self.around.now();
        self.transact(|tx| {
            let known = id.map(|id| tx.one("select 1 from draft where id = ?1", [id.0], |_| Ok(())));
            if !matches!(known, Some(Ok(Some(())))) {
                tx.check_may_write(About::Household(household))?;
            }
            let id = id.unwrap_or_else(|| EntryId::mint(tx.around));
            tx.run(
                "insert or replace into draft (id, household, body, saved_at) values (?1, ?2, ?3, ?4)",
                params![id.0, household.bytes(), body, now.0],
            )?;
            Ok(id)
        })
    }

    /// All drafts, the newest first.
    pub fn drafts(&self) -> Result<Vec<Draft>> {
        let sql = "select id, household, body, saved_at from draft order by saved_at desc, id";
        self.look().all(sql, [], |row| {
            let (id, household): (Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?);
            let broken = || rusqlite::Error::InvalidQuery;
            Ok(Draft {
                id: EntryId::from_slice(&id).ok_or_else(broken)?,
                household: HouseholdId::from_slice(&household).ok_or_else(broken)?,
                body: row.get(2)?,
                saved_at: Moment(row.get(3)?),
            })
        })
    }

    /// Lets a draft go.
    pub fn discard_draft(&mut self, id: EntryId) -> Result<bool> {
        self.transact(|tx| Ok(tx.run("delete from draft where id = ?1", [id.0])? > 0))
    }
}

impl Writing<'_> {
    /// Lets a draft go in the same act as what becomes of it: a battery that dies in between leaves neither a visit with its
    /// draft, which would be saved a second time, nor a draft lost without its visit. What is written about its household from
    /// here on, in this act, was begun with it: it is kept even if the household was taken back meanwhile.
    pub fn finish(&self, draft: EntryId) -> Result<()> {
        let found =
            self.0.one("select household from draft where id = ?1", [draft.0], |row| row.get::<_, Vec<u8>>(0))?;
        self.0.begun.set(found.and_then(|household| HouseholdId::from_slice(&household)));
        self.0.run("delete from draft where id = ?1", [draft.0]).map(drop)
    }
}
