//! What came to this device and what it let go: told to its person once. A household that was let go is told by place and
//! number only, for its name is no longer here.

use crate::error::Result;
use crate::store::{Ledger, Tx};
use lianhu_core::day::Day;
use lianhu_core::entry::{About, kind};
use lianhu_core::ids::HouseholdId;
use rusqlite::params;
use serde::Serialize;
use ts_rs::TS;

/// Something that came or went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Tiding {
    /// `came`, `let_go`, or `sample_opened`: an inspection saw name, address and telephone of a drawn sample.
    pub what: String,
    /// On which day, by this device's clock.
    pub day: Day,
    /// Of which village, where that is known.
    pub place: Option<String>,
    /// How many households.
    pub households: u32,
    /// The heads of those that came and are still here.
    pub heads: Vec<String>,
    /// The team of the inspection that opened a sample.
    pub team: Option<String>,
}

/// Up to which number the person was told of opened samples.
const SAMPLES_TOLD: &str = "samples_told";
/// Openings longer ago are told to nobody who has only just come to hold the household.
const RECENT: i32 = 60;

impl Ledger {
    /// What has not been read yet, newest first.
    pub fn tidings(&self) -> Result<Vec<Tiding>> {
        let sql = "select tiding.came, tiding.day, coalesce(tiding.place, place.name), count(*), group_concat(household.head, x'0a') \
                   from tiding left join household on household.id = tiding.household \
                   left join place on place.id = household.village \
                   group by 1, 2, 3 order by tiding.day desc, tiding.came desc, 3";
        let mut tidings = self.look().opened_untold()?;
        tidings.extend(self.look().all(sql, [], |row| {
            let heads: Option<String> = row.get(4)?;
            Ok(Tiding {
                team: None,
                what: if row.get(0)? { "came" } else { "let_go" }.to_owned(),
                day: Day(row.get(1)?),
                place: row.get(2)?,
                households: row.get(3)?,
                heads: heads.map(|heads| heads.split('\n').map(str::to_owned).collect()).unwrap_or_default(),
            })
        })?);
        Ok(tidings)
    }

    /// Its person has read it.
    pub fn read_tidings(&mut self) -> Result<()> {
        self.transact(|tx| {
            let newest =
                tx.one("select max(number) from sample_opened", [], |row| row.get::<_, Option<i64>>(0))?.flatten();
            tx.set_meta(SAMPLES_TOLD, newest.unwrap_or(0))?;
            tx.run("delete from tiding", []).map(drop)
        })
    }
}

impl Tx<'_> {
    /// Samples that were opened among the households here, by team and day, and that the person has not been told of yet.
    fn opened_untold(&self) -> Result<Vec<Tiding>> {
        let sql = "select team, sample_opened.day, place.name, count(distinct household.id), group_concat(distinct household.head) \
                   from sample_opened join household on household.id = sample_opened.household \
                   left join place on place.id = household.village \
                   where number > ?1 and sample_opened.day >= ?2 group by 1, 2, 3 order by 2 desc, 1, 3";
        let told = self.meta::<i64>(SAMPLES_TOLD)?.unwrap_or(0);
        self.all(sql, params![told, self.around.now().day().plus(-RECENT).0], |row| {
            let heads: Option<String> = row.get(4)?;
            Ok(Tiding {
                what: "sample_opened".to_owned(),
                day: Day(row.get(1)?),
                place: row.get(2)?,
                households: row.get(3)?,
                heads: heads.map(|heads| heads.split(',').map(str::to_owned).collect()).unwrap_or_default(),
                team: Some(row.get(0)?),
            })
        })
    }

    /// A household was entrusted to this device's person after the first exchange.
    pub(crate) fn note_came(&self, household: HouseholdId) -> Result<()> {
        // What one registered oneself is no news.
        let me = self.identity()?;
        let own = "select 1 from entry where about = ?1 and kind = ?2 and user = ?3 limit 1";
        let params = params![About::Household(household).key(), kind::REGISTRATION, me.user.bytes()];
        if self.one(own, params, |_| Ok(()))?.is_some() {
            return Ok(());
        }
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
