//! One page of what a device may hold and does not have yet: half for the live log, half for what is filled in.

use crate::entries::{OF_A_DAY, digest_at, name_of};
use crate::error::Result;
use crate::household_keys::{ADDED, sealed_for};
use crate::store::Tx;
use lianhu_core::day::Day;
use lianhu_core::entry::About;
use lianhu_core::exchange::{Again, Digest, Fill, GrantNews, LARGEST_PAGE, PAGE, Paged, Reply, Request};
use lianhu_core::ids::{EntryName, EnvelopeName, UserId};
use rusqlite::{Row, params};
use std::collections::BTreeSet;

/// The most news of grants in one reply.
const MOST_NEWS: usize = 512;
/// The most things fetched once more at a time.
const MOST_AGAIN: usize = 64;
/// What an entry costs in a page beside its bytes.
const OVERHEAD: usize = 12;

/// A page being put together for one person's device.
pub(crate) struct Page<'a> {
    tx: &'a Tx<'a>,
    user: UserId,
    request: &'a Request,
    /// What the device hands over in this very request: its numbers stand in the receipt, its bytes need not come back.
    handed: BTreeSet<EnvelopeName>,
    room: usize,
}

/// An entry on its way into a page.
struct Found {
    number: u64,
    envelope: Option<Vec<u8>>,
    name: EntryName,
    /// As they lie in the file.
    stored: Vec<u8>,
}

const COLUMNS: &str = "entry.number, envelope.name, entry.name, entry.bytes";
const FROM: &str = "entry left join envelope on envelope.id = entry.envelope";

fn found_at(row: &Row<'_>) -> rusqlite::Result<Found> {
    Ok(Found {
        number: row.get::<_, i64>(0)?.cast_unsigned(),
        envelope: row.get(1)?,
        name: name_of(row, 2)?,
        stored: row.get(3)?,
    })
}

impl<'a> Page<'a> {
    pub(crate) fn new(tx: &'a Tx<'a>, user: UserId, request: &'a Request) -> Self {
        let room = if request.room == 0 { PAGE } else { request.room.min(LARGEST_PAGE) };
        let own = request.envelopes.iter().filter(|sealed| sealed.head.device == request.device);
        let handed = own.map(|sealed| sealed.header().name()).collect();
        Self { tx, user, request, handed, room: room as usize }
    }

    /// Fills the reply: page, cursor, news of grants, and whether the digests agree.
    pub(crate) fn fill(&self, reply: &mut Reply, told: usize) -> Result<()> {
        self.reset_for_epoch(reply)?;
        self.open_older(reply)?;
        self.compare_digests(reply)?;
        let top = self.tx.meta::<i64>("top")?.unwrap_or(0).cast_unsigned();
        let news_left = self.news(reply)?;
        let mut room = self.room;
        let live_left = self.live(reply, &mut room, self.room / 2, top)?;
        let again_left = self.again(reply, &mut room)?;
        let fill_left = self.back_fill(reply, &mut room, top)?;
        let live_left =
            if live_left && room > self.room / 8 { self.live(reply, &mut room, 0, top)? } else { live_left };
        // The list grows at its end only: who has it all needs no name of the last thing in it.
        if !fill_left {
            reply.cursor.fill = Fill::behind(top);
        }
        if !news_left {
            reply.cursor.grants = Fill::behind(top);
        }
        reply.more = live_left || again_left || fill_left || news_left;
        let quiet = reply.page.is_empty() && reply.grants.is_empty() && !reply.more && told == 0;
        if let (true, Some(theirs)) = (quiet, self.request.digest) {
            reply.agrees = Some(self.whole_digest()? == theirs);
        }
        Ok(())
    }

    /// A device that read another life of the log reads on from where that life was cut off.
    fn reset_for_epoch(&self, reply: &mut Reply) -> Result<()> {
        if reply.cursor.epoch != Some(reply.epoch) {
            let base = reply.base;
            reply.cursor.cut_to(base);
            reply.cursor.epoch = Some(reply.epoch);
        }
        Ok(())
    }

    /// Takes an entry into the page unless there is no room left beside the reserve.
    fn take(&self, reply: &mut Reply, room: &mut usize, reserve: usize, row: Found) -> Result<bool> {
        let name = row.envelope.and_then(|name| EnvelopeName::from_slice(&name)).unwrap_or_default();
        if self.handed.contains(&name) {
            return Ok(true);
        }
        let sealed = if sealed_for(&row.stored).is_some() { ADDED } else { 0 };
        let need = row.stored.len() - sealed + OVERHEAD;
        if *room < reserve + need && !(reply.page.is_empty() && reserve == 0) {
            return Ok(false);
        }
        let bytes = self.tx.opened(row.name, row.stored)?;
        *room = room.saturating_sub(need);
        let at = reply.envelopes.iter().rposition(|known| *known == name).unwrap_or_else(|| {
            reply.envelopes.push(name);
            reply.envelopes.len() - 1
        });
        reply.page.push(Paged { number: row.number, envelope: u32::try_from(at).unwrap_or(0), bytes: bytes.into() });
        Ok(true)
    }

    /// What was numbered since the device last asked, in the order of the numbers.
    fn live(&self, reply: &mut Reply, room: &mut usize, reserve: usize, top: u64) -> Result<bool> {
        let from = reply.cursor.number.cast_signed();
        let everything = "select since from scope where user = ?1 and about = ?2 and until is null";
        let all_since =
            self.tx.one(everything, params![self.user.bytes(), About::Everything.key()], |row| row.get::<_, i64>(0))?;
        let rows = if let Some(since) = all_since {
            let sql = format!("select {COLUMNS} from {FROM} where entry.number > ?1 order by entry.number limit 2000");
            self.tx.all(&sql, [from.max(since)], found_at)?
        } else {
            let sql = format!(
                "select {COLUMNS} from scope cross join entry on entry.about = scope.about and entry.number > max(?2, scope.since) \
                 left join envelope on envelope.id = entry.envelope \
                 where scope.user = ?1 and scope.until is null order by entry.number limit 1000"
            );
            self.tx.all(&sql, params![self.user.bytes(), from], found_at)?
        };
        let limit = if all_since.is_some() { 2000 } else { 1000 };
        let full = rows.len() == limit;
        for row in rows {
            let number = row.number;
            if !self.take(reply, room, reserve, row)? {
                return Ok(true);
            }
            reply.cursor.number = number;
        }
        if !full {
            reply.cursor.number = reply.cursor.number.max(top);
        }
        Ok(full)
    }

    /// What was numbered before a grant, grant by grant.
    fn back_fill(&self, reply: &mut Reply, room: &mut usize, top: u64) -> Result<bool> {
        loop {
            let Fill { since, about, upto } = reply.cursor.fill.clone();
            // The thing begun last comes first; after it, the next in the list.
            let key = about.map(|about| about.key()).unwrap_or_default();
            let sql = "select since, about, horizon from scope where user = ?1 and until is null and (since, about) >= (?2, ?3) order by since, about limit 2";
            let found = self.tx.all(sql, params![self.user.bytes(), since.cast_signed(), key], |row| {
                Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get::<_, Vec<u8>>(1)?, row.get::<_, Option<i32>>(2)?))
            })?;
            let begun = found.first().is_some_and(|(at, about, _)| *at == since && *about == key);
            let done = begun && upto >= since;
            let Some((since, key, horizon)) = found.into_iter().nth(usize::from(done)) else { return Ok(false) };
            if since > top {
                return Ok(false);
            }
            let from = if begun && !done { upto } else { 0 };
            let Some(about) = About::from_key(&key) else { return Ok(false) };
            reply.cursor.fill = Fill { since, about: Some(about), upto: from };
            if !self.fill_one(reply, room, about, since, horizon)? {
                return Ok(true);
            }
            reply.cursor.fill.upto = since;
        }
    }

    /// Fills in one thing up to the number of its grant; says whether it is done.
    fn fill_one(
        &self,
        reply: &mut Reply,
        room: &mut usize,
        about: About,
        since: u64,
        horizon: Option<i32>,
    ) -> Result<bool> {
        loop {
            let from = reply.cursor.fill.upto.cast_signed();
            let rows = if about == About::Everything {
                let sql = format!(
                    "select {COLUMNS} from {FROM} where entry.number > ?1 and entry.number <= ?2 order by entry.number limit 500"
                );
                self.tx.all(&sql, params![from, since.cast_signed()], found_at)?
            } else {
                // Visits and remarks of the last twelve months, visits that are still open with their corrections, and all
                // else: a registration, a strike or a step is needed however long ago it was, or its author's clock said.
                let sql = format!(
                    "with recursive open (name) as (select root from need where household = ?7 and step < 3 \
                     union select amends.entry from open cross join amends on amends.target = open.name and amends.household = ?7) \
                     select {COLUMNS} from {FROM} where entry.about = ?1 and entry.number > ?2 and entry.number <= ?3 \
                     and (entry.kind not in (?5, ?6) or entry.day >= ?4 or entry.name in open) \
                     order by entry.number limit 500"
                );
                let horizon = horizon.unwrap_or(i32::MIN);
                let household = about.household().map(|id| id.bytes().to_vec());
                let [visit, remark] = OF_A_DAY;
                let params = params![about.key(), from, since.cast_signed(), horizon, visit, remark, household];
                self.tx.all(&sql, params, found_at)?
            };
            let last = rows.len() < 500;
            for row in rows {
                let number = row.number;
                if !self.take(reply, room, 0, row)? {
                    return Ok(false);
                }
                reply.cursor.fill.upto = number;
            }
            if last {
                return Ok(true);
            }
        }
    }

    /// What differs or was asked for once more, whatever its age.
    fn again(&self, reply: &mut Reply, room: &mut usize) -> Result<bool> {
        while let Some(Again { about, upto }) = reply.cursor.again.first().cloned() {
            if self.tx.holds(self.user, about)? || self.tx.holds_everything(self.user)? {
                let sql = format!(
                    "select {COLUMNS} from {FROM} where entry.about = ?1 and entry.number > ?2 order by entry.number"
                );
                for row in self.tx.all(&sql, params![about.key(), upto.cast_signed()], found_at)? {
                    let number = row.number;
                    if !self.take(reply, room, 0, row)? {
                        return Ok(true);
                    }
                    if let Some(first) = reply.cursor.again.first_mut() {
                        first.upto = number;
                    }
                }
            }
            reply.cursor.again.remove(0);
        }
        Ok(false)
    }

    /// What was granted and what has ended since the device last heard.
    fn news(&self, reply: &mut Reply) -> Result<bool> {
        let Fill { since, about, .. } = reply.cursor.grants.clone();
        let key = about.map(|about| about.key()).unwrap_or_default();
        let sql = "select moved, about, since, horizon, until from scope where user = ?1 and (moved, about) > (?2, ?3) order by moved, about limit 512";
        let found = self.tx.all(sql, params![self.user.bytes(), since.cast_signed(), key], |row| {
            Ok((
                row.get::<_, i64>(0)?.cast_unsigned(),
                row.get::<_, Vec<u8>>(1)?,
                row.get::<_, i64>(2)?.cast_unsigned(),
                row.get::<_, Option<i32>>(3)?,
                row.get::<_, Option<i64>>(4)?.map(i64::cast_unsigned),
            ))
        })?;
        let more = found.len() == MOST_NEWS;
        for (moved, key, since, horizon, ended) in found {
            let Some(about) = About::from_key(&key) else { continue };
            reply.grants.push(GrantNews { about, since, horizon: horizon.map(Day), ended });
            reply.cursor.grants = Fill { since: moved, about: Some(about), upto: 0 };
        }
        Ok(more)
    }

    /// Opens the older records of households for which the device asks.
    fn open_older(&self, reply: &mut Reply) -> Result<()> {
        for about in self.request.older.iter().take(MOST_AGAIN) {
            let sql = "update scope set horizon = null, excluded_count = 0, excluded_sum = zeroblob(16) where user = ?1 and about = ?2 and until is null";
            if self.tx.run(sql, params![self.user.bytes(), about.key()])? > 0 {
                let sql = "select since from scope where user = ?1 and about = ?2";
                let since = self.tx.one(sql, params![self.user.bytes(), about.key()], |row| row.get::<_, i64>(0))?;
                let since = since.unwrap_or(0).cast_unsigned();
                reply.grants.push(GrantNews { about: *about, since, horizon: None, ended: None });
                self.fetch_again(reply, *about);
            }
        }
        Ok(())
    }

    fn fetch_again(&self, reply: &mut Reply, about: About) {
        let again = &mut reply.cursor.again;
        if again.len() < MOST_AGAIN && !again.iter().any(|open| open.about == about) {
            again.push(Again { about, upto: 0 });
        }
    }

    /// What the device should hold in all.
    fn whole_digest(&self) -> Result<Digest> {
        if self.tx.holds_everything(self.user)? {
            return self.tx.digest(&About::Everything.key());
        }
        Ok(self.scope_digests(&[], None)?.into_iter().fold(Digest::default(), |sum, (_, digest)| sum.plus(digest)))
    }

    /// What the device should hold of each thing from a key on.
    fn scope_digests(&self, from: &[u8], to: Option<&[u8]>) -> Result<Vec<(About, Digest)>> {
        let read = |row: &Row<'_>| Ok((row.get::<_, Vec<u8>>(0)?, digest_at(row, 1)?, digest_at(row, 3)?));
        let found = if self.tx.holds_everything(self.user)? {
            let sql = "select about, count, sum, 0, zeroblob(16) from digest where about >= ?1 and (?2 is null or about <= ?2) and substr(about, 1, 1) <> x'2a' order by about";
            self.tx.all(sql, params![from, to], read)?
        } else {
            let sql = "select scope.about, digest.count, digest.sum, scope.excluded_count, scope.excluded_sum from scope join digest on digest.about = scope.about where scope.user = ?3 and scope.until is null and scope.about >= ?1 and (?2 is null or scope.about <= ?2) order by scope.about";
            self.tx.all(sql, params![from, to, self.user.bytes()], read)?
        };
        let minus =
            |(key, all, left_out): (Vec<u8>, Digest, Digest)| Some((About::from_key(&key)?, all.minus(left_out)));
        Ok(found.into_iter().filter_map(minus).collect())
    }

    /// Finds what differs, thing by thing, in the stretch of keys that the device sent.
    fn compare_digests(&self, reply: &mut Reply) -> Result<()> {
        let theirs = &self.request.digests;
        let Some(first) = theirs.first() else { return Ok(()) };
        let is_all = theirs.len() < crate::phone::MOST_DIGESTS;
        let to = theirs.last().filter(|_| !is_all).map(|last| last.about.key());
        for (about, ours) in self.scope_digests(&first.about.key(), to.as_deref())? {
            let same = theirs.iter().find(|their| their.about == about).is_some_and(|their| their.digest == ours);
            if !same {
                self.fetch_again(reply, about);
            }
        }
        Ok(())
    }
}
