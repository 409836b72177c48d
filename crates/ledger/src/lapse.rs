//! After the county was restored from a back-up: the device goes back to where both logs agree, withdraws the marks, and
//! hands in again what it wrote since. What others wrote since counts here only once the county has it again.

use crate::entries::{Kept, name_of, standing};
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::entry::{About, kind};
use lianhu_core::exchange::{Code, Digest, Reply};
use lianhu_core::ids::HouseholdId;
use rusqlite::params;
use std::collections::{BTreeMap, BTreeSet};

/// The end of what the county has not spoken of in this life of its log: no number is so low.
const NOT_TOLD: i64 = 0;

impl Tx<'_> {
    /// Follows the county into a new life of its log; says whether there was one to follow into.
    pub(crate) fn follow_epoch(&self, reply: &Reply) -> Result<bool> {
        let mut cursor = self.cursor()?;
        if cursor.epoch == Some(reply.epoch) {
            return Ok(false);
        }
        let went_back = cursor.epoch.is_some();
        if went_back {
            self.go_back_to(reply.base)?;
            cursor.cut_to(reply.base);
        }
        cursor.epoch = Some(reply.epoch);
        self.set_cursor(&cursor)?;
        Ok(went_back)
    }

    fn go_back_to(&self, base: u64) -> Result<()> {
        let me = self.identity()?;
        let number = base.cast_signed();
        self.withdraw_receipts(base)?;
        let lost = self.all("select name, about from entry where number > ?1", [number], |row| {
            Ok((name_of(row, 0)?, row.get::<_, Vec<u8>>(1)?))
        })?;
        self.run("update entry set number = null where number > ?1", [number])?;
        for (name, key) in &lost {
            for key in [key, &About::Everything.key()] {
                let digest = self.digest(key)?.minus(Digest::of(name));
                self.put_digest(key, digest)?;
            }
        }
        // What of its own lacked something that was damaged waits like the rest: the county may lack the same.
        self.run(
            "update entry set standing = ?2 where number is null and device = ?1 and standing = ?3",
            params![me.device.bytes(), standing::LIVING, standing::PARKED],
        )?;
        // What lies in no envelope of this device's own is sealed anew.
        self.run(
            "update entry set envelope = null where number is null and device = ?1 and envelope not in (select id from envelope where receipt is null)",
            [me.device.bytes()],
        )?;
        self.unsettle_erasures(number)?;
        // What was entrusted since is not known to the county any more, what has ended since never ended.
        self.run("update scope set until = null, moved = since where until > ?1", [number])?;
        self.run("update scope set until = ?2, moved = since where since > ?1", params![number, NOT_TOLD])?;
        self.set_meta("seen", self.meta::<i64>("seen")?.unwrap_or(0).min(number))?;
        // What the new life numbers behind this has not been told, though the old one had numbers as high.
        for told in ["samples_told", "erased_told"] {
            if let Some(upto) = self.meta::<i64>(told)? {
                self.set_meta(told, upto.min(number))?;
            }
        }
        self.wait_again()?;
        for (name, key) in lost {
            if let Some(kept) = self.entry(name)? {
                self.project(&kept)?;
            }
            if let Some(about) = About::from_key(&key) {
                self.touch(about);
            }
        }
        Ok(())
    }

    /// What was erased since waits for its directive to be numbered anew, and what was joined into it does too.
    fn unsettle_erasures(&self, base: i64) -> Result<()> {
        let sql = "select household from erased where number > ?1";
        let erased = self.all(sql, [base], |row| row.get::<_, Vec<u8>>(0))?;
        self.run("update erased set number = null where number > ?1", [base])?;
        self.run("update erased_entry set directive = 0 where directive > ?1", [base])?;
        // The new life gives these numbers to others.
        self.run("update erased_entry set number = null where number > ?1", [base])?;
        for household in erased.iter().filter_map(|id| HouseholdId::from_slice(id)) {
            self.settle_joins(&[household])?;
        }
        Ok(())
    }

    /// What was set aside in the life that was lost is waiting again like the rest; only what cannot be merged stays so.
    fn wait_again(&self) -> Result<()> {
        let sql = "select name from entry where standing = ?1 and number is null and code not in (?2, ?3, ?4)";
        let params = params![standing::ASIDE, Code::SeqTaken as i64, Code::SeqGap as i64, Code::Poisoned as i64];
        for name in self.all(sql, params, |row| name_of(row, 0))? {
            if let Some(kept) = self.entry(name)? {
                self.revive(&kept)?;
            }
        }
        Ok(())
    }

    /// Ends what the county was not heard to speak of although all was told: nothing of it can be written any more.
    /// Others' entries that it did not tell again count no longer; their bytes stay until their household is forgotten.
    /// A device that is shut out is told nothing: there it is only the changes that its own are built on.
    pub(crate) fn lapse(&self, is_told: bool) -> Result<()> {
        let me = self.identity()?;
        let sql = "select name, about, kind from entry where number is null and standing in (?1, ?2) and device <> ?3";
        let params = params![standing::LIVING, standing::PARKED, me.device.bytes()];
        let others =
            self.all(sql, params, |row| Ok((name_of(row, 0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, u16>(2)?)))?;
        let mut lapsed = false;
        let mut changed: BTreeSet<HouseholdId> = BTreeSet::new();
        let mut missed: BTreeMap<About, bool> = BTreeMap::new();
        for (name, key, kind) in others {
            let Some(about) = About::from_key(&key) else { continue };
            let is_missed = match missed.get(&about) {
                Some(known) => *known,
                None => self.is_missed(about)?,
            };
            missed.insert(about, is_missed);
            // What is being handed over stays as it was read, until it goes as a whole; unless own changes are built on it that
            // the county could not merge.
            if about.household().is_some() && self.is_ended(about)? && !is_missed {
                continue;
            }
            if !is_told && (kind != kind::CHANGE || !is_missed) {
                continue;
            }
            self.set_standing(name, standing::LAPSED, None)?;
            lapsed = true;
            changed.extend(about.household().filter(|_| kind == kind::CHANGE));
        }
        if lapsed {
            self.rebuild()?;
        }
        for household in changed {
            let waiting = "select 1 from entry where about = ?1 and kind = ?2 and device = ?3 and number is null and standing in (?4, ?5) limit 1";
            let about = About::Household(household).key();
            let params = params![about, kind::CHANGE, me.device.bytes(), standing::LIVING, standing::ASIDE];
            if self.one(waiting, params, |_| Ok(()))?.is_some() {
                self.replay(household)?;
            }
        }
        Ok(())
    }

    /// What stood aside and was let in is waiting like the rest. Says of which household it has to be said again, because what
    /// it is built on counts here no longer.
    pub(crate) fn wait_after_all(&self, kept: &Kept) -> Result<Option<HouseholdId>> {
        let aside = "select 1 from entry where name = ?1 and number is null and standing = ?2";
        if self.one(aside, params![kept.name.0, standing::ASIDE], |_| Ok(()))?.is_none() {
            return Ok(None);
        }
        self.revive(kept)?;
        let household = kept.entry.about.household().filter(|_| kept.entry.kind == kind::CHANGE);
        let Some(household) = household else { return Ok(None) };
        // What it is built on may stand aside itself, and come in after it.
        let lacks = !self.dossier(household)?.knows(kept.name) && !self.lacks(kept)?.is_empty();
        Ok(lacks.then_some(household))
    }

    fn is_ended(&self, about: About) -> Result<bool> {
        let ended = "select 1 from scope where user = ?1 and about = ?2 and until is not null";
        Ok(self.one(ended, params![self.identity()?.user.bytes(), about.key()], |_| Ok(()))?.is_some())
    }

    /// Takes an entry into the tables that stood aside, waited, lapsed or was said again, and counts now after all.
    pub(crate) fn revive(&self, kept: &Kept) -> Result<()> {
        self.set_standing(kept.name, standing::LIVING, None)?;
        match (kept.entry.kind, kept.entry.about.household()) {
            (kind::CHANGE, Some(household)) => {
                let dossier = self.put_dossier(household, self.merge_afresh(household, "1")?)?;
                self.project_household(household, &dossier)
            }
            _ => self.project(kept),
        }
    }
}
