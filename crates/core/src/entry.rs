//! An entry: the one thing a ledger is made of. It is named by the hash of its bytes and never edited.

use crate::day::Moment;
use crate::form::{self, FormError};
use crate::ids::{DeviceId, EntryId, EntryName, HouseholdId, PlaceId, UserId};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// The largest entry that anyone may write, in bytes.
pub const LARGEST_ENTRY: usize = 64 * 1024;

/// What an entry is about. It cannot be moved to anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// A household.
    Household(HouseholdId),
    /// A place of either tree.
    Place(PlaceId),
    /// An organisation.
    Organisation(Uuid),
    /// The county as a whole.
    County,
    /// A person who works with lianhu: what they are called, what they may do, which devices are theirs.
    Cadre(UserId),
    /// All there is. Only a grant can be of everything; no entry is about it.
    Everything,
}

impl About {
    /// Its spelling as a key: one letter for the kind, then the id.
    #[must_use]
    pub fn key(&self) -> Vec<u8> {
        let (tag, id) = match self {
            Self::Household(id) => (b'h', id.0),
            Self::Place(id) => (b'p', id.0),
            Self::Organisation(id) => (b'o', *id),
            Self::County => (b'c', Uuid::nil()),
            Self::Cadre(id) => (b'u', id.0),
            Self::Everything => (b'*', Uuid::nil()),
        };
        let mut key = vec![tag];
        key.extend_from_slice(id.as_bytes());
        key
    }

    /// Reads a key back.
    #[must_use]
    pub fn from_key(key: &[u8]) -> Option<Self> {
        let (tag, id) = key.split_first()?;
        let id = Uuid::from_slice(id).ok()?;
        match tag {
            b'h' => Some(Self::Household(HouseholdId(id))),
            b'p' => Some(Self::Place(PlaceId(id))),
            b'o' => Some(Self::Organisation(id)),
            b'c' if id.is_nil() => Some(Self::County),
            b'u' => Some(Self::Cadre(UserId(id))),
            b'*' if id.is_nil() => Some(Self::Everything),
            _ => None,
        }
    }

    /// The household, if it is about one.
    #[must_use]
    pub fn household(&self) -> Option<HouseholdId> {
        if let Self::Household(id) = self { Some(*id) } else { None }
    }
}

impl<C> Encode<C> for About {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.bytes(&self.key())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for About {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        Self::from_key(d.bytes()?).ok_or_else(|| decode::Error::message("about nothing that is known"))
    }
}

/// How the author knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default, TS)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Said by someone of the household, in the yard.
    #[default]
    Household,
    /// Seen by the author.
    Seen,
    /// Said on the telephone.
    Phone,
    /// Said by a neighbour or the village.
    Village,
    /// Read in a paper or certificate.
    Paper,
    /// Came with a table from a department.
    Table,
    /// Decided at a desk.
    Office,
    /// A way that a later version knows.
    Later,
}

const SOURCES: [Source; 7] =
    [Source::Household, Source::Seen, Source::Phone, Source::Village, Source::Paper, Source::Table, Source::Office];

impl<C> Encode<C> for Source {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        let at = SOURCES.iter().position(|source| source == self).and_then(|at| u8::try_from(at).ok());
        e.u8(at.unwrap_or(23))?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Source {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        Ok(SOURCES.get(usize::from(d.u8()?)).copied().unwrap_or(Self::Later))
    }
}

/// The kinds of entries this version writes. An unknown kind is kept, numbered and passed on, never projected.
pub mod kind {
    /// A change to a household's dossier.
    pub const CHANGE: u16 = 1;
    /// A visit; a correction is a visit that amends.
    pub const VISIT: u16 = 16;
    /// Hides a record that should not have been.
    pub const STRIKE: u16 = 17;
    /// A remark to somebody's record.
    pub const REMARK: u16 = 18;
    /// A household met for the first time and written down on the spot.
    pub const REGISTRATION: u16 = 19;
    /// What became of a need.
    pub const NEED_STEP: u16 = 20;
    /// A newer file no longer names this household or person: a question, never a departure.
    pub const ABSENT: u16 = 21;
    /// The answer to such a question.
    pub const ABSENT_ANSWER: u16 = 22;
    /// A helper wants the household placed elsewhere.
    pub const PLACEMENT_WANTED: u16 = 23;
    /// Advice for whoever takes a household over.
    pub const HANDOVER_NOTE: u16 = 24;
    /// They have taken it over.
    pub const HANDOVER_TAKEN: u16 = 25;
    /// Two households that look alike are not the same.
    pub const APART: u16 = 26;
    /// That something masked was looked at or taken out, or something grave was done.
    pub const TRACE: u16 = 40;
    /// From here on an entry is a directive of an authority.
    pub const FIRST_DIRECTIVE: u16 = 64;
    /// A place of a tree.
    pub const PLACE: u16 = 64;
    /// Where a household belongs.
    pub const PLACEMENT: u16 = 65;
    /// A person who works with lianhu.
    pub const CADRE: u16 = 66;
    /// What that person may do.
    pub const ROLE: u16 = 67;
    /// A device of that person.
    pub const DEVICE: u16 = 68;
    /// Who may hold a household, or all households of a place.
    pub const GRANT: u16 = 69;
    /// The end of that.
    pub const GRANT_END: u16 = 70;
    /// A secret with which that person may enrol a device once.
    pub const ENROLMENT: u16 = 71;
    /// What opens a person's home beside its PIN, sealed for the county.
    pub const ESCROW: u16 = 72;
    /// What a device handed in that stood aside is let in.
    pub const LET_IN: u16 = 73;
    /// A number that this county has set for itself.
    pub const COUNTY_ROW: u16 = 74;
    /// A kind of role that this county adds to those every county starts with.
    pub const ROLE_KIND: u16 = 76;
    /// The end of what a person may do.
    pub const ROLE_END: u16 = 77;
    /// A team, to which as to a person something can be entrusted.
    pub const TEAM: u16 = 78;
    /// Who is in it, or has left.
    pub const MEMBER: u16 = 79;
    /// A statement of weight is confirmed: what it says counts from here on.
    pub const APPROVAL: u16 = 80;
    /// Which facts of this county count only once they are confirmed.
    pub const CONFIRMED_FACTS: u16 = 81;
    /// A household is erased by law.
    pub const ERASURE: u16 = 82;
    /// What an erased household had added to figures of its place, without saying whom.
    pub const LAWFUL_COUNT: u16 = 83;
    /// Two cards are of the same household, or two names on them of the same person.
    pub const JOIN: u16 = 84;
    /// Parts what was joined.
    pub const JOIN_END: u16 = 85;
    /// An inspection is opened.
    pub const INSPECTION: u16 = 86;
    /// And ended early.
    pub const INSPECTION_END: u16 = 87;
    /// An inspector has drawn samples.
    pub const SAMPLE_DRAWN: u16 = 88;
    /// A drawn sample was opened: its household's name, address and telephone were shown.
    pub const SAMPLE_OPENED: u16 = 89;
    /// Somebody of the county wants to export columns unmasked.
    pub const EXPORT_WANTED: u16 = 92;
    /// A second person of the county grants it.
    pub const EXPORT_GRANTED: u16 = 93;
    /// It is refused, or ends.
    pub const EXPORT_GRANT_END: u16 = 94;
}

/// One entry, read.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Entry {
    /// The version of the form.
    #[n(0)]
    pub v: u8,
    /// What kind it is, see [`kind`].
    #[n(1)]
    pub kind: u16,
    /// What it is about.
    #[n(2)]
    pub about: About,
    /// Makes two identical writings two entries.
    #[n(3)]
    pub id: EntryId,
    /// Who wrote it.
    #[n(4)]
    pub user: UserId,
    /// On which device.
    #[n(5)]
    pub device: DeviceId,
    /// What the device's clock said.
    #[n(6)]
    pub at: Moment,
    /// The how-manieth entry of that device.
    #[n(7)]
    pub mono: u64,
    /// How the author knows.
    #[n(8)]
    pub source: Source,
    /// Nothing, or the restricted circle that may read it.
    #[n(9)]
    pub audience: Option<String>,
    /// What was written, by kind, in the published form.
    #[n(10)]
    pub body: ByteVec,
}

/// Why bytes are no entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Larger than [`LARGEST_ENTRY`].
    #[error("larger than any entry")]
    TooLarge,
    /// Not the published form.
    #[error("{0}")]
    Form(#[from] FormError),
    /// In the form, but no entry.
    #[error("no entry")]
    NotAnEntry,
}

impl Entry {
    /// The bytes to be named, stored and sent. Nobody writes them a second time.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        minicbor::to_vec(self).unwrap_or_default()
    }

    /// Reads an entry's bytes, which must be in the published form. A body of a known kind is read by its own noun.
    pub fn read(bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > LARGEST_ENTRY {
            return Err(EntryError::TooLarge);
        }
        form::check(bytes)?;
        let entry: Self = minicbor::decode(bytes).map_err(|_| EntryError::NotAnEntry)?;
        form::check(&entry.body)?;
        Ok(entry)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> EntryName {
        EntryName::of(&self.write())
    }

    /// Whether it is a directive of an authority.
    #[must_use]
    pub fn is_directive(&self) -> bool {
        self.kind >= kind::FIRST_DIRECTIVE
    }
}
