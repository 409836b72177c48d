//! How often something happens, and how long a stated period is.

use super::{Detail, Finding, Verdict, pass_or};

/// “2014至2017” is four years, not five (F14). Both years count.
#[must_use]
pub fn period_length(from: i32, to: i32, stated: i32) -> Finding {
    let found = to.saturating_sub(from).saturating_add(1);
    let detail = Detail::PeriodLength { from, to, found, stated };
    Finding::new(pass_or(found == stated, Verdict::Warn), detail)
}

/// Meetings of one branch in one year, from what each kind is held a year (F24).
#[must_use]
pub fn meetings_a_year(kinds: &[(&str, u32)]) -> u32 {
    kinds.iter().map(|(_, times)| times).sum()
}

/// How many times something done every so many days happens within so many days (F25); none when `every` is 0.
#[must_use]
pub fn count_every(every: u32, within: u32) -> u32 {
    within.checked_div(every).unwrap_or(0)
}
