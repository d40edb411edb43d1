//! Which positions may begin an anchor, told by four bytes.

use super::block::{Block, GROUP};
use super::{Anchor, Cut, bit, bits, folded};
use crate::pattern::GAPS;

/// Bits of a hash of three bytes. At 13 bits the table takes 32 KiB, which stays close
/// to the processor.
const BITS: u32 = 13;

/// Three bytes pick a word, the fourth a bit of it.
pub(super) struct Filter {
    words: Box<[u32; 1 << BITS]>,
    /// First bytes of anchors that are too short for it.
    short: Short,
}

impl std::fmt::Debug for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Filter")
    }
}

enum Short {
    None,
    One(u8),
    Any(Box<[bool; 256]>),
}

impl Short {
    fn next(&self, bytes: &[u8]) -> Option<usize> {
        match self {
            Self::None => None,
            Self::One(byte) => memchr::memchr(*byte, bytes),
            Self::Any(set) => bytes.iter().position(|byte| set[usize::from(*byte)]),
        }
    }
}

/// The product has no bit of the fourth byte. Of some hundred factors the one with
/// which the fewest places of prose, Markdown and JSON pass.
const FACTOR: u32 = 0xf3_d4e7 << 8;

#[inline(always)]
const fn hash(gram: u32) -> usize {
    (gram.wrapping_mul(FACTOR) >> (32 - BITS)) as usize
}

impl Filter {
    pub(super) fn new(anchors: &[Anchor<'_>]) -> Self {
        let mut words = vec![0_u32; 1 << BITS].into_boxed_slice();
        let mut short: Vec<u8> = Vec::new();
        for anchor in anchors {
            let mut bytes = folded(anchor);
            let (Some(a), Some(b)) = (bytes.next(), bytes.next()) else {
                continue;
            };
            let Some(c) = bytes.next() else {
                short.push(a);
                continue;
            };
            let word = &mut words[hash(u32::from_le_bytes([a, b, c, 0]))];
            match bytes.next() {
                Some(fourth) => *word |= bit(fourth),
                // What ends a text looks like zeroes.
                None => *word |= anchor.behind.map_or(!0, |set| bits(&set) | bit(0)),
            }
            if anchor.cut == Cut::AtGaps {
                *word |= GAPS.into_iter().fold(0, |bits, gap| bits | bit(gap));
            }
        }
        Self {
            words: words.try_into().expect("it has this length"),
            short: Self::short(short),
        }
    }

    fn short(mut firsts: Vec<u8>) -> Short {
        firsts.sort_unstable();
        firsts.dedup();
        match firsts[..] {
            [] => Short::None,
            [byte] => Short::One(byte),
            _ => Short::Any(Box::new(std::array::from_fn(|byte| {
                firsts.iter().any(|first| usize::from(*first) == byte)
            }))),
        }
    }

    #[inline(always)]
    fn passes(&self, gram: u32) -> bool {
        self.words[hash(gram)] & 1 << ((gram >> 24) & 31) != 0
    }

    /// Which of a group's positions pass. From the last to the first, so that a bit is
    /// added by an addition.
    #[inline(always)]
    fn passed(&self, bytes: &[u8; GROUP + 4]) -> u32 {
        let mut passed = 0_u32;
        for index in (0..GROUP).rev() {
            let gram = bytes[index..]
                .first_chunk()
                .map_or(0, |gram| u32::from_le_bytes(*gram));
            passed = passed
                .wrapping_add(passed)
                .wrapping_add(u32::from(self.passes(gram)));
        }
        passed
    }

    /// Calls back with every position that passes, in order, and whether a short anchor
    /// may stand there.
    #[inline]
    pub(super) fn run<const SIZE: usize>(
        &self,
        block: &Block<SIZE>,
        mut on_position: impl FnMut(usize, bool),
    ) {
        let mut at = block.first();
        let next = |from: usize| self.short.next(block.from(from)).map(|index| from + index);
        let mut short = next(at);
        while let Some(bytes) = block.group(at) {
            let mut passed = self.passed(bytes);
            let mut shorts = 0_u32;
            while let Some(position) = short.filter(|position| *position < at + GROUP) {
                shorts |= 1 << (position - at);
                short = next(position + 1);
            }
            passed |= shorts;
            // Behind the text stands nothing.
            passed &= u32::MAX
                .checked_shr((at + GROUP).saturating_sub(block.end()) as u32)
                .unwrap_or(0);
            while passed != 0 {
                let index = passed.trailing_zeros();
                on_position(at + index as usize, shorts >> index & 1 != 0);
                passed &= passed - 1;
            }
            at += GROUP;
        }
    }
}
