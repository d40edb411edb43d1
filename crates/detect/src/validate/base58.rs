//! Base58 with the checksum of Bitcoin: four bytes of double SHA-256.

use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Symbol to value; 255 for what is no symbol.
const VALUES: [u8; 256] = {
    let mut values = [255; 256];
    let mut value = 0;
    while value < 58 {
        values[ALPHABET[value] as usize] = value as u8;
        value += 1;
    }
    values
};

/// True for a symbol of the alphabet.
pub(crate) fn is_symbol(byte: u8) -> bool {
    VALUES[usize::from(byte)] != 255
}

/// The bytes and how many there are; `None` for another alphabet or more than `N`
/// bytes. Takes time in the square of `N`, so `N` is small.
pub(crate) fn decode<const N: usize>(text: &[u8]) -> Option<([u8; N], usize)> {
    // Leading ones are leading zero bytes.
    let zeros = text.iter().take_while(|symbol| **symbol == b'1').count();
    // Little-endian while it grows.
    let (mut bytes, mut length) = ([0_u8; N], 0);
    for symbol in &text[zeros..] {
        let value = VALUES[usize::from(*symbol)];
        if value == 255 {
            return None;
        }
        let mut carry = u32::from(value);
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
    if length + zeros > N {
        return None;
    }
    length += zeros;
    bytes[..length].reverse();
    Some((bytes, length))
}

/// What stands before the four bytes of its checksum, if they are right.
pub(crate) fn checked(bytes: &[u8]) -> Option<&[u8]> {
    let (payload, checksum) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
    (Sha256::digest(Sha256::digest(payload))[..4] == *checksum).then_some(payload)
}
