//! An envelope: what one device hands over at once, signed. It is sealed and stored before it is first sent, and sent
//! again byte for byte; it is the only unit that travels upward, on whatever road.

use crate::ids::{DeviceId, EntryName, EnvelopeName, Hash, PublicKey, Signature, UserId};
use crate::sign::{self, Key};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

/// The most entries one envelope may hold.
pub const MOST_ENTRIES: usize = 4096;

const LABEL: &str = "lianhu envelope 1";

/// Who hands over, and where this envelope stands among theirs.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Head {
    /// The county's code.
    #[n(0)]
    pub county: String,
    /// The device.
    #[n(1)]
    pub device: DeviceId,
    /// Which life of the device: a restored or copied one takes the next.
    #[n(2)]
    pub incarnation: u32,
    /// The person.
    #[n(3)]
    pub user: UserId,
    /// The how-manieth envelope of this incarnation, from 1.
    #[n(4)]
    pub number: u64,
    /// The envelope before it.
    #[n(5)]
    pub prev: Option<EnvelopeName>,
    /// The highest county number the author knew.
    #[n(6)]
    pub county_seen: u64,
    /// The newest link of the device's audit chain.
    #[n(7)]
    pub audit: Option<Hash>,
}

/// What is signed: the head and the names of the entries, in order.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Header {
    /// Who, where.
    #[n(0)]
    pub head: Head,
    /// What.
    #[n(1)]
    pub names: Vec<EntryName>,
}

impl Header {
    /// The bytes that are signed and named.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        minicbor::to_vec(self).unwrap_or_default()
    }

    /// The envelope's name.
    #[must_use]
    pub fn name(&self) -> EnvelopeName {
        EnvelopeName::of(&self.bytes())
    }
}

/// A sealed envelope as it travels. The names do not: whoever takes it in hashes the entries.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Sealed {
    /// Who, where.
    #[n(0)]
    pub head: Head,
    /// By the device's key, over the header.
    #[n(1)]
    pub signature: Signature,
    /// The entries' bytes, as written.
    #[n(2)]
    pub entries: Vec<ByteVec>,
}

impl Sealed {
    /// Seals these entries.
    #[must_use]
    pub fn seal(head: Head, entries: Vec<Vec<u8>>, key: &Key) -> Self {
        let names = entries.iter().map(|bytes| EntryName::of(bytes)).collect();
        let header = Header { head, names };
        let signature = key.sign(LABEL, &[&header.bytes()]);
        Self { head: header.head, signature, entries: entries.into_iter().map(Into::into).collect() }
    }

    /// The header, with the names as the entries spell them.
    #[must_use]
    pub fn header(&self) -> Header {
        Header { head: self.head.clone(), names: self.entries.iter().map(|bytes| EntryName::of(bytes)).collect() }
    }
}

/// Whether this key signed this header.
#[must_use]
pub fn is_sealed_by(header: &Header, signature: Signature, key: PublicKey) -> bool {
    sign::is_signed(key, LABEL, &[&header.bytes()], signature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day::Moment;
    use crate::surroundings::Staged;

    #[test]
    fn no_byte_of_an_envelope_can_be_changed() {
        let around = Staged::new(1, Moment(0));
        let key = Key::mint(&around);
        let head = Head {
            county: "411321".into(),
            device: DeviceId::mint(&around),
            incarnation: 1,
            user: UserId::mint(&around),
            number: 1,
            prev: None,
            county_seen: 0,
            audit: None,
        };
        let sealed = Sealed::seal(head, vec![b"one".to_vec(), b"two".to_vec()], &key);
        assert!(is_sealed_by(&sealed.header(), sealed.signature, key.public()));
        let bytes = minicbor::to_vec(&sealed).unwrap();
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1;
            let passes = minicbor::decode::<Sealed>(&flipped)
                .is_ok_and(|read| is_sealed_by(&read.header(), read.signature, key.public()) && read != sealed);
            assert!(!passes, "byte {at}");
        }
    }
}
