//! What became of needs: the furthest step counts (domain.md §5.1).

use crate::entries::Kept;
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::ids::EntryName;
use lianhu_core::record::NeedStep;
use rusqlite::params;

impl Tx<'_> {
    pub(super) fn project_need_step(&self, kept: &Kept) -> Result<()> {
        let step: NeedStep = kept.body()?;
        let Some(household) = kept.entry.about.household() else { return Ok(()) };
        self.run(
            "insert or ignore into need_step (visit, position, step, day, entry, household) values (?1, ?2, ?3, ?4, ?5, ?6)",
            params![step.visit.0, step.index, step.step, step.day.0, kept.name.0, household.bytes()],
        )?;
        self.need_reached(step.visit, i64::from(step.index))
    }

    /// Sets a need to the furthest step that anyone recorded about its household.
    pub(super) fn need_reached(&self, visit: EntryName, position: i64) -> Result<()> {
        self.run(
            "update need set step = coalesce((select max(step) from need_step where visit = ?1 and position = ?2 and household = need.household), 0) where root = ?1 and position = ?2",
            params![visit.0, position],
        )?;
        Ok(())
    }
}
