//! Inspections into rows: what was opened and ended, what was drawn, and which samples were opened.

use crate::entries::Kept;
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::inspection::{Inspection, InspectionEnd, SampleDrawn, SampleOpened};
use rusqlite::params;

impl Tx<'_> {
    pub(super) fn project_inspection(&self, kept: &Kept) -> Result<()> {
        // A version that did not know the kind let in whatever its body was.
        let Ok(inspection) = kept.body::<Inspection>() else { return Ok(()) };
        self.run(
            "insert or replace into inspection (entry, secret, number) values (?1, ?2, ?3)",
            params![kept.name.0, inspection.secret.0, kept.number.map(u64::cast_signed)],
        )
        .map(drop)
    }

    /// An end that came before what it ends stands and waits for it.
    pub(super) fn project_inspection_end(&self, kept: &Kept) -> Result<()> {
        let Ok(InspectionEnd { inspection, .. }) = kept.body() else { return Ok(()) };
        self.run(
            "insert or replace into inspection_end (entry, inspection, day, number) values (?1, ?2, ?3, ?4)",
            params![kept.name.0, inspection.0, kept.entry.at.day().0, kept.number.map(u64::cast_signed)],
        )
        .map(drop)
    }

    pub(super) fn project_sample_drawn(&self, kept: &Kept) -> Result<()> {
        let Ok(drawn) = kept.body::<SampleDrawn>() else { return Ok(()) };
        for (place, household) in drawn.households.iter().enumerate() {
            self.run(
                "insert or ignore into sample (inspection, household, draw, place) values (?1, ?2, ?3, ?4)",
                params![drawn.inspection.0, household.bytes(), kept.name.0, i64::try_from(place).unwrap_or(i64::MAX)],
            )?;
        }
        Ok(())
    }

    pub(super) fn project_sample_opened(&self, kept: &Kept) -> Result<()> {
        let Ok(SampleOpened { inspection, team, day }) = kept.body() else { return Ok(()) };
        let Some(household) = kept.entry.about.household() else { return Ok(()) };
        self.run(
            "insert or replace into sample_opened (entry, inspection, household, team, day, number) values (?1, ?2, ?3, ?4, ?5, ?6)",
            params![kept.name.0, inspection.0, household.bytes(), team, day.0, kept.number.map(u64::cast_signed)],
        )
        .map(drop)
    }
}
