//! Parts and their total: 114 + 50 + 108 = 272.

use super::{Detail, Finding, Labelled, Printed, Suggestion, Verdict, pass_or, whole};

/// One part of a sum, with the bounds within which it would be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its label in the table.
    pub label: String,
    /// What is stated; `None` where the cell is blank.
    pub value: Option<i64>,
    /// The least it can be.
    pub least: i64,
    /// The most it can be, where something bounds it.
    pub most: Option<i64>,
}

impl Part {
    /// A part that may be any count.
    #[must_use]
    pub fn new(label: &str, value: i64) -> Self {
        Self { label: label.to_owned(), value: Some(value), least: 0, most: None }
    }

    /// The same part, believed only within these bounds.
    #[must_use]
    pub fn within(self, least: i64, most: i64) -> Self {
        Self { least, most: Some(most), ..self }
    }

    fn believes(&self, value: i64) -> bool {
        value >= self.least && self.most.is_none_or(|most| value <= most)
    }
}

/// Parts add up to the total. When they do not, and exactly one part could be the wrong one, it says what that part
/// would have to be: the one part that is already beyond belief, or else the only one that can take the difference.
#[must_use]
pub fn sum(what: &str, parts: &[Part], stated: i64) -> Finding {
    let known: Vec<Labelled> = parts.iter().filter_map(|part| Some((part.label.clone(), part.value?))).collect();
    let blank: Vec<String> = parts.iter().filter(|part| part.value.is_none()).map(|part| part.label.clone()).collect();
    let found = whole(known.iter().map(|(_, value)| i128::from(*value)).sum());
    let missing = whole(i128::from(stated) - i128::from(found));
    let verdict = match (missing, blank.is_empty()) {
        (0, _) => Verdict::Pass,
        (1.., false) => Verdict::Warn,
        _ => Verdict::Fail,
    };
    let suggestion = if missing == 0 { None } else { the_one_to_mend(parts, missing) };
    let suggestion = suggestion.map(|(label, value)| Suggestion { label, column: what.to_owned(), value });
    Finding { verdict, detail: Detail::Sum { what: what.to_owned(), parts: known, blank, found, stated }, suggestion }
}

fn the_one_to_mend(parts: &[Part], missing: i64) -> Option<Labelled> {
    let mended = |part: &Part| Some((part.label.clone(), part.value.unwrap_or(0).checked_add(missing)?));
    let mendable = |part: &&Part| mended(part).is_some_and(|(_, value)| part.believes(value));
    let doubtful: Vec<&Part> =
        parts.iter().filter(|part| part.value.is_none_or(|value| !part.believes(value))).collect();
    let candidates: Vec<&Part> = if doubtful.is_empty() { parts.iter().collect() } else { doubtful };
    let mut candidates = candidates.into_iter().filter(mendable);
    match (candidates.next(), candidates.next()) {
        (Some(part), None) => mended(part),
        _ => None,
    }
}

/// Channels explain the whole: a remainder has no channel (F17), more than the whole cannot be.
#[must_use]
pub fn coverage(what: &str, parts: &[Labelled], of: i64) -> Finding {
    let found = whole(parts.iter().map(|(_, value)| i128::from(*value)).sum());
    let verdict = if found > of { Verdict::Fail } else { pass_or(found == of, Verdict::Warn) };
    Finding::new(verdict, Detail::Coverage { what: what.to_owned(), parts: parts.to_vec(), found, whole: of })
}

/// A count times an average, against what is stated if anything is (F09).
#[must_use]
pub fn product(count: i64, each: Printed, stated: Option<Printed>) -> Finding {
    let found = Printed { units: whole(i128::from(count) * i128::from(each.units)), places: each.places };
    let same = |stated: Printed| {
        i128::from(stated.units) * i128::from(found.scale()) == i128::from(found.units) * i128::from(stated.scale())
    };
    let verdict = pass_or(stated.is_none_or(same), Verdict::Fail);
    Finding::new(verdict, Detail::Product { count, each, found, stated })
}
