//! What a person may do, and where; the kinds of roles there are.

use crate::error::Result;
use crate::project::role::{reach_from_table, reach_in_table};
use crate::store::Ledger;
use lianhu_core::directive::{Role, RoleEnd};
use lianhu_core::entry::{About, kind};
use lianhu_core::ids::{PlaceId, UserId};
use lianhu_core::role_kind::{Reach, SHIPPED};
use rusqlite::params;
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;

/// A kind of role that can be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RoleKindRow {
    /// Its code.
    pub code: String,
    /// What this county calls it; none where the screens have a word of their own.
    pub name: Option<String>,
    /// How far it reaches.
    pub reach: Reach,
}

impl Ledger {
    /// The roles of a person that have not ended, each with its area.
    pub fn roles_of(&self, user: UserId) -> Result<Vec<Role>> {
        let sql = "select distinct role, place from role where user = ?1 and ended is null order by role, place";
        self.look().all(sql, [user.bytes()], |row| {
            let place: Option<Vec<u8>> = row.get(1)?;
            Ok(Role { role: row.get(0)?, place: place.and_then(|id| PlaceId::from_slice(&id)) })
        })
    }

    /// The roles of a person about which a directive still waits for its number: whether the newest one ends the role.
    pub fn roles_waiting(&self, user: UserId) -> Result<BTreeMap<(String, Option<PlaceId>), bool>> {
        let about = About::Cadre(user).key();
        let sql = "about = ?1 and number is null and kind in (?2, ?3)";
        let mut waiting = BTreeMap::new();
        for kept in self.look().entries(sql, params![about, kind::ROLE, kind::ROLE_END])? {
            if kept.entry.kind == kind::ROLE {
                let role: Role = kept.body()?;
                waiting.insert((role.role, role.place), false);
            } else {
                let end: RoleEnd = kept.body()?;
                waiting.insert((end.role, end.place), true);
            }
        }
        Ok(waiting)
    }

    /// Whether any directive here says what a person may do, or could until it ended.
    pub fn knows_roles_of(&self, user: UserId) -> Result<bool> {
        let sql = "select 1 from role where user = ?1 limit 1";
        Ok(self.look().one(sql, [user.bytes()], |_| Ok(()))?.is_some())
    }

    /// How far the furthest of a person's roles reaches.
    pub fn reach_of(&self, user: UserId) -> Result<Reach> {
        let sql = "select max(reach) from role where user = ?1 and ended is null";
        let reach = self.look().one(sql, [user.bytes()], |row| row.get::<_, Option<i64>>(0))?.flatten();
        Ok(reach_from_table(reach.unwrap_or(reach_in_table(Reach::Entrusted))))
    }

    /// How far a kind of role reaches.
    pub fn reach_of_kind(&self, code: &str) -> Result<Reach> {
        self.look().reach_of_kind(code)
    }

    /// Every kind of role: those every county starts with, then this county's own by name.
    pub fn role_kinds(&self) -> Result<Vec<RoleKindRow>> {
        let own = self.look().all("select code, name, reach from role_kind order by name", [], |row| {
            Ok(RoleKindRow { code: row.get(0)?, name: Some(row.get(1)?), reach: reach_from_table(row.get(2)?) })
        })?;
        let renamed = |code: &str| own.iter().find(|row| row.code == code).and_then(|row| row.name.clone());
        let mut kinds: Vec<_> = SHIPPED
            .iter()
            .map(|(code, reach)| RoleKindRow { code: (*code).to_owned(), name: renamed(code), reach: *reach })
            .collect();
        kinds.extend(own.iter().filter(|row| !SHIPPED.iter().any(|(code, _)| *code == row.code)).cloned());
        Ok(kinds)
    }
}
