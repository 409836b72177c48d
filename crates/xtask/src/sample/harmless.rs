//! Oddities that are no faults: a reader has to take them as they are meant and doubt nothing.

use super::chance::Chance;
use super::line::{Cell, Column, Line};

/// How many oddities there are.
pub(crate) const KINDS: usize = 8;

/// Gives the rows of a household one oddity.
pub(crate) fn touch(lines: &mut Vec<Line>, chance: &mut Chance) {
    let Some(line) = lines.first_mut() else { return };
    let number = line.text(Column::Certificate).to_owned();
    let name = line.text(Column::Name).to_owned();
    let phone = line.text(Column::Phone).to_owned();
    match chance.place(KINDS) {
        0 => line.set(Column::Certificate, Cell::Text(full_width(&number))),
        1 => line.set(Column::Certificate, Cell::Text(number.replace('X', "x"))),
        2 => line.set(Column::Certificate, Cell::Text(format!(" {number}\u{A0}"))),
        3 => line.set(Column::Name, Cell::Text(format!("{name}\u{A0} "))),
        4 => lines.iter_mut().for_each(|line| line.set(Column::Phone, Cell::Text(full_width(&phone)))),
        5 => lines.iter_mut().for_each(|line| as_text(line, Column::Count)),
        6 => lines.push(remark()),
        _ => lines.iter_mut().for_each(|line| as_text(line, Column::Year)),
    }
}

/// Headers as people retype them, with blanks inside.
pub(crate) fn header(column: Column, header: &str) -> String {
    match column {
        Column::Name => "姓　名".to_owned(),
        Column::HouseholdNumber => "户 编 号".to_owned(),
        Column::Certificate => " 证件号码 ".to_owned(),
        Column::County => "县(市、区、旗)".to_owned(),
        Column::Town => "乡（镇）".to_owned(),
        Column::Months => "务工时间(月)".to_owned(),
        _ => header.to_owned(),
    }
}

/// A remark below a household, as stands below a page.
fn remark() -> Line {
    let mut line = Line::blank();
    line.set(Column::Number, Cell::text("注：以上各户均已入户核实"));
    line
}

fn full_width(text: &str) -> String {
    let wide = |letter: char| match letter {
        '0'..='9' | 'A'..='Z' => char::from_u32(u32::from(letter) + 0xFEE0).unwrap_or(letter),
        _ => letter,
    };
    text.chars().map(wide).collect()
}

fn as_text(line: &mut Line, column: Column) {
    if let Cell::Number(number) = line.get(column) {
        let text = number.to_string();
        line.set(column, Cell::Text(text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_digits_are_the_wide_forms_of_the_same_digits() {
        assert_eq!(full_width("4105X"), "４１０５Ｘ");
    }

    #[test]
    fn a_count_becomes_text_and_text_stays() {
        let mut line = Line::blank();
        line.set(Column::Count, Cell::Number(4.0));
        line.set(Column::Name, Cell::text("王芳"));
        as_text(&mut line, Column::Count);
        as_text(&mut line, Column::Name);
        assert_eq!((line.text(Column::Count), line.text(Column::Name)), ("4", "王芳"));
    }
}
