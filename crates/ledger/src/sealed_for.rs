//! A few secret bytes sealed for the holder of a key: who seals cannot open them again, and nobody on the way can. The
//! county's signing key serves; its Curve25519 form is what the secret is agreed with.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use lianhu_core::ids::{Hash, PublicKey};
use lianhu_core::sign::{Key, agree};
use lianhu_core::surroundings::Surroundings;
use zeroize::Zeroizing;

/// Seals for whoever holds the private half of this key. `about` has to be the same when it is opened.
pub fn seal_for(to: PublicKey, about: &[u8], secret: &[u8], around: &dyn Surroundings) -> Option<Vec<u8>> {
    let mut seed = Zeroizing::new([0; 32]);
    around.fill(seed.as_mut_slice());
    let (point, shared) = agree(&seed, to)?;
    let mut sealed = point.to_vec();
    let payload = Payload { msg: secret, aad: about };
    // A key that is used once needs no nonce.
    sealed.extend(cipher(&point, to, &shared)?.encrypt(&XNonce::default(), payload).ok()?);
    Some(sealed)
}

/// Opens what was sealed for this key.
#[must_use]
pub fn open_sealed(key: &Key, about: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (point, sealed) = sealed.split_at_checked(32)?;
    let point: [u8; 32] = point.try_into().ok()?;
    let shared = key.agree_with(point);
    cipher(&point, key.public(), &shared)?.decrypt(&XNonce::default(), Payload { msg: sealed, aad: about }).ok()
}

fn cipher(point: &[u8; 32], to: PublicKey, shared: &[u8; 32]) -> Option<XChaCha20Poly1305> {
    let key = Zeroizing::new(Hash::of(&[b"lianhu sealed for 1", point, &to.0, shared]).0);
    XChaCha20Poly1305::new_from_slice(key.as_slice()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lianhu_core::day::Moment;
    use lianhu_core::surroundings::Staged;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn what_is_sealed_for_a_key_opens_with_it_and_with_no_other(
            seed: [u8; 32], other: [u8; 32], secret: Vec<u8>, at: prop::sample::Index, bit in 0_u8..8,
        ) {
            prop_assume!(seed != other);
            let around = Staged::new(1, Moment(0));
            let key = Key::from_seed(&seed);
            let sealed = seal_for(key.public(), b"about", &secret, &around).unwrap();
            prop_assert_eq!(open_sealed(&key, b"about", &sealed), Some(secret));
            prop_assert_eq!(open_sealed(&Key::from_seed(&other), b"about", &sealed), None);
            prop_assert_eq!(open_sealed(&key, b"another", &sealed), None);
            let mut broken = sealed.clone();
            broken[at.index(sealed.len())] ^= 1 << bit;
            prop_assert_eq!(open_sealed(&key, b"about", &broken), None);
        }
    }
}
