//! A visit 走访, as it is kept. Nothing is compulsory but the household, the person and the day (domain.md §2.9);
//! there is no place for a position, a photo count or a duration.

use crate::day::Day;
use crate::ids::{EntryName, PersonId, UserId};
use crate::problem::{Problem, ProblemKind};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The longest note, in characters (domain.md §2.9).
pub const LONGEST_NOTE: usize = 1000;

/// What was written down about one visit. Lists of words (`mode`, `who_met` …) are the code lists of domain.md §2.9;
/// an unknown word is kept and shown as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode, TS)]
#[cbor(map)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields)]
pub struct Visit {
    /// The day it happened, not the day it was typed in.
    #[n(0)]
    pub day: Day,
    /// Who else went along.
    #[n(1)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Vec<String>")]
    pub with: Vec<UserId>,
    /// How: `home` 入户, `phone` 电话, `video` 视频, `yard_meeting` 院坝会, `market` 圩日遇见, `workplace` 打工地走访.
    #[n(2)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Who was met: `head` 户主, `member` 成员, `neighbour` 邻居, `nobody` 无人.
    #[n(3)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who_met: Option<String>,
    /// Why: `routine` 常规, `greeting` 慰问, `screening` 排查, `checking` 核实, `rectification` 整改, `policy` 送政策.
    #[n(4)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Nothing has changed since last time: one tap.
    #[n(5)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unchanged: bool,
    /// What the household needs.
    #[n(6)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
    /// What was given.
    #[n(7)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aid: Vec<Aid>,
    /// What was promised.
    #[n(8)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<Promise>,
    /// When to come again.
    #[n(9)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_visit_on: Option<Day>,
    /// In one's own words.
    #[n(10)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The three guarantees and water, where looked at: `food`, `clothing`, `schooling`, `insurance`, `housing`, `water`
    /// with what was found. A "no" raises a need of itself (domain.md §2.6).
    #[n(11)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub guarantees: Vec<Guarantee>,
    /// Why it was written down on a later day, in words; never a fault.
    #[n(12)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entered_late: Option<String>,
    /// The entries this one corrects; empty for a new visit.
    #[n(13)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Vec<String>")]
    pub amends: Vec<EntryName>,
    /// Who of the household was met, where `who_met` says `member` and somebody said which.
    #[n(14)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(as = "Option<Vec<String>>")]
    pub met: Option<Vec<PersonId>>,
}

/// A need 诉求 raised at a visit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode, TS)]
#[cbor(map)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields)]
pub struct Need {
    /// What kind: 务工就业, 就学升学, 农产品销路, 基础设施, 住房, 饮水, 医疗, 其他 …
    #[n(0)]
    pub category: String,
    /// In words; may be empty.
    #[n(1)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// Something given in kind 慰问 / 缺一补一.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode, TS)]
#[cbor(map)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields)]
pub struct Aid {
    /// 大米, 食用油, 猪苗 …
    #[n(0)]
    pub item: String,
    /// How many, in hundredths.
    #[n(1)]
    #[ts(type = "number")]
    pub quantity_hundredths: i64,
    /// 袋, 桶, 头 …
    #[n(2)]
    pub unit: String,
}

/// Something promised, with the day it is due where one was named.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode, TS)]
#[cbor(map)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields)]
pub struct Promise {
    /// What was promised.
    #[n(0)]
    pub text: String,
    /// By when.
    #[n(1)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Day>,
}

/// One of the three guarantees or water, as found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode, TS)]
#[cbor(map)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields)]
pub struct Guarantee {
    /// Which: `food` … `water`.
    #[n(0)]
    pub what: String,
    /// Whether it is met.
    #[n(1)]
    pub met: bool,
}

impl Visit {
    /// What is wrong with it: judged, not thrown. An empty list may be saved.
    #[must_use]
    pub fn problems(&self, today: Day) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.day == Day::default() {
            found.push(Problem::new("day", ProblemKind::Missing));
        } else if self.day > today.plus(1) {
            found.push(Problem::new("day", ProblemKind::InFuture));
        }
        let note = self.note.as_deref().unwrap_or_default();
        if note.chars().count() > LONGEST_NOTE {
            found.push(Problem::new("note", ProblemKind::TooLong { most: LONGEST_NOTE }));
        }
        if self.unchanged && self.who_met.as_deref() == Some("nobody") {
            found.push(Problem::new("unchanged", ProblemKind::NobodyMet));
        }
        if self.needs.iter().any(|need| need.category.is_empty() && need.text.is_empty()) {
            found.push(Problem::new("needs", ProblemKind::Missing));
        }
        if self.promises.iter().any(|promise| promise.text.is_empty()) {
            found.push(Problem::new("promises", ProblemKind::Missing));
        }
        if self.aid.iter().any(|aid| aid.item.is_empty()) {
            found.push(Problem::new("aid", ProblemKind::Missing));
        }
        found
    }

    /// All needs of the visit, those that a guarantee not met raises of itself among them (domain.md §2.6).
    #[must_use]
    pub fn needs_raised(&self) -> Vec<Need> {
        let unmet = self.guarantees.iter().filter(|guarantee| !guarantee.met);
        let from_guarantees = unmet.map(|guarantee| Need { category: guarantee.what.clone(), text: String::new() });
        self.needs.iter().cloned().chain(from_guarantees).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(visit: &Visit, expect: &[(&str, ProblemKind)]) {
        let today = Day::parse("2026-11-21").unwrap();
        let found: Vec<_> = visit.problems(today).into_iter().map(|problem| (problem.field, problem.kind)).collect();
        let expect: Vec<_> = expect.iter().map(|(field, kind)| ((*field).to_owned(), kind.clone())).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn a_visit_needs_nothing_but_a_day() {
        let day = Day::parse("2026-11-20").unwrap();
        check(&Visit { day, ..Visit::default() }, &[]);
        check(&Visit::default(), &[("day", ProblemKind::Missing)]);
        check(&Visit { day: day.plus(9), ..Visit::default() }, &[("day", ProblemKind::InFuture)]);
        check(
            &Visit { day, note: Some("长".repeat(1001)), ..Visit::default() },
            &[("note", ProblemKind::TooLong { most: 1000 })],
        );
        check(
            &Visit { day, unchanged: true, who_met: Some("nobody".into()), ..Visit::default() },
            &[("unchanged", ProblemKind::NobodyMet)],
        );
        check(&Visit { day, needs: vec![Need::default()], ..Visit::default() }, &[("needs", ProblemKind::Missing)]);
        check(
            &Visit { day, promises: vec![Promise::default()], ..Visit::default() },
            &[("promises", ProblemKind::Missing)],
        );
        check(&Visit { day, aid: vec![Aid::default()], ..Visit::default() }, &[("aid", ProblemKind::Missing)]);
    }

    #[test]
    fn a_guarantee_not_met_is_a_need() {
        let visit = Visit {
            guarantees: vec![
                Guarantee { what: "water".into(), met: false },
                Guarantee { what: "housing".into(), met: true },
            ],
            ..Visit::default()
        };
        assert_eq!(visit.needs_raised(), [Need { category: "water".into(), text: String::new() }]);
    }

    #[test]
    fn a_visit_reads_back_as_it_was_written() {
        let visit = Visit {
            day: Day::parse("2026-11-20").unwrap(),
            needs: vec![Need { category: "饮水".into(), text: "水管裂了".into() }],
            next_visit_on: Day::parse("2026-12-20"),
            note: Some("老人一人在家".into()),
            ..Visit::default()
        };
        let bytes = minicbor::to_vec(&visit).unwrap();
        assert_eq!(crate::form::check(&bytes), Ok(()));
        assert_eq!(minicbor::decode::<Visit>(&bytes).unwrap(), visit);
    }
}
