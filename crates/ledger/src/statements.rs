//! What is said of each fact of a household: by whom, when, how they know, and what counts until a person decides.

use crate::error::Result;
use crate::store::Ledger;
use lianhu_core::day::Moment;
use lianhu_core::entry::Source;
use lianhu_core::ids::{EntryName, HouseholdId};
use lianhu_core::scalar::Scalar;
use std::collections::BTreeMap;

/// One statement with everyone who makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What is said.
    pub value: Scalar,
    /// Who says it.
    pub by: Vec<SaidBy>,
    /// Whether it counts until a person decides.
    pub counts: bool,
}

/// One person's saying it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidBy {
    /// The entry.
    pub entry: EntryName,
    /// Their name, where it is known here.
    pub name: Option<String>,
    /// What their clock said.
    pub at: Moment,
    /// How they know.
    pub source: Source,
    /// Whether the county has it.
    pub at_county: bool,
}

impl Ledger {
    /// All facts of a household with everything said of them.
    pub fn statements(&self, household: HouseholdId) -> Result<BTreeMap<String, Vec<Said>>> {
        let tx = self.look();
        let mut all = BTreeMap::new();
        for (key, statements) in tx.dossier(household)?.all() {
            let counting = tx.counting(&statements)?.map(|statement| statement.value.clone());
            let mut said = Vec::new();
            for statement in statements {
                let mut by = Vec::new();
                for name in &statement.entries {
                    if let Some(kept) = tx.entry(*name)? {
                        by.push(SaidBy {
                            entry: *name,
                            name: self.cadre_name(kept.entry.user)?,
                            at: kept.entry.at,
                            source: kept.entry.source,
                            at_county: kept.number.is_some(),
                        });
                    }
                }
                said.push(Said { counts: Some(&statement.value) == counting.as_ref(), value: statement.value, by });
            }
            said.sort_by_key(|said| !said.counts);
            all.insert(key, said);
        }
        Ok(all)
    }

    /// The facts that say two things, household by household.
    pub fn conflicts(&self, most: u32) -> Result<Vec<(HouseholdId, String)>> {
        let sql = "select household, key from conflict order by household, key limit ?1";
        let found = self.look().all(sql, [most], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, String>(1)?)))?;
        Ok(found.into_iter().filter_map(|(id, key)| Some((HouseholdId::from_slice(&id)?, key))).collect())
    }
}
