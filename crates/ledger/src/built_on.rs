//! What own changes are built on that the county has given no number: others' changes that a restored county lost, own ones
//! that stand aside or were said again. What is built on something that never comes has to be said again, or waits for ever.

use crate::entries::{KEPT, Kept, name_of, standing};
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::change::Change;
use lianhu_core::entry::{About, kind};
use lianhu_core::exchange::Code;
use lianhu_core::ids::EntryName;
use rusqlite::params;
use std::collections::BTreeSet;

/// Something that a change is built on, and that does not come with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lack {
    /// Somebody else's, which the county has not told in this life of its log.
    Untold,
    /// Somebody else's, which it was not heard to tell although all was told.
    Lapsed,
    /// An own change that was said again since.
    SaidAgain,
    /// It is not here: its household was forgotten.
    Elsewhere,
}

impl Tx<'_> {
    /// What a change lacks. Own changes that have no number either come with it, or before it: they are looked through.
    pub(crate) fn lacks(&self, kept: &Kept) -> Result<BTreeSet<Lack>> {
        let me = self.identity()?;
        let (mut open, mut seen, mut lacks) = (kept.body::<Change>()?.deps, BTreeSet::new(), BTreeSet::new());
        let sql = "select number is null, standing, device from entry where name = ?1";
        while let Some(dep) = open.pop() {
            if !seen.insert(dep) {
                continue;
            }
            let found = self.one(sql, [dep.0], |row| {
                Ok((row.get::<_, bool>(0)?, row.get::<_, i64>(1)?, row.get::<_, Vec<u8>>(2)?))
            })?;
            match found {
                None => drop(lacks.insert(Lack::Elsewhere)),
                Some((false, ..)) => {}
                Some((_, standing::LAPSED, _)) => drop(lacks.insert(Lack::Lapsed)),
                Some((_, standing::WITHDRAWN, _)) => drop(lacks.insert(Lack::SaidAgain)),
                Some((.., device)) if device != me.device.bytes() => drop(lacks.insert(Lack::Untold)),
                Some(_) => open.extend(
                    self.entry(dep)?.map(|dep| dep.body::<Change>()).transpose()?.into_iter().flat_map(|dep| dep.deps),
                ),
            }
        }
        Ok(lacks)
    }

    /// Own changes about something that stand aside only for who wrote them: a person, or a directive, may let them in.
    pub(crate) fn own_aside(&self, about: About) -> Result<Vec<Kept>> {
        let aside = format!(
            "standing = {} and code in ({}, {})",
            standing::ASIDE,
            Code::Revoked as i64,
            Code::NotEntitled as i64
        );
        self.own_unnumbered(about, &aside)
    }

    /// Own changes about something without a number that meet a condition.
    fn own_unnumbered(&self, about: About, condition: &str) -> Result<Vec<Kept>> {
        let sql = format!(
            "select {KEPT} from entry where about = ?1 and kind = ?2 and device = ?3 and number is null and {condition} order by id"
        );
        self.kept(&sql, params![about.key(), kind::CHANGE, self.identity()?.device.bytes()])
    }

    /// Whether own changes about it that the county was given and did not merge are built on what it has not told.
    pub(crate) fn is_missed(&self, about: About) -> Result<bool> {
        let parked = "standing = 0 and envelope in (select id from envelope where length(receipt) > 0)";
        for kept in self.own_unnumbered(about, parked)?.into_iter().chain(self.own_aside(about)?) {
            if self.lacks(&kept)?.contains(&Lack::Untold) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a change stands aside that was taken back out of a kept envelope, without what it is built on: once it was let in
    /// the county may be found to lack that.
    pub(crate) fn may_be_said_again(&self, about: About) -> Result<bool> {
        for kept in self.own_aside(about)? {
            if self.lacks(&kept)?.contains(&Lack::Elsewhere) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Says again what the county was given and could not merge, and what this device could not have merged either: what it is
    /// built on is not here, and as both hold the same now, not there.
    pub(crate) fn say_again_without_lost(&self) -> Result<()> {
        let sql = "select distinct entry.about from entry join envelope on envelope.id = entry.envelope where entry.kind = ?1 \
                   and entry.device = ?2 and entry.number is null and entry.standing = 0 and length(envelope.receipt) > 0";
        let me = self.identity()?;
        let parked = "standing = 0 and envelope in (select id from envelope where length(receipt) > 0)";
        for key in self.all(sql, params![kind::CHANGE, me.device.bytes()], |row| row.get::<_, Vec<u8>>(0))? {
            let Some(about) = About::from_key(&key) else { continue };
            let mut lost = false;
            for kept in self.own_unnumbered(about, parked)? {
                lost |= self.lacks(&kept)?.contains(&Lack::Elsewhere);
            }
            if let Some(household) = about.household().filter(|_| lost) {
                self.replay(household)?;
            }
        }
        Ok(())
    }

    /// Whether a change was said again, or all it says stood there already.
    pub(crate) fn was_said_again(&self, name: EntryName) -> Result<bool> {
        let sql = "select 1 from entry where name = ?1 and standing = ?2";
        Ok(self.one(sql, params![name.0, standing::WITHDRAWN], |_| Ok(()))?.is_some())
    }

    /// Notes that a change was said again.
    pub(crate) fn note_said_again(&self, name: EntryName, again: EntryName) -> Result<()> {
        self.run("insert or replace into said_again (name, again) values (?1, ?2)", params![name.0, again.0]).map(drop)
    }

    /// As what a change was said again.
    pub(crate) fn said_again(&self, name: EntryName) -> Result<Option<EntryName>> {
        self.one("select again from said_again where name = ?1", [name.0], |row| name_of(row, 0))
    }
}
