//! The code on a pass 督查通行证: what an inspector types to reach the pages of one inspection. Four groups of five of the
//! letters of an enrolment code.

use crate::ids::Hash;
use crate::spelling::{typed_bytes, write_spelt};
use crate::surroundings::Surroundings;
use std::fmt;

const SECRET: usize = 10;
const CHECK: usize = 2;
/// Ten bytes of secret and two to check by, in base32.
const LETTERS: usize = 20;
const GROUP: usize = 5;
const LABEL: &[u8] = b"lianhu pass 1\0";

/// A secret of 80 bits that opens the pages of one inspection while it lasts.
#[derive(Clone, PartialEq, Eq)]
pub struct PassCode([u8; SECRET]);

impl PassCode {
    /// A new random one.
    #[must_use]
    pub fn mint(around: &dyn Surroundings) -> Self {
        let mut secret = [0; SECRET];
        around.fill(&mut secret);
        Self(secret)
    }

    /// Reads what was typed from the pass; nothing if a letter is wrong or missing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = typed_bytes(text, LETTERS)?;
        let (secret, check) = bytes.split_at_checked(SECRET)?;
        let code = Self(secret.try_into().ok()?);
        (check == code.check()).then_some(code)
    }

    /// What stands in the entry that opens the inspection. Codes are compared by it, so that the time it takes tells nothing.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(&[LABEL, &self.0])
    }

    fn check(&self) -> [u8; CHECK] {
        let [first, second, ..] = Hash::of(&[b"lianhu pass check\0", &self.0]).0;
        [first, second]
    }
}

impl fmt::Display for PassCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.0[..], &self.check()].concat();
        write_spelt(f, &bytes, GROUP)
    }
}

impl fmt::Debug for PassCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PassCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_pass_is_four_groups_and_read_however_it_is_typed() {
        let code = PassCode(*b"tensecrets");
        let shown = code.to_string();
        assert_eq!(shown.split(' ').map(str::len).collect::<Vec<_>>(), [5, 5, 5, 5]);
        let wide: String =
            shown.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).filter(|_| c != ' ').unwrap_or('　')).collect();
        for typed in [shown.clone(), shown.to_lowercase(), shown.replace(' ', "-"), format!(" {shown}\n"), wide] {
            assert_eq!(PassCode::parse(&typed), Some(code.clone()), "{typed}");
        }
        for typed in [String::new(), shown.replace(' ', "码"), format!("{shown}A"), shown.chars().skip(1).collect()] {
            assert_eq!(PassCode::parse(&typed), None, "{typed}");
        }
        assert!(!format!("{code:?}").contains(shown.get(..5).unwrap()));
    }

    #[test]
    fn a_pass_with_one_wrong_letter_is_not_taken() {
        let shown: Vec<char> = PassCode(*b"tensecrets").to_string().chars().filter(|one| *one != ' ').collect();
        for at in 0..shown.len() {
            for wrong in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".chars().filter(|wrong| *wrong != shown[at]) {
                let mut typed = shown.clone();
                typed[at] = wrong;
                let typed: String = typed.into_iter().collect();
                assert_eq!(PassCode::parse(&typed), None, "{typed}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_fail(text: String) {
            let _read: Option<_> = PassCode::parse(&text);
        }
    }
}
