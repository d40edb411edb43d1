//! Weights of words for the gate: cheap to sum, and high in all that is an attack.
//! Two steps: words alone, then words with those before them.

use crate::data::{Example, read};
use crate::learn::strongest;
use crate::mine::Real;
use pipelock_detect::intent::form::Form;
use pipelock_detect::intent::gate::{Neighbours, keys};
use pipelock_detect::intent::model::GATE_COST;
use pipelock_detect::intent::score::{LIMIT, Weights};
use pipelock_detect::normalise::{Pipeline, normalise};
use std::collections::{HashMap, HashSet};

/// A key is in so many attacks at least; in more, if only disguised ones hold it.
const LEAST: usize = 2;
const LEAST_DISGUISED: usize = 6;
/// What one step of a weight stands for.
const STEP: f32 = 0.05;
/// The level that attacks should reach.
const WANTED: f32 = 4.0;
const PASSES: usize = 20;
const RATE: f32 = 0.1;
/// Weight of a window of real text.
const HONEST: f32 = 2.0;
/// Most windows of real text to learn a step from: with many more it would open for
/// nothing.
const WINDOWS: usize = 40_000;
/// Bytes of a window.
const WINDOW: usize = 512;

/// How a step of the gate reads a word: as so many keys.
pub(crate) trait Step<const N: usize> {
    /// What it says of one word after the other.
    fn read(text: &[u8], give: impl FnMut([u64; N]));
    /// Share of the attacks that may stay shut out.
    const SHUT: f32;
    /// It sees disguised texts as they are written.
    const DISGUISED: bool;
}

/// Words alone.
pub(crate) struct Words;
/// Words with those before them.
pub(crate) struct Pairs;

impl Step<1> for Words {
    fn read(text: &[u8], mut give: impl FnMut([u64; 1])) {
        keys(text, 0, text.len(), |key| give([key]));
    }
    const SHUT: f32 = 0.02;
    const DISGUISED: bool = true;
}

impl Step<3> for Pairs {
    fn read(text: &[u8], mut give: impl FnMut([u64; 3])) {
        let mut neighbours = Neighbours::default();
        keys(text, 0, text.len(), |key| give(neighbours.push(key)));
    }
    const SHUT: f32 = 0.03;
    const DISGUISED: bool = false;
}

/// What a step learnt.
pub(crate) struct Gate<const N: usize, S: Step<N>> {
    pub(crate) weights: HashMap<u64, i8>,
    /// The level from which on it opens.
    pub(crate) least: i32,
    /// What a word takes away: in the first step only one that is not known.
    step: std::marker::PhantomData<S>,
}

/// Both steps.
pub(crate) struct Gates {
    pub(crate) words: Gate<1, Words>,
    pub(crate) pairs: Gate<3, Pairs>,
}

/// Learns the gate from the attacks that the learner finds.
pub(crate) fn gates(learnt: &impl Weights, examples: &[Example], real: &Real) -> Gates {
    // Only the passage that the learner finds: what stands around is honest.
    let attacks: Vec<&str> = examples
        .iter()
        .filter(|e| e.attack && !e.text.is_empty())
        .filter_map(|e| {
            let peak = strongest(learnt, &e.tokens, LIMIT)?;
            let from = e.tokens[peak.first].start as usize;
            e.text.get(from..e.tokens[peak.last].end as usize)
        })
        .collect();
    let honest: Vec<&str> = examples
        .iter()
        .filter(|e| !e.text.is_empty())
        .flat_map(|e| match e.attack {
            true => carriers(learnt, &e.text),
            false => vec![e.text.as_str()],
        })
        .collect();
    println!("{} honest texts and carriers", honest.len());
    let mut windows = sample(real.windows(8).collect());
    windows.extend(honest.iter().map(|text| text.as_bytes()));
    let words = Gate::learn(&attacks, &windows);
    let opened = real.windows(4).filter(|window| words.opens(window));
    let mut windows = sample(opened.collect());
    windows.extend(honest.iter().map(|text| text.as_bytes()));
    let pairs = Gate::learn(&attacks, &windows);
    let gates = Gates { words, pairs };
    gates.words.print("words", &attacks, &|level| {
        real.share(&|window| gates.words.level(window) >= level)
    });
    gates.pairs.print("neighbours", &attacks, &|level| {
        real.share(&|window| gates.words.opens(window) && gates.pairs.level(window) >= level)
    });
    gates
}

/// As many of these as there are attacks, about.
fn sample<T: Copy>(all: Vec<T>) -> Vec<T> {
    let step = all.len().div_ceil(WINDOWS).max(1);
    all.into_iter().step_by(step).collect()
}

/// A text as the numbers of its keys; [`UNKNOWN`] is one that the gate does not know.
struct Text<const N: usize> {
    attack: bool,
    words: Vec<[u32; N]>,
}

const UNKNOWN: u32 = 0;

impl<const N: usize, S: Step<N>> Gate<N, S> {
    fn learn(attacks: &[&str], windows: &[&[u8]]) -> Self {
        let (index, disguised) = Self::index(attacks);
        let read = |attack: bool, text: &[u8]| {
            let mut words = Vec::new();
            S::read(text, |keys| {
                words.push(keys.map(|key| index.get(&key).copied().unwrap_or(UNKNOWN)));
            });
            Text { attack, words }
        };
        let mut texts: Vec<Text<N>> = windows.iter().map(|window| read(false, window)).collect();
        for attack in attacks {
            for (text, _) in spellings::<N, S>(attack) {
                texts.push(read(true, &text));
            }
        }
        let weights = learn(&texts, index.len() + 1);
        let weights = index.iter().filter_map(|(key, number)| {
            let weight = weights[*number as usize] / STEP;
            // Odd numbers tell words of disguised attacks.
            let odd = i8::from(disguised.contains(key));
            let weight =
                2 * ((weight - f32::from(odd)) / 2.0).round().clamp(-63.0, 63.0) as i8 + odd;
            // In the first step a key that is known costs nothing more.
            (N == 1 || weight != 0).then_some((*key, weight))
        });
        let mut gate = Self {
            weights: weights.collect(),
            least: 1,
            step: std::marker::PhantomData,
        };
        gate.least = gate.level_at(attacks, S::SHUT);
        gate
    }

    /// The level that all but this share of texts reach.
    fn level_at(&self, texts: &[&str], shut: f32) -> i32 {
        let mut levels: Vec<i32> = texts.iter().map(|e| self.level(e.as_bytes())).collect();
        levels.sort_unstable();
        levels[(levels.len() as f32 * shut) as usize]
    }

    /// Numbers of the keys that several attacks hold, and which of them only disguised
    /// ones do.
    fn index(attacks: &[&str]) -> (HashMap<u64, u32>, HashSet<u64>) {
        let mut counts: HashMap<u64, [usize; 2]> = HashMap::new();
        for attack in attacks {
            let mut seen = HashSet::new();
            for (text, disguised) in spellings::<N, S>(attack) {
                S::read(&text, |keys| seen.extend(keys.map(|key| (key, disguised))));
            }
            for (key, disguised) in seen {
                counts.entry(key).or_default()[usize::from(disguised)] += 1;
            }
        }
        counts.retain(|_, count| count[0] >= LEAST || count[1] >= LEAST_DISGUISED);
        let mut keys: Vec<u64> = counts.keys().copied().collect();
        keys.sort_unstable();
        let numbers = (1..).zip(keys).map(|(number, key)| (key, number));
        let disguised = counts.iter().filter(|(_, count)| count[0] == 0);
        (numbers.collect(), disguised.map(|(key, _)| *key).collect())
    }

    /// How high a text raises the level, as the engine sums it.
    fn level(&self, text: &[u8]) -> i32 {
        let (mut now, mut most) = (0, 0);
        S::read(text, |keys| {
            let known = keys.map(|key| self.weights.get(&key).copied());
            let sum: i32 = known
                .iter()
                .flatten()
                .map(|weight| i32::from(*weight))
                .sum();
            let cost = if N == 1 && known[0].is_some() {
                0
            } else {
                GATE_COST
            };
            now = (now + sum - cost).max(0);
            most = most.max(now);
        });
        most
    }

    fn print(&self, name: &str, attacks: &[&str], open: &dyn Fn(i32) -> f32) {
        println!("gate: {} {name}", self.weights.len());
        for shut in [0.005, 0.01, 0.015, 0.02, 0.03, 0.05] {
            let level = self.level_at(attacks, shut);
            let chosen = if level == self.least { "chosen" } else { "" };
            println!(
                "  from {level}: shuts out {:.1} % of attacks, opens for {:.2} % of windows {chosen}",
                100.0 * shut,
                100.0 * open(level)
            );
        }
    }

    fn opens(&self, text: &[u8]) -> bool {
        self.level(text) >= self.least
    }
}

/// Logistic regression over the part of a text that rises highest.
fn learn<const N: usize>(texts: &[Text<N>], count: usize) -> Vec<f32> {
    let mut weights = vec![0.0_f32; count];
    let mut squares = vec![1.0_f32; count];
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
            for number in text.words[first..last].iter().flatten() {
                let number = *number as usize;
                squares[number] += gradient * gradient;
                weights[number] += RATE * gradient / squares[number].sqrt();
            }
            weights[UNKNOWN as usize] = 0.0;
        }
    }
    weights
}

fn highest<const N: usize>(words: &[[u32; N]], weights: &[f32]) -> (usize, usize, f32) {
    let cost = STEP * GATE_COST as f32;
    let (mut now, mut from) = (0.0_f32, 0);
    let mut best = (0, words.len(), 0.0_f32);
    for (index, keys) in words.iter().enumerate() {
        if now <= 0.0 {
            (now, from) = (0.0, index);
        }
        if N > 1 || keys[0] == UNKNOWN {
            now -= cost;
        }
        now += keys.iter().map(|key| weights[*key as usize]).sum::<f32>();
        if now > best.2 {
            best = (from, index + 1, now);
        }
    }
    best
}

/// Sentences of an attack that are none: it is one without each of them.
fn carriers<'t>(learnt: &impl Weights, text: &'t str) -> Vec<&'t str> {
    let score = |text: &str| {
        let peak = strongest(learnt, &read(text.as_bytes()), 0.0);
        peak.map_or(0.0, |peak| peak.score)
    };
    let ends = [
        '.', '!', '?', '\n', '\u{3002}', '\u{ff01}', '\u{ff1f}', '\u{964}',
    ];
    let sentences = text.split_inclusive(ends);
    let honest = |sentence: &&str| {
        sentence.len() > 20
            && score(sentence) < LIMIT / 3.0
            && score(&text.replacen(*sentence, "", 1)) >= LIMIT
    };
    sentences.filter(honest).collect()
}

/// A text as it is, in small letters and in capitals, without marks, and disguised.
fn spellings<const N: usize, S: Step<N>>(text: &str) -> Vec<(Vec<u8>, bool)> {
    let mut all = vec![
        (text.as_bytes().to_vec(), false),
        (text.to_lowercase().into_bytes(), false),
        (text.to_uppercase().into_bytes(), false),
        // Other views of a text come so.
        (normalise(Pipeline::Matching, text).text.into_bytes(), false),
    ];
    if !S::DISGUISED {
        return all;
    }
    all.push((Form::Reversed.read(text.as_bytes()).into_owned(), true));
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    if letters * 2 > text.len() {
        all.push((Form::Rot13.read(text.as_bytes()).into_owned(), true));
    }
    all
}

/// Windows of a text.
pub(crate) fn windows(text: &[u8], every: usize) -> impl Iterator<Item = &[u8]> {
    text.chunks(every * WINDOW)
        .map(|part| &part[..part.len().min(WINDOW)])
}
