#![allow(clippy::unwrap_used)]

use super::*;
use sha2::{Digest, Sha256};

#[test]
fn checksums_are_named_as_in_files() {
    for checksum in Checksum::ALL {
        assert_eq!(Checksum::parse(checksum.as_str()), Some(checksum));
    }
    assert_eq!(Checksum::parse("crc32"), None);
}

/// Unpadded base64, of the alphabet of URLs.
fn base64(bytes: &[u8]) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits: Vec<u8> = bytes
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1))
        .collect();
    bits.chunks(6)
        .map(|six| {
            let value = (0..6).fold(0, |n, at| n << 1 | six.get(at).copied().unwrap_or(0));
            char::from(alphabet[usize::from(value)])
        })
        .collect()
}

/// The standard alphabet with padding.
fn padded(bytes: &[u8]) -> String {
    let text = base64(bytes).replace('-', "+").replace('_', "/");
    let padding = (4 - text.len() % 4) % 4;
    text + &"=".repeat(padding)
}

fn proves(checksum: Checksum, text: &[u8]) -> bool {
    checksum.judge(text) == Verdict::Proven
}

fn check_all(checksum: Checksum, cases: &[(String, bool)]) {
    for (text, passes) in cases {
        assert_eq!(proves(checksum, text.as_bytes()), *passes, "{text}");
    }
    for text in [
        "", "=", ".", "_", "1", "-----", "a=", "\u{fffd}", "ey", "pypi-",
    ] {
        assert!(!proves(checksum, text.as_bytes()), "{text}");
    }
    assert!(!proves(checksum, &[0xff; 5000]));
    assert!(!proves(checksum, &[b'a'; 5000]));
    assert!(!proves(checksum, &[b'1'; 5000]));
}

#[test]
fn crc32_in_base62_is_found_wherever_the_vendors_put_it() {
    assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    // CBF43926 in base62, with capitals or small letters first.
    let (capitals, small) = (["3jZ", "RME"].concat(), ["3Jz", "rme"].concat());
    let body = "123456789";
    let of = |text: &str| {
        let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let mut sum = crc32(text.as_bytes()) as usize;
        let mut out = [b'0'; 6];
        for digit in out.iter_mut().rev() {
            *digit = digits[sum % 62];
            sum /= 62;
        }
        String::from_utf8(out.to_vec()).unwrap()
    };
    // A sum below 62^5 has a zero in front.
    let zero = (0..1000)
        .map(|n| format!("body{n}"))
        .find(|body| of(body).starts_with('0'))
        .unwrap();
    check_all(
        Checksum::Crc32Base62,
        &[
            (format!("gh_{body}{capitals}"), true),
            (format!("gh_{body}{small}"), true),
            (format!("token=gh_{body}{capitals}"), true),
            (format!("{body}{capitals}"), true),
            (format!("gh_{zero}{}", of(&zero)), true),
            (format!("gh_pat_first_{body}{capitals}"), true),
            (format!("github_pat_a_b{}", of("a_b")), true),
            (format!("github_pat_a_b{}", of("github_pat_a_b")), true),
            (format!("gh_{body}{}", &capitals[..5]), false),
            (format!("gh_{body}0{}", &capitals[..5]), false),
            (format!("gh_023456789{capitals}"), false),
            (format!("gh_{body}{}", "z".repeat(6)), false),
            (format!("gh_{}", "0".repeat(6)), false),
            ("0".repeat(6), false),
        ],
    );
}

#[test]
fn a_jwt_names_its_algorithm() {
    let with = |header: &str| format!("{}.{}.c2ln", base64(header.as_bytes()), base64(b"{}"));
    check_all(
        Checksum::Jwt,
        &[
            (with("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"), true),
            (with("{\"typ\":\"JWT\",\"alg\" : \"none\"}"), true),
            (format!("token={}", with("{\"alg\":\"HS256\"}")), true),
            (format!("Bearer {}", with("{\"alg\":\"HS256\"}")), true),
            (
                with(&format!(
                    "{{\"alg\":\"RS256\",\"kid\":\"{}\"}}",
                    "k".repeat(500)
                )),
                true,
            ),
            (with("{\"alg\":1}"), false),
            (with("{\"alg\"}"), false),
            (with("{\"typ\":\"JWT\"}"), false),
            (with("{\"alg\":\"HS256\""), false),
            (with("x\"alg\":\"HS256\"}"), false),
            (with("{\"alg\":\"HS\u{e9}\"}"), false),
            (
                format!(
                    "ey{}.ey{}.{}",
                    "a".repeat(20),
                    "b".repeat(20),
                    "c".repeat(20)
                ),
                false,
            ),
        ],
    );
}

#[test]
fn a_pem_body_begins_like_a_key() {
    let pem = |bytes: &[u8]| {
        let name = "PRIVATE KEY";
        let body = padded(bytes);
        format!("-----BEGIN {name}-----\n{body}\n-----END {name}-----")
    };
    let filled = |start: &[u8]| {
        let mut bytes = start.to_vec();
        bytes.resize(48, 7);
        pem(&bytes)
    };
    check_all(
        Checksum::Pem,
        &[
            (filled(&[0x30, 0x82, 4, 0xbe, 2, 1, 0]), true),
            (filled(&[0x30, 0x81, 0x87, 2, 1, 0]), true),
            (filled(&[0x30, 0x77, 2, 1, 1]), true),
            (filled(&[0x30, 0x2e, 2, 1, 0]), true),
            (filled(&[0x30, 0x82, 5, 0, 0x30, 0x4e]), true),
            (filled(b"openssh-key-v1\0"), true),
            (filled(&[0x95, 3, 0xbe, 4]), true),
            (filled(&[0x94, 0x58, 4]), true),
            (filled(&[0xc5, 0x58, 6]), true),
            (filled(&[0xc5, 0xc2, 0x58, 4]), true),
            (
                filled(&[0x30, 0x82, 4, 0xbe, 2, 1, 0]).replace('\n', "\\n"),
                true,
            ),
            // Lengths in a longer form than need be, other tags and versions.
            (filled(&[0x30, 0x82, 0, 0xbe, 2, 1, 0]), false),
            (filled(&[0x30, 0x81, 0x20, 2, 1, 0]), false),
            (filled(&[0x30, 0x82, 4, 0xbe, 4, 1, 0]), false),
            (filled(&[0x30, 0x82, 4, 0xbe, 2, 1, 9]), false),
            (filled(&[0x31, 0x82, 4, 0xbe, 2, 1, 0]), false),
            (filled(&[0x95, 3, 0xbe, 9]), false),
            (filled(b"openssh"), false),
            (filled(b"just some text"), false),
            ("-----BEGIN PRIVATE KEY-----".to_owned(), false),
            ("-----BEGIN PRIVATE KEY-----\nMIIE".to_owned(), false),
        ],
    );
}

fn base58check(payload: &[u8]) -> String {
    let mut bytes = payload.to_vec();
    bytes.extend(&Sha256::digest(Sha256::digest(payload))[..4]);
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

#[test]
fn base58_carries_its_checksum() {
    // Version of an extended private key (BIP-32).
    let mut extended = vec![0x04, 0x88, 0xad, 0xe4];
    extended.resize(78, 9);
    let extended = base58check(&extended);
    assert!(extended.starts_with("xprv") && extended.len() == 111);
    let mut spoiled = extended.clone();
    spoiled.pop();
    spoiled.push(if extended.ends_with('z') { 'y' } else { 'z' });
    check_all(
        Checksum::Base58Check,
        &[
            (extended.clone(), true),
            (format!("key: {extended}"), true),
            (format!("\"{extended}\""), true),
            (base58check(&[0x80; 33]), true),
            (base58check(&[9; 100]), true),
            (base58check(&[9; 109]), false),
            (base58check(&[9; 8]), false),
            (spoiled, false),
            (format!("{extended}2"), false),
        ],
    );
}

#[test]
fn bech32_carries_one_of_two_checksums() {
    // From BIP-173 and BIP-350.
    check_all(
        Checksum::Bech32,
        &[
            ("A12UEL5L".to_owned(), true),
            ("a12uel5l".to_owned(), true),
            ("A1LQFN3A".to_owned(), true),
            ("a1lqfn3a".to_owned(), true),
            ("key=a12uel5l".to_owned(), true),
            (
                "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw".to_owned(),
                true,
            ),
            (
                "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx".to_owned(),
                true,
            ),
            (
                "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w".to_owned(),
                true,
            ),
            (
                "split1checkupstagehandshakeupstreamerranterredcaperredlc445v".to_owned(),
                true,
            ),
            ("A12uel5l".to_owned(), false),
            ("a12uel5m".to_owned(), false),
            ("A1G7SGD8".to_owned(), false),
            ("10a06t8".to_owned(), false),
            ("1qzzfhee".to_owned(), false),
            ("pzry9x0s0muk".to_owned(), false),
            ("1pzry9x0s0muk".to_owned(), false),
            ("x1b4n0q5v".to_owned(), false),
            ("li1dgmt3".to_owned(), false),
        ],
    );
}

#[test]
fn a_macaroon_says_where_it_belongs() {
    let with = |location: &[u8], length: usize| {
        let mut bytes = vec![2, 1, u8::try_from(length).unwrap()];
        bytes.extend(location);
        // An identifier and a signature.
        bytes.extend([2, 48]);
        bytes.extend(0..48);
        format!("pypi-{}", base64(&bytes))
    };
    check_all(
        Checksum::Macaroon,
        &[
            (with(b"pypi.org", 8), true),
            (with(b"test.pypi.org", 13), true),
            (format!("password = {}", with(b"pypi.org", 8)), true),
            (with(b"pypi.org", 8).replace("pypi-", ""), true),
            (with(b"pypi.com", 8), false),
            (with(b"pypi.org", 9), false),
            (with(b"pypi.org", 200), false),
            (format!("pypi-{}", "a".repeat(40)), false),
        ],
    );
}

#[test]
fn base64_of_32_bytes_has_its_length_and_no_spare_bits() {
    let key: Vec<u8> = (0..32_u8).map(|at| at.wrapping_mul(37)).collect();
    let text = padded(&key);
    let last = text.len() - 2;
    let mut spare = text.clone();
    let next = char::from(spare.as_bytes()[last] + 1).to_string();
    spare.replace_range(last..=last, &next);
    check_all(
        Checksum::Base64Of32,
        &[
            (text.clone(), true),
            (text.trim_end_matches('=').to_owned(), true),
            (base64(&key), true),
            (format!("PrivateKey = {text}"), true),
            (format!("PrivateKey={text}"), true),
            (spare, false),
            (format!("{text}="), false),
            (padded(&key[..31]), false),
            (padded(&[key.clone(), vec![1]].concat()), false),
            (padded(&[7; 32]), false),
        ],
    );
}

#[test]
fn what_the_vendor_issues_in_another_way_is_refuted() {
    let (half, body) = ("k".repeat(22), "AgEIcHlwaS5vcmc");
    let fine = |length| format!("github_pat_{half}_{}", "k".repeat(length));
    let macaroon = |length| format!("pypi-{body}{}", "k".repeat(length));
    let cases = [
        (Checksum::Crc32Base62, fine(59), Verdict::Open),
        (Checksum::Crc32Base62, fine(58), Verdict::Cut),
        (Checksum::Crc32Base62, fine(40), Verdict::Open),
        (
            Checksum::Crc32Base62,
            format!("github_pat_{}", "k".repeat(81)),
            Verdict::Cut,
        ),
        (
            Checksum::Crc32Base62,
            format!("github_pat_{}", "k".repeat(60)),
            Verdict::Open,
        ),
        (Checksum::Macaroon, macaroon(52), Verdict::Proven),
        (Checksum::Macaroon, macaroon(51), Verdict::Cut),
        (
            Checksum::Macaroon,
            format!("pypi-{}", "k".repeat(40)),
            Verdict::Open,
        ),
        (Checksum::AwsId, "id=ASIAQ7Q7".to_owned(), Verdict::Open),
        (Checksum::AwsId, "id=asiaq7q7".to_owned(), Verdict::Open),
        (Checksum::AwsId, "ASIAPACIFIC".to_owned(), Verdict::Open),
        (Checksum::AwsId, "asiapacific".to_owned(), Verdict::Refuted),
        (
            Checksum::Databricks,
            format!("dapi{}", "0f".repeat(16)),
            Verdict::Open,
        ),
        (
            Checksum::Databricks,
            format!("dapi{}0", "0f".repeat(15)),
            Verdict::Cut,
        ),
        (
            Checksum::Databricks,
            format!("dapi{}", "gh".repeat(40)),
            Verdict::Refuted,
        ),
        (
            Checksum::parse("length:10").unwrap(),
            "acme_1234".to_owned(),
            Verdict::Cut,
        ),
        (
            Checksum::parse("length:10").unwrap(),
            "acme_12345".to_owned(),
            Verdict::Open,
        ),
    ];
    for (checksum, text, verdict) in cases {
        assert_eq!(checksum.judge(text.as_bytes()), verdict, "{text}");
    }
}
