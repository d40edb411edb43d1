//! Text that is written in characters nobody sees: tags (U+E0020–E007E, ASCII),
//! variation selectors (bytes 0–255), and runs of zero-width characters that spell
//! bits.
//!
//! All three give one stream of bytes, which is scanned as a view of its own. What
//! stands between two hidden characters does not matter: a message spread over
//! honest text comes out whole.

use super::decode::{Decoder, Part};
use memchr::memchr3;
use std::fmt;

/// Shorter runs of zero-width characters are honest joiners or watermarks: fewer
/// than three characters of hidden text say nothing.
const SHORTEST_RUN: usize = 24;

/// Gives every hidden byte of the text with the source offset that it came from.
pub fn hidden_text(text: &[u8], mut give: impl FnMut(u8, u64)) {
    let mut hidden = Hidden::new(0);
    hidden.push(text, &mut give);
    hidden.finish(&mut give);
}

/// Offset of the first character that may hide a byte.
#[must_use]
pub fn first_hidden(text: &[u8]) -> Option<usize> {
    // Their lead bytes, and what follows these.
    memchr::memchr3_iter(0xe2, 0xef, 0xf3, text).find(|&at| {
        let next = |ahead: usize| text.get(at + ahead).copied();
        match (text[at], next(1), next(2)) {
            (_, None, _) => true,
            // Dashes and quotes of ordinary text stand beside the zero-width ones.
            (0xe2, Some(0x80), third) => third.is_none_or(|byte| (0x8b..=0x8d).contains(&byte)),
            (0xe2, Some(0x81), third) => third.is_none_or(|byte| byte == 0xa0),
            (0xef, Some(second), _) => second == 0xb8,
            (0xf3, Some(second), _) => second == 0xa0,
            _ => false,
        }
    })
}

/// The incremental form of [`hidden_text`].
#[derive(Clone)]
pub struct Hidden {
    decoder: Decoder,
    reader: Reader,
}

/// What the characters so far have come to.
#[derive(Clone, Default)]
struct Reader {
    bits: Bits,
    selector: Option<Selector>,
}

/// The last variation selector.
#[derive(Clone, Copy)]
struct Selector {
    end: u64,
    /// Its byte and offset while it may be a lone choice of text or emoji style.
    waits: Option<(u8, u64)>,
}

/// A run of zero-width characters.
#[derive(Clone, Default)]
struct Bits {
    /// Where the run goes on.
    end: u64,
    /// The character that stands for 0, which begins any ASCII text, and the one for
    /// 1. Others only separate.
    zero: Option<char>,
    one: Option<char>,
    count: usize,
    /// The first bytes wait until the run is long enough.
    early: [(u8, u64); SHORTEST_RUN / 8],
    byte: u8,
    start: u64,
}

impl Hidden {
    /// A decoder whose first byte stands at this source offset.
    pub fn new(start: u64) -> Self {
        Self {
            decoder: Decoder::new(start),
            reader: Reader::default(),
        }
    }

    /// Reads the next bytes of the text.
    pub fn push(&mut self, chunk: &[u8], give: &mut impl FnMut(u8, u64)) {
        let reader = &mut self.reader;
        self.decoder.push(chunk, |part, at| {
            // A byte that is no character hides nothing, and ends runs by its length.
            if let Part::Text(text) = part {
                reader.text(text, at, give);
            }
        });
    }

    /// Ends the text.
    pub fn finish(&mut self, _give: &mut impl FnMut(u8, u64)) {
        *self = Self::new(self.decoder.at);
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hidden")
            .field("at", &self.decoder.at)
            .finish_non_exhaustive()
    }
}

impl Reader {
    fn text(&mut self, text: &str, at: u64, give: &mut impl FnMut(u8, u64)) {
        let bytes = text.as_bytes();
        let mut index = 0;
        // Lead bytes of U+2000–2FFF, U+F000–FFFF and U+C0000–FFFFF.
        while let Some(found) = bytes
            .get(index..)
            .and_then(|rest| memchr3(0xe2, 0xef, 0xf3, rest))
        {
            index += found;
            let Some(character) = text.get(index..).and_then(|rest| rest.chars().next()) else {
                return;
            };
            self.character(character, at + index as u64, give);
            index += character.len_utf8();
        }
    }

    fn character(&mut self, character: char, at: u64, give: &mut impl FnMut(u8, u64)) {
        let end = at + character.len_utf8() as u64;
        match character {
            '\u{e0020}'..='\u{e007e}' => give((u32::from(character) - 0xe0000) as u8, at),
            // The end of one message must not run into the next.
            '\u{e007f}' => give(b'\n', at),
            '\u{fe00}'..='\u{fe0f}' => {
                self.selector((u32::from(character) - 0xfe00) as u8, at, end, give)
            }
            '\u{e0100}'..='\u{e01ef}' => {
                self.selector((u32::from(character) - 0xe0100 + 16) as u8, at, end, give);
            }
            '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => {
                self.bits.read(character, at, end, give);
            }
            _ => {}
        }
    }

    /// Gives the byte, unless it is a lone choice of text or emoji style.
    fn selector(&mut self, byte: u8, at: u64, end: u64, give: &mut impl FnMut(u8, u64)) {
        let before = self.selector.take().filter(|before| before.end == at);
        let mut waits = None;
        match before {
            None if is_style(byte) => waits = Some((byte, at)),
            None => give(byte, at),
            Some(before) => {
                if let Some((byte, at)) = before.waits {
                    give(byte, at);
                }
                give(byte, at);
            }
        }
        self.selector = Some(Selector { end, waits });
    }
}

/// U+FE0E and U+FE0F, text and emoji style.
fn is_style(byte: u8) -> bool {
    matches!(byte, 14 | 15)
}

impl Bits {
    fn read(&mut self, character: char, at: u64, end: u64, give: &mut impl FnMut(u8, u64)) {
        if at != self.end {
            *self = Self::default();
        }
        self.end = end;
        let zero = *self.zero.get_or_insert(character);
        if character == zero {
            self.bit(0, at, give);
        } else if *self.one.get_or_insert(character) == character {
            self.bit(1, at, give);
        }
    }

    fn bit(&mut self, bit: u8, at: u64, give: &mut impl FnMut(u8, u64)) {
        if self.count.is_multiple_of(8) {
            (self.byte, self.start) = (0, at);
        }
        self.byte = (self.byte << 1) | bit;
        self.count += 1;
        if !self.count.is_multiple_of(8) {
            return;
        }
        match self.early.get_mut(self.count / 8 - 1) {
            None => give(self.byte, self.start),
            Some(early) => {
                *early = (self.byte, self.start);
                if self.count == SHORTEST_RUN {
                    self.early.iter().for_each(|&(byte, at)| give(byte, at));
                }
            }
        }
    }
}
