//! Byte classes of RFC 9110 §5.6.

/// A token character: what method and field names are made of.
const TCHAR: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let char = byte as u8;
        table[byte] = char.is_ascii_alphanumeric()
            || matches!(
                char,
                b'!' | b'#'
                    | b'$'
                    | b'%'
                    | b'&'
                    | b'\''
                    | b'*'
                    | b'+'
                    | b'-'
                    | b'.'
                    | b'^'
                    | b'_'
                    | b'`'
                    | b'|'
                    | b'~'
            );
        byte += 1;
    }
    table
};

/// True for a token character.
pub(crate) const fn is_tchar(byte: u8) -> bool {
    TCHAR[byte as usize]
}

/// The text of a non-empty token.
pub(crate) fn token(bytes: &[u8]) -> Option<&str> {
    if bytes.is_empty() || !bytes.iter().all(|byte| is_tchar(*byte)) {
        return None;
    }
    std::str::from_utf8(bytes).ok()
}

/// True when some byte is a control character other than HTAB, CR and LF. It
/// looks at every byte without a branch, so that it runs in vector registers.
pub(crate) fn has_control(bytes: &[u8]) -> bool {
    let bad =
        |byte: u8| (byte < 0x20 && byte != b'\t' && byte != b'\r' && byte != b'\n') || byte == 0x7f;
    bytes.iter().fold(false, |any, byte| any | bad(*byte))
}

/// True when every byte is visible ASCII.
pub(crate) fn all_visible(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .fold(true, |all, byte| all & (*byte > 0x20 && *byte < 0x7f))
}

/// Optional white space of RFC 9110 §5.6.3 taken from both ends.
pub(crate) fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}
