//! What was entrusted and taken back lately, act by act, and whether an act can still be undone: nobody may have built on
//! it since.

use crate::entries::Kept;
use crate::error::{LedgerError, Result};
use crate::store::{Ledger, Tx};
use lianhu_core::day::Moment;
use lianhu_core::directive::{Grant, GrantEnd};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::{EntryName, UserId};
use rusqlite::params;
use serde::Serialize;
use std::collections::BTreeSet;
use ts_rs::TS;

/// For how long an act can be undone, in seconds.
const DAY: i64 = 86_400;
/// What one hand writes with no longer pause than this, in seconds, is one act: a selection, or a table.
const PAUSE: i64 = 10;
/// How many households of an act are named.
const NAMED: usize = 6;
/// How many directives are looked at.
const MOST: i64 = 50_000;

/// Whether an act can be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Undo {
    /// It can.
    Open,
    /// Somebody has built on it since.
    BuiltOn,
    /// It was undone, or done the other way round since.
    Done,
}

/// One act of entrusting or taking back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Entrusting {
    /// Its name: that of the first entry it wrote.
    pub batch: EntryName,
    /// Whether it took back; else it entrusted.
    pub took_back: bool,
    /// When it was done, by the clock of whoever did it.
    pub at: Moment,
    /// By whom.
    pub by: Option<String>,
    /// Whether on this device.
    pub own: bool,
    /// To whom, or from whom, where it was one person.
    pub person: Option<String>,
    /// How many people.
    pub persons: u32,
    /// How many households by name.
    pub households: u32,
    /// The heads of the first of them, then what the first places are called.
    pub heads: Vec<String>,
    /// How many places.
    pub places: u32,
    /// Whether it can be undone.
    pub undo: Undo,
}

/// A directive of an act, with its place in this ledger.
struct One {
    row: i64,
    kept: Kept,
    user: UserId,
}

impl Ledger {
    /// What was entrusted and taken back in the last 24 hours, the newest first.
    pub fn recent_entrusting(&self) -> Result<Vec<Entrusting>> {
        let tx = self.look();
        let mut acts = Vec::new();
        for act in tx.recent_acts(self.now())? {
            acts.extend(tx.entrusting(&act)?);
        }
        acts.sort_by_key(|act| std::cmp::Reverse(act.at));
        Ok(acts)
    }

    /// Undoes an act by the opposite directives. Says how many; nothing where it is no longer to be undone, and why.
    pub fn undo_entrusting(&mut self, batch: EntryName) -> Result<std::result::Result<u32, Option<Undo>>> {
        let now = self.now();
        self.transact(|tx| {
            let acts = tx.recent_acts(now)?;
            let Some(act) = acts.into_iter().find(|act| act.iter().any(|one| one.kept.name == batch)) else {
                let known =
                    tx.entry(batch)?.is_some_and(|kept| matches!(kept.entry.kind, kind::GRANT | kind::GRANT_END));
                return if known { Ok(Err(None)) } else { Err(LedgerError::NotFound("act of entrusting")) };
            };
            match tx.undoable(&act)? {
                Undo::Open => {}
                no => return Ok(Err(Some(no))),
            }
            let mut undone = 0;
            for one in &act {
                undone += tx.write_opposite(one)?;
            }
            Ok(Ok(undone))
        })
    }
}

impl Tx<'_> {
    fn recent_acts(&self, now: Moment) -> Result<Vec<Vec<One>>> {
        let sql = "select id, name from entry where kind in (?1, ?2) and kind >= 64 and standing = 0 order by id desc limit ?3";
        let rows = self.all(sql, params![kind::GRANT, kind::GRANT_END, MOST], |row| {
            Ok((row.get::<_, i64>(0)?, crate::entries::name_of(row, 1)?))
        })?;
        let mut found = Vec::new();
        for (row, name) in rows {
            let Some(kept) = self.entry(name)? else { continue };
            if kept.entry.at.0 + DAY <= now.0 {
                continue;
            }
            let user = match kept.entry.kind {
                kind::GRANT => kept.body::<Grant>()?.user,
                _ => kept.body::<GrantEnd>()?.user,
            };
            found.push(One { row, kept, user });
        }
        found.sort_by_key(|one| (one.kept.entry.device, one.kept.entry.mono));
        let mut acts: Vec<Vec<One>> = Vec::new();
        for one in found {
            let same = |last: &One| {
                let (a, b) = (&last.kept.entry, &one.kept.entry);
                (a.device, a.kind) == (b.device, b.kind) && (0..=PAUSE).contains(&(b.at.0 - a.at.0))
            };
            match acts.last_mut().filter(|act| act.last().is_some_and(same)) {
                Some(act) => act.push(one),
                None => acts.push(vec![one]),
            }
        }
        Ok(acts)
    }

    fn entrusting(&self, act: &[One]) -> Result<Option<Entrusting>> {
        let (Some(first), Some(last)) = (act.first(), act.last()) else { return Ok(None) };
        let name = |user: UserId| {
            let sql = "select name from cadre where id = ?1 union select name from team where id = ?1";
            self.one(sql, [user.bytes()], |row| row.get::<_, String>(0))
        };
        let mut users: Vec<_> = act.iter().map(|one| one.user).collect();
        users.sort_unstable();
        users.dedup();
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let ids: BTreeSet<_> = act.iter().filter_map(|one| one.kept.entry.about.household()).collect();
        let mut heads = Vec::new();
        for id in ids.iter().take(NAMED) {
            let sql = "select head from household where id = ?1";
            heads.extend(self.one(sql, [id.bytes()], |row| row.get::<_, String>(0))?);
        }
        let places = act.iter().filter_map(|one| match one.kept.entry.about {
            About::Place(place) => Some(place),
            _ => None,
        });
        let places: Vec<_> = places.collect();
        for id in places.iter().take(NAMED) {
            let sql = "select name from place where id = ?1";
            heads.extend(self.one(sql, [id.bytes()], |row| row.get::<_, String>(0))?);
        }
        Ok(Some(Entrusting {
            batch: first.kept.name,
            took_back: first.kept.entry.kind == kind::GRANT_END,
            at: last.kept.entry.at,
            by: name(first.kept.entry.user)?,
            own: first.kept.entry.device == self.identity()?.device,
            person: if let [one] = users.as_slice() { name(*one)? } else { None },
            persons: count(users.len()),
            households: count(ids.len()),
            heads,
            places: count(places.len()),
            undo: self.undoable(act)?,
        }))
    }

    /// Whether nothing stands on any of it, and not all was done the other way round already.
    fn undoable(&self, act: &[One]) -> Result<Undo> {
        let mut open = false;
        for one in act {
            match self.undoable_one(one)? {
                Undo::BuiltOn => return Ok(Undo::BuiltOn),
                Undo::Open => open = true,
                Undo::Done => {}
            }
        }
        Ok(if open { Undo::Open } else { Undo::Done })
    }

    fn undoable_one(&self, one: &One) -> Result<Undo> {
        let about = one.kept.entry.about.key();
        let sql = "select name from entry where about = ?1 and kind in (?2, ?3) and id > ?4 and standing = 0";
        let later = self
            .all(sql, params![about, kind::GRANT, kind::GRANT_END, one.row], |row| crate::entries::name_of(row, 0))?;
        for name in later {
            let Some(kept) = self.entry(name)? else { continue };
            match (one.kept.entry.kind, kept.entry.kind) {
                (kind::GRANT, kind::GRANT_END) if kept.body::<GrantEnd>()?.user == one.user => return Ok(Undo::Done),
                (kind::GRANT_END, kind::GRANT) if kept.body::<Grant>()?.user == one.user => return Ok(Undo::Done),
                // Taken back from one and given to another: the other has it now.
                (kind::GRANT_END, kind::GRANT) => return Ok(Undo::BuiltOn),
                _ => {}
            }
        }
        let wrote = one.kept.entry.kind == kind::GRANT && self.has_written_since(one)?;
        Ok(if wrote { Undo::BuiltOn } else { Undo::Open })
    }

    /// Whether the person has written about what was entrusted since.
    fn has_written_since(&self, one: &One) -> Result<bool> {
        let place = match one.kept.entry.about {
            About::Place(place) => place.bytes().to_vec(),
            _ => Vec::new(),
        };
        let sql = "with recursive inside (id) as (select ?4 union select place.id from place join inside on place.parent = inside.id) \
                   select 1 from entry where id > ?1 and user = ?2 and kind < 64 and (about = ?3 or about in \
                   (select cast(x'68' || household.id as blob) from household where origin in (select id from inside) or present in (select id from inside))) limit 1";
        let params = params![one.row, one.user.bytes(), one.kept.entry.about.key(), place];
        Ok(self.one(sql, params, |_| Ok(()))?.is_some())
    }

    fn write_opposite(&self, one: &One) -> Result<u32> {
        if self.undoable_one(one)? != Undo::Open {
            return Ok(0);
        }
        let (about, user) = (one.kept.entry.about, one.user);
        if one.kept.entry.kind == kind::GRANT {
            let body = GrantEnd { user, reason: "撤销".to_owned() };
            crate::Writing(self).record(about, kind::GRANT_END, Source::Office, &body)?;
            return Ok(1);
        }
        let mut again = 0;
        for duty in self.duties_before(one)? {
            crate::Writing(self).record(about, kind::GRANT, Source::Office, &Grant { user, duty })?;
            again += 1;
        }
        Ok(again)
    }

    /// The duties that an end has ended, in the order they were entrusted.
    fn duties_before(&self, end: &One) -> Result<Vec<String>> {
        let sql = "select name from entry where about = ?1 and kind in (?2, ?3, ?4) and id < ?5 and standing = 0 order by number is null, number, id";
        let params = params![end.kept.entry.about.key(), kind::GRANT, kind::GRANT_END, kind::REGISTRATION, end.row];
        let mut duties: Vec<String> = Vec::new();
        for name in self.all(sql, params, |row| crate::entries::name_of(row, 0))? {
            let Some(kept) = self.entry(name)? else { continue };
            match kept.entry.kind {
                kind::GRANT_END if kept.body::<GrantEnd>()?.user == end.user => duties.clear(),
                kind::GRANT => {
                    let grant: Grant = kept.body()?;
                    if grant.user == end.user && !duties.contains(&grant.duty) {
                        duties.push(grant.duty);
                    }
                }
                kind::REGISTRATION if kept.entry.user == end.user => duties.push("登记人".to_owned()),
                _ => {}
            }
        }
        Ok(duties)
    }
}
