//! Samples 样本: drawn by lot from an inspector's own words, and opened one by one for the visit on foot. Both are noted by the
//! county's own hand, an opening with the household itself, so that whoever looks after it hears of it.

use crate::author::Writing;
use crate::error::Result;
use crate::inspected::villages_of;
use crate::inspections::{InspectionRow, Stage};
use crate::store::{Ledger, Tx};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::{EntryName, HouseholdId};
use lianhu_core::inspection::{MOST_A_DRAW, MOST_SAMPLES, SampleDrawn, SampleOpened, WORDS};
use lianhu_core::lot::{HouseholdCode, list_hash};
use lianhu_core::trace::{OFFICE, act};
use std::collections::BTreeSet;

/// Why nothing was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotDrawn {
    /// The inspection is over, or has not begun.
    NotRunning,
    /// Too few words of their own, or too many.
    Words,
    /// None, or more than one draw may give, or than the inspection has left.
    TooMany,
    /// There is no such group of villages.
    NoSuchPlace,
    /// All that could be drawn has been.
    NobodyLeft,
}

/// Why nothing was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotOpened {
    /// The inspection is over, or has not begun.
    NotRunning,
    /// It was not drawn, or is no longer kept.
    NotDrawn,
}

/// What is shown of a drawn household, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedSample {
    /// What stands in its place elsewhere.
    pub code: HouseholdCode,
    /// 户主.
    pub head: String,
    /// Where it is to be found, from the county down to the door.
    pub address: String,
    /// Its telephone number; none where none is written down.
    pub phone: Option<String>,
}

impl Ledger {
    /// Draws so many households of the group of villages of this [name](lianhu_core::outside::Group::name), or of all, by
    /// these words.
    pub fn draw_samples(
        &mut self,
        row: &InspectionRow,
        group: Option<&str>,
        wanted: u32,
        words: &str,
    ) -> Result<std::result::Result<EntryName, NotDrawn>> {
        let (words, today) = (words.trim(), self.now().day());
        self.transact(|tx| {
            let drawn = tx.draw_samples(row, group, wanted, words, today)?;
            tx.settle_own()?;
            Ok(drawn)
        })
    }

    /// Opens a drawn sample: what is shown is noted before it is.
    pub fn open_sample(
        &mut self,
        row: &InspectionRow,
        code: &HouseholdCode,
    ) -> Result<std::result::Result<OpenedSample, NotOpened>> {
        let today = self.now().day();
        self.transact(|tx| {
            // As it stands now: it may have ended while the form was on its way.
            let Some(row) = tx.inspection(row.entry)?.filter(|row| row.stage(today) == Stage::Running) else {
                return Ok(Err(NotOpened::NotRunning));
            };
            let row = &row;
            let key = tx.inspection_key(row)?;
            let found = tx.samples(row.entry)?.into_iter().find(|sample| key.code(sample.household) == *code);
            let Some(sample) = found else { return Ok(Err(NotOpened::NotDrawn)) };
            let about = About::Household(sample.household);
            let body = SampleOpened { inspection: row.entry, team: row.inspection.team.clone(), day: today };
            Writing(tx).record(about, kind::SAMPLE_OPENED, Source::Office, &body)?;
            tx.trace(act::SAMPLE, about, &format!("{} {code}", row.inspection.team))?;
            tx.settle_own()?;
            Ok(Ok(tx.shown_sample(sample.household, code)?))
        })
    }
}

impl Tx<'_> {
    fn draw_samples(
        &self,
        row: &InspectionRow,
        group: Option<&str>,
        wanted: u32,
        words: &str,
        today: lianhu_core::day::Day,
    ) -> Result<std::result::Result<EntryName, NotDrawn>> {
        let Some(row) = self.inspection(row.entry)?.filter(|row| row.stage(today) == Stage::Running) else {
            return Ok(Err(NotDrawn::NotRunning));
        };
        let row = &row;
        // A control character could make two different words look alike to whoever draws again.
        if !WORDS.contains(&words.chars().count()) || words.chars().any(char::is_control) {
            return Ok(Err(NotDrawn::Words));
        }
        let draws = self.draws(row.entry)?;
        let given: usize = draws.iter().map(|(_, drawn)| drawn.households.len()).sum();
        let left = (MOST_SAMPLES as usize).saturating_sub(given);
        if wanted == 0 || wanted > MOST_A_DRAW || wanted as usize > left {
            return Ok(Err(NotDrawn::TooMany));
        }
        let listing = self.listing(row)?;
        let group = match group.map(|name| listing.group_named(name)) {
            None => None,
            Some(Some(at)) => Some(at),
            Some(None) => return Ok(Err(NotDrawn::NoSuchPlace)),
        };
        let places = group.and_then(|at| listing.groups().nth(at)).map(villages_of).unwrap_or_default();
        let mut before = BTreeSet::new();
        for (_, drawn) in &draws {
            for household in &drawn.households {
                before.insert(self.root_of(*household)?);
            }
        }
        let list: Vec<&HouseholdCode> = listing
            .codes(group)
            .filter(|code| listing.listed.get(*code).is_some_and(|(household, _)| !before.contains(household)))
            .collect();
        if list.is_empty() {
            return Ok(Err(NotDrawn::NobodyLeft));
        }
        let draw = u32::try_from(draws.len()).unwrap_or(u32::MAX).saturating_add(1);
        let lot = self.inspection_key(row)?.lot();
        let drawn = lot.draw(draw, words, list.iter().copied(), wanted as usize);
        let households = drawn.iter().filter_map(|code| listing.listed.get(*code)).map(|(household, _)| *household);
        let body = SampleDrawn {
            inspection: row.entry,
            draw,
            words: words.to_owned(),
            places,
            wanted,
            number: listing.number,
            listed: u32::try_from(list.len()).unwrap_or(u32::MAX),
            list: list_hash(list.iter().copied()),
            households: households.collect(),
        };
        Writing(self).record(OFFICE, kind::SAMPLE_DRAWN, Source::Office, &body).map(Ok)
    }

    fn shown_sample(&self, household: HouseholdId, code: &HouseholdCode) -> Result<OpenedSample> {
        let sql = "select head, phone, (select path from place where place.id = coalesce(present, origin)), building, unit, room \
                   from household where id = ?1";
        let found = self.one(sql, [household.bytes()], |row| {
            let door: [Option<String>; 3] = [row.get(3)?, row.get(4)?, row.get(5)?];
            Ok((row.get::<_, String>(0)?, row.get(1)?, row.get::<_, Option<String>>(2)?, door))
        })?;
        let Some((head, phone, path, door)) = found else {
            return Err(crate::error::LedgerError::NotFound("household"));
        };
        let door: Vec<String> = door.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        let said = self.dossier(household)?.statements("address").into_iter().next().map(|said| said.value);
        let said = match said {
            // A number typed into it is not where they live.
            Some(lianhu_core::scalar::Scalar::Text(said)) => Some(lianhu_core::mask::mask_certificates_in_text(&said)),
            _ => None,
        };
        let parts = [path.map(|path| path.replace('/', " ")), said, (!door.is_empty()).then(|| door.join("-"))];
        let address = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        Ok(OpenedSample { code: code.clone(), head, address, phone })
    }
}
