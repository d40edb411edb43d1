//! What stands in the body of a PEM private key.

use super::base64;

/// Base64 characters that show what a body is: the outer frame of a DER structure,
/// or most of a magic text.
pub(crate) const PROOF: usize = 16;

/// True when a body of base64 begins like a key: a DER SEQUENCE that begins with a
/// number (PKCS #1, PKCS #8, SEC 1) or another SEQUENCE (encrypted PKCS #8), the
/// magic of OpenSSH, or a secret-key packet of OpenPGP.
///
/// Only the first [`PROOF`] characters count, so that it does not matter how much of
/// a stream is here.
pub(crate) fn is_key(body: &[u8]) -> bool {
    let Some(body) = body.get(..PROOF) else {
        return false;
    };
    match base64::prefix::<12>(body) {
        (bytes, 12) => bytes == *b"openssh-key-" || is_der(&bytes) || is_openpgp(&bytes),
        _ => false,
    }
}

/// The length is in its shortest form, and what it frames is a number or a frame.
fn is_der(bytes: &[u8; 12]) -> bool {
    let inner: &[u8] = match bytes {
        [0x30, 0x82, 1..=255, _, rest @ ..] => rest,
        [0x30, 0x81, 0x80..=255, rest @ ..] => rest,
        [0x30, 16..=0x7f, rest @ ..] => rest,
        _ => return false,
    };
    // A version: one byte, at most 3. A nested frame: at least 8 bytes.
    matches!(inner, [0x02, 0x01, 0..=3, ..] | [0x30, 8..=0x82, ..])
}

/// Packet tag 5 in the old or the new format, then version 4 to 6 (RFC 9580 §5.5).
fn is_openpgp(bytes: &[u8; 12]) -> bool {
    matches!(
        bytes,
        [0x94, _, 4..=6, ..]
            | [0x95, _, _, 4..=6, ..]
            | [0xc5, 0..=191, 4..=6, ..]
            | [0xc5, 192..=223, _, 4..=6, ..]
    )
}

/// Where the base64 of a body begins, if some line starts with [`PROOF`] characters of
/// it. Lines end at CR, LF or an escape of them.
pub(crate) fn body(following: &[u8]) -> Option<&[u8]> {
    let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let starts = |before: &[u8]| {
        before.is_empty()
            || matches!(before, [.., b'\n' | b'\r'] | [.., b'\\', b'n' | b'r'])
            || matches!(before, [.., b'%', b'0', b'a' | b'A' | b'd' | b'D'])
    };
    (0..=following.len()).find_map(|at| {
        let (before, line) = following.split_at(at);
        let line = line.trim_ascii_start();
        let long = line.iter().take_while(|byte| base64(byte)).count();
        // One character over and over stands for a body, or for the rest of one.
        let same = |text: &[u8]| text.iter().all(|byte| *byte == text[0]);
        let is_masked = |text: &[u8]| same(&text[..PROOF]) || same(&text[text.len() - PROOF..]);
        (starts(before) && long >= PROOF && !is_masked(&line[..long])).then_some(line)
    })
}

/// The same for a whole key: its header, then its body.
pub(super) fn check(text: &[u8]) -> bool {
    behind_header(text).and_then(body).is_some_and(is_key)
}

/// What follows the second group of dashes.
pub(crate) fn behind_header(text: &[u8]) -> Option<&[u8]> {
    let dashes = memchr::memmem::Finder::new(b"-----");
    let title = text.get(dashes.find(text)? + 5..)?;
    title.get(dashes.find(title)? + 5..)
}
