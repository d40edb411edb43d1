//! UTF-16 inside decoded bytes.

use crate::decode::decoded::offset;
use crate::decode::plausible::{character, is_readable};

/// Fewest Latin characters by which it is told.
const MIN_UNITS: usize = 7;

/// Finds the next stretch of UTF-16 at or after `from`, writes it as UTF-8 with the
/// offset of each byte, and returns where it ends.
pub(super) fn next(
    bytes: &[u8],
    from: usize,
    text: &mut Vec<u8>,
    offsets: &mut Vec<u32>,
) -> Option<usize> {
    text.clear();
    offsets.clear();
    let (start, unit) = start(bytes, from)?;
    let units = bytes
        .get(start..)?
        .chunks_exact(2)
        .map(|pair| unit([pair[0], pair[1]]));
    let mut at = start;
    for character in char::decode_utf16(units) {
        let mut buffer = [0; 4];
        let Ok(encoded) = character.map(|character| character.encode_utf8(&mut buffer).as_bytes())
        else {
            break;
        };
        if self::character(encoded) == 0 {
            break;
        }
        text.extend_from_slice(encoded);
        offsets.extend(encoded.iter().map(|_| offset(at)));
        at += if encoded.len() == 4 { 4 } else { 2 };
    }
    offsets.push(offset(at));
    Some(at.max(start + 2 * MIN_UNITS))
}

/// How two bytes make a unit.
type Unit = fn([u8; 2]) -> u16;

/// Where it starts, and how to read it.
fn start(bytes: &[u8], from: usize) -> Option<(usize, Unit)> {
    let mut at = from;
    while at + 2 * MIN_UNITS <= bytes.len() {
        let pairs = bytes[at..].chunks_exact(2);
        let count = pairs
            .take_while(|pair| is_readable(pair[0]) && pair[1] == 0)
            .count();
        if count >= MIN_UNITS {
            return Some(match at.checked_sub(1).filter(|_| at > from) {
                Some(before) if bytes[before] == 0 => (before, u16::from_be_bytes),
                _ => (at, u16::from_le_bytes),
            });
        }
        at += (2 * count).max(1);
    }
    None
}
