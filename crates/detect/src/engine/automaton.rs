//! One Aho–Corasick automaton over folded bytes, dense, match states last.
//!
//! Folding happens in the class table, so letter case and the value of digits
//! cost nothing per byte. States fit 16 bits; where the anchors of a set would
//! need more, they are cut shorter.

use crate::pattern::{ANCHOR_LIMIT, fold};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

/// Width of a row: every class of bytes has a column.
const CLASSES: usize = 64;
/// States are 16 bits wide and classes no more than 8.
const ROOM: usize = 1 << 22;
/// Columns for bytes that are not ASCII.
const SHARED_LEAST: usize = 8;

/// Number of kinds that a scan may ask for, one bit each.
pub(super) const KINDS: usize = 4;

/// An anchor of one part of a rule.
pub(super) struct Anchor<'a> {
    pub(super) part: u16,
    pub(super) kind: u8,
    /// Where it counts.
    pub(super) place: Place,
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

/// What a match state says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) part: u16,
    /// Length of the anchor; it ends at the byte that led here.
    pub(super) length: u8,
    /// Bit of the rule's kind.
    pub(super) kind: u8,
    place: Place,
}

/// State of a scan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct State(u16);

#[derive(Debug)]
pub(super) struct Automaton {
    class: [u8; 256],
    /// Next states, a row for each state. As long as any state and class can point,
    /// so that a step needs no check; what no state uses is never touched.
    next: Box<[u16; ROOM]>,
    first_match: u16,
    hits: Vec<Hit>,
    /// Hits of each match state.
    ranges: Vec<Range<u32>>,
    /// Length of the longest anchor begun in a state, for each kind.
    begun: Vec<[u8; KINDS]>,
}

impl Automaton {
    pub(super) fn new(anchors: &[Anchor<'_>]) -> Self {
        let class = classes(anchors);
        let mut longest = ANCHOR_LIMIT;
        let trie = loop {
            let trie = Trie::new(anchors, longest, &class);
            // State 0 is the root; the rest must fit 16 bits.
            if trie.nodes.len() <= usize::from(u16::MAX) || longest == 1 {
                break trie;
            }
            longest -= 1;
        };
        trie.into_automaton(class)
    }

    /// Steps through a chunk, calling back with the state after the byte at the
    /// index for every match state, in order.
    #[inline]
    pub(super) fn run(
        &self,
        state: State,
        chunk: &[u8],
        mut on_match: impl FnMut(usize, State),
    ) -> State {
        let mut state = state.0;
        let mut done = 0;
        for block in chunk.chunks(BLOCK) {
            let lanes = if block.len() >= LANES_LEAST {
                self.run_lanes(state, block, done, &mut on_match)
            } else {
                None
            };
            state = lanes.unwrap_or_else(|| self.run_one(state, block, done, &mut on_match));
            done += block.len();
        }
        State(state)
    }

    #[inline(always)]
    fn step(&self, state: u16, byte: u8) -> u16 {
        let class = self.class[usize::from(byte)];
        self.next[(usize::from(state) * CLASSES) | usize::from(class)]
    }

    #[inline]
    fn run_one(
        &self,
        mut state: u16,
        block: &[u8],
        done: usize,
        on_match: &mut impl FnMut(usize, State),
    ) -> u16 {
        for (index, byte) in block.iter().enumerate() {
            state = self.step(state, *byte);
            if state >= self.first_match {
                on_match(done + index, State(state));
            }
        }
        state
    }

    /// A step waits for the last one's load; four at a time hide that. Lanes overlap
    /// by the longest anchor, so each knows its state. `None` when hits are dense:
    /// nothing was called back then.
    fn run_lanes(
        &self,
        state: u16,
        block: &[u8],
        done: usize,
        on_match: &mut impl FnMut(usize, State),
    ) -> Option<u16> {
        let quarter = block.len() / LANES;
        let (body, rest) = block.split_at(quarter * LANES);
        let lanes: [&[u8]; LANES] =
            std::array::from_fn(|lane| &body[lane * quarter..(lane + 1) * quarter]);
        let mut states: [u16; LANES] = std::array::from_fn(|lane| {
            let warm = &body[(lane * quarter).saturating_sub(ANCHOR_LIMIT + 1)..lane * quarter];
            warm.iter().fold(0, |state, byte| self.step(state, *byte))
        });
        states[0] = state;
        let mut hits = Hits {
            at: [[(0, 0); LANE_HITS]; LANES],
            count: [0; LANES],
        };
        let [mut a, mut b, mut c, mut d] = states;
        let pairs = lanes[0].iter().zip(lanes[1]).zip(lanes[2]).zip(lanes[3]);
        for (index, (((w, x), y), z)) in pairs.enumerate() {
            a = self.step(a, *w);
            b = self.step(b, *x);
            c = self.step(c, *y);
            d = self.step(d, *z);
            if a.max(b).max(c.max(d)) >= self.first_match
                && !hits.add(index, &[a, b, c, d], self.first_match)
            {
                return None;
            }
        }
        states = [a, b, c, d];
        for lane in 0..LANES {
            for (index, state) in &hits.at[lane][..hits.count[lane]] {
                on_match(done + lane * quarter + usize::from(*index), State(*state));
            }
        }
        Some(self.run_one(states[LANES - 1], rest, done + quarter * LANES, on_match))
    }

    /// What a match state says, longest anchor first.
    pub(super) fn hits(&self, state: State) -> &[Hit] {
        let index = usize::from(state.0 - self.first_match);
        let range = &self.ranges[index];
        &self.hits[range.start as usize..range.end as usize]
    }

    /// How many of the last bytes may begin an anchor of these kinds.
    pub(super) fn begun(&self, state: State, kinds: u8) -> u64 {
        let lengths = &self.begun[usize::from(state.0)];
        let asked = |kind: &usize| kinds & (1 << kind) != 0;
        (0..KINDS)
            .filter(asked)
            .map(|kind| u64::from(lengths[kind]))
            .max()
            .unwrap_or(0)
    }
}

/// Lanes that step together.
const LANES: usize = 4;
/// Bytes that lanes share: hits are kept on the stack until the block is done.
const BLOCK: usize = 4096;
/// A shorter block is not worth the overlap.
const LANES_LEAST: usize = 256;
/// Hits of one lane and block; more are dense.
const LANE_HITS: usize = 48;

/// Match states by lane, so that they are called back in order.
struct Hits {
    at: [[(u16, u16); LANE_HITS]; LANES],
    count: [usize; LANES],
}

impl Hits {
    /// False when a lane is full.
    #[inline(never)]
    fn add(&mut self, index: usize, states: &[u16; LANES], first_match: u16) -> bool {
        for (lane, state) in states.iter().enumerate() {
            if *state < first_match {
                continue;
            }
            let Some(slot) = self.at[lane].get_mut(self.count[lane]) else {
                return false;
            };
            *slot = (u16::try_from(index).unwrap_or(u16::MAX), *state);
            self.count[lane] += 1;
        }
        true
    }
}

/// Byte classes: 0 for bytes in no anchor. Where there are too many, bytes that are
/// not ASCII share some, and a hit may be none: verification tells.
fn classes(anchors: &[Anchor<'_>]) -> [u8; 256] {
    let mut used = [false; 256];
    for byte in anchors.iter().flat_map(|anchor| anchor.bytes) {
        used[usize::from(fold(*byte))] = true;
    }
    let ascii = used[..128].iter().filter(|used| **used).count();
    // At least some remain to be shared.
    let own = ascii.min(CLASSES - 1 - SHARED_LEAST);
    let shared = CLASSES - 1 - own;
    let mut number = [0_usize; 256];
    let mut next = 0;
    for (byte, number) in number.iter_mut().enumerate() {
        if used[byte] {
            *number = match next < own && byte < 128 {
                true => {
                    next += 1;
                    next
                }
                false => 1 + own + byte % shared,
            };
        }
    }
    std::array::from_fn(|byte| {
        let folded = fold(u8::try_from(byte).unwrap_or(0));
        u8::try_from(number[usize::from(folded)]).unwrap_or(0)
    })
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

struct Node {
    parent: u32,
    class: u8,
    /// The byte that led here is a word character.
    word: bool,
    depth: u8,
    /// Kinds of anchors that go on from here.
    inner: u8,
    hits: Vec<Hit>,
}

struct Trie {
    nodes: Vec<Node>,
}

/// Hashes the edges of the trie. They come from rules, and nobody gains by making two
/// of them collide.
#[derive(Default)]
struct Mixer(u64);

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, value: u32) {
        self.0 = (self.0 ^ u64::from(value)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

impl Trie {
    fn new(anchors: &[Anchor<'_>], longest: usize, class: &[u8; 256]) -> Self {
        let root = Node {
            parent: 0,
            class: 0,
            word: false,
            depth: 0,
            inner: 0,
            hits: Vec::new(),
        };
        let mut trie = Self { nodes: vec![root] };
        let mut edges: HashMap<u32, u32, BuildHasherDefault<Mixer>> =
            HashMap::with_capacity_and_hasher(anchors.len() * 4, BuildHasherDefault::default());
        let mut insert = |prefix: Option<u8>, bytes: &[u8], kind: u8| {
            let mut at = 0_u32;
            for byte in prefix.iter().chain(bytes) {
                let class = class[usize::from(*byte)];
                trie.nodes[at as usize].inner |= kind;
                let depth = trie.nodes[at as usize].depth + 1;
                at = *edges.entry(at << 8 | u32::from(class)).or_insert_with(|| {
                    let word = is_word(*byte);
                    trie.nodes.push(Node {
                        parent: at,
                        class,
                        word,
                        depth,
                        inner: 0,
                        hits: Vec::new(),
                    });
                    u32::try_from(trie.nodes.len() - 1).expect("anchors are few")
                });
            }
            at as usize
        };
        let mut says = Vec::with_capacity(anchors.len());
        for anchor in anchors.iter().filter(|anchor| !anchor.bytes.is_empty()) {
            let bytes = &anchor.bytes[..anchor.bytes.len().min(longest)];
            let length = u8::try_from(bytes.len()).expect("anchors are short");
            let place = if is_word(bytes[0]) {
                anchor.place
            } else {
                Place::Anywhere
            };
            let hit = Hit {
                part: anchor.part,
                length,
                kind: anchor.kind,
                place,
            };
            says.push((insert(None, bytes, anchor.kind), hit));
            if place == Place::WordStart && bytes[0] == b'0' {
                // A state for one digit too many, which says nothing.
                insert(Some(b'0'), bytes, 0);
            }
        }
        for (node, hit) in says {
            if !trie.nodes[node].hits.contains(&hit) {
                trie.nodes[node].hits.push(hit);
            }
        }
        trie
    }

    /// True when a word character stands before the last `length` bytes of a node.
    fn preceded(&self, node: usize, length: u8) -> bool {
        let mut at = node;
        for _ in 0..length {
            at = self.nodes[at].parent as usize;
        }
        self.nodes[at].word
    }

    fn into_automaton(self, class: [u8; 256]) -> Automaton {
        let stride = CLASSES;
        let count = self.nodes.len();
        // Breadth first: the row of a failure is complete before it is copied.
        let mut order: Vec<u32> = (0..count as u32).collect();
        order.sort_by_key(|node| self.nodes[*node as usize].depth);
        let mut rows = vec![0_u32; count * stride];
        let mut fail = vec![0_u32; count];
        let mut says: Vec<Vec<Hit>> = vec![Vec::new(); count];
        let mut begun = vec![[0_u8; KINDS]; count];
        // Row of the root first, edges of each node when its parent is done.
        let mut children: Vec<Vec<(u8, u32)>> = vec![Vec::new(); count];
        for (index, node) in self.nodes.iter().enumerate().skip(1) {
            children[node.parent as usize].push((node.class, index as u32));
        }
        for node in &order {
            let index = *node as usize;
            let suffix = fail[index] as usize;
            if index != 0 {
                rows.copy_within(suffix * stride..(suffix + 1) * stride, index * stride);
                says[index].clone_from(&self.nodes[index].hits);
                let inherited = says[suffix].clone().into_iter().filter(|hit| {
                    hit.place == Place::Anywhere || !self.preceded(index, hit.length)
                });
                says[index].extend(inherited);
                begun[index] = begun[suffix];
            }
            for (class, child) in &children[index] {
                let edge = index * stride + usize::from(*class);
                // Before it is overwritten the row leads where the failure leads.
                fail[*child as usize] = if index == 0 { 0 } else { rows[edge] };
                rows[edge] = *child;
            }
            for (kind, length) in begun[index].iter_mut().enumerate() {
                if self.nodes[index].inner & (1 << kind) != 0 {
                    *length = self.nodes[index].depth;
                }
            }
        }
        number(class, &rows, &says, &begun)
    }
}

/// Zeroes, made on the heap.
fn room() -> Box<[u16; ROOM]> {
    let zeroes = vec![0; ROOM].into_boxed_slice();
    zeroes.try_into().expect("it has this length")
}

/// Renumbers so that match states come last; the root stays 0.
fn number(class: [u8; 256], rows: &[u32], says: &[Vec<Hit>], begun: &[[u8; KINDS]]) -> Automaton {
    let count = says.len();
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|state| !says[*state].is_empty());
    let mut renamed = vec![0_u16; count];
    for (new, old) in order.iter().enumerate() {
        renamed[*old] = new as u16;
    }
    let mut automaton = Automaton {
        class,
        next: room(),
        first_match: order
            .iter()
            .take_while(|state| says[**state].is_empty())
            .count()
            .min(65_535) as u16,
        hits: Vec::new(),
        ranges: Vec::new(),
        begun: order.iter().map(|state| begun[*state]).collect(),
    };
    for (new, old) in order.iter().enumerate() {
        let row = &rows[old * CLASSES..(old + 1) * CLASSES];
        let next = automaton.next.iter_mut().skip(new * CLASSES);
        for (next, to) in next.zip(row) {
            *next = renamed[*to as usize];
        }
        if !says[*old].is_empty() {
            let start = automaton.hits.len() as u32;
            automaton.hits.extend_from_slice(&says[*old]);
            automaton.ranges.push(start..automaton.hits.len() as u32);
        }
    }
    automaton
}
