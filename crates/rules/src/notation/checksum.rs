//! Computed examples: check digits and encodings.

use super::NotationError;
use sha2::{Digest, Sha256};

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Appends the check digit of ISO/IEC 7812-1; blanks and dashes are kept.
pub(super) fn luhn(text: &str) -> Result<String, NotationError> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    if digits.is_empty() {
        return Err(NotationError::Argument("luhn"));
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| match (place % 2, digit) {
            (0, 5..) => digit * 2 - 9,
            (0, _) => digit * 2,
            _ => digit,
        })
        .sum();
    Ok(format!("{text}{}", (10 - sum % 10) % 10))
}

/// `CC:bban` with the check digits of ISO 13616-1.
pub(super) fn iban(argument: &str) -> Result<String, NotationError> {
    numbered(argument, 0)
}

/// The same with check digits that are one too high.
pub(super) fn wrong_iban(argument: &str) -> Result<String, NotationError> {
    numbered(argument, 1)
}

fn numbered(argument: &str, added: u32) -> Result<String, NotationError> {
    let wrong = NotationError::Argument("iban");
    let (country, bban) = argument.split_once(':').ok_or(wrong)?;
    if country.len() != 2
        || !argument
            .bytes()
            .all(|b| b == b':' || b.is_ascii_alphanumeric())
    {
        return Err(wrong);
    }
    let remainder = [bban, country, "00"]
        .concat()
        .chars()
        .filter_map(|c| c.to_digit(36))
        .fold(0, |rest, value| {
            (rest * if value < 10 { 10 } else { 100 } + value) % 97
        });
    Ok(format!("{country}{:02}{bban}", 98 - remainder + added))
}

/// Bytes in hexadecimal, with their checksum, in base58.
pub(super) fn base58check(hex: &str) -> Result<String, NotationError> {
    let wrong = NotationError::Argument("base58check");
    if !hex.len().is_multiple_of(2) || hex.len() > 256 || !hex.is_ascii() {
        return Err(wrong);
    }
    let mut bytes = (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).map_err(|_| wrong))
        .collect::<Result<Vec<u8>, _>>()?;
    let sum = Sha256::digest(Sha256::digest(&bytes));
    bytes.extend_from_slice(&sum[..4]);
    Ok(base58(&bytes))
}

/// Appends the CRC-32 of what follows the last underscore, in six digits of base62.
pub(super) fn crc32(text: &str) -> Result<String, NotationError> {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let body = text.rsplit('_').next().unwrap_or_default();
    if body.is_empty() {
        return Err(NotationError::Argument("crc32"));
    }
    let mut sum = !body.bytes().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| {
            (sum >> 1) ^ if sum & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    });
    let mut digits = [0; 6];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(sum % 62) as usize];
        sum /= 62;
    }
    Ok(digits.iter().fold(text.to_owned(), |mut token, digit| {
        token.push(char::from(*digit));
        token
    }))
}

fn base58(bytes: &[u8]) -> String {
    // Least significant digit first.
    let mut digits: Vec<u8> = Vec::new();
    for &byte in bytes {
        let mut carry = u32::from(byte);
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
    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
    let lead = std::iter::repeat_n(0, zeros);
    lead.chain(digits.into_iter().rev())
        .map(|digit| char::from(BASE58[usize::from(digit)]))
        .collect()
}

/// Exchanges the last character for another of its class.
pub(super) fn changed(text: &str) -> Result<String, NotationError> {
    let mut text = text.to_owned();
    let other = match text.pop() {
        Some('0'..='8') => '9',
        Some('9') => '8',
        Some('a'..='y') => 'z',
        Some('z') => 'y',
        Some('A'..='Y') => 'Z',
        Some('Z') => 'Y',
        _ => return Err(NotationError::Argument("changed")),
    };
    text.push(other);
    Ok(text)
}
