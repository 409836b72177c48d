//! What was erased by law: its names and numbers stand here still, and a directive that is here says why. Whoever merely
//! says that something was erased is found out by that.

use super::{Fault, Walk};
use crate::entries::name_of;
use crate::error::Result;
use crate::store::Tx;

impl Walk {
    pub(super) fn erased(&mut self, tx: &Tx<'_>) -> Result<()> {
        let is_county = tx.identity()?.is_county;
        let sql = "select name, erased_entry.number, directive, erased.number from erased_entry \
                   left join erased on about = cast(x'68' || erased.household as blob) order by erased_entry.number, name";
        let rows = tx.all(sql, [], |row| {
            let number = |at| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(at)?.map(i64::cast_unsigned));
            Ok((name_of(row, 0)?, number(1)?, number(2)?, number(3)?))
        })?;
        for (name, number, directive, told) in rows {
            match told {
                Some(told) => *self.erased.entry(told).or_default() += 1,
                // Its directive may be on its way to a device, never to the county.
                None if !is_county => *self.erased.entry(directive.unwrap_or(0)).or_default() += 1,
                None => self.entry(Fault::EntryRemoved, name, number),
            }
        }
        Ok(())
    }
}
