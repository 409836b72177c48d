//! Rebuilding: every table that is not durable, dropped and computed again from the entries.

use crate::error::Result;
use crate::store::{Ledger, Tx};
use lianhu_core::entry::{About, kind};
use lianhu_core::exchange::Digest;
use lianhu_core::ids::HouseholdId;
use rusqlite::params;
use std::collections::BTreeMap;

/// How many numbers are looked through at a time.
const STRETCH: i64 = 20_000;

/// The tables that entries alone add up to.
pub(crate) const REBUILT: [&str; 40] = [
    "dossier",
    "digest",
    "place",
    "cadre",
    "role",
    "role_kind",
    "county_row",
    "handover_note",
    "handover_taken",
    "team",
    "member",
    "device",
    "granted",
    "enrolment",
    "escrow",
    "inspection",
    "inspection_end",
    "sample",
    "sample_opened",
    "household",
    "person",
    "conflict",
    "approval",
    "confirmed_fact",
    "erased",
    "lawful_count",
    "joining",
    "joined",
    "joined_person",
    "apart",
    "alike_key",
    "search_key",
    "visit",
    "visit_tally",
    "amends",
    "strike",
    "need",
    "need_step",
    "promise",
    "question",
];

impl Ledger {
    /// Drops the rebuilt tables and computes them again.
    pub fn rebuild(&mut self) -> Result<()> {
        self.transact(|tx| tx.rebuild())
    }

    /// Everything in the rebuilt tables, row by row, for comparing two ledgers or before and after.
    pub fn dump_rebuilt(&self) -> Result<BTreeMap<String, Vec<String>>> {
        let mut dump = BTreeMap::new();
        for table in REBUILT.iter().chain(&["scope"]).filter(|table| **table != "dossier") {
            let mut query = self.conn.prepare(&format!("select * from {table}"))?;
            let columns = query.column_count();
            let rows = query.query_map([], |row| {
                let mut text = String::new();
                for at in 0..columns {
                    text.push_str(&format!("{:?}|", row.get::<_, rusqlite::types::Value>(at)?));
                }
                Ok(text)
            })?;
            let mut rows: Vec<String> = rows.collect::<rusqlite::Result<_>>()?;
            rows.sort_unstable();
            dump.insert((*table).to_owned(), rows);
        }
        dump.insert("dossier".to_owned(), self.look().dump_dossiers()?);
        Ok(dump)
    }
}

impl Tx<'_> {
    /// What the dossiers say; their bytes depend on the order in which changes came.
    fn dump_dossiers(&self) -> Result<Vec<String>> {
        let mut said = Vec::new();
        for id in self.all("select household from dossier order by household", [], |row| row.get::<_, Vec<u8>>(0))? {
            let Some(household) = HouseholdId::from_slice(&id) else { continue };
            for (key, statements) in self.dossier(household)?.all() {
                for mut statement in statements {
                    statement.entries.sort_unstable();
                    said.push(format!("{household} {key} {} {:?}", statement.value, statement.entries));
                }
            }
        }
        Ok(said)
    }

    pub(crate) fn rebuild(&self) -> Result<()> {
        self.in_hand.borrow_mut().clear();
        for table in REBUILT {
            self.run(&format!("delete from {table}"), [])?;
        }
        self.rebuild_digests()?;
        self.rebuild_dossiers()?;
        // In the order of the numbers: that is the order in which directives took effect. A stretch of them at a time, or
        // millions would lie in memory at once.
        let mut done: Option<i64> = None;
        loop {
            // Where a stretch ends is looked up: a county that is not one may have given any number whatever.
            let sql = "select max(number) from (select number from entry where number is not null and (?1 is null or number > ?1) order by number limit ?2)";
            let upto = self.one(sql, params![done, STRETCH], |row| row.get::<_, Option<i64>>(0))?.flatten();
            let Some(upto) = upto else { break };
            let stretch = "(?2 is null or number > ?2) and number <= ?3 and kind <> ?1";
            self.entries(stretch, params![kind::CHANGE, done, upto])?.iter().try_for_each(|kept| self.project(kept))?;
            done = Some(upto);
        }
        let unnumbered = self.entries("number is null and kind <> ?1", [kind::CHANGE])?;
        unnumbered.iter().try_for_each(|kept| self.project(kept))
    }

    fn rebuild_digests(&self) -> Result<()> {
        let mut sums: BTreeMap<Vec<u8>, Digest> = BTreeMap::new();
        let sql = "select name, about from entry where number is not null";
        for (name, about) in
            self.all(sql, [], |row| Ok((crate::entries::name_of(row, 0)?, row.get::<_, Vec<u8>>(1)?)))?
        {
            for key in [about, About::Everything.key()] {
                let sum = sums.entry(key).or_default();
                *sum = sum.plus(Digest::of(&name));
            }
        }
        sums.iter().try_for_each(|(about, sum)| self.put_digest(about, *sum))
    }

    fn rebuild_dossiers(&self) -> Result<()> {
        let sql = "select distinct about from entry where kind = ?1 and (standing = 0 or number is not null)";
        for key in self.all(sql, [kind::CHANGE], |row| row.get::<_, Vec<u8>>(0))? {
            let household: Option<HouseholdId> = About::from_key(&key).and_then(|about| about.household());
            if let Some(household) = household {
                let dossier = self.merge_afresh(household, "1")?;
                let dossier = self.put_dossier(household, dossier)?;
                self.project_household(household, &dossier)?;
            }
        }
        Ok(())
    }
}
