//! Beginning without a line: a letter of introduction 介绍信 from somebody who carries, the code of the slip, and a file that
//! asks; the county's answer enrols this device. Only files are carried, and only the county opens what is asked.

use crate::app::App;
use crate::enrolment::Me;
use crate::error::{AppError, Result};
use crate::http_hub;
use crate::parcels::{HandedFile, KIND, write};
use crate::workbook_file::HANDED_IN;
use lianhu_core::enrolment_code::{EnrolmentCode, Fingerprint};
use lianhu_core::ids::{DeviceId, PublicKey};
use lianhu_core::introduction::{Introduced, Introduction, LARGEST};
use lianhu_core::parcel;
use lianhu_ledger::{Enrolling, HandedOver, NotEnrolled};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};
use ts_rs::TS;

/// Where it stands what was asked, until it is answered.
const ASKED: &str = "asked";

/// What this device has asked in a file, and of whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    county: String,
    county_name: String,
    county_key: PublicKey,
    device: DeviceId,
    server: Option<String>,
    pin: Fingerprint,
}

/// That this device has asked in a file to be enrolled, and waits for the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct AskedToEnrol {
    /// The county's name.
    pub county_name: String,
    /// The first letters of the device's id, as whoever carries for it sees them.
    pub device: String,
}

impl App {
    /// Writes the county's letter of introduction for a device that has no line, on one that carries for others. Without
    /// a path it lies in this home's `files`.
    pub fn write_introduction(&self, path: Option<PathBuf>) -> Result<HandedFile> {
        let (letter, server) = {
            let ledger = self.ledger();
            (ledger.introduction()?, ledger.setting("server")?)
        };
        let letter = letter.ok_or(AppError::MayNotCarry)?;
        let file = Introduction { server, ..letter }.file();
        self.lay(path, format!("介绍信{KIND}"), &file, 0)
    }

    /// Writes a file in which this device asks the county of a letter to be enrolled with the code of a slip. Asked again it
    /// is the same question. Without a path it lies in this home's `files`.
    pub fn ask_to_enrol(&self, introduction: PathBuf, code: String, path: Option<PathBuf>) -> Result<HandedFile> {
        if self.ledger().identity().is_ok() {
            return Err(AppError::AlreadyEnrolled);
        }
        let code = EnrolmentCode::parse(&code).map_err(|_| AppError::wrong_code(&code))?;
        let letter = Introduction::read(&read(&introduction, LARGEST)?).ok_or(AppError::NotAnIntroduction)?;
        let county = http_hub::introduced(&letter, code.fingerprint).ok_or(AppError::NotIntroduced)?;
        let before = self.asked()?.filter(|asked| asked.county_key == county.county_key);
        let asked = Asked {
            device: before.map_or_else(|| DeviceId::mint(&*self.around), |asked| asked.device),
            county: county.county.clone(),
            county_name: county.county_name.clone(),
            county_key: county.county_key,
            server: letter.server,
            pin: code.fingerprint,
        };
        let key = self.pending_key()?;
        let asking = Enrolling {
            secret: code.secret_hex(),
            key: key.public(),
            label: Self::label(),
            device: Some(asked.device),
        };
        let mut ledger = self.ledger();
        ledger.set_setting(ASKED, &serde_json::to_string(&asked).unwrap_or_default())?;
        let HandedOver { bytes, entries, number } = ledger.ask_to_enrol(&county, &asking, &key)?;
        drop(ledger);
        self.lay(path, format!("登记-{}-{number}{KIND}", short(asked.device)), &bytes, entries)
    }

    /// Enrols this device as the county's answer says. The same file, taken in once more with `take_in_file`, brings the
    /// households that come with it.
    pub fn enrol_by_file(&self, path: PathBuf) -> Result<Me> {
        let file = read(&path, parcel::LARGEST)?;
        let asked = self.asked()?.ok_or(AppError::ParcelNotForThis)?;
        let key = self.pending_key()?;
        let Asked { county, county_name, county_key, server, pin, .. } = asked;
        let introduced = Introduced { county, county_name, county_key };
        let mut ledger = self.ledger();
        ledger.set_setting("server", &server.unwrap_or_default())?;
        ledger.set_setting("pin", &pin.to_string())?;
        match ledger.take_welcome(&file, &introduced, &key)?? {
            Ok(_) => ledger.set_setting(ASKED, "")?,
            Err(NotEnrolled::WrongCode) => return Err(AppError::WrongCode { group: None }),
            Err(NotEnrolled::UsedCode) => return Err(AppError::UsedCode),
        }
        drop(ledger);
        self.me()
    }

    /// What was asked and is not answered yet.
    pub(crate) fn asked_to_enrol(&self) -> Result<Option<AskedToEnrol>> {
        let asked = self.asked()?;
        Ok(asked.map(|asked| AskedToEnrol { county_name: asked.county_name, device: short(asked.device) }))
    }

    fn asked(&self) -> Result<Option<Asked>> {
        let asked = self.ledger().setting(ASKED)?;
        Ok(asked.and_then(|asked| serde_json::from_str(&asked).ok()))
    }

    /// Under which id this device has asked: enrolled over a line after all, it is the same.
    pub(crate) fn proposed_device(&self) -> Result<Option<DeviceId>> {
        Ok(self.asked()?.map(|asked| asked.device))
    }

    fn lay(&self, path: Option<PathBuf>, name: String, bytes: &[u8], entries: u32) -> Result<HandedFile> {
        let path = path.unwrap_or_else(|| self.home.join(HANDED_IN).join(name));
        write(&path, bytes)?;
        Ok(HandedFile { path, bytes: bytes.len() as u64, entries })
    }
}

/// As much of a device's id as people compare.
fn short(device: DeviceId) -> String {
    device.to_string().chars().take(8).collect()
}

fn read(path: &Path, largest: usize) -> Result<Vec<u8>> {
    if fs::metadata(path)?.len() > largest as u64 {
        return Err(AppError::NotAParcel);
    }
    Ok(fs::read(path)?)
}
