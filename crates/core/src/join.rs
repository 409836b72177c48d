//! Joining 合并: that two cards are of the same household, or two names on them of the same person. Neither is fused: each
//! keeps its own entries and ids, and parting 拆开 them gives back what was.

use crate::ids::{EntryName, HouseholdId, PersonId};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;

/// The most people that one joining pairs.
pub const MOST_PAIRS: usize = 64;

/// Two names of one person: as the household it is about writes them down, and as the one they are joined into does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Encode, Decode, TS)]
pub struct Pair {
    /// The person on the card that is joined: no longer counted there.
    #[n(0)]
    pub person: PersonId,
    /// The same person on the other card: counted there.
    #[n(1)]
    pub into: PersonId,
}

/// Joins the household it is about into another, or only persons of it; a directive.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Join {
    /// The household that stays.
    #[n(0)]
    pub into: HouseholdId,
    /// Who on the one card is who on the other.
    #[n(1)]
    pub persons: Vec<Pair>,
    /// Whether both cards are of the same household; else only these persons are on two lists.
    #[n(2)]
    pub whole: bool,
    /// Why, in words.
    #[n(3)]
    pub reason: String,
}

/// Parts what a joining has joined; a directive about the same household.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct JoinEnd {
    /// The joining.
    #[n(0)]
    pub join: EntryName,
    /// Why, in words.
    #[n(1)]
    pub reason: String,
}

/// The household it is about and another one are not the same, although they look alike; a record.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Apart {
    /// The other one.
    #[n(0)]
    pub from: HouseholdId,
    /// How one knows, in words.
    #[n(1)]
    pub reason: String,
}

impl Join {
    /// Whether it can be meant: into another household, somebody or everybody, nobody twice.
    #[must_use]
    pub fn makes_sense(&self, about: HouseholdId) -> bool {
        let persons: BTreeSet<_> = self.persons.iter().map(|pair| pair.person).collect();
        about != self.into
            && (self.whole || !self.persons.is_empty())
            && self.persons.len() <= MOST_PAIRS
            && persons.len() == self.persons.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surroundings::Staged;

    #[test]
    fn a_household_is_joined_into_another_and_nobody_twice() {
        let around = Staged::new(1, crate::day::Moment(0));
        let (one, other) = (HouseholdId::mint(&around), HouseholdId::mint(&around));
        let (a, b, c) = (PersonId::mint(&around), PersonId::mint(&around), PersonId::mint(&around));
        let join = |persons: Vec<Pair>, whole: bool| Join { into: other, persons, whole, reason: String::new() };
        let pair = |person, into| Pair { person, into };
        assert!(join(Vec::new(), true).makes_sense(one));
        assert!(
            join(vec![pair(a, c), pair(b, c)], false).makes_sense(one),
            "somebody may be written down twice on one card"
        );
        assert!(!join(Vec::new(), true).makes_sense(other), "into itself");
        assert!(!join(Vec::new(), false).makes_sense(one), "nobody");
        assert!(!join(vec![pair(a, b), pair(a, c)], true).makes_sense(one), "one person as two");
    }
}
