//! Locking and unlocking a home: the PIN, the wait after wrong ones, choosing it and changing it.

use crate::app::{App, KEY, LOCKED_KEY};
use crate::door::Door;
use crate::error::{AppError, Result};
use crate::people::{People, PhoneUser};
use crate::pin::{plain, weakness};
use crate::recovering::WayBack;
use lianhu_core::ids::EntryId;
use lianhu_ledger::{Effort, FileKey, KeyFile, Tries, WrappedKey, destroy};
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;

/// The file that counts wrong PINs.
const TRIES: &str = "tries";

/// How a home stands at its door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct LockState {
    /// Whether it is locked.
    pub locked: bool,
    /// Whether it has a PIN.
    pub has_pin: bool,
    /// Whether the PIN is six digits, guarded by the system's keystore; else it is a passphrase.
    pub digits: bool,
    /// How many seconds until the next try.
    #[ts(type = "number")]
    pub wait: u64,
    /// How many wrong ones since the last right one.
    pub wrong: u32,
    /// Whether it was opened by the county's answer: a new PIN is asked for.
    pub new_pin_wanted: bool,
    /// How a forgotten PIN can be got over; nothing before the home belongs to a county.
    pub way_back: Option<WayBack>,
    /// Who uses this machine, by the names they chose; nobody while it is one person's.
    pub people: Vec<PhoneUser>,
    /// Whose home it is, of these.
    pub person: String,
    /// How the screens are liked: `language`, `type`, `idle` …
    pub liked: BTreeMap<String, String>,
}

impl Door {
    /// How the home stands at its door.
    pub fn lock_state(&self) -> Result<LockState> {
        let file = self.key_file()?;
        let (locked, new_pin_wanted) = {
            let inside = self.inside();
            (inside.app.is_none(), inside.forgotten)
        };
        let digits = match &file {
            Some(file) if !new_pin_wanted => file.wrapped.with_keystore,
            _ => self.keystore.secret("probe").is_ok(),
        };
        let way_back = file.as_ref().and_then(|file| file.recovery.as_ref()).map(WayBack::from);
        let People { all: people, chosen: person } = People::read(&self.root);
        let path = self.home().join(TRIES);
        let before = Tries::read(&path);
        let tries = before.reckoned(&*self.around);
        if before.wait(&*self.around) > 0 {
            // What has passed of a wait is kept: ending the program does not begin it anew.
            tries.write(&path)?;
        }
        let (has_pin, wait, wrong) = (file.is_some(), tries.wait(&*self.around), tries.wrong);
        Ok(LockState {
            locked,
            has_pin,
            digits,
            wait,
            wrong,
            new_pin_wanted,
            way_back,
            people,
            person,
            liked: self.liked()?,
        })
    }

    /// Opens the home with its PIN.
    pub fn unlock(&self, pin: String) -> Result<LockState> {
        let mut inside = self.inside();
        if let Some(file) = self.key_file()? {
            // An open one is asked as well: whoever unlocks an open door shows that they may.
            let key = self.key_by_pin(&file, &pin)?;
            if inside.app.is_none() {
                self.open_with(key, &mut inside)?;
                self.tidy()?;
                self.provide(&inside)?;
            }
        }
        drop(inside);
        self.lock_state()
    }

    /// Locks it: nothing of it is in this program any more. A home without a PIN stays open.
    pub fn lock(&self) -> Result<LockState> {
        if self.key_file()?.is_some() {
            self.shut(&mut self.inside());
        }
        self.lock_state()
    }

    /// Chooses the PIN of a home that has none, or another one by the old. The key of the home stays the same: only its
    /// wrapping changes.
    pub fn set_pin(&self, pin: String, old: Option<String>) -> Result<LockState> {
        let mut inside = self.inside();
        let app = inside.app.clone().ok_or(AppError::Locked)?;
        let file = self.key_file()?;
        if let Some(file) = file.as_ref().filter(|_| !inside.forgotten) {
            self.key_by_pin(file, old.as_deref().unwrap_or_default())?;
        }
        self.wrap(&app, &pin, file)?;
        self.tidy()?;
        inside.forgotten = false;
        self.provide(&inside)?;
        drop(inside);
        self.lock_state()
    }

    pub(crate) fn key_file(&self) -> Result<Option<KeyFile>> {
        Ok(KeyFile::read(&self.home().join(LOCKED_KEY))?)
    }

    /// The key, if this is the PIN. A wrong one is counted before it is looked at.
    fn key_by_pin(&self, file: &KeyFile, pin: &str) -> Result<FileKey> {
        let path = self.home().join(TRIES);
        let before = Tries::read(&path);
        let wait = before.wait(&*self.around);
        if wait > 0 {
            return Err(AppError::Wait { wait });
        }
        let secret = self.secret_of(file)?;
        let tries = before.one_more(&*self.around);
        tries.write(&path)?;
        match file.wrapped.unwrap(&plain(pin), secret.as_ref()) {
            Some(key) => {
                Tries::forget(&path)?;
                Ok(key)
            }
            None => Err(AppError::WrongPin { wait: tries.wait(&*self.around) }),
        }
    }

    fn secret_of(&self, file: &KeyFile) -> Result<Option<[u8; 32]>> {
        if !file.wrapped.with_keystore {
            return Ok(None);
        }
        self.keystore.secret(&file.name).ok().flatten().map(Some).ok_or(AppError::NoKeystore)
    }

    /// Wraps the key of an open home with a PIN, and writes it down.
    fn wrap(&self, app: &App, pin: &str, file: Option<KeyFile>) -> Result<()> {
        let (name, mut recovery) = match file {
            Some(file) => (file.name, file.recovery),
            None => (EntryId::mint(&*self.around).to_string(), None),
        };
        // With a new PIN comes a new way back: what was ever read out on a telephone opens nothing any more.
        if let Some(recovery) = &mut recovery {
            recovery.used = true;
        }
        let secret = self.secret_for(&name);
        let pin = plain(pin);
        if let Some(why) = weakness(&pin, secret.is_some()) {
            return Err(AppError::WeakPin { why: why.to_owned() });
        }
        let wrapped = WrappedKey::wrap(&app.key, &pin, secret.as_ref(), Effort::USUAL, &*self.around);
        let wrapped = wrapped.ok_or_else(|| AppError::Bug { detail: "the key could not be wrapped".to_owned() })?;
        Ok(KeyFile { wrapped, name, recovery }.write(&self.home().join(LOCKED_KEY))?)
    }

    /// The keystore's secret for this home, made if there is none; nothing where no keystore answers, or where one does
    /// not give back what it was given.
    fn secret_for(&self, name: &str) -> Option<[u8; 32]> {
        if let Ok(Some(secret)) = self.keystore.secret(name) {
            return Some(secret);
        }
        let mut secret = [0; 32];
        self.around.fill(&mut secret);
        self.keystore.keep(name, &secret).ok()?;
        (self.keystore.secret(name) == Ok(Some(secret))).then_some(secret)
    }

    /// Takes away a bare key: the home has a PIN. A program that came to a sudden end may have left it.
    fn tidy(&self) -> Result<()> {
        Ok(destroy(&self.home().join(KEY))?)
    }
}
