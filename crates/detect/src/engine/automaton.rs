//! One Aho–Corasick automaton over folded bytes, dense, match states last.
//!
//! Folding happens in the class table, so letter case and the value of digits
//! cost nothing per byte. States fit 16 bits; where the anchors of a set would
//! need more, they are cut shorter.

use crate::pattern::{ANCHOR_LIMIT, fold};
use std::ops::Range;

/// Number of kinds that a scan may ask for, one bit each.
pub(super) const KINDS: usize = 4;

/// An anchor of one part of a rule.
pub(super) struct Anchor<'a> {
    pub(super) part: u16,
    pub(super) kind: u8,
    pub(super) bytes: &'a [u8],
}

/// What a match state says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) part: u16,
    /// Length of the anchor; it ends at the byte that led here.
    pub(super) length: u8,
    /// Bit of the rule's kind.
    pub(super) kind: u8,
}

/// State of a scan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct State(u16);

#[derive(Debug)]
pub(super) struct Automaton {
    class: [u8; 256],
    shift: u32,
    transitions: Vec<u16>,
    first_match: u16,
    hits: Vec<Hit>,
    /// Hits of each match state.
    ranges: Vec<Range<u32>>,
    /// Length of the longest anchor begun in a state, for each kind.
    begun: Vec<[u8; KINDS]>,
}

impl Automaton {
    pub(super) fn new(anchors: &[Anchor<'_>]) -> Self {
        let (class, classes) = classes(anchors);
        let mut longest = ANCHOR_LIMIT;
        let trie = loop {
            let trie = Trie::new(anchors, longest, &class);
            // State 0 is the root; the rest must fit 16 bits.
            if trie.nodes.len() <= usize::from(u16::MAX) || longest == 1 {
                break trie;
            }
            longest -= 1;
        };
        trie.into_automaton(class, classes)
    }

    /// Steps through a chunk, calling back with the state after the byte at the
    /// index for every match state.
    #[inline]
    pub(super) fn run(&self, mut state: State, chunk: &[u8], mut on_match: impl FnMut(usize, State)) -> State {
        let transitions = &self.transitions[..];
        for (index, byte) in chunk.iter().enumerate() {
            state = self.step(transitions, state, *byte);
            if state.0 >= self.first_match {
                on_match(index, state);
            }
        }
        state
    }

    #[inline(always)]
    fn step(&self, transitions: &[u16], state: State, byte: u8) -> State {
        let class = self.class[usize::from(byte)];
        State(transitions[(usize::from(state.0) << self.shift) | usize::from(class)])
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
        (0..KINDS).filter(asked).map(|kind| u64::from(lengths[kind])).max().unwrap_or(0)
    }
}

/// Byte classes: 0 for bytes in no anchor.
fn classes(anchors: &[Anchor<'_>]) -> ([u8; 256], usize) {
    let mut used = [false; 256];
    for anchor in anchors {
        anchor.bytes.iter().for_each(|byte| used[usize::from(*byte)] = true);
    }
    let mut number = [0_u8; 256];
    let mut classes = 1_usize;
    for folded in 0..=255_u8 {
        // 62 of the 256 values fold into others, so the count stays below 256.
        if used[usize::from(folded)] && fold(folded) == folded {
            number[usize::from(folded)] = u8::try_from(classes).expect("fewer than 256 folded bytes");
            classes += 1;
        }
    }
    let mut class = [0_u8; 256];
    for byte in 0..=255_u8 {
        class[usize::from(byte)] = number[usize::from(fold(byte))];
    }
    (class, classes)
}

struct Node {
    parent: u32,
    class: u8,
    depth: u8,
    /// Kinds of anchors that go on from here.
    inner: u8,
    hits: Vec<Hit>,
}

struct Trie {
    nodes: Vec<Node>,
}

impl Trie {
    fn new(anchors: &[Anchor<'_>], longest: usize, class: &[u8; 256]) -> Self {
        let root = Node { parent: 0, class: 0, depth: 0, inner: 0, hits: Vec::new() };
        let mut trie = Self { nodes: vec![root] };
        let mut edges = std::collections::HashMap::with_capacity(anchors.len() * 8);
        for anchor in anchors {
            let bytes = &anchor.bytes[..anchor.bytes.len().min(longest)];
            let mut at = 0_u32;
            for byte in bytes {
                let class = class[usize::from(*byte)];
                trie.nodes[at as usize].inner |= anchor.kind;
                let depth = trie.nodes[at as usize].depth + 1;
                at = *edges.entry((at, class)).or_insert_with(|| {
                    trie.nodes.push(Node { parent: at, class, depth, inner: 0, hits: Vec::new() });
                    u32::try_from(trie.nodes.len() - 1).expect("anchors are few")
                });
            }
            let length = u8::try_from(bytes.len()).expect("anchors are short");
            let hit = Hit { part: anchor.part, length, kind: anchor.kind };
            let hits = &mut trie.nodes[at as usize].hits;
            if !bytes.is_empty() && !hits.contains(&hit) {
                hits.push(hit);
            }
        }
        trie
    }

    fn into_automaton(self, class: [u8; 256], classes: usize) -> Automaton {
        let shift = classes.next_power_of_two().trailing_zeros();
        let stride = 1_usize << shift;
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
                let inherited = says[suffix].clone();
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
        number(class, shift, &rows, &says, &begun)
    }
}

/// Renumbers so that match states come last; the root stays 0.
fn number(
    class: [u8; 256],
    shift: u32,
    rows: &[u32],
    says: &[Vec<Hit>],
    begun: &[[u8; KINDS]],
) -> Automaton {
    let count = says.len();
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|state| !says[*state].is_empty());
    let mut renamed = vec![0_u16; count];
    for (new, old) in order.iter().enumerate() {
        renamed[*old] = new as u16;
    }
    let stride = 1_usize << shift;
    let mut automaton = Automaton {
        class,
        shift,
        transitions: Vec::with_capacity(rows.len()),
        first_match: order.iter().take_while(|state| says[**state].is_empty()).count().min(65_535) as u16,
        hits: Vec::new(),
        ranges: Vec::new(),
        begun: order.iter().map(|state| begun[*state]).collect(),
    };
    for old in &order {
        let row = &rows[old * stride..(old + 1) * stride];
        automaton.transitions.extend(row.iter().map(|to| renamed[*to as usize]));
        if !says[*old].is_empty() {
            let start = automaton.hits.len() as u32;
            automaton.hits.extend_from_slice(&says[*old]);
            automaton.ranges.push(start..automaton.hits.len() as u32);
        }
    }
    automaton
}
