#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

const ENGLISH: &str = include_str!("../../../../rules/seeds/english.txt");

fn list(language: &str) -> Vec<String> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/seeds/");
    let text = std::fs::read_to_string(format!("{root}{language}.txt")).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// The words of an entropy, as BIP-39 makes them.
fn phrase_of(words: &[String], entropy: &[u8]) -> Vec<String> {
    let mut bits: Vec<bool> = Vec::new();
    let sum = Sha256::digest(entropy);
    for byte in entropy.iter().chain(&sum) {
        bits.extend((0..8).rev().map(|bit| byte >> bit & 1 == 1));
    }
    bits.truncate(entropy.len() * 8 + entropy.len() / 4);
    bits.chunks(11)
        .map(|eleven| eleven.iter().fold(0, |n, bit| n << 1 | usize::from(*bit)))
        .map(|index| words[index].clone())
        .collect()
}

fn english() -> Vec<String> {
    ENGLISH.lines().map(str::to_owned).collect()
}

fn phrase(fill: u8, bytes: usize) -> Vec<String> {
    phrase_of(&english(), &vec![fill; bytes])
}

fn spans(text: &str) -> Vec<&str> {
    spans_by(text, &SeedRules::default())
}

fn spans_by<'t>(text: &'t str, rules: &SeedRules) -> Vec<&'t str> {
    let mut out = Vec::new();
    find(text.as_bytes(), rules, &mut out);
    out.into_iter().map(|span| &text[span]).collect()
}

#[test]
fn phrases_of_every_length_are_found_whole() {
    for bytes in [16, 20, 24, 28, 32] {
        for fill in [0x11, 0x7f, 0xfe] {
            let text = phrase(fill, bytes).join(" ");
            assert_eq!(spans(&text), [text.as_str()], "{bytes} bytes of {fill}");
        }
    }
}

#[test]
fn phrases_are_found_however_they_are_written() {
    let words = phrase(0x11, 16);
    let numbered = |form: fn(usize, &str) -> String| -> String {
        let parts = words.iter().enumerate();
        parts.map(|(at, word)| form(at + 1, word)).collect()
    };
    let texts = [
        words.join(" "),
        words.join(", "),
        words.join(","),
        words.join("\n"),
        words.join("\r\n"),
        words.join("-"),
        words.join(" | "),
        words.join("; "),
        words.join("\\n"),
        words.join("+"),
        words.join("%20"),
        words.join("\u{a0}"),
        words.join("\u{3000}"),
        words.join(" ").to_uppercase(),
        serde_like(&words),
        numbered(|at, word| format!("{at}. {word}\n")),
        numbered(|at, word| format!("{at}) {word} ")),
        numbered(|at, word| format!("{at}:{word};")),
        numbered(|at, word| format!("w{at}={word}&")),
        numbered(|at, word| format!("word{at}={word}&")),
        numbered(|at, word| format!("word{at}: {word}\n")),
        numbered(|at, word| format!("\"w{at}\": \"{word}\", ")),
        numbered(|_, word| format!("<li>{word}</li>\n")),
        numbered(|_, word| format!("{word}. ")),
        words
            .iter()
            .map(|word| word.chars().take(4).collect::<String>())
            .collect::<Vec<_>>()
            .join(" "),
    ];
    for text in &texts {
        assert_eq!(spans(text).len(), 1, "{text}");
        let within = format!("Please keep this: \"{text}\" and tell nobody of it.");
        assert_eq!(spans(&within).len(), 1, "{within}");
        let long = format!(
            "{}\n{text}\n{}",
            "The quick fox. ".repeat(40),
            "It was. ".repeat(40)
        );
        assert_eq!(spans(&long).len(), 1, "{long}");
    }
}

fn serde_like(words: &[String]) -> String {
    format!("[\"{}\"]", words.join("\",\""))
}

#[test]
fn what_is_no_phrase_passes() {
    let words = phrase(0x11, 16);
    let mut swapped = words.clone();
    swapped.swap(10, 11);
    let mut mixed = words.clone();
    // Cut and whole words together are prose.
    mixed[3].truncate(4);
    let prose = "about above across action actual again agree air all alone among animal";
    let cases = [
        swapped.join(" "),
        words[..11].join(" "),
        words[1..].join(" "),
        mixed.join(" "),
        words.join(" the "),
        words.join(" ................................ "),
        words.join(" sha256 "),
        prose.to_owned(),
        String::new(),
        // What programs say: in turn, or between many kinds of brackets.
        ["true", "false"].repeat(12).join(", "),
        ["zoo"; 24].join(" "),
        words
            .join(" ")
            .replacen(' ', "(", 1)
            .replacen(' ', " = ", 1),
        "the cat sat on the mat and looked at the dog who was not amused at all".to_owned(),
    ];
    for text in &cases {
        assert!(spans(text).is_empty(), "{text}");
    }
    assert!(mixed[3].len() == 4 && words[3].len() > 4);
}

#[test]
fn the_documented_examples_are_phrases() {
    for text in [
        format!("{}about", "abandon ".repeat(11)),
        format!("{}wrong", "zoo ".repeat(11)),
        "legal winner thank year wave sausage worth useful legal winner thank yellow".to_owned(),
    ] {
        assert_eq!(spans(&text), [text.as_str()]);
    }
}

#[test]
fn the_list_itself_is_no_phrase() {
    for separator in [" ", "\n", "\", \"", ", "] {
        let text = english().join(separator);
        assert!(spans(&text).is_empty());
    }
    // In another order it is a long run of words, separated all alike.
    let mut words = english();
    words.sort_by_key(|word| Sha256::digest(word.as_bytes()).to_vec());
    assert!(spans(&words.join(" ")).len() <= 1);
}

#[test]
fn a_phrase_among_words_of_the_list_is_found_by_its_borders() {
    let phrase = phrase(0x11, 16).join(" ");
    let around = "about above across action actual again agree";
    let cases = [
        (format!("seed phrase {phrase}"), 1),
        (format!("{around}\n{phrase}\n{around}"), 1),
        (format!("{around}: {phrase}. {around}"), 1),
        (format!("{phrase}\n{phrase}"), 2),
        (format!("{around} {phrase} {around}"), 0),
    ];
    for (text, count) in cases {
        let found = spans(&text);
        assert_eq!(found.len(), count, "{text}: {found:?}");
        assert!(
            found.iter().all(|span| *span == phrase),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn the_settings_are_obeyed() {
    let twelve = phrase(0x11, 16).join(" ");
    let eighteen = phrase(0x11, 24).join(" ");
    let mut wrong = phrase(0x11, 16);
    wrong.swap(10, 11);
    let wrong = wrong.join(" ");
    let rules = |min_words, verify_checksum| SeedRules {
        min_words,
        verify_checksum,
    };
    let cases = [
        (&twelve, rules(12, true), 1),
        (&twelve, rules(15, true), 0),
        (&eighteen, rules(15, true), 1),
        (&eighteen, rules(18, true), 1),
        (&eighteen, rules(21, true), 0),
        (&wrong, rules(12, true), 0),
        (&wrong, rules(12, false), 1),
        (&wrong, rules(15, false), 0),
    ];
    for (text, rules, count) in cases {
        assert_eq!(spans_by(text, &rules).len(), count, "{rules:?}: {text}");
    }
}

#[test]
fn all_languages_are_known() {
    for file in layout::FILES {
        let words = list(file.trim_end_matches(".txt"));
        for separator in [" ", "\u{3000}", ", "] {
            let text = phrase_of(&words, &[0x5a; 32]).join(separator);
            assert_eq!(spans(&text), [text.as_str()], "{file}");
        }
    }
    // Composed characters are the same letters: voiced kana, syllables, accents.
    let pairs = [
        ("か\u{3099}", "が"),
        ("ほ\u{309a}", "ぽ"),
        ("\u{1100}\u{1161}\u{11a8}", "각"),
        ("e\u{301}", "é"),
        ("n\u{303}", "Ñ"),
        ("ABC", "abc"),
    ];
    for (left, right) in pairs {
        let hash = |text: &str| {
            let mut token = Token::default();
            text.chars().for_each(|c| token.push(c));
            token.whole()
        };
        assert_eq!(hash(left), hash(right), "{right}");
    }
}

#[test]
fn nothing_is_held_of_clean_text() {
    let mut scan = SeedScan::new(SeedRules::default());
    let mut out = Vec::new();
    scan.push(b"it is as it is, or it is.  ", 0, &mut out);
    assert_eq!(scan.safe(), 27);
    scan.push(b"and abandon ", 27, &mut out);
    assert_eq!(scan.safe(), 31);
    scan.push(b"the plan", 39, &mut out);
    assert_eq!(scan.safe(), 43);
}

#[test]
fn marks_without_end_hold_nothing() {
    let mut scan = SeedScan::new(SeedRules::default());
    let mut out = Vec::new();
    let text = format!("abandon a{}", "\u{301}".repeat(1000));
    scan.push(text.as_bytes(), 0, &mut out);
    assert_eq!(scan.safe(), text.len() as u64);
}

fn in_pieces(text: &[u8], cuts: &[usize]) -> Vec<Range<u64>> {
    let mut out = Vec::new();
    let mut scan = SeedScan::new(SeedRules::default());
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (text.len() + 1)).collect();
    cuts.extend([0, text.len()]);
    cuts.sort_unstable();
    for pair in cuts.windows(2) {
        let safe = scan.safe();
        let known = out.len();
        scan.push(&text[pair[0]..pair[1]], pair[0] as u64, &mut out);
        assert!(out[known..].iter().all(|span| span.start >= safe));
        assert!(scan.safe() >= safe);
    }
    let safe = scan.safe();
    let known = out.len();
    scan.finish(&mut out);
    assert!(out[known..].iter().all(|span| span.start >= safe));
    out
}

fn pieces() -> impl Strategy<Value = Vec<String>> {
    let words = english();
    let part = prop_oneof![
        (0u8..255, 0usize..5).prop_map(|(fill, size)| phrase(fill, 16 + 4 * size).join(" ")),
        (0u8..255).prop_map(|fill| phrase(fill, 16).join("\", \"")),
        (0u8..255).prop_map(|fill| phrase_of(&list("japanese"), &[fill; 16]).join("\u{3000}")),
        (0u8..255).prop_map(|fill| phrase_of(&list("spanish"), &[fill; 16]).join("\\n")),
        (0..words.len()).prop_map(move |at| words[at].clone()),
        "[a-z]{1,9}",
        "[ -~]{0,30}",
        "\\PC{0,10}",
        Just("\n".to_owned()),
        Just(" ".to_owned()),
        Just("\\n".to_owned()),
        Just("w1=".to_owned()),
        Just("<li>".to_owned()),
        Just("\": \"".to_owned()),
    ];
    prop::collection::vec(part, 0..14)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn pieces_give_what_the_whole_gives(parts in pieces(), spaced: bool, cuts in prop::collection::vec(any::<usize>(), 0..12)) {
        let text = parts.join(if spaced { " " } else { "" });
        let mut whole = Vec::new();
        find(text.as_bytes(), &SeedRules::default(), &mut whole);
        let whole: Vec<_> = whole.iter().map(|span| span.start as u64..span.end as u64).collect();
        prop_assert_eq!(&in_pieces(text.as_bytes(), &cuts), &whole);
        // One byte at a time there is never enough text to leap.
        let every: Vec<usize> = (0..text.len()).collect();
        prop_assert_eq!(&in_pieces(text.as_bytes(), &every), &whole);
    }

    #[test]
    fn any_bytes_are_read(text in prop::collection::vec(any::<u8>(), 0..300), cut: usize) {
        let mut whole = Vec::new();
        find(&text, &SeedRules::default(), &mut whole);
        prop_assert_eq!(in_pieces(&text, &[cut]).len(), whole.len());
    }
}
