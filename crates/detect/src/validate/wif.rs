//! Bitcoin private keys in wallet import format: base58check with version 0x80.

use super::base58;

/// Version, key, compression flag and checksum.
const LONGEST: usize = 1 + 32 + 1 + 4;

/// Version 0x80 and a key of 32 bytes, or of 33 that end in 0x01.
pub(super) fn check(text: &[u8]) -> bool {
    if !is_candidate(text) {
        return false;
    }
    let Some((bytes, length)) = base58::decode::<LONGEST>(text) else {
        return false;
    };
    match base58::checked(&bytes[..length]) {
        Some([0x80, key @ ..]) => key.len() == 32 || (key.len() == 33 && key[32] == 0x01),
        _ => false,
    }
}

/// What version 0x80 looks like in base58; the rest is not worth the decoding.
pub(super) fn is_candidate(text: &[u8]) -> bool {
    matches!(
        (text.first(), text.len()),
        (Some(b'5'), 51) | (Some(b'K' | b'L'), 52)
    ) && text.iter().all(|symbol| base58::is_symbol(*symbol))
}
