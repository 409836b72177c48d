//! Faults in a single cell other than the number: words outside the lists, names that are none, years and counts that
//! cannot be read.

use super::bed::Bed;
use super::fault::{Place, Planter};
use super::line::Column;

/// The kinds, by the reader's codes.
pub(crate) const KINDS: &[(&str, Planter)] = &[
    ("phone_format", phone_format),
    ("unknown_relation", unknown_relation),
    ("unknown_nation", unknown_nation),
    ("name_missing", name_missing),
    ("name_characters", name_characters),
    ("name_unrecoverable", name_unrecoverable),
    ("year_format", year_format),
    ("number_format", number_format),
    ("edu_and_school", edu_and_school),
];

fn write(bed: &mut Bed, line: usize, column: Column, text: &str) -> Option<Vec<Place>> {
    bed.write(line, column, text);
    Some(vec![Place::Here(line, column)])
}

fn phone_format(bed: &mut Bed) -> Option<Vec<Place>> {
    let (line, _) = bed.member(|person| person.age() >= 18)?;
    let wrong = bed.chance.pick(&["1391658031", "12345678901", "139165803133", "无号码x", "1391658O313"]);
    write(bed, line, Column::PersonPhone, wrong)
}

fn unknown_relation(bed: &mut Bed) -> Option<Vec<Place>> {
    let (line, _) = bed.member(|person| !matches!(person.relation.0, "户主" | "配偶"))?;
    let wrong = bed.chance.pick(&["寄养", "邻居家的", "之干儿子"]);
    write(bed, line, Column::Relation, wrong)
}

fn unknown_nation(bed: &mut Bed) -> Option<Vec<Place>> {
    let (line, _) = bed.member(|_| true)?;
    let wrong = bed.chance.pick(&["汉簇", "无", "北方族"]);
    write(bed, line, Column::Nation, wrong)
}

fn name_missing(bed: &mut Bed) -> Option<Vec<Place>> {
    let (line, _) = bed.member(|_| true)?;
    write(bed, line, Column::Name, "")
}

fn name_characters(bed: &mut Bed) -> Option<Vec<Place>> {
    let (line, person) = bed.member(|person| !person.name.contains('·'))?;
    let name = person.name.clone();
    let note = bed.chance.pick(&["13", "（已婚）", "A"]);
    write(bed, line, Column::Name, &format!("{name}{note}"))
}

/// What is left of a name after a wrong conversion.
fn name_unrecoverable(bed: &mut Bed) -> Option<Vec<Place>> {
    let (line, _) = bed.member(|_| true)?;
    let wrong = bed.chance.pick(&["河?xùn)", "王?", "李\u{FFFD}", "张?ù)|强"]);
    write(bed, line, Column::Name, wrong)
}

fn year_format(bed: &mut Bed) -> Option<Vec<Place>> {
    let wrong = bed.chance.pick(&["2O18", "20188", "去年", "218"]);
    write(bed, 0, Column::Year, wrong)
}

fn number_format(bed: &mut Bed) -> Option<Vec<Place>> {
    let (line, _) = bed.member(|person| person.months > 0)?;
    let wrong = bed.chance.pick(&["常年", "六七", "1O"]);
    write(bed, line, Column::Months, wrong)
}

fn edu_and_school(bed: &mut Bed) -> Option<Vec<Place>> {
    let (line, person) = bed.member(|person| (13..18).contains(&person.age()))?;
    let done = if person.age() < 15 { "小学" } else { "初中" };
    bed.write(line, Column::Education, done);
    Some(vec![Place::Here(line, Column::School)])
}
