//! Filling the tables directly, so that what millions of entries cost can be measured without writing each of them by
//! its own act. Only the bench calls this; no act of a person leads here.

use crate::entries::day_of;
use crate::error::{LedgerError, Result};
use crate::store::{Ledger, Tx};
use crate::visit_counts::stretch_of;
use lianhu_core::entry::{About, Entry, Source, kind};
use lianhu_core::exchange::{Cursor, Digest, Fill};
use lianhu_core::ids::{EntryId, EntryName, Hash, HouseholdId};
use lianhu_core::visit::Visit;
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeMap;

/// Indexes that are dropped while filling and made again at the end.
const INDEXES: [&str; 5] = ["entry_about", "entry_envelope", "visit_household", "visit_day", "need_household"];

impl Ledger {
    /// Writes so many numbered visits of every household in one stroke, their bodies taken in turn from a list; says how
    /// many there are. Entries are kept in the order of their names, which spreads households over the numbers.
    #[doc(hidden)]
    pub fn fill_with_visits(&mut self, each: u32, bodies: &[Visit]) -> Result<u64> {
        self.conn
            .execute_batch("pragma journal_mode = memory; pragma synchronous = off; pragma cache_size = -400000;")?;
        let filled = self.transact(|tx| {
            let mut indexes = Vec::new();
            for name in INDEXES {
                let sql = "select sql from sqlite_master where type = 'index' and name = ?1";
                indexes.extend(tx.conn.query_row(sql, [name], |row| row.get::<_, String>(0)).optional()?);
                tx.conn.execute_batch(&format!("drop index if exists {name}"))?;
            }
            let filled = tx.fill(each, bodies)?;
            indexes.iter().try_for_each(|sql| tx.conn.execute_batch(sql))?;
            Ok(filled)
        })?;
        self.conn.execute_batch("pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -32768;")?;
        Ok(filled)
    }

    /// Whether acts wait until they are on the disk. A bench that makes thousands of devices first need not.
    #[doc(hidden)]
    pub fn wait_for_the_disk(&self, wait: bool) -> Result<()> {
        Ok(self.conn.execute_batch(&format!("pragma synchronous = {};", if wait { "full" } else { "off" }))?)
    }

    /// Makes a device that holds everything believe it has read all the county has, without the entries.
    #[doc(hidden)]
    pub fn pretend_to_hold(&mut self, county: &Self) -> Result<()> {
        let there = county.look();
        let user = self.identity()?.user;
        let sql = "select about, since, moved from scope where user = ?1 and until is null order by since, about";
        let scope = there.all(sql, [user.bytes()], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
        })?;
        let Some((last, since, moved)) = scope.last().cloned() else { return Err(LedgerError::NotThis("known")) };
        let about = About::from_key(&last);
        let top = there.meta::<i64>("top")?.unwrap_or(0).cast_unsigned();
        let place = |number: i64| Fill { since: number.cast_unsigned(), about, upto: number.cast_unsigned() };
        let cursor = Cursor {
            epoch: Some(there.epoch()?),
            number: top,
            fill: place(since),
            grants: Fill { upto: 0, ..place(moved) },
            again: Vec::new(),
        };
        let all = there.digest(&About::Everything.key())?;
        self.transact(|tx| {
            for (about, since, moved) in &scope {
                tx.run(
                    "insert or replace into scope (user, about, since, moved) values (?1, ?2, ?3, ?4)",
                    params![user.bytes(), about, since, moved],
                )?;
            }
            tx.put_digest(&About::Everything.key(), all)?;
            tx.set_meta("seen", top.cast_signed())?;
            tx.set_meta("cursor", minicbor::to_vec(&cursor).unwrap_or_default())
        })
    }
}

impl Tx<'_> {
    fn fill(&self, each: u32, bodies: &[Visit]) -> Result<u64> {
        let me = self.identity()?;
        let households = self.all("select id from household order by id", [], |row| row.get::<_, Vec<u8>>(0))?;
        let packed: Vec<Vec<u8>> = bodies.iter().map(|body| minicbor::to_vec(body).unwrap_or_default()).collect();
        let about = |at: usize| {
            let id = households.get(at).and_then(|id| HouseholdId::from_slice(id));
            id.map_or(About::County, About::Household)
        };
        let turn = |at: usize, which: u32| (at * 31 + which as usize * 7) % bodies.len().max(1);
        let entry = |house: usize, which: u32| {
            let body = packed.get(turn(house, which)).cloned().unwrap_or_default();
            let hash = Hash::of(&[about(house).key().as_slice(), &which.to_be_bytes()]);
            let mut id = EntryId::default();
            id.0.iter_mut().zip(hash.0).for_each(|(to, from)| *to = from);
            let (user, device, at) = (me.user, me.device, self.around.now());
            let (source, mono) = (Source::Household, u64::from(which));
            Entry {
                v: 1,
                kind: kind::VISIT,
                about: about(house),
                id,
                user,
                device,
                at,
                mono,
                source,
                audience: None,
                body: body.into(),
            }
        };
        let mut order = Vec::new();
        for at in 0..households.len() {
            order.extend((0..each).map(|which| (entry(at, which).name(), at, which)));
        }
        order.sort_unstable();
        let mut number = self.meta::<i64>("top")?.unwrap_or(0);
        let envelope = self.one("select min(id) from envelope", [], |row| row.get::<_, Option<i64>>(0))?.flatten();
        let mut digests: BTreeMap<usize, Digest> = BTreeMap::new();
        let mut tallies: BTreeMap<(i32, &[u8]), i64> = BTreeMap::new();
        for (name, at, which) in &order {
            number += 1;
            let (entry, body) = (entry(*at, *which), bodies.get(turn(*at, *which)));
            self.fill_one(&entry, *name, number, envelope, body)?;
            let digest = digests.entry(*at).or_default();
            *digest = digest.plus(Digest::of(name));
            let house = households.get(*at).map(Vec::as_slice).unwrap_or_default();
            *tallies.entry((stretch_of(day_of(&entry)), house)).or_default() += 1;
        }
        for ((stretch, household), more) in tallies {
            self.run(
                "insert into visit_tally (stretch, household, visits) values (?1, ?2, ?3) on conflict (stretch, household) do update set visits = visits + excluded.visits",
                params![stretch, household, more],
            )?;
        }
        digests.into_iter().try_for_each(|(at, digest)| self.add_digest(about(at), digest))?;
        self.set_meta("top", number)?;
        Ok(order.len() as u64)
    }

    fn fill_one(
        &self,
        entry: &Entry,
        name: EntryName,
        number: i64,
        envelope: Option<i64>,
        body: Option<&Visit>,
    ) -> Result<()> {
        let Some((household, visit)) = entry.about.household().zip(body) else { return Ok(()) };
        self.run(
            "insert into entry (name, kind, about, user, device, day, number, envelope, bytes) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                name.0,
                entry.kind,
                entry.about.key(),
                entry.user.bytes(),
                entry.device.bytes(),
                visit.day.0,
                number,
                envelope,
                self.sealed(name, &entry.write(), Some(household))?
            ],
        )?;
        self.run(
            "insert into visit (root, entry, household, user, day, number, versions, struck, who_met, mode, next_on) values (?1, ?1, ?2, ?3, ?4, ?5, 1, 0, ?6, ?7, ?8)",
            params![
                name.0,
                household.bytes(),
                entry.user.bytes(),
                visit.day.0,
                number,
                visit.who_met,
                visit.mode,
                visit.next_visit_on.map(|day| day.0)
            ],
        )?;
        // One need in thirty stays open.
        for (position, need) in (0_i64..).zip(visit.needs_raised()) {
            let step = if number % 30 == 0 { 0 } else { 4 };
            self.run(
                "insert into need (root, position, household, category, text, raised_on, step) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![name.0, position, household.bytes(), need.category, need.text, visit.day.0, step],
            )?;
        }
        Ok(())
    }
}
