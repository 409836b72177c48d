//! Notes for successors, and which of them were taken over.

use crate::entries::Kept;
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::entry::About;
use lianhu_core::handover::{HandoverNote, HandoverTaken};
use rusqlite::params;

impl Tx<'_> {
    pub(super) fn project_handover_note(&self, kept: &Kept) -> Result<()> {
        let Some(household) = kept.entry.about.household() else { return Ok(()) };
        let note: HandoverNote = kept.body()?;
        self.run(
            "insert or replace into handover_note (entry, household, giver, receiver, advice, day, number) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                kept.name.0,
                household.bytes(),
                kept.entry.user.bytes(),
                note.to.map(|user| user.bytes().to_vec()),
                note.advice,
                kept.entry.at.day().0,
                kept.number.map(u64::cast_signed)
            ],
        )
        .map(drop)
    }

    pub(super) fn project_handover_taken(&self, kept: &Kept) -> Result<()> {
        let About::Cadre(giver) = kept.entry.about else { return Ok(()) };
        let taken: HandoverTaken = kept.body()?;
        let sql = "insert or ignore into handover_taken (note, giver, taker, day) values (?1, ?2, ?3, ?4)";
        taken.notes.iter().try_for_each(|note| {
            let params = params![note.0, giver.bytes(), kept.entry.user.bytes(), kept.entry.at.day().0];
            self.run(sql, params).map(drop)
        })
    }
}
