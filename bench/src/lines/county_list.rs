//! Thirty thousand households on one screen: the list opens, and typing finds.

use super::Measured;
use super::save::{median, p99};
use crate::line::Line;
use crate::whole::Whole;
use anyhow::{Result, ensure};
use std::time::Instant;

/// Times of one question, repeated, in milliseconds.
fn times(mut ask: impl FnMut() -> Result<()>, runs: usize) -> Result<Vec<f64>> {
    let mut times = Vec::new();
    for _ in 0..runs {
        let begun = Instant::now();
        ask()?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_unstable_by(f64::total_cmp);
    Ok(times)
}

/// The first page, a page far down, and every way to search; medians, with the worst in the note.
pub(crate) fn measure(whole: &mut Whole) -> Measured {
    let ledger = whole.village.ledger();
    let open = |from: u32| -> Result<()> {
        let page = ledger.households("", None, from, 50)?;
        ensure!(page.rows.len() == 50, "a page of {}", page.rows.len());
        Ok(())
    };
    let mut lines = Vec::new();
    for (name, from) in [("opens", 0), ("opens far down", 20_000)] {
        let found = times(|| open(from), 15)?;
        let note = format!("worst {:.0} ms", found.last().copied().unwrap_or(0.0));
        lines.push(Line::at_most(format!("30,000 households: list {name}"), median(&found), 100.0, "ms").noting(note));
    }
    let some: Vec<_> = ledger.households("", None, 12_345, 8)?.rows;
    let mut queries: Vec<(&str, String)> = Vec::new();
    for row in &some {
        let people = ledger.persons(row.id)?;
        let person = people.last();
        let tail = |text: Option<&String>| {
            text.map(|text| text.chars().skip(text.chars().count().saturating_sub(4)).collect())
        };
        queries.push(("name", row.head.clone()));
        queries.extend(tail(person.and_then(|person| person.id_no.as_ref())).map(|tail: String| ("ID tail", tail)));
        queries.extend(row.door.clone().map(|door| ("room", door)));
        queries.extend(row.national_no.clone().map(|number| ("number", number)));
    }
    queries.extend(["cw", "sy", "wang", "duanlin"].map(|letters| ("pinyin", letters.to_owned())));
    queries.extend(["1234", "9981", "0506"].map(|tail| ("phone tail", tail.to_owned())));
    let mut slowest = ("", 0.0);
    let mut all = Vec::new();
    for (what, query) in &queries {
        let found = median(&times(|| ledger.households(query, None, 0, 50).map(drop).map_err(Into::into), 3)?);
        all.push(found);
        if found > slowest.1 {
            slowest = (what, found);
        }
    }
    let worst = p99(&mut all);
    let note = format!("{} searches, median {:.1} ms, slowest by {}", all.len(), median(&all), slowest.0);
    lines.push(Line::at_most("30,000 households: search, p99", worst, 30.0, "ms").noting(note));
    let mut pairs = 0;
    let found = times(
        || {
            pairs = ledger.duplicate_candidates(None, 0, 50)?.total;
            Ok(())
        },
        5,
    )?;
    let note = format!("{pairs} pairs; worst {:.0} ms", found.last().copied().unwrap_or(0.0));
    let name = "30,000 households: those that may be written down twice, first page";
    lines.push(Line::at_most(name, median(&found), 100.0, "ms").noting(note));
    Ok(lines)
}
