//! Bytes written as separated numbers, and letters that stand apart.

use super::{Decoded, Scratch};
use std::ops::Range;

/// Where the first region begins for which [`spaced_region`] has a decoding.
#[must_use]
pub fn first_spaced(_text: &[u8]) -> Option<usize> {
    None
}

/// The region that begins at `at` (from [`first_spaced`]) and its decoding, whose
/// source offsets are those of `text`.
#[must_use]
pub fn spaced_region<'a>(
    _text: &[u8],
    _at: usize,
    _scratch: &'a mut Scratch,
) -> Option<(Range<usize>, Decoded<'a>)> {
    None
}
