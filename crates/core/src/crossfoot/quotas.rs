//! Helpers and households: 处级5户、科级4户、一般3户.

use super::{Detail, Finding, Verdict, pass_or, rounded, whole};

/// The fewest and most helpers whom quotas let cover all households; a stated number below the fewest cannot (F19).
#[must_use]
pub fn quota_bounds(quotas: &[i64], households: i64, helpers: Option<i64>) -> Finding {
    let up = |quota: &i64| whole(-(-i128::from(households)).div_euclid(i128::from(*quota)));
    let positive = || quotas.iter().filter(|quota| **quota > 0);
    let (fewest, most) = (positive().max().map_or(0, up), positive().min().map_or(0, up));
    let feasible = positive().next().is_some() && helpers.is_none_or(|helpers| helpers >= fewest);
    let detail = Detail::QuotaBounds { quotas: quotas.to_vec(), households, fewest, most, helpers };
    Finding::new(pass_or(feasible, Verdict::Fail), detail)
}

/// So many helpers, each with at least the quota, reach all households (F20).
#[must_use]
pub fn quota_reach(helpers: i64, quota: i64, households: i64) -> Finding {
    let reach = whole(i128::from(helpers) * i128::from(quota));
    let detail = Detail::QuotaReach { helpers, quota, reach, households };
    Finding::new(pass_or(reach >= households, Verdict::Fail), detail)
}

/// “一对一” means what it says: the average rounds to what is stated (F13).
#[must_use]
pub fn load(helpers: i64, households: i64, stated_each: i64) -> Finding {
    let same = rounded(households, helpers, 0).is_some_and(|each| each.units == stated_each);
    let detail = Detail::Load { helpers, households, stated_each, each: rounded(households, helpers, 2) };
    Finding::new(pass_or(same, Verdict::Warn), detail)
}
