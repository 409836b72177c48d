//! Undoing what was entrusted or taken back, for a day, as long as nobody has built on it.

use crate::app::App;
use crate::error::{AppError, Result};
use lianhu_core::ids::EntryName;
use lianhu_ledger::{Entrusting, Undo};

impl App {
    /// What was entrusted and taken back in the last 24 hours, act by act, the newest first.
    pub fn recent_entrusting(&self) -> Result<Vec<Entrusting>> {
        self.check_may_direct()?;
        Ok(self.ledger().recent_entrusting()?)
    }

    /// Undoes one act as a whole by the opposite directives, or refuses where something later stands on it.
    pub fn undo_entrusting(&self, batch: EntryName) -> Result<Vec<Entrusting>> {
        self.check_may_direct()?;
        let undone = self.ledger().undo_entrusting(batch)?;
        match undone {
            Ok(_) => self.recent_entrusting(),
            Err(None) => Err(AppError::TooLate),
            Err(Some(Undo::Done)) => Err(AppError::UndoneAlready),
            Err(Some(_)) => Err(AppError::BuiltOn),
        }
    }
}
