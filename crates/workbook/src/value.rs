//! What a cell says, once it is known what its column means: codes stay text, numbers keep their hundredths, months and
//! phones are put into one form. What cannot be read keeps its text, and that it could not is told.

use crate::grid::Cell;
use lianhu_core::resident_id::looks_destroyed;
use lianhu_core::text::tidy_cell;

/// From here on a spreadsheet's number no longer holds all digits: Excel keeps fifteen.
const DIGITS_LOST: f64 = 1e15;

/// Any cell as text.
pub(crate) fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => {
            let text = if is_tidy(text) { text.clone() } else { tidy_cell(text) };
            if matches!(text.as_str(), "-" | "--" | "—" | "——" | "/" | "\\" | "#N/A") {
                String::new()
            } else {
                text
            }
        }
        Cell::Number(number) => plain_number(*number),
        Cell::Date { year, month, day } => format!("{year:04}-{month:02}-{day:02}"),
    }
}

/// Most cells need no tidying, and a county list has four million: only plain Chinese characters and ASCII signs.
fn is_tidy(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_graphic() || ('\u{4e00}'..='\u{9fff}').contains(&c))
}

fn plain_number(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < DIGITS_LOST { format!("{number:.0}") } else { format!("{number}") }
}

/// A number that is a name: 户编号, 人编号, 证件号码.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Code {
    /// Nothing.
    Empty,
    /// All its characters, without spaces, half-width.
    Whole(String),
    /// A spreadsheet kept it as a number: what is left of it is not used.
    Destroyed,
}

/// Reads a number that is a name.
pub(crate) fn code(cell: &Cell) -> Code {
    match cell {
        Cell::Number(number) if number.abs() >= DIGITS_LOST || number.fract() != 0.0 => Code::Destroyed,
        _ => {
            let spaced = text(cell);
            let text: String =
                spaced.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’' | '`')).collect();
            let text = text.to_uppercase();
            // A program in between wrote a number as text: up to fifteen digits it is still whole.
            let whole = text.strip_suffix(".0").filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
            if text.is_empty() {
                Code::Empty
            } else if let Some(rest) = whole {
                if rest.len() <= 15 { Code::Whole(rest.to_owned()) } else { Code::Destroyed }
            } else if text.contains('E') && looks_destroyed(&text) {
                Code::Destroyed
            } else {
                Code::Whole(text)
            }
        }
    }
}

/// A certificate number; also finds one whose last digits a spreadsheet turned into 000 before it became text again.
pub(crate) fn certificate(cell: &Cell) -> Code {
    match code(cell) {
        Code::Whole(text) if looks_destroyed(&text) => Code::Destroyed,
        code => code,
    }
}

/// A sum or count in hundredths: `18,640`, `18640.5元`, `10个月`.
#[must_use]
pub fn hundredths(text: &str) -> Option<i64> {
    let bare = tidy_cell(text).replace([',', ' '], "");
    let bare = bare.trim_end_matches(['元', '人', '户', '月', '个', '年', '岁']).trim_start_matches('¥');
    let (negative, bare) = bare.strip_prefix('-').map_or((false, bare), |rest| (true, rest));
    let (whole, fraction) = bare.split_once('.').unwrap_or((bare, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 15 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let cents: String = fraction.chars().chain("00".chars()).take(2).collect();
    let mut value = whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents.parse().ok()?)?;
    if fraction.as_bytes().get(2).is_some_and(|digit| *digit >= b'5') {
        value += 1;
    }
    Some(if negative { -value } else { value })
}

/// A whole number that is no fraction.
pub(crate) fn whole(text: &str) -> Option<i64> {
    let value = hundredths(text)?;
    (value % 100 == 0).then_some(value / 100)
}

/// Hundredths as text, without decimals when there are none.
pub(crate) fn decimal_text(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let (whole, cents) = (value.unsigned_abs() / 100, value.unsigned_abs() % 100);
    if cents == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{cents:02}") }
}

/// A day, month or year as far as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct When {
    pub(crate) year: i32,
    pub(crate) month: Option<u32>,
    pub(crate) day: Option<u32>,
}

impl When {
    /// Reads `2014`, `201412`, `20141205`, `2014-12`, `2014.12.5`, `2014/12/05`, `2014年12月5日`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.split_whitespace().next().unwrap_or("");
        let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
        let known = |c: char| c.is_ascii_digit() || matches!(c, '-' | '.' | '/' | '年' | '月' | '日' | '号');
        if !text.chars().all(known) {
            return None;
        }
        let number = |part: &str| part.parse::<u32>().ok();
        let (year, month, day) = match parts.as_slice() {
            [one] => {
                let cut = |from: usize, to: usize| one.get(from..to).and_then(number);
                match one.len() {
                    4 => (cut(0, 4), None, None),
                    6 => (cut(0, 4), Some(cut(4, 6)?), None),
                    8 => (cut(0, 4), Some(cut(4, 6)?), Some(cut(6, 8)?)),
                    _ => return None,
                }
            }
            [year, month] if year.len() == 4 => (number(year), Some(number(month)?), None),
            [year, month, day] if year.len() == 4 => (number(year), Some(number(month)?), Some(number(day)?)),
            _ => return None,
        };
        let when = Self { year: i32::try_from(year?).ok()?, month, day };
        let first = lianhu_core::day::Day::from_ymd(when.year, month.unwrap_or(1), day.unwrap_or(1));
        (first.is_some() && (1900..=2100).contains(&when.year)).then_some(when)
    }

    /// As national lists write it: `2014`, `201412`, `20141205`. A date cell on the first of a month told only a month.
    pub(crate) fn compact(self, from_date_cell: bool) -> String {
        match (self.month, self.day) {
            (Some(month), Some(1)) if from_date_cell => format!("{:04}{month:02}", self.year),
            (Some(month), Some(day)) => format!("{:04}{month:02}{day:02}", self.year),
            (Some(month), None) => format!("{:04}{month:02}", self.year),
            (None, _) => format!("{:04}", self.year),
        }
    }

    /// With dashes: `1962-02-14`.
    pub(crate) fn dashed(self) -> String {
        match (self.month, self.day) {
            (Some(month), Some(day)) => format!("{:04}-{month:02}-{day:02}", self.year),
            (Some(month), None) => format!("{:04}-{month:02}", self.year),
            (None, _) => format!("{:04}", self.year),
        }
    }
}

/// A phone number: eleven digits of a mobile, or a landline with its area code. The text, and whether it is one.
pub(crate) fn phone(text: &str) -> (String, bool) {
    let bare: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '—' | '(' | ')')).collect();
    let bare = bare.strip_prefix("+86").or_else(|| bare.strip_prefix("0086")).unwrap_or(&bare);
    let digits = bare.bytes().all(|byte| byte.is_ascii_digit());
    let mut start = bare.bytes();
    let (first, second) = (start.next(), start.next());
    let mobile = bare.len() == 11 && first == Some(b'1') && matches!(second, Some(b'3'..=b'9'));
    let landline = first == Some(b'0') && matches!(second, Some(b'1'..=b'9')) && (10..=12).contains(&bare.len());
    if digits && mobile { (bare.to_owned(), true) } else { (text.to_owned(), digits && landline) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_keeps_its_characters_or_is_named_as_destroyed() {
        let text = |text: &str| Cell::Text(text.to_owned());
        let whole = |text: &str| Code::Whole(text.to_owned());
        for (cell, expected) in [
            (text(" 411321 1968 0515 9995"), whole("411321196805159995")),
            (text("１１０１０５１９４９１２３１００２ｘ"), whole("11010519491231002X")),
            (text("'41132110000001"), whole("41132110000001")),
            (Cell::Number(411_321_100_000_001.0), whole("411321100000001")),
            (Cell::Number(4.113_211_968_051_59e17), Code::Destroyed),
            (Cell::Number(41_132_110_000_000_101.0), Code::Destroyed),
            (text("4.11321E+17"), Code::Destroyed),
            (text("411321100000001.0"), whole("411321100000001")),
            (text("411321196805159995.0"), Code::Destroyed),
            (text(""), Code::Empty),
            (Cell::Empty, Code::Empty),
        ] {
            assert_eq!(code(&cell), expected, "{cell:?}");
        }
        assert_eq!(certificate(&text("411321196805159000")), Code::Destroyed);
        assert_eq!(code(&text("411321196805159000")), whole("411321196805159000"));
    }

    #[test]
    fn sums_keep_their_hundredths() {
        for (text, expected) in [
            ("18640", Some(1_864_000)),
            ("18,640.50", Some(1_864_050)),
            ("18640.505元", Some(1_864_051)),
            ("-12.3", Some(-1230)),
            ("10个月", Some(1000)),
            ("", None),
            ("约300", None),
            ("一千", None),
            ("1.2.3", None),
            ("9999999999999999", None),
        ] {
            assert_eq!(hundredths(text), expected, "{text}");
        }
        assert_eq!((whole("5人"), whole("5.5"), decimal_text(1_864_050).as_str()), (Some(5), None, "18640.50"));
        assert_eq!((decimal_text(-1230), decimal_text(500)), ("-12.30".to_owned(), "5".to_owned()));
    }

    #[test]
    fn months_and_days_are_read_as_departments_write_them() {
        for (text, expected) in [
            ("201412", Some("201412")),
            ("2014", Some("2014")),
            ("20141205", Some("20141205")),
            ("2014-12", Some("201412")),
            ("2014.12.5", Some("20141205")),
            ("2014年12月", Some("201412")),
            ("2014年", Some("2014")),
            ("2014-12-05 00:00:00", Some("20141205")),
            ("201413", None),
            ("20140230", None),
            ("14年", None),
            ("两千", None),
            ("0", None),
            ("18", None),
            ("二〇一四", None),
        ] {
            assert_eq!(When::read(text).map(|when| when.compact(false)).as_deref(), expected, "{text}");
        }
        assert_eq!(When::read("19620214").map(When::dashed).as_deref(), Some("1962-02-14"));
        assert_eq!(When::read("2014-12-01").map(|when| when.compact(true)).as_deref(), Some("201412"));
    }

    #[test]
    fn a_phone_is_a_mobile_or_a_landline() {
        for (text, expected) in [
            ("138 1234 1234", ("13812341234", true)),
            ("+86-138-1234-1234", ("13812341234", true)),
            ("0377-66812345", ("0377-66812345", true)),
            ("12812341234", ("12812341234", false)),
            ("1381234123", ("1381234123", false)),
            ("13812341234/13912341234", ("13812341234/13912341234", false)),
            ("没有", ("没有", false)),
        ] {
            let (kept, good) = phone(text);
            assert_eq!((kept.as_str(), good), expected, "{text}");
        }
    }
}
