//! What is wrong with an input: judged and named by field, never thrown.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One thing wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Problem {
    /// The field, as the command names it.
    pub field: String,
    /// What is wrong.
    pub kind: ProblemKind,
}

impl Problem {
    /// Names a problem of a field.
    #[must_use]
    pub fn new(field: &str, kind: ProblemKind) -> Self {
        Self { field: field.to_owned(), kind }
    }
}

/// What can be wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum ProblemKind {
    /// It has to be filled in.
    Missing,
    /// A day that has not come yet.
    InFuture,
    /// Longer than fits.
    TooLong {
        /// The most that fits, in characters.
        most: usize,
    },
    /// "Nothing changed" needs someone who said so.
    NobodyMet,
    /// No such field or word.
    Unknown,
    /// A value of the wrong form.
    WrongForm,
    /// There is one of this name already.
    Twice,
}
