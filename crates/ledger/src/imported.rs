//! What rosters have brought: the facts they state, where they place a household, whom they name.

use crate::error::Result;
use crate::store::Ledger;
use lianhu_core::directive::Placement;
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::field;
use lianhu_core::ids::{HouseholdId, PersonId, PlaceId};
use lianhu_core::scalar::Scalar;
use rusqlite::params;
use std::collections::{BTreeMap, BTreeSet};

impl Ledger {
    /// What rosters have said of a household so far.
    pub fn imported(&self, household: HouseholdId) -> Result<BTreeMap<String, Scalar>> {
        let dossier = self.look().dossier(household)?;
        let last: Vec<_> = dossier.last_import().into_iter().collect();
        Ok(dossier.values_at(&last))
    }

    /// Where the last roster placed a household, whatever people have decided since.
    pub fn imported_placement(&self, household: HouseholdId) -> Result<Option<Placement>> {
        let about = About::Household(household).key();
        let placements = self.look().entries("about = ?1 and kind = ?2", params![about, kind::PLACEMENT])?;
        let last =
            placements.iter().filter(|kept| kept.entry.source == Source::Table).max_by_key(|kept| kept.entry.mono);
        last.map(crate::entries::Kept::body).transpose()
    }

    /// Households of these villages that a roster has named, each with the people it named; but for those that have
    /// only just come: no earlier roster can have named anybody of theirs.
    pub fn imported_in(
        &self,
        villages: &BTreeSet<PlaceId>,
        just_come: &BTreeSet<HouseholdId>,
    ) -> Result<Vec<(HouseholdId, Vec<PersonId>)>> {
        let tx = self.look();
        let mut found = Vec::new();
        for village in villages {
            let sql = "select id from household where village = ?1 order by id";
            for id in tx.all(sql, [village.bytes()], |row| row.get::<_, Vec<u8>>(0))? {
                let Some(household) = HouseholdId::from_slice(&id).filter(|id| !just_come.contains(id)) else {
                    continue;
                };
                let imported = self.imported(household)?;
                if imported.is_empty() {
                    continue;
                }
                let named = imported.iter().filter(|(_, value)| **value != Scalar::Null);
                let persons: BTreeSet<_> = named.filter_map(|(key, _)| field::split_key(key).0).collect();
                found.push((household, persons.into_iter().collect()));
            }
        }
        Ok(found)
    }
}
