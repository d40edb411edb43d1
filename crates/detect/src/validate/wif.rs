//! Bitcoin private keys in wallet import format: base58check with version 0x80.

use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// Version, key, compression flag and checksum.
const LONGEST: usize = 1 + 32 + 1 + 4;

/// Version 0x80 and a key of 32 bytes, or of 33 that end in 0x01.
pub(super) fn check(text: &[u8]) -> bool {
    if !is_candidate(text) {
        return false;
    }
    let Some((bytes, length)) = decode(text) else {
        return false;
    };
    let (payload, checksum) = bytes[..length].split_at(length.saturating_sub(4));
    let shape = match payload {
        [0x80, key @ ..] => key.len() == 32 || (key.len() == 33 && key[32] == 0x01),
        _ => false,
    };
    shape && Sha256::digest(Sha256::digest(payload))[..4] == *checksum
}

/// What version 0x80 looks like in base58; the rest is not worth the decoding.
pub(super) fn is_candidate(text: &[u8]) -> bool {
    matches!(
        (text.first(), text.len()),
        (Some(b'5'), 51) | (Some(b'K' | b'L'), 52)
    ) && text.iter().all(|symbol| {
        symbol.is_ascii_alphanumeric() && !matches!(symbol, b'0' | b'O' | b'I' | b'l')
    })
}

/// Base58 to at most [`LONGEST`] bytes.
fn decode(text: &[u8]) -> Option<([u8; LONGEST], usize)> {
    // Little-endian while it grows.
    let (mut bytes, mut length) = ([0_u8; LONGEST], 0);
    for symbol in text {
        let mut carry = u32::try_from(ALPHABET.iter().position(|letter| letter == symbol)?).ok()?;
        for byte in &mut bytes[..length] {
            carry += u32::from(*byte) * 58;
            *byte = (carry & 0xFF) as u8;
            carry >>= 8;
        }
        while carry > 0 {
            *bytes.get_mut(length)? = (carry & 0xFF) as u8;
            carry >>= 8;
            length += 1;
        }
    }
    // Leading ones are leading zero bytes; version 0x80 has none.
    if text.first() == Some(&b'1') {
        return None;
    }
    bytes[..length].reverse();
    Some((bytes, length))
}
