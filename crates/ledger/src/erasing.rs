//! Erasing a household by law: at the county and on every device that has it, everything that was written about it goes,
//! with the numbered directive that says so; names and numbers stay, so that chains can still be walked, and counts that
//! say nothing of anybody (docs/decisions/0017-erasure.md).

use crate::author::Writing;
use crate::error::{LedgerError, Result};
use crate::household_keys::HouseholdKeys;
use crate::scope::Point;
use crate::store::{Ledger, Tx};
use lianhu_core::day::{Day, Moment};
use lianhu_core::directive::{DayCount, Erasure, LawfulCount, ground};
use lianhu_core::entry::{About, Entry, Source, kind};
use lianhu_core::envelope::Sealed;
use lianhu_core::ids::{DeviceId, EntryName, HouseholdId, PlaceId, UserId};
use lianhu_core::trace::act;
use rusqlite::params;
use std::collections::BTreeMap;

/// Under this stands 1 when a card was taken out of a backup in this opening, until what was held with it is looked at.
const TOOK_OUT: &str = "took_out";
/// Up to which directive the person was told what was erased.
const TOLD: &str = "erased_told";

/// A household that was erased, or is about to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasedRow {
    /// Which.
    pub household: HouseholdId,
    /// On what ground.
    pub ground: String,
    /// The number of the directive; nothing while the county has not numbered it.
    pub number: Option<u64>,
    /// On which day it was decided, by the clock of whoever did.
    pub day: Day,
    /// Whether anything of it lay here.
    pub was_here: bool,
    /// Whether the person of this ledger has decided it.
    pub own: bool,
}

/// Something came for a household after it was erased. Its content is nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CameAfter {
    /// Which household.
    pub household: HouseholdId,
    /// From which device.
    pub device: DeviceId,
    /// Whose.
    pub user: UserId,
    /// When first.
    pub at: Moment,
}

impl Writing<'_> {
    /// Erases a household by law: takes effect, here and everywhere, with the county's number. Leaves a trace that holds
    /// the reason in words.
    pub fn erase(&self, household: HouseholdId, ground: &str, reason: &str) -> Result<EntryName> {
        if self.0.erasure_of(household)?.is_some() {
            return Err(LedgerError::Erased);
        }
        let body = Erasure { household, ground: ground.to_owned() };
        let directive = self.record(About::County, kind::ERASURE, Source::Office, &body)?;
        self.trace(&format!("{} {ground}", act::ERASE), About::Household(household), reason)?;
        Ok(directive)
    }
}

impl Ledger {
    /// The households that were erased or are about to be, newest first.
    pub fn erased(&self) -> Result<Vec<ErasedRow>> {
        let tx = self.look();
        let sql = "select household, number, entry, exists (select 1 from erased_entry where about = cast(x'68' || household as blob)) from erased \
                   order by number is not null, number desc";
        let rows = tx.all(sql, [], |row| {
            let number = row.get::<_, Option<i64>>(1)?.map(i64::cast_unsigned);
            Ok((row.get::<_, Vec<u8>>(0)?, number, crate::entries::name_of(row, 2)?, row.get(3)?))
        })?;
        let (me, mut erased) = (tx.identity()?.user, Vec::new());
        for (id, number, entry, was_here) in rows {
            let (Some(household), Some(kept)) = (HouseholdId::from_slice(&id), tx.entry(entry)?) else { continue };
            let Erasure { ground, .. } = kept.body()?;
            let own = kept.entry.user == me;
            erased.push(ErasedRow { household, ground, number, day: kept.entry.at.day(), was_here, own });
        }
        Ok(erased)
    }

    /// Erased households of which something lay here, and which the person has not been told of yet: directive and day.
    pub(crate) fn erased_untold(&self) -> Result<Vec<ErasedRow>> {
        let told = self.look().meta::<i64>(TOLD)?.unwrap_or(0).cast_unsigned();
        let mut erased = self.erased()?;
        erased.retain(|row| row.was_here && !row.own && row.number.is_some_and(|number| number > told));
        Ok(erased)
    }

    /// The person has been told of all that was erased so far.
    pub fn note_erased(&mut self) -> Result<()> {
        let newest = self.erased()?.iter().filter_map(|row| row.number).max().unwrap_or(0);
        self.transact(|tx| {
            tx.set_meta(TOLD, newest.cast_signed())?;
            // Whoever shows it asks anew.
            tx.touch(About::County);
            Ok(())
        })
    }

    /// What came for erased households since (county).
    pub fn came_after_erasure(&self) -> Result<Vec<CameAfter>> {
        let sql = "select household, device, user, at from after_erasure order by at, household, device";
        self.look().all(sql, [], |row| {
            let broken = || rusqlite::Error::InvalidQuery;
            let (household, device, user): (Vec<u8>, Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(CameAfter {
                household: HouseholdId::from_slice(&household).ok_or_else(broken)?,
                device: DeviceId::from_slice(&device).ok_or_else(broken)?,
                user: UserId::from_slice(&user).ok_or_else(broken)?,
                at: Moment(row.get(3)?),
            })
        })
    }

    /// Takes out what a backup from before an erasure still holds of it.
    pub(crate) fn forget_erased(&mut self) -> Result<()> {
        let erased = self.keys.as_ref().map(HouseholdKeys::all_erased).unwrap_or_default();
        for (household, number) in erased {
            let tx = self.look();
            let held = "select 1 from entry where about = ?1 limit 1";
            let held = tx.one(held, [About::Household(household).key()], |_| Ok(()))?.is_some();
            let aside = "select 1 from quarantine where substr(bytes, 2, 16) = ?1 limit 1";
            if held || tx.one(aside, [household.bytes()], |_| Ok(()))?.is_some() {
                self.transact(|tx| {
                    tx.erase(household, number)?;
                    tx.set_meta(TOOK_OUT, 1)
                })?;
            }
        }
        Ok(())
    }

    /// What somebody held only through a card that was taken out of a backup, they hold no longer. A backup comes without the
    /// tables that say what was one with what: so it is looked at once they are made.
    pub(crate) fn end_what_went_with_it(&mut self) -> Result<()> {
        if self.look().meta::<i64>(TOOK_OUT)? != Some(1) {
            return Ok(());
        }
        self.transact(|tx| {
            let sql = "select distinct about from scope where until is null and about between x'68' and x'69'";
            let held = tx.all(sql, [], |row| row.get::<_, Vec<u8>>(0))?;
            let held: Vec<_> = held.iter().filter_map(|key| About::from_key(key)?.household()).collect();
            tx.rescope_without(&held, Point { number: tx.top()? + 1, at: tx.around.now() })?;
            tx.set_meta(TOOK_OUT, 0)
        })
    }

    /// Destroys the keys of all that was erased. What fails is tried again after the next act, and at the next start.
    pub(crate) fn destroy_keys(&mut self) {
        if self.key_left {
            self.key_left = self.destroy_keys_left().is_err();
        }
    }

    fn destroy_keys_left(&self) -> Result<()> {
        let Some(keys) = &self.keys else { return Ok(()) };
        let sql = "select household, number from erased where number is not null";
        let erased = self.look().all(sql, [], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?)))?;
        let read = |(id, number): (Vec<u8>, i64)| Some((HouseholdId::from_slice(&id)?, number.cast_unsigned()));
        let left: Vec<_> = erased.into_iter().filter_map(read).filter(|(id, _)| keys.erased(*id).is_none()).collect();
        keys.destroy(&left)
    }
}

impl Tx<'_> {
    /// The number of the directive by which a household was erased: as told here, or as the file of keys remembers.
    pub(crate) fn erased_by(&self, household: HouseholdId) -> Result<Option<u64>> {
        if let Some(number) = self.keys.and_then(|keys| keys.erased(household)) {
            return Ok(Some(number));
        }
        Ok(self.erasure_of(household)?.flatten())
    }

    /// Whether there is a directive that erases it, and its number once it has one.
    fn erasure_of(&self, household: HouseholdId) -> Result<Option<Option<u64>>> {
        let sql = "select number from erased where household = ?1";
        let number = self.one(sql, [household.bytes()], |row| row.get::<_, Option<i64>>(0))?;
        Ok(number.map(|number| number.map(i64::cast_unsigned)))
    }

    /// Takes everything of a household out of this ledger.
    pub(crate) fn erase(&self, household: HouseholdId, directive: u64) -> Result<()> {
        let about = About::Household(household);
        let is_county = self.identity()?.is_county;
        let counts = if is_county { self.lawful_count(household)? } else { None };
        let mut gone =
            if is_county { self.erase_aside(household, directive)? } else { self.part_with(household, directive)? };
        gone += self.run(
            "insert or ignore into erased_entry (name, number, about, kind, device, envelope, directive) \
             select name, number, about, kind, device, envelope, ?2 from entry where about = ?1",
            params![about.key(), directive.cast_signed()],
        )?;
        if directive > 0 {
            let sql = "update erased_entry set directive = ?2 where about = ?1 and directive = 0";
            self.run(sql, params![about.key(), directive.cast_signed()])?;
        }
        gone += self.run("delete from draft where household = ?1", [household.bytes()])?;
        let cards = self.cards_of(household)?;
        self.drop_household(household)?;
        let sql = "update scope set until = coalesce(until, ?2), moved = coalesce(until, ?2), excluded_count = 0, excluded_sum = zeroblob(16) where about = ?1";
        // A backup may be older than the directive, which comes anew behind all that it holds: whoever has heard up to here has
        // not heard of it.
        let is_lost = is_county && self.erasure_of(household)?.flatten().is_none();
        let ended = if is_lost { self.top()? + 1 } else { directive };
        self.run(sql, params![about.key(), ended.cast_signed()])?;
        if is_county {
            let others: Vec<_> = cards.into_iter().filter(|card| *card != household).collect();
            self.rescope_without(&others, Point { number: ended, at: self.around.now() })?;
        }
        self.erases.set(true);
        if gone > 0 {
            self.set_meta("forgotten", self.meta::<i64>("forgotten")?.unwrap_or(0) + 1)?;
            self.touch(about);
        }
        if let Some((place, counts)) = counts {
            self.write_entry(place, kind::LAWFUL_COUNT, Source::Office, minicbor::to_vec(counts).unwrap_or_default())?;
            self.settle_own()?;
        }
        Ok(())
    }

    /// What stands in quarantine about it, and what names it without being readable.
    fn erase_aside(&self, household: HouseholdId, directive: u64) -> Result<usize> {
        let sql = "select id, bytes from quarantine where instr(bytes, ?1) > 0";
        let names = self.all(sql, [household.bytes()], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
        let mut gone = 0;
        for (id, bytes) in names {
            // A trace or a directive that names it says nothing of it, and stays as those do that were numbered.
            if crate::gate::read(&bytes).is_ok_and(|entry| entry.about.household().is_none()) {
                continue;
            }
            // Its envelope names it still; without its name here it would seem to have been taken away.
            self.run(
                "insert or ignore into erased_entry (name, about, kind, device, envelope, directive) \
                 select quarantine.name, ?2, 0, quarantine.device, (select id from envelope where envelope.name = quarantine.envelope), ?3 \
                 from quarantine where id = ?1",
                params![id, About::Household(household).key(), directive.cast_signed()],
            )?;
            gone += self.run("delete from quarantine where id = ?1", [id])?;
        }
        Ok(gone)
    }

    /// What it has added to figures so far: the days of its visits and needs, and its village.
    fn lawful_count(&self, household: HouseholdId) -> Result<Option<(About, LawfulCount)>> {
        let mut days: BTreeMap<i32, DayCount> = BTreeMap::new();
        let mut add = |sql: &str, put: fn(&mut DayCount, u32)| -> Result<()> {
            for (day, count) in self.all(sql, [household.bytes()], |row| Ok((row.get::<_, i32>(0)?, row.get(1)?)))? {
                put(days.entry(day).or_insert(DayCount { day: Day(day), visits: 0, needs: 0 }), count);
            }
            Ok(())
        };
        let visits = "select day, count(*) from visit where household = ?1 and struck = 0 group by day";
        add(visits, |day, count| day.visits = count)?;
        let needs = "select raised_on, count(*) from need where household = ?1 group by raised_on";
        add(needs, |day, count| day.needs = count)?;
        let sql = "select village from household where id = ?1";
        let village = self.one(sql, [household.bytes()], |row| row.get::<_, Option<Vec<u8>>>(0))?.flatten();
        let place = village.and_then(|id| PlaceId::from_slice(&id)).map_or(About::County, About::Place);
        let days: Vec<DayCount> = days.into_values().collect();
        Ok((!days.is_empty()).then_some((place, LawfulCount { days })))
    }

    /// Takes a household out of the own envelopes kept here. One that waits is given up, and the rest of it sealed anew;
    /// one with a receipt cannot be sent again, and what lay in it alone is sealed anew too.
    fn part_with(&self, household: HouseholdId, directive: u64) -> Result<usize> {
        let (about, me) = (About::Household(household), self.identity()?);
        let sql = "select id, receipt is null, sealed, exists (select 1 from entry where entry.envelope = envelope.id and entry.about = ?2) \
                   from envelope where device = ?1 and length(header) > 0 order by id";
        let rows = self.all(sql, params![me.device.bytes(), about.key()], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, bool>(1)?,
                row.get::<_, Option<Vec<u8>>>(2)?,
                row.get::<_, bool>(3)?,
            ))
        })?;
        let mut parted = 0;
        for (id, waits, sealed, mut speaks) in rows {
            let mut rest = Vec::new();
            let whole = sealed.and_then(|bytes| minicbor::decode::<Sealed>(&bytes).ok());
            for bytes in whole.into_iter().flat_map(|whole| whole.entries) {
                let name = EntryName::of(&bytes);
                match Entry::read(&bytes) {
                    Ok(entry) if entry.about == about => {
                        speaks = true;
                        self.run(
                            "insert or ignore into erased_entry (name, about, kind, device, envelope, directive) values (?1, ?2, ?3, ?4, ?5, ?6)",
                            params![name.0, about.key(), entry.kind, entry.device.bytes(), id, directive.cast_signed()],
                        )?;
                    }
                    _ if !self.has_entry(name)? => rest.push(Vec::from(bytes)),
                    _ => {}
                }
            }
            if !speaks {
                continue;
            }
            parted += 1;
            if waits {
                self.let_go(id)?;
            } else {
                self.run("update envelope set sealed = null where id = ?1", [id])?;
            }
            self.keep_sealed_anew(rest)?;
        }
        Ok(parted)
    }

    /// Whether something came for an erased household: nothing of it is taken in, and that it came is noted.
    pub(crate) fn came_after(&self, subject: Option<HouseholdId>, device: DeviceId, user: UserId) -> Result<bool> {
        let Some(household) = subject else { return Ok(false) };
        if self.erased_by(household)?.is_none() {
            return Ok(false);
        }
        let noted = self.run(
            "insert or ignore into after_erasure (household, device, user, at) values (?1, ?2, ?3, ?4)",
            params![household.bytes(), device.bytes(), user.bytes(), self.around.now().0],
        )?;
        if noted > 0 {
            // The office's own devices hear of it by a trace.
            self.trace(act::AFTER_ERASURE, About::Household(household), "")?;
            self.settle_own()?;
        }
        Ok(true)
    }

    /// After a restore the county says again what the backup has not heard of.
    pub(crate) fn erase_again(&self) -> Result<()> {
        for (household, _) in self.keys.map(HouseholdKeys::all_erased).unwrap_or_default() {
            if self.erasure_of(household)?.flatten().is_none() {
                let body = Erasure { household, ground: ground::RESTORED.to_owned() };
                let body = minicbor::to_vec(body).unwrap_or_default();
                self.write_entry(About::County, kind::ERASURE, Source::Office, body)?;
            }
        }
        self.settle_own()
    }
}
