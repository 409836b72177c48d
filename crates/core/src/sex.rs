//! A person's sex, as GB/T 2261.1 writes it down; 0 未知 and 9 未说明 are simply not stated.

use crate::text::without_spaces;
use serde::{Deserialize, Serialize};

/// A person's sex as GB/T 2261.1 writes it down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// 男, code 1.
    Male,
    /// 女, code 2.
    Female,
}

impl Sex {
    /// The code of GB/T 2261.1: 1 or 2.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Male => 1,
            Self::Female => 2,
        }
    }

    /// 男 or 女.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Male => "男",
            Self::Female => "女",
        }
    }

    /// Reads 男, 女, 男性, 女性, 1 or 2; anything else is unknown.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        match without_spaces(text).as_str() {
            "男" | "男性" | "1" => Some(Self::Male),
            "女" | "女性" | "2" => Some(Self::Female),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_and_a_code_are_read_alike() {
        for sex in [Sex::Male, Sex::Female] {
            assert_eq!(Sex::read(sex.label()), Some(sex));
            assert_eq!(Sex::read(&sex.code().to_string()), Some(sex));
        }
        assert_eq!(Sex::read(" 女 性"), Some(Sex::Female));
        for unknown in ["", "0", "9", "未说明"] {
            assert_eq!(Sex::read(unknown), None, "{unknown}");
        }
    }
}
