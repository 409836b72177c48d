//! What may be shown of a certificate number or a phone (domain.md §5 L05): two and two, three and four.
//!
//! The common "first 6 + last 4" mask beside a birth date gives back the whole number, so it is not offered.

use unicode_normalization::UnicodeNormalization;

/// Shows two leading and two trailing characters: `52**************14`. A disability certificate is masked as the
/// identity number within it, for its length and its last two characters tell the disability.
#[must_use]
pub fn mask_id(text: &str) -> String {
    let shown: Vec<char> = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    let kept = if matches!(shown.len(), 20 | 22) { 18 } else { shown.len() };
    stars_between(shown.get(..kept).unwrap_or(&shown), 2, 2)
}

/// Shows three leading and four trailing digits of a mobile number: `138****1234`. A shorter number keeps only its last
/// four, a very short one nothing.
#[must_use]
pub fn mask_phone(text: &str) -> String {
    let shown: Vec<char> = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    let shown = without_country_code(&shown);
    match shown.len() {
        0..8 => "*".repeat(shown.len()),
        8..11 => stars_between(shown, 0, 4),
        _ => stars_between(shown, 3, 4),
    }
}

/// Masks every identity number, bank-card-long number and phone written inside free text; everything else stays as written.
#[must_use]
pub fn mask_certificates_in_text(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for number in numbers_of(&characters) {
        masked.extend(characters.get(at..number.from).unwrap_or_default());
        masked.push_str(&number.shown);
        at = number.to;
    }
    masked.extend(characters.get(at..).unwrap_or_default());
    masked
}

/// The numbers that [`mask_certificates_in_text`] masks: each as it is written, and as it is shown.
#[must_use]
pub fn numbers_in_text(text: &str) -> Vec<(String, String)> {
    let characters: Vec<char> = text.chars().collect();
    let written = |number: &Number| characters.get(number.from..number.to).unwrap_or_default().iter().collect();
    numbers_of(&characters).into_iter().map(|number| (written(&number), number.shown)).collect()
}

/// A number that must not be shown; places count characters of the text.
struct Number {
    from: usize,
    to: usize,
    shown: String,
}

fn numbers_of(characters: &[char]) -> Vec<Number> {
    let groups = digit_groups(characters);
    let (mut numbers, mut next) = (Vec::new(), 0);
    while let Some(first) = groups.get(next) {
        let Some((taken, shown)) = sensitive_at(characters, &groups, next) else {
            next += 1;
            continue;
        };
        let last = groups.get(next + taken - 1).unwrap_or(first);
        numbers.push(Number { from: first.from, to: last.to, shown });
        next += taken;
    }
    numbers
}

/// Digits written without a gap, a closing X included; places count characters of the text.
struct DigitGroup {
    from: usize,
    to: usize,
    digits: String,
    beside_star: bool,
}

fn digit_of(c: char) -> Option<char> {
    let plain = match c {
        '\u{ff10}'..='\u{ff19}' => c.nfkc().next()?,
        _ => c,
    };
    plain.is_ascii_digit().then_some(plain)
}

fn digit_groups(characters: &[char]) -> Vec<DigitGroup> {
    let mut groups: Vec<DigitGroup> = Vec::new();
    for (place, c) in characters.iter().enumerate() {
        let touching = groups.last_mut().filter(|group| group.to == place && may_go_on(group));
        match (digit_of(*c), touching) {
            (Some(digit), Some(group)) => {
                group.digits.push(digit);
                group.to = place + 1;
            }
            (Some(digit), None) => {
                let beside_star = place.checked_sub(1).and_then(|before| characters.get(before)) == Some(&'*');
                groups.push(DigitGroup { from: place, to: place + 1, digits: digit.to_string(), beside_star });
            }
            (None, Some(group)) if closes_number(*c, group) => {
                group.digits.push(if matches!(c, 'B' | 'b') { 'B' } else { 'X' });
                group.to = place + 1;
            }
            (None, Some(group)) if *c == '*' => group.beside_star = true,
            _ => {}
        }
    }
    groups
}

/// After its X a number goes on only as a disability certificate does.
fn may_go_on(group: &DigitGroup) -> bool {
    !group.digits.ends_with('X') || group.digits.len() == 18
}

/// An X closes a number, or its last piece ("522731 19620214 002X"); a B counts the re-issues of a certificate.
fn closes_number(c: char, group: &DigitGroup) -> bool {
    match c {
        'X' | 'x' | 'Ｘ' | 'ｘ' => matches!(group.digits.len(), 3 | 11 | 17),
        'B' | 'b' => group.digits.len() == 20,
        _ => false,
    }
}

/// What starts at this group and must not be shown: how many groups it takes, and what to show instead.
fn sensitive_at(characters: &[char], groups: &[DigitGroup], first: usize) -> Option<(usize, String)> {
    let mut joined = String::new();
    for (index, group) in groups.iter().enumerate().skip(first).take(6) {
        if index > first && !one_gap_between(characters, groups.get(index - 1)?, group) {
            return None;
        }
        joined.push_str(&group.digits);
        let pieces = index - first + 1;
        if pieces == 1 {
            if let Some(shown) = mask_whole(&joined) {
                return Some((1, shown));
            }
        } else if is_written_in_pieces(&joined) {
            let shown = if joined.len() == 11 { mask_phone(&joined) } else { mask_id(&joined) };
            return Some((pieces, shown));
        }
        let landline =
            pieces == 2 && joined.starts_with('0') && matches!(joined.len(), 10..=12) && group.digits.len() >= 7;
        if landline {
            return Some((pieces, mask_phone(&joined)));
        }
    }
    None
}

fn mask_whole(digits: &str) -> Option<String> {
    match digits.len() {
        15.. => Some(mask_id(digits)),
        11 if is_mobile(digits) => Some(mask_phone(digits)),
        // A number with its area code and no gap; 00 begins none.
        10..=12 if digits.starts_with('0') && !digits.starts_with("00") => Some(mask_phone(digits)),
        13 if digits.strip_prefix("86").is_some_and(is_mobile) => Some(mask_phone(digits)),
        _ => None,
    }
}

fn is_mobile(digits: &str) -> bool {
    let mut bytes = digits.bytes();
    digits.len() == 11 && bytes.next() == Some(b'1') && bytes.next().is_some_and(|b| (b'3'..=b'9').contains(&b))
}

fn is_written_in_pieces(digits: &str) -> bool {
    let number_with_birth = matches!(digits.len(), 18 | 20 | 22)
        && digits.get(6..8).is_some_and(|century| matches!(century, "19" | "20"))
        && digits.get(10..12).and_then(|month| month.parse::<u8>().ok()).is_some_and(|month| (1..=12).contains(&month));
    let day = |at: std::ops::Range<usize>, most: u8| {
        digits.get(at).and_then(|part| part.parse::<u8>().ok()).is_some_and(|part| (1..=most).contains(&part))
    };
    // The older form has two digits of the year.
    let older = digits.len() == 15 && !digits.starts_with('0') && day(8..10, 12) && day(10..12, 31);
    number_with_birth || older || is_mobile(digits)
}

fn one_gap_between(characters: &[char], before: &DigitGroup, after: &DigitGroup) -> bool {
    let gap = characters.get(before.to..after.from).unwrap_or_default();
    let joins = |c: &char| c.is_whitespace() || matches!(c, '-' | '－' | '–' | '—' | '.' | '·' | '•');
    !before.beside_star && !after.beside_star && matches!(gap.len(), 1 | 2) && gap.iter().all(joins)
}

fn without_country_code(shown: &[char]) -> &[char] {
    for prefix in [&['+', '8', '6'][..], &['8', '6'], &['0', '0', '8', '6']] {
        if let Some(rest) = shown.strip_prefix(prefix)
            && rest.len() == 11
            && rest.first() == Some(&'1')
        {
            return rest;
        }
    }
    shown
}

fn stars_between(shown: &[char], leading: usize, trailing: usize) -> String {
    if shown.len() <= leading + trailing {
        return "*".repeat(shown.len());
    }
    let hidden = shown.len() - leading - trailing;
    let star = |place: usize| place >= leading && place < leading + hidden;
    shown.iter().enumerate().map(|(place, c)| if star(place) { '*' } else { *c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_shows_two_and_two() {
        assert_eq!(mask_id("522731196202140014"), "52**************14");
        assert_eq!(mask_id(" 11010519491231002Ｘ"), "11**************2X");
        assert_eq!(mask_id("52273119620214001443"), "52**************14", "the disability stays hidden");
        assert_eq!(mask_id("52273119620214001443B1"), "52**************14");
        assert_eq!(mask_id("1234"), "****");
        assert_eq!(mask_id("12345"), "12*45");
        assert_eq!(mask_id(""), "");
    }

    #[test]
    fn a_phone_shows_three_and_four() {
        assert_eq!(mask_phone("13812341234"), "138****1234");
        assert_eq!(mask_phone("138 1234 1234"), "138****1234");
        assert_eq!(mask_phone("+8613812341234"), "138****1234");
        assert_eq!(mask_phone("66812345"), "****2345");
        assert_eq!(mask_phone("12345"), "*****");
    }

    #[test]
    fn what_is_sensitive_in_a_note_is_masked_and_the_rest_is_left() {
        for (note, shown) in [
            ("身份证522731196202140014，电话13812341234。", "身份证52**************14，电话138****1234。"),
            ("证号１１０１０５１９４９１２３１００２ｘ", "证号11**************2X"),
            ("522731 19620214 0014", "52**************14"),
            ("110105 19491231 002x补", "11**************2X补"),
            ("打138-1234-1234", "打138****1234"),
            ("家里0377-66812345", "家里037*****2345"),
            ("家里037766812345，", "家里037*****2345，"),
            ("家里01066812345", "家里010****2345"),
            ("打138.1234.1234", "打138****1234"),
            ("打138  1234  1234", "打138****1234"),
            ("打138·1234·1234", "打138****1234"),
            ("老证411321 650708 431", "老证41***********31"),
            ("3.14 5.6 7", "3.14 5.6 7"),
            ("卡6222020200112233445", "卡62***************45"),
            ("残疾证52273119620214001443", "残疾证52**************14"),
            ("11010519491231002X43", "11**************2X"),
            ("残疾证52273119620214001443B1。", "残疾证52**************14。"),
            ("2018-08-10 13812341234", "2018-08-10 138****1234"),
            (
                "2018年8月10日来过，3-2-501，领32.5元，编号4113210012",
                "2018年8月10日来过，3-2-501，领32.5元，编号4113210012",
            ),
            ("411321001001是村代码", "411321001001是村代码"),
        ] {
            assert_eq!(mask_certificates_in_text(note), shown);
        }
    }

    #[test]
    fn what_is_left_of_a_masked_number_is_not_taken_for_part_of_another() {
        let once = mask_certificates_in_text("138123456 411321196202140014");
        assert_eq!(once, "138123456 41**************14");
        assert_eq!(mask_certificates_in_text(&once), once);
    }

    fn digits_of(text: &str) -> usize {
        text.chars().filter(char::is_ascii_digit).count()
    }

    proptest! {
        #[test]
        fn a_mask_never_tells_more_than_four_digits(id in "[0-9]{17}[0-9X]([1-7][1-4]){0,1}") {
            prop_assert!(digits_of(&mask_id(&id)) <= 4);
            let note = format!("号{id}。");
            prop_assert!(digits_of(&mask_certificates_in_text(&note)) <= 4);
        }

        #[test]
        fn masking_twice_is_masking_once(text in "[0-9X *\u{ff10}\u{6237}-]{0,60}") {
            prop_assert_eq!(mask_id(&mask_id(&text)), mask_id(&text));
            prop_assert_eq!(mask_phone(&mask_phone(&text)), mask_phone(&text));
            let once = mask_certificates_in_text(&text);
            prop_assert_eq!(mask_certificates_in_text(&once), once);
        }

        #[test]
        fn no_whole_number_survives_in_a_note(before in "[\\PC&&[^0-9*]]{0,8}", id in "[1-9][0-9]{17}", after in "\\PC{0,8}") {
            let masked = mask_certificates_in_text(&format!("{before}{id}{after}"));
            prop_assert!(!masked.contains(id.get(2..8).unwrap()) || after.contains(id.get(2..8).unwrap()));
        }
    }
}
