//! The devices people use: whose they are, when they last asked, which of them exist twice or are shut out. Only the
//! county hears all devices ask; it tells the offices, each of the people it knows.

use crate::entries::name_of;
use crate::error::{LedgerError, Result};
use crate::store::{Ledger, Tx};
use lianhu_core::day::{Day, Moment};
use lianhu_core::directive::{Device, LetIn};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::exchange::{Code, DeviceSeen, Request};
use lianhu_core::ids::{DeviceId, PublicKey, UserId};
use rusqlite::params;
use serde::Serialize;
use ts_rs::TS;

/// How many devices one reply speaks of.
const MOST: i64 = 512;

/// Under this and the device stands how many of its entries that stand aside a person has seen and left there.
const LEFT_ASIDE: &str = "left_aside:";

/// A device and whose it is. How much waits on it nobody but its owner can know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DeviceRow {
    /// Which.
    pub device: DeviceId,
    /// Whose it is.
    pub user: UserId,
    /// Their name, where it is known here.
    pub name: Option<String>,
    /// 单位.
    pub unit: Option<String>,
    /// Their roles.
    pub roles: Vec<String>,
    /// What the device calls itself.
    pub label: String,
    /// The day it was enrolled.
    pub enrolled_on: Day,
    /// Whether it exists twice: it was copied, or restored from a copy.
    pub twice: bool,
    /// Whether it is shut out.
    pub revoked: bool,
    /// Why, in words.
    pub reason: Option<String>,
    /// Whether a directive about it has not arrived at the county yet.
    pub waiting: bool,
    /// How many entries of it stand aside at the county only for who wrote them.
    pub aside: u32,
    /// Whether it is the one in one's hand.
    pub own: bool,
}

/// Another device of this person: what of it has come to the county, so that they know what is on it only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OtherDevice {
    /// Which.
    pub device: DeviceId,
    /// What it calls itself.
    pub label: String,
    /// When it was enrolled.
    pub enrolled_at: Moment,
    /// Whether it is shut out.
    pub revoked: bool,
    /// Entries of it that the county has numbered, of the households held here.
    pub handed_in: u32,
    /// When the last of these was written, by that device's clock. What was written after it is on that device only.
    pub until: Option<Moment>,
}

const DEVICES: &str = "select device.id, device.user, cadre.name, cadre.unit, \
    (select group_concat(distinct role) from role where role.user = device.user), device.label, device.since, \
    coalesce(device_seen.twice, 0), device.revoked, device.reason, \
    exists (select 1 from entry where entry.about = cast(x'75' || device.user as blob) and entry.kind in (68, 73) and entry.number is null), coalesce(device_seen.aside, 0) \
    from device left join cadre on cadre.id = device.user left join device_seen on device_seen.device = device.id \
    order by cadre.unit, cadre.name, device.since, device.id";

impl Ledger {
    /// The devices known here, by unit and name.
    pub fn devices(&self) -> Result<Vec<DeviceRow>> {
        let tx = self.look();
        let own = tx.identity()?.device;
        tx.all(DEVICES, [], |row| {
            let broken = || rusqlite::Error::InvalidQuery;
            let (device, user): (Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?);
            let device = DeviceId::from_slice(&device).ok_or_else(broken)?;
            let roles: Option<String> = row.get(4)?;
            Ok(DeviceRow {
                device,
                user: UserId::from_slice(&user).ok_or_else(broken)?,
                name: row.get(2)?,
                unit: row.get(3)?,
                roles: roles.map(|roles| roles.split(',').map(str::to_owned).collect()).unwrap_or_default(),
                label: row.get(5)?,
                enrolled_on: Moment(row.get(6)?).day(),
                twice: row.get(7)?,
                revoked: row.get(8)?,
                reason: row.get(9)?,
                waiting: row.get(10)?,
                aside: row.get(11)?,
                own: device == own,
            })
        })
    }

    /// The other devices of this device's person, the newest first.
    pub fn other_devices(&self) -> Result<Vec<OtherDevice>> {
        let tx = self.look();
        let me = tx.identity()?;
        let sql = "select id, label, since, revoked from device where user = ?1 and id <> ?2 order by since desc, id";
        let rows = tx.all(sql, params![me.user.bytes(), me.device.bytes()], |row| {
            let device = DeviceId::from_slice(&row.get::<_, Vec<u8>>(0)?).ok_or(rusqlite::Error::InvalidQuery)?;
            Ok((device, row.get(1)?, Moment(row.get(2)?), row.get(3)?))
        })?;
        let come =
            "select count(*), max(id) from entry where device = ?1 and number is not null and kind < 64 and kind <> ?2";
        rows.into_iter()
            .map(|(device, label, enrolled_at, revoked)| {
                let params = params![device.bytes(), kind::TRACE];
                let come = tx.one(come, params, |row| Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?)))?;
                let (handed_in, last) = come.unwrap_or((0, None));
                let name = last.map(|id| tx.one("select name from entry where id = ?1", [id], |row| name_of(row, 0)));
                let kept = name.transpose()?.flatten().map(|name| tx.entry(name)).transpose()?.flatten();
                let until = kept.map(|kept| kept.entry.at);
                Ok(OtherDevice { device, label, enrolled_at, revoked, handed_in, until })
            })
            .collect()
    }

    /// Shuts a device out. It takes effect when the county numbers it; what the device still hands in is kept aside.
    pub fn revoke_device(&mut self, device: DeviceId, reason: &str) -> Result<()> {
        self.transact(|tx| {
            let sql = "select user, key, label from device where id = ?1";
            let found = tx.one(sql, [device.bytes()], |row| {
                Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, String>(2)?))
            })?;
            let known = found
                .and_then(|(user, key, label)| Some((UserId::from_slice(&user)?, PublicKey::from_slice(&key)?, label)));
            let (user, key, label) = known.ok_or(LedgerError::NotFound("device"))?;
            let body = Device { key, device, label, revoked: true, reason: Some(reason.to_owned()) };
            crate::Writing(tx).record(About::Cadre(user), kind::DEVICE, Source::Office, &body).map(drop)
        })
    }

    /// The person has seen how much of a device stands aside, and leaves it there: until more comes it is not told again.
    pub fn leave_aside(&mut self, device: DeviceId) -> Result<()> {
        self.transact(|tx| {
            tx.set_meta(&format!("{LEFT_ASIDE}{device}"), tx.aside(device)?)?;
            // Whoever shows it asks anew.
            tx.touch(About::County);
            Ok(())
        })
    }

    /// Lets in what a device handed in that stands aside only for who wrote it. It takes effect when the county numbers it.
    pub fn let_in(&mut self, device: DeviceId, reason: &str) -> Result<()> {
        self.transact(|tx| {
            let sql = "select user from device where id = ?1";
            let user = tx.one(sql, [device.bytes()], |row| row.get::<_, Vec<u8>>(0))?;
            let user = user.and_then(|id| UserId::from_slice(&id)).ok_or(LedgerError::NotFound("device"))?;
            let body = LetIn { device, reason: reason.to_owned() };
            crate::Writing(tx).record(About::Cadre(user), kind::LET_IN, Source::Office, &body).map(drop)
        })
    }
}

impl Tx<'_> {
    /// Since when this device wants to hear how others have asked: only an office does.
    pub(crate) fn devices_since(&self) -> Result<Option<Moment>> {
        let me = self.identity()?;
        if !self.directs(me.user)? {
            return Ok(None);
        }
        let last = self.one("select max(last_at) from device_seen", [], |row| row.get::<_, Option<i64>>(0))?;
        Ok(Some(Moment(last.flatten().unwrap_or(0))))
    }

    /// How devices of people whom an office knows have asked since then, its own left out.
    pub(crate) fn devices_seen(&self, user: UserId, request: &Request) -> Result<Option<Vec<DeviceSeen>>> {
        let Some(since) = request.devices_since else { return Ok(None) };
        if !self.directs(user)? {
            return Ok(None);
        }
        let everything = self.holds_everything(user)?;
        // Of devices of which something stands aside it is told each time, so that it also ends when there is nothing more.
        let aside = "select count(*) from quarantine where quarantine.device = asking.device and code in (?6, ?7)";
        let sql = format!(
            "select asking.device, asking.last_at, asking.twice, ({aside}) as aside from asking join device on device.id = asking.device \
             where (asking.last_at >= ?1 or aside > 0) and asking.device <> ?2 and (?3 or exists (select 1 from scope \
             where scope.user = ?4 and scope.about = cast(x'75' || device.user as blob) and scope.until is null)) \
             order by aside = 0, asking.last_at limit ?5"
        );
        let params = params![
            since.0,
            request.device.bytes(),
            everything,
            user.bytes(),
            MOST,
            Code::Revoked as i64,
            Code::NotEntitled as i64
        ];
        let seen = self.all(&sql, params, |row| {
            let device = DeviceId::from_slice(&row.get::<_, Vec<u8>>(0)?).ok_or(rusqlite::Error::InvalidQuery)?;
            Ok(DeviceSeen { device, at: Moment(row.get(1)?), twice: row.get(2)?, aside: Some(row.get(3)?) })
        })?;
        Ok((!seen.is_empty()).then_some(seen))
    }

    /// Notes what the county has told of devices. Of those it did not name nothing stands aside any more.
    pub(crate) fn note_devices(&self, seen: &[DeviceSeen]) -> Result<()> {
        self.run("update device_seen set aside = 0 where aside > 0", [])?;
        let sql = "insert or replace into device_seen (device, last_at, twice, aside) values (?1, ?2, ?3, ?4)";
        for seen in seen {
            self.run(sql, params![seen.device.bytes(), seen.at.0, seen.twice, seen.aside.unwrap_or(0)])?;
        }
        // Where less stands aside than was left there, what comes next is new.
        for device in self.all("select device from device_seen", [], |row| row.get::<_, Vec<u8>>(0))? {
            let Some(device) = DeviceId::from_slice(&device) else { continue };
            let (left, aside) = (self.left_aside(device)?, self.aside(device)?);
            if left > aside {
                self.set_meta(&format!("{LEFT_ASIDE}{device}"), aside)?;
            }
        }
        Ok(())
    }

    /// How many entries of a device stand aside, as the county last told.
    fn aside(&self, device: DeviceId) -> Result<u32> {
        let sql = "select aside from device_seen where device = ?1";
        Ok(self.one(sql, [device.bytes()], |row| row.get(0))?.unwrap_or(0))
    }

    /// How many of them a person has seen and left there.
    pub(crate) fn left_aside(&self, device: DeviceId) -> Result<u32> {
        Ok(self.meta(&format!("{LEFT_ASIDE}{device}"))?.unwrap_or(0))
    }
}
