//! Signatures: a device signs what it hands over, a county what it answers.

use crate::ids::{PublicKey, Signature};
use crate::surroundings::Surroundings;
use ed25519_dalek::{Signer, SigningKey, Verifier, VerifyingKey};
use std::fmt;

/// A private key. It never leaves the ledger it was made in.
#[derive(Clone)]
pub struct Key(SigningKey);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// A new random one.
    #[must_use]
    pub fn mint(around: &dyn Surroundings) -> Self {
        let mut seed = [0; 32];
        around.fill(&mut seed);
        Self::from_seed(&seed)
    }

    /// The one grown from these 32 bytes.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The 32 bytes it grows from.
    #[must_use]
    pub fn seed(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// Its public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs the parts one after the other, under a label that says what is signed.
    #[must_use]
    pub fn sign(&self, label: &str, parts: &[&[u8]]) -> Signature {
        Signature(self.0.sign(&message(label, parts)).to_bytes())
    }
}

/// Whether this key signed the parts under the label.
#[must_use]
pub fn is_signed(key: PublicKey, label: &str, parts: &[&[u8]], signature: Signature) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(&key.0) else { return false };
    key.verify(&message(label, parts), &ed25519_dalek::Signature::from_bytes(&signature.0)).is_ok()
}

fn message(label: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut message = label.as_bytes().to_vec();
    message.push(0);
    for part in parts {
        message.extend_from_slice(part);
    }
    message
}
