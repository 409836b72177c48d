//! Text as it comes out of other people's files: full-width, Traditional, with pinyin in brackets, half destroyed.
//!
//! What is lost is named, never guessed (domain.md §1.6 F26, §2.10). [`tidy_cell`] is the cheap form for every roster
//! cell, [`header_key`] the form by which column headers are compared, [`normalise`] the thorough one for place names
//! and published tables.

use pinyin::{ToPinyin, ToPinyinMulti};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use zhconv::{Variant, zhconv};

/// A text put into today's plain form, and what must be said about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Normalised {
    /// Half-width, Simplified, single spaces, no pinyin brackets, `㎡`.
    pub text: String,
    /// It says 余, 多, 约 …: the number in it is not exact.
    pub approx: bool,
    /// How many `字(pinyin)` brackets were taken away.
    pub artefacts: usize,
    /// The pieces in which characters were lost, as they stood; a person must say what they were.
    pub unrecoverable: Vec<String>,
}

/// A number as a report states it: `300余` is 300, not exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedNumber {
    /// The number written.
    pub value: i64,
    /// Whether it is only about right.
    pub approx: bool,
}

/// Puts a text into plain form; destroyed pieces stay in it and are listed. Source: domain.md §1.6 F26, §2.10.
#[must_use]
pub fn normalise(text: &str) -> Normalised {
    let plain = single_spaced(&plain_characters(text, true));
    let (stripped, artefacts) = without_pinyin_brackets(&plain);
    let unrecoverable = destroyed_pieces(&stripped);
    let text = square_metres(&to_simplified(&stripped));
    Normalised { approx: is_approximate(&text), text, artefacts, unrecoverable }
}

/// The cheap form of one cell: half-width, trimmed, one kind of name dot, no gap between two Chinese characters.
#[must_use]
pub fn tidy_cell(text: &str) -> String {
    if text.is_ascii() {
        return text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let text: String = plain_characters(text, false).chars().map(one_kind_of_dot).collect();
    let mut tidy = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let joins =
            tidy.chars().last().is_some_and(joins_without_gap) && word.chars().next().is_some_and(joins_without_gap);
        if !tidy.is_empty() && !joins {
            tidy.push(' ');
        }
        tidy.push_str(word);
    }
    tidy
}

/// The form by which two column headers are the same: no spaces or line breaks, half-width brackets, Simplified, no star.
#[must_use]
pub fn header_key(text: &str) -> String {
    let plain: String = plain_characters(text, false)
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '*')
        .map(|c| match c {
            '【' | '〔' | '[' | '{' | '〈' | '《' => '(',
            '】' | '〕' | ']' | '}' | '〉' | '》' => ')',
            ',' | '/' | ';' => '、',
            _ => c.to_ascii_lowercase(),
        })
        .nfc() // with the spaces gone, an accent may now stand on a letter
        .collect();
    to_simplified(plain.trim_end_matches(':'))
}

/// Whether characters of a name were destroyed: a `?`, a `\` or a character that no font has.
#[must_use]
pub fn is_garbled_name(name: &str) -> bool {
    name.chars().any(|c| matches!(c, '?' | '\\' | '|') || is_nobodys_character(c))
}

/// The one number a cell states, if it states one: `约300户` → 300, not exactly; `1,094` → 1094.
#[must_use]
pub fn stated_number(text: &str) -> Option<StatedNumber> {
    let text = plain_characters(text, false);
    let mut digits = String::new();
    let mut ended = false;
    for c in text.chars() {
        match c {
            '0'..='9' if ended => return None,
            '0'..='9' => digits.push(c),
            ',' if !digits.is_empty() && !ended => {}
            '.' | '%' if !digits.is_empty() => return None,
            _ => ended = !digits.is_empty(),
        }
    }
    Some(StatedNumber { value: digits.parse().ok()?, approx: is_approximate(&text) })
}

/// Traditional characters as Simplified ones (OpenCC's tables).
#[must_use]
pub fn to_simplified(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { zhconv(text, Variant::ZhHans) }
}

/// Half-width, without any space: for numbers and codes.
pub(crate) fn without_spaces(text: &str) -> String {
    plain_characters(text, false).chars().filter(|c| !c.is_whitespace()).collect()
}

/// Whether a character is a Chinese one (the blocks names are written in).
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{323af}' | '\u{3007}')
}

/// NFKC without what cannot be seen. A full-width ？ is a question; an ASCII `?` is what a broken encoding leaves behind,
/// so `keep_question` keeps the two apart.
fn plain_characters(text: &str, keep_question: bool) -> String {
    let mut plain = String::with_capacity(text.len());
    for (index, part) in text.split('？').enumerate() {
        if index > 0 {
            plain.push(if keep_question { '？' } else { '?' });
        }
        plain.extend(part.nfkc().filter(|c| !is_invisible(*c)));
    }
    plain
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}' | '\u{fe00}'..='\u{fe0f}')
        || (c.is_control() && !c.is_whitespace())
}

fn is_nobodys_character(c: char) -> bool {
    matches!(c, '\u{fffd}' | '\u{e000}'..='\u{f8ff}')
}

fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn one_kind_of_dot(c: char) -> char {
    if matches!(c, '•' | '・' | '‧' | '∙' | '⋅' | '●' | '˙') { '·' } else { c }
}

fn joins_without_gap(c: char) -> bool {
    is_han(c) || c == '·'
}

/// Takes `(pinyin)` away after a Chinese character when it is that character's reading, has tone marks or is destroyed.
/// A plain letter that is no reading (`3号楼(A)`) is a name and stays.
fn without_pinyin_brackets(text: &str) -> (String, usize) {
    let characters: Vec<char> = text.chars().collect();
    let (mut kept, mut taken, mut at) = (String::with_capacity(text.len()), 0, 0);
    while let Some(c) = characters.get(at) {
        kept.push(*c);
        at += 1;
        if is_han(*c)
            && let Some(inside) = bracket_at(&characters, at)
            && is_reading_of(*c, inside)
        {
            at += inside.len() + 2;
            taken += 1;
        }
    }
    (kept, taken)
}

fn bracket_at(characters: &[char], at: usize) -> Option<&[char]> {
    let rest = characters.get(at..)?.strip_prefix(&['('])?;
    let length = rest.iter().take(9).position(|c| *c == ')')?;
    let inside = rest.get(..length)?;
    let letter = |c: &char| c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{1ff}' | '?');
    (!inside.is_empty() && inside.iter().all(letter)).then_some(inside)
}

fn is_reading_of(c: char, inside: &[char]) -> bool {
    if inside.iter().any(|letter| !letter.is_ascii_alphabetic()) {
        return true;
    }
    let written: String = inside.iter().map(char::to_ascii_lowercase).collect();
    let same = |reading: &str| {
        reading == written || reading.replace('ü', "v") == written || reading.replace('ü', "u") == written
    };
    c.to_pinyin().is_some_and(|reading| same(reading.plain()))
        || c.to_pinyin_multi().is_some_and(|readings| readings.into_iter().any(|reading| same(reading.plain())))
}

/// The pieces, from one punctuation mark to the next, in which a character was lost.
fn destroyed_pieces(text: &str) -> Vec<String> {
    let ends = |c: char| {
        c.is_whitespace() || matches!(c, '、' | ',' | '，' | '。' | ';' | '；' | ':' | '!' | '？' | '"' | '“' | '”')
    };
    text.split(ends).filter(|piece| is_destroyed(piece)).map(str::to_owned).collect()
}

fn is_destroyed(piece: &str) -> bool {
    if piece.chars().any(|c| c == '\\' || is_nobodys_character(c)) {
        return true;
    }
    let Some((before, after)) = piece.split_once('?') else { return false };
    let asks = matches!(before.chars().last(), Some('吗' | '呢' | '么' | '吧' | '啊' | '嘛' | '没' | '不'));
    let closes = after.chars().all(|c| matches!(c, '?' | ')' | '」' | '\''));
    !(closes && asks) && (before.chars().any(is_han) || after.chars().any(is_han))
}

fn square_metres(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(c) = characters.get(at) {
        let before = at.checked_sub(1).and_then(|place| characters.get(place));
        let metres = matches!(c, 'm' | 'M') && characters.get(at + 1) == Some(&'2');
        let alone = !before.is_some_and(char::is_ascii_alphabetic)
            && !characters.get(at + 2).is_some_and(char::is_ascii_alphanumeric);
        if metres && alone {
            out.push('㎡');
            at += 2;
        } else {
            out.push(*c);
            at += 1;
        }
    }
    out
}

/// 300余, 400多, 约300, 近300, 300左右, 几百: a number that nobody counted.
fn is_approximate(text: &str) -> bool {
    let characters: Vec<char> = text.chars().filter(|c| *c != ' ').collect();
    let is_number =
        |c: Option<&char>| c.is_some_and(|c| c.is_ascii_digit() || "一二三四五六七八九十百千万亿两".contains(*c));
    let is_unit = |c: Option<&char>| c.is_some_and(|c| "十百千万亿".contains(*c));
    characters.iter().enumerate().any(|(at, c)| {
        let before = at.checked_sub(1).and_then(|place| characters.get(place));
        let next = characters.get(at + 1);
        match c {
            '余' | '多' => before.is_some_and(char::is_ascii_digit) || is_unit(before),
            '约' => next.is_some_and(char::is_ascii_digit) && before != Some(&'签'),
            '近' => next.is_some_and(char::is_ascii_digit),
            '几' | '数' => is_unit(next),
            '左' => next == Some(&'右') && at > 0,
            '上' => next == Some(&'下') && is_number(before),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_artefacts_of_a_published_page_are_removed_and_the_lost_name_is_named() {
        let raw = "四個集中安置點(diǎn)：北召店河西(xī)社區(qū)、北召店河?xùn)\\|社區、玉蘭(lán)社區(qū)、陽(yáng)光社區(qū)，共272戶(hù)1094人(rén)。們(men)";
        let found = normalise(raw);
        assert_eq!(
            found.text,
            "四个集中安置点:北召店河西社区、北召店河?xùn)\\|社区、玉兰社区、阳光社区,共272户1094人。们"
        );
        assert_eq!(found.artefacts, 10);
        assert_eq!(found.unrecoverable, ["北召店河?xùn)\\|社區"]);
        assert!(!found.approx);
    }

    #[test]
    fn two_hundred_and_five_artefacts_are_all_removed() {
        let page = "搬遷(qi?n)規(guī)模(mó)，幫（bāng）扶(fú)".repeat(41);
        let found = normalise(&page);
        assert_eq!(found.artefacts, 205);
        assert_eq!(found.text, "搬迁规模,帮扶".repeat(41));
        assert!(found.unrecoverable.is_empty());
    }

    #[test]
    fn a_bracket_that_is_a_name_stays() {
        for text in ["3号楼(A)", "北召店村(B区)", "合作社(VIP)", "村(1)"] {
            assert_eq!(normalise(text).text, text);
        }
        assert_eq!(normalise("重(chong)新(xin)吕(lv)").text, "重新吕", "any reading of the character counts");
    }

    #[test]
    fn a_question_is_no_damage_and_damage_is_no_question() {
        for asked in ["吃了吗?", "还缺什么？家里还好", "来不来？"] {
            assert!(normalise(asked).unrecoverable.is_empty(), "{asked}");
        }
        for lost in ["王?", "?社区", "河?村", "张\\三", "李\u{fffd}", "韦\u{e863}"] {
            assert_eq!(normalise(lost).unrecoverable.len(), 1, "{lost}");
            assert!(is_garbled_name(lost), "{lost}");
        }
        assert!(!is_garbled_name("阿卜杜·热西提"));
    }

    #[test]
    fn a_cell_is_tidied_and_nothing_in_it_is_lost() {
        for (cell, tidy) in [
            ("　张　三 ", "张三"),
            ("张\u{a0}三", "张三"),
            ("\u{feff}张\u{200b}三", "张三"),
            ("阿依•古丽", "阿依·古丽"),
            ("阿依・古丽", "阿依·古丽"),
            ("阿依‧ 古丽", "阿依·古丽"),
            ("１２３ Ａ", "123 A"),
            ("3栋  2单元", "3栋 2单元"),
            ("  a  b ", "a b"),
            ("河?村", "河?村"),
            ("", ""),
        ] {
            assert_eq!(tidy_cell(cell), tidy, "{cell:?}");
        }
    }

    #[test]
    fn headers_that_mean_the_same_compare_the_same() {
        for (one, other) in [
            ("县（市、区、旗）", "县(市,区,旗)"),
            (" 与户主 关系", "与户主关系"),
            ("务工时间\n（月）", "务工时间(月)"),
            ("*姓名：", "姓名"),
            ("戶主姓名", "户主姓名"),
            ("身份證號", "身份证号"),
            ("乡【镇】", "乡(镇)"),
        ] {
            assert_eq!(header_key(one), header_key(other), "{one:?}");
        }
        assert_ne!(header_key("户编号"), header_key("人编号"));
    }

    #[test]
    fn a_number_nobody_counted_is_called_approximate() {
        for (text, value, approx) in [
            ("300余", 300, true),
            ("400多人", 400, true),
            ("约 500户", 500, true),
            ("近3000人", 3000, true),
            ("3256人次左右", 3256, true),
            ("１，０９４", 1094, false),
            ("272户", 272, false),
        ] {
            assert_eq!(stated_number(text), Some(StatedNumber { value, approx }), "{text}");
        }
        for none in ["", "一百", "12.5", "2016-2018", "33%"] {
            assert_eq!(stated_number(none), None, "{none}");
        }
        assert!(!normalise("多种经营，签约300户").approx);
    }

    #[test]
    fn square_metres_have_one_sign() {
        assert_eq!(normalise("125m2、30 M²、20㎡").text, "125㎡、30 ㎡、20㎡");
        assert_eq!(normalise("m20 km2").text, "m20 km2");
    }

    proptest! {
        #[test]
        fn plain_text_stays_plain(text in "\\PC{0,40}") {
            let once = tidy_cell(&text);
            prop_assert_eq!(tidy_cell(&once), once);
            let key = header_key(&text);
            prop_assert_eq!(header_key(&key), key);
        }
    }
}
