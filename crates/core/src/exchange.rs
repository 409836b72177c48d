//! The exchange: one request, one reply, for all households (docs/exchange.md). These are the words both sides speak.

pub use crate::carrier::{CarriedAnswer, Pass};
pub use crate::cursor::{Again, Cursor, Fill};
use crate::day::{Day, Moment};
pub use crate::digest::Digest;
use crate::entry::About;
use crate::envelope::Sealed;
use crate::ids::{DeviceId, EntryName, EnvelopeName, Epoch, Hash, PublicKey, Signature};
use crate::sign::{self, Key};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The version of the exchange this code speaks.
pub const VERSION: u8 = 1;
/// What a page holds unless the device asks for more, in bytes.
pub const PAGE: u32 = 64 * 1024;
/// The most a device may ask for, in bytes.
pub const LARGEST_PAGE: u32 = 4 * 1024 * 1024;

const REQUEST: &str = "lianhu request 1";
const REPLY: &str = "lianhu reply 1";
const RECEIPT: &str = "lianhu receipt 1";

/// What a device asks and hands over.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Request {
    /// [`VERSION`].
    #[n(0)]
    pub version: u8,
    /// The county's code.
    #[n(1)]
    pub county: String,
    /// The device that asks.
    #[n(2)]
    pub device: DeviceId,
    /// Which life of it.
    #[n(3)]
    pub incarnation: u32,
    /// The how-manieth request of that life; stored before sending.
    #[n(4)]
    pub counter: u64,
    /// How far it has read.
    #[n(5)]
    pub cursor: Cursor,
    /// How many bytes of page it wants.
    #[n(6)]
    pub room: u32,
    /// What it holds in all, when it believes it has caught up.
    #[n(7)]
    pub digest: Option<Digest>,
    /// What it holds of each thing, when told that the whole differs.
    #[n(8)]
    pub digests: Vec<AboutDigest>,
    /// Entries handed over before and not yet numbered, whose fate it asks for.
    #[n(9)]
    pub waiting: Vec<EntryName>,
    /// What it hands over: its own envelopes, and others' that it carries.
    #[n(10)]
    pub envelopes: Vec<Sealed>,
    /// Households of which it wants the older records too.
    #[n(11)]
    pub older: Vec<About>,
    /// Since when an office wants to hear which devices have asked.
    #[n(12)]
    pub devices_since: Option<Moment>,
    /// Parcels of other devices that it carries, as they were handed to it.
    #[n(13)]
    pub carried: Option<Vec<ByteVec>>,
    /// Whether it asks for a pass to carry others' parcels.
    #[n(14)]
    pub wants_pass: Option<bool>,
}

/// The digest of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct AboutDigest {
    /// What.
    #[n(0)]
    pub about: About,
    /// What is held of it.
    #[n(1)]
    pub digest: Digest,
}

/// Bytes with the signature over them, as they stand in a frame.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Signed {
    /// The bytes.
    #[n(0)]
    pub bytes: ByteVec,
    /// The signature.
    #[n(1)]
    pub signature: Signature,
}

impl Signed {
    /// Signs a request.
    #[must_use]
    pub fn request(request: &Request, key: &Key) -> Self {
        let bytes = minicbor::to_vec(request).unwrap_or_default();
        let signature = key.sign(REQUEST, &[&bytes]);
        Self { bytes: bytes.into(), signature }
    }

    /// Whether this device's key signed the request.
    #[must_use]
    pub fn is_request_of(&self, key: PublicKey) -> bool {
        sign::is_signed(key, REQUEST, &[&self.bytes], self.signature)
    }

    /// Signs a reply to the request with this hash.
    #[must_use]
    pub fn reply(reply: &Reply, to: Hash, key: &Key) -> Self {
        let bytes = minicbor::to_vec(reply).unwrap_or_default();
        let signature = key.sign(REPLY, &[&to.0, &bytes]);
        Self { bytes: bytes.into(), signature }
    }

    /// Whether the county answered exactly this request with it.
    #[must_use]
    pub fn is_reply_to(&self, to: Hash, key: PublicKey) -> bool {
        sign::is_signed(key, REPLY, &[&to.0, &self.bytes], self.signature)
    }

    /// The hash of the bytes: what a reply is tied to.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(&[&self.bytes])
    }
}

/// How the county sees the device that asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    #[n(0)]
    Welcome,
    /// This device exists twice: it has to begin a new incarnation.
    #[n(1)]
    Forked,
    /// An old request came again, late. Nothing was done.
    #[n(2)]
    Stale,
    /// Shut out. What it handed over is kept aside.
    #[n(3)]
    Revoked,
}

/// What the county answers.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Reply {
    /// How it sees the device.
    #[n(0)]
    pub verdict: Verdict,
    /// The life of its log.
    #[n(1)]
    pub epoch: Epoch,
    /// Up to which number it says the same as the life that the device has read.
    #[n(2)]
    pub base: u64,
    /// Its highest number.
    #[n(3)]
    pub top: u64,
    /// What its clock says.
    #[n(4)]
    pub time: Moment,
    /// One for each envelope handed over.
    #[n(5)]
    pub receipts: Vec<Receipt>,
    /// The envelopes that entries of the page came in.
    #[n(6)]
    pub envelopes: Vec<EnvelopeName>,
    /// The page.
    #[n(7)]
    pub page: Vec<Paged>,
    /// How far the device has read once it has taken in the page.
    #[n(8)]
    pub cursor: Cursor,
    /// Whether there is more.
    #[n(9)]
    pub more: bool,
    /// What was granted and what has ended.
    #[n(10)]
    pub grants: Vec<GrantNews>,
    /// What became of the entries asked for.
    #[n(11)]
    pub fates: Vec<Fate>,
    /// Whether the whole digest agrees, when one was sent and everything was read.
    #[n(12)]
    pub agrees: Option<bool>,
    /// How devices have been asking, for an office that wants to hear of it.
    #[n(13)]
    pub devices: Option<Vec<DeviceSeen>>,
    /// What became of the parcels it carries.
    #[n(14)]
    pub carried: Option<Vec<CarriedAnswer>>,
    /// The pass to carry others' parcels.
    #[n(15)]
    pub pass: Option<Pass>,
    /// The county's letter of introduction, beside a pass.
    #[n(16)]
    pub introduction: Option<ByteVec>,
}

/// How a device has been asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DeviceSeen {
    /// Which.
    #[n(0)]
    pub device: DeviceId,
    /// When it last asked, by the county's clock.
    #[n(1)]
    pub at: Moment,
    /// Whether it exists twice.
    #[n(2)]
    pub twice: bool,
    /// How many entries of it stand aside only for who wrote them, until a person lets them in.
    #[n(3)]
    pub aside: Option<u32>,
}

/// One entry of a page.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Paged {
    /// Its number.
    #[n(0)]
    pub number: u64,
    /// The place of its envelope in the reply's list.
    #[n(1)]
    pub envelope: u32,
    /// Its bytes, as written.
    #[n(2)]
    pub bytes: ByteVec,
}

/// What this device may hold from a number on, or no longer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct GrantNews {
    /// What.
    #[n(0)]
    pub about: About,
    /// The number from which on; entries up to it come as back-fill.
    #[n(1)]
    pub since: u64,
    /// Records of days before this one stay at the county until asked for.
    #[n(2)]
    pub horizon: Option<Day>,
    /// The number at which it ended.
    #[n(3)]
    pub ended: Option<u64>,
}

/// What the county did with one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, TS)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Taken in, under a new number.
    #[n(0)]
    Kept,
    /// Was there already, under this number.
    #[n(1)]
    Had,
    /// Kept aside until what it builds on arrives.
    #[n(2)]
    Parked,
    /// Kept aside for a person to look at, with a code.
    #[n(3)]
    Quarantined,
    /// What it is about was erased by law.
    #[n(4)]
    Erased,
    /// No room now: keep it and hand it in again.
    #[n(5)]
    Later,
}

/// Why something stands in quarantine. The number is the same in a ledger and on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Encode, Decode, TS)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// No entry in the published form.
    #[n(1)]
    NotAnEntry = 1,
    /// A known kind whose body is not what it has to be.
    #[n(2)]
    NotTheBody = 2,
    /// The device is not known.
    #[n(3)]
    UnknownDevice = 3,
    /// The signature is not the device's.
    #[n(4)]
    NotSigned = 4,
    /// The entry names another person or device than its envelope.
    #[n(5)]
    NotTheAuthor = 5,
    /// The author was never entrusted with what it is about.
    #[n(6)]
    NotEntitled = 6,
    /// Another change stands at this place of its actor.
    #[n(7)]
    SeqTaken = 7,
    /// Changes of its own actor before it are missing from what it knew.
    #[n(8)]
    SeqGap = 8,
    /// The dossier would not read back with it.
    #[n(9)]
    Poisoned = 9,
    /// Another county's.
    #[n(10)]
    OtherCounty = 10,
    /// The device was shut out.
    #[n(11)]
    Revoked = 11,
    /// An envelope of this number with other content is known: the device exists twice.
    #[n(12)]
    NumberTaken = 12,
    /// More entries than an envelope may hold.
    #[n(13)]
    TooMany = 13,
    /// The household, or the person, is joined into another one already, or it would go round in a circle.
    #[n(14)]
    Circle = 14,
}

/// Several entries of one envelope, one after the other, with the same answer and numbers in a row.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Run {
    /// The answer.
    #[n(0)]
    pub answer: Answer,
    /// How many.
    #[n(1)]
    pub count: u32,
    /// The number of the first.
    #[n(2)]
    pub number: Option<u64>,
    /// Why in quarantine.
    #[n(3)]
    pub code: Option<Code>,
}

/// The county's receipt for one envelope, signed: the only thing that makes a mark 已到县.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Receipt {
    /// What is signed.
    #[n(0)]
    pub terms: Terms,
    /// By the county's key.
    #[n(1)]
    pub signature: Signature,
}

/// What a receipt says.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Terms {
    /// The life of the log.
    #[n(0)]
    pub epoch: Epoch,
    /// For which envelope.
    #[n(1)]
    pub envelope: EnvelopeName,
    /// What was done with its entries, in order.
    #[n(2)]
    pub runs: Vec<Run>,
    /// The newest link of the chain of numbers.
    #[n(3)]
    pub chain: Hash,
    /// What the county's clock said.
    #[n(4)]
    pub time: Moment,
}

impl Receipt {
    /// Signs these terms.
    #[must_use]
    pub fn sign(terms: Terms, key: &Key) -> Self {
        let bytes = minicbor::to_vec(&terms).unwrap_or_default();
        let signature = key.sign(RECEIPT, &[&bytes]);
        Self { terms, signature }
    }

    /// Whether the county with this key signed it.
    #[must_use]
    pub fn is_signed_by(&self, key: PublicKey) -> bool {
        let bytes = minicbor::to_vec(&self.terms).unwrap_or_default();
        sign::is_signed(key, RECEIPT, &[&bytes], self.signature)
    }

    /// The answer for each entry, in order; nothing beyond `most`, whatever the receipt claims.
    pub fn answers(&self, most: usize) -> impl Iterator<Item = (Answer, Option<u64>, Option<Code>)> + '_ {
        self.terms
            .runs
            .iter()
            .flat_map(|run| {
                (0..u64::from(run.count)).map(move |at| (run.answer, run.number.map(|first| first + at), run.code))
            })
            .take(most)
    }
}

/// Puts answers in a row into runs.
#[must_use]
pub fn runs(answers: &[(Answer, Option<u64>, Option<Code>)]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (answer, number, code) in answers {
        let next = |run: &Run| run.number.map(|first| first + u64::from(run.count));
        match runs.last_mut() {
            Some(run) if run.answer == *answer && run.code == *code && next(run) == *number => run.count += 1,
            _ => runs.push(Run { answer: *answer, count: 1, number: *number, code: *code }),
        }
    }
    runs
}

/// What became of one entry handed over before.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Fate {
    /// The entry.
    #[n(0)]
    pub entry: EntryName,
    /// What was done with it; nothing means the county has never seen it.
    #[n(1)]
    pub answer: Option<Answer>,
    /// Its number.
    #[n(2)]
    pub number: Option<u64>,
    /// Why in quarantine.
    #[n(3)]
    pub code: Option<Code>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_say_the_same_as_the_answers() {
        let answers = [
            (Answer::Kept, Some(7), None),
            (Answer::Kept, Some(8), None),
            (Answer::Quarantined, None, Some(Code::NotEntitled)),
            (Answer::Quarantined, None, Some(Code::NotEntitled)),
            (Answer::Kept, Some(9), None),
            (Answer::Had, Some(3), None),
        ];
        let terms = Terms {
            epoch: Epoch::default(),
            envelope: EnvelopeName::default(),
            runs: runs(&answers),
            chain: Hash::default(),
            time: Moment(0),
        };
        assert_eq!(terms.runs.len(), 4);
        let key = Key::from_seed(&[7; 32]);
        let receipt = Receipt::sign(terms, &key);
        assert!(receipt.is_signed_by(key.public()));
        assert!(!receipt.is_signed_by(Key::from_seed(&[8; 32]).public()));
        assert_eq!(receipt.answers(100).collect::<Vec<_>>(), answers);
    }
}
