//! What a report sees of the records: one household as placed and counted, and what happened to it in the period.
//!
//! A fact names the record it speaks of, so that one that comes by two routes counts once (design.md §1, promise 6).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A place as a report prints it. Lines stand in the order of the code, then of the name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PlaceRef {
    /// Its official code, empty below the village.
    #[serde(default)]
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Our own id.
    pub id: Uuid,
}

/// One household as the report counts it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HouseholdFact {
    /// Which household.
    pub household: Uuid,
    /// 乡镇.
    pub town: Option<PlaceRef>,
    /// 村.
    pub village: Option<PlaceRef>,
    /// 安置点, for a relocated household.
    pub site: Option<PlaceRef>,
    /// 搬迁年度, for a relocated household.
    pub batch_year: Option<i32>,
    /// Active members.
    pub persons: u32,
    /// Two statements stand undecided about something this fact counts by.
    pub two_statements: bool,
}

/// One thing a report counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "fact")]
pub enum Fact {
    /// A household in scope.
    Household(HouseholdFact),
    /// All visits of one household in the period, each by its root record, struck ones left out. It is the whole count as
    /// one ledger sees it, so two of them do not add up: the ledger that has seen more is right.
    Visits {
        /// Which household.
        household: Uuid,
        /// Where it was placed, for a household that has since left the scope.
        village: Option<PlaceRef>,
        /// How many.
        count: u32,
    },
    /// The household was reached in the period in a way that counts as visited but not as a visit of its own.
    Visited {
        /// Which household.
        household: Uuid,
    },
    /// A need 诉求 raised in the period.
    NeedRaised {
        /// Which need.
        need: Uuid,
        /// Of which household.
        household: Uuid,
        /// Where it was placed, for a household that has since left the scope.
        village: Option<PlaceRef>,
        /// Not settled yet.
        open: bool,
    },
}

impl Fact {
    /// The household it speaks of.
    #[must_use]
    pub fn household(&self) -> Uuid {
        match self {
            Self::Household(fact) => fact.household,
            Self::Visits { household, .. } | Self::Visited { household } | Self::NeedRaised { household, .. } => {
                *household
            }
        }
    }
}

impl HouseholdFact {
    /// Whether it was relocated: it has a site or a year.
    #[must_use]
    pub fn is_relocated(&self) -> bool {
        self.site.is_some() || self.batch_year.is_some()
    }
}
