//! The key of a ledger's file, wrapped: what lies on the disk is of no use without the PIN and, where the system has a
//! keystore, without the secret kept there.

use crate::store::FileKey;
use argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use lianhu_core::surroundings::Surroundings;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

/// The form in which keys are wrapped.
const FORM: u16 = 1;

/// What one try costs whoever tries. It stands beside the wrapped key, so that it can be raised later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Effort {
    /// Memory, in KiB.
    #[n(0)]
    pub memory: u32,
    /// Passes over it.
    #[n(1)]
    pub passes: u32,
}

impl Effort {
    /// What a helper's phone does in well under a second: 64 MiB, three passes.
    pub const USUAL: Self = Self { memory: 64 * 1024, passes: 3 };
    /// The most that is believed of a file: more could only be meant to stop this program.
    const MOST: Self = Self { memory: 1024 * 1024, passes: 64 };
}

/// A wrapped key.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct WrappedKey {
    #[n(0)]
    form: u16,
    #[n(1)]
    effort: Effort,
    /// Whether the secret of the system's keystore is needed as well.
    #[n(2)]
    pub with_keystore: bool,
    #[n(3)]
    salt: ByteVec,
    #[n(4)]
    nonce: ByteVec,
    #[n(5)]
    sealed: ByteVec,
}

impl WrappedKey {
    /// Wraps a key with a PIN and, where there is one, the secret of the keystore.
    #[must_use]
    pub fn wrap(
        key: &FileKey,
        pin: &str,
        keystore: Option<&[u8; 32]>,
        effort: Effort,
        around: &dyn Surroundings,
    ) -> Option<Self> {
        let (mut salt, mut nonce) = ([0; 16], [0; 24]);
        around.fill(&mut salt);
        around.fill(&mut nonce);
        let (salt, nonce) = (ByteVec::from(salt.to_vec()), ByteVec::from(nonce.to_vec()));
        let with_keystore = keystore.is_some();
        let mut wrapped = Self { form: FORM, effort, with_keystore, salt, nonce, sealed: ByteVec::from(Vec::new()) };
        let cipher = wrapped.cipher(pin, keystore)?;
        let named = wrapped.named();
        let sealed = cipher.encrypt(wrapped.nonce()?, Payload { msg: &key.0, aad: &named }).ok()?;
        wrapped.sealed = ByteVec::from(sealed);
        Some(wrapped)
    }

    /// The key, if this is the PIN and this the keystore's secret. Nothing tells which of them was wrong.
    #[must_use]
    pub fn unwrap(&self, pin: &str, keystore: Option<&[u8; 32]>) -> Option<FileKey> {
        if self.form != FORM || self.with_keystore != keystore.is_some() {
            return None;
        }
        let cipher = self.cipher(pin, keystore)?;
        let payload = Payload { msg: &self.sealed, aad: &self.named() };
        let key = Zeroizing::new(cipher.decrypt(self.nonce()?, payload).ok()?);
        Some(FileKey(key.as_slice().try_into().ok()?))
    }

    fn cipher(&self, pin: &str, keystore: Option<&[u8; 32]>) -> Option<XChaCha20Poly1305> {
        let Effort { memory, passes } = self.effort;
        if memory > Effort::MOST.memory || passes > Effort::MOST.passes {
            return None;
        }
        let data = AssociatedData::new(b"lianhu pin").ok()?;
        let params = ParamsBuilder::new().m_cost(memory).t_cost(passes).p_cost(1).data(data).output_len(32).build();
        let (id, version, params) = (Algorithm::Argon2id, Version::V0x13, params.ok()?);
        let argon = match keystore {
            Some(secret) => Argon2::new_with_secret(secret, id, version, params).ok()?,
            None => Argon2::new(id, version, params),
        };
        let mut key = Zeroizing::new([0; 32]);
        argon.hash_password_into(pin.as_bytes(), &self.salt, key.as_mut_slice()).ok()?;
        XChaCha20Poly1305::new_from_slice(key.as_slice()).ok()
    }

    fn nonce(&self) -> Option<&chacha20poly1305::XNonce> {
        (self.nonce.len() == 24).then(|| chacha20poly1305::XNonce::from_slice(&self.nonce))
    }

    /// Everything but the sealed key itself: none of it can be changed without the key being refused.
    fn named(&self) -> Vec<u8> {
        let bare = Self { sealed: ByteVec::from(Vec::new()), ..self.clone() };
        minicbor::to_vec(bare).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lianhu_core::day::Moment;
    use lianhu_core::surroundings::Staged;
    use proptest::prelude::*;

    const LIGHT: Effort = Effort { memory: 32, passes: 1 };
    const SECRET: [u8; 32] = [3; 32];

    fn around() -> Staged {
        Staged::new(1, Moment(0))
    }

    fn key() -> FileKey {
        FileKey([7; 32])
    }

    #[test]
    fn a_key_opens_with_its_pin_and_with_no_other() {
        let wrapped = WrappedKey::wrap(&key(), "290573", None, LIGHT, &around()).unwrap();
        assert_eq!(wrapped.unwrap("290573", None), Some(key()));
        for wrong in ["290574", "29057", "2905733", "", "290573 "] {
            assert_eq!(wrapped.unwrap(wrong, None), None, "{wrong:?}");
        }
    }

    #[test]
    fn where_there_is_a_keystore_the_pin_alone_opens_nothing() {
        let wrapped = WrappedKey::wrap(&key(), "290573", Some(&SECRET), LIGHT, &around()).unwrap();
        assert_eq!(wrapped.unwrap("290573", Some(&SECRET)), Some(key()));
        assert_eq!(wrapped.unwrap("290573", None), None);
        assert_eq!(wrapped.unwrap("290573", Some(&[4; 32])), None);
        // Nor does it help to write into the file that none is needed.
        let claimed = WrappedKey { with_keystore: false, ..wrapped };
        assert_eq!(claimed.unwrap("290573", None), None);
    }

    #[test]
    fn what_a_try_costs_cannot_be_lowered_in_the_file_nor_raised_without_end() {
        let wrapped = WrappedKey::wrap(&key(), "290573", None, LIGHT, &around()).unwrap();
        for effort in [Effort { memory: 16, passes: 1 }, Effort { memory: u32::MAX, passes: 1 }] {
            assert_eq!(WrappedKey { effort, ..wrapped.clone() }.unwrap("290573", None), None);
        }
    }

    #[test]
    fn the_same_pin_on_two_phones_wraps_differently() {
        let around = around();
        let wrap = || WrappedKey::wrap(&key(), "290573", None, LIGHT, &around).unwrap();
        let (one, other) = (wrap(), wrap());
        assert!(one.salt != other.salt && one.nonce != other.nonce && one.sealed != other.sealed);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_pin_is_read_back_after_being_written_and_any_changed_byte_is_refused(
            pin in ".{1,24}", secret: Option<[u8; 32]>, at: prop::sample::Index, bit in 0_u8..8,
        ) {
            let wrapped = WrappedKey::wrap(&key(), &pin, secret.as_ref(), LIGHT, &around()).unwrap();
            let bytes = minicbor::to_vec(&wrapped).unwrap();
            let read: WrappedKey = minicbor::decode(&bytes).unwrap();
            prop_assert_eq!(read.unwrap(&pin, secret.as_ref()), Some(key()));
            let mut broken = bytes.clone();
            let at = at.index(bytes.len());
            broken[at] ^= 1 << bit;
            if let Ok(broken) = minicbor::decode::<WrappedKey>(&broken) {
                // A byte that says the same another way changes nothing.
                prop_assert!(broken == wrapped || broken.unwrap(&pin, secret.as_ref()).is_none());
            }
        }
    }
}
