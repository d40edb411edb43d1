//! What may follow a number: most texts hold many, and few begin a token.

use super::{Anchor, Cut, Place, folded};
use crate::pattern::{ANCHOR_LIMIT, fold};

/// Digits of the longest number that is told by what follows it.
const LONGEST: usize = 24;

/// Folded bytes, a bit for each.
type Set = [u64; 4];

/// For the anchors that begin with digits.
#[derive(Debug)]
pub(super) struct Numbers {
    /// What may follow so many digits.
    ends: [Set; LONGEST + 1],
    /// One of them counts inside of a word.
    anywhere: bool,
}

/// Where a string literal ends: the only gap that cuts a number. A number in a list is
/// no piece of a token.
pub(in super::super) const fn cuts_number(byte: u8) -> bool {
    matches!(fold(byte), b'"' | b'\\')
}

impl Numbers {
    /// `end` tells what may stand so many bytes behind the start of a part's match, if
    /// not anything.
    pub(super) fn new(anchors: &[Anchor<'_>], end: impl Fn(u16, usize) -> Option<Set>) -> Self {
        let mut numbers = Self {
            ends: [[0; 4]; LONGEST + 1],
            anywhere: false,
        };
        for anchor in anchors {
            numbers.add(anchor, &end);
        }
        numbers
    }

    fn add(&mut self, anchor: &Anchor<'_>, end: &impl Fn(u16, usize) -> Option<Set>) {
        let mut bytes = [0; ANCHOR_LIMIT];
        let mut length = 0;
        for (slot, byte) in bytes.iter_mut().zip(folded(anchor)) {
            *slot = byte;
            length += 1;
        }
        let bytes = &bytes[..length];
        let digits = bytes.iter().take_while(|byte| **byte == b'0').count();
        if digits == 0 {
            return;
        }
        self.anywhere |= anchor.place == Place::Anywhere;
        let cut = anchor.cut == Cut::AtGaps;
        for set in self.ends[1..=digits].iter_mut().filter(|_| cut) {
            insert(set, b'"');
            insert(set, b'\\');
        }
        match bytes.get(digits) {
            Some(next) => insert(&mut self.ends[digits], *next),
            None => {
                for (count, set) in self.ends.iter_mut().enumerate().skip(digits) {
                    match end(anchor.part, count) {
                        Some(end) => insert_folded(set, &end),
                        None => *set = [!0; 4],
                    }
                }
            }
        }
    }

    /// False when no anchor begins with the digits that folded bytes begin with, given
    /// what follows them.
    #[inline]
    pub(super) fn may_begin(&self, bytes: &[u8], place: Place) -> bool {
        if self.anywhere {
            return true;
        }
        if place == Place::Anywhere {
            return false;
        }
        let digits = bytes.iter().take_while(|byte| **byte == b'0').count();
        match (bytes.get(digits), self.ends.get(digits)) {
            (Some(next), Some(set)) => set[usize::from(next >> 6)] & (1 << (next & 63)) != 0,
            _ => true,
        }
    }
}

fn insert(set: &mut Set, byte: u8) {
    set[usize::from(byte >> 6)] |= 1 << (byte & 63);
}

fn insert_folded(set: &mut Set, other: &Set) {
    for byte in 0..=255_u8 {
        if other[usize::from(byte >> 6)] & 1 << (byte & 63) != 0 {
            insert(set, fold(byte));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(bytes: &[u8]) -> Set {
        let mut set = [0; 4];
        bytes.iter().for_each(|byte| insert(&mut set, *byte));
        set
    }

    fn anchor(part: u16, bytes: &[u8], cut: Cut) -> Anchor<'_> {
        Anchor {
            part,
            kind: 1,
            place: Place::WordStart,
            cut,
            behind: None,
            bytes,
        }
    }

    #[test]
    fn a_number_is_told_by_what_follows_it() {
        let anchors = [
            anchor(0, b"123:", Cut::Never),
            anchor(1, b"0x", Cut::Never),
            anchor(2, b"12345", Cut::AtGaps),
        ];
        // The last one takes up to seven digits, and then a dash.
        let end = |part: u16, at: usize| match (part, at) {
            (2, ..7) => Some(set(b"0123456789-")),
            (2, 7) => Some(set(b"-")),
            (2, _) => Some(set(b"")),
            _ => None,
        };
        let numbers = Numbers::new(&anchors, end);
        let cases: [(&str, bool); 13] = [
            ("000:", true),
            ("000,", false),
            ("00:", false),
            ("0xab", true),
            ("00x", false),
            ("00000-", true),
            ("0000000-", true),
            ("00000000-", false),
            ("00000,", false),
            ("0000\"", true),
            ("0000\n", false),
            ("0000", true),
            (&"0".repeat(LONGEST + 1), true),
        ];
        for (text, begins) in cases {
            let bytes = text.as_bytes();
            assert_eq!(numbers.may_begin(bytes, Place::WordStart), begins, "{text}");
            assert!(!numbers.may_begin(bytes, Place::Anywhere), "{text}");
        }
    }
}
