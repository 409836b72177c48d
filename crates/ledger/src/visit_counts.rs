//! How many visits each household had in a period: whole stretches of 32 days from the tally, the days around them from
//! the visits themselves. A year of a county is some 300,000 short rows lying side by side instead of a million visits.

use crate::error::Result;
use crate::store::Tx;
use lianhu_core::day::{Day, Period};
use rusqlite::params;
use std::collections::BTreeMap;

/// Days in one stretch of the tally.
const DAYS: i32 = 32;

/// Visits by household id.
pub(crate) type Counts = BTreeMap<[u8; 16], u32>;

/// The stretch of the tally that holds a day.
pub(crate) fn stretch_of(day: Day) -> i32 {
    day.0.div_euclid(DAYS)
}

/// A period in its parts: the whole stretches within it, first and last, and the days before and after them.
#[derive(Debug, PartialEq, Eq)]
struct Parts {
    whole: Option<(i32, i32)>,
    around: Vec<Period>,
}

fn parts(period: Period) -> Parts {
    if period.from > period.to {
        return Parts { whole: None, around: Vec::new() };
    }
    let first = stretch_of(period.from.plus(DAYS - 1));
    let last = stretch_of(period.to.plus(1)) - 1;
    if first > last {
        return Parts { whole: None, around: vec![period] };
    }
    let before = Period { from: period.from, to: Day(first * DAYS - 1) };
    let after = Period { from: Day((last + 1) * DAYS), to: period.to };
    let around = [before, after].into_iter().filter(|part| part.from <= part.to).collect();
    Parts { whole: Some((first, last)), around }
}

impl Tx<'_> {
    /// The visits that count of every household held, in a period; who had none is left out.
    pub(crate) fn visit_counts(&self, period: Period) -> Result<Counts> {
        let mut counts = Counts::new();
        let parts = parts(period);
        if let Some((first, last)) = parts.whole {
            let sql = "select household, visits from visit_tally where stretch between ?1 and ?2";
            self.all(sql, params![first, last], |row| {
                *counts.entry(row.get(0)?).or_default() += row.get::<_, u32>(1)?;
                Ok(())
            })?;
        }
        for part in parts.around {
            let sql = "select household from visit where day between ?1 and ?2 and struck = 0";
            self.all(sql, params![part.from.0, part.to.0], |row| {
                *counts.entry(row.get(0)?).or_default() += 1;
                Ok(())
            })?;
        }
        // Those on a card that is joined count for the one it is shown on.
        let joined = self.all("select household, root from joined", [], |row| {
            Ok((row.get::<_, [u8; 16]>(0)?, row.get::<_, [u8; 16]>(1)?))
        })?;
        for (household, root) in joined {
            if let Some(visits) = counts.remove(&household) {
                *counts.entry(root).or_default() += visits;
            }
        }
        Ok(counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every day of the period is in exactly one part, and no other day in any.
    #[test]
    fn the_parts_of_a_period_hold_each_of_its_days_once() {
        for from in -70..70 {
            for to in -71..140 {
                let parts = parts(Period { from: Day(from), to: Day(to) });
                for day in -80..150 {
                    let whole = parts.whole.is_some_and(|(first, last)| (first..=last).contains(&stretch_of(Day(day))));
                    let around = parts.around.iter().filter(|part| part.holds(Day(day))).count();
                    let times = usize::from(whole) + around;
                    assert_eq!(times, usize::from((from..=to).contains(&day)), "day {day} of {from}..{to}");
                }
            }
        }
    }

    #[test]
    fn a_period_without_end_has_parts_too() {
        let parts = parts(Period { from: Day(i32::MIN / 2), to: Day(i32::MAX / 2) });
        assert!(parts.whole.is_some_and(|(first, last)| first < -1_000_000 && last > 1_000_000));
    }
}
