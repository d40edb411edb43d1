//! Runs of seed words, and which windows of them are phrases.

use super::fold::Token;
use super::words::{self, LISTS, Spelling};
use super::{BLANK, LINE, SeedRules};
use sha2::{Digest, Sha256};
use std::ops::Range;

/// Longest phrase, in words.
const LONGEST: usize = 24;
/// Words of a list that may stand right beside a phrase by chance. So many more are
/// awaited before a window is judged.
const BESIDE: usize = 3;
/// Words that are remembered: a stream carries them inline.
const KEPT: usize = LONGEST + BESIDE + 1;
/// Lengths of phrases, longest first.
const LENGTHS: [u8; 5] = [24, 21, 18, 15, 12];

const _: () = assert!(BESIDE == 3 && std::mem::size_of::<Run>() <= 1280);

/// What stands between two words, as a set of kinds of characters.
pub(super) type Gap = u8;

/// A token that is a word of some lists. Zeros stand for none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    start: u64,
    /// Its bytes: seventeen letters are no word, and a letter has few.
    length: u8,
    /// What stands before it.
    gap: Gap,
    /// Number in each list.
    index: [u16; LISTS],
    /// Lists in which it is a word.
    lists: u16,
    /// Lists in which its four letters stand for a longer word.
    short: u16,
    letters: u8,
}

/// The words that were read last, each in at least one list.
#[derive(Debug, Clone)]
pub(super) struct Run {
    slots: [Slot; KEPT],
    /// Words so far.
    count: u64,
    /// How many of the last words are in each list.
    lengths: [u64; LISTS],
    /// Lists that the last word is in.
    live: u16,
    /// The last span that was reported.
    reported: Range<u64>,
}

impl Slot {
    const EMPTY: Self = Self {
        start: 0,
        length: 0,
        gap: 0,
        index: [0; LISTS],
        lists: 0,
        short: 0,
        letters: 0,
    };

    /// Looks a token up; `None` when it is no word.
    pub(super) fn read(token: &Token, span: Range<u64>, gap: Gap) -> Option<Self> {
        let mut slot = Self {
            start: span.start,
            length: u8::try_from(span.end - span.start).unwrap_or(u8::MAX),
            gap,
            letters: token.letters(),
            ..Self::EMPTY
        };
        words::each(token, |word| {
            slot.index[usize::from(word.list) % LISTS] = word.index;
            slot.lists |= 1 << word.list;
            if word.spelling == Spelling::Short {
                slot.short |= 1 << word.list;
            }
        });
        (slot.lists != 0).then_some(slot)
    }
}

impl Default for Run {
    fn default() -> Self {
        Self {
            slots: [Slot::EMPTY; KEPT],
            count: 0,
            lengths: [0; LISTS],
            live: 0,
            reported: 0..0,
        }
    }
}

impl Run {
    /// True when no list goes on.
    pub(super) fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// Where the first window begins that is not judged yet.
    pub(super) fn begins(&self) -> Option<u64> {
        let longest = self
            .lengths
            .iter()
            .copied()
            .max()
            .filter(|most| *most > 0)?;
        let back = longest.min((LONGEST + BESIDE) as u64);
        Some(self.slot(back).start)
    }

    /// The word so many places before the end; 1 is the last.
    fn slot(&self, back: u64) -> &Slot {
        &self.slots[(self.count.wrapping_sub(back) % KEPT as u64) as usize]
    }

    /// Adds a word.
    pub(super) fn push(&mut self, slot: Slot, rules: &SeedRules, out: &mut Vec<Range<u64>>) {
        for list in lists(self.live & !slot.lists) {
            self.close(list, slot.gap, rules, out);
        }
        self.slots[(self.count % KEPT as u64) as usize] = slot;
        self.count += 1;
        self.live = slot.lists;
        // What follows the windows in question also stands inside of them: most words
        // of a long run.
        let alike = self.slot(BESIDE as u64).gap == self.slot(BESIDE as u64 + 1).gap;
        for list in lists(slot.lists) {
            self.lengths[list] += 1;
            if !alike {
                self.judge(list, &[BESIDE as u64], 0, rules, out);
            }
        }
    }

    /// Ends every run. `gap` is what follows the last word.
    pub(super) fn end(&mut self, gap: Gap, rules: &SeedRules, out: &mut Vec<Range<u64>>) {
        for list in lists(self.live) {
            self.close(list, gap, rules, out);
        }
        self.live = 0;
    }

    fn close(&mut self, list: usize, gap: Gap, rules: &SeedRules, out: &mut Vec<Range<u64>>) {
        self.judge(list, &[2, 1, 0], gap, rules, out);
        self.lengths[list] = 0;
    }

    /// Judges the windows that end so many words before the last, longest first. `gap`
    /// is what follows the last.
    fn judge(
        &mut self,
        list: usize,
        after: &[u64],
        gap: Gap,
        rules: &SeedRules,
        out: &mut Vec<Range<u64>>,
    ) {
        let length = self.lengths[list];
        if length < 12 {
            return;
        }
        let found = LENGTHS
            .iter()
            .filter(|words| **words >= rules.min_words)
            .flat_map(|words| after.iter().map(|after| (u64::from(*words), *after)))
            .filter(|(words, after)| words + after <= length)
            .map(|(words, after)| Window {
                run: self,
                list,
                words,
                after,
            })
            .find(|window| window.stands_out(gap) && window.is_phrase(rules.verify_checksum))
            .map(|window| window.span());
        if let Some(span) = found
            && (span.end > self.reported.end || span.start < self.reported.start)
        {
            self.reported = span.clone();
            out.push(span);
        }
    }
}

/// The lists of a set.
fn lists(mut set: u16) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let list = set.trailing_zeros() as usize;
        set &= set.wrapping_sub(1);
        (list < LISTS).then_some(list)
    })
}

/// So many words of one list, and so many after them.
struct Window<'r> {
    run: &'r Run,
    list: usize,
    words: u64,
    after: u64,
}

impl Window<'_> {
    /// The word at a place of the window.
    fn slot(&self, place: u64) -> &Slot {
        self.run.slot(self.after + self.words - place)
    }

    fn span(&self) -> Range<u64> {
        let last = self.slot(self.words - 1);
        self.slot(0).start..last.start + u64::from(last.length)
    }

    /// On either side it ends the run, or nearly, or what separates it from its
    /// neighbour separates no two of its words: chance finds a checksum in every
    /// sixteenth window of a list of such words.
    fn stands_out(&self, gap: Gap) -> bool {
        let before = self.run.lengths[self.list] - self.words - self.after;
        let inside = |gap: Gap| (1..self.words).any(|place| self.slot(place).gap == gap);
        let follows = match self.after {
            0 => gap,
            after => self.run.slot(after).gap,
        };
        (before < BESIDE as u64 || !inside(self.slot(0).gap))
            && (self.after < BESIDE as u64 || !inside(follows))
    }

    fn is_phrase(&self, verify: bool) -> bool {
        self.is_spelt_one_way()
            && self.is_spaced_evenly()
            && !self.is_sorted()
            && !self.is_monotonous()
            && (!verify || self.has_checksum())
    }

    /// Two ways to separate words at most: where a person wraps a list, or closes it.
    /// Program text has more.
    fn is_spaced_evenly(&self) -> bool {
        let gap = |place| {
            let gap = self.slot(place).gap;
            if gap & LINE == 0 {
                gap
            } else {
                gap & !LINE | BLANK
            }
        };
        let first = gap(1);
        let mut others = (2..self.words).map(gap).filter(|gap| *gap != first);
        let second = others.next();
        others.all(|gap| Some(gap) == second)
    }

    /// One word over and over, or two in turn (`true`, `false`), hold no secret. One that
    /// ends a row of another is how examples are written.
    fn is_monotonous(&self) -> bool {
        let first = (0..self.words).filter(|place| self.index(*place) == self.index(0));
        let other = (1..self.words).find(|place| self.index(*place) != self.index(0));
        let Some(other) = other.map(|place| self.index(place)) else {
            return true;
        };
        let of_both = (0..self.words)
            .all(|place| self.index(place) == other || self.index(place) == self.index(0));
        let first = first.count() as u64;
        of_both && first != 1 && first + 1 != self.words
    }

    /// All words are whole, or all have at most four letters.
    fn is_spelt_one_way(&self) -> bool {
        let mut slots = (0..self.words).map(|place| self.slot(place));
        let whole = slots.clone().all(|slot| slot.short >> self.list & 1 == 0);
        whole || slots.all(|slot| slot.letters <= super::fold::HEAD)
    }

    /// Words in the order of the list are a piece of it.
    fn is_sorted(&self) -> bool {
        (1..self.words).all(|place| self.index(place - 1) < self.index(place))
    }

    fn index(&self, place: u64) -> u16 {
        self.slot(place).index[self.list]
    }

    /// Eleven bits a word; of 33 bits the last is the start of SHA-256 of the rest.
    fn has_checksum(&self) -> bool {
        let (mut bytes, mut length) = ([0_u8; LONGEST * 11 / 8 + 1], 0);
        let (mut bits, mut count) = (0_u32, 0);
        for place in 0..self.words {
            bits = bits << 11 | u32::from(self.index(place) & 0x7ff);
            count += 11;
            while count >= 8 {
                count -= 8;
                bytes[length] = (bits >> count) as u8;
                length += 1;
            }
            bits &= (1 << count) - 1;
        }
        // What is left over belongs to the checksum: n/3 bits, of which 8 or fewer
        // may already stand in the last byte.
        let sum_bits = self.words as u32 / 3;
        let entropy = self.words as usize * 4 / 3;
        let said = bytes[entropy..length]
            .iter()
            .fold(0, |sum, byte| sum << 8 | u32::from(*byte))
            << count
            | bits;
        let digest = Sha256::digest(&bytes[..entropy]);
        said == u32::from(digest[0]) >> (8 - sum_bits)
    }
}
