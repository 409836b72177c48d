//! How bytes are spelt where a person reads them from paper or over the telephone and types them: the letters of base32, in
//! groups with a space between.

use crate::enrolment_code::letter;
use data_encoding::BASE32_NOPAD;
use std::fmt;

/// Nobody types more by hand, whatever is asked for: the rest is not looked at.
const LONGEST: usize = 256;

/// Writes bytes in groups of so many letters.
pub fn write_spelt(f: &mut fmt::Formatter<'_>, bytes: &[u8], group: usize) -> fmt::Result {
    for (at, letter) in BASE32_NOPAD.encode(bytes).chars().enumerate() {
        if at > 0 && at % group == 0 {
            f.write_str(" ")?;
        }
        write!(f, "{letter}")?;
    }
    Ok(())
}

/// The letters that were typed, however they were: small or wide, with spaces or dashes, 0, 1 and 8 for what they look like.
/// Nothing where something is none.
pub(crate) fn typed_letters(text: &str) -> Option<String> {
    let read: Result<Vec<_>, _> = text.chars().take(LONGEST).map(letter).collect();
    Some(read.ok()?.into_iter().flatten().collect())
}

/// The bytes that were typed as so many letters.
pub(crate) fn typed_bytes(text: &str, letters: usize) -> Option<Vec<u8>> {
    let typed = typed_letters(text).filter(|typed| typed.len() == letters)?;
    BASE32_NOPAD.decode(typed.as_bytes()).ok()
}
