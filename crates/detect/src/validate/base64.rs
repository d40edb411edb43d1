//! Base64 of both alphabets (RFC 4648 §4 and §5), into a fixed buffer.

fn value(symbol: u8) -> Option<u8> {
    Some(match symbol {
        b'A'..=b'Z' => symbol - b'A',
        b'a'..=b'z' => symbol - b'a' + 26,
        b'0'..=b'9' => symbol - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

/// The first bytes that the text stands for, and how many there are: up to the
/// first outsider (padding is one), or as many as fit.
pub(super) fn prefix<const N: usize>(text: &[u8]) -> ([u8; N], usize) {
    let (mut bytes, mut length) = ([0; N], 0);
    let (mut bits, mut count) = (0_u32, 0);
    for six in text.iter().map_while(|symbol| value(*symbol)) {
        bits = (bits << 6 | u32::from(six)) & 0xFFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            let Some(slot) = bytes.get_mut(length) else {
                break;
            };
            *slot = (bits >> count) as u8;
            length += 1;
        }
    }
    (bytes, length)
}

/// Exactly `N` bytes, with right padding or none, and nothing in the spare bits.
pub(super) fn exact<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let symbols = (N * 8).div_ceil(6);
    let (body, padding) = text.split_at_checked(symbols)?;
    let spare = symbols * 6 - N * 8;
    let last = value(*body.last()?)?;
    let padded = padding.is_empty()
        || (padding.len() == (4 - symbols % 4) % 4 && padding.iter().all(|byte| *byte == b'='));
    let (bytes, length) = prefix::<N>(body);
    (padded && length == N && last & ((1 << spare) - 1) == 0).then_some(bytes)
}
