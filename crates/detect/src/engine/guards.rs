//! The guards of all parts, side by side: most hits end here.

use super::search::joined::may_cut;
use super::text::Text;
use crate::pattern::Part;

/// What follows a refuted pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refuted {
    /// Nothing.
    Ends,
    /// What stands behind a gap may be tried.
    MayJoin,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Its first set.
    start: u32,
    sets: u8,
    places: u8,
    refuted: Refuted,
}

/// The guards, by part.
#[derive(Debug, Default)]
pub(super) struct Guards {
    entries: Vec<Entry>,
    sets: Vec<[u64; 4]>,
}

impl Guards {
    pub(super) fn push(&mut self, part: &Part, refuted: Refuted) {
        let sets = &part.guard.sets;
        self.entries.push(Entry {
            start: self.sets.len() as u32,
            sets: sets.len() as u8,
            places: part.guard.places,
            refuted,
        });
        self.sets.extend_from_slice(sets);
    }

    /// False when no match of the part starts with these bytes.
    pub(super) fn may_start(&self, part: u16, text: &[u8]) -> bool {
        let Some(entry) = self.entries.get(usize::from(part)) else {
            return true;
        };
        let sets = &self.sets[entry.start as usize..][..usize::from(entry.sets)];
        let places = text.iter().take(usize::from(entry.places)).enumerate();
        places.into_iter().all(|(place, byte)| {
            let set = sets.get(place).or(sets.last());
            set.is_none_or(|set| contains(set, *byte))
        })
    }

    /// What refutes nothing at a place behind the anchor; `None` when that is anything.
    pub(super) fn place(&self, part: u16, place: usize) -> Option<[u64; 4]> {
        let entry = self.entries.get(usize::from(part))?;
        let sets = &self.sets[entry.start as usize..][..usize::from(entry.sets)];
        let mut set = *sets
            .get(place)
            .filter(|_| place < usize::from(entry.places))?;
        if entry.refuted == Refuted::MayJoin {
            for byte in (0..=127_u8).filter(|byte| may_cut(*byte)) {
                set[usize::from(byte >> 6)] |= 1 << (byte & 63);
            }
        }
        Some(set)
    }

    /// True when the bytes from `at` on are no start of a match, and where the pattern
    /// fails, in or behind an anchor of this length, no gap begins.
    pub(super) fn refute(&self, part: u16, anchor: u8, text: &Text<'_>, at: u64) -> bool {
        let Some(entry) = self.entries.get(usize::from(part)) else {
            return false;
        };
        let places = usize::from(entry.places);
        let mut place = 0;
        while place < places {
            let bytes = text.from(at + place as u64);
            if bytes.is_empty() {
                return false;
            }
            let bytes = &bytes[..bytes.len().min(places - place)];
            match self.judge(entry, bytes, place, usize::from(anchor)) {
                Some(refuted) => return refuted,
                None => place += bytes.len(),
            }
        }
        false
    }

    /// Whether a piece of the text refutes a part, if it says.
    #[inline]
    fn judge(&self, entry: &Entry, bytes: &[u8], first: usize, anchor: usize) -> Option<bool> {
        let sets = &self.sets[entry.start as usize..][..usize::from(entry.sets)];
        let last = sets.last()?;
        for (place, byte) in (first..).zip(bytes) {
            if entry.refuted == Refuted::MayJoin && place >= anchor && may_cut(*byte) {
                return Some(false);
            }
            if !contains(sets.get(place).unwrap_or(last), *byte) {
                return Some(true);
            }
        }
        None
    }
}

fn contains(set: &[u64; 4], byte: u8) -> bool {
    set[usize::from(byte >> 6)] & 1 << (byte & 63) != 0
}
