//! The quarantine as a person sees it: what was refused, by whom it was written, why; and its release, after which it
//! counts like any other entry.

use crate::entitle::Entitled;
use crate::error::{LedgerError, Result};
use crate::gate::{Arrival, code_from};
use crate::store::{Ledger, Tx};
use lianhu_core::day::Moment;
use lianhu_core::entry::{About, Entry};
use lianhu_core::envelope::Head;
use lianhu_core::exchange::{Answer, Code};
use lianhu_core::ids::{DeviceId, EntryName, EnvelopeName, UserId};
use rusqlite::params;
use serde::Serialize;

/// Something that stands in quarantine. Its content is not shown: only ids and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quarantined {
    /// The entry.
    pub entry: EntryName,
    /// On whose device it was written.
    pub device: DeviceId,
    /// By whom.
    pub user: UserId,
    /// Their name, where it is known.
    pub name: Option<String>,
    /// What it is about, where it can be read at all.
    pub about: Option<About>,
    /// Why it was refused.
    pub code: Option<Code>,
    /// When it came.
    pub at: Moment,
}

impl Ledger {
    /// What stands in quarantine, oldest first.
    pub fn quarantined(&self) -> Result<Vec<Quarantined>> {
        let sql = "select quarantine.name, quarantine.device, quarantine.user, cadre.name, quarantine.bytes, quarantine.code, quarantine.at from quarantine left join cadre on cadre.id = quarantine.user order by quarantine.id limit 10000";
        let tx = self.look();
        tx.all(sql, [], |row| {
            let broken = || rusqlite::Error::InvalidQuery;
            let (device, user, bytes): (Vec<u8>, Vec<u8>, Vec<u8>) = (row.get(1)?, row.get(2)?, row.get(4)?);
            let entry = crate::entries::name_of(row, 0)?;
            let bytes = tx.opened(entry, bytes).unwrap_or_default();
            Ok(Quarantined {
                entry,
                device: DeviceId::from_slice(&device).ok_or_else(broken)?,
                user: UserId::from_slice(&user).ok_or_else(broken)?,
                name: row.get(3)?,
                about: Entry::read(&bytes).ok().map(|entry| entry.about),
                code: code_from(row.get(5)?),
                at: Moment(row.get(6)?),
            })
        })
    }

    /// Lets an entry out of quarantine although its author was not entitled to it. Whatever else is wrong with it still
    /// keeps it where it is; the answer says so.
    pub fn release(&mut self, entry: EntryName) -> Result<Answer> {
        self.transact(|tx| tx.release(entry))
    }
}

impl Tx<'_> {
    /// After a back-up took the place of what was lost, devices hand in what they wrote under directives that the county
    /// no longer knows. It is refused like any other that nobody is entitled to, until the office has directed anew.
    pub(crate) fn rejudge(&self, at: Moment) -> Result<()> {
        if !self.was_restored()? || self.rejudging.replace(true) {
            return Ok(());
        }
        let done = loop {
            match self.rejudge_once(at) {
                Ok(true) => {}
                other => break other.map(drop),
            }
        };
        self.rejudging.set(false);
        done
    }

    /// One round; says whether it let anything in, which may let in more.
    fn rejudge_once(&self, at: Moment) -> Result<bool> {
        let mut moved = false;
        let sql = "select quarantine.name, quarantine.header, quarantine.bytes, envelope.name, envelope.id from quarantine join envelope on envelope.name = quarantine.envelope where quarantine.code in (?1, ?2) order by quarantine.id";
        let refused = self.all(sql, [Code::NotEntitled as i64, Code::Circle as i64], |row| {
            let name: Vec<u8> = row.get(3)?;
            let (head, bytes) = (row.get::<_, Vec<u8>>(1)?, row.get::<_, Vec<u8>>(2)?);
            Ok((crate::entries::name_of(row, 0)?, head, bytes, name, row.get::<_, i64>(4)?))
        })?;
        for (entry, head, stored, envelope, row) in refused {
            let bytes = self.opened(entry, stored)?;
            let (Ok(head), Ok(read)) = (minicbor::decode::<Head>(&head), Entry::read(&bytes)) else { continue };
            if !matches!(self.entitled(&head, &read, head.county_seen)?, Entitled::Yes | Entitled::Late)
                || self.goes_in_a_circle(&read)?
            {
                continue;
            }
            // Something let in a moment ago may have let this in already.
            if self.run("delete from quarantine where name = ?1", [entry.0])? == 0 {
                continue;
            }
            let name = EnvelopeName::from_slice(&envelope).unwrap_or_default();
            moved |= self.admit(&Arrival::again(&head, name, row, at, false), &bytes)?.0 == Answer::Kept;
            self.unpark_after(&read, at)?;
        }
        Ok(moved)
    }

    /// What waited for this entry is tried once more, joins with its household too.
    fn unpark_after(&self, entry: &Entry, at: Moment) -> Result<()> {
        let joins = self.joins_that_waited_for(entry)?;
        std::iter::once(entry.about).chain(joins).try_for_each(|about| self.unpark(about, at))
    }

    /// Lets in what stands aside of one device only for who wrote it, in the order in which it came: what its person may
    /// write, and of the rest what is about a household that whoever lets it in holds themselves.
    pub(crate) fn let_in(&self, device: DeviceId, by: UserId) -> Result<()> {
        let sql = "select name from quarantine where device = ?1 and code in (?2, ?3) order by id";
        let params = params![device.bytes(), Code::Revoked as i64, Code::NotEntitled as i64];
        for entry in self.all(sql, params, |row| crate::entries::name_of(row, 0))? {
            // One may have let in another that was parked behind it.
            if self.may_let_in(entry, by)? {
                self.release(entry)?;
            }
        }
        Ok(())
    }

    /// Whether it still stands aside, and somebody may let it in.
    fn may_let_in(&self, entry: EntryName, by: UserId) -> Result<bool> {
        let sql = "select header, bytes from quarantine where name = ?1";
        let found = self.one(sql, [entry.0], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
        let Some((head, stored)) = found else { return Ok(false) };
        let bytes = self.opened(entry, stored)?;
        let (Ok(head), Ok(read)) = (minicbor::decode::<Head>(&head), Entry::read(&bytes)) else { return Ok(false) };
        let me = self.identity()?;
        let is_county = self.holds_everything(by)? || (me.is_county && me.user == by);
        Ok(is_county || self.entitled(&head, &read, head.county_seen)? != Entitled::No || self.holds(by, read.about)?)
    }

    fn release(&self, entry: EntryName) -> Result<Answer> {
        let sql = "select header, envelope, bytes from quarantine where name = ?1";
        let found = self.one(sql, [entry.0], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, Vec<u8>>(2)?))
        })?;
        let missing = || LedgerError::NotFound("entry in quarantine");
        let (head, envelope, stored) = found.ok_or_else(missing)?;
        let bytes = self.opened(entry, stored)?;
        let head: Head = minicbor::decode(&head).map_err(|_| missing())?;
        let name = EnvelopeName::from_slice(&envelope).ok_or_else(missing)?;
        // Without its envelope nobody vouches for the entry: it stays.
        let row = self.one("select id from envelope where name = ?1", [name.0], |row| row.get::<_, i64>(0))?;
        let Some(row) = row else { return Ok(Answer::Quarantined) };
        self.run("delete from quarantine where name = ?1", [entry.0])?;
        let now = self.around.now();
        let (answer, ..) = self.admit(&Arrival::again(&head, name, row, now, true), &bytes)?;
        if let Ok(read) = Entry::read(&bytes) {
            self.unpark_after(&read, now)?;
        }
        Ok(answer)
    }
}
