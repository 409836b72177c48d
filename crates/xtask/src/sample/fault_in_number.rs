//! Faults in 证件号码: every way a number is wrong that public checkers have been seen to miss.

use super::bed::Bed;
use super::fault::{Place, Planter};
use super::line::{Cell, Column};
use super::person::Person;
use super::resident_id::{check, with_check};

/// The kinds, by the reader's codes.
pub(crate) const KINDS: &[(&str, Planter)] = &[
    ("checksum", checksum),
    ("impossible_date", impossible_date),
    ("future_birth", future_birth),
    ("placeholder_999999", placeholder_999999),
    ("disability_type", disability_type),
    ("disability_grade", disability_grade),
    ("certificate_reissue", certificate_reissue),
    ("id_length", id_length),
    ("id_characters", id_characters),
    ("id_destroyed_by_float", id_destroyed_by_float),
    ("id_missing", id_missing),
    ("sex_vs_id", sex_vs_id),
    ("birth_vs_id", birth_vs_id),
];

/// A member whose number is that of an ID card, cut into its seventeen digits.
fn member(bed: &mut Bed, wanted: impl Fn(&Person) -> bool) -> Option<(usize, String)> {
    let (line, person) = bed.member(|person| person.disability.is_none() && wanted(person))?;
    let first = person.id.text().chars().take(17).collect();
    Some((line, first))
}

fn write(bed: &mut Bed, line: usize, number: &str) -> Option<Vec<Place>> {
    bed.write(line, Column::Certificate, number);
    Some(vec![Place::Here(line, Column::Certificate)])
}

fn part(text: &str, from: usize, to: usize) -> String {
    text.chars().skip(from).take(to - from).collect()
}

fn checksum(bed: &mut Bed) -> Option<Vec<Place>> {
    let (line, first) = member(bed, |_| true)?;
    let right = check(&first);
    // Not 0: behind two other noughts that would look like digits lost to a float.
    let wrong: Vec<char> = "123456789X".chars().filter(|wrong| *wrong != right).collect();
    let wrong = bed.chance.pick(&wrong);
    write(bed, line, &format!("{first}{wrong}"))
}

fn impossible_date(bed: &mut Bed) -> Option<Vec<Place>> {
    let (line, first) = member(bed, |person| person.age() > 1 && person.id.birth.year % 4 != 0)?;
    let day = bed.chance.pick(&["0229", "0230", "0431", "1301", "0015", "0600"]);
    let number = format!("{}{day}{}", part(&first, 0, 10), part(&first, 14, 17));
    write(bed, line, &with_check(&number))
}

fn future_birth(bed: &mut Bed) -> Option<Vec<Place>> {
    let (line, first) = member(bed, |person| person.age() < 6)?;
    let year = bed.chance.between(2031, 2060);
    let number = format!("{}{year}{}", part(&first, 0, 6), part(&first, 10, 17));
    write(bed, line, &with_check(&number))
}

fn placeholder_999999(bed: &mut Bed) -> Option<Vec<Place>> {
    let (line, first) = member(bed, |_| true)?;
    write(bed, line, &with_check(&format!("999999{}", part(&first, 6, 17))))
}

/// Someone who may well hold a certificate, of the third or fourth grade as far as their labour goes.
fn with_certificate(bed: &mut Bed, tail: &str) -> Option<Vec<Place>> {
    let (line, first) = member(bed, |person| person.age() >= 16 && person.school.is_empty())?;
    let elder = bed.home.people.get(line).is_some_and(|person| person.age() >= 60);
    bed.write(line, Column::Health, "残疾");
    bed.write(line, Column::Labour, if elder { "无劳动力" } else { "弱劳动力或半劳动力" });
    bed.put(line, Column::Months, Cell::Blank);
    write(bed, line, &format!("{}{tail}", with_check(&first)))
}

fn disability_type(bed: &mut Bed) -> Option<Vec<Place>> {
    let kind = bed.chance.pick(&["8", "9", "0"]);
    with_certificate(bed, &format!("{kind}3"))
}

fn disability_grade(bed: &mut Bed) -> Option<Vec<Place>> {
    let grade = bed.chance.pick(&["0", "5", "6", "7", "8", "9"]);
    with_certificate(bed, &format!("4{grade}"))
}

fn certificate_reissue(bed: &mut Bed) -> Option<Vec<Place>> {
    let tail = bed.chance.pick(&["B0", "BB", "00", "C1"]);
    with_certificate(bed, &format!("44{tail}"))
}

fn id_length(bed: &mut Bed) -> Option<Vec<Place>> {
    let (line, first) = member(bed, |_| true)?;
    let whole = with_check(&first);
    let number = match bed.chance.below(4) {
        0 => first,
        1 => format!("{}{}", part(&first, 0, 6), part(&first, 8, 17)),
        2 => format!("{whole}4"),
        _ => format!("{whole}443"),
    };
    write(bed, line, &number)
}

fn id_characters(bed: &mut Bed) -> Option<Vec<Place>> {
    let (line, first) = member(bed, |_| true)?;
    let (at, wrong) = bed.chance.pick(&[(8, "O"), (10, "X"), (15, "l"), (3, "?"), (12, "－")]);
    let number = format!("{}{wrong}{}", part(&first, 0, at), part(&with_check(&first), at + 1, 18));
    write(bed, line, &number)
}

/// What a spreadsheet keeps of eighteen digits taken for a number: fifteen of them.
fn id_destroyed_by_float(bed: &mut Bed) -> Option<Vec<Place>> {
    let (line, first) = member(bed, |person| !person.id.text().ends_with('X'))?;
    let kept: f64 = format!("{}000", part(&first, 0, 15)).parse().ok()?;
    bed.put(line, Column::Certificate, Cell::Number(kept));
    Some(vec![Place::Here(line, Column::Certificate)])
}

fn id_missing(bed: &mut Bed) -> Option<Vec<Place>> {
    let (line, _) = member(bed, |_| true)?;
    write(bed, line, "")
}

fn sex_vs_id(bed: &mut Bed) -> Option<Vec<Place>> {
    let (line, person) = bed.member(|_| true)?;
    let wrong = if person.male() { "女" } else { "男" };
    bed.write(line, Column::Sex, wrong);
    Some(vec![Place::Here(line, Column::Sex)])
}

/// A day late, as when two people tell it from memory.
fn birth_vs_id(bed: &mut Bed) -> Option<Vec<Place>> {
    let (line, person) = bed.member(|person| person.id.birth.day < 28 && person.age() > 0)?;
    let mut late = person.id.birth;
    late.day += 1;
    bed.write(line, Column::Birth, &late.digits());
    Some(vec![Place::Here(line, Column::Birth)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_counted_in_characters() {
        assert_eq!(part("411321196805159995", 6, 14), "19680515");
        assert_eq!(part("41O", 2, 18), "O");
    }
}
