//! Names and ids: random for what people write down, a hash for what was written.

use crate::surroundings::Surroundings;
use data_encoding::HEXLOWER;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::fmt;
use ts_rs::TS;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new random one.
            #[must_use]
            pub fn mint(around: &dyn Surroundings) -> Self {
                let mut bytes = [0; 16];
                around.fill(&mut bytes);
                Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
            }

            /// Reads the usual hyphened form.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Uuid::try_parse(text.trim()).ok().map(Self)
            }

            /// The one these 16 bytes spell.
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                Uuid::from_slice(bytes).ok().map(Self)
            }

            /// Its 16 bytes.
            #[must_use]
            pub fn bytes(&self) -> &[u8] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
                e.bytes(self.0.as_bytes())?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
                Uuid::from_slice(d.bytes()?).map(Self).map_err(|_| decode::Error::message("an id has 16 bytes"))
            }
        }
    )*};
}

ids! {
    /// One household 户, for ever.
    HouseholdId,
    /// One person 家庭成员.
    PersonId,
    /// One place of either tree.
    PlaceId,
    /// One person who works with lianhu: a cadre, a first secretary, a county admin.
    UserId,
    /// One enrolled phone or computer.
    DeviceId
}

macro_rules! hashes {
    ($($(#[$doc:meta])* $name:ident [$len:literal]),*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, TS)]
        #[ts(type = "string")]
        pub struct $name(pub [u8; $len]);

        impl Default for $name {
            fn default() -> Self {
                Self([0; $len])
            }
        }

        impl $name {
            /// The one these bytes spell.
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            /// Reads hexadecimal.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                HEXLOWER.decode(text.trim().to_ascii_lowercase().as_bytes()).ok().and_then(|bytes| Self::from_slice(&bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), HEXLOWER.encode(self.0.get(..4).unwrap_or_default()))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not the hexadecimal of this kind of name"))
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
                Self::from_slice(d.bytes()?).ok_or_else(|| decode::Error::message("wrong length of a name"))
            }
        }
    )*};
}

hashes! {
    /// The name of an entry: the SHA-256 of its bytes as written.
    EntryName [32],
    /// The name of an envelope: the SHA-256 of its header.
    EnvelopeName [32],
    /// Twelve random bytes that make every entry its own.
    EntryId [12],
    /// Any other SHA-256: a link of a chain, the hash of a request.
    Hash [32],
    /// A public Ed25519 key.
    PublicKey [32],
    /// An Ed25519 signature.
    Signature [64],
    /// Which life of a county's log: minted at `init` and at every restore.
    Epoch [8],
    /// Sixteen bytes that set one author of changes apart from all others.
    Actor [16],
    /// A sum of names, modulo 2¹²⁸, big-endian.
    Sum [16]
}

impl EntryName {
    /// Names these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl EnvelopeName {
    /// Names the envelope with this header.
    #[must_use]
    pub fn of(header: &[u8]) -> Self {
        Self(Sha256::digest(header).into())
    }
}

impl Hash {
    /// Hashes these parts one after the other.
    #[must_use]
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }
}

impl EntryId {
    /// A new random one.
    #[must_use]
    pub fn mint(around: &dyn Surroundings) -> Self {
        let mut bytes = [0; 12];
        around.fill(&mut bytes);
        Self(bytes)
    }
}
