//! Weights of words for the gate: cheap to sum, and high in all that is an attack.

use crate::data::Example;
use crate::learn::Learner;
use crate::mine::Real;
use pipelock_detect::intent::gate::keys;
use pipelock_detect::intent::model::GATE_COST;
use pipelock_detect::intent::score::{LIMIT, brief};
use std::collections::{HashMap, HashSet};

/// A word of the gate is in so many attacks at least.
const LEAST: usize = 2;
/// What one step of a weight stands for.
const STEP: f32 = 0.05;
/// The level that attacks should reach.
const WANTED: f32 = 4.0;
const PASSES: usize = 20;
const RATE: f32 = 0.1;
/// Weight of a window of real text.
const HONEST: f32 = 2.0;
/// Share of the attacks that may stay shut out.
const SHUT: f32 = 0.015;
/// The same for the brief sum.
const SHUT_BRIEF: f32 = 0.01;

pub(crate) struct Gate {
    pub(crate) words: HashMap<u64, i8>,
    pub(crate) least: i32,
    /// From which brief sum on a window is read in full.
    pub(crate) brief: f32,
}

/// A text as the numbers of its words; 0 is one that is not in the gate.
struct Text {
    attack: bool,
    words: Vec<u32>,
}

/// Learns the gate from the attacks that the learner finds.
pub(crate) fn gate(learner: &Learner, examples: &[Example], real: &Real) -> Gate {
    let attacks: Vec<&Example> = examples
        .iter()
        .filter(|e| e.attack && !e.text.is_empty())
        .collect();
    let index = index(&attacks);
    let read = |attack: bool, text: &[u8]| {
        let mut words = Vec::new();
        keys(text, 0, text.len(), |key| {
            words.push(index.get(&key).copied().unwrap_or(0))
        });
        Text { attack, words }
    };
    let mut texts: Vec<Text> = real.blocks().map(|block| read(false, block)).collect();
    for attack in &attacks {
        for text in spellings(&attack.text) {
            texts.push(read(true, text.as_bytes()));
        }
    }
    let weights = learn(&texts, index.len() + 1);
    let words = index.iter().map(|(key, number)| {
        let weight = (weights[*number as usize] / STEP)
            .round()
            .clamp(-127.0, 127.0);
        (*key, weight as i8)
    });
    let mut gate = Gate {
        words: words.collect(),
        least: 1,
        brief: 0.0,
    };
    let mut levels: Vec<i32> = attacks
        .iter()
        .filter(|e| learner.best(&e.tokens, LIMIT).is_some())
        .map(|e| gate.level(e.text.as_bytes()))
        .collect();
    levels.sort_unstable();
    let at = |share: f32| levels[(levels.len() as f32 * share) as usize];
    for share in [0.002, 0.005, 0.01, 0.02, 0.05] {
        gate.least = at(share);
        println!(
            "gate: {} words, opens at {} for {:.1} % of attacks, {:.2} % of windows",
            gate.words.len(),
            gate.least,
            100.0 * (1.0 - share),
            100.0 * real.open(&gate)
        );
    }
    gate.least = at(SHUT);
    let mut sums: Vec<f32> = attacks
        .iter()
        .filter(|e| learner.best(&e.tokens, LIMIT).is_some())
        .map(|e| brief(learner, &e.tokens))
        .collect();
    sums.sort_unstable_by(f32::total_cmp);
    gate.brief = sums[(sums.len() as f32 * SHUT_BRIEF) as usize];
    println!(
        "brief sum {:.1} for {:.1} % of attacks, {:.2} % of windows",
        gate.brief,
        100.0 * (1.0 - SHUT_BRIEF),
        100.0 * real.brief(&gate, learner)
    );
    gate
}

/// Numbers of the words that several attacks hold.
fn index(attacks: &[&Example]) -> HashMap<u64, u32> {
    let mut counts: HashMap<u64, usize> = HashMap::new();
    for attack in attacks {
        let mut seen = HashSet::new();
        for text in spellings(&attack.text) {
            keys(text.as_bytes(), 0, text.len(), |key| {
                seen.insert(key);
            });
        }
        for key in seen {
            *counts.entry(key).or_default() += 1;
        }
    }
    let mut words: Vec<u64> = counts
        .into_iter()
        .filter(|(_, count)| *count >= LEAST)
        .map(|(key, _)| key)
        .collect();
    words.sort_unstable();
    (1..)
        .zip(words)
        .map(|(number, key)| (key, number))
        .collect()
}

/// Logistic regression over the part of a text that rises highest.
fn learn(texts: &[Text], count: usize) -> Vec<f32> {
    let mut weights = vec![0.0_f32; count];
    let mut squares = vec![1.0_f32; count];
    let cost = -STEP * GATE_COST as f32;
    weights[0] = cost;
    for pass in 0..PASSES {
        for place in 0..texts.len() {
            let text = &texts[(place * 7919 + pass) % texts.len()];
            let (first, last, level) = highest(&text.words, &weights);
            let probability = 1.0 / (1.0 + (WANTED - level).exp());
            let gradient = if text.attack {
                1.0 - probability
            } else {
                -HONEST * probability
            };
            if gradient.abs() < 0.02 {
                continue;
            }
            for number in &text.words[first..last] {
                let number = *number as usize;
                squares[number] += gradient * gradient;
                weights[number] += RATE * gradient / squares[number].sqrt();
            }
            weights[0] = cost;
        }
    }
    weights
}

fn highest(words: &[u32], weights: &[f32]) -> (usize, usize, f32) {
    let (mut now, mut from) = (0.0_f32, 0);
    let mut best = (0, words.len(), 0.0_f32);
    for (index, word) in words.iter().enumerate() {
        if now <= 0.0 {
            (now, from) = (0.0, index);
        }
        now += weights[*word as usize];
        if now > best.2 {
            best = (from, index + 1, now);
        }
    }
    best
}

impl Gate {
    /// How high a text raises the level.
    pub(crate) fn level(&self, text: &[u8]) -> i32 {
        let (mut now, mut most) = (0, 0);
        keys(text, 0, text.len(), |key| {
            let weight = self
                .words
                .get(&key)
                .map_or(-GATE_COST, |weight| i32::from(*weight));
            now = (now + weight).max(0);
            most = most.max(now);
        });
        most
    }
}

/// A text as it is, in small letters and in capitals.
fn spellings(text: &str) -> [String; 3] {
    [text.to_owned(), text.to_lowercase(), text.to_uppercase()]
}
