//! Runs of a set of bytes: what has no literal, such as base58 keys.
//!
//! A run of at least `n` bytes covers one of every `n` positions, so most of a
//! text is skipped.

use super::text::{Last, Text};
use std::ops::Range;

/// A set of bytes.
#[derive(Debug, Clone)]
pub(super) struct ByteSet([bool; 256]);

impl ByteSet {
    pub(super) fn new(bitmap: &[u64; 4]) -> Self {
        let mut set = [false; 256];
        for (byte, member) in set.iter_mut().enumerate() {
            *member = bitmap[byte >> 6] & (1 << (byte & 63)) != 0;
        }
        Self(set)
    }

    /// The bytes of a run that may be encoded.
    pub(super) const fn encoded() -> Self {
        let mut set = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            set[byte] = crate::decode::is_run_byte(byte as u8);
            byte += 1;
        }
        Self(set)
    }

    pub(super) fn empty() -> Self {
        Self([false; 256])
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (member, more) in self.0.iter_mut().zip(other.0) {
            *member |= more;
        }
    }

    pub(super) fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
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
    loop {
        let probe = clean + least;
        let Some(byte) = chunk.get(probe) else { break };
        if !set.contains(*byte) {
            clean = probe;
            continue;
        }
        let back = chunk[clean + 1..probe]
            .iter()
            .rev()
            .take_while(|byte| set.contains(**byte))
            .count();
        let start = probe - back;
        let end = probe + length(&chunk[probe..]);
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
