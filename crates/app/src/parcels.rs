//! 托人捎交: where there is no line, what waits goes as a file with whoever goes to town, and the answer comes back the same
//! way. The files are closed for their receiver; a carrier reads nothing in them.

use crate::app::App;
use crate::error::{AppError, Result};
use lianhu_core::ids::DeviceId;
use lianhu_core::parcel::LARGEST;
use lianhu_ledger::{CarriedRow, HandedOver, TakenIn};
use serde::Serialize;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use ts_rs::TS;

/// How the name of such a file ends.
pub(crate) const KIND: &str = ".lhx";

/// A file that was handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct HandedFile {
    /// Where it lies.
    #[ts(type = "string")]
    pub path: PathBuf,
    /// Its size.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Entries it hands over.
    pub entries: u32,
}

impl App {
    /// Writes a file for the county with everything that has no receipt yet; or, `to` a device for which this one carries,
    /// what goes back to it. Without a path it lies in this home's `files`.
    pub fn hand_over_file(&self, path: Option<PathBuf>, to: Option<String>) -> Result<HandedFile> {
        let HandedOver { bytes, entries, number } = match &to {
            None => self.ledger().hand_over_parcel()?,
            Some(device) => {
                let device = DeviceId::parse(device).ok_or_else(|| AppError::missing(device))?;
                self.ledger().hand_back_parcel(device)?
            }
        };
        let path = path.unwrap_or_else(|| {
            let whose = to.unwrap_or_else(|| self.own_device());
            let whose: String = whose.chars().take(8).collect();
            self.home.join(crate::workbook_file::HANDED_IN).join(format!("捎带-{whose}-{number}{KIND}"))
        });
        write(&path, &bytes)?;
        Ok(HandedFile { path, bytes: bytes.len() as u64, entries })
    }

    /// Takes in a file: another device's to carry it to the county, or what came back to this one.
    pub fn take_in_file(&self, path: PathBuf) -> Result<TakenIn> {
        if fs::metadata(&path)?.len() > LARGEST as u64 {
            return Err(AppError::NotAParcel);
        }
        let file = fs::read(&path)?;
        let taken = self.ledger().take_in_parcel(&file)??;
        // A device that is never on a line hears of an erasure this way.
        self.ledger().vacuum_if_forgotten()?;
        self.clear_files()?;
        Ok(taken)
    }

    /// The devices for which this one carries, and how far their files have come.
    pub fn carried_files(&self) -> Result<Vec<CarriedRow>> {
        Ok(self.ledger().carried_parcels()?)
    }

    fn own_device(&self) -> String {
        self.ledger().identity().map(|me| me.device.to_string()).unwrap_or_default()
    }
}

/// Writes a file whole: what lies under its name was written to the end.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let written = fs::File::create(&beside).and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    if let Err(error) = written.and_then(|()| fs::rename(&beside, path)) {
        fs::remove_file(&beside).ok();
        return Err(error.into());
    }
    Ok(())
}
