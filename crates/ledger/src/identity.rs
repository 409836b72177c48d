//! Whose ledger this is: the county it belongs to, the person, the device and its key.

use crate::error::{LedgerError, Result};
use crate::store::{Ledger, Tx};
use lianhu_core::ids::{DeviceId, PublicKey, UserId};
use lianhu_core::sign::Key;

/// Who writes in this ledger, and for which county.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The county's code, as in GB/T 2260.
    pub county: String,
    /// Its name.
    pub county_name: String,
    /// The key it signs with.
    pub county_key: PublicKey,
    /// The person.
    pub user: UserId,
    /// The device.
    pub device: DeviceId,
    /// Which life of the device.
    pub incarnation: u32,
    /// The key the device signs with.
    pub key: Key,
    /// Whether this is the county's own ledger, which gives the numbers.
    pub is_county: bool,
}

impl Tx<'_> {
    pub(crate) fn identity(&self) -> Result<Identity> {
        if let Some(known) = self.me.borrow().as_ref() {
            return Ok(known.clone());
        }
        let read = self.read_identity()?;
        *self.me.borrow_mut() = Some(read.clone());
        Ok(read)
    }

    fn read_identity(&self) -> Result<Identity> {
        let unset = || LedgerError::NotThis("enrolled");
        let seed: Vec<u8> = self.meta("seed")?.ok_or_else(unset)?;
        let seed: [u8; 32] = seed.try_into().map_err(|_| unset())?;
        let id = |key: &str| -> Result<Vec<u8>> { self.meta::<Vec<u8>>(key)?.ok_or_else(unset) };
        Ok(Identity {
            county: self.meta("county")?.ok_or_else(unset)?,
            county_name: self.meta("county_name")?.ok_or_else(unset)?,
            county_key: PublicKey::from_slice(&id("county_key")?).ok_or_else(unset)?,
            user: UserId::from_slice(&id("user")?).ok_or_else(unset)?,
            device: DeviceId::from_slice(&id("device")?).ok_or_else(unset)?,
            incarnation: u32::try_from(self.meta::<i64>("incarnation")?.unwrap_or(1)).unwrap_or(u32::MAX),
            key: Key::from_seed(&seed),
            is_county: self.meta::<i64>("is_county")?.unwrap_or(0) == 1,
        })
    }

    pub(crate) fn set_identity(&self, identity: &Identity) -> Result<()> {
        *self.me.borrow_mut() = None;
        self.set_meta("seed", identity.key.seed().to_vec())?;
        self.set_meta("county", &identity.county)?;
        self.set_meta("county_name", &identity.county_name)?;
        self.set_meta("county_key", identity.county_key.0.to_vec())?;
        self.set_meta("user", identity.user.bytes())?;
        self.set_meta("device", identity.device.bytes())?;
        self.set_meta("incarnation", i64::from(identity.incarnation))?;
        self.set_meta("is_county", i64::from(identity.is_county))
    }
}

impl Ledger {
    /// Who writes here.
    pub fn identity(&self) -> Result<Identity> {
        self.look().identity()
    }

    /// A setting of the shell's, kept with the ledger.
    pub fn setting(&self, key: &str) -> Result<Option<String>> {
        self.look().meta(&format!("set/{key}"))
    }

    /// Keeps a setting of the shell's.
    pub fn set_setting(&mut self, key: &str, value: &str) -> Result<()> {
        self.transact(|tx| tx.set_meta(&format!("set/{key}"), value))
    }
}
