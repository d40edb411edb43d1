//! Percent-decoding until stable, in one pass and without holding the text.
//!
//! Bytes go onto a stack; when its top spells a triplet, the triplet becomes one
//! byte, which may complete an earlier `%`. Triplets never overlap, so the order
//! of decoding does not matter and this equals decoding the whole text again and
//! again. A raw `+` is a blank; a `+` that was decoded stays. A `%` that starts no
//! triplet is a `%`.

/// Most bytes that may wait for an earlier `%` to be completed. Deeper nesting is
/// left undecoded.
const DEPTH: usize = 64;

#[derive(Debug, Clone, Copy)]
struct Waiting {
    byte: u8,
    source: u64,
}

/// The decoder. Source offsets partition the source: the bytes of a decoded byte
/// end where those of the next begin.
#[derive(Debug, Clone)]
pub(super) struct Decoder {
    stack: Vec<Waiting>,
    /// Source bytes read.
    read: u64,
}

impl Decoder {
    pub(super) fn new(start: u64) -> Self {
        Self {
            stack: Vec::new(),
            read: start,
        }
    }

    /// Source offset of the first byte that was not given out.
    pub(super) fn given(&self) -> u64 {
        self.stack.first().map_or(self.read, |first| first.source)
    }

    /// How many bytes at the front pass as they are.
    pub(super) fn unchanged(&self, bytes: &[u8]) -> usize {
        match bytes {
            // Dense escapes are not worth a search.
            [b'%' | b'+', ..] => 0,
            _ if self.stack.is_empty() => memchr::memchr2(b'%', b'+', bytes).unwrap_or(bytes.len()),
            _ => 0,
        }
    }

    /// Passes over bytes that pass as they are.
    pub(super) fn pass(&mut self, count: usize) {
        self.read += count as u64;
    }

    /// Decodes one byte, giving out what nothing later can change.
    #[inline]
    pub(super) fn push(&mut self, byte: u8, mut give: impl FnMut(u8, u64)) {
        let source = self.read;
        self.read += 1;
        let mut byte = if byte == b'+' { b' ' } else { byte };
        let mut source = source;
        loop {
            let top = match self.stack.last() {
                _ if byte == b'%' => return self.wait(byte, source, give),
                None => return give(byte, source),
                Some(top) => *top,
            };
            let Some(low) = hex(byte) else {
                self.flush(&mut give);
                return give(byte, source);
            };
            if top.byte == b'%' {
                return self.wait(byte, source, give);
            }
            // The stack is made of `%` and `%X`: below a digit stands its `%`.
            let high = hex(top.byte).unwrap_or_default();
            let below = self.stack.len().checked_sub(2);
            let Some(below) = below.filter(|below| self.stack[*below].byte == b'%') else {
                self.flush(&mut give);
                return give(byte, source);
            };
            source = self.stack[below].source;
            self.stack.truncate(below);
            byte = high << 4 | low;
        }
    }

    /// Gives out what still waits.
    pub(super) fn flush(&mut self, give: &mut impl FnMut(u8, u64)) {
        for waiting in self.stack.drain(..) {
            give(waiting.byte, waiting.source);
        }
    }

    fn wait(&mut self, byte: u8, source: u64, mut give: impl FnMut(u8, u64)) {
        if self.stack.len() == DEPTH {
            let oldest = self.stack.remove(0);
            give(oldest.byte, oldest.source);
        }
        self.stack.push(Waiting { byte, source });
    }
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

/// Offset of the first byte from which the decoded view may differ from the text,
/// if any. A `%` near the end of the chunk counts: more may follow.
pub(super) fn first_encoded(chunk: &[u8]) -> Option<usize> {
    memchr::memchr2_iter(b'%', b'+', chunk).find(|index| match chunk[*index] {
        b'+' => true,
        _ => {
            let next = |ahead: usize| chunk.get(index + ahead);
            match (next(1), next(2)) {
                (None | Some(b'%'), _) => true,
                (Some(first), second) if hex(*first).is_some() => {
                    second.is_none_or(|second| *second == b'%' || hex(*second).is_some())
                }
                _ => false,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &[u8]) -> (Vec<u8>, Vec<u64>) {
        let (mut decoder, mut bytes, mut sources) = (Decoder::new(0), Vec::new(), Vec::new());
        for byte in text {
            decoder.push(*byte, |byte, source| {
                bytes.push(byte);
                sources.push(source);
            });
        }
        decoder.flush(&mut |byte, source| {
            bytes.push(byte);
            sources.push(source);
        });
        (bytes, sources)
    }

    /// What the one pass must equal.
    fn decode_until_stable(text: &[u8]) -> Vec<u8> {
        let mut text: Vec<u8> = text
            .iter()
            .map(|byte| if *byte == b'+' { b' ' } else { *byte })
            .collect();
        loop {
            let mut next = Vec::new();
            let mut at = 0;
            while at < text.len() {
                match text[at..] {
                    [b'%', high, low, ..] if hex(high).is_some() && hex(low).is_some() => {
                        next.push(hex(high).unwrap_or(0) << 4 | hex(low).unwrap_or(0));
                        at += 3;
                    }
                    _ => {
                        next.push(text[at]);
                        at += 1;
                    }
                }
            }
            if next == text {
                return text;
            }
            text = next;
        }
    }

    #[test]
    fn decoding_in_one_pass_equals_decoding_until_stable() {
        let cases: [(&str, &str); 12] = [
            ("%41", "A"),
            ("%2541", "A"),
            ("%25252541", "A"),
            ("%%341", "A"),
            ("%%34%31", "A"),
            ("%2%35", "%"),
            ("100% sure", "100% sure"),
            ("a+b%2Bc", "a b+c"),
            ("%zz%4", "%zz%4"),
            ("%%%%", "%%%%"),
            ("%e2%82%ac", "\u{20ac}"),
            ("%2%2%2", "%2%2%2"),
        ];
        for (text, want) in cases {
            assert_eq!(decode(text.as_bytes()).0, want.as_bytes(), "{text}");
            assert_eq!(
                decode_until_stable(text.as_bytes()),
                want.as_bytes(),
                "{text}"
            );
        }
    }

    #[test]
    fn every_short_text_of_the_alphabet_decodes_alike_in_one_pass() {
        let alphabet = b"%2541+x";
        for number in 0..7_usize.pow(7) {
            let mut rest = number;
            let text: Vec<u8> = (0..7)
                .map(|_| {
                    let byte = alphabet[rest % 7];
                    rest /= 7;
                    byte
                })
                .collect();
            assert_eq!(
                decode(&text).0,
                decode_until_stable(&text),
                "{:?}",
                String::from_utf8_lossy(&text)
            );
        }
    }

    #[test]
    fn source_offsets_name_the_first_byte_of_each_decoded_byte() {
        let (bytes, sources) = decode(b"a%2541b%");
        assert_eq!((bytes, sources), (b"aAb%".to_vec(), vec![0, 1, 6, 7]));
    }

    #[test]
    fn a_text_without_triplets_has_no_decoded_view() {
        let cases: [(&[u8], Option<usize>); 7] = [
            (b"plain", None),
            (b"100% of 5%d of it", None),
            (b"a+b", Some(1)),
            (b"a%41", Some(1)),
            (b"tail %", Some(5)),
            (b"tail %4", Some(5)),
            (b"%%34", Some(0)),
        ];
        for (text, want) in cases {
            assert_eq!(
                first_encoded(text),
                want,
                "{:?}",
                String::from_utf8_lossy(text)
            );
        }
    }
}
