//! The people who work with lianhu: who they are, which devices are theirs, what is entrusted to them.

use crate::entries::Kept;
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::directive::{Cadre, Device, Enrolment, Grant, GrantEnd};
use lianhu_core::entry::{About, kind};
use rusqlite::params;

impl Tx<'_> {
    pub(super) fn project_cadre(&self, kept: &Kept) -> Result<()> {
        let About::Cadre(user) = kept.entry.about else { return Ok(()) };
        let all = self.entries("about = ?1 and kind = ?2", params![kept.entry.about.key(), kind::CADRE])?;
        let Some(newest) = all.last() else { return Ok(()) };
        let cadre: Cadre = newest.body()?;
        self.run(
            "insert or replace into cadre (id, name, unit, belongs, rank, phone) values (?1, ?2, ?3, ?4, ?5, ?6)",
            params![user.bytes(), cadre.name, cadre.unit, cadre.belongs, cadre.rank, cadre.phone],
        )?;
        Ok(())
    }

    pub(super) fn project_device(&self, kept: &Kept) -> Result<()> {
        let About::Cadre(user) = kept.entry.about else { return Ok(()) };
        let id = kept.body::<Device>()?.device;
        self.run("delete from device where id = ?1 and user = ?2", params![id.bytes(), user.bytes()])?;
        // All that was said of it, in the order of the numbers: what came first names it, and once shut out it stays so.
        for kept in self.entries("about = ?1 and kind = ?2", params![kept.entry.about.key(), kind::DEVICE])? {
            let device: Device = kept.body()?;
            if device.device != id {
                continue;
            }
            self.run(
                "insert into device (id, user, key, label, revoked, since, reason) values (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
                 on conflict (id) do update set revoked = max(revoked, excluded.revoked), since = min(since, excluded.since), reason = coalesce(reason, excluded.reason)",
                params![
                    device.device.bytes(),
                    user.bytes(),
                    device.key.0,
                    device.label,
                    device.revoked,
                    kept.entry.at.0,
                    device.reason
                ],
            )?;
        }
        Ok(())
    }

    pub(super) fn project_enrolment(&self, kept: &Kept) -> Result<()> {
        let About::Cadre(user) = kept.entry.about else { return Ok(()) };
        let enrolment: Enrolment = kept.body()?;
        self.run(
            "insert or replace into enrolment (secret, user) values (?1, ?2)",
            params![enrolment.secret.0, user.bytes()],
        )?;
        Ok(())
    }

    /// What is entrusted of one household or place: a grant ends with the first end for the same person after it.
    pub(super) fn project_grants(&self, about: About) -> Result<()> {
        self.run("delete from granted where about = ?1", [about.key()])?;
        let sql = "about = ?1 and kind in (?2, ?3, ?4)";
        let kinds = params![about.key(), kind::GRANT, kind::GRANT_END, kind::REGISTRATION];
        for kept in self.entries(sql, kinds)? {
            let number = kept.number.map(u64::cast_signed);
            let (user, duty) = match kept.entry.kind {
                // Who writes a household down for the first time looks after it until someone decides otherwise.
                kind::REGISTRATION => (kept.entry.user, "登记人".to_owned()),
                kind::GRANT => {
                    let grant: Grant = kept.body()?;
                    (grant.user, grant.duty)
                }
                _ => {
                    let end: GrantEnd = kept.body()?;
                    // An end that is still waiting ends nothing yet.
                    self.run(
                        "update granted set ended = ?3 where about = ?1 and user = ?2 and ended is null and number < ?3",
                        params![about.key(), end.user.bytes(), number],
                    )?;
                    continue;
                }
            };
            self.run(
                "insert or replace into granted (entry, user, about, duty, number) values (?1, ?2, ?3, ?4, ?5)",
                params![kept.name.0, user.bytes(), about.key(), duty, number],
            )?;
        }
        Ok(())
    }
}
