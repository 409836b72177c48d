//! Kinds of roles: rows, not a list in the program. What a role is called is the county's to say; what the program must know
//! of it is only how far it reaches.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How far a role reaches: all that the program asks of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// The households and places entrusted by name; the role itself brings none.
    Entrusted,
    /// All households of its place, whichever of the two trees it lies in.
    Area,
    /// That, and to entrust, enrol, shut out and recover within it.
    Directs,
    /// Everything in the county.
    County,
}

impl Reach {
    /// Every reach, the furthest last.
    pub const ALL: [Self; 4] = [Self::Entrusted, Self::Area, Self::Directs, Self::County];

    /// Its word on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Entrusted => "entrusted",
            Self::Area => "area",
            Self::Directs => "directs",
            Self::County => "county",
        }
    }

    /// Reads the word; a word of a later version reaches nowhere by itself.
    #[must_use]
    pub fn of(word: &str) -> Self {
        Self::ALL.into_iter().find(|reach| reach.word() == word).unwrap_or(Self::Entrusted)
    }

    /// Whether a role of this reach is given for a place.
    #[must_use]
    pub fn needs_place(self) -> bool {
        matches!(self, Self::Area | Self::Directs)
    }

    /// Whether whoever has it sits at a township's desk or the county's.
    #[must_use]
    pub fn directs(self) -> bool {
        matches!(self, Self::Directs | Self::County)
    }
}

/// The kinds every county starts with (domain.md §2.9, §1.0): code and reach. A county adds its own.
pub const SHIPPED: [(&str, Reach); 10] = [
    ("helper", Reach::Entrusted),
    ("party_contact", Reach::Entrusted),
    ("first_secretary", Reach::Area),
    ("team_member", Reach::Area),
    ("village_cadre", Reach::Area),
    ("grid_worker", Reach::Area),
    ("area_head", Reach::Area),
    ("building_head", Reach::Area),
    ("township", Reach::Directs),
    ("county", Reach::County),
];

/// How far a kind reaches that every county starts with.
#[must_use]
pub fn shipped(code: &str) -> Option<Reach> {
    SHIPPED.iter().find(|(known, _)| *known == code).map(|(_, reach)| *reach)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reach_is_read_back_from_its_word_and_an_unknown_word_reaches_nowhere() {
        for (code, reach) in SHIPPED {
            assert_eq!((Reach::of(reach.word()), shipped(code)), (reach, Some(reach)));
        }
        assert_eq!(Reach::of("the whole province"), Reach::Entrusted);
        assert_eq!(shipped("护林员"), None);
    }
}
