//! An inspection 督查: who comes, from when to when, where and what for. Whoever inspects keeps no ledger: they read pages of
//! the county's server, with numbers in place of households, and draw samples by lot (docs/decisions/0021-inspection.md).

use crate::day::{Day, Period};
use crate::ids::{EntryName, Hash, HouseholdId, PlaceId};
use minicbor::{Decode, Encode};

/// The longest an inspection may last, in days: a longer one is opened anew, with a new pass.
pub const MOST_DAYS: i32 = 31;
/// The longest stretch of records it may look at, in days.
pub const LONGEST_PERIOD: i32 = 3 * 366;
/// The longest name of a team, in characters.
pub const LONGEST_TEAM: usize = 40;
/// How many households one draw may give.
pub const MOST_A_DRAW: u32 = 30;
/// How many households all draws of an inspection may give.
pub const MOST_SAMPLES: u32 = 100;
/// The fewest and the most characters of the inspector's own words.
pub const WORDS: std::ops::RangeInclusive<usize> = 4..=60;

/// What an inspection may be for. Any other word is kept and shown as it stands.
pub mod purpose {
    /// 专项督查 of the help for relocated and helped households.
    pub const SPECIAL: &str = "special";
    /// 走访记录核查: whether what was written down took place.
    pub const RECORDS: &str = "records";
    /// 成效评估 by a third party.
    pub const ASSESSMENT: &str = "assessment";
    /// 整改复核: whether what was found earlier has been put right.
    pub const PUT_RIGHT: &str = "put_right";
    /// Those a person may choose from.
    pub const ALL: [&str; 4] = [SPECIAL, RECORDS, ASSESSMENT, PUT_RIGHT];
}

/// Opens an inspection; about the office, so that it reaches the county and nobody else.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Inspection {
    /// 督查组名称.
    #[n(0)]
    pub team: String,
    /// A township or a village; nothing means the whole county.
    #[n(1)]
    pub place: Option<PlaceId>,
    /// The first day on which the pass opens the pages.
    #[n(2)]
    pub from: Day,
    /// The last.
    #[n(3)]
    pub to: Day,
    /// The first day of the records that are looked at.
    #[n(4)]
    pub since: Day,
    /// The last.
    #[n(5)]
    pub until: Day,
    /// What for, see [`purpose`].
    #[n(6)]
    pub purpose: String,
    /// SHA-256 of the secret on the pass.
    #[n(7)]
    pub secret: Hash,
}

impl Inspection {
    /// Whether it is one that anybody may open: named, of some days, not too many.
    #[must_use]
    pub fn makes_sense(&self) -> bool {
        let named = !self.team.trim().is_empty() && self.team.chars().count() <= LONGEST_TEAM;
        let lasts = i64::from(self.to.0) - i64::from(self.from.0);
        let looks = i64::from(self.until.0) - i64::from(self.since.0);
        named && (0..i64::from(MOST_DAYS)).contains(&lasts) && (0..=i64::from(LONGEST_PERIOD)).contains(&looks)
    }

    /// The stretch of records that is looked at.
    #[must_use]
    pub fn period(&self) -> Period {
        Period { from: self.since, to: self.until }
    }
}

/// Ends one early; about the office.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct InspectionEnd {
    /// Which: the entry that opened it.
    #[n(0)]
    pub inspection: EntryName,
    /// Why, in words; may be empty.
    #[n(1)]
    pub reason: String,
}

/// A draw 抽样; about the office, by the county's own hand.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SampleDrawn {
    /// In which inspection.
    #[n(0)]
    pub inspection: EntryName,
    /// The how-manieth draw of it, from 1.
    #[n(1)]
    pub draw: u32,
    /// The inspector's own words.
    #[n(2)]
    pub words: String,
    /// The villages it was drawn from; none means all. Sixteen zeros are those whom nobody has placed in a village.
    #[n(3)]
    pub places: Vec<PlaceId>,
    /// How many were asked for.
    #[n(4)]
    pub wanted: u32,
    /// The list is as of this number of the county.
    #[n(5)]
    pub number: u64,
    /// How many stood on it.
    #[n(6)]
    pub listed: u32,
    /// Its [`crate::lot::list_hash`].
    #[n(7)]
    pub list: Hash,
    /// Who was drawn, in the order of the lot.
    #[n(8)]
    pub households: Vec<HouseholdId>,
}

/// A drawn sample was opened: name, address and telephone were shown; about the household, by the county's own hand, so
/// that whoever looks after it hears of it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SampleOpened {
    /// In which inspection.
    #[n(0)]
    pub inspection: EntryName,
    /// Its team: the inspection itself reaches only the county.
    #[n(1)]
    pub team: String,
    /// On which day.
    #[n(2)]
    pub day: Day,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inspection_is_named_and_has_an_end_and_looks_at_a_bounded_stretch() {
        let day = |text: &str| Day::parse(text).unwrap();
        let good = Inspection {
            team: "省第三督查组".into(),
            place: None,
            from: day("2026-11-20"),
            to: day("2026-11-20"),
            since: day("2026-01-01"),
            until: day("2026-11-20"),
            purpose: purpose::SPECIAL.into(),
            secret: Hash::default(),
        };
        assert!(good.makes_sense());
        assert!(Inspection { to: day("2026-12-20"), ..good.clone() }.makes_sense(), "31 days");
        for bad in [
            Inspection { team: " ".into(), ..good.clone() },
            Inspection { team: "组".repeat(41), ..good.clone() },
            Inspection { to: day("2026-11-19"), ..good.clone() },
            Inspection { to: day("2026-12-21"), ..good.clone() },
            Inspection { since: day("2026-11-21"), ..good.clone() },
            Inspection { since: day("2020-01-01"), ..good.clone() },
            Inspection { from: Day(i32::MIN), to: Day(i32::MAX), ..good },
        ] {
            assert!(!bad.makes_sense(), "{bad:?}");
        }
    }
}
