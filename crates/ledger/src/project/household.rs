//! The household row, its people, and which of its facts say two things.

use super::{alike, search};
use crate::entries::Kept;
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::change::{Change, Put};
use lianhu_core::dossier::{Dossier, Statement};
use lianhu_core::entry::About;
use lianhu_core::field;
use lianhu_core::ids::{HouseholdId, PersonId};
use lianhu_core::scalar::Scalar;
use rusqlite::params;
use std::collections::{BTreeMap, BTreeSet};

/// The facts of the household and of each person, as they count.
pub(super) struct Facts {
    pub(super) household: BTreeMap<&'static str, Scalar>,
    pub(super) persons: BTreeMap<PersonId, BTreeMap<&'static str, Scalar>>,
    pub(super) disagreeing: Vec<Disagreeing>,
}

/// A fact that says two things, or waits for a confirmation.
pub(super) struct Disagreeing {
    pub(super) key: String,
    pub(super) asks: u8,
    pub(super) waiting: u32,
    pub(super) since: Option<i32>,
}

/// 状态 of people who no longer count (domain.md §2.3: 自然减少).
const GONE: [&str; 7] = ["自然减少", "死亡", "迁出", "嫁出", "注销", "失踪", "已故"];

impl Tx<'_> {
    /// Computes all rows of a household from its dossier and its placements.
    pub(crate) fn project_household(&self, household: HouseholdId, dossier: &Dossier) -> Result<()> {
        let sql = "insert or ignore into household (id, head, persons, disagreeing) values (?1, '', 0, 0)";
        let new = self.run(sql, [household.bytes()])? > 0;
        self.place_household(household)?;
        self.describe_household(household, dossier, None)?;
        if new { self.settle_joins(&[household]) } else { Ok(()) }
    }

    /// Brings the rows up to a change that was merged, or whose number came or went: only what it puts can have changed.
    pub(super) fn project_change(&self, kept: &Kept) -> Result<()> {
        let Some(household) = kept.entry.about.household() else { return Ok(()) };
        let dossier = self.dossier(household)?;
        self.project_puts(household, &dossier, &kept.body()?)
    }

    /// Brings the rows up to what a change puts.
    pub(crate) fn project_puts(&self, household: HouseholdId, dossier: &Dossier, change: &Change) -> Result<()> {
        if self.has_household(household)? {
            self.describe_household(household, dossier, Some(change))
        } else {
            self.project_household(household, dossier)
        }
    }

    pub(super) fn has_household(&self, household: HouseholdId) -> Result<bool> {
        Ok(self.one("select 1 from household where id = ?1", [household.bytes()], |_| Ok(()))?.is_some())
    }

    /// Computes what the dossier says, all of it or as far as a change can have touched it.
    fn describe_household(&self, household: HouseholdId, dossier: &Dossier, change: Option<&Change>) -> Result<()> {
        let facts = self.facts(household, dossier)?;
        let text = |key: &str| facts.household.get(key).map(ToString::to_string).filter(|text| !text.is_empty());
        let people: Vec<_> = facts.persons.iter().filter(|(_, facts)| counts(facts)).collect();
        let named = |facts: &BTreeMap<&str, Scalar>| facts.get("name").map(ToString::to_string).unwrap_or_default();
        let is_head = |facts: &BTreeMap<&str, Scalar>| facts.get("relation").and_then(Scalar::text) == Some("户主");
        let head = people.iter().find(|(_, facts)| is_head(facts)).or(people.first());
        let head = head.map(|(_, facts)| named(facts)).unwrap_or_default();
        self.run(
            "update household set national_no = ?2, head = ?3, phone = ?4, site = ?5, batch_year = ?6, building = ?7, unit = ?8, room = ?9, persons = ?10, disagreeing = ?11 where id = ?1",
            params![
                household.bytes(),
                text("national_no"),
                head,
                text("phone"),
                text("site"),
                text("batch_year").and_then(|year| year.parse::<i64>().ok()),
                text("building"),
                text("unit"),
                text("room"),
                i64::try_from(people.len()).unwrap_or(i64::MAX),
                i64::try_from(facts.disagreeing.len()).unwrap_or(i64::MAX),
            ],
        )?;
        self.put_people(household, &facts, change)?;
        self.put_conflicts(household, &facts.disagreeing)?;
        let searched = |put: &Put| search::IS_SEARCHED.contains(&field::split_key(&put.key).1);
        if change.is_none_or(|change| change.puts.iter().any(searched)) {
            self.put_search_keys(household, &facts)?;
        }
        let compared = |put: &Put| alike::IS_COMPARED.contains(&field::split_key(&put.key).1);
        if change.is_none_or(|change| change.puts.iter().any(compared)) {
            self.put_alike_keys(household)?;
        }
        if self.is_joined(household)? {
            self.settle_cards(household)?;
        }
        self.touch(About::Household(household));
        Ok(())
    }

    /// Computes anew what the dossier of a household says, where it is known here.
    pub(crate) fn describe_anew(&self, household: HouseholdId) -> Result<()> {
        if self.has_household(household)? {
            let dossier = self.dossier(household)?;
            self.describe_household(household, &dossier, None)?;
        }
        Ok(())
    }

    pub(super) fn facts(&self, household: HouseholdId, dossier: &Dossier) -> Result<Facts> {
        let to_confirm = self.confirmed_facts()?;
        let mut facts = Facts { household: BTreeMap::new(), persons: BTreeMap::new(), disagreeing: Vec::new() };
        for (key, statements) in dossier.all() {
            // A key that no field has is kept and passed on, and shown nowhere.
            let Some(known) = field::field_of_key(&key) else { continue };
            let counting = if to_confirm.contains(known.key) {
                let confirmed = self.confirmed(household, dossier, &key, &statements)?;
                let (waiting, since) = self.waiting(&statements, confirmed.as_ref())?;
                if waiting > 0 {
                    facts.disagreeing.push(Disagreeing { key: key.clone(), asks: 2, waiting, since });
                }
                confirmed.map(|confirmed| confirmed.value)
            } else {
                if statements.len() > 1 {
                    let asks = u8::from(known.merge != field::Merge::Shown);
                    facts.disagreeing.push(Disagreeing { key: key.clone(), asks, waiting: 0, since: None });
                }
                self.counting(&statements)?.map(|statement| statement.value.clone())
            };
            let Some(counting) = counting else { continue };
            let of = match field::split_key(&key).0 {
                Some(person) => facts.persons.entry(person).or_default(),
                None => &mut facts.household,
            };
            of.insert(known.key, counting);
        }
        facts.persons.retain(|_, facts| facts.contains_key("name"));
        Ok(facts)
    }

    /// The statement that counts until a person decides: the one with the lowest county number (design: statements).
    pub(crate) fn counting<'s>(&self, statements: &'s [Statement]) -> Result<Option<&'s Statement>> {
        if statements.len() < 2 {
            return Ok(statements.first());
        }
        let mut best: Option<((bool, i64, lianhu_core::ids::EntryName), &Statement)> = None;
        for statement in statements {
            for name in &statement.entries {
                let number =
                    self.one("select number from entry where name = ?1", [name.0], |row| row.get::<_, Option<i64>>(0))?;
                let number = number.flatten();
                let rank = (number.is_none(), number.unwrap_or(0), *name);
                if best.as_ref().is_none_or(|(lowest, _)| rank < *lowest) {
                    best = Some((rank, statement));
                }
            }
        }
        Ok(best.map(|(_, statement)| statement))
    }

    fn put_people(&self, household: HouseholdId, facts: &Facts, change: Option<&Change>) -> Result<()> {
        let put: Option<BTreeSet<PersonId>> =
            change.map(|change| change.puts.iter().filter_map(|put| field::split_key(&put.key).0).collect());
        match &put {
            None => {
                self.run("delete from person where household = ?1", [household.bytes()])?;
            }
            Some(put) => {
                for person in put {
                    let sql = "delete from person where household = ?1 and id = ?2";
                    self.run(sql, params![household.bytes(), person.bytes()])?;
                }
            }
        }
        let touched = |person: &PersonId| put.as_ref().is_none_or(|put| put.contains(person));
        for (person, facts) in facts.persons.iter().filter(|(person, _)| touched(person)) {
            let text = |key: &str| facts.get(key).map(ToString::to_string).filter(|text| !text.is_empty());
            self.run(
                "insert or replace into person (id, household, name, relation, sex, birth, id_no, phone, counts) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    person.bytes(),
                    household.bytes(),
                    text("name").unwrap_or_default(),
                    text("relation"),
                    text("sex"),
                    text("birth"),
                    text("id_no"),
                    text("phone"),
                    counts(facts)
                ],
            )?;
        }
        Ok(())
    }

    pub(super) fn put_conflicts(&self, household: HouseholdId, disagreeing: &[Disagreeing]) -> Result<()> {
        self.run("delete from conflict where household = ?1", [household.bytes()])?;
        for Disagreeing { key, asks, waiting, since } in disagreeing {
            let sql = "insert into conflict (household, key, asks, waiting, since) values (?1, ?2, ?3, ?4, ?5)";
            self.run(sql, params![household.bytes(), key, asks, waiting, since])?;
        }
        Ok(())
    }
}

fn counts(facts: &BTreeMap<&str, Scalar>) -> bool {
    facts.get("status").and_then(Scalar::text).is_none_or(|status| !GONE.contains(&status))
}
