//! Rewritings of a whole text.

use super::decoded::offset;

/// Which separators are noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noise {
    /// The wide set, for canaries: `. / \ ? & =` blanks `: ; , - _ @ % + #`.
    Wide,
    /// The narrow set, for parts of a URL: `. / + , ; |` and blanks.
    Narrow,
}

impl Noise {
    pub(crate) const fn has(self, byte: u8) -> bool {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b'.' | b'/' | b'+' | b',' | b';' => true,
            b'|' => matches!(self, Self::Narrow),
            b'\\' | b'?' | b'&' | b'=' | b':' | b'-' | b'_' | b'@' | b'%' | b'#' => {
                matches!(self, Self::Wide)
            }
            _ => false,
        }
    }
}

/// Appends the text without its separators, and where each byte stood.
pub fn strip_noise(text: &[u8], noise: Noise, out: &mut Vec<u8>, offsets: &mut Vec<u32>) {
    for (at, byte) in text.iter().enumerate() {
        if !noise.has(*byte) {
            out.push(*byte);
            offsets.push(offset(at));
        }
    }
}

/// Appends the text with its letters moved by 13 places; offsets stay.
pub fn rot13(text: &[u8], out: &mut Vec<u8>) {
    out.extend(text.iter().map(|byte| rotated(*byte)));
}

/// One byte by ROT13.
pub(crate) const fn rotated(byte: u8) -> u8 {
    match byte {
        b'A'..=b'M' | b'a'..=b'm' => byte + 13,
        b'N'..=b'Z' | b'n'..=b'z' => byte - 13,
        _ => byte,
    }
}

/// Appends the text read backwards, by characters: byte `i` of `n` comes from the
/// character that covers byte `n - 1 - i`. What is not UTF-8 goes byte by byte.
pub fn reverse(text: &[u8], out: &mut Vec<u8>) {
    if text.is_ascii() {
        out.extend(text.iter().rev());
        return;
    }
    let mut rest = text;
    while !rest.is_empty() {
        let (before, last) = rest.split_at(rest.len() - last_character(rest));
        out.extend_from_slice(last);
        rest = before;
    }
}

/// Length of the last character, at least 1.
fn last_character(text: &[u8]) -> usize {
    let tails = (1..=text.len().min(4)).find(|len| text[text.len() - len] & 0xc0 != 0x80);
    tails
        .filter(|len| std::str::from_utf8(&text[text.len() - len..]).is_ok())
        .unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_left_out_with_their_offsets_kept() {
        let cases: [(&str, Noise, &str); 3] = [
            ("can/ary-77_7 7", Noise::Wide, "canary7777"),
            ("sk-a|n+t.x", Noise::Narrow, "sk-antx"),
            ("a|b\u{e9}", Noise::Wide, "a|b\u{e9}"),
        ];
        for (text, noise, want) in cases {
            let (mut out, mut offsets) = (Vec::new(), Vec::new());
            strip_noise(text.as_bytes(), noise, &mut out, &mut offsets);
            assert_eq!(out, want.as_bytes());
            for (byte, at) in out.iter().zip(&offsets) {
                assert_eq!(*byte, text.as_bytes()[*at as usize]);
            }
        }
    }

    #[test]
    fn rot13_twice_is_the_text() {
        let (mut once, mut twice) = (Vec::new(), Vec::new());
        rot13(b"Vtaber nyy, MZ 09", &mut once);
        assert_eq!(once, b"Ignore all, ZM 09");
        rot13(&once, &mut twice);
        assert_eq!(twice, b"Vtaber nyy, MZ 09");
    }

    #[test]
    fn reversal_keeps_characters_whole() {
        let cases: [(&[u8], &[u8]); 4] = [
            (b"erongi", b"ignore"),
            (
                "a\u{e9}\u{4e2d}\u{1f600}b".as_bytes(),
                "b\u{1f600}\u{4e2d}\u{e9}a".as_bytes(),
            ),
            (b"a\xff\x80\x80b", b"b\x80\x80\xffa"),
            (b"", b""),
        ];
        for (text, want) in cases {
            let mut out = Vec::new();
            reverse(text, &mut out);
            assert_eq!(out, want);
        }
    }
}
