//! 介绍信: what a device that was never on a line has to know of its county before it can be enrolled by file. The county
//! signs it with the key whose fingerprint the enrolment code names; so it does not matter who brings it.

use crate::ids::{Hash, PublicKey};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

/// What every letter of introduction begins with.
pub const BEGINS: &[u8] = b"lianhu introduction 1\n";
/// The largest file taken for one, in bytes.
pub const LARGEST: usize = 64 * 1024;

const LABEL: &[u8] = b"lianhu introduction 1\0";
/// What no handshake of TLS signs begins with so many of these and goes on with our label.
const APART: [u8; 64] = [b' '; 64];

/// Whom the letter introduces.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Introduced {
    /// The county's code.
    #[n(0)]
    pub county: String,
    /// Its name.
    #[n(1)]
    pub county_name: String,
    /// The key it signs with, and that files for it are closed for.
    #[n(2)]
    pub county_key: PublicKey,
}

/// The letter: who the county is, by the key of its server.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Introduction {
    /// [`Introduced`], as it was signed.
    #[n(0)]
    pub introduced: ByteVec,
    /// The server's certificate in DER, with the key that the code names.
    #[n(1)]
    pub certificate: ByteVec,
    /// How it was signed: a `SignatureScheme` of TLS.
    #[n(2)]
    pub scheme: u16,
    /// The signature over [`Introduction::message`].
    #[n(3)]
    pub signature: ByteVec,
    /// Where the county can be reached once there is a line; a hint of whoever passes the letter on, not signed.
    #[n(4)]
    pub server: Option<String>,
}

impl Introduction {
    /// What the server's key signs.
    #[must_use]
    pub fn message(introduced: &[u8]) -> Vec<u8> {
        [&APART, LABEL, &Hash::of(&[introduced]).0[..]].concat()
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> Vec<u8> {
        [BEGINS, &minicbor::to_vec(self).unwrap_or_default()].concat()
    }

    /// Reads a file. Whether the letter is genuine is for the reader, by certificate, code and signature.
    #[must_use]
    pub fn read(file: &[u8]) -> Option<Self> {
        let lies = file.strip_prefix(BEGINS).filter(|_| file.len() <= LARGEST)?;
        minicbor::decode::<Self>(lies).ok().filter(|letter| letter.file() == file)
    }

    /// Whom it introduces.
    #[must_use]
    pub fn introduced(&self) -> Option<Introduced> {
        minicbor::decode(&self.introduced).ok()
    }
}

/// What a device asks that is to be enrolled by file, inside a parcel closed for the county.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Ask {
    /// What it would ask over a line, as JSON.
    #[n(0)]
    pub asking: ByteVec,
    /// Its first request, signed: so its households come with the answer.
    #[n(1)]
    pub request: ByteVec,
}

/// What the county says to it, inside a parcel closed for the device.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Welcome {
    /// Why not, by the code of the line's answer; none when it is enrolled.
    #[n(0)]
    pub refused: Option<String>,
    /// What it would hear over a line, as JSON.
    #[n(1)]
    pub enrolled: Option<ByteVec>,
    /// The reply to its first request, a frame.
    #[n(2)]
    pub reply: Option<ByteVec>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_read_whole_or_not_at_all() {
        let introduced =
            Introduced { county: "411321".into(), county_name: "南召县".into(), county_key: PublicKey::default() };
        let letter = Introduction {
            introduced: minicbor::to_vec(&introduced).unwrap().into(),
            certificate: vec![1, 2, 3].into(),
            scheme: 0x0403,
            signature: vec![4; 64].into(),
            server: Some("https://10.0.0.1:8443".into()),
        };
        let file = letter.file();
        assert_eq!(Introduction::read(&file).as_ref(), Some(&letter));
        assert_eq!(letter.introduced(), Some(introduced));
        for cut in 0..file.len() {
            assert_eq!(Introduction::read(&file[..cut]), None, "cut at {cut}");
        }
        assert_eq!(Introduction::read(&[&file[..], b"more"].concat()), None);
        assert_eq!(Introduction::read(b"PK\x03\x04 a workbook"), None);
    }
}
