use super::*;
use std::collections::{BTreeMap, BTreeSet};

fn written() -> impl Iterator<Item = Attack> {
    attacks()
        .into_iter()
        .filter(|attack| attack.level != Level::Encoded)
}

#[test]
fn escapes_stand_for_what_they_name() {
    let cases = [
        (r"a\nb\tc", "a\nb\tc"),
        (r"\u{200B}x\u{43E}", "\u{200B}xо"),
        (r"C:\\temp \d \u12", r"C:\temp \d \u12"),
        (r"end\", r"end\"),
    ];
    for (cell, text) in cases {
        assert_eq!(unescape(cell), text);
    }
}

#[test]
fn every_attack_names_a_family_and_stands_once() {
    let mut seen = BTreeSet::new();
    for attack in written() {
        assert!(FAMILIES.contains(&attack.family), "{}", attack.family);
        assert!(seen.insert(attack.text.clone()), "twice: {:?}", attack.text);
        assert!(attack.text.len() >= 8, "{:?}", attack.text);
    }
}

#[test]
fn every_honest_text_stands_once_and_is_no_attack() {
    let attacks: BTreeSet<String> = written().map(|attack| attack.text).collect();
    let mut seen = BTreeSet::new();
    for benign in benign() {
        assert!(!attacks.contains(&benign.text), "{:?}", benign.text);
        assert!(seen.insert(benign.text.clone()), "twice: {:?}", benign.text);
    }
}

#[test]
fn every_language_has_every_level_in_the_size_that_figures_need() {
    let mut counts: BTreeMap<(&str, Level), usize> = BTreeMap::new();
    for attack in written() {
        *counts.entry((attack.language, attack.level)).or_default() += 1;
    }
    for ((language, level), count) in counts {
        let least = match (language, level) {
            ("en", Level::Stock) => 60,
            ("en", Level::Reworded) => 120,
            ("en", _) => 80,
            (_, Level::Stock) => 12,
            (_, Level::Reworded) => 16,
            (_, _) => 10,
        };
        assert!(count >= least, "{language} {}: {count}", level.as_str());
    }
}

#[test]
fn about_a_third_is_held_out() {
    let all: Vec<Attack> = written().collect();
    let held = all.iter().filter(|a| a.part == Part::HeldOut).count();
    assert!((25..=42).contains(&(held * 100 / all.len())), "{held}");
}

#[test]
fn an_encoded_case_belongs_to_the_part_of_its_phrase() {
    let all = attacks();
    let stock = |part| {
        all.iter()
            .filter(|a| a.level == Level::Stock && a.part == part)
            .count()
    };
    let hex = |part| {
        all.iter()
            .filter(|a| a.form == "hex" && a.part == part)
            .count()
    };
    for part in [Part::Tuning, Part::HeldOut] {
        assert_eq!(stock(part), hex(part));
    }
}
