//! Beginning: a county mints its ledger and its first people; a device is enrolled with a secret, once.

use crate::error::{LedgerError, Result};
use crate::identity::Identity;
use crate::store::{Ledger, Tx};
use lianhu_core::directive::{Cadre, Device, Enrolment, Place};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::{DeviceId, Hash, PlaceId, PublicKey, UserId};
use lianhu_core::sign::Key;
use serde::{Deserialize, Serialize};

/// What a device sends to be enrolled.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Enrolling {
    /// The secret of the enrolment code, in hexadecimal.
    pub secret: String,
    /// The key the device will sign with.
    pub key: PublicKey,
    /// What its owner calls it.
    pub label: String,
    /// The device that this ledger already is: its county was restored from a back-up that had not heard of it.
    #[serde(default)]
    pub device: Option<DeviceId>,
}

/// What the county gives back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Enrolled {
    /// The county's code.
    pub county: String,
    /// Its name.
    pub county_name: String,
    /// The key it signs with.
    pub county_key: PublicKey,
    /// Who the owner is.
    pub user: UserId,
    /// The owner's name.
    pub name: String,
    /// The device's id.
    pub device: DeviceId,
    /// What they may do.
    pub roles: Vec<String>,
    /// For those who import rosters: the key that names households and people the same every time.
    pub import_key: Option<String>,
}

/// Why a device was not enrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotEnrolled {
    /// No such secret.
    WrongCode,
    /// The secret was used by another device.
    UsedCode,
}

impl NotEnrolled {
    /// How it is called on the line and in files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongCode => "wrong_code",
            Self::UsedCode => "used_code",
        }
    }
}

impl Ledger {
    /// Makes this new ledger a county's own: mints its key, its first epoch and its place at the root of both trees.
    pub fn found_county(&mut self, code: &str, name: &str, key: &Key) -> Result<()> {
        self.transact(|tx| {
            if tx.meta::<String>("county")?.is_some() {
                return Err(LedgerError::NotThis("new"));
            }
            let (user, device) = (UserId::mint(tx.around), DeviceId::mint(tx.around));
            tx.set_identity(&Identity {
                county: code.to_owned(),
                county_name: name.to_owned(),
                county_key: key.public(),
                user,
                device,
                incarnation: 1,
                key: key.clone(),
                is_county: true,
            })?;
            tx.begin_life(0)?;
            let mut import = [0; 32];
            tx.around.fill(&mut import);
            tx.set_meta("import_key", import.to_vec())?;
            let office = Cadre { name: format!("{name}（县服务器）"), ..Cadre::default() };
            tx.direct(About::Cadre(user), kind::CADRE, &office)?;
            let own = Device { key: key.public(), device, label: "county".to_owned(), revoked: false, reason: None };
            tx.direct(About::Cadre(user), kind::DEVICE, &own)?;
            let root = PlaceId::mint(tx.around);
            tx.set_meta("root_place", root.bytes())?;
            let place =
                Place { name: name.to_owned(), level: "county".to_owned(), parent: None, code: Some(code.to_owned()) };
            tx.direct(About::Place(root), kind::PLACE, &place)?;
            tx.settle_own()
        })?;
        self.open_keys()
    }

    /// Carries out the county's own directives: they are numbered when this returns.
    pub fn direct<T>(&mut self, act: impl FnOnce(&crate::Writing<'_>) -> Result<T>) -> Result<T> {
        self.transact(|tx| {
            let done = act(&crate::Writing(tx))?;
            tx.settle_own()?;
            Ok(done)
        })
    }

    /// Mints a secret with which a person can enrol one device. It is returned once and never stored.
    pub fn mint_secret(&mut self, user: UserId) -> Result<[u8; 10]> {
        let mut secret = [0; 10];
        self.around.fill(&mut secret);
        let enrolment = Enrolment { secret: Hash::of(&[&secret]) };
        let is_county = self.identity()?.is_county;
        self.transact(|tx| {
            tx.direct(About::Cadre(user), kind::ENROLMENT, &enrolment)?;
            if is_county { tx.settle_own() } else { Ok(()) }
        })?;
        Ok(secret)
    }

    /// Enrols a device with a secret. The same device asking again, its first answer lost, is answered alike.
    pub fn enrol(&mut self, asking: &Enrolling, secret: &[u8]) -> Result<std::result::Result<Enrolled, NotEnrolled>> {
        self.transact(|tx| tx.enrol(asking, secret))
    }

    /// Makes this new ledger the device's of the person that the county has enrolled.
    pub fn adopt(&mut self, enrolled: &Enrolled, key: &Key) -> Result<()> {
        self.transact(|tx| {
            if tx.meta::<String>("county")?.is_some() {
                return Err(LedgerError::NotThis("new"));
            }
            if let Some(import) = enrolled.import_key.as_deref().and_then(Hash::parse) {
                tx.set_meta("import_key", import.0.to_vec())?;
            }
            tx.set_meta("set/name", &enrolled.name)?;
            tx.set_meta("set/roles", enrolled.roles.join(","))?;
            tx.set_identity(&Identity {
                county: enrolled.county.clone(),
                county_name: enrolled.county_name.clone(),
                county_key: enrolled.county_key,
                user: enrolled.user,
                device: enrolled.device,
                incarnation: 1,
                key: key.clone(),
                is_county: false,
            })
        })
    }

    /// Goes on as the device that this ledger is, enrolled once more at a county that had lost it. Another county,
    /// person or device is refused: what was written here is theirs alone.
    pub fn adopt_again(&mut self, enrolled: &Enrolled) -> Result<()> {
        let me = self.identity()?;
        if (me.county_key, me.user, me.device) == (enrolled.county_key, enrolled.user, enrolled.device) {
            return Ok(());
        }
        Err(LedgerError::NotThis("new"))
    }

    /// Begins a new life of the county's log after its file was restored from a backup.
    pub fn restored(&mut self) -> Result<()> {
        self.transact(|tx| {
            let top = tx.meta::<i64>("top")?.unwrap_or(0);
            tx.begin_life(top.cast_unsigned())?;
            tx.begin_incarnation()?;
            tx.erase_again()
        })
    }

    /// The key that names imported households and people, where this ledger has it.
    pub fn import_key(&self) -> Result<Option<[u8; 32]>> {
        let key: Option<Vec<u8>> = self.look().meta("import_key")?;
        Ok(key.and_then(|key| key.try_into().ok()))
    }
}

impl Tx<'_> {
    fn direct(&self, about: About, kind: u16, body: &impl minicbor::Encode<()>) -> Result<()> {
        self.write_entry(about, kind, Source::Office, minicbor::to_vec(body).unwrap_or_default()).map(drop)
    }

    /// The same, whatever road the question came by.
    pub(crate) fn enrol(
        &self,
        asking: &Enrolling,
        secret: &[u8],
    ) -> Result<std::result::Result<Enrolled, NotEnrolled>> {
        let hash = Hash::of(&[secret]);
        let user =
            self.one("select user from enrolment where secret = ?1", [hash.0], |row| row.get::<_, Vec<u8>>(0))?;
        let Some(user) = user.and_then(|id| UserId::from_slice(&id)) else {
            return Ok(Err(NotEnrolled::WrongCode));
        };
        let used =
            self.one("select device from enrolled where secret = ?1", [hash.0], |row| row.get::<_, Vec<u8>>(0))?;
        let device = match used.and_then(|id| DeviceId::from_slice(&id)) {
            Some(device) if self.known(device)?.is_some_and(|known| known.key == asking.key) => device,
            Some(_) => return Ok(Err(NotEnrolled::UsedCode)),
            None => {
                let device = match asking.device {
                    Some(device) if self.known(device)?.is_none() => device,
                    Some(device) if self.known(device)?.is_some_and(|known| known.key == asking.key) => device,
                    _ => DeviceId::mint(self.around),
                };
                self.run("insert into enrolled (secret, device) values (?1, ?2)", (hash.0, device.bytes()))?;
                let label = asking.label.chars().take(40).collect();
                let body = Device { key: asking.key, device, label, revoked: false, reason: None };
                self.direct(About::Cadre(user), kind::DEVICE, &body)?;
                self.settle_own()?;
                device
            }
        };
        self.enrolled(user, device).map(Ok)
    }

    fn enrolled(&self, user: UserId, device: DeviceId) -> Result<Enrolled> {
        let me = self.identity()?;
        let name = self.one("select name from cadre where id = ?1", [user.bytes()], |row| row.get::<_, String>(0))?;
        let sql = "select distinct role from role where user = ?1 and ended is null order by role";
        let roles = self.all(sql, [user.bytes()], |row| row.get::<_, String>(0))?;
        let import: Option<Vec<u8>> = self.meta("import_key")?;
        let may_import = self.holds_everything(user)?;
        let import = import.filter(|_| may_import).and_then(|key| Hash::from_slice(&key));
        Ok(Enrolled {
            county: me.county,
            county_name: me.county_name,
            county_key: me.county_key,
            user,
            name: name.unwrap_or_default(),
            device,
            roles,
            import_key: import.map(|key| key.to_string()),
        })
    }
}
