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
    /// On which card it is written: that of the household, or one that is joined into it.
    pub card: HouseholdId,
}

impl Ledger {
    /// All facts of a household with everything said of them, on whichever of its cards.
    pub fn statements(&self, household: HouseholdId) -> Result<BTreeMap<String, Vec<Said>>> {
        let tx = self.look();
        if !tx.is_joined(household)? {
            return self.own_statements(household);
        }
        let cards = tx.cards_of(household)?;
        let mut all = BTreeMap::new();
        for (at, card) in cards.iter().enumerate() {
            let mut own = self.own_statements(*card)?;
            for key in own.keys().cloned().collect::<Vec<_>>() {
                let stays = match field::split_key(&key).0 {
                    Some(person) => tx.counted_as(*card, person)?.is_none(),
                    None => at == 0,
                };
                if let (true, Some(said)) = (stays, own.remove(&key)) {
                    all.insert(key, said);
                }
            }
        }
        for (key, elsewhere) in tx.said_elsewhere(&cards)? {
            let said: &mut Vec<Said> = all.entry(key).or_default();
            for (card, statement) in elsewhere.there {
                let by = self.said_by(card, &statement.entries)?;
                match said.iter_mut().find(|said| said.value == statement.value) {
                    Some(same) => same.by.extend(by),
                    None => {
                        let counts = said.is_empty();
                        said.push(Said { value: statement.value, by, counts, waiting: false });
                    }
                }
            }
        }
        all.retain(|_, said| !said.is_empty());
        Ok(all)
    }

    /// On which card, and under which key, a fact of a household is kept.
    pub fn kept_at(&self, household: HouseholdId, key: &str) -> Result<(HouseholdId, String)> {
        let (Some(person), fact) = field::split_key(key) else {
            return Ok((self.card_of(household)?, key.to_owned()));
        };
        let (card, person) = self.person_home(household, person)?;
        Ok((card, field::person_key(person, fact)))
    }

    fn said_by(&self, card: HouseholdId, entries: &[EntryName]) -> Result<Vec<SaidBy>> {
        let tx = self.look();
        let mut by = Vec::new();
        for name in entries {
            if let Some(kept) = tx.entry(*name)? {
                by.push(SaidBy {
                    entry: *name,
                    name: self.cadre_name(kept.entry.user)?,
                    at: kept.entry.at,
                    source: kept.entry.source,
                    at_county: kept.number.is_some(),
                    card,
                });
            }
        }
        Ok(by)
    }

    /// All facts of one card with everything said of them on it.
    pub fn own_statements(&self, household: HouseholdId) -> Result<BTreeMap<String, Vec<Said>>> {
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
                let by = self.said_by(household, &statement.entries)?;
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
        self.facts_asked("select household, key from conflict order by household, key limit ?1", most)
    }

    /// The facts that wait for a confirmation, the longest waiting first.
    pub fn unconfirmed(&self, most: u32) -> Result<Vec<(HouseholdId, String)>> {
        self.facts_asked(
            "select household, key from conflict where asks = 2 order by since, household, key limit ?1",
            most,
        )
    }

    fn facts_asked(&self, sql: &str, most: u32) -> Result<Vec<(HouseholdId, String)>> {
        let found = self.look().all(sql, [most], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, String>(1)?)))?;
        Ok(found.into_iter().filter_map(|(id, key)| Some((HouseholdId::from_slice(&id)?, key))).collect())
    }
}
