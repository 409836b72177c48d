//! The published form: deterministic CBOR (RFC 8949 §4.2) with bounded depth, and nothing else.
//!
//! Shortest integers, definite lengths, no tags, no floats, map keys unsigned integers in rising order. Bytes of
//! another form would let two names stand for one thing, or one decoder read what another does not.

use minicbor::data::Type;
use minicbor::decode::{Decoder, Error};

/// Why bytes are not of the published form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// The bytes are no CBOR or end too early.
    #[error("the bytes end too early or are no CBOR")]
    Broken,
    /// A longer spelling than needed, an indefinite length, a tag, a float, keys out of order.
    #[error("the bytes are not in the published form")]
    NotPublished,
    /// Nested deeper than anything in the form.
    #[error("nested too deep")]
    TooDeep,
    /// Bytes after the end.
    #[error("there are bytes after the end")]
    Trailing,
}

impl From<Error> for FormError {
    fn from(_: Error) -> Self {
        Self::Broken
    }
}

const DEEPEST: usize = 6;

/// Checks that the bytes are exactly one value in the published form.
pub fn check(bytes: &[u8]) -> Result<(), FormError> {
    let mut decoder = Decoder::new(bytes);
    value(&mut decoder, DEEPEST)?;
    if decoder.position() == bytes.len() { Ok(()) } else { Err(FormError::Trailing) }
}

fn value(d: &mut Decoder<'_>, depth: usize) -> Result<(), FormError> {
    let start = d.position();
    match d.datatype()? {
        Type::U8 | Type::U16 | Type::U32 | Type::U64 => shortest(start, d.u64()?, d),
        Type::I8 | Type::I16 | Type::I32 | Type::I64 => shortest(start, (!d.i64()?).cast_unsigned(), d),
        Type::Bytes => {
            let len = d.bytes()?.len();
            head(start, len as u64, d, len)
        }
        Type::String => {
            let len = d.str()?.len();
            head(start, len as u64, d, len)
        }
        Type::Bool => d.bool().map(drop).map_err(Into::into),
        Type::Null => d.null().map_err(Into::into),
        Type::Array => {
            let len = d.array()?.ok_or(FormError::NotPublished)?;
            head(start, len, d, 0)?;
            let depth = depth.checked_sub(1).ok_or(FormError::TooDeep)?;
            (0..len).try_for_each(|_| value(d, depth))
        }
        Type::Map => {
            let len = d.map()?.ok_or(FormError::NotPublished)?;
            head(start, len, d, 0)?;
            let depth = depth.checked_sub(1).ok_or(FormError::TooDeep)?;
            let mut last = None;
            for _ in 0..len {
                let at = d.position();
                let key = d.u64()?;
                shortest(at, key, d)?;
                if last.is_some_and(|last| key <= last) {
                    return Err(FormError::NotPublished);
                }
                last = Some(key);
                value(d, depth)?;
            }
            Ok(())
        }
        _ => Err(FormError::NotPublished),
    }
}

/// Whether the head that starts here took no more bytes than its argument needs.
fn shortest(start: usize, argument: u64, d: &Decoder<'_>) -> Result<(), FormError> {
    head(start, argument, d, 0)
}

fn head(start: usize, argument: u64, d: &Decoder<'_>, content: usize) -> Result<(), FormError> {
    let need = match argument {
        0..=23 => 1,
        24..=0xff => 2,
        0x100..=0xffff => 3,
        0x1_0000..=0xffff_ffff => 5,
        _ => 9,
    };
    if d.position() == start + need + content { Ok(()) } else { Err(FormError::NotPublished) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_published_form_passes() {
        let cases: &[(&[u8], Result<(), FormError>)] = &[
            (&[0xa1, 0x00, 0x01], Ok(())),
            (&[0xa2, 0x00, 0x01, 0x01, 0x62, 0x68, 0x69], Ok(())),
            (&[0x18, 0x05], Err(FormError::NotPublished)),
            (&[0x38, 0x05], Err(FormError::NotPublished)),
            (&[0x9f, 0xff], Err(FormError::NotPublished)),
            (&[0xa2, 0x01, 0x01, 0x00, 0x01], Err(FormError::NotPublished)),
            (&[0xa2, 0x01, 0x01, 0x01, 0x01], Err(FormError::NotPublished)),
            (&[0xa1, 0x61, 0x61, 0x01], Err(FormError::Broken)),
            (&[0xf9, 0x00, 0x00], Err(FormError::NotPublished)),
            (&[0xc0, 0x00], Err(FormError::NotPublished)),
            (&[0x01, 0x01], Err(FormError::Trailing)),
            (&[0x82, 0x01], Err(FormError::Broken)),
            (&[0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x01], Err(FormError::TooDeep)),
            (&[0x58, 0x01, 0x00], Err(FormError::NotPublished)),
            (&[0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], Err(FormError::Broken)),
        ];
        for (bytes, expected) in cases {
            assert_eq!(&check(bytes), expected, "{bytes:02x?}");
        }
    }
}
