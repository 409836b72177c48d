//! What a household can be found by: names, pinyin, initials, tails of numbers, its national number, its door.

use super::household::Facts;
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::ids::HouseholdId;
use lianhu_core::scalar::Scalar;
use lianhu_core::search_key::{Door, SearchKeys};
use rusqlite::params;
use std::collections::BTreeSet;

/// The facts, of a household or a person, that search keys are made of.
pub(super) const IS_SEARCHED: [&str; 7] = ["name", "id_no", "phone", "national_no", "building", "unit", "room"];

impl Tx<'_> {
    /// Brings the search keys up to the facts.
    pub(super) fn put_search_keys(&self, household: HouseholdId, facts: &Facts) -> Result<()> {
        let mut keys = BTreeSet::new();
        for facts in std::iter::once(&facts.household).chain(facts.persons.values()) {
            let text = |key: &str| facts.get(key).and_then(Scalar::text).filter(|text| !text.is_empty());
            if let Some(name) = text("name") {
                keys.extend(SearchKeys::of_name(name));
                let from_second = name.char_indices().skip(1).filter_map(|(at, _)| name.get(at..));
                keys.extend(from_second.map(str::to_owned));
            }
            keys.extend(["id_no", "phone"].iter().filter_map(|key| text(key)).map(tail_key));
            keys.extend(text("national_no").map(str::to_owned));
        }
        let text = |key: &str| facts.household.get(key).map(ToString::to_string).unwrap_or_default();
        let (building, unit, room) = (text("building"), text("unit"), text("room"));
        if !room.is_empty() {
            keys.insert(Door::of(&building, &unit, &room).key());
        }
        // Most corrections touch one key of some fifty.
        let had = self.all("select key from search_key where household = ?1", [household.bytes()], |row| {
            row.get::<_, String>(0)
        })?;
        let had: BTreeSet<String> = had.into_iter().collect();
        for gone in had.difference(&keys) {
            self.run("delete from search_key where key = ?1 and household = ?2", params![gone, household.bytes()])?;
        }
        for key in keys.difference(&had) {
            self.run(
                "insert or ignore into search_key (key, household) values (?1, ?2)",
                params![key, household.bytes()],
            )?;
        }
        Ok(())
    }
}

/// The search key of the tail of a number: its last eight characters, backwards.
pub(crate) fn tail_key(number: &str) -> String {
    let backwards: String = number.chars().rev().take(8).collect();
    format!("~{}", backwards.to_lowercase())
}
