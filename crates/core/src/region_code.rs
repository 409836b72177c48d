//! 行政区划代码: 2 province, 2 city, 2 county (GB/T 2260), 3 town, 3 village digits (domain.md §2.1).
//!
//! A prefix contains what begins with it, down to the village; what lies below has ids of our own.

use crate::text::without_spaces;
use serde::{Deserialize, Serialize};
use std::fmt;

const LENGTHS: [usize; 5] = [2, 4, 6, 9, 12];

/// Twelve digits, zero where it names something larger than a village.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RegionCode(String);

/// How large a place a code names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionLevel {
    /// 省, two digits.
    Province,
    /// 市, four.
    City,
    /// 县, six.
    County,
    /// 乡镇、街道, nine.
    Town,
    /// 村、社区, twelve.
    Village,
}

/// What the seventh digit says of a place at town level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TownKind {
    /// 街道, 0.
    Street,
    /// 镇, 1.
    Town,
    /// 乡, 2 and 3.
    Township,
    /// 政企合一, 4 and 5.
    Enterprise,
    /// A digit that says nothing known.
    Other,
}

/// Why a text is no region code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum RegionCodeProblem {
    /// Something else than digits; perhaps a spreadsheet kept it as a float.
    #[error("行政区划代码只能是数字；请把该列设为文本后重填")]
    Characters,
    /// Neither 2, 4, 6, 9 nor 12 digits.
    #[error("行政区划代码应为2、4、6、9或12位；请照县里的代码表核对")]
    Length,
    /// All zeros, or the province part is zero.
    #[error("行政区划代码的前两位不能是00；请照县里的代码表核对")]
    Nowhere,
}

impl RegionCode {
    /// Reads 2, 4, 6, 9 or 12 digits; shorter codes are filled with zeros.
    ///
    /// # Errors
    /// [`RegionCodeProblem`] when it is no code of any level.
    pub fn parse(text: &str) -> Result<Self, RegionCodeProblem> {
        let digits = without_spaces(text);
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(RegionCodeProblem::Characters);
        }
        if !LENGTHS.contains(&digits.len()) {
            return Err(RegionCodeProblem::Length);
        }
        if digits.starts_with("00") {
            return Err(RegionCodeProblem::Nowhere);
        }
        Ok(Self(format!("{digits:0<12}")))
    }

    /// All twelve digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The level of the smallest place it names. A city without counties has towns right below it (4419 00 003).
    #[must_use]
    pub fn level(&self) -> RegionLevel {
        let says = |from: usize, to: usize| self.0.get(from..to).is_some_and(|part| part.bytes().any(|b| b != b'0'));
        if says(9, 12) {
            RegionLevel::Village
        } else if says(6, 9) {
            RegionLevel::Town
        } else if says(4, 6) {
            RegionLevel::County
        } else if says(2, 4) {
            RegionLevel::City
        } else {
            RegionLevel::Province
        }
    }

    /// The digits that count: `411321` for a county, all twelve for a village.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.up_to(self.level())
    }

    /// Whether the other place is this one or lies within it.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(self.prefix())
    }

    /// The place of this level it lies in, or itself; `None` for a level below its own.
    #[must_use]
    pub fn at(&self, level: RegionLevel) -> Option<Self> {
        (level <= self.level()).then(|| Self(format!("{:0<12}", self.up_to(level))))
    }

    /// What the seventh digit says, for a town or a village.
    #[must_use]
    pub fn town_kind(&self) -> Option<TownKind> {
        if self.level() < RegionLevel::Town {
            return None;
        }
        Some(match self.0.as_bytes().get(6)? {
            b'0' => TownKind::Street,
            b'1' => TownKind::Town,
            b'2' | b'3' => TownKind::Township,
            b'4' | b'5' => TownKind::Enterprise,
            _ => TownKind::Other,
        })
    }

    fn up_to(&self, level: RegionLevel) -> &str {
        self.0.get(..level.digits()).unwrap_or(&self.0)
    }
}

impl RegionLevel {
    /// How many digits name a place of this level.
    #[must_use]
    pub fn digits(self) -> usize {
        match self {
            Self::Province => 2,
            Self::City => 4,
            Self::County => 6,
            Self::Town => 9,
            Self::Village => 12,
        }
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for RegionCode {
    type Error = RegionCodeProblem;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<RegionCode> for String {
    fn from(code: RegionCode) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(text: &str) -> RegionCode {
        RegionCode::parse(text).unwrap()
    }

    #[test]
    fn a_code_names_a_place_of_its_level() {
        for (text, level, prefix) in [
            ("41", RegionLevel::Province, "41"),
            ("4113", RegionLevel::City, "4113"),
            ("411321", RegionLevel::County, "411321"),
            ("411321000000", RegionLevel::County, "411321"),
            ("411321204", RegionLevel::Town, "411321204"),
            ("411321204201", RegionLevel::Village, "411321204201"),
            ("441900003000", RegionLevel::Town, "441900003"),
            (" ４１１３２１ ", RegionLevel::County, "411321"),
        ] {
            assert_eq!((code(text).level(), code(text).prefix()), (level, prefix), "{text}");
        }
    }

    #[test]
    fn the_seventh_digit_tells_a_street_from_a_township() {
        for (text, kind) in [
            ("411321001", Some(TownKind::Street)),
            ("411321101", Some(TownKind::Town)),
            ("411321204", Some(TownKind::Township)),
            ("411321301", Some(TownKind::Township)),
            ("411321400001", Some(TownKind::Enterprise)),
            ("411321901", Some(TownKind::Other)),
            ("411321", None),
        ] {
            assert_eq!(code(text).town_kind(), kind, "{text}");
        }
    }

    #[test]
    fn what_is_no_code_is_said_so() {
        for (text, problem) in [
            ("", RegionCodeProblem::Characters),
            ("4.11E+11", RegionCodeProblem::Characters),
            ("南召县", RegionCodeProblem::Characters),
            ("41132", RegionCodeProblem::Length),
            ("4113212042010", RegionCodeProblem::Length),
            ("000000", RegionCodeProblem::Nowhere),
        ] {
            assert_eq!(RegionCode::parse(text), Err(problem), "{text}");
        }
    }

    #[test]
    fn a_town_lies_in_its_county_and_in_no_other() {
        assert!(code("411321").contains(&code("411321204201")));
        assert!(code("411321204").contains(&code("411321204")));
        assert!(!code("411322").contains(&code("411321204201")));
        assert!(!code("411321204201").contains(&code("411321204")));
        assert_eq!(code("411321204201").at(RegionLevel::County), Some(code("411321")));
        assert_eq!(code("411321").at(RegionLevel::Town), None);
    }

    proptest! {
        #[test]
        fn a_place_lies_in_each_of_its_larger_places(text in "[1-9][0-9]{11}") {
            let small = code(&text);
            let json = serde_json::to_string(&small).unwrap();
            prop_assert_eq!(&serde_json::from_str::<RegionCode>(&json).unwrap(), &small);
            for level in [RegionLevel::Province, RegionLevel::City, RegionLevel::County, RegionLevel::Town] {
                if let Some(large) = small.at(level) {
                    prop_assert!(large.contains(&small));
                    prop_assert!(!small.contains(&large) || small == large);
                }
            }
        }
    }
}
