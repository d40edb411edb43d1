//! Transducers for encodings of a whole text.

mod iso2022;
mod quoted;
mod utf7;
mod wide;

pub use iso2022::{Iso2022, first_iso_2022};
pub use quoted::{QuotedPrintable, first_quoted};
pub use utf7::{Utf7, first_utf7};
pub use wide::{Wide, WideForm, wide_form};

/// Bytes that wait until more is known, each with its source offset.
#[derive(Debug, Clone, Copy)]
struct Held<const N: usize> {
    bytes: [(u8, u64); N],
    len: usize,
}

impl<const N: usize> Held<N> {
    const NEW: Self = Self {
        bytes: [(0, 0); N],
        len: 0,
    };

    /// Holds one more, if there is room.
    fn hold(&mut self, byte: u8, source: u64) {
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = (byte, source);
            self.len += 1;
        }
    }

    fn get(&self, index: usize) -> u8 {
        self.bytes.get(index).map_or(0, |(byte, _)| *byte)
    }

    /// Source offset of the oldest.
    fn source(&self) -> Option<u64> {
        (self.len > 0).then(|| self.bytes[0].1)
    }

    fn clear(&mut self) {
        self.len = 0;
    }

    /// Gives them out as they are.
    fn give(&mut self, give: &mut impl FnMut(u8, u64)) {
        for (byte, source) in &self.bytes[..self.len] {
            give(*byte, *source);
        }
        self.len = 0;
    }
}

/// Gives out a character whose first source byte is known.
fn give_char(character: Option<char>, source: u64, give: &mut impl FnMut(u8, u64)) {
    let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        give(byte, source);
    }
}

/// UTF-16 units put together to characters.
#[derive(Debug, Clone, Copy, Default)]
struct Units {
    /// A high surrogate and where it stood.
    high: Option<(u16, u64)>,
}

impl Units {
    fn push(&mut self, unit: u16, source: u64, give: &mut impl FnMut(u8, u64)) {
        if let (0xdc00..=0xdfff, Some((high, first))) = (unit, self.high) {
            self.high = None;
            let code = 0x10000 + (u32::from(high - 0xd800) << 10) + u32::from(unit - 0xdc00);
            return give_char(char::from_u32(code), first, give);
        }
        self.flush(give);
        match unit {
            0xd800..=0xdbff => self.high = Some((unit, source)),
            _ => give_char(char::from_u32(u32::from(unit)), source, give),
        }
    }

    fn flush(&mut self, give: &mut impl FnMut(u8, u64)) {
        if let Some((_, source)) = self.high.take() {
            give_char(None, source, give);
        }
    }

    fn source(&self) -> Option<u64> {
        self.high.map(|(_, source)| source)
    }
}

#[cfg(test)]
mod tests;
