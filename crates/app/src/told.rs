//! What was written about a household, told apart by kind, so that every screen can say it in its own language.

use crate::card::mask;
use crate::moving;
use lianhu_core::change::{Change, Put};
use lianhu_core::day::Day;
use lianhu_core::directive::{Approval, Grant, GrantEnd};
use lianhu_core::entry::kind;
use lianhu_core::field;
use lianhu_core::handover::HandoverNote;
use lianhu_core::ids::EntryName;
use lianhu_core::inspection::SampleOpened;
use lianhu_core::join::{Apart, Join, JoinEnd};
use lianhu_core::record::{Absent, AbsentAnswer, NeedStep, PlacementWanted, Remark, Strike};
use lianhu_core::scalar::Scalar;
use lianhu_core::visit::Visit;
use lianhu_ledger::Happened;
use serde::Serialize;
use ts_rs::TS;

/// Why a record is struck that its author has just written, by 撤回.
pub(crate) const TAKEN_BACK: &str = "点错了，撤回";
/// Why a strike is struck: what it had struck counts again.
pub(crate) const RESTORED: &str = "撤回作废";

/// One thing that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "told", rename_all = "snake_case")]
pub enum Told {
    /// A visit, or a correction of one: then it names what it amends.
    Visit {
        /// The visit.
        visit: Box<Visit>,
    },
    /// Facts were changed.
    Change {
        /// Which, to what.
        facts: Vec<FactTold>,
    },
    /// A record was struck.
    Strike {
        /// Why.
        reason: String,
        /// The record.
        record: EntryName,
        /// The head of the household it was moved to, or moved back to, where that is why.
        moved_to: Option<String>,
        /// Whether it takes back what its author had just done.
        back: bool,
    },
    /// A strike was taken back: what it had struck counts again.
    Restored {
        /// The strike.
        strike: EntryName,
    },
    /// A remark to somebody else's record.
    Remark {
        /// In words.
        text: String,
        /// The visit that came from another household, where that is what it says.
        moved_from: Option<MovedFrom>,
    },
    /// The household was met for the first time.
    Registration,
    /// A need went a step further.
    NeedStep {
        /// 登记 0, 受理 1, 办理 2, 办结 3, 评价 4.
        step: u8,
        /// What was done.
        result: Option<String>,
    },
    /// A newer roster no longer names somebody.
    Absent {
        /// The file.
        file: String,
    },
    /// That was answered.
    AbsentAnswer {
        /// What it is in truth.
        answer: String,
    },
    /// A word of advice was left for whoever takes the household over.
    Handover {
        /// It.
        advice: String,
    },
    /// Another place was asked for.
    PlacementWanted {
        /// Why.
        reason: String,
    },
    /// The household was placed.
    Placement,
    /// It was entrusted.
    Grant {
        /// As what.
        duty: String,
    },
    /// It was taken back.
    GrantEnd {
        /// Why.
        reason: String,
    },
    /// What was said of a fact of weight counts from here on.
    Approval {
        /// What the field calls it.
        label: String,
        /// Its key.
        key: String,
    },
    /// It was joined into another household, or persons of it were.
    Join {
        /// Whether it is the same household.
        whole: bool,
        /// How many persons are somebody on the other card.
        persons: u32,
        /// Why.
        reason: String,
    },
    /// That was parted again.
    JoinEnd {
        /// Why.
        reason: String,
    },
    /// It is not the same as another that looks like it.
    Apart {
        /// How one knows.
        reason: String,
    },
    /// An inspection opened it as a drawn sample: its name, address and telephone were shown.
    SampleOpened {
        /// Which team.
        team: String,
    },
    /// Something that a later version knows.
    Other,
}

/// A visit that was moved here from another household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct MovedFrom {
    /// The day of the visit.
    pub day: Day,
    /// The head of the household it was written down under.
    pub head: String,
}

/// A fact as it was put.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FactTold {
    /// The key under which it is kept.
    pub key: String,
    /// What the field calls it.
    pub label: String,
    /// The value, masked where its class asks for it; none means it was cleared.
    pub value: Scalar,
}

impl Told {
    /// Reads what happened. What cannot be read is something of a later version.
    pub(crate) fn of(happened: &Happened) -> Self {
        let read = match happened.kind {
            kind::VISIT => body::<Visit>(happened).map(|visit| Self::Visit { visit: Box::new(visit) }),
            kind::CHANGE => body::<Change>(happened)
                .map(|change| Self::Change { facts: change.puts.iter().filter_map(fact).collect() }),
            kind::STRIKE => body::<Strike>(happened).map(|strike| {
                let (moved, moved_back) = (moving::moved_to(&strike.reason), moving::moved_back(&strike.reason));
                let moved_to = moved.or(moved_back).map(str::to_owned);
                let (record, back) = (strike.record, moved_back.is_some() || strike.reason == TAKEN_BACK);
                if strike.reason == RESTORED {
                    Self::Restored { strike: record }
                } else {
                    Self::Strike { reason: strike.reason, record, moved_to, back }
                }
            }),
            kind::REMARK => body::<Remark>(happened).map(|remark| {
                let from = moving::moved_from(&remark.text);
                let moved_from = from.map(|(day, head)| MovedFrom { day, head: head.to_owned() });
                Self::Remark { text: remark.text, moved_from }
            }),
            kind::REGISTRATION => Some(Self::Registration),
            kind::NEED_STEP => {
                body::<NeedStep>(happened).map(|step| Self::NeedStep { step: step.step, result: step.result })
            }
            kind::ABSENT => body::<Absent>(happened).map(|absent| Self::Absent { file: absent.file }),
            kind::ABSENT_ANSWER => {
                body::<AbsentAnswer>(happened).map(|answer| Self::AbsentAnswer { answer: answer.answer })
            }
            kind::HANDOVER_NOTE => body::<HandoverNote>(happened).map(|note| Self::Handover { advice: note.advice }),
            kind::PLACEMENT_WANTED => {
                body::<PlacementWanted>(happened).map(|wanted| Self::PlacementWanted { reason: wanted.reason })
            }
            kind::PLACEMENT => Some(Self::Placement),
            kind::GRANT => body::<Grant>(happened).map(|grant| Self::Grant { duty: grant.duty }),
            kind::GRANT_END => body::<GrantEnd>(happened).map(|end| Self::GrantEnd { reason: end.reason }),
            kind::APPROVAL => body::<Approval>(happened).and_then(|approval| {
                let label = field::field_of_key(&approval.key)?.label.to_owned();
                Some(Self::Approval { label, key: approval.key })
            }),
            kind::JOIN => body::<Join>(happened).map(|join| {
                let persons = u32::try_from(join.persons.len()).unwrap_or(u32::MAX);
                Self::Join { whole: join.whole, persons, reason: join.reason }
            }),
            kind::JOIN_END => body::<JoinEnd>(happened).map(|end| Self::JoinEnd { reason: end.reason }),
            kind::APART => body::<Apart>(happened).map(|apart| Self::Apart { reason: apart.reason }),
            kind::SAMPLE_OPENED => {
                body::<SampleOpened>(happened).map(|opened| Self::SampleOpened { team: opened.team })
            }
            _ => None,
        };
        read.unwrap_or(Self::Other)
    }
}

fn body<T: for<'b> minicbor::Decode<'b, ()>>(happened: &Happened) -> Option<T> {
    minicbor::decode(&happened.body).ok()
}

/// A fact as it may be shown; keys that no field names are shown to nobody.
fn fact(put: &Put) -> Option<FactTold> {
    let field = field::field_of_key(&put.key)?;
    Some(FactTold { key: put.key.clone(), label: field.label.to_owned(), value: mask(field, put.value.clone()) })
}
