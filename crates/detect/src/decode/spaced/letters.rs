//! Letters that stand apart: `i g n o r e   a l l`, `i-g-n-o-r-e a-l-l`,
//! `s.k.-.a.n.t`, `i, g, n, o`, `p a s s   =   x`.

use super::{MOST, is_alphanumeric, is_separator};
use crate::decode::decoded::offset;

/// Fewest units of a region, and fewest letters among them.
const MIN_UNITS: usize = 8;
const MIN_LETTERS: usize = 4;
/// Longest gap between two words.
const MAX_WORD_GAP: usize = 6;
/// Most characters in a row that are neither letters nor digits.
const MAX_MARKS: usize = 12;
/// Digits in a region that make it a token rather than words.
const TOKEN_DIGITS: usize = 2;

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
    if !is_region(text, start) {
        return None;
    }
    // Marks that it begins with, `- - - - - B E G I N`, but not the colon before it.
    let step = gap.len + 1;
    let marks = (1..=MAX_MARKS)
        .map_while(|count| start.checked_sub(count * step))
        .take_while(|at| *at >= floor && gap.stands_at(text, at + 1) && gap.marks(text, *at))
        .filter(|at| gap.separates(text[*at]));
    Some(marks.skip(1).last().unwrap_or(start))
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
    let units = Units::new(text, start)?;
    let gap = units.gap;
    for unit in units {
        if unit.word {
            out.push(b' ');
            offsets.push(offset(end));
        }
        out.push(text[unit.at]);
        offsets.push(offset(unit.at));
        end = unit.at + 1;
    }
    offsets.push(offset(end));
    // What the gap is made of stands for a blank in words and for itself in tokens.
    let digits = out.iter().filter(|byte| byte.is_ascii_digit()).count();
    for byte in out.iter_mut() {
        let own = byte.is_ascii_graphic() && digits >= TOKEN_DIGITS;
        if !own && !gap.differs(*byte) {
            *byte = b' ';
        }
    }
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

    /// Whether the byte is told from the gap, and no blank.
    fn separates(self, byte: u8) -> bool {
        byte.is_ascii_graphic() && self.differs(byte)
    }

    fn differs(self, byte: u8) -> bool {
        !self.bytes[..self.len].contains(&byte)
    }

    /// Whether a mark stands there that may be a unit: also a blank or what the gap is
    /// made of, which a token may hold too.
    fn marks(self, text: &[u8], at: usize) -> bool {
        is_separator(text, at)
    }

    /// Whether marks, with gaps between them, lead from there to a letter or digit.
    fn leads_on(self, text: &[u8], at: usize) -> bool {
        let step = self.len + 1;
        (0..MAX_MARKS)
            .map(|count| at + count * step)
            .take_while(|at| self.marks(text, *at) && self.stands_at(text, at + 1))
            .any(|at| is_alone(text, at + step))
    }

    /// Whether marks, with gaps between them, lead back from there to a letter or digit.
    fn leads_back(self, text: &[u8], at: usize) -> bool {
        let step = self.len + 1;
        (1..=MAX_MARKS)
            .map_while(|count| at.checked_sub(count * step))
            .take_while(|at| self.stands_at(text, at + 1))
            .find(|at| !self.marks(text, *at))
            .is_some_and(|at| is_alone(text, at))
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
        let gap = if is_alone(text, start) {
            gap(text, start)?
        } else {
            leading_gap(text, start)?
        };
        Some(Self {
            text,
            gap,
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
    if gap.stands_at(text, at + 1) && (is_alone(text, near) || gap.leads_on(text, near)) {
        return Some(Unit {
            at: near,
            word: false,
        });
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
        let unit =
            is_alone(text, *before) || gap.marks(text, *before) && gap.leads_back(text, *before);
        unit && next(text, *before, gap).is_some_and(|unit| unit.at == at)
    })
}

/// The gap behind a mark that a region begins with.
fn leading_gap(text: &[u8], at: usize) -> Option<Gap> {
    [1, 2].into_iter().find_map(|len| {
        let gap = Gap::new(text, at + 1, len)?;
        let blank = (0..len).all(|index| is_separator(text, at + 1 + index));
        (blank && is_separator(text, at) && gap.separates(text[at]) && gap.leads_on(text, at))
            .then_some(gap)
    })
}

/// The gap behind a unit.
fn gap(text: &[u8], at: usize) -> Option<Gap> {
    if !is_separator(text, at + 1) {
        return None;
    }
    let one = Gap::new(text, at + 1, 1)?;
    let marked = text.get(at + 2).is_some_and(|byte| one.separates(*byte));
    if is_alone(text, at + 2) || marked && one.leads_on(text, at + 2) {
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
