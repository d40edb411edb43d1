//! What a region decoder gives out, and the buffers it works in.

use super::inflate::Inflater;
use pipelock_model::View;
use std::ops::Range;

/// Whether everything that was plausible was decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a text that was not decoded whole is not clean"]
pub enum Outcome {
    /// Everything was.
    Complete,
    /// The limit on decoded bytes ended it early.
    BudgetExceeded,
}

/// One readable decoding of a run or of a part of it.
pub struct Decoded<'a> {
    /// How it was encoded.
    pub view: View,
    /// The decoded bytes; mostly UTF-8, a few other bytes may stand between.
    pub text: &'a [u8],
    pub(super) map: Map<'a>,
}

/// How offsets in the decoded text map to the source.
#[derive(Debug, Clone, Copy)]
pub(super) enum Map<'a> {
    /// Digits of so many bits each, of which the first stands at `origin`; `skip`
    /// decoded bytes stand before the text.
    Digits {
        origin: usize,
        bits: usize,
        skip: usize,
    },
    /// Byte `i` of the text begins at `offsets[i]`; the last entry is the end.
    Table(&'a [u32]),
    /// All of it comes from all of a range.
    Whole(usize, usize),
}

impl Decoded<'_> {
    /// The smallest source range that holds a range of the text.
    #[must_use]
    pub fn source(&self, range: Range<usize>) -> Range<usize> {
        match self.map {
            Map::Digits { origin, bits, skip } => {
                let start = origin + (skip + range.start) * 8 / bits;
                let end = origin + ((skip + range.end) * 8).div_ceil(bits);
                start..end.max(start)
            }
            Map::Table(offsets) => {
                let at = |index: usize| offsets.get(index).or(offsets.last());
                let start = at(range.start).copied().unwrap_or_default();
                let last = at(range.end.saturating_sub(1)).copied().unwrap_or(start);
                // The bytes of one character share their source.
                let rest = offsets.get(range.end..).unwrap_or_default();
                let next = rest.iter().find(|offset| **offset > last);
                let end = next.copied().unwrap_or(last.max(start));
                match range.is_empty() {
                    true => start as usize..start as usize,
                    false => start as usize..end as usize,
                }
            }
            Map::Whole(start, end) => start..end,
        }
    }
}

// Not derived: a decoded text may be a secret.
impl std::fmt::Debug for Decoded<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "Decoded({:?}, {} bytes)",
            self.view,
            self.text.len()
        )
    }
}

/// Reusable buffers. Empty until something plausible is decoded.
#[derive(Default)]
pub struct Scratch {
    /// Decoded bytes.
    pub(super) bytes: Vec<u8>,
    /// Text made of them, where it is not a part of them.
    pub(super) text: Vec<u8>,
    /// Where each byte of `text` comes from.
    pub(super) offsets: Vec<u32>,
    pub(super) inflater: Inflater,
}

impl std::fmt::Debug for Scratch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "Scratch({} bytes)",
            self.bytes.capacity() + self.text.capacity()
        )
    }
}

/// An offset as it is kept in a table. Regions are far below 4 GiB.
pub(super) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
