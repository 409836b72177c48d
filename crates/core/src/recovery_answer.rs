//! The answer to 忘记密码: twenty letters that a township reads back over the telephone, and the short code that is asked
//! with. Both are of the letters of an enrolment code.

use crate::spelling::{typed_bytes, typed_letters, write_spelt};
use crate::surroundings::Surroundings;
use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};
use std::fmt;

const SECRET: usize = 11;
/// Eleven bytes of secret and one to check by, in base32.
const LETTERS: usize = 20;
const GROUP: usize = 5;
/// Five bytes in base32.
const CODE: usize = 8;
const HALF: usize = 4;

/// A secret of 88 bits that opens one home once.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryAnswer([u8; SECRET]);

impl RecoveryAnswer {
    /// A new random one.
    #[must_use]
    pub fn mint(around: &dyn Surroundings) -> Self {
        let mut secret = [0; SECRET];
        around.fill(&mut secret);
        Self(secret)
    }

    /// Reads what was heard over the telephone and typed; nothing if a letter is wrong or missing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = typed_bytes(text, LETTERS)?;
        let (secret, check) = bytes.split_at_checked(SECRET)?;
        let answer = Self(secret.try_into().ok()?);
        (check == [answer.check()]).then_some(answer)
    }

    fn check(&self) -> u8 {
        let mut hasher = Sha256::new();
        hasher.update(b"lianhu recovery");
        hasher.update(self.0);
        hasher.finalize().first().copied().unwrap_or_default()
    }
}

impl fmt::Display for RecoveryAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.0.to_vec();
        bytes.push(self.check());
        write_spelt(f, &bytes, GROUP)
    }
}

impl fmt::Debug for RecoveryAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryAnswer(…)")
    }
}

/// The short code a locked home shows: by it the county finds what it keeps for this home. It is no secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// A new random one.
    #[must_use]
    pub fn mint(around: &dyn Surroundings) -> Self {
        let mut bytes = [0; 5];
        around.fill(&mut bytes);
        Self(BASE32_NOPAD.encode(&bytes))
    }

    /// Reads what was heard and typed.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let letters = typed_letters(text)?;
        (letters.len() == CODE).then_some(Self(letters))
    }

    /// Its letters with nothing between them.
    #[must_use]
    pub fn letters(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.split_at_checked(HALF) {
            Some((first, rest)) => write!(f, "{first} {rest}"),
            None => f.write_str(&self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day::Moment;
    use crate::surroundings::Staged;

    fn around() -> Staged {
        Staged::new(3, Moment(0))
    }

    #[test]
    fn an_answer_is_twenty_letters_and_is_read_back_however_it_is_typed() {
        let answer = RecoveryAnswer::mint(&around());
        let shown = answer.to_string();
        assert_eq!(shown.replace(' ', "").len(), 20, "{shown}");
        for typed in [shown.clone(), shown.to_lowercase(), shown.replace(' ', ""), shown.replace(' ', "－")] {
            assert_eq!(RecoveryAnswer::parse(&typed), Some(answer.clone()), "{typed}");
        }
        assert!(!format!("{answer:?}").contains(shown.split(' ').next().unwrap()));
    }

    #[test]
    fn a_letter_heard_wrong_is_noticed_before_anything_is_tried() {
        let shown = RecoveryAnswer::mint(&around()).to_string().replace(' ', "");
        let (mut wrong, mut taken) = (0, 0);
        for at in 0..shown.len() {
            for letter in
                "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".chars().filter(|letter| shown.chars().nth(at) != Some(*letter))
            {
                let typed: String =
                    shown.chars().enumerate().map(|(place, own)| if place == at { letter } else { own }).collect();
                wrong += 1;
                taken += usize::from(RecoveryAnswer::parse(&typed).is_some());
            }
        }
        assert!(taken * 64 < wrong, "{taken} of {wrong} were not noticed; one in 256 is to be expected");
        assert_eq!(RecoveryAnswer::parse(shown.get(1..).unwrap()), None);
        assert_eq!(RecoveryAnswer::parse("忘记"), None);
    }

    #[test]
    fn a_code_is_eight_letters() {
        let code = RecoveryCode::mint(&around());
        assert_eq!(code.to_string().len(), 9);
        assert_eq!(RecoveryCode::parse(&code.to_string().to_lowercase()), Some(code.clone()));
        assert_eq!(RecoveryCode::parse(code.letters()), Some(code.clone()));
        assert_eq!(RecoveryCode::parse("ABC"), None);
    }
}
