//! The county's numbers: one after the other, none missing, and each link of their chain made of the one before. Every
//! receipt holds the link of its moment: by them it is told from where on the order is another.

use super::{Fault, Unproven, Walk};
use crate::entries::name_of;
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::exchange::Receipt;
use lianhu_core::ids::{EntryName, Hash};
use std::collections::BTreeMap;

impl Walk {
    pub(super) fn numbers(&mut self, tx: &Tx<'_>) -> Result<()> {
        if !tx.identity()?.is_county {
            return Ok(());
        }
        self.cannot(Unproven::CountyKey, 1);
        let mut links = receipted_links(tx)?;
        let (mut chain, mut expected, mut sure, mut whole) = (Vec::new(), 1, 0, true);
        // What was erased keeps its place in the chain.
        let sql = "select number, name from erased_entry where number is not null order by number";
        let erased = tx.all(sql, [], |row| Ok((row.get::<_, i64>(0)?.cast_unsigned(), name_of(row, 1)?)))?;
        let mut erased = erased.into_iter().peekable();
        let mut step = |walk: &mut Self, number: u64, name: EntryName| {
            whole &= walk.gap(expected, number);
            expected = number + 1;
            let link = Hash::of(&[&chain, &number.to_be_bytes(), &name.0]);
            chain = link.0.to_vec();
            if links.remove(&link).is_some() {
                sure = number;
            }
        };
        let mut query = tx.conn.prepare("select number, name from entry where number is not null order by number")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let (number, name) = (row.get::<_, i64>(0)?.cast_unsigned(), name_of(row, 1)?);
            while let Some((before, gone)) = erased.next_if(|(before, _)| *before < number) {
                step(self, before, gone);
            }
            step(self, number, name);
        }
        for (number, name) in erased {
            step(self, number, name);
        }
        let top = tx.meta::<i64>("top")?.unwrap_or(0).cast_unsigned();
        whole &= self.gap(expected, top + 1);
        let newest: Vec<u8> = tx.meta("chain")?.unwrap_or_default();
        if whole && (newest != chain || !links.is_empty()) {
            self.found(Fault::Reordered, |finding| finding.number = Some(sure + 1));
        }
        Ok(())
    }

    /// Names the numbers that are missing; says whether there is none.
    fn gap(&mut self, expected: u64, found: u64) -> bool {
        for number in (expected..found).take(super::MOST) {
            self.found(Fault::EntryRemoved, |finding| finding.number = Some(number));
        }
        expected >= found
    }
}

/// The links that the receipts hold.
fn receipted_links(tx: &Tx<'_>) -> Result<BTreeMap<Hash, ()>> {
    let sql = "select receipt from envelope where length(receipt) > 0";
    let receipts = tx.all(sql, [], |row| row.get::<_, Vec<u8>>(0))?;
    let read = |bytes: Vec<u8>| Some((minicbor::decode::<Receipt>(&bytes).ok()?.terms.chain, ()));
    Ok(receipts.into_iter().filter_map(read).filter(|(link, ())| *link != Hash::default()).collect())
}
