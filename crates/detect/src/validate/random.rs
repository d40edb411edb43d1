//! Whether a value was drawn by a machine or chosen by a person.
//!
//! Each pair of neighbouring characters is evidence, in tenths of a bit, for one or
//! the other: letters that seldom follow each other in words, letters beside
//! digits. What repeats, counts up, or is an identifier by its form is no key,
//! whatever its pairs say.

mod letters;

use letters::strangeness;

/// Shortest key.
const SHORTEST: usize = 8;
/// So much of a long value is looked at, from its end.
const LONGEST: usize = 256;
/// Evidence that makes a key, in tenths of a bit. Of 79,000 names in published program
/// text, most of them ordinary, one in a thousand has more; of drawn values of 20
/// letters and digits all but one in three hundred.
const ENOUGH: i32 = 30;
/// The same for each byte, so that a long text of small oddities is no key.
const ENOUGH_EACH: i32 = 1;
/// A run of hexadecimal digits of this length is a key or a digest.
const HEX: usize = 16;

/// True when the value part of a match looks like a machine's key.
pub(super) fn check(text: &[u8]) -> bool {
    looks_random(value(text))
}

/// The last run of token characters, behind the last `=` in it that is no padding.
fn value(text: &[u8]) -> &[u8] {
    let text = &text[text.len().saturating_sub(LONGEST)..];
    let token = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'+' | b'/' | b'_' | b'.' | b'~' | b'=' | b'-')
    };
    let end = text.iter().rposition(token).map_or(0, |at| at + 1);
    let start = text[..end]
        .iter()
        .rposition(|byte| !token(byte))
        .map_or(0, |at| at + 1);
    let run = trim_padding(&text[start..end]);
    let behind = run.iter().rposition(|byte| *byte == b'=');
    behind.map_or(run, |at| &run[at + 1..])
}

fn trim_padding(mut value: &[u8]) -> &[u8] {
    while let [rest @ .., b'='] = value {
        value = rest;
    }
    value
}

/// True when a value looks like a key that a machine drew: at least 8 characters, of
/// many kinds, in no order that words, names, numbers, paths, versions or UUIDs
/// have. A run of 16 and more hexadecimal digits counts as one; the context tells
/// keys from digests. Only the last 256 bytes are looked at.
#[must_use]
pub fn looks_random(value: &[u8]) -> bool {
    let value = trim_padding(&value[value.len().saturating_sub(LONGEST)..]);
    match value.windows(UUID).position(is_uuid) {
        // What stands around an identifier may still be a key.
        Some(at) => is_drawn(&value[..at]) || is_drawn(&value[at + UUID..]),
        None => is_drawn(value),
    }
}

fn is_drawn(value: &[u8]) -> bool {
    let hex = value.strip_prefix(b"0x").unwrap_or(value);
    let mixed = value.iter().any(u8::is_ascii_digit);
    if value.len() < SHORTEST || !value.iter().any(u8::is_ascii_alphabetic) || repeats(value) {
        false
    } else if mixed && hex.iter().all(u8::is_ascii_hexdigit) {
        hex.len() >= HEX && is_hex_key(hex)
    } else {
        let length = i32::try_from(value.len()).unwrap_or(i32::MAX);
        evidence(value) >= ENOUGH.max(ENOUGH_EACH * length)
    }
}

/// Digits and letters change places often enough, and few count up.
fn is_hex_key(value: &[u8]) -> bool {
    let changes = value
        .windows(2)
        .filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit());
    let steps = value.windows(2).filter(|pair| pair[1] == next(pair[0]));
    changes.count() * 6 >= value.len() && steps.count() * 4 <= value.len()
}

/// The character that a person would type after this one; `9` goes to `0`.
fn next(byte: u8) -> u8 {
    match byte {
        b'9' => b'0',
        _ => byte.wrapping_add(1),
    }
}

/// More coincidences than chance gives: two characters are equal more often than
/// once in seven times. (Collision entropy; it needs no logarithms.)
fn repeats(value: &[u8]) -> bool {
    let mut counts = [0_u16; 256];
    let mut pairs = 0;
    for byte in value {
        let count = &mut counts[usize::from(*byte)];
        pairs += 2 * usize::from(*count);
        *count += 1;
    }
    pairs * 7 > value.len() * (value.len() - 1) || has_period(value)
}

/// The same up to 16 characters over and over.
fn has_period(value: &[u8]) -> bool {
    (1..=(value.len() / 2).min(16)).any(|period| value[period..] == value[..value.len() - period])
}

/// 8-4-4-4-12 hexadecimal digits (RFC 9562).
const UUID: usize = 36;

/// Where its hyphens stand.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

fn is_uuid(value: &[u8]) -> bool {
    // Hyphens are rarer than digits, so they are asked for first.
    let hyphens = HYPHENS.iter().all(|at| value[*at] == b'-');
    let digit = |(at, byte): (usize, &u8)| byte.is_ascii_hexdigit() || HYPHENS.contains(&at);
    hyphens && value.iter().enumerate().all(digit)
}

/// Tenths of a bit for a machine, over all pairs of neighbours.
fn evidence(value: &[u8]) -> i32 {
    let mut sum = 0;
    let mut before = Class::Mark;
    for pair in value.windows(2) {
        sum += pair_evidence(before, pair[0], pair[1]);
        before = Class::of(pair[0]);
    }
    sum
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Small,
    Capital,
    Digit,
    Mark,
}

impl Class {
    fn of(byte: u8) -> Self {
        match byte {
            b'a'..=b'z' => Self::Small,
            b'A'..=b'Z' => Self::Capital,
            b'0'..=b'9' => Self::Digit,
            _ => Self::Mark,
        }
    }
}

/// What two neighbours say. `before` is the class of what precedes them.
fn pair_evidence(before: Class, first: u8, second: u8) -> i32 {
    use Class::{Capital, Digit, Mark, Small};
    if second == next(first) && second != b'0' || second == first {
        return -12;
    }
    match (Class::of(first), Class::of(second)) {
        (Small, Small) | (Capital, Capital) => strangeness(first, second),
        // A capital inside a word starts another; after a capital it ends an acronym.
        (Capital, Small) if before == Capital => 8,
        (Capital, Small) => strangeness(first, second),
        (Small, Capital) => 8,
        (Small | Capital, Digit) | (Digit, Small | Capital) => 19,
        (Digit, Digit) => -4,
        (Mark, _) | (_, Mark) => -7,
    }
}

#[cfg(test)]
mod tests;
