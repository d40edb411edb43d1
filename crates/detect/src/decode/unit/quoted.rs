//! Quoted-printable (RFC 2045 §6.7).

use super::Held;

/// Undoes quoted-printable: `=HH`, and soft line breaks with blanks before them.
#[derive(Debug, Clone)]
pub struct QuotedPrintable {
    /// `=`, `=H`, or `=` and blanks.
    held: Held<8>,
    read: u64,
}

impl QuotedPrintable {
    /// A decoder whose first byte has source offset `start`.
    #[must_use]
    pub fn new(start: u64) -> Self {
        Self {
            held: Held::NEW,
            read: start,
        }
    }

    /// How many bytes at the front pass as they are.
    pub(crate) fn unchanged(&self, bytes: &[u8]) -> usize {
        match bytes {
            // Dense escapes are not worth a search.
            [b'=', ..] => 0,
            _ if self.held.len == 0 => memchr::memchr(b'=', bytes).unwrap_or(bytes.len()),
            _ => 0,
        }
    }

    /// Passes over bytes that pass as they are.
    pub(crate) fn pass(&mut self, count: usize) {
        self.read += count as u64;
    }

    /// Decodes one byte, giving out what nothing later can change.
    #[inline]
    pub fn push(&mut self, byte: u8, give: &mut impl FnMut(u8, u64)) {
        let source = self.read;
        self.read += 1;
        if self.held.len == 0 && byte != b'=' {
            return give(byte, source);
        }
        self.escape(byte, source, give);
    }

    fn escape(&mut self, byte: u8, source: u64, give: &mut impl FnMut(u8, u64)) {
        let last = self.held.get(self.held.len.saturating_sub(1));
        match (self.held.len, byte, hex(last), hex(byte)) {
            (0, ..) => self.held.hold(byte, source),
            (1, _, _, Some(_)) => self.held.hold(byte, source),
            (2, _, Some(high), Some(low)) => {
                give(high << 4 | low, self.held.source().unwrap_or(source));
                self.held.clear();
            }
            (_, b'\n', None, _) => self.held.clear(),
            (1..=7, b' ' | b'\t' | b'\r', None, _) if last != b'\r' => self.held.hold(byte, source),
            _ => {
                self.held.give(give);
                match byte {
                    b'=' => self.held.hold(byte, source),
                    _ => give(byte, source),
                }
            }
        }
    }

    /// Gives out what still waits. A soft break may end the text.
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
        self.held.len == 0
    }
}

/// Where quoted-printable begins, if the chunk has evidence of it: two `=HH` or one
/// soft line break.
#[must_use]
pub fn first_quoted(chunk: &[u8]) -> Option<usize> {
    let mut first = None;
    for at in memchr::memchr_iter(b'=', chunk) {
        match chunk[at + 1..] {
            [b'\n', ..] | [b'\r', b'\n', ..] => return first.or(Some(at)),
            [high, low, ..] if hex(high).is_some() && hex(low).is_some() => match first {
                Some(_) => return first,
                None => first = Some(at),
            },
            _ => {}
        }
    }
    None
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}
