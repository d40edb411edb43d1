//! What of a text a model weighs: words, their neighbours and their order.

use super::token::{Sort, Token, mix};

/// Words before one that it is read with.
const BACK: usize = 5;
/// Words around what may be an attack that say what kind of text it stands in.
pub const BEFORE: usize = 24;
/// The same behind it.
pub const BEHIND: usize = 16;

/// Words of the bits for what was said.
const SAID: usize = 32;

/// The start of a sentence, as a neighbour.
const START: u64 = 0x7374_6172;

/// What a feature compares.
#[derive(Clone, Copy)]
#[repr(u64)]
enum Kind {
    Word = 1,
    Stem,
    Part,
    Pair,
    Skip,
    Wide,
    Triple,
    Stems,
    Far,
    Sign,
    Opening,
    Before,
    Behind,
}

/// The parts are hashes, so that one more round mixes them.
#[inline]
const fn feature(kind: Kind, a: u64, b: u64, c: u64) -> u64 {
    let kind = (kind as u64).wrapping_mul(0xd6e8_feb8_6659_fd93);
    let sum = (a ^ kind)
        .wrapping_add(b.rotate_left(23))
        .wrapping_add(c.rotate_left(41));
    mix(sum, 0)
}

/// The words that a place of a text is read with.
#[derive(Clone)]
pub struct Reader {
    /// Words and stems, the last first.
    words: [u64; BACK],
    stems: [u64; BACK],
    /// The character before, of a script without blanks.
    glyph: Option<u64>,
    /// The last sign since the last word.
    sign: u64,
    /// Words with the one before them that were said since the passage began: a bit for
    /// the hash of each.
    said: [u64; SAID],
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            words: [START; BACK],
            stems: [START; BACK],
            glyph: None,
            sign: START,
            said: [0; SAID],
        }
    }
}

impl Reader {
    /// A passage begins: what was said before it counts again.
    pub fn begin(&mut self) {
        self.said = [0; SAID];
    }

    /// Notes a word behind another; true when it was noted already.
    #[inline]
    fn is_said(&mut self, before: u64, word: u64) -> bool {
        let hash = mix(before, word);
        let (index, bit) = ((hash >> 32) as usize % SAID, 1 << (hash >> 58));
        let said = self.said[index] & bit != 0;
        self.said[index] |= bit;
        said
    }

    /// Reads the next token and gives its features.
    #[inline]
    pub fn push(&mut self, token: &Token, give: &mut impl FnMut(u64)) {
        if token.sort != Sort::Word {
            // A row of signs says what one does.
            if self.sign != token.word {
                give(feature(Kind::Sign, token.word, 0, 0));
                give(feature(Kind::Sign, token.word, self.words[0], 0));
            }
            self.glyph = None;
            self.sign = token.word;
            if token.sort == Sort::Break {
                self.shift(START, START);
            }
            return;
        }
        let (word, stem) = self.unit(token);
        let [one, two, three, ..] = self.words;
        if self.words.contains(&word) || self.is_said(one, word) {
            // Said again, it says nothing new.
            self.sign = 0;
            self.shift(word, stem);
            return;
        }
        give(feature(Kind::Word, word, 0, 0));
        if stem != word {
            give(feature(Kind::Stem, stem, 0, 0));
        }
        for part in token.parts.iter().take_while(|part| **part != 0) {
            give(feature(Kind::Part, *part, 0, 0));
        }
        if self.sign != 0 {
            give(feature(Kind::Opening, self.sign, word, 0));
        }
        give(feature(Kind::Pair, one, word, 0));
        give(feature(Kind::Skip, two, word, 0));
        give(feature(Kind::Wide, three, word, 0));
        give(feature(Kind::Triple, two, one, word));
        give(feature(Kind::Stems, self.stems[0], stem, 0));
        for far in self.stems[1..].iter().filter(|far| **far != START) {
            give(feature(Kind::Far, *far, stem, 0));
        }
        self.sign = 0;
        self.shift(word, stem);
    }

    /// A word, or a character with the one before it.
    fn unit(&mut self, token: &Token) -> (u64, u64) {
        if !token.joins {
            self.glyph = None;
            return (token.word, token.stem);
        }
        let before = self.glyph.replace(token.word).unwrap_or(START);
        let unit = mix(before, token.word);
        (unit, unit)
    }

    #[inline]
    fn shift(&mut self, word: u64, stem: u64) {
        let [a, b, c, d, _] = self.words;
        self.words = [word, a, b, c, d];
        let [a, b, c, d, _] = self.stems;
        self.stems = [stem, a, b, c, d];
    }
}

/// Features of the words around a span of tokens, each once.
pub fn around(before: &[Token], behind: &[Token], give: &mut impl FnMut(u64)) {
    let from = before.len().saturating_sub(BEFORE);
    side(Kind::Before, &before[from..], give);
    side(Kind::Behind, &behind[..behind.len().min(BEHIND)], give);
    if let Some(next) = before.last().filter(|token| token.sort == Sort::Sign) {
        give(feature(Kind::Before, next.word, 1, 0));
    }
    if let Some(next) = behind.first().filter(|token| token.sort == Sort::Sign) {
        give(feature(Kind::Behind, next.word, 1, 0));
    }
}

fn side(kind: Kind, tokens: &[Token], give: &mut impl FnMut(u64)) {
    let mut last = 0;
    for token in tokens {
        let unit = if token.joins {
            mix(last, token.word)
        } else {
            token.stem
        };
        last = token.word;
        give(feature(kind, unit, 0, 0));
    }
}
