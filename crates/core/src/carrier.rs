//! Who carries others' parcels: the pass by which the county vouches for their device, and the word they sign when they
//! take one along. A device that has never reached the county can verify both with the one key it knows.

use crate::day::Moment;
use crate::ids::{DeviceId, Hash, PublicKey, Signature, UserId};
use crate::sign::{self, Key};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

const PASS: &str = "lianhu pass 1";
const TAKEN: &str = "lianhu taken 1";

/// For whom the county vouches.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Bearer {
    /// The county's code.
    #[n(0)]
    pub county: String,
    /// The device.
    #[n(1)]
    pub device: DeviceId,
    /// Whose it is.
    #[n(2)]
    pub user: UserId,
    /// What they are called: whoever hands something over sees to whom.
    #[n(3)]
    pub name: String,
    /// The key the device signs with.
    #[n(4)]
    pub key: PublicKey,
    /// When.
    #[n(5)]
    pub at: Moment,
}

/// A pass: the county's signature over its bearer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Pass {
    /// For whom.
    #[n(0)]
    pub bearer: Bearer,
    /// By the county's key.
    #[n(1)]
    pub signature: Signature,
}

impl Pass {
    /// The county gives one.
    #[must_use]
    pub fn give(bearer: Bearer, county: &Key) -> Self {
        let signature = county.sign(PASS, &[&minicbor::to_vec(&bearer).unwrap_or_default()]);
        Self { bearer, signature }
    }

    /// Whether the county with this key gave it.
    #[must_use]
    pub fn is_given_by(&self, county: PublicKey) -> bool {
        sign::is_signed(county, PASS, &[&minicbor::to_vec(&self.bearer).unwrap_or_default()], self.signature)
    }
}

/// A carrier's word that a parcel lies on their device and goes up with their next exchange: it makes the mark 已到乡镇.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Taken {
    /// The parcel, by name.
    #[n(0)]
    pub parcel: Hash,
    /// When, by the carrier's clock.
    #[n(1)]
    pub at: Moment,
    /// Who they are.
    #[n(2)]
    pub pass: Pass,
    /// By the carrier's device, over the two before.
    #[n(3)]
    pub signature: Signature,
}

impl Taken {
    /// A carrier gives their word.
    #[must_use]
    pub fn give(parcel: Hash, at: Moment, pass: Pass, key: &Key) -> Self {
        let signature = key.sign(TAKEN, &[&parcel.0, &at.0.to_be_bytes()]);
        Self { parcel, at, pass, signature }
    }

    /// Whether a carrier for whom this county vouches gave it.
    #[must_use]
    pub fn holds(&self, county: PublicKey) -> bool {
        let said: [&[u8]; 2] = [&self.parcel.0, &self.at.0.to_be_bytes()];
        self.pass.is_given_by(county) && sign::is_signed(self.pass.bearer.key, TAKEN, &said, self.signature)
    }
}

/// The county's answer to a carried parcel.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CarriedAnswer {
    /// Which parcel, by name.
    #[n(0)]
    pub parcel: Hash,
    /// The answer, a parcel for the device that handed it over; none when the county could make nothing of it.
    #[n(1)]
    pub answer: Option<ByteVec>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surroundings::Staged;

    #[test]
    fn a_carriers_word_holds_only_with_the_countys_pass() {
        let around = Staged::new(1, Moment(0));
        let (county, laptop, other) = (Key::mint(&around), Key::mint(&around), Key::mint(&around));
        let bearer = Bearer {
            county: "411321".into(),
            device: DeviceId::mint(&around),
            user: UserId::mint(&around),
            name: "赵永燕".into(),
            key: laptop.public(),
            at: Moment(0),
        };
        let parcel = Hash::of(&[b"a parcel"]);
        let word = |pass: &Pass, key: &Key| Taken::give(parcel, Moment(1), pass.clone(), key);
        let pass = Pass::give(bearer.clone(), &county);
        assert!(word(&pass, &laptop).holds(county.public()));
        assert!(!word(&pass, &other).holds(county.public()), "somebody else's word under this pass");
        let own = Pass::give(Bearer { key: other.public(), ..bearer }, &other);
        assert!(!word(&own, &other).holds(county.public()), "a pass one gave oneself");
        let moved = Taken { parcel: Hash::of(&[b"another"]), ..word(&pass, &laptop) };
        assert!(!moved.holds(county.public()));
    }
}
