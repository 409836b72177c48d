//! Handing over: what is no longer entrusted is read-only until all of it has arrived, then it is forgotten.

use crate::entries::standing;
use crate::error::Result;
use crate::store::{Ledger, Tx};
use lianhu_core::entry::About;
use lianhu_core::ids::HouseholdId;
use rusqlite::params;

impl Tx<'_> {
    /// Forgets every household whose grant has ended and of which nothing is waiting here any more.
    pub(crate) fn forget_ended(&self) -> Result<()> {
        let me = self.identity()?;
        let sql = "select about from scope where user = ?1 and until is not null";
        for key in self.all(sql, [me.user.bytes()], |row| row.get::<_, Vec<u8>>(0))? {
            if let Some(household) = About::from_key(&key).and_then(|about| about.household())
                && self.is_all_handed_over(household)?
            {
                self.forget(household)?;
            }
        }
        Ok(())
    }

    /// Whether every own entry has its number or stands acknowledged in quarantine, for good, and no draft is open.
    fn is_all_handed_over(&self, household: HouseholdId) -> Result<bool> {
        let waiting =
            "select 1 from entry where about = ?1 and number is null and standing = ?2 and device = ?3 limit 1";
        let me = self.identity()?;
        let params = params![About::Household(household).key(), standing::LIVING, me.device.bytes()];
        let waiting = self.one(waiting, params, |_| Ok(()))?.is_some();
        let draft =
            self.one("select 1 from draft where household = ?1 limit 1", [household.bytes()], |_| Ok(()))?.is_some();
        Ok(!waiting && !draft && !self.may_be_said_again(About::Household(household))?)
    }

    /// Removes every trace of a household from this device.
    fn forget(&self, household: HouseholdId) -> Result<()> {
        let about = About::Household(household).key();
        let held = self.one("select 1 from entry where about = ?1 limit 1", [&about], |_| Ok(()))?.is_some();
        if !held {
            return Ok(());
        }
        self.note_let_go(household)?;
        self.keep_sealed(About::Household(household))?;
        self.drop_household(household)?;
        self.run("update scope set excluded_count = 0, excluded_sum = zeroblob(16) where about = ?1", [&about])?;
        self.set_meta("forgotten", self.meta::<i64>("forgotten")?.unwrap_or(0) + 1)?;
        self.touch(About::Household(household));
        Ok(())
    }

    /// Takes the entries of a household out of the ledger, and out of every table they added up to.
    pub(crate) fn drop_household(&self, household: HouseholdId) -> Result<()> {
        let about = About::Household(household).key();
        let joined = self.joining_around(&[household])?;
        let digest = self.digest(&about)?;
        let all = About::Everything.key();
        let total = self.digest(&all)?.minus(digest);
        self.put_digest(&all, total)?;
        self.run("delete from digest where about = ?1", [&about])?;
        for table in [
            "dossier",
            "person",
            "conflict",
            "approval",
            "search_key",
            "joining",
            "joined",
            "joined_person",
            "apart",
            "alike_key",
            "visit",
            "visit_tally",
            "need",
            "promise",
            "question",
            "need_step",
            "strike",
            "amends",
            "handover_note",
            "sample_opened",
        ] {
            self.run(&format!("delete from {table} where household = ?1"), [household.bytes()])?;
        }
        self.in_hand.borrow_mut().remove(&household);
        self.run("delete from household where id = ?1", [household.bytes()])?;
        self.run("delete from granted where about = ?1", [&about])?;
        self.run("delete from older_wanted where about = ?1", [&about])?;
        self.run("delete from entry where about = ?1", [&about])?;
        let others: Vec<_> = joined.into_iter().filter(|other| *other != household).collect();
        self.settle_joins(&others)?;
        // Whoever was counted on it, or with it, is counted on the cards that are left.
        others.into_iter().try_for_each(|other| self.describe_anew(other))
    }
}

impl Ledger {
    /// Whether something was forgotten or erased of which the last bytes may still lie in the file.
    pub fn has_forgotten(&self) -> Result<bool> {
        Ok(self.look().meta::<i64>("forgotten")?.unwrap_or(0) > 0)
    }

    /// Gives the room of forgotten households back to the disk, and with it the last of their bytes.
    pub fn vacuum_if_forgotten(&mut self) -> Result<bool> {
        if !self.has_forgotten()? {
            return Ok(false);
        }
        self.conn.execute_batch("vacuum; pragma wal_checkpoint(truncate);")?;
        self.transact(|tx| tx.set_meta("forgotten", 0))?;
        Ok(true)
    }
}
