//! HTML entities, backslash escapes and CSS escapes, undone in one pass.
//!
//! Each layer undoes one encoding of the whole; what it gives goes to the next, so
//! that `\u{26}\u{23}105;` and `&amp;#105;` become `i`.

mod layer;
mod names;

use layer::Layer;
use names::Names;

/// How often a text may have been escaped.
const LAYERS: usize = 4;
/// An escape longer than this is none.
const LONGEST: usize = 40;

/// Undoes HTML entities and backslash escapes, nested ones too.
///
/// Entities: decimal and hexadecimal with or without `;`, and the named ones for
/// ASCII, blanks, invisible characters, dashes and quotes. Backslash escapes: those
/// of C, JSON, JavaScript and shells (`\n`, `\x41`, `\u0041` with surrogate pairs,
/// `\u{41}`, `\U00000041`, `\101`, a line that continues), punctuation as in
/// Markdown, and CSS escapes where they cannot be octal.
#[derive(Debug, Clone)]
pub struct Unescaper {
    layers: [Layer; LAYERS],
    /// Whether an ordinary byte would pass all layers and change nothing.
    rest: bool,
    /// Source bytes read.
    read: u64,
}

impl Unescaper {
    /// A decoder whose first byte has source offset `start`.
    #[must_use]
    pub fn new(start: u64) -> Self {
        Self {
            layers: [Layer::NEW; LAYERS],
            rest: true,
            read: start,
        }
    }

    /// How many bytes at the front pass as they are.
    pub(crate) fn unchanged(&self, bytes: &[u8]) -> usize {
        match bytes {
            // Dense escapes are not worth a search.
            [b'&' | b'\\', ..] => 0,
            _ if self.rest => memchr::memchr2(b'&', b'\\', bytes).unwrap_or(bytes.len()),
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
        if byte != b'&' && byte != b'\\' && self.rest {
            return give(byte, source);
        }
        self.push_slowly(byte, source, give);
    }

    fn push_slowly(&mut self, byte: u8, source: u64, give: &mut impl FnMut(u8, u64)) {
        let [a, b, c, d] = &mut self.layers;
        a.push(byte, source, &mut |byte, source| {
            b.push(byte, source, &mut |byte, source| {
                c.push(byte, source, &mut |byte, source| d.push(byte, source, give));
            });
        });
        self.rest = self.layers.iter().all(Layer::is_at_rest);
    }

    /// Gives out what still waits.
    pub fn flush(&mut self, give: &mut impl FnMut(u8, u64)) {
        let [a, b, c, d] = &mut self.layers;
        a.flush(&mut |byte, source| {
            b.push(byte, source, &mut |byte, source| {
                c.push(byte, source, &mut |byte, source| d.push(byte, source, give));
            });
        });
        b.flush(&mut |byte, source| {
            c.push(byte, source, &mut |byte, source| d.push(byte, source, give));
        });
        c.flush(&mut |byte, source| d.push(byte, source, give));
        d.flush(give);
        self.rest = true;
    }

    /// Source offset of the first byte that was not given out.
    #[must_use]
    pub fn given(&self) -> u64 {
        // A later layer holds older bytes.
        let held = self.layers.iter().rev().find_map(Layer::held);
        held.unwrap_or(self.read)
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.layers.iter().all(|layer| layer.held().is_none())
    }
}

/// Offset of the first byte from which the unescaped text may differ, if any. A `&`
/// or `\` near the end of the chunk counts: more may follow.
#[must_use]
pub fn first_escape(chunk: &[u8]) -> Option<usize> {
    // A start that is no escape may become one once a later escape is undone.
    let (mut first, mut last) = (0, None);
    for index in memchr::memchr2_iter(b'&', b'\\', chunk) {
        if last.is_none_or(|last| index - last > LONGEST) {
            first = index;
        }
        last = Some(index);
        if may_be_escape(&chunk[index..]) {
            return Some(first);
        }
    }
    None
}

/// Whether a text that begins with `&` or `\` may begin with an escape.
fn may_be_escape(text: &[u8]) -> bool {
    let next = text.get(1).copied();
    match (text.first(), next) {
        (_, None) => true,
        (Some(b'\\'), Some(byte)) => match byte {
            b'x' | b'u' | b'U' => text.get(2).is_none_or(|byte| {
                byte.is_ascii_hexdigit() || matches!(byte, b'{' | b'u' | b'\\' | b'&')
            }),
            b'0'..=b'9' => text
                .get(2)
                .is_none_or(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'\\' | b'&')),
            byte => layer::control(byte).is_some() || layer::is_plain_after_slash(byte),
        },
        (_, Some(b'#')) => text.get(2).is_none_or(|byte| {
            byte.is_ascii_digit()
                || (matches!(byte, b'x' | b'X')
                    && text.get(3).is_none_or(|byte| byte.is_ascii_hexdigit()))
        }),
        (_, Some(_)) => may_be_name(&text[1..]),
    }
}

fn may_be_name(text: &[u8]) -> bool {
    if !names::may_begin(text) {
        return false;
    }
    let mut names = Names::all();
    for byte in text {
        match names.narrow(*byte) {
            Some(narrower) => names = narrower,
            None => {
                return (*byte == b';' && names.whole().is_some()) || names::bare(text).is_some();
            }
        }
    }
    true
}

#[cfg(test)]
mod tests;
