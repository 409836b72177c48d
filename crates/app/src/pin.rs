//! The PIN a person chooses: six digits where the system's keystore guards the rest of the secret, a passphrase of ten
//! characters where there is none. What everybody would try first is refused.

use lianhu_core::day::Day;
use std::collections::BTreeSet;

/// The least digits of a PIN.
const DIGITS: usize = 6;
/// The least characters of a passphrase.
const CHARACTERS: usize = 10;
/// The most that is taken: whatever is longer was not typed.
const MOST: usize = 200;
/// What many choose: patterns on the pad, and numbers that sound well.
const POPULAR: [&str; 16] = [
    "147258",
    "159357",
    "147369",
    "258369",
    "159753",
    "142536",
    "520521",
    "168888",
    "666888",
    "886688",
    "131452",
    "520131",
    "5201314",
    "1314520",
    "asdfghjkl",
    "qwertyuiop",
];

/// A PIN as it is taken: full-width digits and letters are the plain ones, spaces at the ends are none.
pub(crate) fn plain(typed: &str) -> String {
    let plain = |c: char| match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    };
    typed.trim().chars().map(plain).collect()
}

/// Why a PIN is refused; nothing when it will do. With a keystore behind it, six digits are enough.
pub(crate) fn weakness(pin: &str, keystore: bool) -> Option<&'static str> {
    let chars: Vec<char> = pin.chars().collect();
    let digits = chars.iter().all(char::is_ascii_digit);
    if !keystore && (chars.len() < CHARACTERS || chars.len() > MOST) {
        return Some("short_phrase");
    }
    if chars.len() < DIGITS || chars.len() > MOST {
        return Some("short");
    }
    if !keystore && digits {
        return Some("digits");
    }
    let lower = pin.to_lowercase();
    if is_run(&chars) || is_repeated(&chars) || POPULAR.contains(&lower.as_str()) {
        return Some("trivial");
    }
    let different: BTreeSet<&char> = chars.iter().collect();
    if different.len() < if keystore { 3 } else { 5 } {
        return Some("trivial");
    }
    (digits && is_date(pin)).then_some("date")
}

/// What to tell a person at a terminal.
pub(crate) fn sentence(why: &str) -> &'static str {
    match why {
        "short" => "密码至少要 6 位。请再想一个。",
        "short_phrase" => "这台机器没有系统钥匙库，密码要至少 10 个字。可以用一句自己记得住的话。",
        "digits" => "这台机器没有系统钥匙库，不能只用数字。可以用一句自己记得住的话。",
        "date" => "这个密码像生日，别人容易猜到。请换一个。",
        _ => "这个密码太容易猜到。请换一个。",
    }
}

/// 123456, 654321, 13579…: every step alike.
fn is_run(chars: &[char]) -> bool {
    let steps: BTreeSet<i64> = chars
        .windows(2)
        .filter_map(
            |pair| if let [a, b] = pair { Some(i64::from(u32::from(*b)) - i64::from(u32::from(*a))) } else { None },
        )
        .collect();
    let around: BTreeSet<i64> = steps.iter().map(|step| step.rem_euclid(10)).collect();
    steps.len() <= 1 || (chars.iter().all(char::is_ascii_digit) && around.len() <= 1)
}

/// 121212, 123123, 112233: one piece over and over, or every character twice.
fn is_repeated(chars: &[char]) -> bool {
    let pieces = 1..=chars.len() / 2;
    let over_and_over = pieces.filter(|size| chars.len().is_multiple_of(*size)).any(|size| {
        let mut each = chars.chunks(size);
        let first = each.next();
        each.all(|piece| Some(piece) == first)
    });
    let doubled = chars.len().is_multiple_of(2) && chars.chunks(2).all(|pair| pair.first() == pair.last());
    over_and_over || doubled
}

/// A day of a life: 年月日 with two or four digits of the year, or 月日年.
fn is_date(digits: &str) -> bool {
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    let known = |year: &str, month: &str, day: &str| Day::parse(&format!("{year}-{month}-{day}")).is_some();
    let century = |year: &str, month: &str, day: &str| {
        known(&format!("19{year}"), month, day) || known(&format!("20{year}"), month, day)
    };
    match digits.len() {
        6 => century(part(0, 2), part(2, 4), part(4, 6)) || century(part(4, 6), part(0, 2), part(2, 4)),
        8 => {
            let year = |year: &str| ("1900".."2100").contains(&year);
            (year(part(0, 4)) && known(part(0, 4), part(4, 6), part(6, 8)))
                || (year(part(4, 8)) && known(part(4, 8), part(0, 2), part(2, 4)))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for (pin, why) in [
            ("12345", "short"),
            ("", "short"),
            ("123456", "trivial"),
            ("654321", "trivial"),
            ("567890", "trivial"),
            ("024680", "trivial"),
            ("000000", "trivial"),
            ("121212", "trivial"),
            ("123123", "trivial"),
            ("112233", "trivial"),
            ("888866", "trivial"),
            ("147258", "trivial"),
            ("5201314", "trivial"),
            ("680312", "date"),
            ("031268", "date"),
            ("19680312", "date"),
            ("12252014", "date"),
        ] {
            assert_eq!(weakness(pin, true), Some(why), "{pin}");
        }
        for pin in ["290573", "715304", "83920174", "山上的老路7"] {
            assert_eq!(weakness(pin, true), None, "{pin}");
        }
    }

    #[test]
    fn without_a_keystore_digits_are_not_enough() {
        for (pin, why) in [
            ("290573", "short_phrase"),
            ("13912345678", "digits"),
            ("aaaaaaaaaaaa", "trivial"),
            ("abababababab", "trivial"),
            ("abcdefghijkl", "trivial"),
            ("qwertyuiop", "trivial"),
        ] {
            assert_eq!(weakness(pin, false), Some(why), "{pin}");
        }
        for pin in ["门前有两棵老核桃树呀", "three walnut trees", "shan li mei xinhao"] {
            assert_eq!(weakness(pin, false), None, "{pin}");
        }
    }

    #[test]
    fn digits_from_a_chinese_keyboard_are_digits() {
        assert_eq!(plain(" ２９０５７３　"), "290573");
        assert_eq!(plain("门前　树"), "门前 树");
    }
}
