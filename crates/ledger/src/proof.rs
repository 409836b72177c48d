//! Proof: what an author signed when they handed an entry over, for anyone who wants to verify it by themselves. Also
//! who it is that asks: a request or a question is worth an answer only when an enrolled device signed it.

use crate::error::Result;
use crate::frame;
use crate::store::Ledger;
use lianhu_core::envelope::{self, Header};
use lianhu_core::exchange::{Request, Signed};
use lianhu_core::hub::HubError;
use lianhu_core::ids::{DeviceId, EntryName, EnvelopeName, PublicKey, Signature, UserId};
use lianhu_core::sign;
use rusqlite::params;
use serde::{Deserialize, Serialize};

/// What a device signs when it asks for a proof: this label, then the query as it stands in the address.
const LABEL: &str = "lianhu proof 1";

/// What a proof is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofOf {
    /// An envelope, by name.
    Envelope(EnvelopeName),
    /// The envelope that brought an entry.
    Entry(EntryName),
}

impl ProofOf {
    /// Reads `envelope=HEX` or `entry=HEX`.
    #[must_use]
    pub fn parse(query: &str) -> Option<Self> {
        match query.split_once('=')? {
            ("envelope", hex) => EnvelopeName::parse(hex).map(Self::Envelope),
            ("entry", hex) => EntryName::parse(hex).map(Self::Entry),
            _ => None,
        }
    }
}

impl std::fmt::Display for ProofOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Envelope(name) => write!(f, "envelope={name}"),
            Self::Entry(name) => write!(f, "entry={name}"),
        }
    }
}

/// The signed header of one envelope. It holds names and ids only, nothing of what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The envelope's name: the SHA-256 of the header.
    pub envelope: EnvelopeName,
    /// The header's bytes, in hexadecimal: exactly what was signed.
    pub header: String,
    /// The signature over the header.
    pub signature: Signature,
    /// The device that sealed it.
    pub device: DeviceId,
    /// The key it signs with.
    pub key: PublicKey,
    /// Whose device it is.
    pub user: UserId,
    /// The entries in the envelope, in order, each with the county's number where it has one.
    pub entries: Vec<ProvenEntry>,
}

/// One entry of a proven envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvenEntry {
    /// Its name: the SHA-256 of its bytes.
    pub name: EntryName,
    /// The county's number; nothing while it is kept aside.
    pub number: Option<u64>,
}

impl Proof {
    /// Whether the header has the envelope's name, is signed by the key, and lists exactly these entries. That the
    /// key is the device's is for the reader to know, from the directive that enrolled it.
    #[must_use]
    pub fn verify(&self) -> bool {
        let Some(bytes) = from_hex(&self.header) else { return false };
        let Ok(header) = minicbor::decode::<Header>(&bytes) else { return false };
        header.bytes() == bytes
            && EnvelopeName::of(&bytes) == self.envelope
            && envelope::is_sealed_by(&header, self.signature, self.key)
            && (header.head.device, header.head.user) == (self.device, self.user)
            && header.names.iter().eq(self.entries.iter().map(|entry| &entry.name))
    }
}

impl Ledger {
    /// What is known of how an envelope, or the envelope of an entry, was signed. Nothing for what is not here.
    pub fn prove(&self, of: ProofOf) -> Result<Option<Proof>> {
        let tx = self.look();
        let sql = match of {
            ProofOf::Envelope(_) => {
                "select name, header, signature from envelope where name = ?1 and length(header) > 0"
            }
            ProofOf::Entry(_) => {
                "select envelope.name, envelope.header, envelope.signature from envelope join entry on entry.envelope = envelope.id where entry.name = ?1 and length(envelope.header) > 0"
            }
        };
        let name = match of {
            ProofOf::Envelope(name) => name.0,
            ProofOf::Entry(name) => name.0,
        };
        let found = tx.one(sql, [name], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, Vec<u8>>(2)?))
        })?;
        let Some((name, bytes, signature)) = found else { return Ok(None) };
        let (Some(envelope), Some(signature)) = (EnvelopeName::from_slice(&name), Signature::from_slice(&signature))
        else {
            return Ok(None);
        };
        let Ok(header) = minicbor::decode::<Header>(&bytes) else { return Ok(None) };
        let Some(known) = tx.known(header.head.device)? else { return Ok(None) };
        let mut entries = Vec::new();
        for name in header.names {
            let number = tx
                .one("select number from entry where name = ?1", params![name.0], |row| row.get::<_, Option<i64>>(0))?;
            entries.push(ProvenEntry { name, number: number.flatten().map(i64::cast_unsigned) });
        }
        let (device, user) = (header.head.device, header.head.user);
        Ok(Some(Proof { envelope, header: to_hex(&bytes), signature, device, key: known.key, user, entries }))
    }

    /// Signs the asking for a proof, as the device that asks.
    pub fn sign_query(&self, query: &str) -> Result<(DeviceId, Signature)> {
        let me = self.identity()?;
        Ok((me.device, me.key.sign(LABEL, &[query.as_bytes()])))
    }

    /// Whether an enrolled device that was not shut out signed the asking for a proof. Strangers learn nothing, not
    /// even which names exist.
    pub fn may_ask(&self, query: &str, device: DeviceId, signature: Signature) -> Result<bool> {
        let known = self.look().known(device)?.filter(|known| !known.revoked);
        Ok(known.is_some_and(|known| sign::is_signed(known.key, LABEL, &[query.as_bytes()], signature)))
    }

    /// The device that signed a request frame, for limits that are its own. Changes nothing and takes nothing in.
    pub fn asker(&self, frame: &[u8]) -> std::result::Result<DeviceId, HubError> {
        let bytes = frame::unpack(frame).map_err(|_| HubError::Broken)?;
        let signed: Signed = minicbor::decode(&bytes).map_err(|_| HubError::Broken)?;
        let request: Request = minicbor::decode(&signed.bytes).map_err(|_| HubError::Broken)?;
        let known = self.look().known(request.device).map_err(|_| HubError::Busy)?.ok_or(HubError::NotEnrolled)?;
        if signed.is_request_of(known.key) { Ok(request.device) } else { Err(HubError::NotEnrolled) }
    }

    /// Which life of its log the county is in, and the highest number it has given.
    pub fn log_state(&self) -> Result<(lianhu_core::ids::Epoch, u64)> {
        let tx = self.look();
        Ok((tx.epoch()?, tx.meta::<i64>("top")?.unwrap_or(0).cast_unsigned()))
    }
}

fn to_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").ok();
        hex
    })
}

fn from_hex(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, []) = hex.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Enrolling, FileKey, InProcess, exchange};
    use lianhu_core::day::Moment;
    use lianhu_core::directive::Cadre;
    use lianhu_core::entry::{About, Source, kind};
    use lianhu_core::sign::Key;
    use lianhu_core::surroundings::Staged;
    use std::sync::{Arc, Mutex};

    #[test]
    fn what_a_phone_handed_over_can_be_proven_to_whoever_is_enrolled_and_to_nobody_else() {
        let dir = tempfile::tempdir().unwrap();
        let around = Arc::new(Staged::new(3, Moment(1_790_000_000)));
        let open = |name: &str| Ledger::open(&dir.path().join(name), &FileKey([7; 32]), around.clone()).unwrap();
        let mut county = open("county.sqlite");
        county.found_county("411321", "南召县", &Key::mint(&*around)).unwrap();
        let user = UserId::mint(&*around);
        let body = Cadre { name: "卫春建".into(), ..Cadre::default() };
        county.direct(|w| w.record(About::Cadre(user), kind::CADRE, Source::Office, &body)).unwrap();
        let secret = county.mint_secret(user).unwrap();
        let key = Key::mint(&*around);
        let asking = Enrolling { secret: String::new(), key: key.public(), label: "a".into(), device: None };
        let enrolled = county.enrol(&asking, &secret).unwrap().unwrap();
        let mut phone = open("phone.sqlite");
        phone.adopt(&enrolled, &key).unwrap();
        let entry = phone.write(|w| w.record(About::Cadre(user), kind::CADRE, Source::Office, &body)).unwrap();
        let county = Arc::new(Mutex::new(county));
        exchange(&mut phone, &mut InProcess(county.clone()), 0, &mut |_| ()).unwrap().unwrap();
        let county = county.lock().unwrap();

        let handed = phone.all_sealed().unwrap().first().unwrap().0.name();
        let of = ProofOf::Envelope(handed);
        let proof = county.prove(of).unwrap().unwrap();
        assert!(proof.verify());
        assert_eq!((proof.device, proof.key), (enrolled.device, key.public()));
        assert_eq!(proof.entries.iter().map(|entry| entry.name).collect::<Vec<_>>(), [entry]);
        assert!(!Proof { key: Key::mint(&*around).public(), ..proof.clone() }.verify());
        assert!(!Proof { entries: Vec::new(), ..proof.clone() }.verify());
        assert!(!Proof { header: proof.header.replace('a', "b"), ..proof.clone() }.verify());
        assert_eq!(county.prove(ProofOf::Entry(EntryName::of(b"another"))).unwrap(), None);

        let query = of.to_string();
        assert_eq!(ProofOf::parse(&query), Some(of));
        let (device, signature) = phone.sign_query(&query).unwrap();
        assert!(county.may_ask(&query, device, signature).unwrap());
        assert!(!county.may_ask(&query, DeviceId::mint(&*around), signature).unwrap());
        assert!(!county.may_ask("entry=00", device, signature).unwrap());
    }
}
