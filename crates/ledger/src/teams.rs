//! Teams: people to whom something is entrusted together, and who is in them.

use crate::error::Result;
use crate::store::{Ledger, Tx};
use lianhu_core::entry::About;
use lianhu_core::ids::{HouseholdId, UserId};
use rusqlite::params;
use serde::Serialize;
use std::collections::BTreeSet;
use ts_rs::TS;

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TeamRow {
    /// Its id: what is entrusted to this user is entrusted to all its members.
    pub id: UserId,
    /// Its name.
    pub name: String,
    /// Who is in it, and who is about to leave, by name.
    pub members: Vec<TeamMember>,
    /// Households and places entrusted to it.
    pub entrusted: u32,
    /// How many of these are households.
    pub households: u32,
    /// What the places are called.
    pub places: Vec<String>,
}

/// Somebody in a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TeamMember {
    /// Who.
    pub id: UserId,
    /// Their name, where it is known here.
    pub name: Option<String>,
    /// Whether they are leaving.
    pub left: bool,
    /// Whether the county has not numbered that they came, or that they leave: until then nothing has changed.
    pub waiting: bool,
}

impl Ledger {
    /// The teams known here, by name.
    pub fn teams(&self) -> Result<Vec<TeamRow>> {
        let tx = self.look();
        let sql = "select team.id, team.name, count(distinct about), count(distinct case when substr(about, 1, 1) = x'68' then about end) \
                   from team left join granted on granted.user = team.id and ended is null group by team.id order by team.name, team.id";
        let rows = tx.all(sql, [], |row| Ok((user(row, 0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        let members = "select member.user, cadre.name, member.left, member.number is null from member left join cadre on cadre.id = member.user \
                       where member.team = ?1 and (member.left = 0 or member.number is null) order by cadre.name, member.user";
        let places = "select distinct place.name from granted join place on granted.about = cast(x'70' || place.id as blob) \
                      where granted.user = ?1 and ended is null order by place.path";
        rows.into_iter()
            .map(|(id, name, entrusted, households)| {
                let members = tx.all(members, [id.bytes()], |row| {
                    Ok(TeamMember { id: user(row, 0)?, name: row.get(1)?, left: row.get(2)?, waiting: row.get(3)? })
                })?;
                let places = tx.all(places, [id.bytes()], |row| row.get(0))?;
                Ok(TeamRow { id, name, members, entrusted, households, places })
            })
            .collect()
    }
}

impl Ledger {
    /// Whether this is a team and not a person.
    pub fn is_team(&self, user: UserId) -> Result<bool> {
        self.look().is_team(user)
    }
}

fn user(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<UserId> {
    UserId::from_slice(&row.get::<_, Vec<u8>>(at)?).ok_or(rusqlite::Error::InvalidQuery)
}

impl Tx<'_> {
    pub(crate) fn is_team(&self, user: UserId) -> Result<bool> {
        Ok(self.one("select 1 from team where id = ?1", [user.bytes()], |_| Ok(()))?.is_some())
    }

    /// Who is in a team now; nobody is in a person.
    pub(crate) fn members_of(&self, team: UserId) -> Result<Vec<UserId>> {
        self.all("select user from member where team = ?1 and left = 0", [team.bytes()], |row| user(row, 0))
    }

    /// What is entrusted to a user by name, and in force.
    pub(crate) fn granted_to(&self, holder: UserId) -> Result<Vec<About>> {
        let sql = "select distinct about from granted where user = ?1 and number is not null and ended is null";
        let abouts = self.all(sql, [holder.bytes()], |row| row.get::<_, Vec<u8>>(0))?;
        Ok(abouts.iter().filter_map(|key| About::from_key(key)).collect())
    }

    /// The teams that hold a household, itself or one of its places.
    pub(crate) fn teams_holding(&self, household: HouseholdId) -> Result<BTreeSet<UserId>> {
        let sql = "select team.id from granted join team on team.id = granted.user \
                   where granted.about = ?1 and number is not null and ended is null";
        let mut teams = BTreeSet::new();
        if self.one("select 1 from team limit 1", [], |_| Ok(()))?.is_none() {
            return Ok(teams);
        }
        let places = self.places_of(household)?.into_iter().map(About::Place);
        for about in std::iter::once(About::Household(household)).chain(places) {
            teams.extend(self.all(sql, params![about.key()], |row| user(row, 0))?);
        }
        Ok(teams)
    }
}
