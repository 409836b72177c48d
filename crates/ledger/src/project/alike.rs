//! The keys by which a household is compared with others, from its rows: who has one in common looks like it.

use crate::error::Result;
use crate::store::Tx;
use lianhu_core::alike::{Compared, ComparedPerson};
use lianhu_core::ids::{HouseholdId, PersonId, PlaceId};
use rusqlite::params;
use std::collections::BTreeSet;

/// The facts, of a household or a person, by which households are compared.
pub(crate) const IS_COMPARED: [&str; 12] =
    ["name", "relation", "status", "sex", "birth", "id_no", "phone", "national_no", "site", "building", "unit", "room"];

impl Tx<'_> {
    /// A household as it is compared, with the ids of its people in the same order; nothing where it has no row.
    pub(crate) fn compared(&self, household: HouseholdId) -> Result<Option<(Compared, Vec<PersonId>)>> {
        let sql =
            "select national_no, phone, village, present, site, building, unit, room from household where id = ?1";
        let found = self.one(sql, [household.bytes()], |row| {
            let place = |at: usize| -> rusqlite::Result<Option<PlaceId>> {
                Ok(row.get::<_, Option<Vec<u8>>>(at)?.and_then(|id| PlaceId::from_slice(&id)))
            };
            let lives_in = place(3)?.map(|place| place.to_string());
            Ok(Compared {
                national_no: row.get(0)?,
                phone: row.get(1)?,
                village: place(2)?,
                lives_in: lives_in.or(row.get::<_, Option<String>>(4)?),
                door: [row.get(5)?, row.get(6)?, row.get(7)?],
                persons: Vec::new(),
            })
        })?;
        let Some(mut compared) = found else { return Ok(None) };
        let sql = "select id, name, relation, sex, birth, id_no, phone from person where household = ?1 and counts = 1 order by id";
        let mut ids = Vec::new();
        let people = self.all(sql, [household.bytes()], |row| {
            let id: Vec<u8> = row.get(0)?;
            ids.push(PersonId::from_slice(&id).ok_or(rusqlite::Error::InvalidQuery)?);
            Ok(ComparedPerson {
                name: row.get(1)?,
                is_head: row.get::<_, Option<String>>(2)?.as_deref() == Some("户主"),
                sex: row.get(3)?,
                birth: row.get(4)?,
                id_no: row.get(5)?,
                phone: row.get(6)?,
            })
        })?;
        compared.persons = people;
        Ok(Some((compared, ids)))
    }

    /// Brings the keys of a household up to its rows.
    pub(crate) fn put_alike_keys(&self, household: HouseholdId) -> Result<()> {
        let keys = self.compared(household)?.map(|(compared, _)| compared.keys()).unwrap_or_default();
        let had = self.all("select key from alike_key where household = ?1", [household.bytes()], |row| row.get(0))?;
        let had: BTreeSet<i64> = had.into_iter().collect();
        for gone in had.difference(&keys) {
            self.run("delete from alike_key where key = ?1 and household = ?2", params![gone, household.bytes()])?;
        }
        for key in keys.difference(&had) {
            self.run("insert into alike_key (key, household) values (?1, ?2)", params![key, household.bytes()])?;
        }
        Ok(())
    }
}
