//! The entries: taken in once, never edited; what changes beside them is only their number and their standing.

use crate::error::{LedgerError, Result};
use crate::store::Tx;
use lianhu_core::day::Day;
use lianhu_core::entry::{About, Entry, kind};
use lianhu_core::exchange::{Code, Digest};
use lianhu_core::ids::{EntryName, Sum};
use lianhu_core::visit::Visit;
use minicbor::Decode;
use rusqlite::{Row, params};

/// How an entry stands in this ledger.
pub(crate) mod standing {
    pub(crate) const LIVING: i64 = 0;
    pub(crate) const PARKED: i64 = 1;
    pub(crate) const ASIDE: i64 = 2;
    pub(crate) const WITHDRAWN: i64 = 3;
    /// Somebody else's, numbered in a life of the county's log that was lost, and not in this one.
    pub(crate) const LAPSED: i64 = 4;
}

/// An entry as it lies in the ledger.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) name: EntryName,
    pub(crate) number: Option<u64>,
    pub(crate) late: bool,
    pub(crate) entry: Entry,
}

pub(crate) const KEPT: &str = "name, number, late, bytes";

impl Kept {
    pub(crate) fn body<T: for<'b> Decode<'b, ()>>(&self) -> Result<T> {
        minicbor::decode(&self.entry.body).map_err(|_| LedgerError::Unreadable(self.name))
    }
}

pub(crate) fn name_of(row: &Row<'_>, at: usize) -> rusqlite::Result<EntryName> {
    let bytes: Vec<u8> = row.get(at)?;
    EntryName::from_slice(&bytes).ok_or(rusqlite::Error::InvalidQuery)
}

fn kept(row: &Row<'_>) -> rusqlite::Result<(EntryName, Option<i64>, bool, Vec<u8>)> {
    Ok((name_of(row, 0)?, row.get(1)?, row.get::<_, i64>(2)? != 0, row.get(3)?))
}

/// The kinds that age: those of days before the horizon of a grant stay at the county until they are asked for.
pub(crate) const OF_A_DAY: [u16; 2] = [kind::VISIT, kind::REMARK];

/// The day a record speaks of; directives and changes speak of none.
pub(crate) fn day_of(entry: &Entry) -> Day {
    let is_visit = entry.kind == kind::VISIT;
    let day = is_visit.then(|| minicbor::decode::<Visit>(&entry.body).ok()).flatten().map(|visit| visit.day);
    let is_record = (kind::VISIT..kind::FIRST_DIRECTIVE).contains(&entry.kind);
    day.unwrap_or_else(|| if is_record { entry.at.day() } else { Day(0) })
}

impl Tx<'_> {
    fn read(&self, (name, number, late, bytes): (EntryName, Option<i64>, bool, Vec<u8>)) -> Result<Kept> {
        let entry = Entry::read(&self.opened(name, bytes)?).map_err(|_| LedgerError::Unreadable(name))?;
        Ok(Kept { name, number: number.map(i64::cast_unsigned), late, entry })
    }

    /// Whether an entry of this name stood here and was erased with its household.
    pub(crate) fn is_erased_entry(&self, name: EntryName) -> Result<bool> {
        Ok(self.one("select 1 from erased_entry where name = ?1", [name.0], |_| Ok(()))?.is_some())
    }

    pub(crate) fn has_entry(&self, name: EntryName) -> Result<bool> {
        Ok(self.one("select 1 from entry where name = ?1", [name.0], |_| Ok(()))?.is_some())
    }

    pub(crate) fn entry(&self, name: EntryName) -> Result<Option<Kept>> {
        self.one(&format!("select {KEPT} from entry where name = ?1"), [name.0], kept)?
            .map(|row| self.read(row))
            .transpose()
    }

    /// An entry that counts; one that stands aside, waits for others or has lapsed is no answer.
    pub(crate) fn living(&self, name: EntryName) -> Result<Option<Kept>> {
        self.one(&format!("select {KEPT} from entry where name = ?1 and standing = 0"), [name.0], kept)?
            .map(|row| self.read(row))
            .transpose()
    }

    /// Living entries by a condition on the table, in the order of their numbers, unnumbered ones last.
    pub(crate) fn entries(&self, condition: &str, params: impl rusqlite::Params) -> Result<Vec<Kept>> {
        let sql =
            format!("select {KEPT} from entry where standing = 0 and {condition} order by number is null, number, id");
        self.kept(&sql, params)
    }

    /// Entries by a whole query for [`KEPT`].
    pub(crate) fn kept(&self, sql: &str, params: impl rusqlite::Params) -> Result<Vec<Kept>> {
        self.all(sql, params, kept)?.into_iter().map(|row| self.read(row)).collect()
    }

    /// Takes in an entry that is not here yet.
    pub(crate) fn insert_entry(&self, entry: &Entry, name: EntryName, bytes: &[u8], standing: i64) -> Result<()> {
        let bytes = self.sealed(name, bytes, entry.about.household())?;
        self.run(
            "insert into entry (name, kind, about, user, device, day, standing, bytes) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                name.0,
                entry.kind,
                entry.about.key(),
                entry.user.bytes(),
                entry.device.bytes(),
                day_of(entry).0,
                standing,
                bytes
            ],
        )?;
        self.touch(entry.about);
        Ok(())
    }

    /// Gives an entry its number and counts it into the digest of what it is about.
    pub(crate) fn set_number(&self, name: EntryName, about: About, number: u64) -> Result<()> {
        self.run("update entry set number = ?2 where name = ?1", params![name.0, number.cast_signed()])?;
        // Its mark changes, whatever else does.
        self.touch(about);
        self.add_digest(about, Digest::of(&name))?;
        if self.identity()?.is_county { Ok(()) } else { self.exclude_if_old(name, about, number) }
    }

    /// A visit from before the horizon of its grant is not counted into what is compared with the county: which of
    /// them came along depends on what was still open that day.
    fn exclude_if_old(&self, name: EntryName, about: About, number: u64) -> Result<()> {
        let sql = "select scope.user, scope.excluded_count, scope.excluded_sum from scope, entry \
                   where scope.about = ?1 and entry.name = ?2 and scope.since >= ?3 and scope.horizon > entry.day \
                   and entry.kind in (?4, ?5)";
        let [visit, remark] = OF_A_DAY;
        let params = params![about.key(), name.0, number.cast_signed(), visit, remark];
        let rows = self.all(sql, params, |row| Ok((row.get::<_, Vec<u8>>(0)?, digest_at(row, 1)?)))?;
        for (user, excluded) in rows {
            let excluded = excluded.plus(Digest::of(&name));
            self.run(
                "update scope set excluded_count = ?3, excluded_sum = ?4 where user = ?1 and about = ?2",
                params![user, about.key(), excluded.count.cast_signed(), excluded.sum.0],
            )?;
        }
        Ok(())
    }

    pub(crate) fn set_standing(&self, name: EntryName, standing: i64, code: Option<Code>) -> Result<()> {
        let code = code.map(|code| code as i64);
        self.run("update entry set standing = ?2, code = ?3 where name = ?1", params![name.0, standing, code])?;
        Ok(())
    }

    pub(crate) fn add_digest(&self, about: About, more: Digest) -> Result<()> {
        let sum = self.digest(&about.key())?.plus(more);
        self.put_digest(&about.key(), sum)?;
        let all = About::Everything.key();
        let total = self.digest(&all)?.plus(more);
        self.put_digest(&all, total)
    }

    pub(crate) fn put_digest(&self, about: &[u8], digest: Digest) -> Result<()> {
        if digest == Digest::default() {
            self.run("delete from digest where about = ?1", [about])?;
            return Ok(());
        }
        self.run(
            "insert into digest (about, count, sum) values (?1, ?2, ?3) on conflict (about) do update set count = excluded.count, sum = excluded.sum",
            params![about, digest.count.cast_signed(), digest.sum.0],
        )?;
        Ok(())
    }

    pub(crate) fn digest(&self, about: &[u8]) -> Result<Digest> {
        let found = self.one("select count, sum from digest where about = ?1", [about], |row| digest_at(row, 0))?;
        Ok(found.unwrap_or_default())
    }
}

pub(crate) fn digest_at(row: &Row<'_>, at: usize) -> rusqlite::Result<Digest> {
    let sum: Vec<u8> = row.get(at + 1)?;
    let sum = Sum::from_slice(&sum).ok_or(rusqlite::Error::InvalidQuery)?;
    Ok(Digest { count: row.get::<_, i64>(at)?.cast_unsigned(), sum })
}
