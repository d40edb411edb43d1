//! Texts with labels.

use crate::intents::of_family;
use crate::mine::Real;
use pipelock_detect::intent::Intent;
use pipelock_detect::intent::token::{Token, tokens};
use pipelock_testkit::corpus::{self, Level, Part};
use std::collections::HashMap;
use std::path::Path;

/// A text to learn from.
pub(crate) struct Example {
    pub(crate) attack: bool,
    /// How much it counts.
    pub(crate) weight: f32,
    pub(crate) tokens: Vec<Token>,
    /// The text, if it is one of its own.
    pub(crate) text: String,
    /// Its language, if that is known.
    pub(crate) language: String,
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
            language: String::new(),
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
            let text = std::fs::read_to_string(&path)?;
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let language = name.split('-').next().unwrap_or_default();
            for (head, text) in corpus::rows(&text) {
                if probe > 0 && corpus::fnv1a(text.as_bytes()).is_multiple_of(probe) {
                    let group = head.last().copied().unwrap_or_default().to_owned();
                    probes.push(Probe {
                        attack,
                        group,
                        text,
                    });
                    continue;
                }
                out.push(Example {
                    intent: head.first().and_then(|family| of_family(family)),
                    language: language.to_owned(),
                    ..Example::new(attack, weight(attack), &text)
                });
            }
        }
    }
    for case in corpus::attacks() {
        if case.part == Part::Tuning && case.level != Level::Encoded {
            out.push(Example {
                intent: of_family(case.family),
                language: case.language.to_owned(),
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

/// A false alarm costs more than a miss.
fn weight(attack: bool) -> f32 {
    if attack { 1.0 } else { 4.0 }
}

/// Attacks once more, in the middle of real text, and in the middle of honest texts of
/// their language: what stands around an attack is mostly honest.
pub(crate) fn embedded(examples: &[Example], real: &Real) -> Vec<Example> {
    let mut honest: HashMap<&str, Vec<&[Token]>> = HashMap::new();
    for example in examples.iter().filter(|e| !e.attack) {
        let texts = honest.entry(&example.language).or_default();
        texts.push(&example.tokens);
    }
    let mut out = Vec::new();
    for (number, example) in examples.iter().filter(|e| e.attack).enumerate() {
        let mut put = |before: &[Token], behind: &[Token]| {
            let tokens = [before, &example.tokens, behind].concat();
            out.push(Example::of(true, example.weight * 0.5, tokens));
        };
        put(real.passage(2 * number), real.passage(2 * number + 1));
        if let Some(texts) = honest.get(example.language.as_str()) {
            let text = |number: usize| texts[number.wrapping_mul(7919) % texts.len()];
            let (before, behind) = (text(2 * number), text(2 * number + 1));
            put(
                &before[before.len().saturating_sub(CARRIER)..],
                &behind[..behind.len().min(CARRIER)],
            );
        }
    }
    out
}

/// Tokens of an honest text on each side of an attack.
const CARRIER: usize = 40;
