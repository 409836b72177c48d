//! The inspections of the county 督查, as its office sees them: running, coming and ended, and what was drawn and opened in each;
//! by household, never by person.

use crate::entries::{KEPT, Kept};
use crate::error::Result;
use crate::store::{Ledger, Tx};
use lianhu_core::day::Day;
use lianhu_core::ids::{EntryName, Hash, HouseholdId};
use lianhu_core::inspection::{Inspection, SampleDrawn};
use rusqlite::params;

/// An inspection and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectionRow {
    /// The entry that opened it.
    pub entry: EntryName,
    /// What was opened.
    pub inspection: Inspection,
    /// The county's number; without one the pass opens nothing yet.
    pub number: Option<u64>,
    /// The day on which it was ended early, if the county has numbered that.
    pub ended: Option<Day>,
    /// Whether an end of it waits for its number.
    pub ending: bool,
}

/// How an inspection stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The county has not numbered it.
    Waiting,
    /// Its first day is still to come.
    Coming,
    /// Its pass opens the pages.
    Running,
    /// It is over.
    Ended,
}

/// A household that was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleRow {
    /// Which: the card it is shown on now.
    pub household: HouseholdId,
    /// By which draw.
    pub draw: EntryName,
    /// How often it was opened.
    pub opened: u32,
}

impl InspectionRow {
    /// How it stands on this day.
    #[must_use]
    pub fn stage(&self, today: Day) -> Stage {
        if self.ended.is_some() || today > self.inspection.to {
            Stage::Ended
        } else if self.number.is_none() {
            Stage::Waiting
        } else if today < self.inspection.from {
            Stage::Coming
        } else {
            Stage::Running
        }
    }
}

impl Ledger {
    /// All inspections, the newest first.
    pub fn inspections(&self) -> Result<Vec<InspectionRow>> {
        let tx = self.look();
        let sql = "select entry from inspection order by number is not null, number desc";
        let entries = tx.all(sql, [], |row| crate::entries::name_of(row, 0))?;
        let rows = entries.into_iter().filter_map(|entry| tx.inspection(entry).transpose());
        rows.collect()
    }

    /// The inspection that this entry opened.
    pub fn inspection(&self, entry: EntryName) -> Result<Option<InspectionRow>> {
        self.look().inspection(entry)
    }

    /// The inspection whose pass has this hash.
    pub fn inspection_of_pass(&self, secret: Hash) -> Result<Option<InspectionRow>> {
        let tx = self.look();
        let sql = "select entry from inspection where secret = ?1 order by number is null, number limit 1";
        let entry = tx.one(sql, [secret.0], |row| crate::entries::name_of(row, 0))?;
        entry.map(|entry| tx.inspection(entry)).transpose().map(Option::flatten)
    }

    /// What was drawn in an inspection and is still kept, in the order of draws and lots, a household once.
    pub fn samples(&self, inspection: EntryName) -> Result<Vec<SampleRow>> {
        self.look().samples(inspection)
    }

    /// The draws of an inspection, in their order.
    pub fn draws(&self, inspection: EntryName) -> Result<Vec<(EntryName, SampleDrawn)>> {
        self.look().draws(inspection)
    }
}

impl Tx<'_> {
    pub(crate) fn inspection(&self, entry: EntryName) -> Result<Option<InspectionRow>> {
        let Some(kept) = self.living(entry)?.filter(|kept| kept.entry.kind == lianhu_core::entry::kind::INSPECTION)
        else {
            return Ok(None);
        };
        let sql = "select min(case when number is not null then day end), coalesce(max(number is null), 0) from inspection_end where inspection = ?1";
        let ends = self.one(sql, [entry.0], |row| Ok((row.get::<_, Option<i32>>(0)?, row.get::<_, bool>(1)?)))?;
        let (ended, waits) = ends.unwrap_or_default();
        let ended = ended.map(Day);
        let ending = waits && ended.is_none();
        Ok(Some(InspectionRow { entry, inspection: kept.body()?, number: kept.number, ended, ending }))
    }

    pub(crate) fn samples(&self, inspection: EntryName) -> Result<Vec<SampleRow>> {
        let sql = "select sample.household, sample.draw from sample join entry on entry.name = sample.draw \
                   where inspection = ?1 order by entry.number is null, entry.number, sample.place";
        let drawn =
            self.all(sql, [inspection.0], |row| Ok((row.get::<_, Vec<u8>>(0)?, crate::entries::name_of(row, 1)?)))?;
        let mut samples: Vec<SampleRow> = Vec::new();
        for (id, draw) in drawn {
            let Some(drawn) = HouseholdId::from_slice(&id) else { continue };
            // What was drawn as two and is one by now is one sample; what is no longer kept is none.
            let household = self.root_of(drawn)?;
            let is_kept = "select 1 from household where id = ?1";
            if samples.iter().any(|sample| sample.household == household)
                || self.erased_by(household)?.is_some()
                || self.one(is_kept, [household.bytes()], |_| Ok(()))?.is_none()
            {
                continue;
            }
            let mut opened = 0;
            for card in self.cards_of(household)? {
                let sql = "select count(*) from sample_opened where inspection = ?1 and household = ?2";
                opened += self.one(sql, params![inspection.0, card.bytes()], |row| row.get::<_, u32>(0))?.unwrap_or(0);
            }
            samples.push(SampleRow { household, draw, opened });
        }
        Ok(samples)
    }

    pub(crate) fn draws(&self, inspection: EntryName) -> Result<Vec<(EntryName, SampleDrawn)>> {
        let sql = format!(
            "select distinct {KEPT} from entry where name in (select draw from sample where inspection = ?1) and standing = 0 order by number is null, number"
        );
        let kept: Vec<Kept> = self.kept(&sql, [inspection.0])?;
        kept.into_iter().map(|kept| Ok((kept.name, kept.body()?))).collect()
    }
}
