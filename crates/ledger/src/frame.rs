//! A frame: one zstd frame each way, with the dictionary that ships with the program and a declared bound.

use std::sync::OnceLock;

/// The largest frame taken apart, in bytes after unpacking.
pub(crate) const LARGEST: usize = 16 * 1024 * 1024;

/// Up to this size hardly anything but signatures, names and ids is in a frame: more effort finds nothing more.
const SMALL: usize = 2 * 1024;
const SMALL_LEVEL: i32 = 12;
const LEVEL: i32 = 17;
/// From this size on the line is a fast one, and the time to pack counts.
const LARGE: usize = 256 * 1024;
const LARGE_LEVEL: i32 = 3;
static DICTIONARY: &[u8] = include_bytes!("wire.dict");

struct Dictionaries {
    small: zstd::dict::EncoderDictionary<'static>,
    page: zstd::dict::EncoderDictionary<'static>,
    large: zstd::dict::EncoderDictionary<'static>,
    unpack: zstd::dict::DecoderDictionary<'static>,
}

fn dictionaries() -> &'static Dictionaries {
    static READY: OnceLock<Dictionaries> = OnceLock::new();
    READY.get_or_init(|| Dictionaries {
        small: zstd::dict::EncoderDictionary::copy(DICTIONARY, SMALL_LEVEL),
        page: zstd::dict::EncoderDictionary::copy(DICTIONARY, LEVEL),
        large: zstd::dict::EncoderDictionary::copy(DICTIONARY, LARGE_LEVEL),
        unpack: zstd::dict::DecoderDictionary::copy(DICTIONARY),
    })
}

/// The bytes are no frame, or unpack to more than [`LARGEST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no frame, or too large")]
pub(crate) struct NoFrame;

/// Packs bytes into a frame, with as much effort as its size is worth.
pub(crate) fn pack(bytes: &[u8]) -> Vec<u8> {
    let ready = dictionaries();
    let dictionary = match bytes.len() {
        0..SMALL => &ready.small,
        SMALL..LARGE => &ready.page,
        _ => &ready.large,
    };
    let packed = zstd::bulk::Compressor::with_prepared_dictionary(dictionary).and_then(|mut packer| {
        packer.include_checksum(false)?;
        packer.include_dictid(false)?;
        packer.compress(bytes)
    });
    packed.unwrap_or_default()
}

/// Unpacks a frame, never to more than [`LARGEST`].
pub(crate) fn unpack(frame: &[u8]) -> Result<Vec<u8>, NoFrame> {
    let declared = zstd::zstd_safe::get_frame_content_size(frame).map_err(|_| NoFrame)?.ok_or(NoFrame)?;
    let room = usize::try_from(declared).map_err(|_| NoFrame)?;
    if room > LARGEST {
        return Err(NoFrame);
    }
    let unpacker = zstd::bulk::Decompressor::with_prepared_dictionary(&dictionaries().unpack);
    unpacker.and_then(|mut unpacker| unpacker.decompress(frame, room)).map_err(|_| NoFrame)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_unpacks_to_what_was_packed_and_a_bomb_to_nothing() {
        for bytes in [Vec::new(), b"one".to_vec(), "走访".repeat(200_000).into_bytes()] {
            assert_eq!(unpack(&pack(&bytes)), Ok(bytes));
        }
        let bomb = zstd::bulk::compress(&vec![0; LARGEST + 1], 3).unwrap();
        assert_eq!(unpack(&bomb), Err(NoFrame));
        assert_eq!(unpack(b"no frame"), Err(NoFrame));
    }
}
