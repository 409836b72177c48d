//! 民族: the codes of GB/T 3304 (domain.md §2.11 b). A name nobody listed, such as 穿青人, is kept as written.

use crate::text::{tidy_cell, to_simplified};
use serde::{Deserialize, Serialize};

/// Codes 01 to 56 in order, without 族.
const NAMES: [&str; 56] = [
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
];

/// Codes beside the 56.
const BESIDE: [(u8, &str); 2] = [(97, "其他"), (98, "外国血统")];

/// A nation as a card writes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Nation(String);

impl Nation {
    /// Reads `苗`, `苗族`, `06` or `6`; anything else is kept as written.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let written = to_simplified(&tidy_cell(text)).replace(' ', "");
        let code = written.parse().ok().or_else(|| code_of_name(&written));
        Self(code.and_then(label_of_code).unwrap_or(written))
    }

    /// With 族 where it is one of the 56: `苗族`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The code of GB/T 3304, two digits; `None` when the name is not listed.
    #[must_use]
    pub fn code(&self) -> Option<String> {
        code_of_name(&self.0).map(|code| format!("{code:02}"))
    }
}

fn code_of_name(name: &str) -> Option<u8> {
    let bare = name.strip_suffix('族').unwrap_or(name);
    let listed = NAMES.iter().position(|listed| *listed == bare).and_then(|place| u8::try_from(place + 1).ok());
    listed.or_else(|| {
        let same = |listed: &str| {
            bare == listed || (listed == "外国血统" && bare.starts_with(listed)) || (listed == "其他" && bare == "其它")
        };
        BESIDE.iter().find(|(_, listed)| same(listed)).map(|(code, _)| *code)
    })
}

fn label_of_code(code: u8) -> Option<String> {
    let place = usize::from(code).checked_sub(1)?;
    let listed = NAMES.get(place).map(|name| format!("{name}族"));
    listed.or_else(|| BESIDE.iter().find(|(beside, _)| *beside == code).map(|(_, name)| (*name).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_standard() {
        for (code, label) in [
            ("01", "汉族"),
            ("03", "回族"),
            ("06", "苗族"),
            ("08", "壮族"),
            ("09", "布依族"),
            ("12", "侗族"),
            ("13", "瑶族"),
            ("25", "水族"),
            ("32", "仫佬族"),
            ("36", "毛南族"),
            ("37", "仡佬族"),
            ("49", "京族"),
            ("56", "基诺族"),
            ("97", "其他"),
            ("98", "外国血统"),
        ] {
            assert_eq!(Nation::read(code).as_str(), label);
            assert_eq!(Nation::read(label).code().as_deref(), Some(code));
        }
        let each: std::collections::BTreeSet<_> = NAMES.iter().collect();
        assert_eq!(each.len(), 56);
    }

    #[test]
    fn a_name_is_read_with_and_without_its_last_word() {
        for written in ["苗", "苗族", " 苗 族", "6", "06", "０６"] {
            assert_eq!(Nation::read(written).as_str(), "苗族", "{written}");
        }
        assert_eq!(Nation::read("侗族").code(), Nation::read("侗").code());
        assert_eq!(Nation::read("滿族").code().as_deref(), Some("11"));
    }

    #[test]
    fn a_name_nobody_listed_is_kept() {
        for written in ["穿青人", "57", "0", ""] {
            let nation = Nation::read(written);
            assert_eq!((nation.as_str(), nation.code()), (written, None));
        }
    }
}
