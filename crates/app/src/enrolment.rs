//! Beginning on a device: the code from the slip, and where the device stands.

use crate::app::App;
use crate::error::{AppError, Result};
use crate::http_hub::{self, EnrolError};
use crate::introducing::AskedToEnrol;
use lianhu_core::enrolment_code::EnrolmentCode;
use lianhu_core::ids::Hash;
use lianhu_core::role_kind::Reach;
use lianhu_core::sign::Key;
use lianhu_ledger::Standing;
use serde::Serialize;
use ts_rs::TS;

/// Whether the county has said that it does not know this device.
pub(crate) const UNKNOWN: &str = "unknown";

/// Who this device belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Me {
    /// The county's code.
    pub county: String,
    /// Its name.
    pub county_name: String,
    /// The person's name.
    pub name: String,
    /// Their roles.
    pub roles: Vec<String>,
    /// How far the furthest of these reaches: which screens are theirs.
    pub reach: Reach,
    /// Where this device hands in.
    pub server: String,
}

/// Where this device stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Status {
    /// Whose it is; nobody's before it is enrolled.
    pub me: Option<Me>,
    /// How it stands with the county.
    pub standing: Option<Standing>,
    /// 「现在丢了手机，会丢几条」
    pub lost_now: u32,
    /// Whether this device has asked in a file to be enrolled, and waits for the answer.
    pub asked: Option<AskedToEnrol>,
    /// Whether this is practice: invented households that go nowhere.
    pub practice: bool,
}

impl App {
    /// Enrols this device with the code of a slip.
    pub fn enrol(&self, server: String, code: String) -> Result<Me> {
        // A county that was restored from a back-up may not have heard of this device: then it is enrolled once more,
        // as the same device, and hands in what it wrote.
        let before = self.ledger().identity().ok();
        let lost = self.ledger().setting(UNKNOWN)?.is_some_and(|unknown| unknown == "1");
        if before.is_some() && !lost {
            return Err(AppError::AlreadyEnrolled);
        }
        let code = EnrolmentCode::parse(&code).map_err(|_| AppError::wrong_code(&code))?;
        let server = server.trim().trim_end_matches('/').to_owned();
        let device = before.as_ref().map(|me| me.device);
        let key = before.map_or_else(|| self.pending_key(), |me| Ok(me.key))?;
        let proposed = if device.is_some() { device } else { self.proposed_device()? };
        let enrolled =
            http_hub::enroll(&server, &code, &Self::label(), &key, proposed).map_err(|error| match error {
                EnrolError::Address(error) => error.into(),
                EnrolError::Hub(error) => error.into(),
                EnrolError::WrongCode => AppError::WrongCode { group: None },
                EnrolError::UsedCode => AppError::UsedCode,
                EnrolError::SlowDown => AppError::Busy,
            })?;
        let mut ledger = self.ledger();
        if device.is_some() {
            ledger.adopt_again(&enrolled)?;
            ledger.set_setting(UNKNOWN, "0")?;
        }
        ledger.set_setting("server", &server)?;
        ledger.set_setting("pin", &code.fingerprint.to_string())?;
        if device.is_none() {
            ledger.adopt(&enrolled, &key)?;
        }
        drop(ledger);
        self.me()
    }

    /// What this device is called until its owner says otherwise.
    pub(crate) fn label() -> String {
        format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)
    }

    /// The key this device will sign with, kept before the code is used: should the answer be lost, the same key asks
    /// again.
    pub(crate) fn pending_key(&self) -> Result<Key> {
        let mut ledger = self.ledger();
        if let Some(seed) = ledger.setting("pending_key")?.as_deref().and_then(Hash::parse) {
            return Ok(Key::from_seed(&seed.0));
        }
        let key = Key::mint(&*self.around);
        ledger.set_setting("pending_key", &Hash(key.seed()).to_string())?;
        Ok(key)
    }

    /// Whose this device is.
    pub(crate) fn me(&self) -> Result<Me> {
        let (roles, reach) = (self.roles()?, self.reach()?);
        let ledger = self.ledger();
        let identity = ledger.identity()?;
        Ok(Me {
            county: identity.county,
            county_name: identity.county_name,
            name: ledger.setting("name")?.unwrap_or_default(),
            roles,
            reach,
            server: ledger.setting("server")?.unwrap_or_default(),
        })
    }

    /// Where this device stands.
    pub fn status(&self) -> Result<Status> {
        let me = match self.me() {
            Ok(me) => Some(me),
            Err(AppError::NotEnrolled) => None,
            Err(error) => return Err(error),
        };
        let standing = if me.is_some() { Some(self.ledger().standing()?) } else { None };
        let waiting = standing.as_ref().map_or(0, |standing| standing.waiting);
        let practice = self.practising;
        let asked = if me.is_none() { self.asked_to_enrol()? } else { None };
        Ok(Status { me, standing, lost_now: if practice { 0 } else { waiting }, asked, practice })
    }
}
