//! The household row, its people, what it can be found by, and which of its facts say two things.

use crate::entries::Kept;
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::directive::Placement;
use lianhu_core::dossier::{Dossier, Statement};
use lianhu_core::entry::{About, kind};
use lianhu_core::field;
use lianhu_core::ids::{HouseholdId, PersonId, PlaceId};
use lianhu_core::record::Registration;
use lianhu_core::scalar::Scalar;
use lianhu_core::search_key::{Door, SearchKeys};
use rusqlite::params;
use std::collections::{BTreeMap, BTreeSet};

/// The facts of the household and of each person, as they count.
struct Facts {
    household: BTreeMap<String, Scalar>,
    persons: BTreeMap<PersonId, BTreeMap<String, Scalar>>,
    disagreeing: Vec<String>,
}

/// Where a household belongs, and where it lives now.
type Where = (Option<PlaceId>, Option<PlaceId>);

/// 状态 of people who no longer count (domain.md §2.3: 自然减少).
const GONE: [&str; 7] = ["自然减少", "死亡", "迁出", "嫁出", "注销", "失踪", "已故"];

impl Tx<'_> {
    /// Computes all rows of a household from its dossier and its placements.
    pub(crate) fn project_household(&self, household: HouseholdId, dossier: &Dossier) -> Result<()> {
        let facts = self.facts(dossier)?;
        let (origin, present) = self.placement(household)?;
        let text = |key: &str| facts.household.get(key).map(ToString::to_string).filter(|text| !text.is_empty());
        let people: Vec<_> = facts.persons.iter().filter(|(_, facts)| counts(facts)).collect();
        let named = |facts: &BTreeMap<String, Scalar>| facts.get("name").map(ToString::to_string).unwrap_or_default();
        let is_head = |facts: &BTreeMap<String, Scalar>| facts.get("relation").and_then(Scalar::text) == Some("户主");
        let head = people.iter().find(|(_, facts)| is_head(facts)).or(people.first());
        let head = head.map(|(_, facts)| named(facts)).unwrap_or_default();
        let above =
            self.one("select village, town from place where id = ?1", [origin.map(|id| id.bytes().to_vec())], |row| {
                Ok((row.get::<_, Option<Vec<u8>>>(0)?, row.get::<_, Option<Vec<u8>>>(1)?))
            })?;
        let (village, town) = above.unwrap_or_default();
        self.move_tally(household, village.as_deref())?;
        self.run(
            "insert or replace into household (id, national_no, head, phone, origin, present, village, town, site, batch_year, building, unit, room, persons, disagreeing) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
            params![
                household.bytes(),
                text("national_no"),
                head,
                text("phone"),
                origin.map(|id| id.bytes().to_vec()),
                present.map(|id| id.bytes().to_vec()),
                village,
                town,
                text("site"),
                text("batch_year").and_then(|year| year.parse::<i64>().ok()),
                text("building"),
                text("unit"),
                text("room"),
                i64::try_from(people.len()).unwrap_or(i64::MAX),
                i64::try_from(facts.disagreeing.len()).unwrap_or(i64::MAX),
            ],
        )?;
        self.put_people(household, &facts)?;
        self.put_conflicts(household, &facts.disagreeing)?;
        self.put_search_keys(household, &facts)?;
        self.touch(About::Household(household));
        Ok(())
    }

    fn facts(&self, dossier: &Dossier) -> Result<Facts> {
        let mut facts = Facts { household: BTreeMap::new(), persons: BTreeMap::new(), disagreeing: Vec::new() };
        for (key, statements) in dossier.all() {
            let Some(counting) = self.counting(&statements)? else { continue };
            if statements.len() > 1 && field::field_of_key(&key).is_some() {
                facts.disagreeing.push(key.clone());
            }
            match field::split_key(&key) {
                (Some(person), fact) => {
                    facts.persons.entry(person).or_default().insert(fact.to_owned(), counting.value.clone());
                }
                (None, fact) => {
                    facts.household.insert(fact.to_owned(), counting.value.clone());
                }
            }
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

    fn put_people(&self, household: HouseholdId, facts: &Facts) -> Result<()> {
        self.run("delete from person where household = ?1", [household.bytes()])?;
        for (person, facts) in &facts.persons {
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

    fn put_conflicts(&self, household: HouseholdId, keys: &[String]) -> Result<()> {
        self.run("delete from conflict where household = ?1", [household.bytes()])?;
        for key in keys {
            self.run("insert into conflict (household, key) values (?1, ?2)", params![household.bytes(), key])?;
        }
        Ok(())
    }

    fn put_search_keys(&self, household: HouseholdId, facts: &Facts) -> Result<()> {
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
        for gone in had.iter().filter(|had| !keys.contains(*had)) {
            self.run("delete from search_key where key = ?1 and household = ?2", params![gone, household.bytes()])?;
        }
        for key in keys.iter().filter(|key| !had.contains(key)) {
            self.run(
                "insert or ignore into search_key (key, household) values (?1, ?2)",
                params![key, household.bytes()],
            )?;
        }
        Ok(())
    }

    /// Where a household is placed: the newest numbered placement, else what is still waiting.
    fn placement(&self, household: HouseholdId) -> Result<Where> {
        let about = About::Household(household).key();
        let all =
            self.entries("about = ?1 and kind in (?2, ?3)", params![about, kind::PLACEMENT, kind::REGISTRATION])?;
        let newest = all.iter().rfind(|kept| kept.number.is_some()).or(all.last());
        Ok(match newest {
            None => (None, None),
            Some(kept) if kept.entry.kind == kind::PLACEMENT => {
                let placement: Placement = kept.body()?;
                (Some(placement.origin), placement.present)
            }
            Some(kept) => (Some(kept.body::<Registration>()?.place), None),
        })
    }

    pub(super) fn project_placement(&self, kept: &Kept) -> Result<()> {
        let Some(household) = kept.entry.about.household() else { return Ok(()) };
        let dossier = self.dossier(household)?;
        self.project_household(household, &dossier)
    }
}

/// The search key of the tail of a number: its last eight characters, backwards.
pub(crate) fn tail_key(number: &str) -> String {
    let backwards: String = number.chars().rev().take(8).collect();
    format!("~{}", backwards.to_lowercase())
}

fn counts(facts: &BTreeMap<String, Scalar>) -> bool {
    facts.get("status").and_then(Scalar::text).is_none_or(|status| !GONE.contains(&status))
}
