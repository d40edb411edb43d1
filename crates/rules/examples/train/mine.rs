//! Honest real text, searched for what looks like an attack.

use crate::data::{Example, read};
use crate::gate::windows;
use crate::kind::Kind;
use crate::learn::{CENTRE, Learner};
use crate::walk;
use pipelock_detect::intent::features::{BEFORE, BEHIND};
use pipelock_detect::intent::score::{Weights, peaks};
use pipelock_detect::intent::token::Token;
use std::path::PathBuf;

/// Tokens of a sample.
const SAMPLE: usize = 60;
/// Bytes between two samples.
const APART: usize = 60_000;
/// Longest part of a file that is read.
const FILE: usize = 1_000_000;
/// Of so many files one is never learnt from.
const HELD_OUT: usize = 8;
/// Threads that search it.
const THREADS: usize = 2;
/// Hard passages of one file and round: more are alike.
const PER_FILE: usize = 6;
const WEIGHT: f32 = 2.0;

/// Part of the real text in memory.
pub(crate) struct Real {
    learn: Vec<Vec<u8>>,
    /// Never learnt from.
    held_out: Vec<Vec<u8>>,
    passages: Vec<Vec<Token>>,
}

impl Real {
    pub(crate) fn read(dirs: &[PathBuf]) -> std::io::Result<Self> {
        let (mut learn, mut held_out) = (Vec::new(), Vec::new());
        for dir in dirs {
            for package in walk::packages(dir)? {
                for (number, path) in walk::files(&package.dir)?.into_iter().enumerate() {
                    let mut text = std::fs::read(&path)?;
                    if Kind::of(&path, &text).is_none() {
                        continue;
                    }
                    text.truncate(FILE);
                    if number % HELD_OUT == HELD_OUT - 1 {
                        held_out.push(text);
                    } else {
                        learn.push(text);
                    }
                }
            }
        }
        let mut passages = Vec::new();
        for text in &learn {
            for start in (0..text.len()).step_by(APART) {
                let end = text.len().min(start + 12 * SAMPLE);
                let tokens = read(&text[start..end]);
                if tokens.len() >= SAMPLE / 2 {
                    passages.push(tokens[..tokens.len().min(SAMPLE)].to_vec());
                }
            }
        }
        Ok(Self {
            learn,
            held_out,
            passages,
        })
    }

    pub(crate) fn bytes(&self) -> usize {
        self.learn.iter().map(Vec::len).sum()
    }

    pub(crate) fn samples(&self) -> impl Iterator<Item = Example> {
        self.passages
            .iter()
            .map(|tokens| Example::of(false, WEIGHT, tokens.clone()))
    }

    /// Some ten to forty words of real text.
    pub(crate) fn passage(&self, number: usize) -> &[Token] {
        let count = self.passages.len();
        if count == 0 {
            return &[];
        }
        let passage = &self.passages[number.wrapping_mul(7919) % count];
        &passage[..passage.len().min(10 + number % 30)]
    }

    /// Passages that the learner takes, or nearly, for attacks.
    pub(crate) fn hard(&self, learner: &Learner, round: usize) -> Vec<Example> {
        let share = [8, 4, 2, 1].get(round).copied().unwrap_or(1);
        let texts: Vec<&Vec<u8>> = self
            .learn
            .iter()
            .skip(round % share)
            .step_by(share)
            .collect();
        in_threads(&texts, |text| {
            let tokens = read(text);
            let mut out = Vec::new();
            peaks(learner, &tokens, CENTRE - 2.0, |peak| {
                if out.len() < PER_FILE {
                    let from = peak.first.saturating_sub(BEFORE);
                    let to = tokens.len().min(peak.last + 1 + BEHIND);
                    out.push(Example::of(false, WEIGHT, tokens[from..to].to_vec()));
                }
            });
            out
        })
    }

    /// Windows of real text to learn the gate from, one of so many.
    pub(crate) fn windows(&self, every: usize) -> impl Iterator<Item = &[u8]> {
        self.learn.iter().flat_map(move |text| windows(text, every))
    }

    /// Share of windows of the held-out part for which something holds.
    pub(crate) fn share(&self, holds: &dyn Fn(&[u8]) -> bool) -> f32 {
        let (mut held, mut all) = (0, 0);
        for window in self.held_out.iter().flat_map(|text| windows(text, 8)) {
            held += usize::from(holds(window));
            all += 1;
        }
        held as f32 / all as f32
    }

    /// The text and score of the peaks in the held-out part, and its bytes.
    pub(crate) fn false_alarms(
        &self,
        weights: &(impl Weights + Sync),
        least: f32,
    ) -> (Vec<(&[u8], f32)>, usize) {
        let texts: Vec<&Vec<u8>> = self.held_out.iter().collect();
        let found = in_threads(&texts, |text| {
            let tokens = read(text);
            let mut out = Vec::new();
            peaks(weights, &tokens, least, |peak| {
                let from = tokens[peak.first].start as usize;
                let to = tokens[peak.last].end as usize;
                out.push((&text[from..to], peak.score));
            });
            out
        });
        (found, self.held_out.iter().map(Vec::len).sum())
    }
}

/// What is made of each text, in the order of these.
fn in_threads<'t, T: Send>(
    texts: &[&'t Vec<u8>],
    make: impl Fn(&'t Vec<u8>) -> Vec<T> + Sync,
) -> Vec<T> {
    let part = texts.len().div_ceil(THREADS).max(1);
    let make = &make;
    std::thread::scope(|scope| {
        let threads: Vec<_> = texts
            .chunks(part)
            .map(|texts| {
                scope.spawn(move || texts.iter().flat_map(|text| make(text)).collect::<Vec<T>>())
            })
            .collect();
        let made = threads.into_iter().map(|thread| match thread.join() {
            Ok(made) => made,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        made.flatten().collect()
    })
}
