#![allow(clippy::unwrap_used)]

use super::*;
use sha2::{Digest, Sha256};

fn with_luhn(body: &str) -> String {
    (0..10)
        .map(|digit| format!("{body}{digit}"))
        .find(|number| {
            let sum: u32 = number
                .bytes()
                .rev()
                .filter(u8::is_ascii_digit)
                .enumerate()
                .map(|(index, digit)| {
                    let digit = u32::from(digit - b'0') * if index % 2 == 1 { 2 } else { 1 };
                    digit / 10 + digit % 10
                })
                .sum();
            sum.is_multiple_of(10)
        })
        .unwrap()
}

/// Country, check digits and account; `add` spoils the check digits.
fn iban(country: &str, account: &str, add: u32) -> String {
    let digits: String = format!("{account}{country}00")
        .chars()
        .map(|letter| letter.to_digit(36).unwrap().to_string())
        .collect();
    let rest = digits
        .bytes()
        .fold(0, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
    format!("{country}{:02}{account}", 98 - rest + add)
}

fn base58check(payload: &[u8]) -> String {
    let mut bytes = payload.to_vec();
    bytes.extend_from_slice(&Sha256::digest(Sha256::digest(payload))[..4]);
    let alphabet: Vec<char> = ('1'..='9')
        .chain('A'..='Z')
        .chain('a'..='z')
        .filter(|c| !"IOl".contains(*c))
        .collect();
    let mut out = Vec::new();
    while bytes.iter().any(|byte| *byte > 0) {
        let mut rest = 0_u32;
        for byte in &mut bytes {
            let value = rest * 256 + u32::from(*byte);
            *byte = u8::try_from(value / 58).unwrap();
            rest = value % 58;
        }
        out.push(alphabet[rest as usize]);
    }
    out.iter().rev().collect()
}

fn wif(version: u8, fill: u8, suffix: &[u8]) -> String {
    let mut payload = vec![version];
    payload.extend([fill; 32]);
    payload.extend(suffix);
    base58check(&payload)
}

#[test]
fn luhn_takes_issued_cards_and_nothing_else() {
    let cases = [
        (format!("4{}", "1".repeat(15)), true),
        (with_luhn(&format!("51{}", "0".repeat(13))), true),
        (with_luhn("3400-000000-0000"), true),
        (with_luhn(&format!("3530{}", "0".repeat(11))), true),
        (with_luhn(&format!("6011{}", "0".repeat(14))), true),
        (with_luhn(&format!("2221{}", "0".repeat(11))), true),
        (format!("4{}2", "1".repeat(14)), false),
        (with_luhn(&format!("90{}", "0".repeat(13))), false),
        (format!("4{}", "1".repeat(13)), false),
        (with_luhn(&format!("4{}", "0".repeat(15))), false), // 17 digits
        ("0".repeat(20), false),
        (String::new(), false),
    ];
    for (text, valid) in cases {
        assert_eq!(Validator::Luhn.check(text.as_bytes()), valid, "{text}");
    }
}

#[test]
fn mod97_takes_registered_countries_with_their_length() {
    let cases = [
        (iban("DE", &"1".repeat(18), 0), true),
        (iban("NO", &"2".repeat(11), 0), true),
        (iban("GB", &format!("WEST{}", "3".repeat(14)), 0), true),
        (
            iban(
                "GB",
                &format!("WEST {} -{}", "3".repeat(7), "3".repeat(7)).replace([' ', '-'], ""),
                0,
            ),
            true,
        ),
        (iban("XK", &"4".repeat(16), 0), true),
        (iban("DE", &"1".repeat(18), 1), false),
        (iban("DE", &"1".repeat(17), 0), false),
        (iban("ZZ", &"1".repeat(18), 0), false),
        (String::new(), false),
        ("DE".into(), false),
    ];
    for (text, valid) in cases {
        assert_eq!(Validator::Mod97.check(text.as_bytes()), valid, "{text}");
        assert_eq!(
            Validator::Mod97.check(text.to_ascii_lowercase().as_bytes()),
            valid,
            "{text}"
        );
    }
    let spaced: String = iban("DE", &"1".repeat(18), 0)
        .chars()
        .flat_map(|c| [c, ' '])
        .collect();
    assert!(Validator::Mod97.check(spaced.as_bytes()));
}

#[test]
fn aba_checks_length_district_and_sum() {
    let cases = [
        ("0".repeat(9), true),
        (format!("{}8", "1".repeat(8)), true),
        (format!("{}8", "1".repeat(7)), false),
        (format!("21{}7", "0".repeat(6)), true),
        (format!("{}9", "1".repeat(8)), false),
        (format!("13{}6", "0".repeat(6)), false),
        ("0".repeat(8), false),
    ];
    for (text, valid) in cases {
        assert_eq!(Validator::Aba.check(text.as_bytes()), valid, "{text}");
    }
}

#[test]
fn wif_takes_main_network_keys_with_their_checksum() {
    let good = wif(0x80, 0x11, &[]);
    let mut spoiled = good.clone();
    let last = spoiled.pop().unwrap();
    spoiled.push(if last == 'a' { 'b' } else { 'a' });
    let cases = [
        (good, true),
        (wif(0x80, 0x22, &[1]), true),
        (wif(0x80, 0x77, &[1]), true),
        (spoiled, false),
        (wif(0x80, 0x22, &[2]), false),
        (wif(0xEF, 0x11, &[]), false),
        (format!("5{}", "H".repeat(50)), false),
        (String::new(), false),
        ("z".repeat(96), false),
    ];
    for (text, valid) in cases {
        assert_eq!(Validator::Wif.check(text.as_bytes()), valid, "{text}");
    }
}

#[test]
fn validators_are_named_as_in_files() {
    for validator in [
        Validator::Luhn,
        Validator::Mod97,
        Validator::Aba,
        Validator::Wif,
        Validator::Random,
    ] {
        assert_eq!(Validator::parse(validator.as_str()), Some(validator));
    }
    assert_eq!(Validator::parse("LUHN"), None);
}
