//! The anchors as a tree, in hash tables.

use super::block::Block;
use super::queue::Queue;
use super::{Anchor, Cut, Hit, KEPT, Place, folded, is_word};
use crate::pattern::{ANCHOR_LIMIT, GAPS};

/// A shorter start of an anchor ends too many words.
const CUT_LEAST: usize = 3;

/// A range of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said {
    start: u32,
    count: u32,
}

impl Said {
    pub(super) const NOTHING: Self = Self { start: 0, count: 0 };
}

#[derive(Clone, Copy)]
struct Node {
    said: Said,
    /// Kinds of anchors that go on from here.
    inner: u8,
    /// A gap here cuts an anchor.
    cut: Cut,
}

impl Node {
    const NEW: Self = Self {
        said: Said::NOTHING,
        inner: 0,
        cut: Cut::Never,
    };
}

impl Node {
    /// What it says when a gap is the last of so many bytes.
    fn cut_by_gap(&self, length: usize) -> Said {
        match self.cut {
            Cut::Never => Said::NOTHING,
            // These hits stand first.
            Cut::AtGaps => Said {
                start: length as u32,
                count: 1,
            },
        }
    }
}

/// Numbers by numbers, with open addressing. What it holds comes from rules, and
/// nobody gains by making two of them collide.
struct Table {
    slots: Vec<(u32, u32)>,
    count: usize,
}

/// No key: nodes are far fewer.
const FREE: u32 = u32::MAX;

fn mixed(key: u32) -> usize {
    (u64::from(key).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize
}

impl Table {
    fn new(least: usize) -> Self {
        Self {
            slots: vec![(FREE, 0); least.max(64).next_power_of_two()],
            count: 0,
        }
    }

    #[inline]
    fn slot(&self, key: u32) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = mixed(key) & mask;
        while self.slots[at].0 != key && self.slots[at].0 != FREE {
            at = (at + 1) & mask;
        }
        at
    }

    #[inline]
    fn get(&self, key: u32) -> Option<u32> {
        let (have, value) = self.slots[self.slot(key)];
        (have == key).then_some(value)
    }

    /// The value of a key, given it first where it has none.
    fn entry(&mut self, key: u32, value: u32) -> u32 {
        if self.count * 2 >= self.slots.len() {
            let mut larger = Self::new(self.slots.len() * 2);
            for (key, value) in self.slots.iter().filter(|(key, _)| *key != FREE) {
                larger.entry(*key, *value);
            }
            *self = larger;
        }
        let slot = self.slot(key);
        if self.slots[slot].0 == FREE {
            self.slots[slot] = (key, value);
            self.count += 1;
        }
        self.slots[slot].1
    }
}

/// The anchors of all rules.
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// Next nodes, by node and byte.
    edges: Table,
    /// Nodes of three bytes, by these.
    thirds: Table,
    /// Nodes of four.
    fourths: Fourths,
    hits: Vec<Hit>,
    /// Anchors of two bytes are rare.
    short: bool,
}

impl std::fmt::Debug for Tree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tree")
    }
}

fn key(node: u32, byte: u8) -> u32 {
    node << 8 | u32::from(byte)
}

fn three(bytes: [u8; 3]) -> u32 {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0])
}

impl Tree {
    pub(super) fn new(anchors: &[Anchor<'_>], gap: Hit) -> Self {
        // What a cut anchor says, for each length.
        let lengths = 0..=ANCHOR_LIMIT as u8;
        let mut tree = Self {
            nodes: vec![Node::NEW],
            edges: Table::new(anchors.len() * 4),
            thirds: Table::new(anchors.len()),
            fourths: Fourths::new(&[]),
            hits: lengths.map(|length| Hit { length, ..gap }).collect(),
            short: false,
        };
        let mut says = Vec::with_capacity(anchors.len());
        let mut fourths = Vec::new();
        for anchor in anchors {
            let (node, length, first) = tree.insert(anchor, gap.kind, &mut fourths);
            tree.short |= length < 3;
            let place = match first {
                Some(first) if is_word(first) => anchor.place,
                _ => Place::Anywhere,
            };
            let hit = Hit {
                part: anchor.part,
                length,
                kind: anchor.kind,
                place,
            };
            if length > 0 {
                says.push((node, hit));
            }
        }
        tree.say(says);
        tree.index(&fourths);
        tree
    }

    fn insert(
        &mut self,
        anchor: &Anchor<'_>,
        gap_kind: u8,
        fourths: &mut Vec<([u8; 4], u32)>,
    ) -> (u32, u8, Option<u8>) {
        let (mut node, mut length) = (0_u32, 0_u8);
        let mut head = [0; 4];
        let whole = anchor.bytes.len().min(ANCHOR_LIMIT);
        let mut first = None;
        for byte in folded(anchor) {
            first.get_or_insert(byte);
            let new = self.nodes.len() as u32;
            let here = &mut self.nodes[node as usize];
            here.inner |= anchor.kind;
            if anchor.cut == Cut::AtGaps && whole > CUT_LEAST {
                here.inner |= gap_kind;
                if usize::from(length) >= CUT_LEAST {
                    here.cut = Cut::AtGaps;
                }
            }
            node = self.edges.entry(key(node, byte), new);
            if let Some(slot) = head.get_mut(usize::from(length)) {
                *slot = byte;
            }
            length += 1;
            if node == new {
                self.nodes.push(Node::NEW);
                match length {
                    3 => {
                        self.thirds.entry(three([head[0], head[1], head[2]]), node);
                    }
                    4 => fourths.push((head, node)),
                    _ => {}
                }
            }
        }
        (node, length, first)
    }

    /// The nodes of four bytes, once it is known what they say.
    fn index(&mut self, fourths: &[([u8; 4], u32)]) {
        let mut all: Vec<Fourth> = Vec::with_capacity(fourths.len());
        let mut places = vec![usize::MAX; self.nodes.len()];
        for (bytes, node) in fourths {
            let Node { said, cut, .. } = self.nodes[*node as usize];
            let gaps = match cut {
                Cut::Never => 0,
                Cut::AtGaps => GAPS.into_iter().fold(0, |bits, gap| bits | bit(gap)),
            };
            places[*node as usize] = all.len();
            all.push(Fourth {
                bytes: *bytes,
                node: *node,
                said,
                next: gaps,
            });
        }
        for (key, _) in self.edges.slots.iter().filter(|(key, _)| *key != FREE) {
            if let Some(fourth) = all.get_mut(places[(key >> 8) as usize]) {
                fourth.next |= bit(*key as u8);
            }
        }
        self.fourths = Fourths::new(&all);
    }

    /// Notes what each node says, in the order of the anchors.
    fn say(&mut self, mut says: Vec<(u32, Hit)>) {
        says.sort_by_key(|(node, _)| *node);
        for (node, hit) in says {
            let end = self.hits.len() as u32;
            let said = &mut self.nodes[node as usize].said;
            if said.count == 0 {
                said.start = end;
            }
            let known = &self.hits[said.start as usize..end as usize];
            if said.count == 0 || !known.contains(&hit) {
                said.count += 1;
                self.hits.push(hit);
            }
        }
    }

    pub(super) fn hits(&self, said: Said) -> &[Hit] {
        &self.hits[said.start as usize..(said.start + said.count) as usize]
    }

    /// Queues what begins at a position and ends in the text; `early` when it may end
    /// with the third byte.
    pub(super) fn walk<const SIZE: usize>(
        &self,
        block: &Block<SIZE>,
        at: usize,
        early: bool,
        queue: &mut Queue,
    ) {
        let bytes = block.from(at);
        let place = block.place(at);
        let mut add = |length: usize, said: Said| {
            if said.count > 0 && at + length > KEPT {
                queue.add(at + length, said, place);
            }
        };
        if self.short {
            add(2, self.said(bytes.get(..2)));
        }
        let fourth = bytes.first_chunk().and_then(|four| self.fourths.get(*four));
        let gap = bytes.get(3).is_none_or(|byte| GAPS.contains(byte));
        if early || gap {
            let third = bytes
                .first_chunk()
                .and_then(|head| self.thirds.get(three(*head)));
            let third = third.map_or(Node::NEW, |node| self.nodes[node as usize]);
            add(3, third.said);
            add(4, fourth.map_or(Said::NOTHING, |fourth| fourth.said));
            if gap && bytes.len() > 3 && place == Place::WordStart {
                add(4, third.cut_by_gap(4));
            }
        } else {
            add(4, fourth.map_or(Said::NOTHING, |fourth| fourth.said));
        }
        if let (Some(fourth), Some(next)) = (fourth, bytes.get(4))
            && fourth.goes_on(*next)
        {
            self.walk_on(fourth.node, &bytes[4..], place, &mut add);
        }
    }

    /// Walks from a node of four bytes.
    fn walk_on(
        &self,
        mut node: u32,
        bytes: &[u8],
        place: Place,
        add: &mut impl FnMut(usize, Said),
    ) {
        for (byte, length) in bytes.iter().zip(5..=ANCHOR_LIMIT) {
            let here = &self.nodes[node as usize];
            let next = self.edges.get(key(node, *byte));
            if let Some(next) = next {
                add(length, self.nodes[next as usize].said);
            }
            if place == Place::WordStart && GAPS.contains(byte) {
                add(length, here.cut_by_gap(length));
            }
            match next {
                Some(next) => node = next,
                None => return,
            }
        }
    }

    /// What the node says that these bytes lead to.
    fn said(&self, bytes: Option<&[u8]>) -> Said {
        self.node(bytes.unwrap_or_default())
            .map_or(Said::NOTHING, |node| node.said)
    }

    fn node(&self, bytes: &[u8]) -> Option<&Node> {
        let mut node = 0;
        for byte in bytes {
            node = self.edges.get(key(node, *byte))?;
        }
        Some(&self.nodes[node as usize])
    }

    /// True when an anchor of these kinds begins with these bytes and is longer.
    pub(super) fn goes_on(&self, bytes: &[u8], kinds: u8) -> bool {
        self.node(bytes).is_some_and(|node| node.inner & kinds != 0)
    }
}

/// A node of four bytes.
#[derive(Clone, Copy)]
struct Fourth {
    bytes: [u8; 4],
    /// 0 where there is none.
    node: u32,
    said: Said,
    /// Which bytes may follow, by their low bits.
    next: u32,
}

impl Fourth {
    #[inline]
    fn goes_on(&self, byte: u8) -> bool {
        self.next & bit(byte) != 0
    }
}

/// The bit that stands for a byte in a word.
pub(super) fn bit(byte: u8) -> u32 {
    1 << (byte & 31)
}

/// Nodes of four bytes, by these.
struct Fourths(Vec<Fourth>);

impl Fourths {
    fn new(all: &[Fourth]) -> Self {
        let free = Fourth {
            bytes: [0; 4],
            node: 0,
            said: Said::NOTHING,
            next: 0,
        };
        let mut table = Self(vec![free; (all.len() * 2).max(64).next_power_of_two()]);
        for fourth in all {
            let slot = table.slot(fourth.bytes);
            table.0[slot] = *fourth;
        }
        table
    }

    #[inline]
    fn slot(&self, bytes: [u8; 4]) -> usize {
        let mask = self.0.len() - 1;
        let mut at = mixed(u32::from_le_bytes(bytes)) & mask;
        while self.0[at].bytes != bytes && self.0[at].node != 0 {
            at = (at + 1) & mask;
        }
        at
    }

    #[inline]
    fn get(&self, bytes: [u8; 4]) -> Option<&Fourth> {
        let fourth = &self.0[self.slot(bytes)];
        (fourth.node != 0).then_some(fourth)
    }
}
