//! A text in pieces.

use super::{Lexicon, Sighting};

/// State of the search over one view of a text that comes in pieces. Whatever the
/// pieces, the sightings are the same.
#[derive(Debug, Clone)]
pub struct Watch {
    end: u64,
}

impl Watch {
    /// A watch over a text whose first byte has this offset.
    #[must_use]
    pub const fn new(start: u64) -> Self {
        Self { end: start }
    }

    /// Judges the next bytes; `last` says that no more will come.
    pub fn push(
        &mut self,
        _lexicon: &Lexicon,
        chunk: &[u8],
        _last: bool,
        _out: &mut Vec<Sighting>,
    ) {
        self.end += chunk.len() as u64;
    }

    /// Every byte before this offset may go: no sighting that is still to come
    /// starts before it.
    #[must_use]
    pub const fn safe(&self) -> u64 {
        self.end
    }

    /// True when the work budget was reached: what came later was not judged.
    #[must_use]
    pub const fn exhausted(&self) -> bool {
        false
    }

    /// True when nothing is pending.
    #[must_use]
    pub const fn is_idle(&self) -> bool {
        true
    }
}
