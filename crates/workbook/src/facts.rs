//! The cells of a roster row that are about the household. Every member's row repeats them, so a doubt about one is
//! raised once for the household, at the first row that shows it.

use crate::doubt::{DoubtKind, Shown};
use crate::field::{FieldOf, RosterField as F};
use crate::grid::Row;
use crate::header::Layout;
use crate::household::RosterPlace;
use crate::person::is_no_phone;
use crate::value::{self, Code, When};
use lianhu_core::day::Day;
use lianhu_core::text::{is_garbled_name, normalise};

/// One household cell, judged by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) field: F,
    pub(crate) text: String,
    pub(crate) doubt: Option<(DoubtKind, Shown)>,
}

/// What a row tells of its household.
#[derive(Debug)]
pub(crate) struct HouseholdRow {
    /// 户编号, if the sheet has such a column.
    pub(crate) number: Option<Code>,
    /// 户主姓名 and 户主证件号码, for lists without 户编号.
    pub(crate) head: String,
    /// Levels left blank are empty.
    pub(crate) place: RosterPlace,
    /// Every other cell that says something.
    pub(crate) facts: Vec<Fact>,
}

/// Reads the household cells of a row.
pub(crate) fn read(row: &Row, layout: &Layout<F>, today: Day) -> HouseholdRow {
    let mut place = RosterPlace::default();
    let mut facts = Vec::new();
    for (field, column) in layout.iter() {
        let cell = row.cell(column);
        match field.of() {
            FieldOf::Place => {
                let text = place_name(value::text(cell));
                if is_garbled_name(&text) {
                    let doubt = Some((DoubtKind::NameUnrecoverable, Shown::Plain));
                    facts.push(Fact { field, text: text.clone(), doubt });
                }
                match field {
                    F::County => place.county = text,
                    F::Town => place.town = text,
                    F::Village => place.village = text,
                    F::NaturalVillage => place.natural_village = text,
                    _ => place.group = text,
                }
            }
            FieldOf::Household if field != F::HouseholdNo => {
                let text = value::text(cell);
                if !text.is_empty() {
                    facts.extend(judge(field, text, today));
                }
            }
            _ => {}
        }
    }
    let number = layout.at(F::HouseholdNo).map(|column| value::code(row.cell(column)));
    let told = |field: F| layout.at(field).map(|column| value::text(row.cell(column))).unwrap_or_default();
    let head = match (told(F::HeadIdNo), told(F::HeadName)) {
        (id, _) if !id.is_empty() => id,
        (_, name) => name,
    };
    HouseholdRow { number, head, place, facts }
}

/// A place name without the pinyin a web page put behind its characters.
fn place_name(text: String) -> String {
    if text.contains('(') && text.chars().any(char::is_alphabetic) {
        let plain = normalise(&text);
        if plain.artefacts > 0 { plain.text } else { text }
    } else {
        text
    }
}

fn judge(field: F, text: String, today: Day) -> Option<Fact> {
    let plain = |text: String| Some(Fact { field, text, doubt: None });
    let doubted = |text: String, kind, shown| Some(Fact { field, text, doubt: Some((kind, shown)) });
    match field {
        F::BatchYear => match When::read(&text) {
            Some(when) if (1990..=today.year() + 1).contains(&when.year) => plain(when.year.to_string()),
            _ => doubted(text, DoubtKind::YearFormat, Shown::Plain),
        },
        F::FirstIdentified | F::RiskIdentifiedOn | F::RiskClearedOn | F::OutYear => match When::read(&text) {
            Some(when) => plain(when.compact(text.len() == 10 && text.contains('-'))),
            None if text == "无" => None,
            None => doubted(text, DoubtKind::YearFormat, Shown::Plain),
        },
        F::IncomePerCapita => match value::hundredths(&text) {
            Some(income) => plain(value::decimal_text(income)),
            None => doubted(text, DoubtKind::NumberFormat, Shown::Plain),
        },
        F::MemberCountStated => match value::whole(&text).filter(|count| (0..=99).contains(count)) {
            Some(count) => plain(count.to_string()),
            None => doubted(text, DoubtKind::NumberFormat, Shown::Plain),
        },
        F::HouseholdPhone => match value::phone(&text) {
            _ if is_no_phone(&text) => None,
            (phone, true) => plain(phone),
            (phone, false) => doubted(phone, DoubtKind::PhoneFormat, Shown::Phone),
        },
        F::Site => {
            let name = place_name(text);
            if is_garbled_name(&name) { doubted(name, DoubtKind::NameUnrecoverable, Shown::Plain) } else { plain(name) }
        }
        _ => plain(text),
    }
}
