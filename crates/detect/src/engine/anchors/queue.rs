//! Hits of several positions, told in the order of their ends.

use super::tree::{Said, Tree};
use super::{Hit, Place};
use crate::pattern::ANCHOR_LIMIT;

/// Every position may say something at each of its lengths, and once at a gap.
const ROOM: usize = ANCHOR_LIMIT * (ANCHOR_LIMIT + 1);

#[derive(Clone, Copy)]
struct Entry {
    end: usize,
    said: Said,
    place: Place,
}

/// What was found and not told yet.
pub(super) struct Queue {
    entries: [Entry; ROOM],
    length: usize,
}

impl Queue {
    pub(super) fn new() -> Self {
        let nothing = Entry {
            end: 0,
            said: Said::NOTHING,
            place: Place::Anywhere,
        };
        Self {
            entries: [nothing; ROOM],
            length: 0,
        }
    }

    /// Adds behind everything that ends no later; `place` is what the position is.
    pub(super) fn add(&mut self, end: usize, said: Said, place: Place) {
        let entries = &mut self.entries[..ROOM.min(self.length + 1)];
        let mut at = self.length.min(ROOM - 1);
        while at > 0 && entries[at - 1].end > end {
            entries[at] = entries[at - 1];
            at -= 1;
        }
        entries[at] = Entry { end, said, place };
        self.length = entries.len();
    }

    /// Tells what ends no later than this.
    pub(super) fn until(&mut self, end: usize, mut tell: impl FnMut(usize, &Hit), tree: &Tree) {
        let due = self.entries[..self.length]
            .iter()
            .take_while(|entry| entry.end <= end)
            .count();
        for entry in &self.entries[..due] {
            let counts = |hit: &&Hit| hit.place == Place::Anywhere || entry.place == hit.place;
            for hit in tree.hits(entry.said).iter().filter(counts) {
                tell(entry.end, hit);
            }
        }
        self.entries.copy_within(due..self.length, 0);
        self.length -= due;
    }
}
