//! Digits of a few bits each, and the bytes they spell from one alignment on.

/// A value that no digit has.
pub(super) const NONE: u8 = 0x80;

/// Digits of `BITS` bits, from `origin` to the end of a run. The number is a constant
/// because division by it must be cheap.
#[derive(Clone, Copy)]
pub(super) struct Digits<'a, const BITS: usize> {
    /// From the first digit to the last.
    pub(super) text: &'a [u8],
    /// Where that stands in the run.
    pub(super) origin: usize,
    pub(super) values: &'static [u8; 256],
}

impl<const BITS: usize> Digits<'_, BITS> {
    /// Bytes spelled; bits left over at the end spell none.
    pub(super) fn len(&self) -> usize {
        self.text.len() * BITS / 8
    }

    /// Where the digits end in the run.
    pub(super) fn end(&self) -> usize {
        self.origin + self.text.len()
    }

    /// One byte, if all its digits are digits.
    #[inline]
    pub(super) fn byte(&self, index: usize) -> Option<u8> {
        let mut bit = index * 8;
        let last = (bit + 7) / BITS;
        let mut value = 0_u32;
        for at in bit / BITS..=last {
            let digit = self.values[usize::from(*self.text.get(at)?)];
            if digit == NONE {
                return None;
            }
            value = value << BITS | u32::from(digit);
        }
        bit += 8;
        let below = (last + 1) * BITS - bit;
        Some((value >> below & 0xff) as u8)
    }

    /// The digits of some bytes from about `from` on, and the byte they begin with: the
    /// last one at or before `from` where a digit begins.
    pub(super) fn part(&self, from: usize, bytes: usize) -> (Self, usize) {
        // Bytes after which digits and bytes begin together.
        let group = BITS
            / if BITS == 6 {
                2
            } else if BITS == 4 {
                4
            } else {
                1
            };
        let from = from - from % group;
        let start = (from * 8 / BITS).min(self.text.len());
        let end = ((from + bytes) * 8).div_ceil(BITS).min(self.text.len());
        let part = Self {
            text: &self.text[start..end],
            origin: self.origin + start,
            values: self.values,
        };
        (part, from)
    }

    /// Fills `out` with all bytes. What is no digit spells zeros, which no text
    /// holds.
    pub(super) fn decode(&self, out: &mut Vec<u8>) {
        out.clear();
        out.reserve(self.len());
        let (mut held, mut bits, mut since) = (0_u32, 0, usize::MAX);
        for byte in self.text {
            let digit = self.values[usize::from(*byte)];
            // Every byte that the gap has a part in is zero.
            since = if digit == NONE {
                0
            } else {
                since.saturating_add(BITS)
            };
            held = held << BITS | u32::from(digit & !NONE);
            bits += BITS;
            if bits >= 8 {
                bits -= 8;
                let whole = since >= bits + 8;
                out.push(if whole { (held >> bits) as u8 } else { 0 });
            }
        }
    }
}

/// A table of the values of digits.
pub(super) const fn table(digits: &[u8], more: &[u8]) -> [u8; 256] {
    let mut values = [NONE; 256];
    let mut index = 0;
    while index < digits.len() {
        values[digits[index] as usize] = index as u8;
        index += 1;
    }
    // A second spelling of the last ones.
    index = 0;
    while index < more.len() {
        values[more[index] as usize] = (digits.len() - more.len() + index) as u8;
        index += 1;
    }
    values
}
