//! A look at words that is cheap enough for all text: only where it finds enough of
//! what attacks are made of are the words weighed.

use super::model::Model;
use crate::normalise::leet;

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
}

/// Reads the words that begin in `from..to`, behind a block that ended at a level. The
/// text goes on for [`AHEAD`] bytes behind `to` unless it ends there, and begins with a
/// word's start or with the byte before `from`.
pub(super) fn rise(model: &Model, text: &[u8], from: usize, to: usize, before: i32) -> Rise {
    let mut rise = Rise::default();
    let mut now = before;
    keys(text, from, to, |key| {
        let weight = model.gate(key);
        rise.end = (rise.end + weight).max(0);
        now = (now + weight).max(0);
        rise.most = rise.most.max(now);
    });
    rise
}

/// Gives the key of each word that begins in `from..to`.
#[inline]
pub fn keys(text: &[u8], from: usize, to: usize, mut give: impl FnMut(u64)) {
    let mut before = from.checked_sub(1).is_some_and(|at| is_letter(text[at]));
    let mut at = from;
    while at < to {
        let end = to.min(at + STEP);
        let (letters, wide) = masks(&text[at..end]);
        let mut starts = letters & !((letters << 1) | u64::from(before)) | wide;
        while starts != 0 {
            let place = at + starts.trailing_zeros() as usize;
            starts &= starts - 1;
            give(key(text, place));
        }
        before = letters >> (end - at - 1) & 1 != 0;
        at = end;
    }
}

/// Which of at most 64 bytes are letters, and which may begin a character of a script
/// without blanks.
#[inline]
fn masks(text: &[u8]) -> (u64, u64) {
    let (eights, rest) = text.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let (mut mask, mut high) = (0, 0);
    for (index, eight) in eights.iter().chain([&last]).enumerate().take(STEP / 8) {
        let word = u64::from_le_bytes(*eight);
        mask |= packed(letter_bits(word)) << (8 * index);
        high |= word;
    }
    (mask, if high & HIGH == 0 { 0 } else { wide(text) })
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

#[inline]
fn key(text: &[u8], at: usize) -> u64 {
    let mut bytes = [0; PREFIX];
    match text.get(at..at + PREFIX) {
        Some(whole) => bytes.copy_from_slice(whole),
        None => {
            let rest = &text[at..];
            bytes[..rest.len()].copy_from_slice(rest);
        }
    }
    let word = u64::from_le_bytes(bytes);
    let length = if is_wide(bytes[0]) && !is_indic(bytes) {
        GLYPHS
    } else {
        letters(word)
    };
    let keep = u64::MAX >> (64 - 8 * length.clamp(1, PREFIX));
    // Small letters, in most scripts.
    let small = (word | 0x2020_2020_2020_2020) & keep;
    let digits = !(small | small << 1) & 0x8080_8080_8080_8080 & keep;
    let small = if digits == 0 { small } else { spelt(small) };
    small.wrapping_mul(0x9e37_79b9_7f4a_7c15)
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
const fn letters(word: u64) -> usize {
    ((!letter_bits(word) & HIGH).trailing_zeros() / 8) as usize
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
