//! gzip (RFC 1952), zlib (RFC 1950) and raw deflate (RFC 1951) inside a decoded run.

use super::decoded::Outcome;
use super::plausible::is_readable;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_IGNORE_ADLER32, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

/// Room for the output at first; it grows by doubling.
const FIRST_ROOM: usize = 4 * 1024;

/// The decoder's tables (some 10 KiB) and its output.
#[derive(Default)]
pub(super) struct Inflater {
    state: Option<Box<DecompressorOxide>>,
    output: Vec<u8>,
}

impl Inflater {
    /// Inflates a stream up to a limit. Behind a header, what came before an error or
    /// an early end is given too: a reader may show it. Without one, only a stream
    /// with an end is one.
    pub(super) fn inflate(&mut self, bytes: &[u8], limit: usize) -> (&[u8], Outcome) {
        let header = compressed(bytes);
        let data = bytes.get(header.unwrap_or_default()..).unwrap_or_default();
        let state = self.state.get_or_insert_default();
        state.init();
        let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF | TINFL_FLAG_IGNORE_ADLER32;
        let (mut read, mut written) = (0, 0);
        loop {
            let room = (written * 2).max(FIRST_ROOM).min(limit);
            if self.output.len() < room {
                self.output.resize(room, 0);
            }
            let rest = data.get(read..).unwrap_or_default();
            let output = &mut self.output[..room];
            let (status, took, gave) = decompress(state, rest, output, written, flags);
            read += took;
            written += gave;
            let outcome = match status {
                TINFLStatus::HasMoreOutput if room < limit => continue,
                TINFLStatus::HasMoreOutput => Outcome::BudgetExceeded,
                TINFLStatus::Done => Outcome::Complete,
                _ if header.is_some() => Outcome::Complete,
                _ => return (&[], Outcome::Complete),
            };
            return (&self.output[..written], outcome);
        }
    }
}

/// Whether the bytes begin like a gzip or zlib stream.
pub(super) fn is_compressed(head: &[u8]) -> bool {
    head.starts_with(&[0x1f, 0x8b, 8]) || compressed(head).is_some()
}

/// Where the deflate data begins, if the bytes begin like a gzip or zlib stream.
fn compressed(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [0x1f, 0x8b, 8, flags, _, _, _, _, _, _, rest @ ..] => {
            gzip_fields(*flags, rest).map(|skip| 10 + skip)
        }
        // CMF and FLG make a multiple of 31; no preset dictionary.
        [0x78, flags, ..] if (0x7800 + u16::from(*flags)) % 31 == 0 && flags & 0x20 == 0 => Some(2),
        _ => None,
    }
}

/// Length of the optional fields of a gzip header.
fn gzip_fields(flags: u8, rest: &[u8]) -> Option<usize> {
    let mut skip = 0;
    if flags & 4 != 0 {
        let length = [*rest.first()?, *rest.get(1)?];
        skip += 2 + usize::from(u16::from_le_bytes(length));
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            skip += 1 + memchr::memchr(0, rest.get(skip..)?)?;
        }
    }
    if flags & 2 != 0 {
        skip += 2;
    }
    Some(skip)
}

/// Fewest bytes of a stream with a code of its own.
const MIN_DYNAMIC: usize = 30;

/// Whether a stream of `len` bytes whose first twelve are `head`, the first lowest,
/// may be raw deflate data of text: cheap, so that what is none hardly ever meets
/// the decoder.
pub(super) fn may_be_deflated(head: u128, len: usize) -> bool {
    match head >> 1 & 3 {
        // A stored block names its length twice.
        0 => head & 0xf8 == 0 && (head >> 8 ^ head >> 24) & 0xffff == 0xffff,
        1 => has_fixed_literals(head >> 3),
        2 => len >= MIN_DYNAMIC && has_complete_code(head >> 3),
        _ => false,
    }
}

/// The fixed code: the first symbols must be readable literals.
fn has_fixed_literals(bits: u128) -> bool {
    const LOOK: usize = 6;
    (0..LOOK).all(|index| {
        // Huffman codes come highest bit first. Those of ASCII have eight bits, and
        // 0x30 stands for zero.
        let code = ((bits >> (8 * index)) as u8).reverse_bits();
        (0x30..=0xbf).contains(&code) && is_readable(code - 0x30)
    })
}

/// A dynamic code: the code of its code lengths must be complete.
fn has_complete_code(bits: u128) -> bool {
    let (literals, distances, lengths) = (bits & 31, bits >> 5 & 31, bits >> 10 & 15);
    if literals > 29 || distances > 29 {
        return false;
    }
    let (mut sum, mut rest) = (0_u32, (bits >> 14) as u64);
    for _ in 0..lengths + 4 {
        // A length of zero is a symbol that is not used.
        sum += 128 >> (rest & 7) & 127;
        if sum > 128 {
            return false;
        }
        rest >>= 3;
    }
    sum == 128
}
