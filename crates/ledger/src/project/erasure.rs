//! Erasures into rows: which households are gone by which directive, and the counts they leave behind.

use crate::entries::Kept;
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::directive::{Erasure, LawfulCount};
use rusqlite::params;

impl Tx<'_> {
    /// With its number it takes effect: everything of the household that lies here goes.
    pub(super) fn project_erasure(&self, kept: &Kept) -> Result<()> {
        let Erasure { household, .. } = kept.body()?;
        self.run(
            "insert into erased (household, entry, number) values (?1, ?2, ?3) on conflict (household) do update set \
             entry = min(entry, excluded.entry), number = coalesce(min(number, excluded.number), number, excluded.number)",
            params![household.bytes(), kept.name.0, kept.number.map(u64::cast_signed)],
        )?;
        match kept.number {
            Some(number) => self.erase(household, number),
            None => Ok(()),
        }
    }

    pub(super) fn project_lawful_count(&self, kept: &Kept) -> Result<()> {
        let LawfulCount { days } = kept.body()?;
        for count in days {
            self.run(
                "insert or replace into lawful_count (entry, about, day, visits, needs) values (?1, ?2, ?3, ?4, ?5)",
                params![kept.name.0, kept.entry.about.key(), count.day.0, count.visits, count.needs],
            )?;
        }
        Ok(())
    }
}
