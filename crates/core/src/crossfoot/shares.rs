//! Parts of a whole, and percentages that some whole number of cases must give.

use super::{Detail, Finding, Labelled, Printed, Verdict, pass_or, rounded, whole};

/// A few hold most: this share of the whole in percent, among at most this share of the holders.
const MOST_SHARE: (i128, i128) = (50, 10);

/// A part is no larger than its whole; the share comes with it, in percent of two places.
#[must_use]
pub fn part_of_whole(part: Labelled, of: Labelled) -> Finding {
    let holds = (0..=of.1).contains(&part.1);
    let percent = rounded(part.1.saturating_mul(100), of.1, 2);
    Finding::new(pass_or(holds, Verdict::Fail), Detail::PartOfWhole { part, whole: of, percent })
}

/// Some whole number of cases, out of the whole, is printed as this percentage; otherwise its nearest neighbours (F10).
#[must_use]
pub fn percent_of_whole(percent: Printed, of: i64) -> Finding {
    let near = i128::from(percent.units) * i128::from(of) / (100 * i128::from(percent.scale()));
    let printed = |cases: i64| {
        rounded(cases.saturating_mul(100), of, percent.places).unwrap_or(Printed { units: 0, places: percent.places })
    };
    let floor = whole(near).clamp(0, of.max(0));
    let exact = (floor.saturating_sub(1)..=floor.saturating_add(1))
        .find(|cases| (0..=of).contains(cases) && printed(*cases) == percent);
    let above = floor.saturating_add(1);
    let detail = Detail::PercentOfWhole {
        percent,
        whole: of,
        exact,
        below: (floor, printed(floor)),
        above: (above, printed(above)),
    };
    Finding::new(pass_or(of > 0 && exact.is_some(), Verdict::Fail), detail)
}

/// Two rates and the persons who left between them imply one population; a stated one must lie within the rounding (F12).
#[must_use]
pub fn same_base(before: Printed, after: Printed, persons: i64, stated: Option<i64>) -> Finding {
    let places = before.places.max(after.places);
    let raise = |rate: Printed| i128::from(rate.units) * 10_i128.pow(places.saturating_sub(rate.places));
    let drop = raise(before) - raise(after);
    let detail = |base, least, most| Detail::SameBase { before, after, persons, base, least, most, stated };
    if drop < 2 || persons < 0 {
        return Finding::new(Verdict::Fail, detail(0, 0, 0));
    }
    let hundred = i128::from(persons) * 100 * 10_i128.pow(places);
    let base = whole((2 * hundred + drop).div_euclid(2 * drop));
    let (least, most) = (whole(hundred.div_euclid(drop + 1)), whole(-(-hundred).div_euclid(drop - 1)));
    let holds = stated.is_none_or(|stated| (least..=most).contains(&stated));
    Finding::new(pass_or(holds, Verdict::Fail), detail(base, least, most))
}

/// Half of the whole with a tenth of the holders: the average says little (F22).
#[must_use]
pub fn concentration(part: i64, of: i64, holders: i64, of_holders: i64) -> Finding {
    let (most_share, few) = MOST_SHARE;
    let much = i128::from(part) * 100 >= i128::from(of) * most_share && of > 0;
    let by_few = i128::from(holders) * 100 <= i128::from(of_holders) * few;
    let percent = rounded(part.saturating_mul(100), of, 1);
    let detail = Detail::Concentration { part, whole: of, holders, of: of_holders, percent };
    Finding::new(pass_or(!(much && by_few), Verdict::Warn), detail)
}
