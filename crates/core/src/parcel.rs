//! A parcel 捎带文件: what travels as a file where there is no line. It is closed for its receiver, whoever carries it; the
//! carrier reads its label and nothing else.

use crate::closed;
use crate::ids::{DeviceId, Hash, PublicKey, Signature};
use crate::sign::{self, Key};
use crate::surroundings::Surroundings;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

/// What every parcel begins with.
pub const BEGINS: &[u8] = b"lianhu parcel 1\n";
/// The largest file taken for a parcel, in bytes.
pub const LARGEST: usize = 4 * 1024 * 1024;

const LABEL: &str = "lianhu parcel 1";

/// Which way it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Way {
    /// From a device to the county.
    #[n(0)]
    Up,
    /// From the carrier back to the device: it was taken along.
    #[n(1)]
    Taken,
    /// From the county to the device.
    #[n(2)]
    Down,
    /// From a device that is to be enrolled, to the county.
    #[n(3)]
    Ask,
    /// From the county to a device that asked to be enrolled.
    #[n(4)]
    Welcome,
}

/// What stands outside, for whoever carries it: ids and counts, nothing of what was written.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Label {
    /// Which way.
    #[n(0)]
    pub way: Way,
    /// The county's code.
    #[n(1)]
    pub county: String,
    /// The device that handed over, and that is answered.
    #[n(2)]
    pub device: DeviceId,
    /// The how-manieth parcel of that device.
    #[n(3)]
    pub number: u64,
    /// Whom it is closed for.
    #[n(4)]
    pub to: PublicKey,
    /// Who signed it.
    #[n(5)]
    pub from: PublicKey,
    /// How many entries it hands over.
    #[n(6)]
    pub entries: u32,
    /// The parcel it answers, by name.
    #[n(7)]
    pub answers: Option<Hash>,
}

/// A parcel as it lies in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// What stands outside.
    pub label: Label,
    /// What is inside, closed.
    body: Vec<u8>,
    /// The label's bytes, as written.
    written: Vec<u8>,
    name: Hash,
}

/// What lies behind [`BEGINS`] in the file.
#[derive(Debug, Encode, Decode)]
struct File {
    #[n(0)]
    label: ByteVec,
    #[n(1)]
    body: ByteVec,
    #[n(2)]
    signature: Signature,
}

/// Why a file cannot be taken for a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// Something else altogether.
    #[error("not a parcel")]
    Other,
    /// It ends too early.
    #[error("cut short")]
    CutShort,
    /// It is not as it was signed.
    #[error("altered")]
    Altered,
}

impl Parcel {
    /// The bytes of a new one. `None` only when the receiver's key is no key.
    #[must_use]
    pub fn write(label: &Label, inside: &[u8], key: &Key, around: &dyn Surroundings) -> Option<Vec<u8>> {
        let written = minicbor::to_vec(label).unwrap_or_default();
        let body = closed::close(label.to, LABEL, &written, inside, around)?;
        let signature = key.sign(LABEL, &[&Hash::of(&[&written]).0, &body]);
        let mut file = BEGINS.to_vec();
        let lies = File { label: written.into(), body: body.into(), signature };
        file.extend(minicbor::to_vec(&lies).unwrap_or_default());
        Some(file)
    }

    /// Reads a file: whole, and as it was signed by whom the label names. Whether that is somebody is for the reader.
    pub fn read(file: &[u8]) -> Result<Self, Unread> {
        if file.len() < BEGINS.len() && BEGINS.starts_with(file) {
            return Err(Unread::CutShort);
        }
        let lies = file.strip_prefix(BEGINS).ok_or(Unread::Other)?;
        if file.len() > LARGEST {
            return Err(Unread::Other);
        }
        let lies: File = minicbor::decode(lies)
            .map_err(|error| if error.is_end_of_input() { Unread::CutShort } else { Unread::Altered })?;
        let label: Label = minicbor::decode(&lies.label).map_err(|_| Unread::Altered)?;
        let signed = sign::is_signed(label.from, LABEL, &[&Hash::of(&[&lies.label]).0, &lies.body], lies.signature);
        if !signed || minicbor::to_vec(&lies).is_ok_and(|again| again.len() + BEGINS.len() != file.len()) {
            return Err(Unread::Altered);
        }
        let name = Hash::of(&[file]);
        Ok(Self { label, body: lies.body.into(), written: lies.label.into(), name })
    }

    /// Its name: the SHA-256 of the file.
    #[must_use]
    pub const fn name(&self) -> Hash {
        self.name
    }

    /// What is inside, for the one it was closed for.
    #[must_use]
    pub fn open(&self, key: &Key) -> Option<Vec<u8>> {
        closed::open(key, LABEL, &self.written, &self.body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day::Moment;
    use crate::surroundings::Staged;

    #[test]
    fn a_parcel_is_read_whole_or_not_at_all_and_opened_by_its_receiver_alone() {
        let around = Staged::new(1, Moment(0));
        let (phone, county, carrier) = (Key::mint(&around), Key::mint(&around), Key::mint(&around));
        let label = Label {
            way: Way::Up,
            county: "411321".into(),
            device: DeviceId::mint(&around),
            number: 1,
            to: county.public(),
            from: phone.public(),
            entries: 2,
            answers: None,
        };
        let file = Parcel::write(&label, "水管裂了".as_bytes(), &phone, &around).unwrap();
        let parcel = Parcel::read(&file).unwrap();
        assert_eq!((&parcel.label, parcel.name()), (&label, Hash::of(&[&file])));
        assert_eq!(parcel.open(&county).unwrap(), "水管裂了".as_bytes());
        assert_eq!(parcel.open(&carrier), None);
        assert_eq!(parcel.open(&phone), None);
        for cut in 0..file.len() {
            assert_eq!(Parcel::read(&file[..cut]), Err(Unread::CutShort), "cut at {cut}");
        }
        for at in 0..file.len() {
            let mut flipped = file.clone();
            flipped[at] ^= 1;
            assert!(Parcel::read(&flipped).is_err(), "byte {at}");
        }
        assert_eq!(Parcel::read(&[&file[..], b"more"].concat()), Err(Unread::Altered));
        assert_eq!(Parcel::read(b"PK\x03\x04 a workbook"), Err(Unread::Other));
    }
}
