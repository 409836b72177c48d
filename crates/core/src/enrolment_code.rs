//! The enrolment code 登记码: what a person types once on a new phone. It names the county's key, so that the phone
//! talks to nobody else from the first byte on, and carries the secret that enrols one device.

use crate::spelling::write_spelt;
use data_encoding::{BASE32_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt;

const FINGERPRINT: usize = 16;
const SECRET: usize = 10;
const CHECK: usize = 2;
/// How many letters a code has: 28 bytes in base32.
const LETTERS: usize = 45;
const GROUP: usize = 5;

/// The fingerprint of a county's TLS key: the first 16 bytes of the SHA-256 of the certificate's
/// `SubjectPublicKeyInfo` in DER. A renewed certificate for the same key keeps it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint(pub [u8; FINGERPRINT]);

impl Fingerprint {
    /// The fingerprint of this `SubjectPublicKeyInfo`.
    #[must_use]
    pub fn of(public_key_info: &[u8]) -> Self {
        Self(first(&Sha256::digest(public_key_info)))
    }

    /// Reads hexadecimal.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        HEXLOWER.decode(text.trim().to_ascii_lowercase().as_bytes()).ok()?.try_into().ok().map(Self)
    }
}

impl From<[u8; FINGERPRINT]> for Fingerprint {
    fn from(bytes: [u8; FINGERPRINT]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not the hexadecimal of a fingerprint"))
    }
}

/// One enrolment code: base32 of fingerprint ‖ secret ‖ check, shown as nine groups of five letters.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentCode {
    /// Whose key must answer.
    pub fingerprint: Fingerprint,
    /// What enrols one device, once.
    pub secret: [u8; SECRET],
}

/// Why a text is no enrolment code. None of them says anything about the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnrolmentCodeError {
    /// Too few or too many letters: something was left out or typed twice.
    #[error("an enrolment code has 45 letters, not {0}")]
    WrongLength(usize),
    /// A letter that no code has.
    #[error("{0:?} is in no enrolment code")]
    WrongLetter(char),
    /// A letter is not the one that was given out.
    #[error("a letter of the code is wrong")]
    WrongCheck,
}

impl EnrolmentCode {
    /// The code for a county's key and a secret.
    #[must_use]
    pub fn new(fingerprint: Fingerprint, secret: [u8; SECRET]) -> Self {
        Self { fingerprint, secret }
    }

    /// Reads what a person typed or scanned: small letters, full-width letters, spaces and dashes are fine, and the
    /// digits 0, 1 and 8, which no code has, are taken for the letters they look like.
    pub fn parse(text: &str) -> Result<Self, EnrolmentCodeError> {
        let mut letters = String::new();
        for typed in text.chars() {
            letters.extend(letter(typed)?);
        }
        if letters.len() != LETTERS {
            return Err(EnrolmentCodeError::WrongLength(letters.len()));
        }
        let bytes = BASE32_NOPAD.decode(letters.as_bytes()).map_err(|_| EnrolmentCodeError::WrongCheck)?;
        let (fingerprint, rest) = bytes.split_at_checked(FINGERPRINT).unwrap_or_default();
        let (secret, check) = rest.split_at_checked(SECRET).unwrap_or_default();
        let code = Self::new(Fingerprint(first(fingerprint)), first(secret));
        if code.check() == check { Ok(code) } else { Err(EnrolmentCodeError::WrongCheck) }
    }

    /// The one group, counted from 1, in which another letter would make a mistyped code right: where to look first on the slip.
    /// Nothing where several groups could be it. Two slips in one code may point to a group that is right.
    #[must_use]
    pub fn suspect(text: &str) -> Option<usize> {
        let mut letters = Vec::new();
        for typed in text.chars() {
            letters.extend(letter(typed).ok()?);
        }
        let fits = |tried: &[char]| Self::parse(&tried.iter().collect::<String>()).is_ok();
        let alphabet = || ('A'..='Z').chain('2'..='7');
        let mut groups = BTreeSet::new();
        for at in 0..letters.len() {
            let mut tried = letters.clone();
            let other = alphabet().any(|other| {
                let Some(place) = tried.get_mut(at) else { return false };
                *place = other;
                fits(&tried)
            });
            let mut turned = letters.clone();
            let swapped = at + 1 < turned.len() && (at + 1) % GROUP != 0 && {
                turned.swap(at, at + 1);
                fits(&turned)
            };
            if other || swapped {
                groups.insert(at / GROUP + 1);
            }
        }
        groups.first().copied().filter(|_| groups.len() == 1)
    }

    /// The secret in hexadecimal, as it is sent.
    #[must_use]
    pub fn secret_hex(&self) -> String {
        HEXLOWER.encode(&self.secret)
    }

    /// The bytes of a secret in hexadecimal, as a device sends it.
    #[must_use]
    pub fn secret_of(hex: &str) -> Option<Vec<u8>> {
        HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok()
    }

    fn check(&self) -> [u8; CHECK] {
        let mut hasher = Sha256::new();
        hasher.update(self.fingerprint.0);
        hasher.update(self.secret);
        first(&hasher.finalize())
    }
}

impl fmt::Display for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.fingerprint.0.to_vec();
        bytes.extend_from_slice(&self.secret);
        bytes.extend_from_slice(&self.check());
        write_spelt(f, &bytes, GROUP)
    }
}

impl fmt::Debug for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EnrolmentCode({}, …)", self.fingerprint)
    }
}

/// The letter that was meant; nothing for what only parts the groups.
pub(crate) fn letter(typed: char) -> Result<Option<char>, EnrolmentCodeError> {
    // Full-width forms, as a Chinese keyboard writes them, stand 0xFEE0 above the plain ones.
    let plain = match typed {
        '！'..='～' => char::from_u32(u32::from(typed) - 0xFEE0).unwrap_or(typed),
        _ => typed,
    };
    match plain.to_ascii_uppercase() {
        '0' => Ok(Some('O')),
        '1' => Ok(Some('I')),
        '8' => Ok(Some('B')),
        meant @ ('A'..='Z' | '2'..='7') => Ok(Some(meant)),
        parting if parting.is_whitespace() || "-‐‑–—_.·".contains(parting) => Ok(None),
        _ => Err(EnrolmentCodeError::WrongLetter(typed)),
    }
}

/// The first bytes; what is missing is zero.
fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut taken = [0; N];
    for (to, from) in taken.iter_mut().zip(bytes) {
        *to = *from;
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code() -> EnrolmentCode {
        EnrolmentCode::new(Fingerprint::of(b"a public key"), *b"tensecrets")
    }

    #[test]
    fn a_code_is_nine_groups_of_five_letters() {
        let shown = code().to_string();
        let groups: Vec<_> = shown.split(' ').collect();
        assert_eq!(groups.len(), 9);
        assert!(groups.iter().all(|group| group.len() == 5), "{shown}");
        assert_eq!(EnrolmentCode::parse(&shown), Ok(code()));
    }

    #[test]
    fn the_group_with_the_wrong_letter_is_pointed_out() {
        let shown = code().to_string();
        for (at, was) in shown.char_indices().filter(|(_, letter)| *letter != ' ') {
            let wrong = if was == 'Q' { 'W' } else { 'Q' };
            let typed: String =
                shown.char_indices().map(|(here, letter)| if here == at { wrong } else { letter }).collect();
            let pointed = EnrolmentCode::suspect(&typed);
            assert!(pointed.is_none_or(|group| group == at / (GROUP + 1) + 1), "{typed}: {pointed:?}");
        }
        let pointed = |typed: &str| EnrolmentCode::suspect(typed);
        let mut letters: Vec<char> = shown.chars().collect();
        letters.swap(12, 13);
        assert_eq!(pointed(&letters.iter().collect::<String>()), Some(3));
        assert_eq!(pointed("ABCDE FGHIJ"), None);
    }

    #[test]
    fn a_code_typed_with_a_careless_thumb_is_read() {
        let shown = code().to_string();
        let wide: String =
            shown.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).filter(|_| c != ' ').unwrap_or('　')).collect();
        let looks_like = shown.replace('O', "0").replace('I', "1").replace('B', "8");
        assert!(looks_like != shown);
        for typed in [
            shown.to_lowercase(),
            shown.replace(' ', ""),
            shown.replace(' ', "-"),
            format!(" {shown}\n"),
            wide,
            looks_like,
        ] {
            assert_eq!(EnrolmentCode::parse(&typed), Ok(code()), "{typed}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_code_is_told_apart() {
        let shown = code().to_string();
        let short: String = shown.chars().take(20).collect();
        assert_eq!(EnrolmentCode::parse(&short), Err(EnrolmentCodeError::WrongLength(17)));
        assert_eq!(EnrolmentCode::parse(&format!("{shown}A")), Err(EnrolmentCodeError::WrongLength(46)));
        assert_eq!(EnrolmentCode::parse(&shown.replace(' ', "码")), Err(EnrolmentCodeError::WrongLetter('码')));
        assert_eq!(EnrolmentCode::parse(""), Err(EnrolmentCodeError::WrongLength(0)));
    }

    #[test]
    fn a_code_with_one_wrong_letter_is_not_taken() {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let shown: Vec<char> = code().to_string().chars().filter(|letter| *letter != ' ').collect();
        for at in 0..shown.len() {
            for wrong in alphabet.chars().filter(|wrong| *wrong != shown[at]) {
                let mut typed = shown.clone();
                typed[at] = wrong;
                let typed: String = typed.into_iter().collect();
                assert_eq!(EnrolmentCode::parse(&typed), Err(EnrolmentCodeError::WrongCheck), "{typed}");
            }
        }
    }

    #[test]
    fn what_is_printed_for_a_log_does_not_hold_the_secret() {
        assert!(!format!("{:?}", code()).contains(&code().secret_hex()));
        assert_eq!(Fingerprint::parse(&code().fingerprint.to_string()), Some(code().fingerprint));
    }

    proptest! {
        #[test]
        fn every_code_is_read_back(fingerprint: [u8; 16], secret: [u8; 10]) {
            let code = EnrolmentCode::new(Fingerprint(fingerprint), secret);
            prop_assert_eq!(EnrolmentCode::parse(&code.to_string()), Ok(code));
        }

        #[test]
        fn no_text_makes_the_reader_fail(text: String) {
            let _read: Result<_, _> = EnrolmentCode::parse(&text);
        }
    }
}
