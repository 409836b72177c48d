//! Visits, needs and promises as they are asked for.

use crate::entries::name_of;
use crate::error::{LedgerError, Result};
use crate::store::Ledger;
use lianhu_core::day::{Day, Moment};
use lianhu_core::entry::{Source, kind};
use lianhu_core::ids::{EntryName, HouseholdId, PersonId, PlaceId, UserId};
use lianhu_core::record::{NeedStep, Strike};
use lianhu_core::visit::Visit;
use rusqlite::{params, params_from_iter, types::Value};
use serde::Serialize;
use ts_rs::TS;

/// A visit as it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct VisitRow {
    /// Its name: that of the first entry of it.
    pub root: EntryName,
    /// The entry that counts.
    pub entry: EntryName,
    /// Where.
    pub household: HouseholdId,
    /// 户主.
    pub head: String,
    /// Who.
    pub user: UserId,
    /// Their name, where it is known here.
    pub by: Option<String>,
    /// What the clock said when it was written down.
    pub written_at: Moment,
    /// How the author knows.
    pub source: Source,
    /// What was written down.
    pub visit: Visit,
    /// The county's number; none means it is on this device only.
    #[ts(type = "number | null")]
    pub number: Option<u64>,
    /// Whether a carrier has taken it along and the county has not numbered it yet: 已到乡镇.
    pub carried: bool,
    /// Who of the household was met, by name, where that was said and they are known here.
    pub met: Vec<String>,
    /// Live versions; more than one asks for a decision.
    pub versions: u32,
    /// Whether it was struck.
    pub struck: bool,
    /// 待核: written after the author knew that the household was no longer entrusted.
    pub to_verify: bool,
}

/// A need and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct NeedRow {
    /// The visit that raised it.
    pub visit: EntryName,
    /// The how-manieth of that visit, from 0.
    pub position: u16,
    /// Whose.
    pub household: HouseholdId,
    /// What kind.
    pub category: String,
    /// In words.
    pub text: String,
    /// The day it was raised.
    pub raised_on: Day,
    /// 登记 0, 受理 1, 办理 2, 办结 3, 评价 4.
    pub step: u8,
}

/// A promise with the day it is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PromiseRow {
    /// The visit at which it was given.
    pub visit: EntryName,
    /// To whom.
    pub household: HouseholdId,
    /// What was promised.
    pub text: String,
    /// By when.
    pub due: Option<Day>,
}

/// Which visits are asked for.
#[derive(Debug, Clone, Default)]
pub struct VisitQuery {
    /// Of one household.
    pub household: Option<HouseholdId>,
    /// Of all households of a village, town or site.
    pub place: Option<PlaceId>,
    /// From this day on.
    pub from: Option<Day>,
    /// Up to this day.
    pub to: Option<Day>,
    /// Struck ones too.
    pub struck: bool,
    /// How many at most.
    pub most: u32,
}

/// The condition that something is of any household.
fn all() -> (String, Vec<Value>) {
    ("1".to_owned(), Vec::new())
}

/// The card on which something of a household is shown.
fn shown_on(table: &str) -> String {
    format!("coalesce((select root from joined where joined.household = {table}.household), {table}.household)")
}

impl Ledger {
    /// Visits, newest first; of one day, what was taken in last, and before it what the county has not numbered yet.
    pub fn visits(&self, query: &VisitQuery) -> Result<Vec<VisitRow>> {
        let (mut conditions, mut values) = (vec!["1".to_owned()], Vec::new());
        if let Some(household) = query.household {
            let (of_cards, cards) = self.of_cards(household)?;
            conditions.push(of_cards);
            values.extend(cards);
        }
        if let Some(place) = query.place {
            let within = "with recursive inside (id) as (select ? union select place.id from place join inside on place.parent = inside.id) select id from inside";
            let shown = shown_on("visit");
            conditions.push(format!(
                "{shown} in (select id from household where origin in ({within}) or present in ({within}))"
            ));
            values.extend([Value::Blob(place.bytes().to_vec()), Value::Blob(place.bytes().to_vec())]);
        }
        for (condition, day) in [("day >= ?", query.from), ("day <= ?", query.to)] {
            if let Some(day) = day {
                conditions.push(condition.to_owned());
                values.push(Value::Integer(day.0.into()));
            }
        }
        if !query.struck {
            conditions.push("struck = 0".to_owned());
        }
        let sql = format!(
            "select root from visit where {} order by day desc, \
             (select coalesce(entry.number, (1 << 62) + entry.id) from entry where entry.name = visit.root) desc limit {}",
            conditions.join(" and "),
            query.most.max(1)
        );
        let roots = self.look().all(&sql, params_from_iter(values), |row| name_of(row, 0))?;
        roots.into_iter().map(|root| self.visit(root)).collect()
    }

    /// One visit, by its root.
    pub fn visit(&self, root: EntryName) -> Result<VisitRow> {
        let tx = self.look();
        let sql = "select visit.entry, visit.household, visit.user, visit.number, visit.versions, visit.struck, household.head, cadre.name \
                   from visit left join household on household.id = visit.household left join cadre on cadre.id = visit.user where root = ?1";
        let found = tx.one(sql, [root.0], |row| {
            Ok((
                name_of(row, 0)?,
                row.get::<_, Vec<u8>>(1)?,
                row.get::<_, Vec<u8>>(2)?,
                row.get::<_, Option<i64>>(3)?,
                row.get::<_, u32>(4)?,
                row.get::<_, bool>(5)?,
                row.get::<_, Option<String>>(6)?,
                row.get::<_, Option<String>>(7)?,
            ))
        })?;
        let missing = || LedgerError::NotFound("visit");
        let (entry, household, user, number, versions, struck, head, by) = found.ok_or_else(missing)?;
        let kept = tx.entry(entry)?.ok_or_else(missing)?;
        let household = HouseholdId::from_slice(&household).ok_or_else(missing)?;
        let visit: Visit = kept.body()?;
        let mut met = Vec::new();
        for person in visit.met.iter().flatten() {
            met.extend(self.name_in(household, *person)?);
        }
        Ok(VisitRow {
            root,
            entry,
            household,
            met,
            head: head.unwrap_or_default(),
            user: UserId::from_slice(&user).ok_or_else(missing)?,
            by,
            written_at: kept.entry.at,
            source: kept.entry.source,
            visit,
            number: number.map(i64::cast_unsigned),
            carried: number.is_none() && tx.carried()?.contains(&entry),
            versions,
            struck,
            to_verify: kept.late,
        })
    }

    /// What a person of a household is called, on whichever of its cards.
    fn name_in(&self, household: HouseholdId, person: PersonId) -> Result<Option<String>> {
        for card in self.cards_of(household)? {
            let sql = "select name from person where household = ?1 and id = ?2 and name <> ''";
            let name = self.look().one(sql, params![card.bytes(), person.bytes()], |row| row.get(0))?;
            if name.is_some() {
                return Ok(name);
            }
        }
        Ok(None)
    }

    /// The root of the visit that an entry belongs to: its own, or that of what it corrects.
    pub fn visit_root(&self, entry: EntryName) -> Result<Option<EntryName>> {
        let sql = "with recursive up (name) as (select ?1 union select target from amends join up on amends.entry = up.name where amends.household = (select substr(about, 2) from entry where name = ?1)) select root from visit where root in (select name from up) limit 1";
        self.look().one(sql, [entry.0], |row| name_of(row, 0))
    }

    /// Every version of a visit, oldest first, with whether it is live.
    pub fn versions(&self, root: EntryName) -> Result<Vec<(EntryName, Visit)>> {
        let tx = self.look();
        let sql = "with recursive family (name) as (select ?1 union select entry from amends join family on amends.target = family.name where amends.household = (select household from visit where root = ?1)) select name from family";
        let mut versions = Vec::new();
        for name in tx.all(sql, [root.0], |row| name_of(row, 0))? {
            if let Some(kept) = tx.entry(name)? {
                versions.push((name, kept.body()?));
            }
        }
        Ok(versions)
    }

    /// The live versions of a visit: those that no other corrects.
    pub fn live_versions(&self, root: EntryName) -> Result<Vec<EntryName>> {
        let all = self.versions(root)?;
        let amended: Vec<EntryName> = all.iter().flat_map(|(_, visit)| visit.amends.clone()).collect();
        Ok(all.into_iter().map(|(name, _)| name).filter(|name| !amended.contains(name)).collect())
    }

    /// Why a visit was struck.
    pub fn strike_reason(&self, root: EntryName) -> Result<Option<String>> {
        let tx = self.look();
        let name = tx.one("select entry from strike where record = ?1 and household = (select household from visit where root = ?1) limit 1", [root.0], |row| name_of(row, 0))?;
        let kept = name.map(|name| tx.entry(name)).transpose()?.flatten();
        Ok(kept.map(|kept| kept.body::<Strike>()).transpose()?.map(|strike| strike.reason))
    }

    /// Needs of one household, or of all; open ones only if asked so. Oldest first.
    pub fn needs(&self, household: Option<HouseholdId>, open: bool) -> Result<Vec<NeedRow>> {
        let (of, mut values) = household.map(|household| self.of_cards(household)).transpose()?.unwrap_or_else(all);
        let shown = shown_on("need");
        let sql = format!(
            "select root, position, {shown}, category, text, raised_on, step from need where {of} and (not ? or step < 3) order by raised_on, root, position limit 5000"
        );
        values.push(Value::Integer(open.into()));
        self.look().all(&sql, params_from_iter(values), |row| {
            let household: Vec<u8> = row.get(2)?;
            Ok(NeedRow {
                visit: name_of(row, 0)?,
                position: row.get(1)?,
                household: HouseholdId::from_slice(&household).ok_or(rusqlite::Error::InvalidQuery)?,
                category: row.get(3)?,
                text: row.get(4)?,
                raised_on: Day(row.get(5)?),
                step: row.get(6)?,
            })
        })
    }

    /// Promises to one household, or to all, by the day they are due. None is ticked off by a clock.
    pub fn promises(&self, household: Option<HouseholdId>) -> Result<Vec<PromiseRow>> {
        let (of, values) = household.map(|household| self.of_cards(household)).transpose()?.unwrap_or_else(all);
        let shown = shown_on("promise");
        let sql = format!(
            "select root, {shown}, text, due from promise where {of} order by due is null, due, root limit 5000"
        );
        self.look().all(&sql, params_from_iter(values), |row| {
            let household: Vec<u8> = row.get(1)?;
            Ok(PromiseRow {
                visit: name_of(row, 0)?,
                household: HouseholdId::from_slice(&household).ok_or(rusqlite::Error::InvalidQuery)?,
                text: row.get(2)?,
                due: row.get::<_, Option<i32>>(3)?.map(Day),
            })
        })
    }

    /// The condition that something is of a household, on whichever of its cards.
    fn of_cards(&self, household: HouseholdId) -> Result<(String, Vec<Value>)> {
        let cards = self.cards_of(household)?;
        let marks = vec!["?"; cards.len()].join(", ");
        let values = cards.iter().map(|card| Value::Blob(card.bytes().to_vec())).collect();
        Ok((format!("household in ({marks})"), values))
    }

    /// The steps recorded of a need, in order.
    pub fn need_steps(&self, visit: EntryName, position: u16) -> Result<Vec<NeedStep>> {
        let tx = self.look();
        let sql = "select entry from need_step where visit = ?1 and position = ?2 and household = (select household from visit where root = ?1) order by day, step";
        let names = tx.all(sql, params![visit.0, position], |row| name_of(row, 0))?;
        let mut steps = Vec::new();
        for name in names {
            if let Some(kept) = tx.entry(name)?.filter(|kept| kept.entry.kind == kind::NEED_STEP) {
                steps.push(kept.body()?);
            }
        }
        Ok(steps)
    }
}
