//! What came to this device and what it let go: told to its person once. A household that was let go is told by place and
//! number only, for its name is no longer here.

use crate::error::Result;
use crate::store::{Ledger, Tx};
use lianhu_core::day::Day;
use lianhu_core::ids::HouseholdId;
use rusqlite::params;
use serde::Serialize;
use ts_rs::TS;

/// Something that came or went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Tiding {
    /// `came` or `let_go`.
    pub what: String,
    /// On which day, by this device's clock.
    pub day: Day,
    /// Of which village, where that is known.
    pub place: Option<String>,
    /// How many households.
    pub households: u32,
    /// The heads of those that came and are still here.
    pub heads: Vec<String>,
}

impl Ledger {
    /// What has not been read yet, newest first.
    pub fn tidings(&self) -> Result<Vec<Tiding>> {
        let sql = "select tiding.came, tiding.day, coalesce(tiding.place, place.name), count(*), group_concat(household.head, x'0a') \
                   from tiding left join household on household.id = tiding.household \
                   left join place on place.id = household.village \
                   group by 1, 2, 3 order by tiding.day desc, tiding.came desc, 3";
        self.look().all(sql, [], |row| {
            let heads: Option<String> = row.get(4)?;
            Ok(Tiding {
                what: if row.get(0)? { "came" } else { "let_go" }.to_owned(),
                day: Day(row.get(1)?),
                place: row.get(2)?,
                households: row.get(3)?,
                heads: heads.map(|heads| heads.split('\n').map(str::to_owned).collect()).unwrap_or_default(),
            })
        })
    }

    /// Its person has read it.
    pub fn read_tidings(&mut self) -> Result<()> {
        self.transact(|tx| tx.run("delete from tiding", []).map(drop))
    }
}

impl Tx<'_> {
    /// A household was entrusted to this device's person after the first exchange.
    pub(crate) fn note_came(&self, household: HouseholdId) -> Result<()> {
        let sql = "insert into tiding (day, came, household) values (?1, 1, ?2)";
        self.run(sql, params![self.around.now().day().0, household.bytes()]).map(drop)
    }

    /// A household is about to be forgotten.
    pub(crate) fn note_let_go(&self, household: HouseholdId) -> Result<()> {
        self.run("delete from tiding where household = ?1", [household.bytes()])?;
        let sql = "select place.name from household join place on place.id = household.village where household.id = ?1";
        let place = self.one(sql, [household.bytes()], |row| row.get::<_, String>(0))?;
        let sql = "insert into tiding (day, came, place) values (?1, 0, ?2)";
        self.run(sql, params![self.around.now().day().0, place]).map(drop)
    }
}
