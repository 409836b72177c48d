//! The people who work with lianhu, and what is entrusted to whom, as they are asked for.

use crate::error::Result;
use crate::store::Ledger;
use lianhu_core::directive::GrantEnd;
use lianhu_core::entry::{About, kind};
use lianhu_core::ids::{HouseholdId, PlaceId, UserId};
use rusqlite::{Row, params};
use serde::Serialize;
use std::collections::BTreeSet;
use ts_rs::TS;

/// A person who works with lianhu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CadreRow {
    /// Who.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// 单位.
    pub unit: Option<String>,
    /// 职务.
    pub rank: Option<String>,
    /// The telephone number they use for work.
    pub phone: Option<String>,
    /// Their roles.
    pub roles: Vec<String>,
    /// The places for which they hold them, by name.
    pub areas: Vec<String>,
    /// Households entrusted to them by name.
    pub households: u32,
    /// Whether a device of theirs is enrolled.
    pub enrolled: bool,
}

/// Something entrusted to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct GrantRow {
    /// To whom.
    pub user: UserId,
    /// Their name, where it is known here.
    pub name: Option<String>,
    /// 帮扶责任人, 第一书记 …
    pub duty: String,
    /// Whether the county has numbered it: until then it is waiting.
    pub in_force: bool,
    /// Whether it was taken back and the county has not numbered that yet: until then it holds.
    pub ending: bool,
}

fn cadre(row: &Row<'_>) -> rusqlite::Result<CadreRow> {
    let id: Vec<u8> = row.get(0)?;
    let (roles, areas): (Option<String>, Option<String>) = (row.get(5)?, row.get(8)?);
    Ok(CadreRow {
        id: UserId::from_slice(&id).ok_or(rusqlite::Error::InvalidQuery)?,
        name: row.get(1)?,
        unit: row.get(2)?,
        rank: row.get(3)?,
        phone: row.get(4)?,
        roles: roles.map(|roles| roles.split(',').map(str::to_owned).collect()).unwrap_or_default(),
        households: row.get(6)?,
        enrolled: row.get::<_, i64>(7)? != 0,
        areas: areas.map(|areas| areas.split('\n').map(str::to_owned).collect()).unwrap_or_default(),
    })
}

const CADRES: &str = "select cadre.id, cadre.name, cadre.unit, cadre.rank, cadre.phone, \
    (select group_concat(distinct role) from role where role.user = cadre.id and role.ended is null), \
    (select count(distinct about) from granted where granted.user = cadre.id and ended is null and substr(about, 1, 1) = x'68'), \
    exists (select 1 from device where device.user = cadre.id and revoked = 0), \
    (select group_concat(name, char(10)) from (select distinct place.name as name from role join place on place.id = role.place \
     where role.user = cadre.id and role.ended is null order by place.name)) from cadre";

impl Ledger {
    /// Everybody known here, by name.
    pub fn cadres(&self) -> Result<Vec<CadreRow>> {
        self.look().all(&format!("{CADRES} order by cadre.name, cadre.unit"), [], cadre)
    }

    /// Everybody to whom something within a place is entrusted.
    pub fn cadres_within(&self, place: PlaceId) -> Result<Vec<CadreRow>> {
        let sql = format!(
            "{CADRES} where cadre.id in (select granted.user from granted join household on granted.about = cast(x'68' || household.id as blob) \
             where granted.ended is null and (household.origin in (select id from inside) or household.present in (select id from inside)) \
             union select user from granted where ended is null and about in (select cast(x'70' || id as blob) from inside) \
             union select user from role where ended is null and place in (select id from inside)) order by cadre.unit, cadre.name"
        );
        let sql = format!(
            "with recursive inside (id) as (select ?1 union select place.id from place join inside on place.parent = inside.id) {sql}"
        );
        self.look().all(&sql, [place.bytes()], cadre)
    }

    /// Finds a person or a team by name, and unit where one is given; by id too. Several of the same name are no answer.
    pub fn find_cadre(&self, name: &str, unit: Option<&str>) -> Result<Vec<UserId>> {
        if let Some(id) = UserId::parse(name) {
            let known = self.look().one(
                "select 1 from cadre where id = ?1 union select 1 from team where id = ?1",
                [id.bytes()],
                |_| Ok(()),
            )?;
            return Ok(known.map(|()| id).into_iter().collect());
        }
        let sql = "select id from cadre where name = ?1 and (?2 is null or unit = ?2) union all select id from team where name = ?1 and ?2 is null";
        let found = self.look().all(sql, params![name.trim(), unit], |row| row.get::<_, Vec<u8>>(0))?;
        Ok(found.iter().filter_map(|id| UserId::from_slice(id)).collect())
    }

    /// The name of a person, where it is known here.
    pub fn cadre_name(&self, user: UserId) -> Result<Option<String>> {
        self.look().one(
            "select name from cadre where id = ?1 union select name from team where id = ?1",
            [user.bytes()],
            |row| row.get(0),
        )
    }

    /// To whom a household is entrusted now, or about to be, by any of its cards; also the teams that hold one of its places.
    pub fn grants_of(&self, household: HouseholdId) -> Result<Vec<GrantRow>> {
        let mut grants: Vec<GrantRow> = Vec::new();
        for card in self.cards_of(household)? {
            let mut all = self.grants_about(About::Household(card))?;
            let tx = self.look();
            for place in tx.places_of(card)? {
                for grant in self.grants_about(About::Place(place))? {
                    if tx.is_team(grant.user)? {
                        all.push(grant);
                    }
                }
            }
            for grant in all {
                if !grants.iter().any(|known| (known.user, &known.duty) == (grant.user, &grant.duty)) {
                    grants.push(grant);
                }
            }
        }
        Ok(grants)
    }

    /// To whom something is entrusted now, or about to be.
    pub fn grants_about(&self, about: About) -> Result<Vec<GrantRow>> {
        let tx = self.look();
        let ends = tx.entries("about = ?1 and kind = ?2 and number is null", params![about.key(), kind::GRANT_END])?;
        let ends =
            ends.iter().map(|kept| kept.body::<GrantEnd>().map(|end| end.user)).collect::<Result<BTreeSet<_>>>()?;
        let sql = "select granted.user, coalesce(cadre.name, team.name), granted.duty, granted.number is not null from granted left join cadre on cadre.id = granted.user left join team on team.id = granted.user where granted.about = ?1 and granted.ended is null order by granted.number is null, granted.number";
        tx.all(sql, [about.key()], |row| {
            let user: Vec<u8> = row.get(0)?;
            let user = UserId::from_slice(&user).ok_or(rusqlite::Error::InvalidQuery)?;
            Ok(GrantRow {
                user,
                name: row.get(1)?,
                duty: row.get(2)?,
                in_force: row.get(3)?,
                ending: ends.contains(&user),
            })
        })
    }

    /// What is entrusted to somebody by name and stays so: what was taken back and waits for its number is left out.
    pub(crate) fn entrusted_to(&self, holder: UserId) -> Result<BTreeSet<About>> {
        let tx = self.look();
        let sql = "select distinct about from granted where user = ?1 and ended is null";
        let held = tx.all(sql, [holder.bytes()], |row| row.get::<_, Vec<u8>>(0))?;
        let mut held: BTreeSet<About> = held.iter().filter_map(|key| About::from_key(key)).collect();
        for kept in tx.entries("kind = ?1 and number is null", [kind::GRANT_END])? {
            if kept.body::<GrantEnd>()?.user == holder {
                held.remove(&kept.entry.about);
            }
        }
        Ok(held)
    }
}
