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

/// Reads on the words that begin in `from..to`: each raises or lowers the level, which
/// is never below 0. Returns how high it rose. The text goes on for [`AHEAD`] bytes
/// behind `to` unless it ends there, and begins with a word's start or with the byte
/// before `from`.
pub(super) fn rise(model: &Model, text: &[u8], from: usize, to: usize, level: &mut i32) -> i32 {
    let mut most = 0;
    let mut now = *level;
    keys(text, from, to, |key| {
        now = (now + model.gate(key)).max(0);
        most = most.max(now);
    });
    *level = now;
    most
}

/// Gives the key of each word that begins in `from..to`.
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

/// Which bytes are letters, and which may begin a character of a script without
/// blanks.
fn masks(text: &[u8]) -> (u64, u64) {
    let mut letters = [0_u8; STEP];
    let mut wide = [0_u8; STEP];
    // A fixed length lets the compiler use vector instructions.
    if let Ok(text) = <&[u8; STEP]>::try_from(text) {
        for (letter, byte) in letters.iter_mut().zip(text) {
            *letter = u8::from(is_letter(*byte));
        }
        if text.is_ascii() {
            return (bits(&letters), 0);
        }
        for (wide, byte) in wide.iter_mut().zip(text) {
            *wide = u8::from(is_wide(*byte));
        }
    } else {
        for ((letter, wide), byte) in letters.iter_mut().zip(&mut wide).zip(text) {
            *letter = u8::from(is_letter(*byte));
            *wide = u8::from(is_wide(*byte));
        }
    }
    (bits(&letters), bits(&wide))
}

/// A bit for each byte, which is 0 or 1.
fn bits(bytes: &[u8; STEP]) -> u64 {
    let (eights, _) = bytes.as_chunks::<8>();
    let mut bits = 0;
    for (index, eight) in eights.iter().enumerate() {
        let packed = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits |= packed << (8 * index);
    }
    bits
}

const fn is_letter(byte: u8) -> bool {
    let lower = byte | 0x20;
    (lower >= b'a') & (lower <= b'z') | (byte >= b'0') & (byte <= b'9') | (byte >= 0x80)
}

/// First bytes of kana, ideographs, Thai and its neighbours, among others.
const fn is_wide(byte: u8) -> bool {
    (byte == 0xe0) | (byte == 0xe1) | (byte >= 0xe3) & (byte <= 0xe9)
}

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
fn letters(word: u64) -> usize {
    let bytes = word.to_le_bytes();
    bytes.iter().take_while(|byte| is_letter(**byte)).count()
}
