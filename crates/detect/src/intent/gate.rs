//! A look at words that is cheap enough for all text: only where it finds enough of
//! what attacks are made of are the words weighed.

use super::model::{GATE_COST, Model};
use super::token::mix;
use crate::normalise::leet;
use std::ops::Range;

/// Bytes of a word that count.
const PREFIX: usize = 8;
/// Bytes of two characters of a script without blanks between words.
const GLYPHS: usize = 6;
/// Bytes that are looked at together.
const STEP: usize = 64;
/// Text behind a place that its word may need.
pub(super) const AHEAD: usize = PREFIX;

/// How high the words of a block raise the level of the gate: each raises or lowers it,
/// and it is never below 0.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rise {
    /// The level at the end of the block, if it began with 0.
    pub(super) end: i32,
    /// The highest level, if it began as the block before it ended.
    pub(super) most: i32,
    /// Words that only disguised attacks have.
    pub(super) disguised: u32,
    /// A run of letters that may be words without blanks.
    pub(super) glued: bool,
}

/// Reads the words that begin in `from..to`, behind a block that ended at a level. The
/// text goes on for [`AHEAD`] bytes behind `to` unless it ends there, and begins with a
/// word's start or with the byte before `from`.
pub(super) fn rise(model: &Model, text: &[u8], from: usize, to: usize, before: i32) -> Rise {
    let mut rise = Rise::default();
    let mut now = before;
    rise.glued = keys(text, from, to, |key| {
        let weight = model.gate(key);
        rise.disguised += u32::from(is_disguised(weight));
        rise.end = (rise.end + weight).max(0);
        now = (now + weight).max(0);
        rise.most = rise.most.max(now);
    });
    rise
}

/// The highest level of a text by its words and their neighbours: the second step.
pub(super) fn closer(model: &Model, text: &[u8]) -> i32 {
    Near::default().rise(model, text, 0..text.len())
}

/// The second step in a text that is read block by block.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Near {
    neighbours: Neighbours,
    /// The level at the end of the last block, if it began with 0.
    level: i32,
}

impl Near {
    /// The highest level in the next block, as [`rise`] has it.
    pub(super) fn rise(&mut self, model: &Model, text: &[u8], block: Range<usize>) -> i32 {
        let (mut now, mut end) = (self.level, 0);
        let mut most = now;
        keys(text, block.start, block.end, |key| {
            let [word, pair, over] = self.neighbours.push(key);
            let sum = model.pair(word) + model.pair(pair) + model.pair(over) - GATE_COST;
            now = (now + sum).max(0);
            end = (end + sum).max(0);
            most = most.max(now);
        });
        self.level = end;
        most
    }
}

/// The words before one, to look it up together with them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Neighbours([u64; 2]);

impl Neighbours {
    /// The keys of a word, of it with the one before, and with the one before that.
    #[inline]
    pub fn push(&mut self, key: u64) -> [u64; 3] {
        let [one, two] = self.0;
        self.0 = [key, one];
        [
            key,
            mix(one.rotate_left(21), key),
            mix(two.rotate_left(42), key),
        ]
    }
}

/// Weights of words that only disguised attacks have are odd; those below 0 are words of
/// honest texts as well.
const fn is_disguised(weight: i32) -> bool {
    weight & 1 != 0 && weight > 0
}

/// The key of a word of so many small ASCII letters; what stands behind them is left out.
pub(super) const fn word_key(word: u64, length: u32) -> u64 {
    hash(word & (u64::MAX >> (64 - 8 * length)))
}

const fn hash(word: u64) -> u64 {
    word.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Gives the key of each word that begins in `from..to`. True when a run of ASCII letters
/// and digits there is so long that it may be words without blanks.
#[inline]
pub fn keys(text: &[u8], from: usize, to: usize, mut give: impl FnMut(u64)) -> bool {
    let mut glued = false;
    let mut before = from.checked_sub(1).is_some_and(|at| is_letter(text[at]));
    let mut at = from;
    while at < to {
        let end = to.min(at + STEP);
        let (letters, wide, ascii) = masks(&text[at..end]);
        glued |= ascii && long(letters);
        let mut starts = letters & !((letters << 1) | u64::from(before)) | wide;
        while starts != 0 {
            let place = starts.trailing_zeros();
            starts &= starts - 1;
            let length = (letters >> place).trailing_ones();
            // The word may go on behind what was looked at.
            let whole = place as usize + length as usize + 1 < end - at;
            give(key(text, at + place as usize, whole.then_some(length)));
        }
        before = letters >> (end - at - 1) & 1 != 0;
        at = end;
    }
    glued
}

/// True when at least sixteen bits in a row are set.
#[inline]
const fn long(letters: u64) -> bool {
    let two = letters & letters >> 1;
    let four = two & two >> 2;
    let eight = four & four >> 4;
    eight & eight >> 8 != 0
}

/// Which of at most 64 bytes are letters, which may begin a character of a script
/// without blanks, and whether all are ASCII.
#[inline]
fn masks(text: &[u8]) -> (u64, u64, bool) {
    let (eights, rest) = text.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let (mut mask, mut high, mut tall) = (0, 0, 0);
    for (index, eight) in eights.iter().chain([&last]).enumerate().take(STEP / 8) {
        let word = u64::from_le_bytes(*eight);
        mask |= packed(letter_bits(word)) << (8 * index);
        high |= word;
        // The three highest bits of a byte that begins three or four.
        tall |= word & word << 1 & word << 2;
    }
    match (high & HIGH, tall & HIGH) {
        (0, _) => (mask, 0, true),
        (_, 0) => (mask, 0, false),
        _ => (mask, wide(text), false),
    }
}

#[cold]
fn wide(text: &[u8]) -> u64 {
    let bytes = text.iter().enumerate();
    bytes.fold(0, |mask, (index, byte)| {
        mask | u64::from(is_wide(*byte)) << index
    })
}

/// The highest bit of each byte.
const HIGH: u64 = 0x8080_8080_8080_8080;
/// The lowest bit of each byte.
const EACH: u64 = 0x0101_0101_0101_0101;

/// The highest bit of each byte that is a letter, a digit or not ASCII.
#[inline]
const fn letter_bits(word: u64) -> u64 {
    let high = word & HIGH;
    let low = word & !HIGH;
    let lower = low | (0x20 * EACH);
    // No sum leaves its byte: all are below 128.
    let letter = (lower + (0x80 - b'a' as u64) * EACH) & !(lower + (0x7f - b'z' as u64) * EACH);
    let digit = (low + (0x80 - b'0' as u64) * EACH) & !(low + (0x7f - b'9' as u64) * EACH);
    ((letter | digit) & HIGH) & !high | high
}

/// The highest bits of eight bytes, side by side.
#[inline]
const fn packed(bits: u64) -> u64 {
    (bits >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// First bytes of kana, ideographs, Thai and its neighbours, among others.
const fn is_wide(byte: u8) -> bool {
    matches!(byte, 0xe0 | 0xe1 | 0xe3..=0xe9)
}

/// The key of the word at a place, of so many letters if that is known.
#[inline]
fn key(text: &[u8], at: usize, length: Option<u32>) -> u64 {
    let bytes = match text[at..].first_chunk::<PREFIX>() {
        Some(bytes) => *bytes,
        None => last(&text[at..]),
    };
    let word = u64::from_le_bytes(bytes);
    let length = if bytes[0] >= 0xe0 && is_wide(bytes[0]) && !is_indic(bytes) {
        GLYPHS as u32
    } else {
        length.unwrap_or_else(|| letters(word))
    };
    let keep = u64::MAX >> (64 - 8 * length.clamp(1, PREFIX as u32));
    // Small letters, in most scripts.
    let small = (word | 0x2020_2020_2020_2020) & keep;
    let digits = !(small | small << 1) & HIGH & keep;
    let small = if digits == 0 { small } else { spelt(small) };
    hash(small)
}

/// What is left of a text, with zeros behind it.
#[cold]
fn last(text: &[u8]) -> [u8; PREFIX] {
    let mut bytes = [0; PREFIX];
    bytes[..text.len()].copy_from_slice(text);
    bytes
}

/// A word with letters for digits; nothing for a number.
#[cold]
fn spelt(word: u64) -> u64 {
    let bytes = word.to_le_bytes();
    if bytes.iter().all(|byte| *byte == 0 || byte.is_ascii_digit()) {
        return 0;
    }
    u64::from_le_bytes(bytes.map(leet))
}

/// Devanagari and its relatives, which have blanks between words.
const fn is_indic(bytes: [u8; PREFIX]) -> bool {
    bytes[0] == 0xe0 && bytes[1] < 0xb8
}

/// How many of the first bytes are letters.
#[inline]
const fn letters(word: u64) -> u32 {
    (!letter_bits(word) & HIGH).trailing_zeros() / 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_told_from_others_eight_at_a_time() {
        for byte in 0..=255_u8 {
            for place in 0..8 {
                let mut bytes = [b' '; 8];
                bytes[place] = byte;
                let bits = packed(letter_bits(u64::from_le_bytes(bytes)));
                assert_eq!(
                    bits,
                    u64::from(is_letter(byte)) << place,
                    "{byte:#x} {place}"
                );
            }
        }
    }

    #[test]
    fn every_word_is_seen_once_wherever_the_text_is_cut() {
        let text = "The river, 12 old mills; \u{5ffd}\u{7565}\u{4e4b} и Слово x_y-z".repeat(5);
        let text = text.as_bytes();
        let mut whole = Vec::new();
        keys(text, 0, text.len(), |key| whole.push(key));
        assert!(whole.len() > 60);
        for cut in 0..text.len() {
            let mut parts = Vec::new();
            keys(text, 0, cut, |key| parts.push(key));
            keys(text, cut, text.len(), |key| parts.push(key));
            assert_eq!(parts, whole, "{cut}");
        }
    }

    #[test]
    fn case_and_digits_for_letters_do_not_matter() {
        let read = |text: &str| {
            let mut out = Vec::new();
            keys(text.as_bytes(), 0, text.len(), |key| out.push(key));
            out
        };
        assert_eq!(read("Ignore THE rules"), read("1gn0re the RULE5"));
        assert_eq!(read("игнорируй"), read("Игнорируй"));
        assert_ne!(read("ignore"), read("ignored"));
        assert_eq!(
            read("instructions"),
            read("instructing"),
            "the first eight letters count"
        );
    }
}
