//! Every entry by itself: its bytes have its name, and what stands beside them says what they say. And all together: they
//! add up to the sums that are compared with the county.

use super::{Fault, Unproven, Walk};
use crate::entries::{day_of, digest_at, name_of};
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::entry::{About, Entry};
use lianhu_core::exchange::Digest;
use lianhu_core::ids::EntryName;
use std::collections::BTreeMap;

/// A row of the table of entries.
struct Row {
    name: EntryName,
    kind: u16,
    about: Vec<u8>,
    user: Vec<u8>,
    device: Vec<u8>,
    day: i32,
    number: Option<u64>,
    bytes: Vec<u8>,
}

impl Walk {
    pub(super) fn entries(&mut self, tx: &Tx<'_>) -> Result<()> {
        let mut sums: BTreeMap<Vec<u8>, Digest> = BTreeMap::new();
        let mut query =
            tx.conn.prepare("select name, kind, about, user, device, day, number, bytes from entry order by id")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let name = name_of(row, 0)?;
            let row = Row {
                name,
                kind: row.get(1)?,
                about: row.get(2)?,
                user: row.get(3)?,
                device: row.get(4)?,
                day: row.get(5)?,
                number: row.get::<_, Option<i64>>(6)?.map(i64::cast_unsigned),
                // Without its key it is nothing that has its name.
                bytes: tx.opened(name, row.get(7)?).unwrap_or_default(),
            };
            self.entries += 1;
            self.one_entry(&row);
            if row.number.is_some() {
                for key in [&row.about, &About::Everything.key()] {
                    let sum = sums.entry(key.clone()).or_default();
                    *sum = sum.plus(Digest::of(&row.name));
                }
            }
        }
        self.sums(tx, &sums)?;
        self.quarantine(tx)
    }

    fn one_entry(&mut self, row: &Row) {
        if EntryName::of(&row.bytes) != row.name {
            return self.entry(Fault::EntryAltered, row.name, row.number);
        }
        let Ok(entry) = Entry::read(&row.bytes) else {
            return self.entry(Fault::EntryAltered, row.name, row.number);
        };
        let same = entry.kind == row.kind
            && entry.about.key() == row.about
            && entry.user.bytes() == row.user
            && entry.device.bytes() == row.device
            && day_of(&entry).0 == row.day;
        if !same {
            self.entry(Fault::RowAltered, row.name, row.number);
        }
    }

    /// One entry that is gone without a trace is known by what its sum lacks: the beginning of its name.
    fn sums(&mut self, tx: &Tx<'_>, sums: &BTreeMap<Vec<u8>, Digest>) -> Result<()> {
        let everything = About::Everything.key();
        let kept = tx.all("select about, count, sum from digest", [], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, digest_at(row, 1)?))
        })?;
        let kept: BTreeMap<Vec<u8>, Digest> = kept.into_iter().collect();
        let mut gone = false;
        for about in kept.keys().chain(sums.keys()).filter(|about| **about != everything) {
            let (kept, held) = (kept.get(about).copied(), sums.get(about).copied());
            let (kept, held) = (kept.unwrap_or_default(), held.unwrap_or_default());
            if kept == held {
                continue;
            }
            gone = true;
            let lacks = kept.minus(held);
            if lacks.count == 1 {
                let beginning = lacks.sum.to_string();
                self.found(Fault::EntryRemoved, |finding| finding.entry = Some(beginning));
            } else {
                self.found(Fault::SumDiffers, |finding| finding.table = Some("digest".to_owned()));
            }
        }
        if !gone && kept.get(&everything) != sums.get(&everything) {
            self.found(Fault::SumDiffers, |finding| finding.table = Some("digest".to_owned()));
        }
        Ok(())
    }

    fn quarantine(&mut self, tx: &Tx<'_>) -> Result<()> {
        let rows =
            tx.all("select name, bytes from quarantine", [], |row| Ok((name_of(row, 0)?, row.get::<_, Vec<u8>>(1)?)))?;
        for (name, stored) in &rows {
            if EntryName::of(&tx.opened(*name, stored.clone()).unwrap_or_default()) != *name {
                self.entry(Fault::EntryAltered, *name, None);
            }
        }
        self.cannot(Unproven::Quarantined, u32::try_from(rows.len()).unwrap_or(u32::MAX));
        Ok(())
    }
}
