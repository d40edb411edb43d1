//! What a region decoder gives out.

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
#[allow(dead_code, reason = "signatures first")]
pub(super) enum Map<'a> {
    /// Byte `i` of the text begins at `offsets[i]`; the last entry is the end.
    Table(&'a [u32]),
}

impl Decoded<'_> {
    /// The source range of a range of the text.
    #[must_use]
    pub fn source(&self, range: Range<usize>) -> Range<usize> {
        let Map::Table(offsets) = self.map;
        let at = |index: usize| offsets.get(index).map_or(0, |at| *at as usize);
        at(range.start)..at(range.end)
    }
}

/// Reusable buffers. Empty until something plausible is decoded.
#[derive(Default)]
pub struct Scratch {}
