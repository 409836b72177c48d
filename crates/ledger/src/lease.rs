//! The lease: how long a device that has not met the county shows all it holds. After it, reading is masked; writing goes on
//! and nothing that waits is lost (domain.md L13).

use crate::entries::name_of;
use crate::error::Result;
use crate::store::{Ledger, Tx};
use lianhu_core::day::Moment;
use lianhu_core::directive::CountyRow;
use lianhu_core::entry::{About, Source, kind};

/// Under which key the county sets it.
const LEASE_DAYS: &str = "lease_days";
/// How many days it is until the county sets another number.
const USUAL: i64 = 45;
/// The fewest and the most days that make sense of it.
pub const LEASE_BOUNDS: std::ops::RangeInclusive<i64> = 7..=366;
const DAY: i64 = 86_400;
/// Under this stands 1 while the county shuts this device out: it has no lease, however often it asks.
pub(crate) const SHUT_OUT: &str = "shut_out";

impl Ledger {
    /// Sets how many days it is, for every device of the county.
    pub fn set_lease_days(&mut self, days: i64) -> Result<()> {
        let body = CountyRow { key: LEASE_DAYS.to_owned(), value: days };
        self.write(|writing| writing.record(About::County, kind::COUNTY_ROW, Source::Office, &body)).map(drop)
    }

    /// How many days the lease is.
    pub fn lease_days(&self) -> Result<i64> {
        let sql = "select value from county_row where key = ?1";
        let set = self.look().one(sql, [LEASE_DAYS], |row| row.get::<_, i64>(0))?;
        Ok(set.filter(|days| LEASE_BOUNDS.contains(days)).unwrap_or(USUAL))
    }

    /// Whether the county said, when it was last asked, that this device is shut out.
    pub fn is_shut_out(&self) -> Result<bool> {
        Ok(self.look().meta::<i64>(SHUT_OUT)? == Some(1))
    }

    /// How many days of it are left, none before the first exchange and at the county itself; 0 for a device that the
    /// county has shut out. Setting the clock back gives
    /// no more of them: what was written since counts as well as the clock.
    pub fn lease_left(&self) -> Result<Option<i64>> {
        let tx = self.look();
        let me = tx.identity()?;
        if self.is_shut_out()? {
            return Ok(Some(0));
        }
        let last = tx.meta::<i64>("last_exchange")?.filter(|_| !me.is_county);
        let Some(last) = last else { return Ok(None) };
        let now = tx.last_written()?.map_or(self.now(), |at| self.now().max(at));
        Ok(Some(self.lease_days()? - (now.0 - last).div_euclid(DAY)))
    }
}

impl Tx<'_> {
    /// When this device wrote the newest of what waits for a number.
    pub(crate) fn last_written(&self) -> Result<Option<Moment>> {
        let device = self.identity()?.device;
        let sql = "select name, max(id) from entry indexed by entry_waiting where number is null and device = ?1 having max(id) is not null";
        let written = self.one(sql, [device.bytes()], |row| name_of(row, 0))?;
        Ok(written.map_or(Ok(None), |name| self.entry(name))?.map(|kept| kept.entry.at))
    }
}
