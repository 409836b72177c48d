//! The places of both trees, as they are asked for; a building or a group that no table names is written down.

use crate::app::App;
use crate::error::{AppError, Result};
use lianhu_core::directive::Place;
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::PlaceId;
use lianhu_core::problem::ProblemKind;
use lianhu_ledger::PlaceRow;

/// What can be written down within what: a county's towns come with its tables.
const LEVELS: [&str; 6] = ["village", "natural_village", "group", "site", "building", "unit"];
/// The longest name of a place, in characters.
const LONGEST: usize = 30;

impl App {
    /// All places, in the order of their paths.
    pub fn places(&self) -> Result<Vec<PlaceRow>> {
        Ok(self.ledger().places()?)
    }

    /// Writes down a place within another: a village, a group, a settlement, one of its buildings.
    pub fn add_place(&self, name: String, level: String, parent: String) -> Result<PlaceRow> {
        self.check_may_direct()?;
        let name = name.trim().to_owned();
        if name.is_empty() {
            return Err(AppError::field("name", ProblemKind::Missing));
        }
        if name.chars().count() > LONGEST || name.contains('/') {
            return Err(AppError::field("name", ProblemKind::WrongForm));
        }
        if !LEVELS.contains(&level.as_str()) {
            return Err(AppError::field("level", ProblemKind::Unknown));
        }
        let parent = self.own_place("parent", &parent)?;
        let mut ledger = self.ledger();
        if ledger.place_within(parent, &name)?.is_some() {
            return Err(AppError::field("name", ProblemKind::Twice));
        }
        let id = PlaceId::mint(&*self.around);
        let body = Place { name, level, parent: Some(parent), code: None };
        ledger.write(|writing| writing.record(About::Place(id), kind::PLACE, Source::Office, &body))?;
        ledger.place(id)?.ok_or_else(|| AppError::missing("地方"))
    }
}
