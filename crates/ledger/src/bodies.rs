//! What was written, as it lies in the file: open on a device, where the file itself is closed; at the county sealed for
//! its household besides.

use crate::entries::name_of;
use crate::error::{LedgerError, Result};
use crate::household_keys::{HouseholdKeys, keys_beside, sealed_for};
use crate::store::{Ledger, Tx};
use lianhu_core::entry::Entry;
use lianhu_core::ids::{EntryName, HouseholdId};
use rusqlite::params;
use std::borrow::Cow;
use uuid::Uuid;

/// How many entries of a county from before are sealed in one act.
const AT_ONCE: i64 = 5_000;
/// Whether everything at this county is sealed.
const SEALED: &str = "sealed";

impl Ledger {
    /// Opens the keys of a county's households. A county from before there were any is sealed here, act by act: who
    /// ends the program in between goes on at the next start.
    pub(crate) fn open_keys(&mut self) -> Result<()> {
        let tx = self.look();
        if tx.meta::<i64>("is_county")? != Some(1) {
            return Ok(());
        }
        let sealed = tx.meta::<i64>(SEALED)? == Some(1);
        if sealed && !keys_beside(self.path()).exists() {
            return Err(LedgerError::NoKeys);
        }
        self.keys = Some(HouseholdKeys::open(self.path(), &self.key)?);
        self.key_left = true;
        self.forget_erased()?;
        self.destroy_keys();
        if !sealed {
            self.seal_all()?;
        }
        Ok(())
    }

    fn seal_all(&mut self) -> Result<()> {
        for table in ["entry", "quarantine"] {
            let sql = format!("select id, name, bytes from {table} where id > ?1 order by id limit {AT_ONCE}");
            let mut from = 0;
            while let Some(last) = self.transact(|tx| {
                let rows = tx.all(&sql, [from], |row| Ok((row.get::<_, i64>(0)?, name_of(row, 1)?, row.get(2)?)))?;
                let last = rows.last().map(|(id, ..)| *id);
                for (id, name, bytes) in rows {
                    let bytes: Vec<u8> = bytes;
                    if sealed_for(&bytes).is_some() {
                        continue;
                    }
                    if let Cow::Owned(sealed) = tx.sealed(name, &bytes, subject(&bytes))? {
                        tx.run(&format!("update {table} set bytes = ?2 where id = ?1"), params![id, sealed])?;
                    }
                }
                Ok(last)
            })? {
                from = last;
            }
        }
        self.transact(|tx| tx.set_meta(SEALED, 1))
    }
}

impl Tx<'_> {
    /// Bytes as they are to lie in the file.
    pub(crate) fn sealed<'b>(
        &self,
        name: EntryName,
        bytes: &'b [u8],
        subject: Option<HouseholdId>,
    ) -> Result<Cow<'b, [u8]>> {
        match (self.keys, subject) {
            (Some(keys), Some(household)) => keys.seal(household, name, bytes, self.around).map(Cow::Owned),
            _ => Ok(Cow::Borrowed(bytes)),
        }
    }

    /// Bytes as they were written.
    pub(crate) fn opened(&self, name: EntryName, stored: Vec<u8>) -> Result<Vec<u8>> {
        let Some(keys) = self.keys.filter(|_| sealed_for(&stored).is_some()) else { return Ok(stored) };
        match keys.unseal(name, &stored) {
            // Not as it was sealed: whoever reads it sees that it has not its name.
            Err(LedgerError::Unreadable(_)) => Ok(stored),
            opened => opened,
        }
    }

    /// The bytes of an entry, as they were written.
    pub(crate) fn bytes_of(&self, name: EntryName) -> Result<Option<Vec<u8>>> {
        let stored = self.one("select bytes from entry where name = ?1", [name.0], |row| row.get::<_, Vec<u8>>(0))?;
        stored.map(|stored| self.opened(name, stored)).transpose()
    }
}

/// For whom bytes from outside are sealed. What cannot be read names nobody, and lies as it came unless it could be taken
/// for something sealed.
pub(crate) fn subject(bytes: &[u8]) -> Option<HouseholdId> {
    match Entry::read(bytes) {
        Ok(entry) => entry.about.household(),
        Err(_) => sealed_for(bytes).map(|_| HouseholdId(Uuid::nil())),
    }
}
