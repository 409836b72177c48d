//! What is said of each fact of a household: by whom, when, how they know, and what counts until a person decides.

use crate::error::Result;
use crate::project::{Confirmed, is_waiting};
use crate::store::Ledger;
use lianhu_core::day::Moment;
use lianhu_core::dossier::Statement;
use lianhu_core::entry::Source;
use lianhu_core::field;
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
    /// 待确认: it counts only once a township or the county confirms it.
    pub waiting: bool,
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
        let dossier = tx.dossier(household)?;
        let to_confirm = tx.confirmed_facts()?;
        for (key, mut statements) in dossier.all() {
            let confirms = to_confirm.contains(field::split_key(&key).1);
            let confirmed = if confirms { tx.confirmed(household, &dossier, &key, &statements)? } else { None };
            let counting = match &confirmed {
                _ if !confirms => tx.counting(&statements)?.map(|statement| statement.value.clone()),
                confirmed => confirmed.as_ref().map(|confirmed| confirmed.value.clone()),
            };
            // What was confirmed counts even where somebody has since said something else over it.
            if let Some(Confirmed { value, said }) = &confirmed
                && !statements.iter().any(|statement| statement.value == *value)
            {
                statements.push(Statement { value: value.clone(), entries: vec![*said] });
            }
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
                let waiting = confirms && is_waiting(&statement.value, confirmed.as_ref());
                let counts = Some(&statement.value) == counting.as_ref();
                said.push(Said { counts, waiting, value: statement.value, by });
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
