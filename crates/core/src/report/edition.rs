//! Two editions of one report: 「第2版：户数+1户」.

use super::{FigureKey, Measure, Report};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One figure that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which figure.
    pub figure: FigureKey,
    /// What the old edition said; `None` where it had no such figure.
    pub was: Option<i64>,
    /// What the new edition says; `None` where it has none.
    pub is: Option<i64>,
}

/// Every figure that changed from one edition to the next, in the order of their keys.
#[must_use]
pub fn diff(old: &Report, new: &Report) -> Vec<Change> {
    let mut both: BTreeMap<&FigureKey, (Option<i64>, Option<i64>)> = BTreeMap::new();
    for figure in old.figures() {
        both.entry(&figure.key).or_default().0 = Some(figure.value);
    }
    for figure in new.figures() {
        both.entry(&figure.key).or_default().1 = Some(figure.value);
    }
    let changed = both.into_iter().filter(|(_, (was, is))| was != is);
    changed.map(|(key, (was, is))| Change { figure: key.clone(), was, is }).collect()
}

/// What an edition changes in all, as its title line says it: `第2版：走访次数+1次、走访户数+1户`.
#[must_use]
pub fn edition_words(edition: u32, old: &Report, new: &Report) -> String {
    let words = Measure::ALL.into_iter().filter_map(|measure| {
        let by = new.total(measure).saturating_sub(old.total(measure));
        (by != 0).then(|| format!("{}{by:+}{}", measure.label(), measure.unit()))
    });
    let words: Vec<String> = words.collect();
    if !words.is_empty() {
        return format!("第{edition}版：{}", words.join("、"));
    }
    let moved = diff(old, new).len();
    if moved == 0 {
        format!("第{edition}版：无变化")
    } else {
        format!("第{edition}版：合计不变，{moved}个分项有变化")
    }
}
