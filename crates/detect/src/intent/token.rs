//! Text as words, whatever its script, spelling or case.

use crate::normalise::{Spelling, spelling};
use std::ops::Range;

/// Longest word, in characters: a longer one is data.
const WORD_LIMIT: u32 = 28;
/// Longest word that may be written mostly with digits for letters.
const LEET: u32 = 14;
/// Characters of a word's stem.
const STEM: u32 = 4;

/// Letters of a part of a word.
const PART: usize = 5;
/// Bits of a letter that tell parts apart, and those of a part.
const LETTER: u32 = 12;
const LETTERS: u64 = (1 << (LETTER * PART as u32)) - 1;
/// Most parts of a word.
const PARTS: usize = 8;

/// What stands at a place of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A word, or a character of a script that has no blanks between words.
    Word,
    /// A sign of punctuation or mark-up.
    Sign,
    /// The end of a sentence or line.
    Break,
}

/// A word or a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub sort: Sort,
    /// Offset of its first byte.
    pub start: u64,
    /// Offset behind its last byte.
    pub end: u64,
    /// Hash of its letters.
    pub word: u64,
    /// Hash of its first letters; of the word when it is no longer.
    pub stem: u64,
    /// Hashes of all that is five letters long in the word, then zeros.
    pub parts: [u64; PARTS],
    /// A character that is a word only with the one before it.
    pub joins: bool,
}

impl Token {
    /// The token of a text that begins at an offset.
    pub(super) const fn moved(mut self, by: u64) -> Self {
        self.start += by;
        self.end += by;
        self
    }
}

/// Mixes a value into a hash.
pub(super) const fn mix(hash: u64, value: u64) -> u64 {
    let mixed = (hash ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

/// Reads a text as tokens. What is not UTF-8 ends a word.
pub fn tokens(text: &[u8], give: impl FnMut(&Token)) {
    tokens_before(text, text.len(), give);
}

/// The tokens that begin before an offset.
pub(super) fn tokens_before(text: &[u8], until: usize, mut give: impl FnMut(&Token)) {
    let mut give = |token: &Token| {
        if token.start < until as u64 {
            give(token);
        }
    };
    let mut word = Word::default();
    let mut at = 0;
    while at < text.len() && (at < until || word.count > 0) {
        let byte = text[at];
        // Most text is letters without marks.
        if byte.is_ascii_alphabetic() {
            word.push(u32::from(byte | 0x20), at, at + 1, false);
            at += 1;
        } else if byte.is_ascii() {
            place(&mut word, char::from(byte), at..at + 1, text, &mut give);
            at += 1;
        } else {
            at += other(&mut word, at, text, &mut give);
        }
    }
    word.finish(&mut give);
}

/// Reads a character that is not ASCII, and returns its length.
fn other(word: &mut Word, at: usize, text: &[u8], give: &mut impl FnMut(&Token)) -> usize {
    let (character, length) = character(&text[at..]);
    let Some(character) = character else {
        word.finish(give);
        return length;
    };
    let here = at..at + length;
    let lower = lowercase(character);
    match spelling(lower) {
        Spelling::Nothing => {}
        Spelling::Same => place(word, lower, here, text, give),
        Spelling::One(other) => place(word, lowercase(other), here, text, give),
        Spelling::Several(letters) => {
            for letter in letters.chars() {
                place(word, lowercase(letter), here.clone(), text, give);
            }
        }
    }
    length
}

/// The first character and its bytes; `None` for a byte of none.
fn character(text: &[u8]) -> (Option<char>, usize) {
    let first = text[0];
    if first < 0x80 {
        return (Some(char::from(first)), 1);
    }
    let length = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return (None, 1),
    };
    let parsed = text
        .get(..length)
        .and_then(|bytes| std::str::from_utf8(bytes).ok());
    match parsed.and_then(|text| text.chars().next()) {
        Some(character) => (Some(character), length),
        None => (None, 1),
    }
}

/// The small letter, where it is one character.
fn lowercase(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    match character {
        // Kana, ideographs, Hangul: many, and without case.
        '\u{2e80}'..='\u{a63f}' | '\u{ac00}'..='\u{fdff}' => return character,
        '\u{430}'..='\u{45f}' => return character,
        '\u{410}'..='\u{42f}' => {
            return char::from_u32(u32::from(character) + 0x20).unwrap_or(character);
        }
        _ => {}
    }
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) => lower,
        _ => character,
    }
}

/// What a character of a text is.
enum Class {
    Letter,
    Digit,
    /// A script without blanks between words.
    Glyph,
    Apostrophe,
    Blank,
    Break,
    Sign,
}

fn class(character: char) -> Class {
    match character {
        'a'..='z' => Class::Letter,
        '0'..='9' => Class::Digit,
        '\'' | '\u{2019}' => Class::Apostrophe,
        ' ' | '\t' | '_' | '-' | '\r' => Class::Blank,
        '\0' | '\n' | '.' | '!' | '?' | '\u{3002}' | '\u{ff01}' | '\u{ff1f}' | '\u{61f}'
        | '\u{6d4}' | '\u{964}' | '\u{965}' => Class::Break,
        '\x01'..='\x7f' => Class::Sign,
        // Thai and Lao, Burmese, Khmer, kana, ideographs; Hangul has blanks, but its words
        // are so short and have so many endings that its syllables say more.
        '\u{e01}'..='\u{eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{3041}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}' => Class::Glyph,
        // Devanagari and its relatives write vowels as marks.
        '\u{900}'..='\u{dff}' => Class::Letter,
        // The letters that come most often, before those that are looked up.
        '\u{c0}'..='\u{d6}'
        | '\u{d8}'..='\u{f6}'
        | '\u{f8}'..='\u{24f}'
        | '\u{400}'..='\u{481}'
        | '\u{5d0}'..='\u{5ea}'
        | '\u{620}'..='\u{64a}' => Class::Letter,
        _ if character.is_alphanumeric() => Class::Letter,
        _ if character.is_whitespace() => Class::Blank,
        _ => Class::Sign,
    }
}

fn place(
    word: &mut Word,
    character: char,
    at: Range<usize>,
    text: &[u8],
    give: &mut impl FnMut(&Token),
) {
    match class(character) {
        Class::Letter => word.push(u32::from(character), at.start, at.end, false),
        Class::Digit => word.push(u32::from(character), at.start, at.end, true),
        Class::Glyph => {
            word.finish(give);
            let hash = mix(0x6c79, u64::from(u32::from(character)));
            give(&token(Sort::Word, &at, hash, true));
        }
        // "don't" is one word, a quotation is none.
        Class::Apostrophe if word.count > 0 && is_letter(text.get(at.end)) => {}
        Class::Blank => word.finish(give),
        Class::Break => {
            word.finish(give);
            // "v1.2" and "example.test" end no sentence.
            let ends = !matches!(character, '.' | '!' | '?') || !is_letter(text.get(at.end));
            let sort = if ends { Sort::Break } else { Sort::Sign };
            give(&token(sort, &at, sign(character), false));
        }
        Class::Sign | Class::Apostrophe => {
            word.finish(give);
            give(&token(Sort::Sign, &at, sign(character), false));
        }
    }
}

fn is_letter(byte: Option<&u8>) -> bool {
    byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80)
}

fn sign(character: char) -> u64 {
    mix(0x7369, u64::from(u32::from(character)))
}

fn token(sort: Sort, at: &Range<usize>, hash: u64, joins: bool) -> Token {
    Token {
        sort,
        start: at.start as u64,
        end: at.end as u64,
        word: hash,
        stem: hash,
        parts: [0; PARTS],
        joins,
    }
}

/// A word that is being read.
#[derive(Default)]
struct Word {
    start: usize,
    end: usize,
    count: u32,
    digits: u32,
    /// As it is written, and with letters for digits.
    plain: u64,
    leet: u64,
    stem: u64,
    last: u64,
    parts: [u64; PARTS],
}

impl Word {
    #[inline]
    fn push(&mut self, character: u32, start: usize, end: usize, digit: bool) {
        if self.count == 0 {
            (self.start, self.plain, self.leet) = (start, 1, 1);
            (self.last, self.parts) = (0, [0; PARTS]);
        }
        self.end = end;
        self.count += 1;
        self.digits += u32::from(digit);
        let letter = if digit { leet(character) } else { character };
        self.plain = mix(self.plain, u64::from(character));
        self.leet = mix(self.leet, u64::from(letter));
        self.last = (self.last << LETTER | u64::from(letter) & ((1 << LETTER) - 1)) & LETTERS;
        if let Some(place) = (self.count as usize)
            .checked_sub(PART)
            .and_then(|part| self.parts.get_mut(part))
        {
            *place = mix(self.last, 0x7061) | 1;
        }
        if self.count <= STEM {
            self.stem = self.leet;
        }
    }

    fn finish(&mut self, give: &mut impl FnMut(&Token)) {
        if self.count == 0 {
            return;
        }
        let number = self.digits == self.count;
        let blob = self.count > WORD_LIMIT;
        let hash = match (blob, number, self.digits) {
            (true, _, _) => mix(0x626c, 0),
            (_, true, _) => mix(0x6e75, u64::from(self.count.min(4))),
            (_, _, 0) => self.plain,
            // A long one with many digits is an identifier.
            _ if self.digits * 2 <= self.count || self.count <= LEET => self.leet,
            _ => mix(0x6964, 0),
        };
        let mut token = token(Sort::Word, &(self.start..self.end), hash, false);
        if !blob && !number && self.count > STEM {
            token.stem = mix(self.stem, 0x7374);
        }
        if !blob && !number {
            token.parts = self.parts;
        }
        give(&token);
        self.count = 0;
        self.digits = 0;
    }
}

/// The letter that a digit stands for.
fn leet(digit: u32) -> u32 {
    let byte = u8::try_from(digit).unwrap_or_default();
    u32::from(crate::normalise::leet(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_by_its_range_is_what_unicode_says() {
        let told = ('\u{c0}'..='\u{24f}')
            .chain('\u{400}'..='\u{481}')
            .chain('\u{5d0}'..='\u{5ea}')
            .chain('\u{620}'..='\u{64a}');
        for character in told {
            let letter = matches!(class(character), Class::Letter);
            assert_eq!(letter, character.is_alphanumeric(), "{character:?}");
            let lower: String = character.to_lowercase().collect();
            if lower.chars().count() == 1 {
                assert_eq!(lowercase(character).to_string(), lower, "{character:?}");
            }
        }
    }
}
