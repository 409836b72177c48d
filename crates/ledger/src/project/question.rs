//! Questions that a newer roster leaves open: somebody is no longer named in it.

use crate::entries::Kept;
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::entry::kind;
use lianhu_core::record::{Absent, AbsentAnswer};
use rusqlite::params;

impl Tx<'_> {
    pub(super) fn project_absent(&self, kept: &Kept) -> Result<()> {
        let Some(household) = kept.entry.about.household() else { return Ok(()) };
        let absent: Absent = kept.body()?;
        self.run(
            "insert or ignore into question (entry, household, person, file) values (?1, ?2, ?3, ?4)",
            params![kept.name.0, household.bytes(), absent.person.map(|id| id.bytes().to_vec()), absent.file],
        )?;
        let about = kept.entry.about.key();
        for answer in self.entries("about = ?1 and kind = ?2", params![about, kind::ABSENT_ANSWER])? {
            self.project_answer(&answer)?;
        }
        Ok(())
    }

    pub(super) fn project_answer(&self, kept: &Kept) -> Result<()> {
        let answer: AbsentAnswer = kept.body()?;
        let Some(household) = kept.entry.about.household() else { return Ok(()) };
        let sql = "update question set answer = ?2 where entry = ?1 and household = ?3";
        self.run(sql, params![answer.question.0, answer.answer, household.bytes()])?;
        Ok(())
    }
}
