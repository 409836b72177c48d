//! Columns told by what stands in them: a header nobody knows above eighteen-digit numbers is 证件号码 all the same.

use crate::field::RosterField as F;
use crate::grid::Row;
use crate::header::{ColumnFate, Header};
use crate::person::PersonReader;
use crate::value::{self, Code};

/// Rows whose cells are looked at.
const SAMPLE: usize = 20;

/// Fills in fields that no header told, from the rows below it; what is refused stays refused.
pub(crate) fn complete(header: &mut Header<F>, rows: &[Row], people: &mut PersonReader) {
    let sample: Vec<&Row> = rows.iter().filter(|row| row.number > header.last_row).take(SAMPLE).collect();
    let mut kinship = |text: &str| people.kinship(text).listed;
    for (field, is_it) in [(F::IdNo, &mut is_certificate as &mut dyn FnMut(&str) -> bool), (F::Relation, &mut kinship)]
    {
        if header.columns.iter().any(|column| column.field == Some(field)) {
            continue;
        }
        let told = header.columns.iter_mut().filter(|column| column.fate == ColumnFate::Ignored).find(|column| {
            let texts = sample.iter().map(|row| row.cell(column.index)).map(|cell| match value::code(cell) {
                Code::Whole(text) => text,
                Code::Empty | Code::Destroyed => String::new(),
            });
            let texts: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
            let fitting = texts.iter().filter(|text| is_it(text)).count();
            texts.len() >= 2 && fitting * 5 >= texts.len() * 4
        });
        if let Some(column) = told {
            column.field = Some(field);
            column.fate = ColumnFate::Understood;
        }
    }
}

fn is_certificate(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let century = text.get(6..8).is_some_and(|century| matches!(century, "19" | "20"));
    text.is_ascii() && matches!(text.len(), 18 | 20 | 22) && digits >= 17 && century
}
