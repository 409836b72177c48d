//! Persons per household, times per person, money per person.

use super::{Detail, Finding, Printed, Verdict, pass_or, rounded, whole};

/// The least and most persons a household has on average, in any table of some size (domain.md §1.6 F04).
pub(super) const HOUSEHOLD_SIZE: (i64, i64) = (2, 6);

/// Each household has at least one person, and no person is without a household.
#[must_use]
pub fn persons_households(label: &str, households: i64, persons: i64) -> Finding {
    let holds = households >= 0 && persons >= households && (persons == 0 || households > 0);
    let detail = Detail::PersonsHouseholds { label: label.to_owned(), households, persons, stated_total: None };
    Finding::new(pass_or(holds, Verdict::Fail), detail)
}

/// Two to six persons a household; beyond that a person should look. Without households it speaks as
/// [`persons_households`].
#[must_use]
pub fn household_size(label: &str, households: i64, persons: i64) -> Finding {
    let Some(ratio) = rounded(persons, households, 3) else {
        return persons_households(label, households, persons);
    };
    let (least, most) = HOUSEHOLD_SIZE;
    let persons_wide = i128::from(persons);
    let within = persons_wide >= i128::from(households) * i128::from(least)
        && persons_wide <= i128::from(households) * i128::from(most);
    let detail = Detail::HouseholdSize { label: label.to_owned(), households, persons, ratio };
    Finding::new(pass_or(within, Verdict::Warn), detail)
}

/// Times per person (人次 ÷ 人) within reason; `most` is the county's own bound.
#[must_use]
pub fn per_head(label: &str, times: i64, persons: i64, most: i64) -> Finding {
    let within = persons > 0 && i128::from(times) <= i128::from(persons) * i128::from(most);
    let detail = Detail::PerHead { label: label.to_owned(), times, persons, each: rounded(times, persons, 1), most };
    Finding::new(pass_or(within, Verdict::Warn), detail)
}

/// Money per person within reason. Beyond it, it looks which slip of the unit (千, 万, 千万, 亿) would bring it back.
#[must_use]
pub fn money_per_person(yuan: i64, persons: i64, most: i64) -> Finding {
    let each = rounded(yuan, persons, 0).map_or(yuan, |each| each.units);
    let fits = |divisor: &i64| each / divisor <= most && each / divisor > 0;
    let within = persons > 0 && each <= most;
    let fits_divided_by = if within { None } else { [10, 100, 1_000, 10_000, 100_000_000].into_iter().find(fits) };
    let detail = Detail::MoneyPerPerson { yuan, persons, each, most, fits_divided_by };
    Finding::new(pass_or(within, Verdict::Fail), detail)
}

/// The number of households behind an average of persons a household; the bounds are rounded outward (F16).
#[must_use]
pub fn implied_households(persons: i64, each: Printed) -> Finding {
    let (doubled, units) = (i128::from(persons) * 2 * i128::from(each.scale()), i128::from(each.units));
    if units < 1 || persons < 0 {
        let detail = Detail::ImpliedHouseholds { persons, each, likely: 0, least: 0, most: 0 };
        return Finding::new(Verdict::Fail, detail);
    }
    let likely = whole((doubled + units).div_euclid(2 * units));
    let least = whole(doubled.div_euclid(2 * units + 1));
    let most = whole(-(-doubled).div_euclid(2 * units - 1));
    Finding::new(Verdict::Pass, Detail::ImpliedHouseholds { persons, each, likely, least, most })
}
