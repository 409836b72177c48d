//! What a person may type to find a household, and the forms under which a name is kept for it.

use crate::pinyin::readings;
use crate::text::{is_han, tidy_cell, to_simplified, without_spaces};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The forms under which one name is found.
#[derive(Debug, Clone, Copy)]
pub struct SearchKeys;

impl SearchKeys {
    /// The name (as written, Simplified, and without dots), its full pinyin and its initials, in every likely reading.
    #[must_use]
    pub fn of_name(name: &str) -> BTreeSet<String> {
        let written = tidy_cell(name);
        let simplified = to_simplified(&written);
        let joined = without_marks(&simplified);
        let mut keys = BTreeSet::new();
        for reading in readings(&joined) {
            keys.insert(reading.full());
            keys.insert(reading.initials());
        }
        keys.extend([written, simplified, joined]);
        keys.remove("");
        keys
    }
}

/// A door: building, unit where there is one, room.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Door {
    /// 楼栋.
    pub building: String,
    /// 单元; empty where a building has none.
    pub unit: String,
    /// 室.
    pub room: String,
}

/// What was typed into the search line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value")]
pub enum Query {
    /// Nothing: show all.
    Empty,
    /// Chinese text: part of a name, a village, a group. Simplified, without spaces and dots.
    Text(String),
    /// Letters: the beginning of a full pinyin or of the initials, small, ü as v.
    Letters(String),
    /// Two to six digits, perhaps a closing X: tail of an ID or a phone, or a room.
    Tail(String),
    /// A door, `3-2-501`.
    Door(Door),
    /// A whole mobile number.
    Phone(String),
    /// A whole identity number or certificate.
    IdNumber(String),
    /// Other long digits: a national number, or part of an ID or a phone.
    Number(String),
}

impl Query {
    /// Classes what was typed. Never fails: what fits nothing else is text.
    #[must_use]
    pub fn parse(typed: &str) -> Self {
        let plain = without_spaces(typed);
        if plain.is_empty() {
            return Self::Empty;
        }
        if let Some(door) = Door::parse(typed) {
            return Self::Door(door);
        }
        let digits = plain.strip_suffix(['X', 'x']).unwrap_or(&plain);
        if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
            return Self::of_digits(&plain.to_ascii_uppercase());
        }
        let is_pinyin = |c: char| c.is_ascii_alphabetic() || matches!(c, 'ü' | 'Ü' | '\'' | '’');
        if plain.chars().all(is_pinyin) && plain.chars().any(|c| c.is_ascii_alphabetic()) {
            let typed = plain.to_lowercase().replace('ü', "v");
            return Self::Letters(typed.chars().filter(char::is_ascii_alphabetic).collect());
        }
        let text = without_marks(&to_simplified(&plain));
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    fn of_digits(digits: &str) -> Self {
        let all_digits = !digits.ends_with('X');
        let digits = digits.to_owned();
        match digits.len() {
            0..=6 => Self::Tail(digits),
            11 if all_digits && is_mobile(&digits) => Self::Phone(digits),
            18 | 20 | 22 if is_born(&digits) => Self::IdNumber(digits),
            _ => Self::Number(digits),
        }
    }
}

impl Door {
    /// Reads `3-2-501`, `3-501`, `3栋2单元501`, `3#2-501室`; two or three parts, the last of them the room.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let plain = without_spaces(typed).to_ascii_uppercase();
        let plain = plain.strip_suffix(['室', '房', '号']).unwrap_or(&plain);
        let mut parts: Vec<String> = Vec::new();
        let mut part = String::new();
        let mut words = String::new();
        for c in plain.chars() {
            if c.is_ascii_alphanumeric() {
                if part.is_empty() && !parts.is_empty() && !is_between_parts(&words) {
                    return None;
                }
                words.clear();
                part.push(c);
            } else {
                if !part.is_empty() {
                    parts.push(std::mem::take(&mut part));
                }
                words.push(c);
            }
        }
        if !words.is_empty() {
            return None;
        }
        parts.push(part);
        let short = |part: &String| (1..=5).contains(&part.len()) && part.bytes().any(|b| b.is_ascii_digit());
        if !parts.iter().all(short) {
            return None;
        }
        match parts.as_slice() {
            [building, unit, room] => Some(Self { building: bare(building), unit: bare(unit), room: bare(room) }),
            [building, room] => Some(Self { building: bare(building), unit: String::new(), room: bare(room) }),
            _ => None,
        }
    }

    /// The form under which a door is kept for searching: `3-2-501`, or `3-501` without a unit.
    #[must_use]
    pub fn key(&self) -> String {
        if self.unit.is_empty() {
            format!("{}-{}", self.building, self.room)
        } else {
            format!("{}-{}-{}", self.building, self.unit, self.room)
        }
    }

    /// The door a household card spells out in three fields; leading zeros and 栋, 单元, 室 do not matter.
    #[must_use]
    pub fn of(building: &str, unit: &str, room: &str) -> Self {
        let part = |text: &str| {
            let plain = without_spaces(text).to_ascii_uppercase();
            bare(plain.trim_end_matches(['栋', '幢', '座', '楼', '号', '#', '单', '元', '室', '房']))
        };
        Self { building: part(building), unit: part(unit), room: part(room) }
    }
}

fn is_between_parts(words: &str) -> bool {
    matches!(
        words,
        "-" | "—"
            | "–"
            | "#"
            | "#-"
            | "/"
            | "栋"
            | "幢"
            | "座"
            | "楼"
            | "号楼"
            | "号"
            | "单元"
            | "栋-"
            | "单元-"
            | "号栋"
    )
}

fn bare(part: &str) -> String {
    let trimmed = part.trim_start_matches('0');
    if trimmed.is_empty() { part.to_owned() } else { trimmed.to_owned() }
}

fn is_mobile(digits: &str) -> bool {
    digits.starts_with('1') && digits.as_bytes().get(1).is_some_and(|b| (b'3'..=b'9').contains(b))
}

fn is_born(digits: &str) -> bool {
    digits.get(6..8).is_some_and(|century| matches!(century, "19" | "20"))
}

fn without_marks(text: &str) -> String {
    text.chars().filter(|c| is_han(*c) || c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_is_found_by_itself_its_sound_and_its_initials() {
        let keys = SearchKeys::of_name("覃小妹");
        for key in ["覃小妹", "qinxiaomei", "tanxiaomei", "qxm", "txm"] {
            assert!(keys.contains(key), "{key} in {keys:?}");
        }
        let keys = SearchKeys::of_name("張 三");
        for key in ["張三", "张三", "zhangsan", "zs"] {
            assert!(keys.contains(key), "{key} in {keys:?}");
        }
        let keys = SearchKeys::of_name("阿依•古丽");
        for key in ["阿依·古丽", "阿依古丽", "ayiguli", "aygl"] {
            assert!(keys.contains(key), "{key} in {keys:?}");
        }
        assert!(SearchKeys::of_name(" ").is_empty());
    }

    fn door(building: &str, unit: &str, room: &str) -> Query {
        Query::Door(Door { building: building.into(), unit: unit.into(), room: room.into() })
    }

    #[test]
    fn what_is_typed_is_classed() {
        for (typed, expect) in [
            ("", Query::Empty),
            ("  ", Query::Empty),
            ("张三", Query::Text("张三".into())),
            ("張 三", Query::Text("张三".into())),
            ("阿依·古丽", Query::Text("阿依古丽".into())),
            ("北召店村3组", Query::Text("北召店村3组".into())),
            ("ZhangSan", Query::Letters("zhangsan".into())),
            ("lü fang", Query::Letters("lvfang".into())),
            ("xi'an", Query::Letters("xian".into())),
            ("14", Query::Tail("14".into())),
            ("０１４x", Query::Tail("014X".into())),
            ("501234", Query::Tail("501234".into())),
            ("3-2-501", door("3", "2", "501")),
            ("03-02-0501", door("3", "2", "501")),
            ("３栋２单元５０１室", door("3", "2", "501")),
            ("3号楼501", door("3", "", "501")),
            ("A3-501", door("A3", "", "501")),
            ("13812341234", Query::Phone("13812341234".into())),
            ("138 1234 1234", Query::Phone("13812341234".into())),
            ("522731196202140014", Query::IdNumber("522731196202140014".into())),
            ("11010519491231002x", Query::IdNumber("11010519491231002X".into())),
            ("52273119620214001443", Query::IdNumber("52273119620214001443".into())),
            ("4113210012", Query::Number("4113210012".into())),
            ("411321001001000123", Query::Number("411321001001000123".into())),
            ("?", Query::Empty),
        ] {
            assert_eq!(Query::parse(typed), expect, "{typed:?}");
        }
    }

    #[test]
    fn a_door_written_in_fields_is_the_door_that_is_typed() {
        let fields = Door::of("3栋", "2单元", "0501室");
        assert_eq!(Some(fields.key()), Door::parse("3-2-501").map(|door| door.key()));
        assert_eq!(Door::of("5号楼", "", "301").key(), "5-301");
    }

    proptest! {
        #[test]
        fn no_typing_stops_the_search(typed in "\\PC{0,24}") {
            prop_assert!(!SearchKeys::of_name(&typed).contains(""));
            if let Query::Tail(digits) = Query::parse(&typed) { prop_assert!((1..=6).contains(&digits.len())); }
        }

        #[test]
        fn a_name_is_found_by_what_its_query_becomes(name in "[\u{4e00}-\u{9fa5}]{2,4}") {
            let Query::Text(asked) = Query::parse(&name) else { panic!("a Chinese name is text") };
            prop_assert!(SearchKeys::of_name(&name).contains(&asked));
        }
    }
}
