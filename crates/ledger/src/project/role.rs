//! What people may do and in which teams they are: kinds of roles, roles until they end, members until they leave.

use crate::error::Result;
use crate::store::Tx;
use lianhu_core::directive::{Member, Role, RoleEnd, RoleKind, Team};
use lianhu_core::entry::{About, kind};
use lianhu_core::ids::UserId;
use lianhu_core::role_kind::{Reach, shipped};
use rusqlite::params;

/// How a reach stands in a table: as its place among all.
pub(crate) fn reach_in_table(reach: Reach) -> i64 {
    reach as i64
}

/// And how it is read there.
pub(crate) fn reach_from_table(reach: i64) -> Reach {
    Reach::ALL.into_iter().find(|known| reach_in_table(*known) == reach).unwrap_or(Reach::Entrusted)
}

impl Tx<'_> {
    /// The roles of one person: each ends with the first end of its kind and place after it.
    pub(super) fn project_roles(&self, about: About) -> Result<()> {
        let About::Cadre(user) = about else { return Ok(()) };
        self.run("delete from role where user = ?1", [user.bytes()])?;
        let kinds = params![about.key(), kind::ROLE, kind::ROLE_END];
        for kept in self.entries("about = ?1 and kind in (?2, ?3)", kinds)? {
            let number = kept.number.map(u64::cast_signed);
            if kept.entry.kind == kind::ROLE_END {
                let end: RoleEnd = kept.body()?;
                if self.reach_of_kind(&end.role)? == Reach::County {
                    // Who has held everything is shut out by their devices; the county's role itself does not end.
                    continue;
                }
                // An end that is still waiting ends nothing yet.
                self.run(
                    "update role set ended = ?4 where user = ?1 and role = ?2 and place is ?3 and ended is null and number < ?4",
                    params![user.bytes(), end.role, end.place.map(|place| place.bytes().to_vec()), number],
                )?;
                continue;
            }
            let role: Role = kept.body()?;
            let reach = reach_in_table(self.reach_of_kind(&role.role)?);
            self.run(
                "insert into role (user, role, reach, place, entry, number) values (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    user.bytes(),
                    role.role,
                    reach,
                    role.place.map(|place| place.bytes().to_vec()),
                    kept.name.0,
                    number
                ],
            )?;
        }
        Ok(())
    }

    /// The kinds this county added. The first directive about a code says how far it reaches, the newest what it is called;
    /// those every county starts with keep their reach.
    pub(super) fn project_role_kind(&self) -> Result<()> {
        self.run("delete from role_kind", [])?;
        for kept in self.entries("kind = ?1", [kind::ROLE_KIND])? {
            let RoleKind { code, name, reach } = kept.body()?;
            let reach = shipped(&code).unwrap_or(Reach::of(&reach));
            self.run(
                "insert into role_kind (code, name, reach) values (?1, ?2, ?3) on conflict (code) do update set name = excluded.name",
                params![code, name, reach_in_table(reach)],
            )?;
        }
        self.run("update role set reach = (select reach from role_kind where code = role) where role in (select code from role_kind)", [])
            .map(drop)
    }

    pub(super) fn project_team(&self, about: About) -> Result<()> {
        let About::Organisation(team) = about else { return Ok(()) };
        let all = self.entries("about = ?1 and kind = ?2", params![about.key(), kind::TEAM])?;
        let Some(newest) = all.last() else { return Ok(()) };
        let name = newest.body::<Team>()?.name;
        self.run("insert or replace into team (id, name) values (?1, ?2)", params![team.as_bytes(), name]).map(drop)
    }

    pub(super) fn project_members(&self, about: About) -> Result<()> {
        let About::Organisation(team) = about else { return Ok(()) };
        self.run("delete from member where team = ?1", [team.as_bytes()])?;
        for kept in self.entries("about = ?1 and kind = ?2", params![about.key(), kind::MEMBER])? {
            let member: Member = kept.body()?;
            self.run(
                "insert or replace into member (team, user, left, number) values (?1, ?2, ?3, ?4)",
                params![team.as_bytes(), member.user.bytes(), member.left, kept.number.map(u64::cast_signed)],
            )?;
        }
        Ok(())
    }

    /// Whether a person sits at a township's desk or the county's.
    pub(crate) fn directs(&self, user: UserId) -> Result<bool> {
        let sql = "select 1 from role where user = ?1 and reach in (2, 3) and ended is null limit 1";
        Ok(self.one(sql, [user.bytes()], |_| Ok(()))?.is_some())
    }

    /// How far a kind of role reaches; one that nobody has heard of reaches nowhere by itself.
    pub(crate) fn reach_of_kind(&self, code: &str) -> Result<Reach> {
        if let Some(reach) = shipped(code) {
            return Ok(reach);
        }
        let row = self.one("select reach from role_kind where code = ?1", [code], |row| row.get::<_, i64>(0))?;
        Ok(row.map_or(Reach::Entrusted, reach_from_table))
    }
}
