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
}

impl ByteSet {
    const fn of(members: [bool; 256]) -> Self {
        Self {
            members,
            encoded: false,
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
            members: set,
            encoded: true,
        }
    }

    pub(super) fn empty() -> Self {
        Self::of([false; 256])
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (member, more) in self.members.iter_mut().zip(other.members) {
            *member |= more;
        }
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
    let probes = Probes { set, least };
    // `clean` is at a byte outside of the set: a run starts behind it at the earliest.
    while let Some(inside) = probes.next(chunk, clean) {
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

/// Finds places inside of long runs.
struct Probes<'s> {
    set: &'s ByteSet,
    least: usize,
}

impl Probes<'_> {
    /// A place behind `clean` that every long run which starts behind it and before
    /// the place covers; `None` when none starts.
    fn next(&self, chunk: &[u8], clean: usize) -> Option<usize> {
        if self.set.encoded && self.least >= GROUPED {
            return self.next_group(chunk, clean + 1);
        }
        let mut at = clean + self.least;
        while !self.set.contains(*chunk.get(at)?) {
            at += self.least;
        }
        Some(at)
    }

    /// A run of 13 bytes covers one of every two groups of seven whole. Groups are
    /// compared many at a time.
    fn next_group(&self, chunk: &[u8], from: usize) -> Option<usize> {
        let rest = chunk.get(from..)?;
        let (blocks, last) = rest.as_chunks::<BLOCK>();
        let mut at = from;
        for block in blocks {
            if let Some(group) = full_group(block) {
                return Some(at + group);
            }
            at += BLOCK;
        }
        let mut block = [0; BLOCK];
        block[..last.len()].copy_from_slice(last);
        full_group(&block).map(|group| at + group)
    }
}

/// Bytes of a group.
const GROUP: usize = 7;
/// Shortest run that is found by groups.
pub(super) const GROUPED: usize = 2 * GROUP - 1;
/// Bytes that are classified at a time: whole groups.
const BLOCK: usize = 18 * GROUP;
/// Flags of one group, with one byte more that does not count.
const FLAGS: u64 = u64::from_le_bytes([1, 1, 1, 1, 1, 1, 1, 0]);

/// The first group that is in an encoded run whole. One comparison tells most that are
/// not, blanks and quotes, for many bytes at a time.
#[inline]
fn full_group(block: &[u8; BLOCK]) -> Option<usize> {
    let mut flags = [0_u8; BLOCK + 2];
    for (flag, byte) in flags.iter_mut().zip(block) {
        // All run bytes are ASCII from `+` on; the others count as negative here.
        *flag = u8::from(byte.cast_signed() >= b'+'.cast_signed());
    }
    (0..BLOCK).step_by(GROUP).find(|at| {
        let group = flags[*at..]
            .first_chunk()
            .map_or(0, |group| u64::from_le_bytes(*group));
        let bytes = &block[*at..*at + GROUP];
        group & FLAGS == FLAGS && bytes.iter().copied().all(crate::decode::is_run_byte)
    })
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
