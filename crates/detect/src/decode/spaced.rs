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

/// Whether four bytes of these classes may belong to a region.
const SUSPICIOUS: [bool; 256] = {
    let mut table = [false; 256];
    let mut index = 0;
    while index < 256 {
        let (a, b, c, d) = (index & 3, index >> 2 & 3, index >> 4 & 3, index >> 6);
        table[index] = suspicious(a, b, c, d);
        index += 1;
    }
    table
};

const fn suspicious(a: usize, b: usize, c: usize, d: usize) -> bool {
    const SEPARATOR: usize = Class::Separator as usize;
    const DIGIT: usize = Class::Digit as usize;
    let (s, t, u, v) = (
        a == SEPARATOR,
        b == SEPARATOR,
        c == SEPARATOR,
        d == SEPARATOR,
    );
    let alternate = s != t && t != u && u != v;
    let doubled = matches!(
        (s, t, u, v),
        (true, true, false, true) | (true, false, true, true) | (false, true, true, false)
    );
    alternate || doubled || a == DIGIT || b == DIGIT || c == DIGIT || d == DIGIT
}

/// Where the first region begins for which [`spaced_region`] has a decoding.
#[must_use]
pub fn first_spaced(text: &[u8]) -> Option<usize> {
    let (mut floor, mut at) = (0, 0);
    let mut strides = STRIDES.iter().cycle();
    while let Some(look) = text.get(at..at + LOOK) {
        let index = look.iter().rev().fold(0, |index, byte| {
            index << 2 | usize::from(CLASS[usize::from(*byte)])
        });
        if SUSPICIOUS[index] && at >= floor {
            match region_near(text, at, floor) {
                Near::Begins(start) => return Some(start),
                Near::NotBefore(end) => floor = floor.max(end),
            }
        }
        at += strides.next().unwrap_or(&1);
    }
    None
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
