//! A change to a dossier as it travels: which keys were put to which values, knowing which entries.
//!
//! Automerge's actor, sequence start and predecessors do not travel. They follow from the entry (household, user,
//! device), the turn and the entries known, so a change cannot claim another's identity, overwrite what it did not
//! know, or miscount: such a thing has no spelling (docs/decisions/0001).

use crate::ids::{Actor, DeviceId, EntryName, Hash, HouseholdId, UserId};
use crate::scalar::{LONGEST_TEXT, Scalar};
use minicbor::{Decode, Encode};

/// The most keys one change may put.
pub const MOST_PUTS: usize = 2000;
/// The longest key, in bytes.
pub const LONGEST_KEY: usize = 80;
/// The most entries one change may know at once.
pub const MOST_DEPS: usize = 64;

/// The hand that wrote a change: a person's, or the roster import's.
pub mod lane {
    /// A person's own hand.
    pub const PERSON: u8 = 0;
    /// The import of rosters.
    pub const IMPORT: u8 = 1;
}

/// The body of a change.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Change {
    /// A person's hand or the import's, see [`lane`].
    #[n(0)]
    pub lane: u8,
    /// Which of the device's turns: a device that finds itself copied takes a new one.
    #[n(1)]
    pub turn: u64,
    /// The how-manieth change of that actor, from 1.
    #[n(2)]
    pub seq: u64,
    /// The newest changes the author knew, in rising order.
    #[n(3)]
    pub deps: Vec<EntryName>,
    /// What was put, keys in rising order.
    #[n(4)]
    pub puts: Vec<Put>,
}

/// One key put to one value.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Put {
    /// The key: `phone`, `person/<id>/name` …
    #[n(0)]
    pub key: String,
    /// The value; `Null` clears.
    #[n(1)]
    pub value: Scalar,
}

/// What of a change is outside the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// No puts, or more than [`MOST_PUTS`].
    #[error("a change puts 1 to 2000 keys")]
    Puts,
    /// A key is empty, too long, or not in rising order.
    #[error("a key is empty, too long or out of order")]
    Key,
    /// A value is longer than [`LONGEST_TEXT`].
    #[error("a value is too long")]
    Value,
    /// Too many deps, or not in rising order.
    #[error("the entries known are too many or out of order")]
    Deps,
    /// A sequence or turn outside what is ever reached.
    #[error("a count outside what is ever reached")]
    Count,
}

impl Change {
    /// Checks the bounds and the order that the form asks for.
    pub fn check(&self) -> Result<(), ChangeError> {
        if self.puts.is_empty() || self.puts.len() > MOST_PUTS {
            return Err(ChangeError::Puts);
        }
        if !rising(&self.puts, |put| &put.key)
            || self.puts.iter().any(|put| put.key.len() > LONGEST_KEY || put.key.is_empty())
        {
            return Err(ChangeError::Key);
        }
        if self.puts.iter().any(|put| put.value.text().is_some_and(|text| text.len() > LONGEST_TEXT)) {
            return Err(ChangeError::Value);
        }
        if self.deps.len() > MOST_DEPS || !rising(&self.deps, |dep| dep) {
            return Err(ChangeError::Deps);
        }
        if self.seq == 0 || self.seq > 1 << 24 || self.turn > 1 << 48 || self.lane > 1 {
            return Err(ChangeError::Count);
        }
        Ok(())
    }

    /// The actor this change is by: it follows from who wrote it about what, so nobody can write as another.
    #[must_use]
    pub fn actor(&self, household: HouseholdId, user: UserId, device: DeviceId) -> Actor {
        let hash = Hash::of(&[
            b"lianhu actor 1",
            household.bytes(),
            user.bytes(),
            device.bytes(),
            &[self.lane],
            &self.turn.to_be_bytes(),
        ]);
        let mut actor = Actor::default();
        for (to, from) in actor.0.iter_mut().zip(hash.0) {
            *to = from;
        }
        actor
    }
}

fn rising<T, K: Ord>(list: &[T], key: impl Fn(&T) -> &K) -> bool {
    list.iter().zip(list.iter().skip(1)).all(|(one, next)| key(one) < key(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(keys: &[&str]) -> Change {
        let puts = keys.iter().map(|key| Put { key: (*key).into(), value: Scalar::Null }).collect();
        Change { lane: 0, turn: 1, seq: 1, deps: vec![], puts }
    }

    #[test]
    fn a_change_keeps_to_its_bounds() {
        assert_eq!(change(&["a", "b"]).check(), Ok(()));
        assert_eq!(change(&[]).check(), Err(ChangeError::Puts));
        assert_eq!(change(&["b", "a"]).check(), Err(ChangeError::Key));
        assert_eq!(change(&["a", "a"]).check(), Err(ChangeError::Key));
        assert_eq!(change(&[""]).check(), Err(ChangeError::Key));
        assert_eq!(change(&[&"k".repeat(81)]).check(), Err(ChangeError::Key));
        assert_eq!(Change { seq: 0, ..change(&["a"]) }.check(), Err(ChangeError::Count));
        assert_eq!(Change { seq: u64::MAX, ..change(&["a"]) }.check(), Err(ChangeError::Count));
        let dep = EntryName::of(b"x");
        assert_eq!(Change { deps: vec![dep, dep], ..change(&["a"]) }.check(), Err(ChangeError::Deps));
        let long = Put { key: "a".into(), value: Scalar::Text("长".repeat(1400)) };
        assert_eq!(Change { puts: vec![long], ..change(&[]) }.check(), Err(ChangeError::Value));
    }

    #[test]
    fn another_person_device_household_or_turn_is_another_actor() {
        let ids: Vec<_> = (1..=3).map(uuid::Uuid::from_u128).collect();
        let of = |h: usize, u: usize, d: usize, turn, lane| {
            Change { turn, lane, ..change(&["a"]) }.actor(HouseholdId(ids[h]), UserId(ids[u]), DeviceId(ids[d]))
        };
        let mut all = vec![of(0, 1, 2, 1, 0), of(1, 1, 2, 1, 0), of(0, 2, 2, 1, 0), of(0, 1, 1, 1, 0)];
        all.extend([of(0, 1, 2, 2, 0), of(0, 1, 2, 1, 1)]);
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 6);
    }
}
