//! Places as people ask for them: by the path they write, by code, or one level of the tree at a time.

use crate::error::Result;
use crate::households::SHOWN;
use crate::store::Ledger;
use lianhu_core::directive::Placement;
use lianhu_core::entry::About;
use lianhu_core::ids::{HouseholdId, PlaceId, UserId};
use lianhu_core::role_kind::Reach;
use rusqlite::{Row, params};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use ts_rs::TS;

/// A place of either tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PlaceRow {
    /// Its id.
    pub id: PlaceId,
    /// What people call it.
    pub name: String,
    /// Its level: `county`, `town`, `village`, `site` …
    pub level: String,
    /// The place it lies in.
    pub parent: Option<PlaceId>,
    /// Its official code.
    pub code: Option<String>,
    /// All its names from the county down, with slashes.
    pub path: String,
    /// Households here or within, of either tree.
    pub households: u32,
}

const COLUMNS: &str = "id, name, level, parent, code, path";

fn row(row: &Row<'_>) -> rusqlite::Result<PlaceRow> {
    let id: Vec<u8> = row.get(0)?;
    let parent: Option<Vec<u8>> = row.get(3)?;
    Ok(PlaceRow {
        id: PlaceId::from_slice(&id).ok_or(rusqlite::Error::InvalidQuery)?,
        name: row.get(1)?,
        level: row.get(2)?,
        parent: parent.and_then(|id| PlaceId::from_slice(&id)),
        code: row.get(4)?,
        path: row.get(5)?,
        households: 0,
    })
}

impl Ledger {
    /// Finds a place by its path (南召县/皇后乡/北召店村, with or without the county), its official code, its id, or its
    /// bare name where only one place has it.
    pub fn find_place(&self, text: &str) -> Result<Option<PlaceId>> {
        let tx = self.look();
        let text = text.trim().trim_matches('/');
        if let Some(id) = PlaceId::parse(text) {
            let known = tx.one("select 1 from place where id = ?1", [id.bytes()], |_| Ok(()))?;
            return Ok(known.map(|()| id));
        }
        let first = |sql: &str, text: &str| -> Result<Option<PlaceId>> {
            let found = tx.all(sql, [text], |row| row.get::<_, Vec<u8>>(0))?;
            Ok(if let [one] = found.as_slice() { PlaceId::from_slice(one) } else { None })
        };
        for sql in [
            "select id from place where path = ?1 limit 2",
            "select id from place where path = (select path from place where level = 'county') || '/' || ?1 limit 2",
            "select id from place where code = ?1 limit 2",
            "select id from place where name = ?1 limit 2",
        ] {
            if let Some(id) = first(sql, text)? {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// All places in the order of their paths, with the number of households in each.
    pub fn places(&self) -> Result<Vec<PlaceRow>> {
        let tx = self.look();
        let mut places = tx.all(&format!("select {COLUMNS} from place order by path"), [], row)?;
        let parents: BTreeMap<PlaceId, Option<PlaceId>> = places.iter().map(|place| (place.id, place.parent)).collect();
        let mut counts: BTreeMap<PlaceId, u32> = BTreeMap::new();
        let placed = tx.all(&format!("select origin, present from household where {SHOWN}"), [], |row| {
            Ok([row.get::<_, Option<Vec<u8>>>(0)?, row.get::<_, Option<Vec<u8>>>(1)?])
        })?;
        for household in placed {
            // A household that lies in a place by both trees counts there once.
            let mut around = BTreeSet::new();
            for mut at in household.into_iter().flatten().map(|id| PlaceId::from_slice(&id)) {
                while let Some(place) = at.filter(|place| around.insert(*place)) {
                    at = parents.get(&place).copied().flatten();
                }
            }
            for place in around {
                *counts.entry(place).or_default() += 1;
            }
        }
        for place in &mut places {
            place.households = counts.get(&place.id).copied().unwrap_or(0);
        }
        Ok(places)
    }

    /// The places entrusted to one person or team by name. What was taken back already and waits for its number is left out.
    pub fn places_entrusted_to(&self, holder: UserId) -> Result<Vec<PlaceRow>> {
        let held = self.entrusted_to(holder)?;
        let mut places = self.places()?;
        places.retain(|place| held.contains(&About::Place(place.id)));
        Ok(places)
    }

    /// Where a household is placed.
    pub fn placement_of(&self, household: HouseholdId) -> Result<Option<Placement>> {
        let sql = "select origin, present from household where id = ?1 and origin is not null";
        let found = self.look().one(sql, [household.bytes()], |row| {
            let broken = || rusqlite::Error::InvalidQuery;
            let origin = PlaceId::from_slice(&row.get::<_, Vec<u8>>(0)?).ok_or_else(broken)?;
            let present = row.get::<_, Option<Vec<u8>>>(1)?.and_then(|id| PlaceId::from_slice(&id));
            Ok(Placement { origin, present })
        })?;
        Ok(found)
    }

    /// Whether a person directs in a place: the county everywhere, a township inside its area.
    pub fn may_direct_in(&self, user: UserId, place: PlaceId) -> Result<bool> {
        let tx = self.look();
        if self.reach_of(user)? == Reach::County || tx.identity()?.is_county {
            return Ok(true);
        }
        let sql = "select place from role where user = ?1 and reach = 2 and place is not null and ended is null";
        let areas = tx.all(sql, [user.bytes()], |row| row.get::<_, Vec<u8>>(0))?;
        let chain = tx.chain(place)?;
        Ok(areas.iter().filter_map(|id| PlaceId::from_slice(id)).any(|area| chain.contains(&area)))
    }

    /// One place.
    pub fn place(&self, id: PlaceId) -> Result<Option<PlaceRow>> {
        self.look().one(&format!("select {COLUMNS} from place where id = ?1"), [id.bytes()], row)
    }

    /// The village that a place lies in, or is.
    pub fn village_of(&self, id: PlaceId) -> Result<Option<PlaceId>> {
        let sql = "select village from place where id = ?1";
        let found = self.look().one(sql, [id.bytes()], |row| row.get::<_, Option<Vec<u8>>>(0))?;
        Ok(found.flatten().and_then(|id| PlaceId::from_slice(&id)))
    }

    /// The place of this name directly within another, if there is one.
    pub fn place_within(&self, parent: PlaceId, name: &str) -> Result<Option<PlaceId>> {
        let sql = "select id from place where parent = ?1 and name = ?2 limit 1";
        let found = self.look().one(sql, params![parent.bytes(), name], |row| row.get::<_, Vec<u8>>(0))?;
        Ok(found.and_then(|id| PlaceId::from_slice(&id)))
    }

    /// The county at the root of both trees.
    pub fn county_place(&self) -> Result<Option<PlaceId>> {
        let sql = "select id from place where level = 'county' and parent is null limit 1";
        let found = self.look().one(sql, [], |row| row.get::<_, Vec<u8>>(0))?;
        Ok(found.and_then(|id| PlaceId::from_slice(&id)))
    }
}
