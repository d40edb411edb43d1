//! The anchors as a tree, in hash tables.

use super::block::Block;
use super::queue::Queue;
use super::{Anchor, Cut, Hit, KEPT, Place, bit, bits, folded, is_word};
use crate::pattern::{ANCHOR_LIMIT, GAPS, fold};

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
    /// Some of what it says counts inside of words too.
    anywhere: bool,
}

impl Node {
    const NEW: Self = Self {
        said: Said::NOTHING,
        inner: 0,
        cut: Cut::Never,
        anywhere: false,
    };
}

impl Node {
    /// What it says of a position.
    fn says(&self, place: Place) -> Said {
        if self.anywhere || place == Place::WordStart {
            self.said
        } else {
            Said::NOTHING
        }
    }

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
    /// Anchors of no more than three, by these.
    wholes: Table,
    /// Nodes of so many digits, which numbers lead to again and again; 0 where there is
    /// none.
    digits: [u32; ANCHOR_LIMIT + 1],
    hits: Vec<Hit>,
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
            fourths: Fourths::new(anchors),
            wholes: Table::new(0),
            digits: [0; ANCHOR_LIMIT + 1],
            hits: lengths.map(|length| Hit { length, ..gap }).collect(),
        };
        let mut says = Vec::with_capacity(anchors.len());
        for anchor in anchors {
            let (node, length, first) = tree.insert(anchor, gap.kind);
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
        let mut node = Some(0);
        tree.digits = std::array::from_fn(|length| {
            if length > 0 {
                node = node.and_then(|node| tree.edges.get(key(node, b'0')));
            }
            node.unwrap_or(0)
        });
        tree
    }

    fn insert(&mut self, anchor: &Anchor<'_>, gap_kind: u8) -> (u32, u8, Option<u8>) {
        let (mut node, mut length) = (0_u32, 0_u8);
        let mut head = [0; 3];
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
                if length == 3 {
                    self.thirds.entry(three(head), node);
                }
            }
            if length == 3 && whole == 3 {
                self.wholes.entry(three(head), node);
            }
        }
        (node, length, first)
    }

    /// Notes what each node says, in the order of the anchors.
    fn say(&mut self, mut says: Vec<(u32, Hit)>) {
        says.sort_by_key(|(node, _)| *node);
        for (node, hit) in says {
            let end = self.hits.len() as u32;
            let node = &mut self.nodes[node as usize];
            node.anywhere |= hit.place == Place::Anywhere;
            let said = &mut node.said;
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

    /// False when nothing is said of what begins with these bytes, as most often.
    #[inline]
    pub(super) fn may_say(&self, bytes: &[u8]) -> bool {
        let Some(four) = bytes.first_chunk::<4>() else {
            return true;
        };
        let fourth = self.fourths.get(*four);
        let next = bytes.get(4);
        GAPS.contains(&four[3])
            || fourth.is_some_and(|fourth| next.is_none_or(|next| fourth.goes_on(*next)))
            || self
                .wholes
                .get(three([four[0], four[1], four[2]]))
                .is_some()
    }

    /// Queues an anchor of two bytes.
    #[inline(never)]
    pub(super) fn walk_short<const SIZE: usize>(
        &self,
        block: &Block<SIZE>,
        at: usize,
        queue: &mut Queue,
    ) {
        let head = block.from(at).get(..2).unwrap_or_default();
        let said = self.node(head).map_or(Said::NOTHING, |node| node.said);
        if said.count > 0 && at + 2 > KEPT {
            queue.add(at + 2, said, block.place(at));
        }
    }

    /// Queues what begins at a position and ends in the text, from three bytes on.
    pub(super) fn walk<const SIZE: usize>(
        &self,
        block: &Block<SIZE>,
        at: usize,
        queue: &mut Queue,
    ) {
        let (bytes, place) = (block.from(at), block.place(at));
        let mut add = |length: usize, said: Said| {
            if said.count > 0 && at + length > KEPT {
                queue.add(at + length, said, place);
            }
        };
        let third = || {
            let head = bytes.first_chunk();
            head.and_then(|head| self.thirds.get(three(*head)))
        };
        if bytes.starts_with(b"0000") {
            self.walk_digits(bytes, place, &mut add);
        } else if let Some(node) = third() {
            add(3, self.nodes[node as usize].says(place));
            self.walk_on(node, 3, bytes, place, &mut add);
        }
    }

    /// Walks along the digits that a text begins with, and on from there.
    fn walk_digits(&self, bytes: &[u8], place: Place, add: &mut impl FnMut(usize, Said)) {
        let digits = bytes.iter().take(ANCHOR_LIMIT);
        let count = digits.take_while(|byte| **byte == b'0').count();
        for length in 3..=count {
            match self.digits[length] {
                0 => return,
                node => add(length, self.nodes[node as usize].says(place)),
            }
        }
        self.walk_on(self.digits[count], count, bytes, place, add);
    }

    /// Walks from the node of the first bytes.
    fn walk_on(
        &self,
        mut node: u32,
        known: usize,
        bytes: &[u8],
        place: Place,
        add: &mut impl FnMut(usize, Said),
    ) {
        for (byte, length) in bytes[known..].iter().zip(known + 1..=ANCHOR_LIMIT) {
            let here = &self.nodes[node as usize];
            let next = self.edges.get(key(node, *byte));
            if let Some(next) = next {
                add(length, self.nodes[next as usize].says(place));
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

    /// The number of the node of these bytes.
    fn find(&self, bytes: &[u8]) -> Option<u32> {
        let mut bytes = bytes.iter();
        bytes.try_fold(0, |node, byte| self.edges.get(key(node, *byte)))
    }

    fn node(&self, bytes: &[u8]) -> Option<&Node> {
        Some(&self.nodes[self.find(bytes)? as usize])
    }

    /// The node of these bytes, if an anchor goes on from there.
    pub(super) fn inner(&self, bytes: &[u8]) -> Option<u32> {
        let node = self.find(bytes)?;
        (self.nodes[node as usize].inner != 0).then_some(node)
    }

    /// True when an anchor that led to this node ends in what follows, or goes on behind
    /// it.
    pub(super) fn crosses(&self, mut node: u32, next: &[u8]) -> bool {
        for byte in next {
            let byte = fold(*byte);
            if self.nodes[node as usize].cut == Cut::AtGaps && GAPS.contains(&byte) {
                return true;
            }
            match self.edges.get(key(node, byte)) {
                Some(further) => node = further,
                None => return false,
            }
            if self.nodes[node as usize].said.count > 0 {
                return true;
            }
        }
        // All of it is the middle of an anchor.
        !next.is_empty()
    }

    /// True when an anchor of these kinds begins with these bytes and is longer.
    pub(super) fn goes_on(&self, bytes: &[u8], kinds: u8) -> bool {
        self.node(bytes).is_some_and(|node| node.inner & kinds != 0)
    }
}

/// What stands for bytes that are not ASCII, so that they are no letters.
const OTHER: u32 = 1 << 30;

fn mark(byte: u8) -> u32 {
    if byte.is_ascii() { bit(byte) } else { OTHER }
}

/// The marks of all bytes of a set.
fn marks(set: &[u64; 4]) -> u32 {
    let other = if set[2] | set[3] == 0 { 0 } else { OTHER };
    bits(&[set[0], set[1], 0, 0]) | other
}

/// A node of four bytes.
#[derive(Clone, Copy)]
struct Fourth {
    bytes: [u8; 4],
    /// Which bytes may follow, a [`mark`] for each; 0 where there is no such node.
    next: u32,
}

impl Fourth {
    #[inline]
    fn goes_on(&self, byte: u8) -> bool {
        self.next & mark(byte) != 0
    }
}

/// Nodes of four bytes, by these.
struct Fourths(Vec<Fourth>);

impl Fourths {
    fn new(anchors: &[Anchor<'_>]) -> Self {
        let free = Fourth {
            bytes: [0; 4],
            next: 0,
        };
        // Most anchors share their first four bytes with others.
        let mut table = Self(vec![free; anchors.len().max(64).next_power_of_two()]);
        let mut count = 0;
        for anchor in anchors {
            let mut head = [0; 5];
            let mut length = 0;
            for (slot, byte) in head.iter_mut().zip(folded(anchor)) {
                *slot = byte;
                length += 1;
            }
            let [bytes @ .., fifth] = head;
            let next = match length {
                5 => mark(fifth),
                4 => anchor.behind.map_or(!0, |set| marks(&set)),
                _ => 0,
            };
            let gaps = match anchor.cut {
                Cut::AtGaps if length == 5 => GAPS.into_iter().fold(0, |all, gap| all | mark(gap)),
                _ => 0,
            };
            if next == 0 {
                continue;
            }
            if count * 2 >= table.0.len() {
                table.grow();
            }
            let slot = table.slot(bytes);
            count += usize::from(table.0[slot].next == 0);
            table.0[slot].bytes = bytes;
            table.0[slot].next |= next | gaps;
        }
        table
    }

    fn grow(&mut self) {
        let free = Fourth {
            bytes: [0; 4],
            next: 0,
        };
        let mut larger = Self(vec![free; self.0.len() * 2]);
        for fourth in self.0.iter().filter(|fourth| fourth.next != 0) {
            let slot = larger.slot(fourth.bytes);
            larger.0[slot] = *fourth;
        }
        *self = larger;
    }

    #[inline]
    fn slot(&self, bytes: [u8; 4]) -> usize {
        let mask = self.0.len() - 1;
        let mut at = mixed(u32::from_le_bytes(bytes)) & mask;
        while self.0[at].bytes != bytes && self.0[at].next != 0 {
            at = (at + 1) & mask;
        }
        at
    }

    #[inline]
    fn get(&self, bytes: [u8; 4]) -> Option<&Fourth> {
        let fourth = &self.0[self.slot(bytes)];
        (fourth.next != 0).then_some(fourth)
    }
}
