//! What one holds, in one sum: two sides that hold the same entries have the same, in whatever order they came.

use crate::ids::{EntryName, Sum};
use minicbor::{Decode, Encode};

/// What one holds about something: how many entries, and the sum of their names. Always computed, never adopted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub struct Digest {
    /// How many entries.
    #[n(0)]
    pub count: u64,
    /// The sum of the first 16 bytes of their names, modulo 2¹²⁸, big-endian.
    #[n(1)]
    pub sum: Sum,
}

impl Digest {
    /// The digest of one entry.
    #[must_use]
    pub fn of(name: &EntryName) -> Self {
        let mut sum = [0; 16];
        for (to, from) in sum.iter_mut().zip(name.0) {
            *to = from;
        }
        Self { count: 1, sum: Sum(sum) }
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let sum = u128::from_be_bytes(self.sum.0).wrapping_add(u128::from_be_bytes(other.sum.0));
        Self { count: self.count.wrapping_add(other.count), sum: Sum(sum.to_be_bytes()) }
    }

    /// This without the other.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        let sum = u128::from_be_bytes(self.sum.0).wrapping_sub(u128::from_be_bytes(other.sum.0));
        Self { count: self.count.wrapping_sub(other.count), sum: Sum(sum.to_be_bytes()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_add_up_in_any_order() {
        let [a, b] = [b"a", b"b"].map(|bytes| Digest::of(&EntryName::of(bytes)));
        assert_eq!(a.plus(b), b.plus(a));
        assert_eq!(a.plus(b).minus(a), b);
    }
}
