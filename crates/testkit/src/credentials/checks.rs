//! Values with a check digit or an inner structure.

mod sha256;

use crate::disguise::{base64, base64_url, crc32};
use crate::varied::{ALPHANUMERIC, DIGITS, HEX, varied};
use sha256::sha256;

/// The value of `{#name}`; `before` is what the spec gave so far.
///
/// # Panics
/// On a name that nobody defined: a mistake in a table.
pub(super) fn computed(name: &str, before: &str, seed: u64) -> String {
    match name {
        "crc" => checked_by_crc(seed),
        "jwt" => jwt(seed),
        "card" => card(before, seed),
        "iban" => iban(seed),
        "iban in groups" => groups_of_four(&iban(seed)),
        "wif" => base58check(&[&[0x80], &bytes(32, seed)[..], &[1]].concat()),
        "xprv" => {
            let head = [0x04, 0x88, 0xad, 0xe4, 3];
            let chain = bytes(40, seed);
            base58check(&[&head, &chain[..], &[0], &bytes(32, seed + 1)[..]].concat())
        }
        "pem" => pem(seed),
        "uuid" => uuid(seed),
        "userpass" => base64(format!("deploy:{}", varied(ALPHANUMERIC, 20, seed)).as_bytes()),
        other => panic!("no computed value {other:?}"),
    }
}

fn bytes(length: usize, seed: u64) -> Vec<u8> {
    varied(HEX, length * 2, seed)
        .as_bytes()
        .chunks(2)
        .filter_map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

/// Thirty characters and six of CRC-32 in base 62, as GitHub documents it.
fn checked_by_crc(seed: u64) -> String {
    const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let body = varied(ALPHANUMERIC, 30, seed);
    let mut rest = crc32(body.as_bytes());
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(rest % 62) as usize];
        rest /= 62;
    }
    body + &String::from_utf8_lossy(&digits)
}

fn jwt(seed: u64) -> String {
    let header = base64_url(br#"{"alg":"HS256","typ":"JWT"}"#);
    let subject = varied(DIGITS, 10, seed);
    let payload = format!("{{\"sub\":\"{subject}\",\"iat\":1900000000,\"admin\":true}}");
    let signature = base64_url(&bytes(32, seed));
    format!("{header}.{}.{signature}", base64_url(payload.as_bytes()))
}

/// Completes `before` to sixteen digits (fifteen after 34 and 37).
fn card(before: &str, seed: u64) -> String {
    let digits: String = before
        .chars()
        .rev()
        .take_while(char::is_ascii_digit)
        .collect();
    let head: String = digits.chars().rev().collect();
    let length = if head.starts_with("37") { 15 } else { 16 };
    let body = varied(DIGITS, length - 1 - head.len(), seed);
    let sum: u32 = format!("{head}{body}")
        .bytes()
        .rev()
        .enumerate()
        .map(
            |(place, digit)| match (place % 2, u32::from(digit - b'0')) {
                (0, value @ 5..) => value * 2 - 9,
                (0, value) => value * 2,
                (_, value) => value,
            },
        )
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

/// A German one: two check digits and eighteen digits (ISO 13616).
fn iban(seed: u64) -> String {
    let body = varied(DIGITS, 18, seed);
    let number: u32 = format!("{body}131400")
        .bytes()
        .fold(0, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
    format!("DE{:02}{body}", 98 - number)
}

fn groups_of_four(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(String::from_iter).collect();
    groups.join(" ")
}

fn uuid(seed: u64) -> String {
    let hex = varied(HEX, 32, seed);
    format!(
        "{}-{}-4{}-a{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..]
    )
}

/// The base64 of a DER sequence with an integer, a version and octets: the outline
/// of PKCS #8 (RFC 5208), in lines of 64.
fn pem(seed: u64) -> String {
    let algorithm = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70];
    let key = [&[0x04, 0x22, 0x04, 0x20], &bytes(32, seed)[..]].concat();
    let body = [&[0x02, 0x01, 0x00], &algorithm[..], &key[..]].concat();
    base64(&[&[0x30, body.len() as u8], &body[..]].concat())
}

fn base58check(payload: &[u8]) -> String {
    const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let check = sha256(&sha256(payload));
    let mut digits: Vec<u8> = Vec::new();
    for byte in payload.iter().chain(&check[..4]) {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += u32::from(*digit) << 8;
            *digit = (carry % 58) as u8;
            carry /= 58;
        }
        while carry > 0 {
            digits.push((carry % 58) as u8);
            carry /= 58;
        }
    }
    let letters = digits
        .iter()
        .rev()
        .map(|d| char::from(BASE58[usize::from(*d)]));
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_prefixes_are_those_of_the_formats() {
        assert_eq!(computed("crc", "", 7).len(), 36);
        assert_eq!(computed("iban", "", 7).len(), 22);
        assert!(matches!(
            computed("wif", "", 7).as_bytes(),
            [b'K' | b'L', ..]
        ));
        assert_eq!(computed("wif", "", 7).len(), 52);
        assert!(computed("xprv", "", 7).starts_with("xprv"));
        assert_eq!(computed("xprv", "", 7).len(), 111);
        assert_eq!(computed("card", "4", 7).len(), 15);
        assert_eq!(computed("uuid", "", 7).len(), 36);
    }

    #[test]
    fn the_hash_is_the_one_of_the_standard() {
        // FIPS 180-2, appendix B.1
        assert_eq!(sha256(b"abc")[..4], [0xba, 0x78, 0x16, 0xbf]);
    }
}
