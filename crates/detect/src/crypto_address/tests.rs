#![allow(clippy::unwrap_used)]

use super::*;
use crate::validate::bech32::Variant;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

/// A version, a hash and their checksum.
fn base58check(version: u8, fill: u8) -> String {
    let mut bytes = vec![version];
    bytes.extend([fill; 20]);
    let sum = Sha256::digest(Sha256::digest(&bytes));
    bytes.extend(&sum[..4]);
    base58(&bytes)
}

fn base58(bytes: &[u8]) -> String {
    let alphabet: Vec<char> = ('1'..='9')
        .chain('A'..='Z')
        .chain('a'..='z')
        .filter(|c| !"IOl".contains(*c))
        .collect();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let mut bytes = bytes.to_vec();
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
    out.extend(std::iter::repeat_n('1', zeros));
    out.iter().rev().collect()
}

/// The symbols of BIP-173, by the checksum of that document or of BIP-350.
fn bech32(hrp: &str, version: Option<u8>, program: &[u8], variant: Variant) -> String {
    let mut symbols: Vec<u8> = version.into_iter().collect();
    let (mut bits, mut count) = (0_u32, 0);
    for byte in program {
        bits = bits << 8 | u32::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            symbols.push((bits >> count & 31) as u8);
        }
    }
    if count > 0 {
        symbols.push((bits << (5 - count) & 31) as u8);
    }
    let step = |sum: u32, value: u8| {
        let words = [
            0x3b6a57b2_u32,
            0x26508e6d,
            0x1ea119fa,
            0x3d4233dd,
            0x2a1462b3,
        ];
        let shifted = (sum & 0x1ffffff) << 5 ^ u32::from(value);
        (0..5).fold(shifted, |all, bit| {
            if sum >> 25 >> bit & 1 == 1 {
                all ^ words[bit]
            } else {
                all
            }
        })
    };
    let mut sum = hrp.bytes().fold(1, |sum, byte| step(sum, byte >> 5));
    sum = hrp
        .bytes()
        .fold(step(sum, 0), |sum, byte| step(sum, byte & 31));
    sum = symbols
        .iter()
        .chain(&[0; 6])
        .fold(sum, |sum, symbol| step(sum, *symbol));
    sum ^= if variant == Variant::Bech32 {
        1
    } else {
        0x2bc830a3
    };
    symbols.extend((0..6).map(|at| (sum >> (5 * (5 - at)) & 31) as u8));
    let letters = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let data: String = symbols
        .iter()
        .map(|symbol| char::from(letters[usize::from(*symbol)]))
        .collect();
    format!("{hrp}1{data}")
}

fn book(allowed: &[&str]) -> AddressBook {
    AddressBook::new(AddressConfig {
        chains: Chains::of(&Chain::ALL),
        allowed: allowed.iter().map(|text| (*text).to_owned()).collect(),
        ..AddressConfig::default()
    })
}

fn chains(text: &str) -> Vec<Chain> {
    book(&[])
        .check(text.as_bytes())
        .hits
        .iter()
        .map(|hit| hit.chain)
        .collect()
}

fn eth(digits: &str) -> String {
    format!("0x{digits}")
}

#[test]
fn addresses_of_every_chain_are_recognised() {
    use Variant::{Bech32, Bech32m};
    let cases = [
        (eth(&"a".repeat(40)), Chain::Eth),
        (eth(&"0f".repeat(20)).to_uppercase(), Chain::Eth),
        (base58check(0, 0x11), Chain::Btc),
        (base58check(0, 0), Chain::Btc),
        (base58check(5, 0x22), Chain::Btc),
        (
            ["1A1zP1eP5QGefi2D", "MPTfTL5SLmv7DivfNa"].concat(),
            Chain::Btc,
        ),
        // BIP-173 and BIP-350.
        (
            ["BC1QW508D6QEJXTDG4Y5", "R3ZARVARY0C5XW7KV8F3T4"].concat(),
            Chain::Btc,
        ),
        (
            [
                "bc1p0xlxvlhemja6c4dqv22uapctqupf",
                "hlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            ]
            .concat(),
            Chain::Btc,
        ),
        (bech32("bc", Some(0), &[7; 20], Bech32), Chain::Btc),
        (bech32("bc", Some(0), &[7; 32], Bech32), Chain::Btc),
        (bech32("bc", Some(1), &[7; 32], Bech32m), Chain::Btc),
        (bech32("bc", Some(16), &[7; 2], Bech32m), Chain::Btc),
        (bech32("bnb", None, &[9; 20], Bech32), Chain::Bnb),
        (bech32("ltc", Some(0), &[9; 20], Bech32), Chain::Ltc),
        (bech32("cosmos", None, &[9; 20], Bech32), Chain::Cosmos),
        (bech32("osmo", None, &[9; 32], Bech32), Chain::Cosmos),
        (base58check(0x30, 3), Chain::Ltc),
        (base58check(0x32, 3), Chain::Ltc),
        (base58check(0x1e, 3), Chain::Doge),
        (base58check(0x16, 3), Chain::Doge),
        (base58check(0x41, 3), Chain::Tron),
        (base58(&[0x5a; 32]), Chain::Sol),
        (base58(&[0; 32]), Chain::Sol),
    ];
    for (address, chain) in cases {
        // The shortest program makes an address that is too short to be looked for.
        let expected: &[Chain] = if address.len() < 25 { &[] } else { &[chain] };
        for text in [
            address.clone(),
            format!("pay to <{address}>, please"),
            format!("a:{address}?amount=1"),
        ] {
            assert_eq!(chains(&text), expected, "{text}");
        }
    }
}

#[test]
fn what_is_no_address_passes() {
    use Variant::{Bech32, Bech32m};
    let mut spoiled = base58check(0, 0x11);
    spoiled.replace_range(9..10, if &spoiled[9..10] == "2" { "3" } else { "2" });
    let mixed = bech32("bc", Some(0), &[7; 20], Bech32);
    let mixed = format!("{}{}", &mixed[..20], mixed[20..].to_uppercase());
    let cases = [
        eth(&"a".repeat(39)),
        eth(&"a".repeat(41)),
        eth(&"g".repeat(40)),
        "a".repeat(40),
        format!("x{}", eth(&"a".repeat(40))),
        format!("_{}", eth(&"a".repeat(40))),
        format!("{}_", eth(&"a".repeat(40))),
        spoiled,
        mixed,
        base58check(0x6f, 1),
        bech32("tb", Some(0), &[7; 20], Bech32),
        bech32("bc", Some(0), &[7; 20], Bech32m),
        bech32("bc", Some(0), &[7; 21], Bech32),
        bech32("bc", Some(1), &[7; 32], Bech32),
        bech32("bc", Some(1), &[7; 20], Bech32m),
        bech32("bc", Some(17), &[7; 32], Bech32m),
        bech32("bc", Some(2), &[7; 41], Bech32m),
        bech32("bnb", None, &[9; 21], Bech32),
        bech32("cosmos", None, &[9; 20], Bech32m),
        base58(&[0x5a; 31]),
        base58(&[0x5a; 33]),
        String::new(),
        "https://h.test/a/long-path/with/some-Words/index.html".to_owned(),
    ];
    for text in &cases {
        assert!(chains(text).is_empty(), "{text}: {:?}", chains(text));
    }
}

#[test]
fn only_chains_that_are_on_are_looked_for() {
    let text = format!("{} {}", eth(&"a".repeat(40)), base58(&[0x5a; 32]));
    let count = |chains: Chains| {
        let config = AddressConfig {
            chains,
            ..AddressConfig::default()
        };
        AddressBook::new(config).check(text.as_bytes()).hits.len()
    };
    assert_eq!(count(Chains::default()), 1);
    assert_eq!(count(Chains::default().with(Chain::Sol)), 2);
    assert_eq!(count(Chains::of(&[Chain::Sol])), 1);
    assert_eq!(count(Chains::NONE), 0);
    assert!(Chains::NONE.is_empty() && !Chains::default().is_empty());
}

#[test]
fn verdicts_are_those_of_the_specification() {
    use AddressVerdict::{Lookalike, Unknown};
    let allowed = eth(&"a".repeat(40));
    let book = book(&[&allowed]);
    let near = eth(&format!("aaaa{}aaaa", "b".repeat(32)));
    let cases = [
        (near.clone(), Some(Lookalike)),
        (near.to_uppercase(), Some(Lookalike)),
        (eth(&"A".repeat(40)), None),
        (allowed.to_uppercase(), None),
        (eth(&format!("aaab{}aaaa", "b".repeat(32))), Some(Unknown)),
        (eth(&format!("aaaa{}baaa", "b".repeat(32))), Some(Unknown)),
        (eth(&"c".repeat(40)), Some(Unknown)),
        // Five places of forty differ, at the ends.
        (eth(&format!("bb{}bbb", "a".repeat(35))), Some(Lookalike)),
        (eth(&format!("bbb{}bbb", "a".repeat(34))), Some(Unknown)),
        (eth(&"a".repeat(39)), None),
        (base58check(0, 0x11), None),
    ];
    for (text, verdict) in cases {
        let report = book.check(text.as_bytes());
        let found: Vec<_> = report
            .findings
            .iter()
            .map(|finding| finding.verdict)
            .collect();
        assert_eq!(found, verdict.into_iter().collect::<Vec<_>>(), "{text}");
        let action = match verdict {
            Some(Lookalike) => Action::Block,
            _ => Action::Allow,
        };
        assert_eq!(report.action, action, "{text}");
    }
}

#[test]
fn without_an_allowed_address_of_the_chain_there_are_only_hits() {
    let text = eth(&"a".repeat(40));
    for allowed in [vec![], vec![base58check(0, 0x11)]] {
        let allowed: Vec<&str> = allowed.iter().map(String::as_str).collect();
        let report = book(&allowed).check(text.as_bytes());
        assert_eq!((report.hits.len(), report.findings.len()), (1, 0));
    }
}

#[test]
fn the_strictest_action_wins_and_lengths_are_settings() {
    let allowed = eth(&"a".repeat(40));
    let config = |prefix_length, suffix_length, action, unknown_action| AddressConfig {
        allowed: vec![allowed.clone()],
        prefix_length,
        suffix_length,
        action,
        unknown_action,
        ..AddressConfig::default()
    };
    let near = eth(&format!("aaaa{}aaa", "b".repeat(33)));
    let far = eth(&"c".repeat(40));
    let text = format!("{near} {far} {allowed}");
    let cases = [
        (4, 3, Action::Block, Action::Allow, [0, 1], Action::Block),
        (4, 3, Action::Warn, Action::Allow, [0, 1], Action::Warn),
        (4, 3, Action::Warn, Action::Block, [0, 1], Action::Block),
        (4, 4, Action::Block, Action::Warn, [1, 1], Action::Warn),
        (5, 3, Action::Block, Action::Allow, [1, 1], Action::Allow),
        // The ends would be the whole key.
        (20, 20, Action::Block, Action::Allow, [1, 1], Action::Allow),
        (
            usize::MAX,
            1,
            Action::Block,
            Action::Allow,
            [1, 1],
            Action::Allow,
        ),
    ];
    for (prefix, suffix, action, unknown, verdicts, strictest) in cases {
        let report =
            AddressBook::new(config(prefix, suffix, action, unknown)).check(text.as_bytes());
        let found: Vec<_> = report
            .findings
            .iter()
            .map(|finding| finding.verdict.number())
            .collect();
        assert_eq!(found, verdicts, "{prefix} {suffix}");
        assert_eq!(report.action, strictest, "{prefix} {suffix}");
    }
}

#[test]
fn the_address_that_is_most_alike_is_named() {
    let far = eth(&"c".repeat(40));
    let known = eth(&format!("abcdef{}123456", "0".repeat(28)));
    let report = book(&[&far, &known, &far])
        .check(eth(&format!("abcdef{}123456", "7".repeat(28))).as_bytes());
    let finding = &report.findings[0];
    assert_eq!(finding.matched.as_deref(), Some("0xabcdef...123456"));
    assert!(
        finding.explanation.contains("first 6 and the last 6"),
        "{}",
        finding.explanation
    );
    assert!(
        finding.explanation.contains("28 differ"),
        "{}",
        finding.explanation
    );
    // Three and three are worth a word, and no verdict.
    let report = book(&[&known]).check(eth(&format!("abc{}456", "7".repeat(34))).as_bytes());
    assert_eq!(report.findings[0].verdict, AddressVerdict::Unknown);
    assert!(report.findings[0].matched.is_some());
    let report = book(&[&known]).check(eth(&format!("ab{}456", "7".repeat(35))).as_bytes());
    assert_eq!(report.findings[0].matched, None);
}

#[test]
fn normal_forms_keys_and_short_forms_are_those_of_the_table() {
    let segwit = bech32("bc", Some(0), &[7; 20], Variant::Bech32);
    let cases = [
        (eth(&"AB".repeat(20)), eth(&"ab".repeat(20)), 2),
        (segwit.to_uppercase(), segwit.clone(), 3),
        (base58check(0, 0x11), base58check(0, 0x11), 0),
        (base58(&[0x5a; 32]), base58(&[0x5a; 32]), 0),
        (
            bech32("bnb", None, &[9; 20], Variant::Bech32),
            bech32("bnb", None, &[9; 20], Variant::Bech32),
            4,
        ),
    ];
    for (text, normal, prefix) in cases {
        let hit = book(&[])
            .check(format!("-{text}-").as_bytes())
            .hits
            .remove(0);
        assert_eq!(hit.normalized, normal);
        assert_eq!(hit.key(), &normal[prefix..]);
        assert_eq!(hit.span, 1..1 + text.len());
        let key = hit.key();
        let short = format!(
            "{}{}...{}",
            &normal[..prefix],
            &key[..6],
            &key[key.len() - 6..]
        );
        assert_eq!(hit.short(), short);
    }
}

#[test]
fn capitals_are_checked_where_they_are_mixed() {
    // From ERC-55.
    let right = ["0x5aAeb6053F3E94C9b9A0", "9f33669435E7Ef1BeAed"].concat();
    let wrong = right.replace("5aAeb", "5aaeb");
    let casing = |text: &str| book(&[]).check(text.as_bytes()).hits[0].casing;
    assert_eq!(casing(&right), Casing::Right);
    assert_eq!(casing(&wrong), Casing::Wrong);
    assert_eq!(casing(&right.to_lowercase()), Casing::Plain);
    let report = book(&[&eth(&"c".repeat(40))]).check(wrong.as_bytes());
    assert!(report.findings[0].explanation.contains("capitals"));
}

#[test]
fn allowed_entries_that_are_no_addresses_are_named() {
    let book = book(&[
        " ",
        "0x12",
        &eth(&"a".repeat(40)),
        &format!(" {} ", base58check(0, 1)),
        "é",
    ]);
    assert_eq!(book.unread(), [0, 1, 4]);
}

#[test]
fn too_many_addresses_count_as_a_lookalike() {
    let text: String = (0..1001).map(|at| eth(&format!("{at:040x} "))).collect();
    let report = book(&[&eth(&"c".repeat(40))]).check(text.as_bytes());
    assert_eq!(
        (report.hits.len(), report.truncated, report.action),
        (1000, true, Action::Block)
    );
    let report = book(&[]).check(text.as_bytes());
    assert_eq!((report.truncated, report.action), (false, Action::Allow));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn addresses_are_found_wherever_they_stand(
        fills in prop::collection::vec((0usize..3, any::<u8>(), "[ -/:-@\\[-^`{-~]{1,40}", "[a-z]{0,24}"), 0..20),
    ) {
        let mut text = String::new();
        let mut spans = Vec::new();
        for (kind, fill, between, word) in fills {
            let address = match kind {
                0 => eth(&format!("{fill:02x}").repeat(20)),
                1 => base58check(0, fill),
                _ => bech32("bc", Some(0), &[fill; 20], Variant::Bech32),
            };
            text.push_str(&word);
            text.push_str(&between);
            spans.push(text.len()..text.len() + address.len());
            text.push_str(&address);
            text.push(' ');
        }
        let found: Vec<_> = book(&[]).check(text.as_bytes()).hits.into_iter().map(|hit| hit.span).collect();
        prop_assert_eq!(found, spans);
    }

    #[test]
    fn any_bytes_are_read(text in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = book(&["x"]).check(&text);
    }
}
