//! Several people on one phone: a home each, with its own PIN, keys and ledger. The start lists them by the name each chose
//! for it; nothing else of anybody is known before their own PIN is typed.

use crate::app::LOCKED_KEY;
use crate::door::Door;
use crate::error::{AppError, Result};
use crate::locking::LockState;
use lianhu_core::ids::EntryId;
use lianhu_core::problem::ProblemKind;
use lianhu_ledger::write_whole;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use ts_rs::TS;

/// The file with the names, and the directory with the homes of all but the first.
const NAMES: &str = "people.json";
const HOMES: &str = "people";
/// The first person: their home is the directory itself, as it was before there were others.
const FIRST: &str = "first";
/// The longest name that fits on the start.
const LONGEST: usize = 12;

/// Somebody who uses this phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PhoneUser {
    /// Which home is theirs.
    pub id: String,
    /// What they want to be called on the start.
    pub name: String,
}

/// Everybody, and who was here last.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct People {
    pub(crate) all: Vec<PhoneUser>,
    pub(crate) chosen: String,
}

impl People {
    /// Those who are known here; one nameless person where nobody was ever added.
    pub(crate) fn read(root: &Path) -> Self {
        let kept = std::fs::read(root.join(NAMES)).ok();
        kept.and_then(|kept| serde_json::from_slice(&kept).ok()).unwrap_or_default()
    }

    fn write(&self, root: &Path) -> Result<()> {
        Ok(write_whole(&root.join(NAMES), &serde_json::to_vec(self).unwrap_or_default())?)
    }

    /// The home of whoever was here last.
    pub(crate) fn home(&self, root: &Path) -> PathBuf {
        home_of(root, &self.chosen)
    }
}

fn home_of(root: &Path, id: &str) -> PathBuf {
    // An id that was not minted here leads nowhere else.
    let plain = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric());
    if plain && id != FIRST { root.join(HOMES).join(id) } else { root.to_owned() }
}

impl Door {
    /// Goes to the door of another person's home. What is behind this one is let go; it has to have a lock.
    pub fn choose_person(&self, id: String) -> Result<LockState> {
        let mut people = People::read(&self.root);
        if !people.all.iter().any(|person| person.id == id) {
            return Err(AppError::missing(&id));
        }
        self.check_has_pin()?;
        people.chosen = id;
        people.write(&self.root)?;
        self.move_to(&people.home(&self.root))?;
        self.lock_state()
    }

    /// Makes a home for one more person and goes there. `mine` is what the person here wants to be called, once asked.
    pub fn add_person(&self, name: String, mine: Option<String>) -> Result<LockState> {
        self.check_has_pin()?;
        let mut people = People::read(&self.root);
        if people.all.is_empty() {
            let name = name_of("mine", mine.as_deref().unwrap_or_default())?;
            people.all.push(PhoneUser { id: FIRST.to_owned(), name });
        }
        let name = name_of("name", &name)?;
        if people.all.iter().any(|person| person.name == name) {
            return Err(AppError::NotUnique { what: name });
        }
        let id = EntryId::mint(&*self.around).to_string();
        let home = home_of(&self.root, &id);
        std::fs::create_dir_all(&home)?;
        people.all.push(PhoneUser { id: id.clone(), name });
        people.chosen = id;
        people.write(&self.root)?;
        self.move_to(&home)?;
        self.lock_state()
    }

    /// A home that stands open cannot be left beside others.
    fn check_has_pin(&self) -> Result<()> {
        let empty = self.app().is_ok_and(|app| app.ledger().identity().is_err());
        if self.home().join(LOCKED_KEY).exists() || empty { Ok(()) } else { Err(AppError::NoPin) }
    }
}

fn name_of(field: &str, name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() {
        return Err(AppError::field(field, ProblemKind::Missing));
    }
    Ok(name.chars().take(LONGEST).collect())
}
