//! Bytes written as separated numbers, and letters that stand apart.
//!
//! Both are so regular that a look at four bytes in every dozen tells whether one
//! may be there; only then is its neighbourhood read.

mod letters;
mod numbers;

use super::decoded::Map;
use super::{Decoded, Scratch};
use std::ops::Range;

/// Bytes from one look to the next; the shortest region has fifteen. They differ,
/// and their sum is a prime, so that no regular text falls between all looks.
const STRIDES: [usize; 4] = [12, 11, 12, 8];
/// Bytes of a look.
const LOOK: usize = 4;
/// Most source bytes of one region. What follows is a region of its own.
const MOST: usize = 16 * 1024;

/// Kinds of byte.
#[derive(Clone, Copy)]
enum Class {
    Other,
    Letter,
    Digit,
    /// ASCII punctuation and blanks.
    Separator,
}

const CLASS: [u8; 256] = {
    let mut classes = [Class::Other as u8; 256];
    let mut byte = 0;
    while byte < 128 {
        let ascii = byte as u8;
        classes[byte] = match ascii {
            b'0'..=b'9' => Class::Digit as u8,
            _ if ascii.is_ascii_alphabetic() => Class::Letter as u8,
            b' ' | b'\t' | b'\n' | b'\r' => Class::Separator as u8,
            _ if ascii.is_ascii_punctuation() => Class::Separator as u8,
            _ => Class::Other as u8,
        };
        byte += 1;
    }
    classes
};

/// What a look adds up: which of its bytes are separators, and above them which are
/// digits.
const BITS: [u8; 256] = {
    let mut bits = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        if CLASS[byte] == Class::Separator as u8 {
            bits[byte] = 1;
        } else if CLASS[byte] == Class::Digit as u8 {
            bits[byte] = 0x10;
        }
        byte += 1;
    }
    bits
};

/// Whether four bytes may belong to a region: separators in turn with others, two
/// between two others, or a digit beside a separator.
const SUSPICIOUS: [bool; 256] = {
    let mut table = [false; 256];
    let mut sum = 0;
    while sum < 256 {
        let (separators, digits) = (sum & 15, sum >> 4);
        let regular = matches!(separators, 0b0101 | 0b1010 | 0b0110 | 0b1011 | 0b1101);
        table[sum] = regular || (digits != 0 && separators != 0);
        sum += 1;
    }
    table
};

/// Where the first region begins for which [`spaced_region`] has a decoding.
#[must_use]
pub fn first_spaced(text: &[u8]) -> Option<usize> {
    let (mut floor, mut at, mut round) = (0, 0, 0_usize);
    while let Some(&[a, b, c, d]) = text.get(at..at + LOOK).and_then(|look| look.first_chunk()) {
        let bits = |byte: u8| BITS[usize::from(byte)];
        let sum = bits(a) | bits(b) << 1 | bits(c) << 2 | bits(d) << 3;
        if SUSPICIOUS[usize::from(sum)] && at >= floor && is_worth_it(text, at) {
            match region_near(text, at, floor) {
                Near::Begins(start) => return Some(start),
                Near::NotBefore(end) => floor = floor.max(end),
            }
        }
        at += STRIDES[round % STRIDES.len()];
        round += 1;
    }
    None
}

/// Whether what is around a look is of one kind: letters that all stand apart, to its
/// left or right, or nothing that no number is written with.
fn is_worth_it(text: &[u8], at: usize) -> bool {
    let part = |from: usize, to: usize| &text[from..to.min(text.len())];
    let apart = |part: &[u8]| {
        part.windows(2)
            .all(|pair| !(pair[0].is_ascii_alphanumeric() && pair[1].is_ascii_alphanumeric()))
    };
    let numeric = |byte: &u8| {
        byte.is_ascii_hexdigit()
            || matches!(byte, b'x' | b'X')
            || CLASS[usize::from(*byte)] == Class::Separator as u8
    };
    apart(part(at, at + 7))
        || apart(part(at.saturating_sub(3), at + LOOK))
        || part(at, at + 8).iter().all(numeric)
}

/// What is near a look.
enum Near {
    Begins(usize),
    /// Nothing before this.
    NotBefore(usize),
}

fn region_near(text: &[u8], at: usize, floor: usize) -> Near {
    if let Some(start) = letters::near(text, at, floor) {
        return Near::Begins(start);
    }
    numbers::near(text, at, floor)
}

/// The region that begins at `at` (from [`first_spaced`]) and its decoding, whose
/// source offsets are those of `text`.
#[must_use]
pub fn spaced_region<'a>(
    text: &[u8],
    at: usize,
    scratch: &'a mut Scratch,
) -> Option<(Range<usize>, Decoded<'a>)> {
    let (bytes, offsets) = (&mut scratch.text, &mut scratch.offsets);
    let (end, view) = match letters::read(text, at, bytes, offsets) {
        Some(end) => (end, pipelock_model::View::Collapsed),
        None => (
            numbers::read(text, at, bytes, offsets)?,
            pipelock_model::View::Hex,
        ),
    };
    let decoded = Decoded {
        view,
        text: bytes,
        map: Map::Table(offsets),
    };
    Some((at..end, decoded))
}

fn is_class(text: &[u8], at: usize, class: Class) -> bool {
    text.get(at)
        .is_some_and(|byte| CLASS[usize::from(*byte)] == class as u8)
}

fn is_separator(text: &[u8], at: usize) -> bool {
    is_class(text, at, Class::Separator)
}

fn is_alphanumeric(text: &[u8], at: usize) -> bool {
    text.get(at).is_some_and(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests;
