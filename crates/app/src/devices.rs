//! People's devices: who uses what, and shutting one out that was lost.

use crate::app::App;
use crate::error::{AppError, Result};
use lianhu_core::ids::DeviceId;
use lianhu_core::problem::ProblemKind;
use lianhu_ledger::{DeviceRow, OtherDevice};

impl App {
    /// The devices of the people of one place, or of all. What waits on them their owners alone can see.
    pub fn devices(&self, place: Option<String>) -> Result<Vec<DeviceRow>> {
        self.check_may_direct()?;
        let place = self.place_or_all(place.as_deref())?;
        let ledger = self.ledger();
        let mut devices = ledger.devices()?;
        if let Some(place) = place {
            let people: Vec<_> = ledger.cadres_within(place)?.into_iter().map(|cadre| cadre.id).collect();
            devices.retain(|device| people.contains(&device.user));
        }
        // The county's own machine is no person's device.
        devices.retain(|device| !device.roles.is_empty());
        Ok(devices)
    }

    /// The other devices of the person here: how far what was written on each has come.
    pub fn other_devices(&self) -> Result<Vec<OtherDevice>> {
        Ok(self.ledger().other_devices()?)
    }

    /// Shuts out a device that was lost or is in the wrong hands. From then on the county sends it nothing more, and
    /// keeps aside what it still hands in. It cannot be taken back: its owner is enrolled on another device.
    pub fn revoke_device(&self, device: String, reason: String) -> Result<Vec<DeviceRow>> {
        self.check_may_direct()?;
        if reason.trim().is_empty() {
            return Err(AppError::field("reason", ProblemKind::Missing));
        }
        let row = self.device(&device)?;
        if row.own {
            return Err(AppError::OwnDevice);
        }
        if self.check_is_county().is_err() && self.furthest(&row.roles)?.directs() {
            // A township does not decide about its equals and betters; the county would refuse it.
            return Err(AppError::NotAllowed);
        }
        if !row.revoked {
            self.ledger().revoke_device(row.device, reason.trim())?;
        }
        self.devices(None)
    }

    /// Lets in what a device handed in after it was shut out: the lost phone was found, and somebody looked at whose it is.
    pub fn let_in(&self, device: String, reason: Option<String>) -> Result<Vec<DeviceRow>> {
        self.check_may_direct()?;
        let row = self.device(&device)?;
        if self.check_is_county().is_err() && (row.own || self.furthest(&row.roles)?.directs()) {
            return Err(AppError::NotAllowed);
        }
        self.ledger().let_in(row.device, reason.unwrap_or_default().trim())?;
        self.devices(None)
    }

    /// Leaves aside what stands aside of a device: nothing is let in, and until more comes it is not told again.
    pub fn leave_aside(&self, device: String) -> Result<()> {
        self.check_may_direct()?;
        let row = self.device(&device)?;
        Ok(self.ledger().leave_aside(row.device)?)
    }

    /// One of the devices known here, by its id.
    fn device(&self, text: &str) -> Result<DeviceRow> {
        let missing = || AppError::missing(text);
        let id = DeviceId::parse(text).ok_or_else(missing)?;
        self.devices(None)?.into_iter().find(|row| row.device == id).ok_or_else(missing)
    }
}
