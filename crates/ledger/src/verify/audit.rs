//! The traces of what was looked at: on the device each link follows the one before and stands in the heads of its
//! envelopes; at the county no chain lacks a link that a later one, or an envelope, holds.

use super::{Fault, Walk};
use crate::entries::name_of;
use crate::error::Result;
use crate::identity::Identity;
use crate::store::Tx;
use lianhu_core::entry::{Entry, kind};
use lianhu_core::envelope::Header;
use lianhu_core::ids::{EntryName, Hash};
use lianhu_core::trace::{OFFICE, Trace};
use rusqlite::params;
use std::collections::BTreeSet;

/// A trace as an entry holds it.
struct Link {
    name: EntryName,
    trace: Trace,
    link: Hash,
}

impl Walk {
    pub(super) fn trace(&mut self, tx: &Tx<'_>) -> Result<()> {
        let me = tx.identity()?;
        if me.is_county { self.traces_of_all(tx) } else { self.own_traces(tx, &me) }
    }

    fn own_traces(&mut self, tx: &Tx<'_>, me: &Identity) -> Result<()> {
        let rows = tx.all("select life, entry, hash from audit order by id", [], |row| {
            Ok((row.get::<_, u32>(0)?, name_of(row, 1)?, row.get::<_, Vec<u8>>(2)?))
        })?;
        let (mut before, mut told, mut links) = (None, BTreeSet::new(), BTreeSet::new());
        for (life, name, hash) in rows {
            let hash = Hash::from_slice(&hash).unwrap_or_default();
            let prev = before.filter(|(at, _)| *at == life).map(|(_, link)| link);
            before = Some((life, hash));
            told.insert(name);
            links.insert(hash);
            match link_of(tx, name)? {
                None => self.entry(Fault::TraceRemoved, name, None),
                Some(found) if found.link != hash || found.trace.prev != prev => {
                    self.entry(Fault::TraceAltered, name, None);
                }
                Some(_) => {}
            }
        }
        for found in links_in(tx, Some(me))? {
            if !told.contains(&found.name) {
                self.entry(Fault::TraceRemoved, found.name, None);
            }
        }
        let sql = "select header from envelope where device = ?1 and length(header) > 0";
        for header in tx.all(sql, [me.device.bytes()], |row| row.get::<_, Vec<u8>>(0))? {
            let Ok(header) = minicbor::decode::<Header>(&header) else { continue };
            if header.head.audit.is_some_and(|head| !links.contains(&head)) {
                self.envelope(Fault::TraceRemoved, header.name());
            }
        }
        Ok(())
    }

    /// A chain is judged only where all of its device's envelopes are here: a link may be on its way.
    fn traces_of_all(&mut self, tx: &Tx<'_>) -> Result<()> {
        let all = links_in(tx, None)?;
        let links: BTreeSet<Hash> = all.iter().map(|link| link.link).collect();
        for found in all {
            let sql = "select envelope.device, envelope.incarnation, envelope.number from entry \
                       join envelope on envelope.id = entry.envelope where entry.name = ?1";
            let came = tx.one(sql, [found.name.0], |row| {
                Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, u32>(1)?, row.get::<_, i64>(2)?))
            })?;
            let Some((device, incarnation, number)) = came else { continue };
            let missing = found.trace.prev.is_some_and(|prev| !links.contains(&prev));
            if missing && self.came_whole(tx, &device, incarnation, number)? {
                self.entry(Fault::TraceRemoved, found.name, None);
            }
        }
        let sql = "select header from envelope where length(header) > 0";
        for header in tx.all(sql, [], |row| row.get::<_, Vec<u8>>(0))? {
            let Ok(header) = minicbor::decode::<Header>(&header) else { continue };
            let head = &header.head;
            if head.audit.is_some_and(|link| !links.contains(&link))
                && self.came_whole(tx, head.device.bytes(), head.incarnation, head.number.cast_signed())?
            {
                self.envelope(Fault::TraceRemoved, header.name());
            }
        }
        Ok(())
    }

    fn came_whole(&self, tx: &Tx<'_>, device: &[u8], incarnation: u32, number: i64) -> Result<bool> {
        let sql = "select count(*) from envelope where device = ?1 and incarnation = ?2 and number <= ?3";
        let came = tx.one(sql, params![device, incarnation, number], |row| row.get::<_, i64>(0))?.unwrap_or(0);
        let aside = tx.one("select 1 from quarantine where device = ?1 limit 1", [device], |_| Ok(()))?;
        // What an earlier incarnation had not handed over is sealed in a later one.
        let sql = "select count(distinct incarnation) from envelope where device = ?1";
        let lives = tx.one(sql, [device], |row| row.get::<_, i64>(0))?.unwrap_or(0);
        Ok(came == number && aside.is_none() && lives == 1)
    }
}

fn link_of(tx: &Tx<'_>, name: EntryName) -> Result<Option<Link>> {
    let bytes = tx.bytes_of(name)?;
    Ok(bytes.and_then(|bytes| read(name, &bytes)))
}

/// The traces that lie here. Of the own ones those that were written here: what a device, set back to an older copy, has fetched
/// of its lost time stands in no envelope of its own.
fn links_in(tx: &Tx<'_>, of: Option<&Identity>) -> Result<Vec<Link>> {
    let sql = "select name, bytes from entry where about = ?1 and kind = ?2 and (?3 is null or device = ?3 and (envelope is null \
         or envelope in (select id from envelope where length(header) > 0))) order by id";
    let params = params![OFFICE.key(), kind::TRACE, of.map(|me| me.device.bytes())];
    let rows = tx.all(sql, params, |row| Ok((name_of(row, 0)?, row.get::<_, Vec<u8>>(1)?)))?;
    Ok(rows.into_iter().filter_map(|(name, bytes)| read(name, &bytes)).collect())
}

fn read(name: EntryName, bytes: &[u8]) -> Option<Link> {
    let entry = Entry::read(bytes).ok()?;
    let trace: Trace = minicbor::decode(&entry.body).ok()?;
    let link = trace.link(entry.at);
    Some(Link { name, trace, link })
}
