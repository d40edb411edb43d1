//! Bytes that may stand in a URL.

/// What a URL is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Survey {
    /// Visible ASCII.
    Ascii,
    /// Also blanks or other characters.
    Mixed,
}

/// `None` for text with control characters.
pub(super) fn survey(text: &str) -> Option<Survey> {
    // No early exit: the loop becomes vector code.
    let (mut control, mut mixed) = (false, false);
    for byte in text.bytes() {
        control |= byte < 0x20 || byte == 0x7f;
        mixed |= byte == 0x20 || byte >= 0x80;
    }
    (!control).then_some(if mixed { Survey::Mixed } else { Survey::Ascii })
}

/// True when every `%` begins an escape of two hexadecimal digits.
pub(super) fn escapes_are_whole(path: &str) -> bool {
    let bytes = path.as_bytes();
    memchr::memchr_iter(b'%', bytes).all(|at| {
        bytes
            .get(at + 1..at + 3)
            .is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    })
}

/// Appends text with everything but visible ASCII percent-encoded.
pub(super) fn push_ascii(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_graphic() {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}
