//! 交接: what whoever goes tells whoever comes about a household, and that it was taken over. All else of the page is in the
//! ledger already, and is written nowhere a second time.

use crate::ids::{EntryName, UserId};
use minicbor::{Decode, Encode};

/// The longest advice, in characters.
pub const LONGEST_ADVICE: usize = 200;
/// The most households that are taken over by one entry.
pub const MOST_TAKEN: usize = 1_000;

/// Advice for the successor; about the household. The newest one holds.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct HandoverNote {
    /// In words, at most [`LONGEST_ADVICE`] characters; may be empty.
    #[n(0)]
    pub advice: String,
    /// For whom, where that is known.
    #[n(1)]
    pub to: Option<UserId>,
}

/// The successor has looked at the pages and taken them over; about whoever gave them, who need not hold the households any
/// more and sees it all the same.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct HandoverTaken {
    /// The notes, one for each household.
    #[n(0)]
    pub notes: Vec<EntryName>,
}
