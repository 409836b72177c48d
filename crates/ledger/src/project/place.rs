//! The places of both trees, each with the town and village it lies in and the path people write.

use crate::entries::Kept;
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::directive::Place;
use lianhu_core::entry::{About, kind};
use lianhu_core::ids::PlaceId;
use rusqlite::params;

/// How deep a tree of places may be; a longer chain is a circle.
pub(crate) const DEEPEST: usize = 12;

impl Tx<'_> {
    pub(super) fn project_place(&self, kept: &Kept) -> Result<()> {
        let About::Place(id) = kept.entry.about else { return Ok(()) };
        self.place_row(id, DEEPEST)
    }

    /// Computes the row of a place from its newest directive, and those of the places within it.
    fn place_row(&self, id: PlaceId, depth: usize) -> Result<()> {
        let all = self.entries("about = ?1 and kind = ?2", params![About::Place(id).key(), kind::PLACE])?;
        let Some(newest) = all.last() else { return Ok(()) };
        let place: Place = newest.body()?;
        let parent = place.parent.map(|parent| parent.bytes().to_vec());
        let above = "select town, village, path from place where id = ?1";
        let above = self.one(above, [&parent], |row| {
            Ok((row.get::<_, Option<Vec<u8>>>(0)?, row.get::<_, Option<Vec<u8>>>(1)?, row.get::<_, String>(2)?))
        })?;
        let (town, village, path) = above.unwrap_or_default();
        let own = |level: &str, above: Option<Vec<u8>>| {
            if place.level == level { Some(id.bytes().to_vec()) } else { above }
        };
        let path = if path.is_empty() { place.name.clone() } else { format!("{path}/{}", place.name) };
        let known = self.one("select path, level from place where id = ?1", [id.bytes()], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?;
        self.run(
            "insert or replace into place (id, name, level, parent, code, town, village, path) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![id.bytes(), place.name, place.level, parent, place.code, own("town", town), own("village", village), path],
        )?;
        // What lies within follows when it is here already, or came before its parent.
        if depth > 0 && known.is_none_or(|(was, level)| was != path || level != place.level) {
            for within in
                self.all("select id from place where parent = ?1", [id.bytes()], |row| row.get::<_, Vec<u8>>(0))?
            {
                if let Some(within) = PlaceId::from_slice(&within) {
                    self.place_row(within, depth - 1)?;
                }
            }
            self.replace_households_of(id)?;
        }
        Ok(())
    }

    /// Households whose place has got another village or town, or whose place came after them.
    fn replace_households_of(&self, place: PlaceId) -> Result<()> {
        let sql = "select id from household where origin = ?1 or present = ?1";
        for id in self.all(sql, [place.bytes()], |row| row.get::<_, Vec<u8>>(0))? {
            if let Some(household) = lianhu_core::ids::HouseholdId::from_slice(&id) {
                self.place_household(household)?;
                self.touch(About::Household(household));
            }
        }
        Ok(())
    }

    /// A place and all it lies in, from the inside out.
    pub(crate) fn chain(&self, place: PlaceId) -> Result<Vec<PlaceId>> {
        let mut chain = vec![place];
        while let Some(inner) = chain.last().filter(|_| chain.len() <= DEEPEST) {
            let parent = self.one("select parent from place where id = ?1", [inner.bytes()], |row| {
                row.get::<_, Option<Vec<u8>>>(0)
            })?;
            match parent.flatten().and_then(|id| PlaceId::from_slice(&id)) {
                Some(parent) if !chain.contains(&parent) => chain.push(parent),
                _ => break,
            }
        }
        Ok(chain)
    }

    /// A place and everything within it.
    pub(crate) fn within(&self, place: PlaceId) -> Result<Vec<PlaceId>> {
        let sql = "with recursive inside (id) as (select ?1 union select place.id from place join inside on place.parent = inside.id) select id from inside";
        let ids = self.all(sql, [place.bytes()], |row| row.get::<_, Vec<u8>>(0))?;
        Ok(ids.iter().filter_map(|id| PlaceId::from_slice(id)).collect())
    }
}
