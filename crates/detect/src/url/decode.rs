//! Percent-decoding.

use std::borrow::Cow;

/// Value of two hexadecimal digits.
fn hex_pair(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? << 4 | digit(low)?).ok()
}

/// Every valid escape decoded once; others stay.
pub(crate) fn once(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match (first, tail) {
            (b'%', [high, low, after @ ..]) => match hex_pair(*high, *low) {
                Some(byte) => {
                    out.push(byte);
                    rest = after;
                }
                None => out.push(b'%'),
            },
            (byte, _) => out.push(*byte),
        }
    }
    out
}

/// A key or value of a query or form as it reads: `+` is a blank, every valid escape
/// is decoded once, others stay.
#[must_use]
pub fn form_decoded(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr2(b'%', b'+', text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut blanks = text.to_vec();
    for byte in &mut blanks {
        if *byte == b'+' {
            *byte = b' ';
        }
    }
    Cow::Owned(once(&blanks))
}

/// The same as decoding again and again until nothing changes, in one pass: no
/// escape overlaps another, so the order of decoding does not matter, and each
/// decoded byte may only complete an escape that ends with it.
pub(crate) fn fully(text: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    for byte in text {
        out.push(*byte);
        while let [.., b'%', high, low] = out[..] {
            let Some(decoded) = hex_pair(high, low) else {
                break;
            };
            out.truncate(out.len() - 3);
            out.push(decoded);
        }
    }
    out
}

/// Overlong UTF-8 of ASCII characters as those characters (`%c0%ae` is a dot to
/// lenient decoders).
pub(super) fn shorten_overlong(text: &mut Vec<u8>) {
    if !text.iter().any(|b| matches!(b, 0xc0 | 0xc1 | 0xe0 | 0xf0)) {
        return;
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = &text[..];
    while let Some(first) = rest.first() {
        let (byte, len) = match *rest {
            [lead @ (0xc0 | 0xc1), low @ 0x80..=0xbf, ..] => (lead << 6 | low & 0x3f, 2),
            [0xe0, mid @ (0x80 | 0x81), low @ 0x80..=0xbf, ..] => (mid << 6 | low & 0x3f, 3),
            [0xf0, 0x80, mid @ (0x80 | 0x81), low @ 0x80..=0xbf, ..] => (mid << 6 | low & 0x3f, 4),
            _ => (*first, 1),
        };
        out.push(byte);
        rest = &rest[len..];
    }
    *text = out;
}

/// True when decoding once shows all there is, and none of it is an end of line, a
/// dot, a separator or an overlong form. Most URLs with escapes are so.
pub(super) fn is_harmless(text: &[u8]) -> bool {
    memchr::memchr_iter(b'%', text).all(|at| {
        let value = match text.get(at + 1..at + 3) {
            Some([high, low]) => hex_pair(*high, *low),
            _ => None,
        };
        match value {
            // A `%` that begins no escape may begin one after another round.
            None => text
                .get(at + 1..at + 3)
                .is_none_or(|next| !next.contains(&b'%')),
            Some(byte) => {
                !byte.is_ascii_hexdigit()
                    && !matches!(
                        byte,
                        b'%' | b'\r' | b'\n' | b'.' | b'/' | b'\\' | 0xc0 | 0xc1 | 0xe0 | 0xf0
                    )
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlong_forms_become_what_they_stand_for() {
        let cases: [(&[u8], &[u8]); 12] = [
            (b"\xc0\xae", b"."),
            (b"\xc1\x81", b"A"),
            (b"\xe0\x80\xae", b"."),
            (b"\xe0\x81\x81", b"A"),
            (b"\xf0\x80\x80\xae", b"."),
            (b"\xf0\x80\x81\x81", b"A"),
            (b"a\xc0\xafb\xc1\xbf", b"a/b\x7f"),
            // What is not overlong, or cut, stays.
            (b"\xe0\xa0\x80", b"\xe0\xa0\x80"),
            (b"\xf0\x9f\x98\x80", b"\xf0\x9f\x98\x80"),
            (b"\xc0", b"\xc0"),
            (b"\xc0\x2e", b"\xc0\x2e"),
            (b"caf\xc3\xa9", b"caf\xc3\xa9"),
        ];
        for (text, wanted) in cases {
            let mut out = text.to_vec();
            shorten_overlong(&mut out);
            assert_eq!(out, wanted, "{text:x?}");
        }
    }

    #[test]
    fn forms_are_decoded_once() {
        let cases: [(&[u8], &[u8]); 6] = [
            (b"plain", b"plain"),
            (b"a+b%20c", b"a b c"),
            (b"a%2Bb", b"a+b"),
            (b"%2541", b"%41"),
            (b"%zz%4", b"%zz%4"),
            (b"%c3%A9", b"\xc3\xa9"),
        ];
        for (text, wanted) in cases {
            assert_eq!(&*form_decoded(text), wanted, "{text:?}");
        }
        assert!(matches!(form_decoded(b"plain"), Cow::Borrowed(_)));
    }

    #[test]
    fn only_what_another_round_may_change_is_looked_at_again() {
        let cases: [(&[u8], bool); 11] = [
            (b"no escape", true),
            (b"%20and%3d", true),
            (b"100%", true),
            (b"%zz", true),
            // A `%` that a later one may complete.
            (b"%%34", false),
            (b"%2%35", false),
            // A digit that may complete an earlier one, and what paths are made of.
            (b"%41", false),
            (b"%25", false),
            (b"%2e", false),
            (b"%0a", false),
            (b"%c0%ae", false),
        ];
        for (text, harmless) in cases {
            assert_eq!(is_harmless(text), harmless, "{text:?}");
        }
    }
}
