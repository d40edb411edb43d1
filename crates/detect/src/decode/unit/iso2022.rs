//! ISO-2022 (ECMA-35), as ISO-2022-JP, -KR and -CN use it.

use super::{Held, give_char};

const ESCAPE: u8 = 0x1b;

/// Drops designations of character sets. In a set of two bytes, the full-width
/// letters and digits of row 3 become ASCII, the wide blank a blank, and everything
/// else U+FFFD.
#[derive(Debug, Clone)]
pub struct Iso2022 {
    held: Held<4>,
    set: Set,
    read: u64,
}

/// The set that is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    One,
    Two,
}

impl Iso2022 {
    /// A decoder whose first byte has source offset `start`.
    #[must_use]
    pub fn new(start: u64) -> Self {
        Self {
            held: Held::NEW,
            set: Set::One,
            read: start,
        }
    }

    /// Decodes one byte, giving out what nothing later can change.
    #[inline]
    pub fn push(&mut self, byte: u8, give: &mut impl FnMut(u8, u64)) {
        let source = self.read;
        self.read += 1;
        if self.held.len == 0 && byte != ESCAPE && self.set == Set::One {
            return give(byte, source);
        }
        self.special(byte, source, give);
    }

    fn special(&mut self, byte: u8, source: u64, give: &mut impl FnMut(u8, u64)) {
        if byte == ESCAPE {
            self.held.give(give);
            return self.held.hold(byte, source);
        }
        if self.held.get(0) == ESCAPE && self.held.len > 0 {
            return self.designation(byte, source, give);
        }
        if !byte.is_ascii_graphic() || self.set == Set::One {
            self.held.give(give);
            // A line break returns to ASCII.
            if byte == b'\n' {
                self.set = Set::One;
            }
            return give(byte, source);
        }
        if self.held.len == 0 {
            return self.held.hold(byte, source);
        }
        let first = self.held.source().unwrap_or(source);
        let row = self.held.get(0);
        self.held.clear();
        match (row, byte) {
            (0x23, byte) if byte.is_ascii_alphanumeric() => give(byte, first),
            (0x21, 0x21) => give(b' ', first),
            _ => give_char(None, first, give),
        }
    }

    fn designation(&mut self, byte: u8, source: u64, give: &mut impl FnMut(u8, u64)) {
        match (self.held.len, byte) {
            (1, b'$' | b'(' | b')' | b'*' | b'+' | b'-' | b'.' | b'/' | b'%' | b'&') => {
                self.held.hold(byte, source);
            }
            (2, b'(' | b')' | b'*' | b'+') if self.held.get(1) == b'$' => {
                self.held.hold(byte, source)
            }
            (2 | 3, 0x30..=0x7e) => {
                match self.held.get(1) {
                    b'$' => self.set = Set::Two,
                    b'(' => self.set = Set::One,
                    _ => {}
                }
                self.held.clear();
            }
            _ => {
                self.held.give(give);
                give(byte, source);
            }
        }
    }

    /// Gives out what still waits.
    pub fn flush(&mut self, give: &mut impl FnMut(u8, u64)) {
        self.held.give(give);
    }

    /// Source offset of the first byte that was not given out.
    #[must_use]
    pub fn given(&self) -> u64 {
        self.held.source().unwrap_or(self.read)
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.held.len == 0 && self.set == Set::One
    }
}

/// Where the first ISO-2022 escape sequence begins. One that the chunk cuts off
/// counts.
#[must_use]
pub fn first_iso_2022(chunk: &[u8]) -> Option<usize> {
    memchr::memchr_iter(ESCAPE, chunk).find(|at| {
        matches!(
            chunk[at + 1..],
            [] | [b'$' | b'(']
                | [b'$', b'@' | b'A' | b'B' | b'(' | b')' | b'*' | b'+', ..]
                | [b'(' | b')' | b'*' | b'-' | b'.', b'A'..=b'Z', ..]
        )
    })
}
