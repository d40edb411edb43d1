//! Runs of the characters that base64, hexadecimal and base32 are written in.
//!
//! Every decoding of a run is a sequence of digits of 6, 4 or 5 bits that begins at
//! some digit. Wherever text is in it, a few neighbouring bytes are readable; so a
//! few bytes in a regular stride are looked at in each alignment, and only an
//! alignment that shows text there is decoded. That finds text at the start, behind
//! a path, between separators and inside binary data alike.

mod base32;
mod base64;
mod digits;
mod hex;
mod probe;
mod wide;

use super::decoded::{Map, offset};
use super::plausible::{CREDIT, MIN_TEXT, stretches};
use super::{Decoded, Outcome, Scratch};
use digits::Digits;
use pipelock_model::View;
use std::ops::Range;

/// Bytes decoded around a hit at first, and how many of them before it.
const FIRST_ROOM: usize = 192;
const LOOK_BACK: usize = 48;

/// Shortest run worth decoding.
pub const MIN_RUN: usize = 16;

/// Whether the byte may stand in an encoded run.
#[must_use]
pub const fn is_run_byte(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=' | b'_' | b'-')
}

/// Decodes one maximal run and calls back with each readable text in it.
///
/// Tries base64 and base64url (mixed, padded or not) in every alignment, hex in
/// both, base32 of one letter case in all eight; UTF-16 and compressed data inside
/// count as text once they are undone. `limit` bounds the bytes decoded. Bytes
/// that may not stand in a run only end what is encoded there.
pub fn decode_run(
    run: &[u8],
    limit: usize,
    scratch: &mut Scratch,
    on: &mut dyn FnMut(Decoded<'_>),
) -> Outcome {
    if run.len() < MIN_RUN {
        return Outcome::Complete;
    }
    let mut work = Work {
        run,
        left: limit,
        scratch,
        on,
        outcome: Outcome::Complete,
    };
    let hex = hex::find(&mut work);
    base32::find(&mut work);
    // As base64, hexadecimal digits spell a letter behind `g` or no ASCII in every
    // third byte: no text.
    if !hex {
        base64::find(&mut work);
    }
    work.outcome
}

/// One run and what may still be done with it.
struct Work<'a> {
    run: &'a [u8],
    left: usize,
    scratch: &'a mut Scratch,
    on: &'a mut dyn FnMut(Decoded<'_>),
    outcome: Outcome,
}

/// What an alignment seemed to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Utf16,
    /// gzip, zlib or raw deflate.
    Compressed,
}

impl Work<'_> {
    /// Decodes what a probe at byte `at` has seen and gives out what can be read.
    /// Returns the byte from which to look on.
    fn decode<const BITS: usize>(
        &mut self,
        digits: Digits<'_, BITS>,
        at: usize,
        view: View,
        form: Form,
    ) -> usize {
        if form == Form::Text {
            return self.give_text(&digits, at, view);
        }
        if self.pay(digits.len()) {
            digits.decode(&mut self.scratch.bytes);
            match form {
                Form::Compressed => self.give_inflated(&digits),
                Form::Text | Form::Utf16 => self.give_utf16(&digits, view),
            }
        }
        digits.len()
    }

    fn pay(&mut self, bytes: usize) -> bool {
        match self.left.checked_sub(bytes) {
            Some(left) => self.left = left,
            None => self.outcome = Outcome::BudgetExceeded,
        }
        self.outcome == Outcome::Complete
    }

    /// The stretch of text around a byte. Only so much is decoded as it is long, so
    /// that chance hits in binary data cost little.
    fn give_text<const BITS: usize>(
        &mut self,
        digits: &Digits<'_, BITS>,
        at: usize,
        view: View,
    ) -> usize {
        let mut room = FIRST_ROOM;
        loop {
            let (part, from) = digits.part(at.saturating_sub(LOOK_BACK), room);
            let bytes = &mut self.scratch.bytes;
            part.decode(bytes);
            let mut found = None;
            stretches(bytes, |range| {
                if found.is_none() && range.end > at - from {
                    found = Some(range);
                }
            });
            let Some(range) = found else {
                return at + MIN_TEXT;
            };
            if range.end + CREDIT >= bytes.len() && part.end() < digits.end() {
                room *= 2;
                continue;
            }
            let end = from + range.end;
            if self.pay(range.len()) {
                let map = Map::Digits {
                    origin: part.origin,
                    bits: BITS,
                    skip: range.start,
                };
                let text = &self.scratch.bytes[range];
                (self.on)(Decoded { view, text, map });
            }
            return end;
        }
    }

    fn give_utf16<const BITS: usize>(&mut self, digits: &Digits<'_, BITS>, view: View) {
        let Scratch {
            bytes,
            text,
            offsets,
            ..
        } = &mut *self.scratch;
        let mut from = 0;
        while let Some(end) = wide::next(bytes, from, text, offsets) {
            for at in offsets.iter_mut() {
                *at = offset(digits.origin + *at as usize * 8 / BITS);
            }
            (self.on)(Decoded {
                view,
                text,
                map: Map::Table(offsets),
            });
            from = end;
        }
    }

    fn give_inflated<const BITS: usize>(&mut self, digits: &Digits<'_, BITS>) {
        let Scratch {
            bytes, inflater, ..
        } = &mut *self.scratch;
        let (text, outcome) = inflater.inflate(bytes, self.left);
        self.left -= text.len().min(self.left);
        if outcome == Outcome::BudgetExceeded {
            self.outcome = outcome;
        }
        let map = Map::Whole(digits.origin, digits.end());
        stretches(text, |range| {
            (self.on)(Decoded {
                view: View::Compressed,
                text: &text[range],
                map,
            });
        });
    }
}

/// Calls back with each stretch of at least `least` digits.
fn stretches_of(run: &[u8], values: &[u8; 256], least: usize, mut on: impl FnMut(Range<usize>)) {
    let digit = |byte: &u8| values[usize::from(*byte)] != digits::NONE;
    let (mut from, mut at) = (0, least - 1);
    while let Some(byte) = run.get(at) {
        if !digit(byte) {
            (from, at) = (at + 1, at + least);
            continue;
        }
        let start = at
            - run[from..at]
                .iter()
                .rev()
                .take_while(|byte| digit(byte))
                .count();
        let end = at + run[at..].iter().take_while(|byte| digit(byte)).count();
        if end - start >= least {
            on(start..end);
        }
        (from, at) = (end, end + least);
    }
}

#[cfg(test)]
mod tests;
