//! Characters that look drawn and are always the same.

use super::NotationError;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const HEX: &[u8; 16] = b"0123456789abcdef";
/// Longest value.
const LIMIT: usize = 4096;

/// `kind:n`: so many characters of an alphabet, from a sequence that the argument
/// begins (SplitMix64: Steele, Lea, Flood, 2014).
pub(super) fn random(argument: &str) -> Result<String, NotationError> {
    let wrong = NotationError::Argument("random");
    let (kind, count) = argument.split_once(':').ok_or(wrong)?;
    let alphabet: &[u8] = match kind {
        "hex" => HEX,
        "base32" => BASE32,
        "base58" => BASE58,
        "base62" => &BASE64[..62],
        "base64" => BASE64,
        _ => return Err(wrong),
    };
    let count = count.parse::<usize>().map_err(|_| wrong)?;
    if count > LIMIT {
        return Err(NotationError::TooLong);
    }
    let mut state = argument.bytes().fold(0_u64, |state, byte| {
        state.wrapping_mul(257).wrapping_add(u64::from(byte))
    });
    let mut draw = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((word ^ (word >> 31)) % alphabet.len() as u64) as usize
    };
    Ok((0..count).map(|_| char::from(alphabet[draw()])).collect())
}
