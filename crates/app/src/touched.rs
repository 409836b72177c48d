//! What has changed since the screens last asked: the one event of every shell, named `changed`.

use crate::app::App;
use lianhu_core::entry::About;
use serde::Serialize;
use ts_rs::TS;

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Touched {
    /// `household`, `place`, `cadre` or `other`.
    pub what: String,
    /// Which, where it is one that screens know by id.
    pub id: Option<String>,
}

impl App {
    /// Takes what has changed since this was last asked.
    #[must_use]
    pub fn take_touched(&self) -> Vec<Touched> {
        let mut touched = self.ledger().take_touched();
        if let Some(practice) = self.in_practice() {
            touched.extend(practice.ledger().take_touched());
        }
        let mut told: Vec<_> = touched.into_iter().map(one).collect();
        if self.take_switched() {
            told.push(Touched { what: "other".to_owned(), id: None });
        }
        told
    }
}

fn one(about: About) -> Touched {
    let (what, id) = match about {
        About::Household(id) => ("household", Some(id.to_string())),
        About::Place(id) => ("place", Some(id.to_string())),
        About::Cadre(id) => ("cadre", Some(id.to_string())),
        _ => ("other", None),
    };
    Touched { what: what.to_owned(), id }
}

/// A token of 128 random bits in hexadecimal, by which a shell knows its own screens.
#[must_use]
pub fn token(around: &dyn lianhu_core::surroundings::Surroundings) -> String {
    let mut bytes = [0; 16];
    around.fill(&mut bytes);
    data_encoding::HEXLOWER.encode(&bytes)
}
