//! Closing something so that one receiver alone can open it: HPKE (RFC 9180, base mode) with X25519, HKDF-SHA256 and
//! ChaCha20-Poly1305, to the key by which the receiver signs (docs/decisions/0012-files.md).

use crate::ids::PublicKey;
use crate::sign::Key;
use crate::surroundings::Surroundings;
use ed25519_dalek::{SigningKey, VerifyingKey};
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{CryptoRng, Error, RngCore};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};

type PublicHalf = <X25519HkdfSha256 as Kem>::PublicKey;
type PrivateHalf = <X25519HkdfSha256 as Kem>::PrivateKey;
type Encapped = <X25519HkdfSha256 as Kem>::EncappedKey;

/// What every closed thing begins with: the sender's half of the agreement.
const ENCAPPED: usize = 32;

/// Closes bytes for the holder of a key. `beside` is not hidden, but nobody can exchange it unnoticed.
#[must_use]
pub fn close(to: PublicKey, what: &str, beside: &[u8], bytes: &[u8], around: &dyn Surroundings) -> Option<Vec<u8>> {
    let half = VerifyingKey::from_bytes(&to.0).ok()?.to_montgomery().to_bytes();
    let half = PublicHalf::from_bytes(&half).ok()?;
    let (encapped, closed) = hpke::single_shot_seal::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256, _>(
        &OpModeS::Base,
        &half,
        what.as_bytes(),
        bytes,
        beside,
        &mut Chance(around),
    )
    .ok()?;
    let mut out = encapped.to_bytes().to_vec();
    out.extend_from_slice(&closed);
    Some(out)
}

/// Opens what was closed for this key; nothing if it was closed for another, or is not as it was.
#[must_use]
pub fn open(key: &Key, what: &str, beside: &[u8], closed: &[u8]) -> Option<Vec<u8>> {
    let half = PrivateHalf::from_bytes(&SigningKey::from_bytes(&key.seed()).to_scalar_bytes()).ok()?;
    let (encapped, closed) = closed.split_at_checked(ENCAPPED)?;
    let encapped = Encapped::from_bytes(encapped).ok()?;
    hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &half,
        &encapped,
        what.as_bytes(),
        closed,
        beside,
    )
    .ok()
}

/// Chance from the surroundings, as the crate asks for it.
struct Chance<'a>(&'a dyn Surroundings);

impl CryptoRng for Chance<'_> {}

impl RngCore for Chance<'_> {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.0.fill(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day::Moment;
    use crate::surroundings::Staged;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn what_is_closed_for_a_key_opens_with_it_and_with_no_other(
            seed: [u8; 32], other: [u8; 32], secret: Vec<u8>, at: prop::sample::Index, bit in 0_u8..8,
        ) {
            prop_assume!(seed != other);
            let around = Staged::new(1, Moment(0));
            let key = Key::from_seed(&seed);
            let closed = close(key.public(), "test", b"about", &secret, &around).unwrap();
            prop_assert_eq!(open(&key, "test", b"about", &closed), Some(secret));
            prop_assert_eq!(open(&Key::from_seed(&other), "test", b"about", &closed), None);
            prop_assert_eq!(open(&key, "test", b"another", &closed), None);
            let mut broken = closed.clone();
            broken[at.index(closed.len())] ^= 1 << bit;
            prop_assert_eq!(open(&key, "test", b"about", &broken), None);
        }
    }

    #[test]
    fn what_is_closed_opens_for_its_receiver_alone_and_only_as_it_was() {
        let around = Staged::new(1, Moment(0));
        let (key, other) = (Key::mint(&around), Key::mint(&around));
        let closed = close(key.public(), "test", b"beside", "走访".as_bytes(), &around).unwrap();
        assert_eq!(open(&key, "test", b"beside", &closed).unwrap(), "走访".as_bytes());
        assert_eq!(open(&other, "test", b"beside", &closed), None);
        assert_eq!(open(&key, "another", b"beside", &closed), None);
        assert_eq!(open(&key, "test", b"besides", &closed), None);
        for at in 0..closed.len() {
            let mut flipped = closed.clone();
            flipped[at] ^= 1;
            assert_eq!(open(&key, "test", b"beside", &flipped), None, "byte {at}");
        }
        assert_eq!(open(&key, "test", b"beside", &closed[..20]), None);
    }
}
