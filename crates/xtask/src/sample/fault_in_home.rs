//! Faults in how the members of a household are told: heads, spouses, relations, and people told of twice.

use super::bed::Bed;
use super::fault::{Place, Planter};
use super::line::{Cell, Column, Line};
use super::person::Relation;

/// The kinds, by the reader's codes.
pub(crate) const KINDS: &[(&str, Planter)] = &[
    ("duplicate_person", duplicate_person),
    ("shared_phone", shared_phone),
    ("two_heads", two_heads),
    ("no_head", no_head),
    ("two_spouses", two_spouses),
    ("spouse_same_sex", spouse_same_sex),
    ("relation_sex", relation_sex),
    ("duplicate_person_no", duplicate_person_no),
    ("wrong_village", wrong_village),
    ("household_cell_differs", household_cell_differs),
    ("missing_household_no", missing_household_no),
    ("household_split", household_split),
    ("region_missing", region_missing),
    ("member_count_differs", member_count_differs),
];

/// Someone of a household further up stands in this one too, by the same number, as happens when a daughter marries.
fn duplicate_person(bed: &mut Bed) -> Option<Vec<Place>> {
    let grown =
        |line: &Line| matches!(line.text(Column::Relation), "之子" | "之女") && line.text(Column::School).is_empty();
    let theirs = bed.other_lines.iter().find(|line| grown(line)).filter(|_| !bed.other_is_later)?;
    let mut line = bed.lines.last()?.clone();
    for column in [
        Column::Name,
        Column::Certificate,
        Column::Nation,
        Column::Education,
        Column::School,
        Column::Health,
        Column::Labour,
        Column::Months,
        Column::PersonSeen,
        Column::Sex,
        Column::Birth,
    ] {
        line.set(column, theirs.get(column).clone());
    }
    line.set(Column::PersonPhone, Cell::Blank);
    line.set(Column::Relation, Cell::text("其他"));
    let here = bed.lines.len();
    line.set(Column::PersonNumber, Cell::text(&format!("{}{:02}", bed.home.number, here + 1)));
    bed.lines.push(line);
    bed.put_all(Column::Count, &Cell::count(u32::try_from(here + 1).ok()?));
    bed.uses_other = true;
    Some(vec![Place::Here(here, Column::Certificate)])
}

/// The telephone of a household further up.
fn shared_phone(bed: &mut Bed) -> Option<Vec<Place>> {
    if bed.other_is_later {
        return None;
    }
    let theirs = bed.other.phone.clone();
    bed.put_all(Column::Phone, &Cell::text(&theirs));
    bed.uses_other = true;
    Some(vec![Place::Here(0, Column::Phone)])
}

fn two_heads(bed: &mut Bed) -> Option<Vec<Place>> {
    let (line, _) = bed.member(|person| person.age() >= 24 && matches!(person.relation.0, "之子" | "之女" | "之父"))?;
    bed.write(line, Column::Relation, "户主");
    Some(vec![Place::Here(line, Column::Relation)])
}

fn no_head(bed: &mut Bed) -> Option<Vec<Place>> {
    bed.write(0, Column::Relation, "其他");
    Some(vec![Place::Here(0, Column::Relation)])
}

fn two_spouses(bed: &mut Bed) -> Option<Vec<Place>> {
    let spouse_is_man = bed.member(|person| person.relation == Relation("配偶"))?.1.male();
    let (line, _) = bed.member(|person| {
        person.male() == spouse_is_man && person.age() >= 24 && matches!(person.relation.0, "之子" | "之女")
    })?;
    let first = bed.home.people.iter().position(|person| person.relation == Relation("配偶"))?;
    bed.write(line, Column::Relation, "配偶");
    Some(vec![Place::Here(line.max(first), Column::Relation)])
}

/// The spouse's number says the sex of the head; its check digit is right.
fn spouse_same_sex(bed: &mut Bed) -> Option<Vec<Place>> {
    let (line, person) = bed.member(|person| person.relation == Relation("配偶") && person.disability.is_none())?;
    let mut other = person.id.clone();
    other.order ^= 1;
    let sex = if other.order % 2 == 1 { "男" } else { "女" };
    bed.write(line, Column::Certificate, &other.text());
    bed.write(line, Column::Sex, sex);
    Some(vec![Place::Here(line, Column::Relation)])
}

fn relation_sex(bed: &mut Bed) -> Option<Vec<Place>> {
    let (line, person) = bed.member(|person| matches!(person.relation.0, "之子" | "之女"))?;
    let wrong = if person.male() { "之女" } else { "之子" };
    bed.write(line, Column::Relation, wrong);
    Some(vec![Place::Here(line, Column::Relation)])
}

fn last_member(bed: &Bed) -> Option<usize> {
    bed.lines.len().checked_sub(1).filter(|line| *line > 0)
}

/// The last member stands under another village than the rest.
fn wrong_village(bed: &mut Bed) -> Option<Vec<Place>> {
    let line = last_member(bed)?;
    let other = if bed.home.village.is_multiple_of(13) { "天桥村" } else { "北召店村" };
    bed.write(line, Column::Village, other);
    Some(vec![Place::Here(line, Column::Village)])
}

fn household_cell_differs(bed: &mut Bed) -> Option<Vec<Place>> {
    let line = last_member(bed)?;
    let other = if bed.home.cause == "因灾" { "缺资金" } else { "因灾" };
    bed.write(line, Column::Cause, other);
    Some(vec![Place::Here(line, Column::Cause)])
}

/// A row in the midst of its household, so that the rows before and behind say where it belongs.
fn missing_household_no(bed: &mut Bed) -> Option<Vec<Place>> {
    last_member(bed).filter(|last| *last > 1)?;
    bed.write(1, Column::HouseholdNumber, "");
    Some(vec![Place::Here(1, Column::HouseholdNumber)])
}

/// The last member stands far below, behind another household.
fn household_split(bed: &mut Bed) -> Option<Vec<Place>> {
    let line = last_member(bed).filter(|_| bed.other_is_later)?;
    let moved = bed.lines.remove(line);
    bed.other_lines.push(moved);
    bed.uses_other = true;
    Some(vec![Place::There(bed.other_lines.len() - 1, Column::HouseholdNumber)])
}

fn region_missing(bed: &mut Bed) -> Option<Vec<Place>> {
    bed.put_all(Column::Village, &Cell::Blank);
    Some(vec![Place::Here(0, Column::Village)])
}

/// Two members were given one number.
fn duplicate_person_no(bed: &mut Bed) -> Option<Vec<Place>> {
    let line = last_member(bed)?;
    let number = bed.lines.get(line - 1)?.text(Column::PersonNumber).to_owned();
    bed.write(line, Column::PersonNumber, &number);
    Some(vec![Place::Here(line, Column::PersonNumber)])
}

fn member_count_differs(bed: &mut Bed) -> Option<Vec<Place>> {
    let wrong = u32::try_from(bed.lines.len()).ok()? + bed.chance.between(1, 2);
    bed.put_all(Column::Count, &Cell::count(wrong));
    Some(vec![Place::Here(0, Column::Count)])
}
