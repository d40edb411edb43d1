//! Bytes as numbers: `69:67`, `69 67`, `0x69, 0x67`, `105, 103`, `01101001 01100111`.

use super::{MOST, Near, is_alphanumeric, is_separator};
use crate::decode::decoded::offset;
use crate::decode::plausible::{MIN_WHOLE, is_readable};

/// Longest number: eight binary digits and a prefix.
const MAX_NUMBER: usize = 10;
/// Longest gap between two: a line break and an indent.
const MAX_GAP: usize = 24;

/// One number, read in each way it can be.
#[derive(Clone, Copy)]
struct Number {
    start: usize,
    end: usize,
    values: [Option<u8>; BASES],
}

const BASES: usize = 3;

/// The region around the look, or where to look on.
pub(super) fn near(text: &[u8], at: usize, floor: usize) -> Near {
    let nothing = Near::NotBefore(floor);
    let Some(digit) = (at..at + super::LOOK).find(|at| text[*at].is_ascii_digit()) else {
        return nothing;
    };
    let Some(seed) = number_around(text, digit) else {
        return nothing;
    };
    if following(text, seed.end).is_none() && previous(text, seed, floor).is_none() {
        return nothing;
    }
    let (mut first, mut left) = (seed, seed.values);
    while let Some(before) = previous(text, first, floor) {
        if !share(&mut left, before) {
            break;
        }
        first = before;
    }
    let shape = Shape::read(text, first.start, |_, _| {});
    match shape.base() {
        Some(_) => Near::Begins(first.start),
        None if shape.end > at => Near::NotBefore(shape.end),
        None => nothing,
    }
}

/// Reads the region that begins here. Returns where it ends.
pub(super) fn read(
    text: &[u8],
    start: usize,
    out: &mut Vec<u8>,
    offsets: &mut Vec<u32>,
) -> Option<usize> {
    let base = Shape::read(text, start, |_, _| {}).base()?;
    out.clear();
    offsets.clear();
    let shape = Shape::read(text, start, |at, values| {
        out.push(values[base].unwrap_or_default());
        offsets.push(offset(at));
    });
    offsets.push(offset(shape.end));
    Some(shape.end)
}

/// What a row of numbers is like in each base.
struct Shape {
    end: usize,
    /// The bases in which all of it can be read.
    possible: [bool; BASES],
    solid: [usize; BASES],
    most_solid: [usize; BASES],
    letters: [usize; BASES],
}

impl Shape {
    fn read(text: &[u8], start: usize, mut on: impl FnMut(usize, [Option<u8>; BASES])) -> Self {
        let mut shape = Self {
            end: start,
            possible: [true; BASES],
            solid: [0; BASES],
            most_solid: [0; BASES],
            letters: [0; BASES],
        };
        let mut next = number(text, start);
        while let Some(number) = next {
            let possible: [bool; BASES] =
                std::array::from_fn(|base| shape.possible[base] && number.values[base].is_some());
            if possible == [false; BASES] || number.end - start > MOST {
                break;
            }
            shape.possible = possible;
            shape.add(number.values);
            on(number.start, number.values);
            shape.end = number.end;
            next = following(text, number.end);
        }
        shape
    }

    fn add(&mut self, values: [Option<u8>; BASES]) {
        for (base, value) in values.into_iter().enumerate() {
            let value = value.unwrap_or_default();
            let readable = is_readable(value);
            self.solid[base] = if readable { self.solid[base] + 1 } else { 0 };
            self.most_solid[base] = self.most_solid[base].max(self.solid[base]);
            self.letters[base] += usize::from(value.is_ascii_alphabetic() || value == b' ');
        }
    }

    /// The base in which it is text; the one with more letters, where two are.
    fn base(&self) -> Option<usize> {
        (0..BASES)
            .rev()
            .filter(|base| self.possible[*base] && self.most_solid[*base] >= MIN_WHOLE)
            // A table of small numbers is none: tabs and punctuation alone say nothing.
            .filter(|base| self.letters[*base] >= MIN_WHOLE / 2)
            .max_by_key(|base| self.letters[*base])
    }
}

/// Keeps the bases that both have. False if there is none.
fn share(values: &mut [Option<u8>; BASES], number: Number) -> bool {
    let mut some = false;
    for (value, other) in values.iter_mut().zip(number.values) {
        if other.is_none() {
            *value = None;
        }
        some |= value.is_some();
    }
    some
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b'x' | b'X')
}

/// The number that a digit is part of.
fn number_around(text: &[u8], at: usize) -> Option<Number> {
    let low = at.saturating_sub(MAX_NUMBER);
    let before = text[low..at]
        .iter()
        .rev()
        .take_while(|byte| is_digit(**byte))
        .count();
    number(text, at - before)
}

/// The number that begins here.
fn number(text: &[u8], start: usize) -> Option<Number> {
    let rest = text.get(start..)?;
    let len = rest
        .iter()
        .take(MAX_NUMBER + 1)
        .take_while(|byte| is_digit(**byte))
        .count();
    let end = start + len;
    let open = start
        .checked_sub(1)
        .is_some_and(|before| is_alphanumeric(text, before));
    if len == 0 || len > MAX_NUMBER || open || is_alphanumeric(text, end) {
        return None;
    }
    let values = values(&rest[..len]);
    values
        .iter()
        .any(Option::is_some)
        .then_some(Number { start, end, values })
}

/// The byte in base 16, 10 and 2.
fn values(digits: &[u8]) -> [Option<u8>; BASES] {
    let parse = |digits: &[u8], radix: u32| {
        let value = digits.iter().try_fold(0_u32, |value, digit| {
            Some(value * radix + char::from(*digit).to_digit(radix)?)
        });
        value.and_then(|value| u8::try_from(value).ok())
    };
    match digits {
        [b'0', b'x' | b'X', hex @ ..] if (1..=2).contains(&hex.len()) => {
            [parse(hex, 16), None, None]
        }
        [b'0', b'b' | b'B', binary @ ..] if binary.len() == 8 => [None, None, parse(binary, 2)],
        [_, _] => [parse(digits, 16), parse(digits, 10), None],
        [_] | [_, _, _] => [None, parse(digits, 10), None],
        _ if digits.len() == 8 => [None, None, parse(digits, 2)],
        _ => [None; BASES],
    }
}

/// The number behind a gap.
fn following(text: &[u8], end: usize) -> Option<Number> {
    let gap = (end..end + MAX_GAP)
        .take_while(|at| is_separator(text, *at))
        .count();
    if gap == 0 {
        return None;
    }
    number(text, end + gap)
}

/// The number before a gap.
fn previous(text: &[u8], number: Number, floor: usize) -> Option<Number> {
    let low = number.start.saturating_sub(MAX_GAP).max(floor);
    let gap = (low..number.start)
        .rev()
        .take_while(|at| is_separator(text, *at))
        .count();
    let last = number
        .start
        .checked_sub(gap + 1)
        .filter(|last| gap > 0 && *last >= floor)?;
    number_around(text, last).filter(|before| is_digit(text[last]) && before.start >= floor)
}
