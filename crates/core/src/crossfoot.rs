//! Do published figures agree with each other? The validator families of domain.md §1.6, as pure functions.
//!
//! A finding is advice: it names the rule and the figures, says in one sentence what cannot be, and where it can, which
//! figure would be right. A person decides (domain.md §5 L19).

mod counts;
mod lists;
mod printed;
mod quotas;
mod ratios;
mod sentence;
mod shares;
mod sums;
mod table;

#[cfg(test)]
mod fixtures;

pub use counts::{count_every, meetings_a_year, period_length};
pub use lists::{against_template, levels, near_duplicates, same_scope, same_unit};
pub use printed::{Printed, rounded};
pub use quotas::{load, quota_bounds, quota_reach};
pub use ratios::{household_size, implied_households, money_per_person, per_head, persons_households};
pub use shares::{concentration, part_of_whole, percent_of_whole, same_base};
pub use sums::{Part, coverage, product, sum};
pub use table::{StatedRow, check_table};

use serde::{Deserialize, Serialize};

/// What the check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The figures agree.
    Pass,
    /// A person should look.
    Warn,
    /// It cannot be so.
    Fail,
}

/// A figure that would be right if the rest is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The row or part, as it was labelled.
    pub label: String,
    /// The column or sum it stands in (户数, 人数 …).
    pub column: String,
    /// What it would have to be.
    pub value: i64,
}

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Pass, warn or fail.
    pub verdict: Verdict,
    /// The rule and the figures it looked at.
    pub detail: Detail,
    /// The one figure that would mend it, when there is exactly one.
    pub suggestion: Option<Suggestion>,
}

/// A labelled figure.
pub type Labelled = (String, i64);

/// The rule that was applied and the figures it saw. Counts are whole; ratios carry their printed decimals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "rule")]
#[expect(missing_docs, reason = "each field is a word of the rule that stands above its variant")]
pub enum Detail {
    /// Parts add up to what is stated (F01, F02, F05, F06, F28).
    Sum { what: String, parts: Vec<Labelled>, blank: Vec<String>, found: i64, stated: i64 },
    /// A household has at least one person, and persons live in households (F03).
    PersonsHouseholds { label: String, households: i64, persons: i64, stated_total: Option<i64> },
    /// Two to six persons a household (F04, F21).
    HouseholdSize { label: String, households: i64, persons: i64, ratio: Printed },
    /// A part is no larger than its whole (F07, F15, F18).
    PartOfWhole { part: Labelled, whole: Labelled, percent: Option<Printed> },
    /// Times per person stay within reason (F08).
    PerHead { label: String, times: i64, persons: i64, each: Option<Printed>, most: i64 },
    /// A count times an average (F09).
    Product { count: i64, each: Printed, found: Printed, stated: Option<Printed> },
    /// Some whole number of cases gives this percentage (F10).
    PercentOfWhole { percent: Printed, whole: i64, exact: Option<i64>, below: (i64, Printed), above: (i64, Printed) },
    /// Money per person stays within reason (F11).
    MoneyPerPerson { yuan: i64, persons: i64, each: i64, most: i64, fits_divided_by: Option<i64> },
    /// Two rates and the persons between them speak of one population (F12).
    SameBase { before: Printed, after: Printed, persons: i64, base: i64, least: i64, most: i64, stated: Option<i64> },
    /// So many households per helper as is said (F13).
    Load { helpers: i64, households: i64, stated_each: i64, each: Option<Printed> },
    /// As many years as are said (F14).
    PeriodLength { from: i32, to: i32, found: i32, stated: i32 },
    /// The number of households an average implies (F16).
    ImpliedHouseholds { persons: i64, each: Printed, likely: i64, least: i64, most: i64 },
    /// Channels explain the whole (F17).
    Coverage { what: String, parts: Vec<Labelled>, found: i64, whole: i64 },
    /// How many helpers a quota needs (F19).
    QuotaBounds { quotas: Vec<i64>, households: i64, fewest: i64, most: i64, helpers: Option<i64> },
    /// Helpers at the least quota reach all households (F20).
    QuotaReach { helpers: i64, quota: i64, reach: i64, households: i64 },
    /// A few hold most of the whole (F22).
    Concentration { part: i64, whole: i64, holders: i64, of: i64, percent: Option<Printed> },
    /// A list against the list it is named after (F23).
    Template { name: String, missing: Vec<String>, extra: Vec<String> },
    /// As many levels as are said, each role on one (F27).
    Levels { name: String, stated: i64, roles: Vec<String>, unplaced: Vec<String>, empty: Vec<i64> },
    /// Two names that look like one thing (domain.md §1.4, 3.3).
    NearDuplicates { pairs: Vec<(String, String)> },
    /// Figures of one unit only are added: 人, 人次, 户.
    SameUnit { units: Vec<String> },
    /// Figures of one population only are compared (domain.md §1.5, 4.17).
    SameScope { scopes: Vec<String> },
    /// What is stated and what the records count.
    AgainstRecords { label: String, column: String, stated: i64, counted: i64 },
}

impl Finding {
    /// A finding without a suggestion.
    #[must_use]
    pub fn new(verdict: Verdict, detail: Detail) -> Self {
        Self { verdict, detail, suggestion: None }
    }

    /// The stable name of the rule, by which screens find their own words.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        match &self.detail {
            Detail::Sum { .. } => "sum",
            Detail::PersonsHouseholds { .. } => "persons_households",
            Detail::HouseholdSize { .. } => "household_size",
            Detail::PartOfWhole { .. } => "part_of_whole",
            Detail::PerHead { .. } => "per_head",
            Detail::Product { .. } => "product",
            Detail::PercentOfWhole { .. } => "percent_of_whole",
            Detail::MoneyPerPerson { .. } => "money_per_person",
            Detail::SameBase { .. } => "same_base",
            Detail::Load { .. } => "load",
            Detail::PeriodLength { .. } => "period_length",
            Detail::ImpliedHouseholds { .. } => "implied_households",
            Detail::Coverage { .. } => "coverage",
            Detail::QuotaBounds { .. } => "quota_bounds",
            Detail::QuotaReach { .. } => "quota_reach",
            Detail::Concentration { .. } => "concentration",
            Detail::Template { .. } => "template",
            Detail::Levels { .. } => "levels",
            Detail::NearDuplicates { .. } => "near_duplicates",
            Detail::SameUnit { .. } => "same_unit",
            Detail::SameScope { .. } => "same_scope",
            Detail::AgainstRecords { .. } => "against_records",
        }
    }

    /// One Chinese sentence: what was found, why it cannot be, and what to look at.
    #[must_use]
    pub fn sentence(&self) -> String {
        sentence::of(self)
    }
}

/// Pass or the other.
fn pass_or(holds: bool, otherwise: Verdict) -> Verdict {
    if holds { Verdict::Pass } else { otherwise }
}

/// A wide figure as a count; one too wide for it becomes the widest there is, so that no check overflows.
fn whole(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}
