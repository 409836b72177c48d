//! How far a device has read in the county's log: three positions, whatever the number of households.

use crate::entry::About;
use crate::ids::Epoch;
use minicbor::{Decode, Encode};

/// How far a device has read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Cursor {
    /// Of which life of the log; nothing before the first exchange.
    #[n(0)]
    pub epoch: Option<Epoch>,
    /// Everything in scope up to this number is here, but for what is still being filled in.
    #[n(1)]
    pub number: u64,
    /// How far the back-fills have come.
    #[n(2)]
    pub fill: Fill,
    /// How far the news of grants and their ends have come.
    #[n(3)]
    pub grants: Fill,
    /// What is fetched once more because the digests differ, from this number on.
    #[n(4)]
    pub again: Vec<Again>,
}

impl Cursor {
    /// What of it still holds in a log that agrees with the one it was read from up to this number. All that was
    /// granted is told anew: of what came after, neither side can say what the other has heard.
    pub fn cut_to(&mut self, base: u64) {
        self.number = self.number.min(base);
        if self.fill.since > base {
            self.fill = Fill { since: base, about: None, upto: 0 };
        }
        self.grants = Fill::default();
        self.again.clear();
    }
}

/// A place in the list of what was granted, ordered by the number of the grant and then by what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Fill {
    /// The number of the grant.
    #[n(0)]
    pub since: u64,
    /// Within it, the last thing begun.
    #[n(1)]
    pub about: Option<About>,
    /// Of that thing, everything up to this number is here.
    #[n(2)]
    pub upto: u64,
}

impl Fill {
    /// Behind all that was granted up to this number, and before what comes after: a place that names nothing.
    #[must_use]
    pub fn behind(top: u64) -> Self {
        Self { since: top.saturating_add(1), about: None, upto: 0 }
    }
}

/// One thing fetched once more.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Again {
    /// What.
    #[n(0)]
    pub about: About,
    /// Everything up to this number is here.
    #[n(1)]
    pub upto: u64,
}
