//! Encodings of bytes.

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Base64 with padding (RFC 4648 §4).
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    let mut text = groups(bytes, 6, STANDARD);
    text.extend(std::iter::repeat_n('=', (4 - text.len() % 4) % 4));
    text
}

/// Base64url without padding (RFC 4648 §5).
#[must_use]
pub fn base64_url(bytes: &[u8]) -> String {
    groups(bytes, 6, URL_SAFE)
}

/// Base32 with padding (RFC 4648 §6).
#[must_use]
pub fn base32(bytes: &[u8]) -> String {
    let mut text = groups(bytes, 5, BASE32);
    text.extend(std::iter::repeat_n('=', (8 - text.len() % 8) % 8));
    text
}

/// The bits of the input in groups of `width`, each as a letter.
fn groups(bytes: &[u8], width: u32, alphabet: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / width as usize + 1);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= width {
            bits -= width;
            text.push(char::from(alphabet[(held >> bits) as usize]));
            held &= (1 << bits) - 1;
        }
    }
    if bits > 0 {
        text.push(char::from(alphabet[(held << (width - bits)) as usize]));
    }
    text
}

/// Lower-case hexadecimal digits with something between the bytes.
#[must_use]
pub fn hex(bytes: &[u8], between: &str) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(between)
}

/// Every byte percent-encoded.
#[must_use]
pub fn percent(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02X}")).collect()
}

/// Every character as a numeric character reference of HTML, decimal and
/// hexadecimal in turn.
#[must_use]
pub fn entities(text: &str) -> String {
    text.chars()
        .enumerate()
        .map(|(at, c)| {
            if at % 2 == 0 {
                format!("&#{};", u32::from(c))
            } else {
                format!("&#x{:x};", u32::from(c))
            }
        })
        .collect()
}

/// Every UTF-16 unit as `\uXXXX`.
#[must_use]
pub fn escapes(text: &str) -> String {
    text.encode_utf16()
        .map(|unit| format!("\\u{unit:04x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_follow_the_vectors_of_their_standard() {
        assert_eq!(base64(b"foobar"), "Zm9vYmFy");
        assert_eq!(base64(b"foob"), "Zm9vYg==");
        assert_eq!(base64_url(b"\xfb\xff\xfe!"), "-__-IQ");
        assert_eq!(base32(b"fooba"), "MZXW6YTB");
        assert_eq!(base32(b"foob"), "MZXW6YQ=");
        assert_eq!(hex(b"fo", ":"), "66:6f");
        assert_eq!(percent(b"a/"), "%61%2F");
        assert_eq!(entities("ab"), "&#97;&#x62;");
        assert_eq!(escapes("é𝄞"), "\\u00e9\\ud834\\udd1e");
    }
}
