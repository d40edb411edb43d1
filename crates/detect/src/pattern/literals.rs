//! Required literals at the start of a pattern, over folded bytes.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Longest anchor, in bytes. A longer one selects hardly better.
pub(crate) const ANCHOR_LIMIT: usize = 7;
/// Most alternatives of one pattern: a few words more save many looks at short ones.
const SEQUENCE_LIMIT: usize = 256;
/// Classes with more folded members than this end a literal.
const CLASS_LIMIT: usize = 16;
/// Unless the literal is as weak as this: then one byte more saves many looks.
const WEAK: u32 = 12;
/// Most members of a class that strengthens a weak literal.
const WIDE_LIMIT: usize = 40;
/// Bits that an anchor must carry to be worth a look at every hit: two letters.
const LEAST_WEIGHT: u32 = 8;

/// What cuts a token in two, after folding. Line ends stay apart from the others:
/// many anchors begin with a backslash, and a line end that may begin an anchor would
/// be held back in every stream.
pub(crate) const GAPS: [u8; 3] = [b'\n', b'\\', b'"'];

/// Folds a byte as the search for anchors does: ASCII letters lose their case, all digits are
/// one, and so is what cuts a token.
#[must_use]
pub(crate) const fn fold(byte: u8) -> u8 {
    match byte {
        b'A'..=b'Z' => byte | 0x20,
        b'0'..=b'9' => b'0',
        b'\t' | b'\r' => b'\n',
        b'\'' | b'`' => b'\\',
        _ => byte,
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Sequence {
    bytes: Vec<u8>,
    /// Nothing follows within what it was made from, so more may be appended.
    open: bool,
}

/// Folded literals, one of which every match starts with.
#[derive(Debug, Clone)]
pub(super) struct Prefixes {
    sequences: Vec<Sequence>,
}

impl Prefixes {
    fn of(bytes: Vec<Vec<u8>>, open: bool) -> Self {
        let mut sequences: Vec<_> = bytes
            .into_iter()
            .map(|bytes| Sequence { bytes, open })
            .collect();
        sequences.sort();
        sequences.dedup();
        Self { sequences }
    }

    /// Matches nothing but the empty text so far.
    fn empty() -> Self {
        Self::of(vec![Vec::new()], true)
    }

    /// Says nothing about what follows.
    fn unknown() -> Self {
        Self::of(vec![Vec::new()], false)
    }

    fn close(&mut self) {
        for sequence in &mut self.sequences {
            sequence.open = false;
        }
    }

    fn is_open(&self) -> bool {
        self.sequences.iter().any(|sequence| sequence.open)
    }

    /// Appends what follows; closes instead when there would be too many.
    fn append(&mut self, next: &Self) {
        let open = self
            .sequences
            .iter()
            .filter(|sequence| sequence.open)
            .count();
        let total = self.sequences.len() - open + open * next.sequences.len();
        if total > SEQUENCE_LIMIT {
            return self.close();
        }
        let mut grown = Vec::with_capacity(total);
        for sequence in self.sequences.drain(..) {
            if !sequence.open {
                grown.push(sequence);
                continue;
            }
            for tail in &next.sequences {
                let mut bytes = sequence.bytes.clone();
                bytes.extend_from_slice(&tail.bytes);
                let open = tail.open && bytes.len() < ANCHOR_LIMIT;
                bytes.truncate(ANCHOR_LIMIT);
                grown.push(Sequence { bytes, open });
            }
        }
        grown.sort();
        grown.dedup();
        self.sequences = grown;
    }

    fn union(&mut self, other: Self) {
        self.sequences.extend(other.sequences);
        self.sequences.sort();
        self.sequences.dedup();
        if self.sequences.len() > SEQUENCE_LIMIT {
            // Shorter literals are fewer.
            for length in (1..ANCHOR_LIMIT).rev() {
                self.shorten(length);
                if self.sequences.len() <= SEQUENCE_LIMIT {
                    return;
                }
            }
            *self = Self::unknown();
        }
    }

    fn shorten(&mut self, length: usize) {
        for sequence in &mut self.sequences {
            if sequence.bytes.len() > length {
                sequence.bytes.truncate(length);
                sequence.open = false;
            }
        }
        self.sequences.sort();
        self.sequences.dedup();
    }

    /// How rare the commonest of them is, in bits.
    pub(super) fn weight(&self) -> u32 {
        self.sequences
            .iter()
            .map(|sequence| weight(&sequence.bytes))
            .min()
            .unwrap_or(0)
    }

    /// True when a hit is worth a look.
    pub(super) fn selects(&self) -> bool {
        self.weight() >= LEAST_WEIGHT
    }

    /// The literals, without those that begin with another.
    pub(super) fn into_anchors(self) -> Vec<Vec<u8>> {
        let mut anchors: Vec<Vec<u8>> = Vec::new();
        // Sorted: a literal directly precedes all that begin with it.
        for sequence in self.sequences {
            if !anchors
                .last()
                .is_some_and(|last| sequence.bytes.starts_with(last))
            {
                anchors.push(sequence.bytes);
            }
        }
        anchors
    }
}

fn weight(bytes: &[u8]) -> u32 {
    let bits = |byte: &u8| match byte {
        b' ' | b'\n' | b'\r' | b'\t' | 0x0C => 1,
        b'0' => 2,
        0x80.. => 3,
        _ => 4,
    };
    bytes.iter().map(bits).sum()
}

/// Literals that every match of this concatenation starts with.
pub(super) fn prefixes(items: &[Hir]) -> Prefixes {
    let mut all = Prefixes::empty();
    for item in items {
        if !all.is_open() {
            break;
        }
        let weak = (LEAST_WEIGHT..=WEAK).contains(&all.weight());
        let wide = if weak { wide(item) } else { None };
        match wide {
            Some(members) => {
                all.append(&members);
                all.close();
            }
            None => all.append(&of(item)),
        }
    }
    all
}

/// First bytes of an item that is at least one of a wide class.
fn wide(item: &Hir) -> Option<Prefixes> {
    let class = match item.kind() {
        HirKind::Repetition(repetition) if repetition.min > 0 => &repetition.sub,
        _ => item,
    };
    match class.kind() {
        HirKind::Class(class) => members(class, WIDE_LIMIT)
            .filter(|members| members.len() > CLASS_LIMIT)
            .map(|members| Prefixes::of(members, true)),
        _ => None,
    }
}

fn of(hir: &Hir) -> Prefixes {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Prefixes::empty(),
        HirKind::Literal(literal) => {
            let mut bytes: Vec<u8> = literal.0.iter().copied().map(fold).collect();
            let open = bytes.len() <= ANCHOR_LIMIT;
            bytes.truncate(ANCHOR_LIMIT);
            Prefixes::of(vec![bytes], open)
        }
        HirKind::Class(class) => members(class, CLASS_LIMIT)
            .map_or_else(Prefixes::unknown, |all| Prefixes::of(all, true)),
        HirKind::Capture(capture) => of(&capture.sub),
        HirKind::Concat(items) => prefixes(items),
        HirKind::Alternation(items) => {
            let mut branches = items.iter().map(of);
            let mut all = branches.next().unwrap_or_else(Prefixes::unknown);
            branches.for_each(|branch| all.union(branch));
            all
        }
        HirKind::Repetition(repetition) => {
            let sub = of(&repetition.sub);
            let mut all = Prefixes::empty();
            for _ in 0..repetition.min.min(ANCHOR_LIMIT as u32) {
                if all.is_open() {
                    all.append(&sub);
                }
            }
            if repetition.min == 0 && repetition.max == Some(1) {
                all.union(sub);
            } else if repetition.max != Some(repetition.min) {
                all.close();
            }
            all
        }
    }
}

/// What `k` and `s` are to a pattern that ignores case, beside their capitals. The
/// normaliser makes ASCII of them, so that no anchor has to begin with one.
const FOLDS: [char; 2] = ['\u{17F}', '\u{212A}'];

/// Folded members of a class, as UTF-8, if they are no more than the limit.
fn members(class: &Class, limit: usize) -> Option<Vec<Vec<u8>>> {
    let mut all: Vec<Vec<u8>> = Vec::new();
    let mut add = |bytes: Vec<u8>| {
        if !all.contains(&bytes) {
            all.push(bytes);
        }
        all.len() <= limit
    };
    // Folding shrinks a class, so ranges of it may be longer than the limit.
    const RANGE_LIMIT: u32 = 128;
    match class {
        Class::Unicode(class) => {
            for range in class.iter() {
                if u32::from(range.end()) - u32::from(range.start()) > RANGE_LIMIT {
                    return None;
                }
                let fold_only = range.start() == range.end() && FOLDS.contains(&range.start());
                if fold_only && class.iter().any(|range| range.start().is_ascii()) {
                    continue;
                }
                for member in range.start()..=range.end() {
                    let mut buffer = [0; 4];
                    let bytes = member.encode_utf8(&mut buffer).as_bytes();
                    if !add(bytes.iter().copied().map(fold).collect()) {
                        return None;
                    }
                }
            }
        }
        Class::Bytes(class) => {
            for range in class.iter() {
                for member in range.start()..=range.end() {
                    if !add(vec![fold(member)]) {
                        return None;
                    }
                }
            }
        }
    }
    Some(all)
}

/// The bytes that this matches one of, as a bitmap; `None` when it may match more
/// than one byte. Non-ASCII case variants of `k` and `s` are left out: they are in
/// no encoded key.
pub(super) fn single_bytes(hir: &Hir) -> Option<[u64; 4]> {
    let mut set = [0_u64; 4];
    let mut add = |byte: u8| set[usize::from(byte >> 6)] |= 1 << (byte & 63);
    match hir.kind() {
        HirKind::Literal(literal) if literal.0.len() == 1 => add(literal.0[0]),
        HirKind::Class(Class::Bytes(class)) => {
            class
                .iter()
                .for_each(|range| (range.start()..=range.end()).for_each(&mut add));
        }
        HirKind::Class(Class::Unicode(class)) => {
            for range in class.iter() {
                if !range.end().is_ascii() && !FOLDS.contains(&range.start()) {
                    return None;
                }
                (range.start()..=range.end())
                    .filter_map(|c| u8::try_from(c).ok())
                    .filter(u8::is_ascii)
                    .for_each(&mut add);
            }
        }
        _ => return None,
    }
    Some(set)
}
