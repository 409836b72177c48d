//! The small records beside the visit: strikes, remarks, steps of a need, questions that a newer file leaves open.

use crate::day::Day;
use crate::ids::{EntryName, PersonId, PlaceId};
use minicbor::{Decode, Encode};

/// Hides a record that should not have been. The record stays in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Strike {
    /// The record.
    #[n(0)]
    pub record: EntryName,
    /// Why, in words.
    #[n(1)]
    pub reason: String,
}

/// A remark to somebody else's record.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Remark {
    /// The record.
    #[n(0)]
    pub record: EntryName,
    /// In words.
    #[n(1)]
    pub text: String,
}

/// A household met for the first time. Once numbered it places the household and entrusts it to the author.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Registration {
    /// Where it was met: inside the author's own area.
    #[n(0)]
    pub place: PlaceId,
}

/// What became of a need: 登记 0, 受理 1, 办理 2, 办结 3, 评价 4. The furthest step counts (domain.md §5.1).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct NeedStep {
    /// The visit that raised it.
    #[n(0)]
    pub visit: EntryName,
    /// The how-manieth need of that visit, from 0.
    #[n(1)]
    pub index: u16,
    /// How far it has come.
    #[n(2)]
    pub step: u8,
    /// On which day.
    #[n(3)]
    pub day: Day,
    /// What was done, in words.
    #[n(4)]
    pub result: Option<String>,
}

/// A newer file no longer names this household, or this person of it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Absent {
    /// The person; nobody means the whole household.
    #[n(0)]
    pub person: Option<PersonId>,
    /// The title of the file's sheet and its day, as the person who imported it knows it.
    #[n(1)]
    pub file: String,
}

/// The answer to an [`Absent`] question.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AbsentAnswer {
    /// The question.
    #[n(0)]
    pub question: EntryName,
    /// What is so, in words: still here, moved away, died …
    #[n(1)]
    pub answer: String,
}

/// A helper wants the household placed elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PlacementWanted {
    /// Where it should be.
    #[n(0)]
    pub place: PlaceId,
    /// Why, in words.
    #[n(1)]
    pub reason: String,
}
