//! The lexicon: words of concepts, and the bitmap that finds the rare ones.

use super::concept::Concept;

/// Words of a bitmap of grams, 64 grams each: 32 KiB keep chance hits below 3 %.
pub const GATE_WORDS: usize = 1 << (GATE_BITS - 6);
/// Bits of a hashed gram.
const GATE_BITS: u32 = 18;
/// Bytes of a gram.
pub(super) const GRAM: usize = 5;
/// Most places before a gram where its word may begin.
pub(super) const GRAM_PLACES: usize = 32;
/// Longest stretch of text that a word or phrase may match, in bytes.
pub(super) const WORD_LIMIT: usize = 64;
/// Most fillers that one walk leaves out.
const SKIPS: u8 = 4;
/// Most separators between two words of a phrase.
const BLANK_LIMIT: usize = 4;

/// A word may have any ending.
pub(super) const WILD: u8 = 1;
/// A word of a script without blanks: it may stand inside a run.
pub(super) const RUN: u8 = 2;
/// A verb whose form alone makes it an order.
pub(super) const FORM: u8 = 4;
/// A misspelt word.
pub(super) const TYPO: u8 = 8;

/// What a build script makes of the files of words.
#[derive(Debug)]
pub struct LexiconTables {
    /// Bitmap of hashed grams.
    pub gate: &'static [u64; GATE_WORDS],
    /// Grams with the places where they stand in their words: a hash table of
    /// eight bytes a slot, a power of two of them.
    pub grams: &'static [u8],
    /// The words as a tree: see `Tree`.
    pub tree: &'static [u8],
}

/// The words of all concepts. Immutable.
#[derive(Debug, Clone, Copy)]
pub struct Lexicon {
    tables: &'static LexiconTables,
    tree: Tree,
}

impl Lexicon {
    /// A lexicon of these tables; costs nothing.
    #[must_use]
    pub fn new(tables: &'static LexiconTables) -> Self {
        Self {
            tables,
            tree: Tree::new(tables.tree),
        }
    }

    pub(super) const fn gate(&self) -> &'static [u64; GATE_WORDS] {
        self.tables.gate
    }

    pub(super) const fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Places before a gram where a word may begin, one bit each.
    pub(super) fn places(&self, gram: u32) -> u32 {
        places(self.tables.grams, gram)
    }
}

fn places(grams: &[u8], gram: u32) -> u32 {
    let slots = grams.len() / 8;
    if slots == 0 {
        return 0;
    }
    let mut slot = slot_of(gram, slots);
    // At least half the slots are empty, so this ends.
    for _ in 0..slots {
        let (key, mask) = (word(grams, slot * 2), word(grams, slot * 2 + 1));
        if mask == 0 {
            return 0;
        }
        if key == gram {
            return mask;
        }
        slot = (slot + 1) & (slots - 1);
    }
    0
}

/// First slot of a gram.
pub(super) const fn slot_of(gram: u32, slots: usize) -> usize {
    (gram.wrapping_mul(0x85eb_ca6b) >> 7) as usize & (slots - 1)
}

/// The bits of a gram with upper case like lower case.
#[inline(always)]
pub(super) const fn gram_of(bytes: [u8; GRAM]) -> u32 {
    let [a, b, c, d, e] = bytes;
    let first = u32::from_le_bytes([a, b, c, d]) | 0x2020_2020;
    // Two grams may have the same number: the word is read anyway.
    first.wrapping_mul(0x85eb_ca6b) ^ ((e | 0x20) as u32).wrapping_mul(0xc2b2_ae35)
}

/// Place of a gram in the bitmap.
#[inline(always)]
pub(super) const fn gate_of(gram: u32) -> u32 {
    gram.wrapping_mul(0x9e37_79b1) >> (32 - GATE_BITS)
}

fn word(bytes: &[u8], index: usize) -> u32 {
    bytes
        .get(index * 4..index * 4 + 4)
        .and_then(|bytes| bytes.try_into().ok())
        .map_or(0, u32::from_le_bytes)
}

/// The words as a tree of folded bytes. Three lists of 32-bit words follow a header
/// of three counts: nodes (two words: first edge; first entry, edges, entries as
/// 16, 8 and 8 bits), edges (byte in the high 8 bits, node in the rest), entries
/// (concept, language, flags).
#[derive(Debug, Clone, Copy)]
pub(super) struct Tree {
    words: &'static [[u8; 4]],
    edges: usize,
    entries: usize,
}

/// A node of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Node(u32);

/// What a word stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) concept: u8,
    pub(super) language: u8,
    pub(super) flags: u8,
}

impl Node {
    /// Where every word begins.
    pub(super) const ROOT: Self = Self(0);
}

impl Tree {
    fn new(bytes: &'static [u8]) -> Self {
        let (words, _) = bytes.as_chunks();
        let mut tree = Self {
            words,
            edges: 0,
            entries: 0,
        };
        tree.edges = 3 + tree.word(0) as usize * 2;
        tree.entries = tree.edges + tree.word(1) as usize;
        tree
    }

    #[inline]
    fn word(&self, index: usize) -> u32 {
        self.words
            .get(index)
            .map_or(0, |word| u32::from_le_bytes(*word))
    }

    /// The next node; the root has all 256 edges.
    fn step(&self, node: Node, byte: u8) -> Option<Node> {
        if node.0 == 0 {
            let edge = self.word(self.edges + usize::from(byte));
            return (edge != 0).then_some(Node(edge & 0x00ff_ffff));
        }
        let first = self.edges + self.word(3 + node.0 as usize * 2) as usize;
        let count = (self.word(4 + node.0 as usize * 2) >> 8) & 0xff;
        let edges = self.words.get(first..first + count as usize)?;
        edges
            .iter()
            .map(|edge| u32::from_le_bytes(*edge))
            .find(|edge| edge >> 24 == u32::from(byte))
            .map(|edge| Node(edge & 0x00ff_ffff))
    }

    /// What the word that ends at a node stands for.
    pub(super) fn entries(&self, node: Node) -> impl Iterator<Item = Entry> {
        let packed = self.word(4 + node.0 as usize * 2);
        let (first, count) = (packed >> 16, packed & 0xff);
        (first..first + count).map(|at| {
            let [concept, language, flags, _] = self.word(self.entries + at as usize).to_le_bytes();
            Entry {
                concept,
                language,
                flags,
            }
        })
    }

    fn has_entries(&self, node: Node) -> bool {
        self.word(4 + node.0 as usize * 2) & 0xff != 0
    }

    /// Walks the words that begin at an offset, calling back for each that ends,
    /// with its node and where it ends. Between two words of a phrase separators
    /// may stand, none, or a filler.
    #[inline]
    pub(super) fn walk(&self, text: &[u8], at: usize, on: impl FnMut(Node, usize)) {
        self.walk_with(text, at, SKIPS, on);
    }

    /// The same without fillers.
    pub(super) fn walk_plain(&self, text: &[u8], at: usize, on: impl FnMut(Node, usize)) {
        self.walk_with(text, at, 0, on);
    }

    #[inline]
    fn walk_with(&self, text: &[u8], at: usize, skips: u8, mut on: impl FnMut(Node, usize)) {
        let mut walk = Walk {
            tree: self,
            text: &text[..text.len().min(at + WORD_LIMIT)],
            skips,
        };
        walk.go(Node::ROOT, at, at, &mut on);
    }

    /// Where the filler that begins here ends; none when it is no filler.
    fn filler(&self, text: &[u8], at: usize) -> Option<usize> {
        let (mut node, mut index) = (Node::ROOT, at);
        while let Some(next) = self.step(node, fold(*text.get(index)?)) {
            (node, index) = (next, index + 1);
            let ends = blanks(&text[index..]) > 0;
            if ends && self.has_entries(node) && self.is_filler(node) {
                return Some(index);
            }
        }
        None
    }

    fn is_filler(&self, node: Node) -> bool {
        self.entries(node)
            .any(|entry| entry.concept == Concept::Filler as u8)
    }
}

/// A walk from one place.
struct Walk<'a> {
    tree: &'a Tree,
    text: &'a [u8],
    /// Fillers that may still be left out.
    skips: u8,
}

impl Walk<'_> {
    fn go(&mut self, from: Node, start: usize, at: usize, on: &mut impl FnMut(Node, usize)) {
        let (mut node, mut index) = (from, at);
        while index < self.text.len() {
            let letter = self.text[index].is_ascii_alphanumeric();
            let skipped = if index > start && !letter {
                blanks(&self.text[index..])
            } else {
                0
            };
            let next = if skipped > 0 {
                index += skipped;
                let next = self.tree.step(node, b' ');
                if let Some(next) = next {
                    self.skip(next, start, index, on);
                }
                next
            } else {
                let byte = fold(self.text[index]);
                index += 1;
                self.tree.step(node, byte).or_else(|| {
                    let blank = self.tree.step(node, b' ')?;
                    self.tree.step(blank, byte)
                })
            };
            let Some(next) = next else {
                return;
            };
            node = next;
            if self.tree.has_entries(node) {
                on(node, index);
            }
        }
    }

    /// Goes on behind a filler.
    fn skip(&mut self, node: Node, start: usize, at: usize, on: &mut impl FnMut(Node, usize)) {
        if self.skips == 0 {
            return;
        }
        let Some(end) = self.tree.filler(self.text, at) else {
            return;
        };
        self.skips -= 1;
        let behind = end + blanks(&self.text[end..]);
        self.skip(node, start, behind, on);
        self.go(node, start, behind, on);
    }
}

/// How many bytes of separators a text begins with.
pub(super) fn blanks(text: &[u8]) -> usize {
    let mut length = 0;
    for _ in 0..BLANK_LIMIT {
        length += match &text[length..] {
            [b'\\', b'n' | b'r' | b't', ..] => 2,
            [0xe3, 0x80, 0x80, ..] | [0xe2, 0x80, 0x98 | 0x99, ..] => 3,
            [0xc2, 0xa0, ..] => 2,
            [byte, ..] if byte.is_ascii_whitespace() || b"-_,'/*\"`".contains(byte) => 1,
            _ => break,
        };
    }
    length
}

/// Upper case as lower case, digits as the letters that they are drawn for. `l` is
/// `i` here, because 1 is drawn for both.
pub(super) const fn fold(byte: u8) -> u8 {
    FOLD[byte as usize]
}

const FOLD: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[allow(clippy::cast_possible_truncation, reason = "below 256")]
        let lower = (byte as u8).to_ascii_lowercase();
        table[byte] = match lower {
            b'0' => b'o',
            b'1' | b'l' => b'i',
            b'3' => b'e',
            b'4' | b'@' => b'a',
            b'5' | b'$' => b's',
            b'7' => b't',
            other => other,
        };
        byte += 1;
    }
    table
};
