//! Runs of a set of bytes: what has no literal, such as base58 keys.
//!
//! A run of at least `n` bytes covers one of every `n` positions, so most of a
//! text is skipped.

use super::text::{Last, Text};
use std::ops::Range;

/// A set of bytes.
#[derive(Debug, Clone)]
pub(super) struct ByteSet {
    members: [bool; 256],
    /// It is that of [`crate::decode::is_run_byte`].
    encoded: bool,
    /// All are of those that [`is_marked`] says.
    marked: bool,
}

impl ByteSet {
    const fn of(members: [bool; 256]) -> Self {
        let (mut marked, mut byte) = (true, 0);
        while byte < 256 {
            marked &= !members[byte] || is_marked(byte as u8);
            byte += 1;
        }
        Self {
            members,
            encoded: false,
            marked,
        }
    }

    /// True for [`ByteSet::encoded`].
    pub(super) const fn is_encoded(&self) -> bool {
        self.encoded
    }

    /// True when every member is one of the other's too.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        let mut both = self.members.iter().zip(other.members);
        both.all(|(member, more)| !member || more)
    }

    pub(super) fn new(bitmap: &[u64; 4]) -> Self {
        let mut set = [false; 256];
        for (byte, member) in set.iter_mut().enumerate() {
            *member = bitmap[byte >> 6] & (1 << (byte & 63)) != 0;
        }
        Self::of(set)
    }

    /// The bytes of a run that may be encoded.
    pub(super) const fn encoded() -> Self {
        let mut set = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            set[byte] = crate::decode::is_run_byte(byte as u8);
            byte += 1;
        }
        Self {
            encoded: true,
            ..Self::of(set)
        }
    }

    pub(super) fn empty() -> Self {
        Self::of([false; 256])
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (member, more) in self.members.iter_mut().zip(other.members) {
            *member |= more;
        }
        self.marked &= other.marked;
    }

    pub(super) fn contains(&self, byte: u8) -> bool {
        self.members[usize::from(byte)]
    }
}

/// Calls back with every maximal run of at least `least` bytes that touches the
/// chunk. Returns where the run that reaches the end of the chunk starts, of any
/// length; the end of the text when none does.
pub(super) fn runs(
    set: &ByteSet,
    least: usize,
    begun: u64,
    text: &Text<'_>,
    mut on_run: impl FnMut(Range<u64>),
) -> u64 {
    let (chunk, middle) = (text.chunk, text.middle());
    let length = |bytes: &[u8]| bytes.iter().take_while(|byte| set.contains(**byte)).count();
    // The run that the last chunk ended in goes on.
    let mut clean = length(chunk);
    if clean == chunk.len() {
        let end = text.end();
        if end - begun >= least as u64 {
            on_run(begun..end);
        }
        return begun;
    }
    if middle + clean as u64 - begun >= least as u64 {
        on_run(begun..middle + clean as u64);
    }
    // `clean` is at a byte outside of the set: a run starts behind it at the earliest.
    while let Some(inside) = next(set, least, chunk, clean) {
        let back = chunk[clean + 1..inside]
            .iter()
            .rev()
            .take_while(|byte| set.contains(**byte))
            .count();
        let start = inside - back;
        let end = inside + length(&chunk[inside..]);
        if end - start >= least {
            on_run(middle + start as u64..middle + end as u64);
        }
        if end == chunk.len() {
            return middle + start as u64;
        }
        clean = end;
    }
    let back = chunk[clean + 1..]
        .iter()
        .rev()
        .take_while(|byte| set.contains(**byte))
        .count();
    text.end() - back as u64
}

/// A place behind `clean` that every long run which starts behind it and before the
/// place covers; `None` when none starts.
fn next(set: &ByteSet, least: usize, chunk: &[u8], clean: usize) -> Option<usize> {
    if set.marked {
        return next_marked(set, least, chunk, clean);
    }
    let mut at = clean + least;
    while !set.contains(*chunk.get(at)?) {
        at += least;
    }
    Some(at)
}

/// The same for sets without blanks and quotes: runs without these are found many
/// bytes at a time, and few are long.
fn next_marked(set: &ByteSet, least: usize, chunk: &[u8], clean: usize) -> Option<usize> {
    let mut from = clean + 1;
    loop {
        let rest = chunk.get(from..)?;
        let start = from + long_marked(rest, least)?;
        // The runs of the set itself in it.
        let mut count = 0;
        for (at, byte) in (start..).zip(&chunk[start..]) {
            count = if set.contains(*byte) { count + 1 } else { 0 };
            from = at + 1;
            if count >= least {
                return Some(at);
            }
            if !is_marked(*byte) {
                break;
            }
        }
    }
}

/// ASCII from `+` on: what blanks, quotes and most brackets are not.
const fn is_marked(byte: u8) -> bool {
    byte >= b'+' && byte < 0x80
}

/// Bytes that are looked at together, a bit for each.
const BITS: usize = 64;

/// Where the first run of so many marked bytes starts, or of 64.
fn long_marked(bytes: &[u8], least: usize) -> Option<usize> {
    let least = least.min(BITS);
    let (mut at, mut carried) = (0, 0);
    let (blocks, last) = bytes.as_chunks::<BITS>();
    let mut rest = [0; BITS];
    rest[..last.len()].copy_from_slice(last);
    for block in blocks.iter().chain([&rest]) {
        let marks = marks(block);
        if carried + marks.trailing_ones() as usize >= least {
            return Some(at - carried);
        }
        // A bit that is left has so many behind it.
        let (mut long, mut have) = (marks, 1);
        while have < least {
            let step = have.min(least - have);
            long &= long >> step;
            have += step;
        }
        if long != 0 {
            return Some(at + long.trailing_zeros() as usize);
        }
        carried = marks.leading_ones() as usize;
        at += BITS;
    }
    None
}

/// Which of the bytes are marked: eight at a time, whose high bits are then gathered.
#[inline]
fn marks(block: &[u8; BITS]) -> u64 {
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    const REST: u64 = u64::from_ne_bytes([0x80 - b'+'; 8]);
    let (words, _) = block.as_chunks::<8>();
    let mut marks = 0;
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // No sum of seven bits and this runs into the next byte.
        let high = ((word & !HIGH) + REST) & !word & HIGH;
        marks |= ((high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (index * 8);
    }
    marks
}

/// What is known of the run around a candidate whose pattern ends its run with an
/// outsider ([`Then::Outsider`](crate::pattern::Then)). It saves reading a long run
/// anew from each of its bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RunEnd {
    part: u16,
    /// Every byte up to here is in the set.
    reached: u64,
    ended: bool,
    /// What follows the run is not what the pattern wants.
    refuted: bool,
}

/// What a run alone says of a candidate in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// No match, whatever follows.
    Refuted,
    /// More text decides.
    Open,
    /// The run ends in time: verify.
    Ends,
}

impl RunEnd {
    /// Reads the run on, as far as the window of the candidate; also returns how
    /// many bytes that took.
    pub(super) fn read(
        &mut self,
        part: u16,
        set: &ByteSet,
        text: &Text<'_>,
        at: u64,
        window: u64,
    ) -> (Said, u64) {
        if self.part != part || at >= self.reached {
            *self = Self {
                part,
                reached: at,
                ended: false,
                refuted: false,
            };
        }
        let before = self.reached;
        let limit = at + window + 1;
        while !self.ended && self.reached < limit {
            match text.get(self.reached) {
                Some(byte) if set.contains(byte) => self.reached += 1,
                Some(_) => self.ended = true,
                None => break,
            }
        }
        let said = if self.reached >= limit || self.refuted {
            Said::Refuted
        } else if self.ended {
            Said::Ends
        } else if text.last == Last::End {
            Said::Refuted
        } else {
            Said::Open
        };
        (said, self.reached - before)
    }

    /// Notes that no start in this run can match.
    pub(super) fn refute(&mut self) {
        self.refuted = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_long_run_is_found_wherever_it_stands() {
        for least in [1, 2, 13, 14, 63, 64] {
            for start in 0..200 {
                let mut text = vec![b' '; start + least + 70];
                // One too short before it.
                if start > least {
                    text[start - least..start - 1].fill(b'a');
                }
                text[start..start + least].fill(b'+');
                assert_eq!(long_marked(&text, least), Some(start), "{least} {start}");
                text[start + least - 1] = 0xc3;
                assert_eq!(long_marked(&text, least), None, "{least} {start}");
            }
        }
    }

    #[test]
    fn marks_are_those_of_the_bytes() {
        for first in (0..=192).step_by(64) {
            let block: [u8; BITS] = std::array::from_fn(|index| (first + index) as u8);
            for (index, byte) in block.into_iter().enumerate() {
                assert_eq!(marks(&block) >> index & 1 != 0, is_marked(byte), "{byte}");
            }
        }
    }
}
