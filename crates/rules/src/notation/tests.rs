#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn examples_stand_for_what_the_table_says() {
    let cases = [
        ("plain", "plain"),
        ("a{x*3}b", "axxxb"),
        ("{-*5}BEGIN", "-----BEGIN"),
        ("{{01*2}x*2}", "0101x0101x"),
        ("{x*0}", ""),
        ("{/*4}", "////"),
        ("{**2}", "**"),
        ("{luhn:7992739871}", "79927398713"),
        ("{luhn:4{1*14}}", "4111111111111111"),
        ("{iban:DE:370400440532013000}", "DE89370400440532013000"),
        ("{iban+1:DE:370400440532013000}", "DE90370400440532013000"),
        ("{iban:GB:WEST12345698765432}", "GB82WEST12345698765432"),
        ("{base58check:00}", "1Wh4bh"),
        ("{changed:ab1}", "ab9"),
        // CRC-32 of "123456789" is CBF43926.
        ("{crc32:x_123456789}", "x_1234567893jZRME"),
        ("{random:hex:0}", ""),
        ("{changed:{luhn:7992739871}}", "79927398719"),
    ];
    for (example, text) in cases {
        assert_eq!(expand(example).unwrap(), text, "{example}");
    }
}

#[test]
fn a_wallet_key_has_the_prefix_and_length_of_its_format() {
    for (example, first, length) in [
        ("{base58check:80{11*32}}", "5", 51),
        ("{base58check:80{22*32}01}", "K", 52),
    ] {
        let key = expand(example).unwrap();
        assert!(key.starts_with(first) && key.len() == length, "{example}");
    }
}

#[test]
fn other_braces_stand_for_themselves() {
    for text in [
        "{\"type\": \"x\"}",
        "{GODMODE: ON}",
        "${NAME}",
        "{",
        "}{",
        "{{{",
        "{a*}",
        "{*b}",
    ] {
        assert_eq!(expand(text).unwrap(), text);
    }
}

#[test]
fn bad_arguments_and_endless_texts_are_refused() {
    let cases = [
        ("{luhn:x}", NotationError::Argument("luhn")),
        ("{iban:DEU:1}", NotationError::Argument("iban")),
        ("{iban:1}", NotationError::Argument("iban")),
        ("{base58check:8}", NotationError::Argument("base58check")),
        ("{base58check:zz}", NotationError::Argument("base58check")),
        ("{changed:}", NotationError::Argument("changed")),
        ("{x*99999999999999999999999}", NotationError::TooLong),
        ("{{x*60000}*60000}", NotationError::TooLong),
        ("{x*60000}{x*60000}", NotationError::TooLong),
    ];
    for (example, error) in cases {
        assert_eq!(expand(example), Err(error), "{example}");
    }
    assert_eq!(expand(&"{".repeat(5000)), Err(NotationError::TooLong));
}

#[test]
fn drawn_values_have_their_alphabet_and_are_always_the_same() {
    for (kind, symbols) in [
        ("hex", 16),
        ("base32", 32),
        ("base58", 58),
        ("base62", 62),
        ("base64", 64),
    ] {
        let example = format!("{{random:{kind}:2000}}");
        let text = expand(&example).unwrap();
        let mut seen: Vec<_> = text.bytes().collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!((text.len(), seen.len()), (2000, symbols), "{kind}");
        assert_eq!(expand(&example).unwrap(), text);
    }
    for wrong in [
        "{random:words:5}",
        "{random:hex:x}",
        "{random:hex}",
        "{random:hex:4097}",
        "{crc32:}",
    ] {
        assert!(expand(wrong).is_err(), "{wrong}");
    }
}
