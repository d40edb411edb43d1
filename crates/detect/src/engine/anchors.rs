//! All anchors in one pass: a filter over folded bytes, and a tree behind it.
//!
//! Folding makes letter case and the value of digits equal. The filter looks at four
//! folded bytes at a time, without branches and without waiting for the byte before;
//! where it passes, the tree says which anchors begin there. Both are small, so that a
//! short text does not pay for fetching them, and quick to build.

mod block;
mod filter;
mod numbers;
mod queue;
mod tree;

use crate::pattern::{ANCHOR_LIMIT, fold};
use block::Block;
use filter::Filter;
use numbers::Numbers;
pub(super) use numbers::cuts_number;
use queue::Queue;
use tree::Tree;

/// An anchor of one part of a rule: at least two bytes.
pub(super) struct Anchor<'a> {
    pub(super) part: u16,
    pub(super) kind: u8,
    /// Where it counts.
    pub(super) place: Place,
    /// Its starts count where a gap cuts it.
    pub(super) cut: Cut,
    /// What may stand behind it, if not anything: what else does refutes it.
    pub(super) behind: Option<[u64; 4]>,
    pub(super) bytes: &'a [u8],
}

/// What may precede an anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Anything.
    Anywhere,
    /// No word character: a long number is one hit, not one for each digit.
    WordStart,
}

/// Whether a gap may cut an anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// Only the whole anchor counts.
    Never,
    /// A start of it at the start of a word with a gap behind it is a hit too.
    AtGaps,
}

/// What a place in the text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) part: u16,
    /// Length of the anchor; it ends at the byte that led here.
    pub(super) length: u8,
    /// Bit of the rule's kind.
    pub(super) kind: u8,
    pub(super) place: Place,
}

/// Bytes that are kept between chunks: a begun anchor and the byte before it.
const KEPT: usize = 8;

const _: () = assert!(ANCHOR_LIMIT < KEPT);

/// State of a scan: the last bytes, folded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct State {
    /// The latest stands last.
    bytes: [u8; KEPT],
    /// How many are known.
    known: u8,
}

impl State {
    fn push(&mut self, folded: &[u8]) {
        if let Some(last) = folded.last_chunk() {
            self.bytes = *last;
        } else {
            self.bytes.rotate_left(folded.len());
            self.bytes[KEPT - folded.len()..].copy_from_slice(folded);
        }
        let known = usize::from(self.known) + folded.len();
        self.known = known.min(KEPT) as u8;
    }
}

/// Anchors that are begun at the end of a text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Begun {
    nodes: [u32; ANCHOR_LIMIT - 1],
    count: usize,
}

/// The anchors of all rules.
#[derive(Debug)]
pub(super) struct Anchors {
    filter: Filter,
    numbers: Numbers,
    tree: Tree,
}

impl Anchors {
    /// `gap` is what a start of an anchor says that a gap cuts; `end` tells what may stand
    /// so many bytes behind the start of a part's match, if not anything.
    pub(super) fn new(
        anchors: &[Anchor<'_>],
        gap: Hit,
        end: impl Fn(u16, usize) -> Option<[u64; 4]>,
    ) -> Self {
        Self {
            filter: Filter::new(anchors),
            numbers: Numbers::new(anchors, end),
            tree: Tree::new(anchors, gap),
        }
    }

    /// Reads a chunk, calling back with the index of the last byte of every anchor,
    /// in the order of these bytes and the longest anchor first.
    #[inline]
    pub(super) fn run(
        &self,
        mut state: State,
        chunk: &[u8],
        mut on_hit: impl FnMut(usize, &Hit),
    ) -> State {
        let mut done = 0;
        while done < chunk.len() {
            let rest = &chunk[done..];
            let mut each = |index: usize, hit: &Hit| on_hit(done + index, hit);
            done += if rest.len() <= Block::<{ block::SHORT }>::ROOM {
                self.block::<{ block::SHORT }>(&mut state, rest, &mut each)
            } else {
                self.block::<{ block::LONG }>(&mut state, rest, &mut each)
            };
        }
        state
    }

    /// Reads as much as fits a block.
    #[inline]
    fn block<const SIZE: usize>(
        &self,
        state: &mut State,
        chunk: &[u8],
        on_hit: &mut impl FnMut(usize, &Hit),
    ) -> usize {
        let block = Block::<SIZE>::new(state, chunk);
        let mut queue: Option<Queue> = None;
        self.filter.run(&block, |at, short| {
            let bytes = block.from(at);
            let begins = match bytes.first() {
                Some(b'0') => self.numbers.may_begin(bytes, block.place(at)),
                _ => true,
            };
            if !begins || !short && !self.tree.may_say(bytes) {
                return;
            }
            let queue = queue.get_or_insert_with(Queue::new);
            queue.until(at, |end, hit| on_hit(end - 1 - KEPT, hit), &self.tree);
            if short {
                self.tree.walk_short(&block, at, queue);
            }
            self.tree.walk(&block, at, queue);
        });
        if let Some(queue) = &mut queue {
            queue.until(
                usize::MAX,
                |end, hit| on_hit(end - 1 - KEPT, hit),
                &self.tree,
            );
        }
        state.push(block.text());
        block.text().len()
    }

    /// The anchors that are begun.
    pub(super) fn all_begun(&self, state: State) -> Begun {
        let known = usize::from(state.known).min(ANCHOR_LIMIT - 1);
        let nodes = (1..=known).filter_map(|length| self.tree.inner(&state.bytes[KEPT - length..]));
        let mut begun = Begun::default();
        for (slot, node) in begun.nodes.iter_mut().zip(nodes) {
            *slot = node;
            begun.count += 1;
        }
        begun
    }

    /// True when one of them goes on with this text.
    pub(super) fn goes_on(&self, begun: &Begun, next: &[u8]) -> bool {
        let nodes = &begun.nodes[..begun.count];
        nodes.iter().any(|node| self.tree.crosses(*node, next))
    }

    /// How many of the last bytes may begin an anchor of these kinds.
    pub(super) fn begun(&self, state: State, kinds: u8) -> u64 {
        let known = usize::from(state.known).min(ANCHOR_LIMIT - 1);
        let begins = |length: &usize| self.tree.goes_on(&state.bytes[KEPT - length..], kinds);
        (1..=known).rev().find(begins).unwrap_or(0) as u64
    }
}

/// The bit that stands for a byte in a word.
const fn bit(byte: u8) -> u32 {
    1 << (fold(byte) & 31)
}

/// Bytes whose bit is not that of their own number.
const MOVED: [u8; 14] = *b"0123456789\t\r'`";

/// The bits of all bytes of a set.
fn bits(set: &[u64; 4]) -> u32 {
    let mut set = *set;
    let mut bits = 0;
    for byte in MOVED {
        let word = &mut set[usize::from(byte >> 6)];
        if *word & 1 << (byte & 63) != 0 {
            *word &= !(1 << (byte & 63));
            bits |= bit(byte);
        }
    }
    let both = |word: u64| (word as u32) | (word >> 32) as u32;
    set.into_iter().fold(bits, |bits, word| bits | both(word))
}

/// True for a folded word character.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// An anchor as it is compared.
fn folded<'a>(anchor: &'a Anchor<'_>) -> impl Iterator<Item = u8> + 'a {
    anchor
        .bytes
        .iter()
        .take(ANCHOR_LIMIT)
        .map(|byte| fold(*byte))
}

#[cfg(test)]
mod tests;
