//! Sealed envelopes outlive what was handed over in them: for half a year after its receipt an envelope lies here whole,
//! also when its household was forgotten, so that it can be handed in again to a county that lost it.

use crate::entries::{name_of, standing};
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::day::Moment;
use lianhu_core::entry::{About, Entry, kind};
use lianhu_core::envelope::{Header, Sealed};
use lianhu_core::exchange::{Answer, Receipt};
use lianhu_core::ids::EntryName;
use rusqlite::params;
use std::collections::BTreeSet;

/// How long a receipted envelope is kept, in seconds.
const KEPT: i64 = 180 * 86_400;

impl Tx<'_> {
    /// Keeps the own envelopes in which something was said about this, whole, before its entries go.
    pub(crate) fn keep_sealed(&self, about: About) -> Result<()> {
        let me = self.identity()?;
        let sql = "select distinct envelope.id, envelope.header, envelope.signature from entry join envelope on envelope.id = entry.envelope \
                   where entry.about = ?1 and entry.device = ?2 and length(envelope.header) > 0 and envelope.sealed is null \
                   and (envelope.receipt is null or length(envelope.receipt) > 0)";
        let found = self.all(sql, params![about.key(), me.device.bytes()], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, Vec<u8>>(2)?))
        })?;
        for (id, header, signature) in found {
            if let Some(sealed) = self.unstore(&header, &signature)? {
                let bytes = minicbor::to_vec(&sealed).unwrap_or_default();
                self.run("update envelope set sealed = ?2 where id = ?1", params![id, bytes])?;
                continue;
            }
            let Ok(header) = minicbor::decode::<Header>(&header) else { continue };
            if self.lacks_erased(&header)? {
                // It has parted with what was erased and is whole no more: what else was said in it is sealed anew.
                self.keep_sealed_anew(self.only_in(id, about)?)?;
            }
        }
        Ok(())
    }

    /// The own entries about this that lie in an envelope, and in none that is kept whole.
    fn only_in(&self, envelope: i64, about: About) -> Result<Vec<Vec<u8>>> {
        let me = self.identity()?;
        // A header spells out the names of what lies in the envelope: there is no need to read any whole.
        let sql = "select name, bytes from entry where envelope = ?1 and about = ?2 and device = ?3 \
                   and not exists (select 1 from envelope where sealed is not null and instr(header, entry.name) > 0) order by id";
        let said = self.all(sql, params![envelope, about.key(), me.device.bytes()], |row| {
            Ok((name_of(row, 0)?, row.get::<_, Vec<u8>>(1)?))
        })?;
        said.into_iter().map(|(name, stored)| self.opened(name, stored)).collect()
    }

    /// The entries whose bytes lie in envelopes that are kept whole.
    pub(crate) fn kept_whole(&self) -> Result<BTreeSet<EntryName>> {
        let sql = "select sealed from envelope where sealed is not null";
        let whole = self.all(sql, [], |row| row.get::<_, Vec<u8>>(0))?;
        let whole = whole.iter().filter_map(|bytes| minicbor::decode::<Sealed>(bytes).ok());
        Ok(whole.flat_map(|sealed| sealed.header().names).collect())
    }

    /// Lets go of envelopes whose receipt is half a year old, by the county's clock then and now. What still has no
    /// number keeps its envelope.
    pub(crate) fn prune_sealed(&self, now: Moment) -> Result<()> {
        let sql = "select id, receipt from envelope where length(receipt) > 0 and id not in (select envelope from entry where number is null and envelope is not null)";
        let kept = self.all(sql, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
        for (id, receipt) in kept {
            let Ok(receipt) = minicbor::decode::<Receipt>(&receipt) else { continue };
            if receipt.terms.time.0 + KEPT < now.0 {
                // The place in the table may be given to another envelope: nothing may still point to it.
                self.let_go(id)?;
            }
        }
        Ok(())
    }

    /// Lets an envelope go; that it was let go is kept, or it would look as if somebody had removed it.
    pub(crate) fn let_go(&self, id: i64) -> Result<()> {
        self.run("insert or ignore into let_go (name) select name from envelope where id = ?1", [id])?;
        self.run("update entry set envelope = null where envelope = ?1", [id])?;
        self.run("delete from envelope where id = ?1", [id]).map(drop)
    }

    /// Sets every envelope back to waiting of which something was not numbered up to here.
    pub(crate) fn withdraw_receipts(&self, base: u64) -> Result<()> {
        let sql = "select id, header, receipt from envelope where length(receipt) > 0";
        let receipted =
            self.all(sql, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, Vec<u8>>(2)?)))?;
        for (id, header, receipt) in receipted {
            let (Ok(header), Ok(receipt)) =
                (minicbor::decode::<Header>(&header), minicbor::decode::<Receipt>(&receipt))
            else {
                continue;
            };
            let settled = |(answer, number, _): (Answer, Option<u64>, _)| {
                matches!(answer, Answer::Kept | Answer::Had) && number.is_some_and(|number| number <= base)
            };
            if receipt.answers(header.names.len()).all(settled) {
                continue;
            }
            if self.lacks_erased(&header)? {
                // It cannot be handed in again as it was: what is left of it is sealed anew.
                self.let_go(id)?;
            } else {
                self.run("update envelope set receipt = null where id = ?1", [id])?;
            }
        }
        Ok(())
    }

    fn lacks_erased(&self, header: &Header) -> Result<bool> {
        for name in &header.names {
            if self.is_erased_entry(*name)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Seals what waits in envelopes of an old life of this device and is nowhere else any more.
    pub(crate) fn reseal_kept_back(&self) -> Result<()> {
        let sql = "select id, sealed from envelope where receipt is null and sealed is not null order by id";
        for (id, sealed) in self.all(sql, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))? {
            let Ok(sealed) = minicbor::decode::<Sealed>(&sealed) else { continue };
            let mut gone = Vec::new();
            for bytes in sealed.entries {
                if !self.has_entry(EntryName::of(&bytes))? {
                    gone.push(bytes.into());
                }
            }
            self.let_go(id)?;
            self.keep_sealed_anew(gone)?;
        }
        Ok(())
    }

    /// Seals entries that lie nowhere else into an envelope that is kept whole.
    pub(crate) fn keep_sealed_anew(&self, entries: Vec<Vec<u8>>) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let (sealed, row) = self.seal_entries(entries)?;
        let bytes = minicbor::to_vec(&sealed).unwrap_or_default();
        self.run("update envelope set sealed = ?2 where id = ?1", params![row, bytes]).map(drop)
    }

    /// Takes an own change back out of an envelope that was kept whole: its household was forgotten, the county lost it since and
    /// does not take it in as it is. It stands aside until more is known of it.
    pub(crate) fn take_back(&self, envelope: i64, name: EntryName) -> Result<()> {
        if self.has_entry(name)? || self.is_erased_entry(name)? {
            return Ok(());
        }
        let sealed =
            self.one("select sealed from envelope where id = ?1", [envelope], |row| row.get::<_, Option<Vec<u8>>>(0))?;
        let sealed = sealed.flatten().and_then(|bytes| minicbor::decode::<Sealed>(&bytes).ok());
        let bytes = sealed.into_iter().flat_map(|sealed| sealed.entries).find(|bytes| EntryName::of(bytes) == name);
        let Some((entry, bytes)) = bytes.and_then(|bytes| Some((Entry::read(&bytes).ok()?, bytes))) else {
            return Ok(());
        };
        if entry.kind == kind::CHANGE {
            self.insert_entry(&entry, name, &bytes, standing::ASIDE)?;
            self.run("update entry set envelope = ?2 where name = ?1", params![name.0, envelope])?;
        }
        Ok(())
    }

    /// How many entries wait in kept envelopes only: their household was forgotten, the county lost them since.
    pub(crate) fn kept_back(&self) -> Result<usize> {
        let mut count = 0;
        let sql = "select header from envelope where receipt is null and sealed is not null";
        for header in self.all(sql, [], |row| row.get::<_, Vec<u8>>(0))? {
            let Ok(header) = minicbor::decode::<Header>(&header) else { continue };
            for name in header.names {
                count += usize::from(!self.has_entry(name)?);
            }
        }
        Ok(count)
    }
}
