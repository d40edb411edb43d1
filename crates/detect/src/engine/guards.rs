//! The guards of all parts, side by side: most hits end here.

use super::anchors::cuts_number;
use super::search::joined::may_cut;
use super::text::Text;
use crate::pattern::{Part, RUN_LIMIT};
use std::ops::Range;

/// What follows a refuted pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refuted {
    /// Nothing.
    Ends,
    /// What stands behind a gap may be tried.
    MayJoin,
}

#[derive(Debug, Clone)]
struct Entry {
    /// Numbers of sets, by place.
    places: Range<usize>,
    refuted: Refuted,
}

/// The guards, by part.
#[derive(Debug, Default)]
pub(super) struct Guards {
    entries: Vec<Entry>,
    /// Sets of all places.
    places: Vec<u16>,
    sets: Vec<[u64; 4]>,
}

impl Guards {
    pub(super) fn push(&mut self, part: &Part, refuted: Refuted) {
        let (start, base) = (self.places.len(), self.sets.len());
        let number = |set: &u8| u16::try_from(base + usize::from(*set)).ok();
        let places = part.guard.places.iter().map_while(number);
        self.places.extend(places);
        self.sets.extend_from_slice(&part.guard.sets);
        self.entries.push(Entry {
            places: start..self.places.len(),
            refuted,
        });
    }

    fn places(&self, part: u16) -> (&[u16], Refuted) {
        let entry = self.entries.get(usize::from(part));
        entry.map_or((&[], Refuted::Ends), |entry| {
            (&self.places[entry.places.clone()], entry.refuted)
        })
    }

    fn passes(&self, set: u16, byte: u8) -> bool {
        contains(&self.sets[usize::from(set)], byte)
    }

    /// False when no match of the part starts with these bytes.
    pub(super) fn may_start(&self, part: u16, text: &[u8]) -> bool {
        self.all_pass(self.places(part).0, text)
    }

    /// What refutes nothing at a place behind the anchor; `None` when that is anything.
    pub(super) fn place(&self, part: u16, place: usize) -> Option<[u64; 4]> {
        self.place_or(part, place, CUTS)
    }

    /// The same behind a number of so many digits.
    pub(super) fn number_end(&self, part: u16, digits: usize) -> Option<[u64; 4]> {
        self.place_or(part, digits, NUMBER_CUTS)
    }

    /// The set of a place, with what may cut the token there.
    fn place_or(&self, part: u16, place: usize, cuts: [u64; 4]) -> Option<[u64; 4]> {
        let (places, refuted) = self.places(part);
        let mut set = self.sets[usize::from(*places.get(place)?)];
        if refuted == Refuted::MayJoin {
            for (word, cuts) in set.iter_mut().zip(cuts) {
                *word |= cuts;
            }
        }
        Some(set)
    }

    /// False when no match of the part begins in a text and goes on in the next, or is
    /// cut by its end.
    pub(super) fn may_span(&self, part: u16, text: &[u8], next: &[u8]) -> bool {
        let (places, _) = self.places(part);
        (0..text.len()).any(|at| {
            let length = text.len() - at;
            let next_passes = || match (places.get(length), next.first()) {
                (Some(set), Some(byte)) => self.passes(*set, *byte),
                _ => true,
            };
            // What follows refutes most.
            next_passes()
                && self.all_pass(places, &text[at..])
                && self.all_pass(places.get(length..).unwrap_or_default(), next)
        })
    }

    fn all_pass(&self, places: &[u16], bytes: &[u8]) -> bool {
        let mut pairs = places.iter().zip(bytes);
        pairs.all(|(set, byte)| self.passes(*set, *byte))
    }

    /// Compares the bytes from `at` on, which begin with an anchor of this length.
    pub(super) fn judge(&self, part: u16, anchor: u8, text: &Text<'_>, at: u64) -> Judged {
        let (places, refuted) = self.places(part);
        let anchor = usize::from(anchor);
        // Of a run the end tells most.
        if let (0, Some(set)) = (anchor, places.last())
            && let Some(byte) = text.get(at + places.len() as u64 - 1)
            && !self.passes(*set, byte)
        {
            return Judged::Refuted;
        }
        match text.from(at).get(..places.len()) {
            Some(bytes) => self.judge_places(places, anchor, refuted, bytes),
            None => self.judge_end(places, anchor, refuted, text, at),
        }
    }

    /// The same where the end of a piece is near.
    #[cold]
    fn judge_end(
        &self,
        places: &[u16],
        anchor: usize,
        refuted: Refuted,
        text: &Text<'_>,
        at: u64,
    ) -> Judged {
        if at < text.base {
            return Judged::Passes;
        }
        let mut buffer = [0; PLACES];
        let bytes = text.copy(at, at + places.len() as u64, &mut buffer);
        self.judge_places(places, anchor, refuted, bytes)
    }

    #[inline]
    fn judge_places(
        &self,
        places: &[u16],
        anchor: usize,
        refuted: Refuted,
        bytes: &[u8],
    ) -> Judged {
        let length = places.len().min(bytes.len());
        let (places, bytes) = (&places[..length], &bytes[..length]);
        let mut judged = Judged::Passes;
        // What follows the anchor refutes most.
        for at in anchor..length {
            let passes = self.passes(places[at], bytes[at]);
            if refuted == Refuted::MayJoin && contains(&CUTS, bytes[at]) {
                if !passes && is_number(&bytes[..at]) && !cuts_number(bytes[at]) {
                    return Judged::Refuted;
                }
                if !passes {
                    judged = Judged::Cut(at as u64);
                }
                break;
            }
            if !passes {
                return Judged::Refuted;
            }
        }
        for at in 0..anchor.min(length) {
            if !self.passes(places[at], bytes[at]) {
                return Judged::Refuted;
            }
        }
        judged
    }
}

/// Most places that are looked at: those of the longest run, and what follows it.
const PLACES: usize = 128;

const _: () = assert!(PLACES > RUN_LIMIT + 2);

/// What a guard says of a hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judged {
    /// It may be a match.
    Passes,
    /// It is none, wherever the pattern fails.
    Refuted,
    /// It is none. If the pattern does not fail earlier, it does so many bytes behind
    /// the hit, where a gap begins.
    Cut(u64),
}

/// What may cut a token, as a set.
const CUTS: [u64; 4] = cuts(false);
/// The same for one that is a number so far.
const NUMBER_CUTS: [u64; 4] = cuts(true);

const fn cuts(number: bool) -> [u64; 4] {
    let mut set = [0; 4];
    let mut byte = 0_u8;
    while byte < 128 {
        if may_cut(byte) && (!number || cuts_number(byte)) {
            set[(byte >> 6) as usize] |= 1 << (byte & 63);
        }
        byte += 1;
    }
    set
}

fn is_number(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_digit)
}

fn contains(set: &[u64; 4], byte: u8) -> bool {
    set[usize::from(byte >> 6)] & 1 << (byte & 63) != 0
}
