//! Visits: one row by the root, the version that counts, its needs and promises, and the tally by stretches of days.

use crate::entries::Kept;
use crate::error::Result;
use crate::store::Tx;
use crate::visit_counts::stretch_of;
use lianhu_core::day::Day;
use lianhu_core::entry::kind;
use lianhu_core::ids::{EntryName, HouseholdId};
use lianhu_core::record::Strike;
use lianhu_core::visit::Visit;
use rusqlite::params;
use std::collections::{BTreeMap, BTreeSet};

impl Tx<'_> {
    pub(super) fn project_visit(&self, kept: &Kept) -> Result<()> {
        let visit: Visit = kept.body()?;
        let Some(household) = kept.entry.about.household() else { return Ok(()) };
        for target in &visit.amends {
            let sql = "insert or ignore into amends (entry, target, household) values (?1, ?2, ?3)";
            self.run(sql, params![kept.name.0, target.0, household.bytes()])?;
        }
        self.visit_family(household, kept.name)
    }

    pub(super) fn project_strike(&self, kept: &Kept) -> Result<()> {
        let strike: Strike = kept.body()?;
        let Some(household) = kept.entry.about.household() else { return Ok(()) };
        let sql = "insert or ignore into strike (record, entry, household) values (?1, ?2, ?3)";
        if self.run(sql, params![strike.record.0, kept.name.0, household.bytes()])? == 0 {
            return Ok(());
        }
        // What it strikes may be a strike: then the visit under that counts again.
        let sql = "select record from strike where entry = ?1 and household = ?2";
        let under =
            self.all(sql, params![strike.record.0, household.bytes()], |row| crate::entries::name_of(row, 0))?;
        under.into_iter().chain([strike.record]).try_for_each(|record| self.visit_family(household, record))
    }

    /// Whether a record is struck. A strike that its own author has struck does not count; nobody else takes it back.
    fn is_struck(&self, household: HouseholdId, record: EntryName) -> Result<bool> {
        let sql = "select entry.name, entry.user from strike join entry on entry.name = strike.entry \
                   where strike.record = ?1 and strike.household = ?2";
        let strikes = |record: EntryName| {
            let params = params![record.0, household.bytes()];
            self.all(sql, params, |row| Ok((crate::entries::name_of(row, 0)?, row.get::<_, Vec<u8>>(1)?)))
        };
        for (strike, author) in strikes(record)? {
            if !strikes(strike)?.iter().any(|(_, other)| *other == author) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Everything of a household linked to a visit by corrections, as far as it is here.
    fn family(&self, household: HouseholdId, name: EntryName) -> Result<BTreeMap<EntryName, Kept>> {
        let (mut family, mut open, mut seen) = (BTreeMap::new(), vec![name], BTreeSet::new());
        while let Some(name) = open.pop() {
            if !seen.insert(name) {
                continue;
            }
            let own = |kept: &Kept| kept.entry.kind == kind::VISIT && kept.entry.about.household() == Some(household);
            match self.living(name)? {
                Some(kept) if own(&kept) => {
                    family.insert(name, kept);
                }
                // Another household's record: whoever links to it says nothing about it.
                Some(_) => continue,
                None => {}
            }
            let linked = "select target from amends where entry = ?1 and household = ?2 union select entry from amends where target = ?1 and household = ?2";
            open.extend(self.all(linked, params![name.0, household.bytes()], |row| crate::entries::name_of(row, 0))?);
        }
        Ok(family)
    }

    /// Computes the one row of a visit and its corrections.
    pub(crate) fn visit_family(&self, household: HouseholdId, name: EntryName) -> Result<()> {
        let family = self.family(household, name)?;
        for member in family.keys() {
            self.drop_visit(*member)?;
        }
        let mut amended = BTreeSet::new();
        for kept in family.values() {
            amended.extend(kept.body::<Visit>()?.amends);
        }
        let rank = |kept: &Kept| (kept.number.is_none(), kept.number.unwrap_or(0), kept.name);
        let mut roots = Vec::new();
        for kept in family.values() {
            let targets = kept.body::<Visit>()?.amends;
            if !targets.iter().any(|target| family.contains_key(target)) {
                roots.push(kept);
            }
        }
        let live: Vec<_> = family.values().filter(|kept| !amended.contains(&kept.name)).collect();
        let Some(root) = roots.into_iter().min_by_key(|kept| rank(kept)) else { return Ok(()) };
        let Some(counting) = live.iter().min_by_key(|kept| rank(kept)) else { return Ok(()) };
        let mut struck = false;
        for member in family.keys() {
            struck |= self.is_struck(household, *member)?;
        }
        self.put_visit(household, root, counting, live.len(), struck)
    }

    fn put_visit(
        &self,
        household: HouseholdId,
        root: &Kept,
        counting: &Kept,
        versions: usize,
        struck: bool,
    ) -> Result<()> {
        let visit: Visit = counting.body()?;
        self.run(
            "insert or replace into visit (root, entry, household, user, day, number, versions, struck, who_met, mode, next_on) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                root.name.0,
                counting.name.0,
                household.bytes(),
                root.entry.user.bytes(),
                visit.day.0,
                root.number.map(u64::cast_signed),
                i64::try_from(versions).unwrap_or(1),
                struck,
                visit.who_met,
                visit.mode,
                visit.next_visit_on.map(|day| day.0)
            ],
        )?;
        if struck {
            return Ok(());
        }
        self.tally(household, visit.day, 1)?;
        for (position, need) in (0_i64..).zip(visit.needs_raised()) {
            self.run(
                "insert into need (root, position, household, category, text, raised_on, step) values (?1, ?2, ?3, ?4, ?5, ?6, 0)",
                params![root.name.0, position, household.bytes(), need.category, need.text, visit.day.0],
            )?;
            self.need_reached(root.name, position)?;
        }
        for (position, promise) in (0_i64..).zip(&visit.promises) {
            self.run(
                "insert into promise (root, position, household, text, due) values (?1, ?2, ?3, ?4, ?5)",
                params![root.name.0, position, household.bytes(), promise.text, promise.due.map(|day| day.0)],
            )?;
        }
        Ok(())
    }

    /// Takes the row of a visit away, with all that hangs on it.
    pub(crate) fn drop_visit(&self, root: EntryName) -> Result<()> {
        let was = self.one("select household, day, struck from visit where root = ?1", [root.0], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i32>(1)?, row.get::<_, bool>(2)?))
        })?;
        let Some((household, day, struck)) = was else { return Ok(()) };
        if let Some(household) = HouseholdId::from_slice(&household).filter(|_| !struck) {
            self.tally(household, Day(day), -1)?;
        }
        self.run("delete from visit where root = ?1", [root.0])?;
        self.run("delete from need where root = ?1", [root.0])?;
        self.run("delete from promise where root = ?1", [root.0])?;
        Ok(())
    }

    /// Counts a visit more, or one less, in the stretch of days that holds its day.
    fn tally(&self, household: HouseholdId, day: Day, more: i64) -> Result<()> {
        let (stretch, household) = (stretch_of(day), household.bytes());
        self.run(
            "insert into visit_tally (stretch, household, visits) values (?1, ?2, ?3) on conflict (stretch, household) do update set visits = visits + excluded.visits",
            params![stretch, household, more],
        )?;
        let empty = "delete from visit_tally where stretch = ?1 and household = ?2 and visits = 0";
        self.run(empty, params![stretch, household])?;
        Ok(())
    }
}
