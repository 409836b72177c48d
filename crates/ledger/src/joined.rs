//! Households that are joined: which cards are one, which person is who, and what another card of the same household says.

use crate::error::{LedgerError, Result};
use crate::store::{Ledger, Tx};
use lianhu_core::dossier::Statement;
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::field;
use lianhu_core::ids::{EntryName, HouseholdId, PersonId};
use lianhu_core::join::{Join, JoinEnd, Pair};
use lianhu_core::trace::act;
use rusqlite::params;
use std::collections::BTreeMap;

/// What the cards of a household say of one fact, beside the card on which it is kept.
#[derive(Debug)]
pub(crate) struct Elsewhere {
    /// What the card on which it is kept says.
    pub(crate) here: Vec<Statement>,
    /// What other cards say and nobody has decided since: which card, what.
    pub(crate) there: Vec<(HouseholdId, Statement)>,
}

/// A join that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinRow {
    /// The directive: by it they are parted.
    pub entry: EntryName,
    /// The card that was joined.
    pub household: HouseholdId,
    /// The card it was joined into.
    pub into: HouseholdId,
    /// Who is who.
    pub persons: Vec<Pair>,
    /// Whether it is the same household, or only these persons are.
    pub whole: bool,
    /// Why.
    pub reason: String,
    /// The county's number; none means it waits here.
    pub number: Option<u64>,
}

/// Why households were not joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotJoined {
    /// Whoever asked may not: one of them lies outside their area.
    NotAllowed,
    /// One of them is joined already, or it would go round in a circle.
    Circle,
    /// That is no household, or no person of it.
    Senseless,
}

impl Ledger {
    /// The card a household is shown on: itself, or the one it is joined into.
    pub fn card_of(&self, household: HouseholdId) -> Result<HouseholdId> {
        self.look().root_of(household)
    }

    /// All cards of a household, the one it is shown on first.
    pub fn cards_of(&self, household: HouseholdId) -> Result<Vec<HouseholdId>> {
        self.look().cards_of(household)
    }

    /// The card and the name under which a person of a household is kept; whoever is new comes on the card that is shown.
    pub fn person_home(&self, household: HouseholdId, person: PersonId) -> Result<(HouseholdId, PersonId)> {
        let tx = self.look();
        for card in tx.cards_of(household)? {
            let sql = "select 1 from person where household = ?1 and id = ?2";
            if tx.one(sql, params![card.bytes(), person.bytes()], |_| Ok(()))?.is_some() {
                return Ok(tx.counted_as(card, person)?.unwrap_or((card, person)));
            }
        }
        Ok((tx.root_of(household)?, person))
    }

    /// As whom a person of a card is counted on another one.
    pub fn counted_as(&self, card: HouseholdId, person: PersonId) -> Result<Option<(HouseholdId, PersonId)>> {
        self.look().counted_as(card, person)
    }

    /// Joins one household into another, or only persons of it.
    pub fn join(&mut self, household: HouseholdId, join: &Join) -> Result<std::result::Result<EntryName, NotJoined>> {
        self.transact(|tx| {
            let mut sensible = join.makes_sense(household);
            for (card, persons) in [
                (household, join.persons.iter().map(|pair| pair.person).collect::<Vec<_>>()),
                (join.into, join.persons.iter().map(|pair| pair.into).collect()),
            ] {
                let known = "select 1 from household where id = ?1";
                sensible &= tx.one(known, [card.bytes()], |_| Ok(()))?.is_some();
                for person in persons {
                    let known = "select 1 from person where household = ?1 and id = ?2";
                    sensible &= tx.one(known, params![card.bytes(), person.bytes()], |_| Ok(()))?.is_some();
                }
            }
            if !sensible {
                return Ok(Err(NotJoined::Senseless));
            }
            if !tx.may_join(tx.identity()?.user, [household, join.into])? {
                return Ok(Err(NotJoined::NotAllowed));
            }
            if tx.cannot_join(household, join)? {
                return Ok(Err(NotJoined::Circle));
            }
            let about = About::Household(household);
            let body = minicbor::to_vec(join).unwrap_or_default();
            let name = tx.write_entry(about, kind::JOIN, Source::Office, body)?;
            tx.trace(act::JOIN, about, &join.reason)?;
            Ok(Ok(name))
        })
    }

    /// Whether a join could not take effect: what it joins is joined already, or it would go round in a circle.
    #[doc(hidden)]
    pub fn would_circle(&self, household: HouseholdId, join: &Join) -> Result<bool> {
        self.look().cannot_join(household, join)
    }

    /// The household that a join has joined into another.
    pub fn joining(&self, join: EntryName) -> Result<Option<HouseholdId>> {
        Ok(self.look().joining_target(join)?.map(|(household, _)| household))
    }

    /// Parts what a join has joined; it was in force until now.
    pub fn part(&mut self, join: EntryName, reason: &str) -> Result<std::result::Result<(), NotJoined>> {
        self.transact(|tx| {
            let Some((household, into)) = tx.joining_target(join)? else {
                return Err(LedgerError::NotFound("join"));
            };
            let sql = "select 1 from joining where entry = ?1 and ended = 0";
            if tx.one(sql, [join.0], |_| Ok(()))?.is_none() {
                return Err(LedgerError::NotFound("join"));
            }
            if !tx.may_join(tx.identity()?.user, [household, into])? {
                return Ok(Err(NotJoined::NotAllowed));
            }
            let about = About::Household(household);
            let body = JoinEnd { join, reason: reason.to_owned() };
            tx.write_entry(about, kind::JOIN_END, Source::Office, minicbor::to_vec(&body).unwrap_or_default())?;
            tx.trace(&format!("{} end", act::JOIN), about, reason)?;
            Ok(Ok(()))
        })
    }

    /// Whether this device's person may join these two, or part them.
    pub fn may_join(&self, households: [HouseholdId; 2]) -> Result<bool> {
        let tx = self.look();
        tx.may_join(tx.identity()?.user, households)
    }

    /// The joins in force that make one of these cards what it is: all that lead to it, and those of persons from or to it.
    pub fn joins_of(&self, household: HouseholdId) -> Result<Vec<JoinRow>> {
        let tx = self.look();
        let mut found = Vec::new();
        for card in tx.cards_of(household)? {
            let sql = "select entry from joining where (household = ?1 or target = ?1) and ended = 0";
            for name in tx.all(sql, [card.bytes()], |row| crate::entries::name_of(row, 0))? {
                if !found.iter().any(|known: &JoinRow| known.entry == name) {
                    found.extend(tx.join_row(name)?);
                }
            }
        }
        found.sort_by_key(|join| (join.number.is_none(), join.number, join.entry));
        Ok(found)
    }

    /// All joins in force, the newest first; and how many there are.
    pub fn joins(&self, from: u32, most: u32) -> Result<(u32, Vec<JoinRow>)> {
        let tx = self.look();
        let total = tx.one("select count(*) from joining where ended = 0", [], |row| row.get(0))?.unwrap_or(0);
        let sql = "select joining.entry from joining join entry on entry.name = joining.entry where ended = 0 order by entry.id desc limit ?1 offset ?2";
        let names = tx.all(sql, params![most, from], |row| crate::entries::name_of(row, 0))?;
        let mut rows = Vec::new();
        for name in names {
            rows.extend(tx.join_row(name)?);
        }
        Ok((total, rows))
    }
}

impl Tx<'_> {
    /// Whether a household is one of several cards, or somebody of it is counted on another one.
    pub(crate) fn is_joined(&self, household: HouseholdId) -> Result<bool> {
        for sql in [
            "select 1 from joined where household = ?1",
            "select 1 from joined where root = ?1 limit 1",
            "select 1 from joined_person where household = ?1 limit 1",
        ] {
            if self.one(sql, [household.bytes()], |_| Ok(()))?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The card a household is shown on.
    pub(crate) fn root_of(&self, household: HouseholdId) -> Result<HouseholdId> {
        let sql = "select root from joined where household = ?1";
        let root = self.one(sql, [household.bytes()], |row| row.get::<_, Vec<u8>>(0))?;
        Ok(root.and_then(|id| HouseholdId::from_slice(&id)).unwrap_or(household))
    }

    /// All cards of a household, the one it is shown on first.
    pub(crate) fn cards_of(&self, household: HouseholdId) -> Result<Vec<HouseholdId>> {
        let root = self.root_of(household)?;
        let sql = "select household from joined where root = ?1 order by household";
        let others = self.all(sql, [root.bytes()], |row| row.get::<_, Vec<u8>>(0))?;
        Ok(std::iter::once(root).chain(others.iter().filter_map(|id| HouseholdId::from_slice(id))).collect())
    }

    pub(crate) fn counted_as(&self, card: HouseholdId, person: PersonId) -> Result<Option<(HouseholdId, PersonId)>> {
        let sql = "select root_household, root_person from joined_person where household = ?1 and person = ?2";
        let found = self.one(sql, params![card.bytes(), person.bytes()], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?))
        })?;
        Ok(found.and_then(|(card, person)| Some((HouseholdId::from_slice(&card)?, PersonId::from_slice(&person)?))))
    }

    /// What a join joins into what, ended or not.
    pub(crate) fn joining_target(&self, join: EntryName) -> Result<Option<(HouseholdId, HouseholdId)>> {
        let sql = "select household, target from joining where entry = ?1";
        let found = self.one(sql, [join.0], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
        Ok(found.and_then(|(of, into)| Some((HouseholdId::from_slice(&of)?, HouseholdId::from_slice(&into)?))))
    }

    fn join_row(&self, name: EntryName) -> Result<Option<JoinRow>> {
        let Some(kept) = self.living(name)? else { return Ok(None) };
        let Some(household) = kept.entry.about.household() else { return Ok(None) };
        let Join { into, persons, whole, reason } = kept.body()?;
        Ok(Some(JoinRow { entry: name, household, into, persons, whole, reason, number: kept.number }))
    }

    /// What the cards of a household, the one it is shown on first, say of the facts that another card says something of.
    ///
    /// What another card says is settled once somebody has written the fact on its own card after both: after the join, and
    /// after it was said there. A roster that is taken in settles nothing.
    pub(crate) fn said_elsewhere(&self, cards: &[HouseholdId]) -> Result<BTreeMap<String, Elsewhere>> {
        let mut all: BTreeMap<String, Elsewhere> = BTreeMap::new();
        let Some(root) = cards.first().copied() else { return Ok(all) };
        for card in cards.iter().skip(1) {
            let sql = "select entry from joined where household = ?1";
            let join = self.one(sql, [card.bytes()], |row| crate::entries::name_of(row, 0))?;
            let joined_at = join.map(|join| self.order_of(join)).transpose()?.unwrap_or_default();
            for (key, statements) in self.dossier(*card)?.all() {
                let (home, key) = match field::split_key(&key) {
                    (None, _) => (root, key),
                    (Some(person), fact) => match self.counted_as(*card, person)? {
                        // On another household's card, which says for itself what is so.
                        Some((home, _)) if !cards.contains(&home) => continue,
                        Some((home, person)) => (home, field::person_key(person, fact)),
                        None => continue,
                    },
                };
                let home_dossier = self.dossier(home)?;
                let here = home_dossier.statements(&key);
                let mut decided = None;
                for name in here.iter().flat_map(|statement| &statement.entries) {
                    if !home_dossier.is_import(*name) {
                        decided = decided.max(Some(self.order_of(*name)?));
                    }
                }
                let elsewhere = all.entry(key).or_insert_with(|| Elsewhere { here, there: Vec::new() });
                for statement in statements {
                    let mut said_at = joined_at;
                    for name in &statement.entries {
                        said_at = said_at.max(self.order_of(*name)?);
                    }
                    if decided.is_none_or(|decided| decided < said_at) {
                        elsewhere.there.push((*card, statement));
                    }
                }
            }
        }
        Ok(all)
    }

    /// The order in which entries count: by the county's number, what waits for one last.
    fn order_of(&self, name: EntryName) -> Result<(bool, i64)> {
        let sql = "select number is null, coalesce(number, id) from entry where name = ?1";
        Ok(self.one(sql, [name.0], |row| Ok((row.get(0)?, row.get(1)?)))?.unwrap_or_default())
    }
}
