//! How the person likes the screens: language, size of type, the first walk done, minutes until the home is locked, of how
//! many other devices of theirs they have read. Kept in the ledger's settings, for the webview keeps nothing.

use crate::app::App;
use crate::error::{AppError, Result};
use lianhu_core::problem::ProblemKind;
use std::collections::BTreeMap;

/// What can be preferred.
const KEYS: [&str; 5] = ["language", "type", "walk", "idle", "devices"];

/// Forms of no household yet: what is typed into them is kept with every tap, as a draft keeps a visit.
const FORMS: [&str; 1] = ["register"];
/// The longest form that is kept, in bytes.
const LONGEST_FORM: usize = 64 * 1024;

impl App {
    /// Everything preferred so far.
    pub fn preferences(&self) -> Result<BTreeMap<String, String>> {
        let ledger = self.ledger();
        let mut all = BTreeMap::new();
        for key in KEYS {
            if let Some(value) = ledger.setting(&format!("prefer_{key}"))? {
                all.insert(key.to_owned(), value);
            }
        }
        Ok(all)
    }

    /// Prefers a value; the device of one person keeps it, and nobody else hears of it.
    pub fn prefer(&self, key: String, value: String) -> Result<BTreeMap<String, String>> {
        if !KEYS.contains(&key.as_str()) || value.len() > 20 {
            return Err(AppError::field(&key, ProblemKind::Unknown));
        }
        self.ledger().set_setting(&format!("prefer_{key}"), &value)?;
        self.preferences()
    }

    /// Keeps what was typed into a form so far; nothing once it has become what it was for.
    pub fn keep_form(&self, form: String, body: Option<String>) -> Result<()> {
        let body = body.unwrap_or_default();
        if !FORMS.contains(&form.as_str()) || body.len() > LONGEST_FORM {
            return Err(AppError::field(&form, ProblemKind::Unknown));
        }
        Ok(self.ledger().set_setting(&format!("form_{form}"), &body)?)
    }

    /// What was typed into a form and has not become anything yet.
    pub fn kept_form(&self, form: String) -> Result<Option<String>> {
        if !FORMS.contains(&form.as_str()) {
            return Err(AppError::field(&form, ProblemKind::Unknown));
        }
        Ok(self.ledger().setting(&format!("form_{form}"))?.filter(|body| !body.is_empty()))
    }
}
