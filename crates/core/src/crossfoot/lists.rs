//! Lists, names and labels: what is enumerated against what it is named after.

use super::{Detail, Finding, Verdict, pass_or};
use std::collections::BTreeSet;

/// What two facility names are told apart by, though they are often one facility.
const ENDINGS: [&str; 12] =
    ["活动中心", "服务中心", "活动室", "服务站", "中心", "室", "站", "所", "点", "厅", "房", "屋"];

/// A list against the template it is named after (F23).
#[must_use]
pub fn against_template(name: &str, listed: &[&str], template: &[&str]) -> Finding {
    let without = |these: &[&str], those: &[&str]| -> Vec<String> {
        these.iter().filter(|item| !those.contains(item)).map(|item| (*item).to_owned()).collect()
    };
    let (missing, extra) = (without(template, listed), without(listed, template));
    let verdict = pass_or(missing.is_empty() && extra.is_empty(), Verdict::Warn);
    Finding::new(verdict, Detail::Template { name: name.to_owned(), missing, extra })
}

/// “三级网格”: every role stands on one of the levels, and no level is empty (F27).
#[must_use]
pub fn levels(name: &str, stated: i64, roles: &[(&str, Option<i64>)]) -> Finding {
    let placed: BTreeSet<i64> = roles.iter().filter_map(|(_, level)| *level).collect();
    let unplaced = roles.iter().filter(|(_, level)| level.is_none_or(|level| !(1..=stated).contains(&level)));
    let unplaced: Vec<String> = unplaced.map(|(role, _)| (*role).to_owned()).collect();
    let empty: Vec<i64> = (1..=stated.min(99)).filter(|level| !placed.contains(level)).collect();
    let verdict = pass_or(unplaced.is_empty() && empty.is_empty(), Verdict::Warn);
    let roles = roles.iter().map(|(role, _)| (*role).to_owned()).collect();
    Finding::new(verdict, Detail::Levels { name: name.to_owned(), stated, roles, unplaced, empty })
}

/// Names that are the same, or differ only in 室, 站, 中心 …: perhaps one thing counted twice.
#[must_use]
pub fn near_duplicates(names: &[&str]) -> Finding {
    let mut pairs = Vec::new();
    for (place, name) in names.iter().enumerate() {
        for other in names.iter().skip(place + 1) {
            if stem(name) == stem(other) {
                pairs.push(((*name).to_owned(), (*other).to_owned()));
            }
        }
    }
    Finding::new(pass_or(pairs.is_empty(), Verdict::Warn), Detail::NearDuplicates { pairs })
}

fn stem(name: &str) -> &str {
    let stem = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
    if stem.chars().count() < 2 { name } else { stem }
}

/// 人 and 人次 are never added (domain.md §1.4, 3.4).
#[must_use]
pub fn same_unit(units: &[&str]) -> Finding {
    let units = each_once(units);
    Finding::new(pass_or(units.len() < 2, Verdict::Fail), Detail::SameUnit { units })
}

/// Two figures are compared only when they speak of one population (domain.md §1.5, 4.17).
#[must_use]
pub fn same_scope(scopes: &[&str]) -> Finding {
    let scopes = each_once(scopes);
    Finding::new(pass_or(scopes.len() < 2, Verdict::Warn), Detail::SameScope { scopes })
}

fn each_once(labels: &[&str]) -> Vec<String> {
    labels.iter().map(|label| (*label).to_owned()).collect::<BTreeSet<_>>().into_iter().collect()
}
