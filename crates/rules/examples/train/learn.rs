//! Logistic regression over the passage of a text that looks most like an attack.

use crate::data::Example;
use pipelock_detect::intent::features::{Reader, around};
use pipelock_detect::intent::score::{Peak, Weights, peaks};
use pipelock_detect::intent::token::Token;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// The score that is as likely an attack as not. The limit in use is another one: the
/// engine reads windows, where more passages begin by chance.
pub(crate) const CENTRE: f32 = 8.0;
/// Step of the weights, and how they shrink.
const RATE: f32 = 0.05;
const DECAY: f32 = 2e-5;
/// Share of the features that are left out of each step, so that none is relied on.
const DROP: f32 = 0.5;
const CLIP: f32 = 6.0;
/// Texts that a feature must be in.
const LEAST: u16 = 2;
/// A smaller error teaches nothing.
const ENOUGH: f32 = 0.02;
/// How much a pass moves the mean.
const MEAN: f32 = 0.3;

/// Features are hashes already.
#[derive(Default)]
pub(crate) struct Given(u64);

impl Hasher for Given {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {}
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

type Map<V> = HashMap<u64, V, BuildHasherDefault<Given>>;

pub(crate) struct Learner {
    index: Map<u32>,
    weights: Vec<f32>,
    /// Their mean over the last passes, which is what is used.
    mean: Vec<f32>,
    squares: Vec<f32>,
    cost: f32,
    /// Steps so far.
    count: u64,
}

/// The weights of this moment, but for those that a seed leaves out.
struct Now<'l>(&'l Learner, u64);

impl Weights for Now<'_> {
    fn weight(&self, feature: u64) -> f32 {
        if Learner::drops(feature, self.1) {
            return 0.0;
        }
        let index = self.0.index.get(&feature);
        index.map_or(0.0, |index| self.0.weights[*index as usize]) / (1.0 - DROP)
    }

    fn cost(&self) -> f32 {
        self.0.cost
    }
}

impl Weights for Learner {
    fn weight(&self, feature: u64) -> f32 {
        self.index
            .get(&feature)
            .map_or(0.0, |index| self.mean[*index as usize])
    }

    fn cost(&self) -> f32 {
        self.cost
    }
}

impl Learner {
    pub(crate) fn new(examples: &[Example]) -> Self {
        let mut learner = Self {
            index: Map::default(),
            weights: Vec::new(),
            mean: Vec::new(),
            squares: Vec::new(),
            cost: 0.3,
            count: 0,
        };
        learner.extend(examples, LEAST);
        learner
    }

    pub(crate) fn len(&self) -> usize {
        self.weights.len()
    }

    /// Every feature with its weight.
    pub(crate) fn features(&self) -> impl Iterator<Item = (u64, f32)> {
        self.index
            .iter()
            .map(|(feature, index)| (*feature, self.mean[*index as usize]))
    }

    /// Learns the features that several of these texts share.
    pub(crate) fn extend(&mut self, examples: &[Example], least: u16) {
        let mut counts: Map<u16> = Map::default();
        let mut seen = Vec::new();
        for example in examples {
            seen.clear();
            let mut reader = Reader::default();
            for token in &example.tokens {
                reader.push(token, &mut |feature| seen.push(feature));
            }
            for part in example.tokens.chunks(8) {
                around(part, part, &mut |feature| seen.push(feature));
            }
            seen.sort_unstable();
            seen.dedup();
            for feature in &seen {
                let count = counts.entry(*feature).or_default();
                *count = count.saturating_add(1);
            }
        }
        let mut new: Vec<u64> = counts
            .into_iter()
            .filter(|(feature, count)| *count >= least && !self.index.contains_key(feature))
            .map(|(feature, _)| feature)
            .collect();
        new.sort_unstable();
        for feature in new {
            let next = u32::try_from(self.weights.len()).unwrap_or(u32::MAX);
            self.index.insert(feature, next);
            self.weights.push(0.0);
            self.mean.push(0.0);
            self.squares.push(1e-3);
        }
    }

    /// The strongest peak of a text.
    pub(crate) fn best(&self, tokens: &[Token], least: f32) -> Option<Peak> {
        strongest(self, tokens, least)
    }

    /// One pass over all texts, in an order of its own.
    pub(crate) fn pass(&mut self, examples: &mut [Example], number: usize) {
        let count = examples.len();
        let step = (0..)
            .map(|n| 7919 + 2 * (number + n))
            .find(|step| gcd(*step, count) == 1);
        let step = step.unwrap_or(1);
        let mut at = number % count.max(1);
        for _ in 0..count {
            self.learn(&examples[at]);
            at = (at + step) % count;
        }
        for (mean, weight) in self.mean.iter_mut().zip(&self.weights) {
            *mean += MEAN * (weight - *mean);
        }
    }

    fn drops(feature: u64, seed: u64) -> bool {
        let mixed = (feature ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        (mixed as f32) < DROP * (1 << 24) as f32
    }

    fn learn(&mut self, example: &Example) {
        self.count += 1;
        let seed = self.count.wrapping_mul(0xd6e8_feb8_6659_fd93);
        let peak = strongest(&Now(self, seed), &example.tokens, f32::MIN);
        let (first, last, score) = match peak {
            Some(peak) => (peak.first, peak.last, peak.score),
            None if example.attack && !example.tokens.is_empty() => {
                (0, example.tokens.len() - 1, 0.0)
            }
            None => return,
        };
        let probability = 1.0 / (1.0 + (CENTRE - score).exp());
        let wanted = if example.attack { 1.0 } else { 0.0 };
        let gradient = example.weight * (wanted - probability);
        if gradient.abs() < ENOUGH {
            return;
        }
        let mut reader = Reader::default();
        for (index, token) in example.tokens[..=last].iter().enumerate() {
            if index == first {
                reader.begin();
            }
            reader.push(token, &mut |feature| {
                if index >= first {
                    self.step(feature, gradient, seed);
                }
            });
        }
        around(
            &example.tokens[..first],
            &example.tokens[last + 1..],
            &mut |feature| {
                self.step(feature, gradient, seed);
            },
        );
        self.cost = (self.cost - gradient * 2e-4).clamp(0.1, 2.0);
    }

    fn step(&mut self, feature: u64, gradient: f32, seed: u64) {
        if Self::drops(feature, seed) {
            return;
        }
        let Some(index) = self.index.get(&feature) else {
            return;
        };
        let index = *index as usize;
        let gradient = gradient - DECAY * self.weights[index];
        self.squares[index] += gradient * gradient;
        let weight = self.weights[index] + RATE * gradient / self.squares[index].sqrt().max(1.0);
        self.weights[index] = weight.clamp(-CLIP, CLIP);
    }
}

/// The strongest peak of a text.
pub(crate) fn strongest(weights: &impl Weights, tokens: &[Token], least: f32) -> Option<Peak> {
    let mut best: Option<Peak> = None;
    peaks(weights, tokens, least, |peak| {
        if best.is_none_or(|best| peak.score > best.score) {
            best = Some(peak);
        }
    });
    best
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
