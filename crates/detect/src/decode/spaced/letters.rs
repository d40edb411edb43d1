//! Letters that stand apart: `i g n o r e   a l l`, `i-g-n-o-r-e a-l-l`,
//! `s.k.-.a.n.t`, `i, g, n, o`.

use super::{MOST, is_alphanumeric, is_separator};
use crate::decode::decoded::offset;

/// Fewest units of a region, and fewest letters among them.
const MIN_UNITS: usize = 8;
const MIN_LETTERS: usize = 4;
/// Longest gap between two words.
const MAX_WORD_GAP: usize = 6;

/// Where the region around the look begins, if there is one.
pub(super) fn near(text: &[u8], at: usize, floor: usize) -> Option<usize> {
    let seeds = (at..at + super::LOOK).filter(|at| is_alone(text, *at) && has_company(text, *at));
    // The last letter of a word has another gap behind it than before it.
    let gaps = |seed| {
        [gap_before(text, seed), gap(text, seed)]
            .into_iter()
            .flatten()
    };
    seeds
        .flat_map(|seed| gaps(seed).map(move |gap| (seed, gap)))
        .find_map(|(seed, gap)| around(text, seed, gap, floor))
}

/// Whether three units stand at equal distances: cheap, and rare in prose.
fn has_company(text: &[u8], at: usize) -> bool {
    [2, 3].into_iter().any(|step| {
        let before = |count: usize| {
            at.checked_sub(count * step)
                .is_some_and(|at| is_alone(text, at))
        };
        let after = |count: usize| is_alone(text, at + count * step);
        match (before(1), after(1)) {
            (true, true) => true,
            (true, false) => before(2),
            (false, true) => after(2),
            (false, false) => false,
        }
    })
}

/// Where the region with this unit and this gap begins.
fn around(text: &[u8], seed: usize, gap: Gap, floor: usize) -> Option<usize> {
    let mut start = seed;
    while let Some(before) = previous(text, start, gap, floor) {
        start = before;
    }
    // A letter before the first gap of this kind is none of it.
    if self::gap(text, start) != Some(gap) {
        start = next(text, start, gap)?.at;
    }
    is_region(text, start).then_some(start)
}

/// Reads the region that begins here. Returns where it ends.
pub(super) fn read(
    text: &[u8],
    start: usize,
    out: &mut Vec<u8>,
    offsets: &mut Vec<u32>,
) -> Option<usize> {
    if !is_region(text, start) {
        return None;
    }
    out.clear();
    offsets.clear();
    let mut end = start;
    for unit in Units::new(text, start)? {
        if unit.word {
            out.push(b' ');
            offsets.push(offset(end));
        }
        out.push(text[unit.at]);
        offsets.push(offset(unit.at));
        end = unit.at + 1;
    }
    offsets.push(offset(end));
    Some(end)
}

fn is_region(text: &[u8], start: usize) -> bool {
    let Some(units) = Units::new(text, start) else {
        return false;
    };
    let (mut count, mut letters) = (0, 0);
    for unit in units {
        count += usize::from(is_alphanumeric(text, unit.at));
        letters += usize::from(text[unit.at].is_ascii_alphabetic());
        if count >= MIN_UNITS && letters >= MIN_LETTERS {
            return true;
        }
    }
    false
}

/// The bytes between two neighbours: one or two.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Gap {
    bytes: [u8; 2],
    len: usize,
}

impl Gap {
    fn new(text: &[u8], at: usize, len: usize) -> Option<Self> {
        let gap = text.get(at..at + len)?;
        let bytes = [gap[0], if len == 2 { gap[1] } else { 0 }];
        Some(Self { bytes, len })
    }

    fn stands_at(self, text: &[u8], at: usize) -> bool {
        text.get(at..)
            .is_some_and(|text| text.starts_with(&self.bytes[..self.len]))
    }

    /// Whether the byte may be a unit: not a blank, and no part of the gap.
    fn separates(self, byte: u8) -> bool {
        byte.is_ascii_graphic() && !self.bytes[..self.len].contains(&byte)
    }
}

/// One character of the region, and whether a word begins with it.
struct Unit {
    at: usize,
    word: bool,
}

struct Units<'a> {
    text: &'a [u8],
    gap: Gap,
    limit: usize,
    next: Option<Unit>,
}

impl<'a> Units<'a> {
    fn new(text: &'a [u8], start: usize) -> Option<Self> {
        if !is_alone(text, start) {
            return None;
        }
        Some(Self {
            text,
            gap: gap(text, start)?,
            limit: start + MOST,
            next: Some(Unit {
                at: start,
                word: false,
            }),
        })
    }
}

impl Iterator for Units<'_> {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        let unit = self.next.take()?;
        if unit.at < self.limit {
            self.next = next(self.text, unit.at, self.gap);
        }
        Some(unit)
    }
}

/// The unit behind another one.
fn next(text: &[u8], at: usize, gap: Gap) -> Option<Unit> {
    let near = at + 1 + gap.len;
    if gap.stands_at(text, at + 1) {
        if is_alone(text, near) {
            return Some(Unit {
                at: near,
                word: false,
            });
        }
        // Punctuation is a unit when units stand on both sides of it.
        let mark = text.get(near).is_some_and(|byte| gap.separates(*byte));
        if mark && gap.stands_at(text, near + 1) && is_alone(text, near + 1 + gap.len) {
            return Some(Unit {
                at: near,
                word: false,
            });
        }
    }
    let blanks = (at + 1..=at + MAX_WORD_GAP)
        .take_while(|at| is_separator(text, *at))
        .count();
    let word = at + 1 + blanks;
    (blanks > 0 && is_alone(text, word) && gap.stands_at(text, word + 1)).then_some(Unit {
        at: word,
        word: true,
    })
}

/// The unit before another one.
fn previous(text: &[u8], at: usize, gap: Gap, floor: usize) -> Option<usize> {
    let low = at.saturating_sub(2 + 2 * gap.len + MAX_WORD_GAP).max(floor);
    // Whatever stands before is the one whose next is this.
    (low..at).rev().find(|before| {
        let unit = is_alone(text, *before) || gap.separates(text[*before]);
        unit && next(text, *before, gap).is_some_and(|unit| unit.at == at)
            && (is_alone(text, *before) || previous_alone(text, *before, gap))
    })
}

/// Whether a mark has a unit before it.
fn previous_alone(text: &[u8], at: usize, gap: Gap) -> bool {
    at.checked_sub(gap.len + 1)
        .is_some_and(|before| is_alone(text, before) && gap.stands_at(text, before + 1))
}

/// The gap behind a unit.
fn gap(text: &[u8], at: usize) -> Option<Gap> {
    if !is_separator(text, at + 1) {
        return None;
    }
    if is_alone(text, at + 2) {
        return Gap::new(text, at + 1, 1);
    }
    let one = Gap::new(text, at + 1, 1)?;
    let mark = text.get(at + 2).is_some_and(|byte| one.separates(*byte));
    if mark && one.stands_at(text, at + 3) && is_alone(text, at + 4) {
        return Some(one);
    }
    (is_separator(text, at + 2) && is_alone(text, at + 3)).then(|| Gap::new(text, at + 1, 2))?
}

/// The gap before a unit, for the last of a word.
fn gap_before(text: &[u8], at: usize) -> Option<Gap> {
    let alone = |back: usize| at.checked_sub(back).is_some_and(|at| is_alone(text, at));
    if alone(2) {
        gap(text, at - 2)
    } else if alone(3) {
        gap(text, at - 3)
    } else {
        None
    }
}

/// Whether a letter or digit has none next to it.
fn is_alone(text: &[u8], at: usize) -> bool {
    let ends = |at: usize| {
        text.get(at)
            .is_none_or(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric())
    };
    is_alphanumeric(text, at) && ends(at + 1) && at.checked_sub(1).is_none_or(ends)
}
