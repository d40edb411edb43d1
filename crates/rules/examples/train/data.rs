//! Texts with labels.

use crate::intents::of_family;
use crate::mine::Real;
use pipelock_detect::intent::Intent;
use pipelock_detect::intent::token::{Token, tokens};
use pipelock_testkit::corpus::{self, Level, Part};
use std::path::Path;

/// A text to learn from.
pub(crate) struct Example {
    pub(crate) attack: bool,
    /// How much it counts.
    pub(crate) weight: f32,
    pub(crate) tokens: Vec<Token>,
    /// The text, if it is one of its own.
    pub(crate) text: String,
    pub(crate) intent: Option<Intent>,
}

impl Example {
    pub(crate) fn new(attack: bool, weight: f32, text: &str) -> Self {
        Self {
            text: text.to_owned(),
            ..Self::of(attack, weight, read(text.as_bytes()))
        }
    }

    pub(crate) fn of(attack: bool, weight: f32, tokens: Vec<Token>) -> Self {
        Self {
            attack,
            weight,
            tokens,
            text: String::new(),
            intent: None,
        }
    }
}

pub(crate) fn read(text: &[u8]) -> Vec<Token> {
    let mut out = Vec::new();
    tokens(text, |token| out.push(*token));
    out
}

/// A text that only measures.
pub(crate) struct Probe {
    pub(crate) attack: bool,
    pub(crate) group: String,
    pub(crate) text: String,
}

/// The texts below `rules/model`, and the tuning part of the tables. One of so many
/// lines only measures; none if it is 0.
pub(crate) fn examples(root: &Path, probe: u64) -> std::io::Result<(Vec<Example>, Vec<Probe>)> {
    let (mut out, mut probes) = (Vec::new(), Vec::new());
    for (directory, attack) in [("attacks", true), ("honest", false)] {
        let directory = root.join("rules/model").join(directory);
        let mut paths: Vec<_> = std::fs::read_dir(directory)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        paths.sort();
        for path in paths {
            let text = std::fs::read_to_string(path)?;
            for line in text.lines().filter(|line| !line.starts_with('#')) {
                let Some((head, text)) = line.rsplit_once('\t') else {
                    continue;
                };
                let text = unescape(text);
                if probe > 0 && hash(&text).is_multiple_of(probe) {
                    let group = head.rsplit('\t').next().unwrap_or_default().to_owned();
                    probes.push(Probe {
                        attack,
                        group,
                        text,
                    });
                    continue;
                }
                out.push(Example {
                    intent: of_family(head.split('\t').next().unwrap_or_default()),
                    ..Example::new(attack, weight(attack), &text)
                });
            }
        }
    }
    for case in corpus::attacks() {
        if case.part == Part::Tuning && case.level != Level::Encoded {
            out.push(Example {
                intent: of_family(case.family),
                ..Example::new(true, weight(true), &case.text)
            });
        }
    }
    for case in corpus::benign() {
        if case.part == Part::Tuning {
            out.push(Example::new(false, weight(false), &case.text));
        }
    }
    Ok((out, probes))
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// A false alarm costs more than a miss.
fn weight(attack: bool) -> f32 {
    if attack { 1.0 } else { 4.0 }
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}

/// Attacks once more, in the middle of real text.
pub(crate) fn embedded(examples: &[Example], real: &Real) -> Vec<Example> {
    let mut out = Vec::new();
    for (number, example) in examples.iter().filter(|e| e.attack).enumerate() {
        let mut tokens = real.passage(2 * number).to_vec();
        tokens.extend(&example.tokens);
        tokens.extend(real.passage(2 * number + 1));
        out.push(Example::of(true, example.weight * 0.5, tokens));
    }
    out
}
