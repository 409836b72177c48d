//! Whether a cell can be a person's name. Minority names with 「·」 and characters no old font has are names like any
//! other; what was destroyed, masked or mixed with remarks is not.

use crate::doubt::DoubtKind;
use lianhu_core::text::is_garbled_name;

/// The most characters a name has (domain.md §2.3).
const LONGEST: usize = 30;

/// What is doubtful about a name, tidied.
pub(crate) fn doubt(name: &str) -> Option<DoubtKind> {
    if name.is_empty() {
        return Some(DoubtKind::NameMissing);
    }
    let destroyed = |c: char| matches!(c, '□' | '■' | '○' | '*' | '×' | '#' | '〓');
    if is_garbled_name(name) || name.chars().any(destroyed) {
        return Some(DoubtKind::NameUnrecoverable);
    }
    let length = name.chars().count();
    let letters = name.chars().filter(|c| c.is_ascii_alphabetic()).count();
    let known = |c: char| is_han(c) || c == '·' || (letters > 0 && matches!(c, ' ' | '.' | '-' | '\''));
    let foreign = |c: char| c.is_ascii_alphabetic() || matches!(c, ' ' | '.' | '-' | '\'' | '·');
    let pure_latin = letters > 1 && name.chars().all(foreign);
    let pure_han = letters == 0 && name.chars().all(known);
    let dotted_well = !name.starts_with('·') && !name.ends_with('·') && !name.contains("··");
    if (2..=LONGEST).contains(&length) && dotted_well && (pure_han || pure_latin) {
        None
    } else {
        Some(DoubtKind::NameCharacters)
    }
}

/// The blocks Chinese names are written in, the newest extensions included.
fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '〇')
}

/// Whether a lone text can be a name at all, rather than a note that slipped into the column.
pub(crate) fn plausible(text: &str) -> bool {
    doubt(text).is_none() && (text.contains('·') || text.chars().count() <= 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_people_and_rare_characters_are_not_doubted() {
        for name in [
            "段志荣",
            "余刚",
            "欧阳·娜",
            "阿卜杜热合曼·买买提",
            "吉克·木呷",
            "𠮷田",
            "李㙍",
            "王䶮",
            "韦𣲘",
            "〇儿",
            "Maria Lopez",
            "司马相如",
            "古丽·𠮷",
        ] {
            assert_eq!(doubt(name), None, "{name}");
        }
    }

    #[test]
    fn what_is_no_name_is_doubted_by_its_kind() {
        for (name, kind) in [
            ("", DoubtKind::NameMissing),
            ("段?荣", DoubtKind::NameUnrecoverable),
            ("段\u{fffd}荣", DoubtKind::NameUnrecoverable),
            ("段\u{e863}", DoubtKind::NameUnrecoverable),
            ("段*荣", DoubtKind::NameUnrecoverable),
            ("段□荣", DoubtKind::NameUnrecoverable),
            ("段志荣1", DoubtKind::NameCharacters),
            ("段志荣(大)", DoubtKind::NameCharacters),
            ("段", DoubtKind::NameCharacters),
            ("·段志", DoubtKind::NameCharacters),
            ("段志荣A", DoubtKind::NameCharacters),
            ("¶Î־ÈÙ", DoubtKind::NameCharacters),
            ("段@荣", DoubtKind::NameCharacters),
            ("411321", DoubtKind::NameCharacters),
        ] {
            assert_eq!(doubt(name), Some(kind), "{name}");
        }
    }
}
