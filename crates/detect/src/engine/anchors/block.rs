//! A piece of text, folded, with what was before it.

use super::{KEPT, Place, State, is_word};

/// Positions that are looked at together.
pub(super) const GROUP: usize = 32;
/// Bytes that a look at the last position reads behind it, rounded up.
const BEHIND: usize = GROUP + 8;

/// Size of a block for a header, a part of a URL or the like.
pub(super) const SHORT: usize = 256 + KEPT + BEHIND;
/// Size of a block for anything longer.
pub(super) const LONG: usize = 2048 + KEPT + BEHIND;

/// Kept bytes, text, zeroes.
pub(super) struct Block<const SIZE: usize> {
    bytes: [u8; SIZE],
    /// First position at which an anchor may begin.
    first: usize,
    /// End of the text.
    end: usize,
}

impl<const SIZE: usize> Block<SIZE> {
    /// Most bytes of text.
    pub(super) const ROOM: usize = SIZE - KEPT - BEHIND;

    /// Folds as much of a chunk as there is room for.
    #[inline]
    pub(super) fn new(state: &State, chunk: &[u8]) -> Self {
        let chunk = &chunk[..chunk.len().min(Self::ROOM)];
        let mut bytes = [0; SIZE];
        bytes[..KEPT].copy_from_slice(&state.bytes);
        for (to, from) in bytes[KEPT..].iter_mut().zip(chunk) {
            *to = fold(*from);
        }
        Self {
            bytes,
            // The first of all kept bytes is there for what it is to the second.
            first: KEPT - usize::from(state.known).min(KEPT - 2),
            end: KEPT + chunk.len(),
        }
    }

    /// The text, folded.
    pub(super) fn text(&self) -> &[u8] {
        &self.bytes[KEPT..self.end]
    }

    pub(super) fn end(&self) -> usize {
        self.end
    }

    pub(super) fn first(&self) -> usize {
        self.first
    }

    /// What is there from a position on.
    pub(super) fn from(&self, at: usize) -> &[u8] {
        &self.bytes[at..self.end]
    }

    /// What groups are looked at in: the text and the zeroes behind it.
    #[inline]
    pub(super) fn group(&self, at: usize) -> Option<&[u8; GROUP + 4]> {
        if at >= self.end {
            return None;
        }
        self.bytes.get(at..)?.first_chunk()
    }

    /// What a position is.
    pub(super) fn place(&self, at: usize) -> Place {
        if is_word(self.bytes[at]) && at > 0 && is_word(self.bytes[at - 1]) {
            Place::Anywhere
        } else {
            Place::WordStart
        }
    }
}

/// [`crate::pattern::fold`] without branches, so that the compiler takes many bytes at
/// a time.
#[inline]
fn fold(byte: u8) -> u8 {
    let pick = |condition: bool, yes: u8, no: u8| if condition { yes } else { no };
    let upper = byte.wrapping_sub(b'A') < 26;
    let digit = byte.wrapping_sub(b'0') < 10;
    let line = (byte == b'\t') | (byte == b'\r');
    let quote = (byte == b'\'') | (byte == b'`');
    let byte = byte | (u8::from(upper) << 5);
    let byte = pick(digit, b'0', byte);
    let byte = pick(line, b'\n', byte);
    pick(quote, b'\\', byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_folding_agree() {
        for byte in 0..=255 {
            assert_eq!(fold(byte), crate::pattern::fold(byte), "{byte}");
        }
    }
}
