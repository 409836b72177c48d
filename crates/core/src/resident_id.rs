//! The resident identity number 身份证号, and the disability certificate 残疾人证 built on it.
//!
//! Rules: GB 11643 and domain.md §2.4. A number is judged, never guessed at: what fails keeps its text elsewhere, 待核.

use crate::day::Day;
use crate::mask::mask_id;
use crate::sex::Sex;
use crate::text::without_spaces;
use serde::{Deserialize, Serialize};
use std::fmt;

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS: [u8; 11] = *b"10X98765432";
const FIRST_YEAR: i32 = 1900;

/// A valid certificate number of 18, 20 or 22 characters. Its `Debug` form is masked, so that no log line tells it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResidentId(String);

/// Why a text is no valid certificate number. The first thing a person can mend is the one named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "problem")]
pub enum IdProblem {
    /// Nothing is written.
    Empty,
    /// A spreadsheet kept it as a number; the last digits are gone.
    Destroyed,
    /// Neither 18, 20 nor 22 characters.
    Length {
        /// How many characters were found.
        found: usize,
    },
    /// Something else than digits, or an X in the wrong place.
    Characters,
    /// Begins with 999999: somebody's stand-in for "has none" (rule `4_01_003`).
    Placeholder,
    /// Digits 7–14 are no calendar day since 1900.
    Date,
    /// Digits 7–14 lie after today.
    Future,
    /// The 18th character does not follow from the first seventeen.
    Checksum,
    /// The 19th character is no kind of disability 1–7 (GB/T 26341).
    DisabilityType,
    /// The 20th character is no grade 1–4.
    DisabilityGrade,
    /// Characters 21–22 are no count of re-issues (`B1`, or two digits from 01).
    Reissue,
}

impl ResidentId {
    /// Reads a number as people write it: full-width forms, spaces and a small x are accepted. `today` bounds the birth.
    ///
    /// # Errors
    /// The one [`IdProblem`] a person should look at first.
    pub fn parse(text: &str, today: Day) -> Result<Self, IdProblem> {
        let text = as_written(text);
        if text.is_empty() {
            return Err(IdProblem::Empty);
        }
        if looks_destroyed(&text) {
            return Err(IdProblem::Destroyed);
        }
        let found = text.chars().count();
        if !matches!(found, 18 | 20 | 22) {
            return Err(IdProblem::Length { found });
        }
        let bytes = text.as_bytes();
        let number = bytes.get(..18).filter(|_| text.is_ascii()).ok_or(IdProblem::Characters)?;
        check_number(number, today)?;
        if let Some(certificate) = bytes.get(18..20) {
            check_disability(certificate)?;
        }
        if let Some(reissue) = bytes.get(20..22) {
            check_reissue(reissue)?;
        }
        Ok(Self(text))
    }

    /// The number as it is stored: half-width, no spaces, a capital X.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The 18 characters of the identity number alone, by which one person is found twice.
    #[must_use]
    pub fn person_number(&self) -> &str {
        self.0.get(..18).unwrap_or(&self.0)
    }

    /// The day of birth in digits 7–14.
    #[must_use]
    pub fn birth(&self) -> Day {
        birth_of(self.0.as_bytes()).unwrap_or(Day(0))
    }

    /// Odd 17th digit: male; even: female.
    #[must_use]
    pub fn sex(&self) -> Sex {
        let digit = self.0.as_bytes().get(16).copied().unwrap_or(b'1');
        if digit % 2 == 1 { Sex::Male } else { Sex::Female }
    }

    /// Kind 1–7 and grade 1–4 of a disability certificate; `None` for a plain identity number.
    #[must_use]
    pub fn disability(&self) -> Option<(u8, u8)> {
        let kind = self.0.as_bytes().get(18)?.wrapping_sub(b'0');
        let grade = self.0.as_bytes().get(19)?.wrapping_sub(b'0');
        Some((kind, grade))
    }

    /// Whether the certificate was issued again (22 characters).
    #[must_use]
    pub fn reissued(&self) -> bool {
        self.0.len() == 22
    }
}

impl fmt::Debug for ResidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResidentId({})", mask_id(&self.0))
    }
}

impl IdProblem {
    /// The stable name by which screens find their own words.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "id_empty",
            Self::Destroyed => "id_destroyed",
            Self::Length { .. } => "id_length",
            Self::Characters => "id_characters",
            Self::Placeholder => "id_placeholder",
            Self::Date => "id_date",
            Self::Future => "id_future",
            Self::Checksum => "id_checksum",
            Self::DisabilityType => "id_disability_type",
            Self::DisabilityGrade => "id_disability_grade",
            Self::Reissue => "id_reissue",
        }
    }

    /// One sentence for the person who typed it: what is wrong and what to do next.
    #[must_use]
    pub fn sentence(self) -> String {
        match self {
            Self::Empty => "没有填证件号码；没有证件的请填原因（新生儿未落户、遗失等），不要编号码".into(),
            Self::Destroyed => "证件号码被表格当成数字存过，后几位已经丢失；请把该列设为文本，照证件重填".into(),
            Self::Length { found: 15 } => "这是15位老号码；请照现在的身份证填18位".into(),
            Self::Length { found } => format!("证件号码有{found}位，应为18、20或22位；请照证件核对"),
            Self::Characters => "证件号码里有不该出现的字；只能是数字，第18位可以是X，请照证件核对".into(),
            Self::Placeholder => "999999开头是“没有证件”的替代号；请留空并填原因".into(),
            Self::Date => "第7至14位不是1900年以后存在的日期；请照证件核对出生年月日".into(),
            Self::Future => "第7至14位的出生日期在今天之后；请照证件核对".into(),
            Self::Checksum => "第18位与前17位对不上，有一位抄错了；请照证件逐位核对".into(),
            Self::DisabilityType => "第19位应为残疾类别1至7；请照残疾人证核对".into(),
            Self::DisabilityGrade => "第20位应为残疾等级1至4；请照残疾人证核对".into(),
            Self::Reissue => "第21、22位应为补办次数（如B1）；请照残疾人证核对".into(),
        }
    }
}

/// Whether a text is a number that a spreadsheet kept as a float: `4.11321E+17`, or 18 and more digits of which all after
/// the fifteenth are 0 and the check character fails. Excel keeps 15 digits; no one can tell the lost ones.
#[must_use]
pub fn looks_destroyed(text: &str) -> bool {
    let text = as_written(text);
    if let Some((mantissa, exponent)) = text.split_once('E') {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
        return mantissa.starts_with(|c: char| c.is_ascii_digit())
            && digits(&mantissa.replacen('.', "", 1))
            && digits(exponent)
            && exponent.parse::<u8>().is_ok_and(|power| (14..=21).contains(&power));
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, "0"));
    if !matches!(whole.len(), 18 | 20 | 22) || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    if text.contains('.') {
        return fraction.bytes().all(|b| b == b'0');
    }
    let lost = whole.bytes().skip(15).all(|b| b == b'0');
    let number = whole.as_bytes().get(..18).unwrap_or_default();
    lost && (whole.len() > 18 || check_character(number) != number.last().copied())
}

/// Whether the first 18 characters satisfy GB 11643 by themselves, whatever the date in them.
#[must_use]
pub fn checksum_holds(text: &str) -> bool {
    let text = as_written(text);
    let number = text.as_bytes().get(..18).unwrap_or_default();
    check_character(number).is_some_and(|expected| number.last() == Some(&expected))
}

fn as_written(text: &str) -> String {
    let text = without_spaces(text).to_ascii_uppercase();
    text.strip_prefix(['\'', '\u{2019}']).map(str::to_owned).unwrap_or(text)
}

fn check_number(number: &[u8], today: Day) -> Result<(), IdProblem> {
    let (last, digits) = number.split_last().ok_or(IdProblem::Characters)?;
    if !digits.iter().all(u8::is_ascii_digit) || !(last.is_ascii_digit() || *last == b'X') {
        return Err(IdProblem::Characters);
    }
    if number.starts_with(b"999999") {
        return Err(IdProblem::Placeholder);
    }
    let birth = birth_of(number).filter(|day| day.year() >= FIRST_YEAR).ok_or(IdProblem::Date)?;
    if birth > today {
        return Err(IdProblem::Future);
    }
    if check_character(number) == Some(*last) { Ok(()) } else { Err(IdProblem::Checksum) }
}

fn check_disability(certificate: &[u8]) -> Result<(), IdProblem> {
    let [kind, grade] = certificate else { return Err(IdProblem::Characters) };
    if !(b'1'..=b'7').contains(kind) {
        return Err(IdProblem::DisabilityType);
    }
    if (b'1'..=b'4').contains(grade) { Ok(()) } else { Err(IdProblem::DisabilityGrade) }
}

fn check_reissue(reissue: &[u8]) -> Result<(), IdProblem> {
    match reissue {
        [b'B', b'1'..=b'9'] | [b'0', b'1'..=b'9'] | [b'1'..=b'9', b'0'..=b'9'] => Ok(()),
        _ => Err(IdProblem::Reissue),
    }
}

fn check_character(number: &[u8]) -> Option<u8> {
    let mut sum = 0_u32;
    for (weight, byte) in WEIGHTS.iter().zip(number.get(..17)?) {
        sum += weight * u32::from(byte.checked_sub(b'0')?);
    }
    CHECK_CHARACTERS.get(usize::try_from(sum % 11).ok()?).copied()
}

fn birth_of(number: &[u8]) -> Option<Day> {
    let digits = |from: usize, to: usize| std::str::from_utf8(number.get(from..to)?).ok()?.parse::<u32>().ok();
    Day::from_ymd(i32::try_from(digits(6, 10)?).ok()?, digits(10, 12)?, digits(12, 14)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn today() -> Day {
        Day::parse("2026-11-21").unwrap()
    }

    fn check(text: &str, expect: Result<&str, IdProblem>) {
        let found = ResidentId::parse(text, today());
        assert_eq!(found.as_ref().map(ResidentId::as_str).map_err(|problem| *problem), expect, "{text}");
    }

    #[test]
    fn the_vectors_of_the_field_are_judged_as_written_down() {
        check("11010519491231002X", Ok("11010519491231002X"));
        check("440524188001010014", Err(IdProblem::Date)); // the checksum holds; born 1880, before 1900
        check("522731196202140014", Ok("522731196202140014"));
        check("522731196503080027", Ok("522731196503080027"));
        check("45022519870229003X", Err(IdProblem::Date));
        check("999999197001010017", Err(IdProblem::Placeholder));
        check("52273119620214001443", Ok("52273119620214001443"));
    }

    #[test]
    fn the_check_character_is_judged_apart_from_the_date() {
        for holds in ["11010519491231002X", "440524188001010014", "45022519870229003X", "999999197001010017"] {
            assert!(checksum_holds(holds), "{holds}");
        }
        for fails in ["110105194912310020", "440524188001010015", "", "4405241880010100", "身份证"] {
            assert!(!checksum_holds(fails), "{fails}");
        }
    }

    #[test]
    fn the_way_a_number_is_typed_does_not_matter() {
        check(" 11010519491231002x ", Ok("11010519491231002X"));
        check("１１０１０５１９４９１２３１００２ｘ", Ok("11010519491231002X"));
        check("110105 19491231\u{a0}002X", Ok("11010519491231002X"));
        check("'522731196202140014", Ok("522731196202140014"));
        check("52273119620214001443b1", Ok("52273119620214001443B1"));
    }

    #[test]
    fn each_problem_is_found_once() {
        check("", Err(IdProblem::Empty));
        check("\u{3000}", Err(IdProblem::Empty));
        check("4.11321E+17", Err(IdProblem::Destroyed));
        check("110105491231002", Err(IdProblem::Length { found: 15 }));
        check("5227311962021400144", Err(IdProblem::Length { found: 19 }));
        check("522731196202140014431", Err(IdProblem::Length { found: 21 }));
        check("1101051949123100X2", Err(IdProblem::Characters));
        check("11010519491231002Y", Err(IdProblem::Characters));
        check("身份证号码没有带在身上明天再补上来吧", Err(IdProblem::Characters));
        check("522731196202140015", Err(IdProblem::Checksum));
        check("110105194912310020", Err(IdProblem::Checksum));
        check("522731196202300014", Err(IdProblem::Date));
        check("522731000002140014", Err(IdProblem::Date));
        check("522731209901010014", Err(IdProblem::Future));
    }

    #[test]
    fn a_disability_certificate_is_checked_in_each_place_where_public_checkers_are_not() {
        let id = "522731196202140014";
        for kind in 0..=9_u8 {
            for grade in 0..=9_u8 {
                let expect = match (kind, grade) {
                    (1..=7, 1..=4) => Ok(()),
                    (1..=7, _) => Err(IdProblem::DisabilityGrade),
                    _ => Err(IdProblem::DisabilityType),
                };
                let twenty = ResidentId::parse(&format!("{id}{kind}{grade}"), today());
                assert_eq!(twenty.as_ref().map(|_| ()).map_err(|p| *p), expect, "kind {kind} grade {grade}");
                assert_eq!(twenty.ok().and_then(|id| id.disability()), expect.ok().map(|()| (kind, grade)));
                let reissued = ResidentId::parse(&format!("{id}{kind}{grade}B1"), today());
                assert_eq!(reissued.map(|_| ()), expect, "re-issued, kind {kind} grade {grade}");
            }
        }
        check("522731196202140015" /* the certificate inherits the number's check */, Err(IdProblem::Checksum));
        check("52273119620214001543", Err(IdProblem::Checksum));
        check("5227311962021400144X", Err(IdProblem::DisabilityGrade));
        check("522731196202140014X3", Err(IdProblem::DisabilityType));
        check("5227311962021400144301", Ok("5227311962021400144301"));
        check("5227311962021400144300", Err(IdProblem::Reissue));
        check("52273119620214001443B0", Err(IdProblem::Reissue));
        check("52273119620214001443XX", Err(IdProblem::Reissue));
    }

    #[test]
    fn a_number_tells_birth_and_sex_and_disability() {
        let man = ResidentId::parse("52273119620214001443", today()).unwrap();
        assert_eq!(man.birth().to_string(), "1962-02-14");
        assert_eq!((man.sex(), man.disability(), man.reissued()), (Sex::Male, Some((4, 3)), false));
        assert_eq!(man.person_number(), "522731196202140014");
        let woman = ResidentId::parse("522731196503080027", today()).unwrap();
        assert_eq!((woman.sex(), woman.disability()), (Sex::Female, None));
        assert_eq!(woman.birth().to_string(), "1965-03-08");
    }

    #[test]
    fn a_child_born_today_is_no_child_of_tomorrow() {
        let born = "522731202611210014";
        let day = |text| Day::parse(text).unwrap();
        assert_eq!(ResidentId::parse(born, day("2026-11-20")), Err(IdProblem::Future));
        assert_ne!(ResidentId::parse(born, day("2026-11-21")).err(), Some(IdProblem::Future));
    }

    #[test]
    fn a_number_that_went_through_a_float_is_named_as_destroyed() {
        for lost in [
            "4.11321E+17",
            "4.11321e17",
            "4.1132119620214E+17",
            "5.22731196202140E+19",
            "522731196202140000",
            "522731196202140000.0",
            "52273119620214000000",
        ] {
            assert!(looks_destroyed(lost), "{lost}");
        }
        for kept in ["522731196202140014", "11010519491231002X", "4.11", "E17", "ABE+17", "522731", "", "1.0E+2"] {
            assert!(!looks_destroyed(kept), "{kept}");
        }
        let ends_in_zeros = (0..100)
            .map(|day| format!("5227311962{:02}{:02}1000", day % 12 + 1, day % 28 + 1))
            .find(|text| check_character(text.as_bytes()) == Some(b'0'))
            .unwrap();
        assert!(!looks_destroyed(&ends_in_zeros), "a number whose check holds is not called destroyed");
    }

    #[test]
    fn a_log_line_cannot_tell_the_number() {
        let id = ResidentId::parse("522731196202140014", today()).unwrap();
        assert_eq!(format!("{id:?}"), "ResidentId(52**************14)");
    }

    #[test]
    fn every_problem_has_its_own_code() {
        use IdProblem::*;
        let all = [
            Empty,
            Destroyed,
            Length { found: 1 },
            Characters,
            Placeholder,
            Date,
            Future,
            Checksum,
            DisabilityType,
            DisabilityGrade,
            Reissue,
        ];
        let codes: std::collections::BTreeSet<_> = all.iter().map(|problem| problem.code()).collect();
        let sentences: std::collections::BTreeSet<_> = all.iter().map(|problem| problem.sentence()).collect();
        assert_eq!((codes.len(), sentences.len()), (all.len(), all.len()));
    }

    proptest! {
        #[test]
        fn any_one_wrong_digit_is_noticed(place in 0_usize..17, other in 1_u8..10) {
            let mut bytes = *b"522731196202140014";
            bytes[place] = b'0' + (bytes[place] - b'0' + other) % 10;
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            prop_assert!(ResidentId::parse(&text, today()).is_err());
        }

        #[test]
        fn two_neighbours_swapped_are_noticed(place in 0_usize..16) {
            let mut bytes = *b"522731196202140014";
            prop_assume!(bytes[place] != bytes[place + 1]);
            bytes.swap(place, place + 1);
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            prop_assert!(ResidentId::parse(&text, today()).is_err());
        }

        #[test]
        fn no_text_stops_the_reader(text in "\\PC*") {
            let judged = ResidentId::parse(&text, today());
            if let Ok(id) = judged { prop_assert!(matches!(id.as_str().len(), 18 | 20 | 22)); }
        }
    }
}
