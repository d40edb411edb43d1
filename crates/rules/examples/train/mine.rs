//! Honest real text, searched for what looks like an attack.

use crate::data::{Example, read};
use crate::gate::Gate;
use crate::kind::Kind;
use crate::learn::Learner;
use crate::walk;
use pipelock_detect::intent::features::{BEFORE, BEHIND};
use pipelock_detect::intent::score::{LIMIT, brief, peaks};
use pipelock_detect::intent::token::Token;
use std::path::PathBuf;

/// Tokens of a sample.
const SAMPLE: usize = 60;
/// Bytes between two samples.
const APART: usize = 60_000;
/// Longest part of a file that is read.
const FILE: usize = 1_000_000;
/// Files that are read: one of so many.
const SHARE: usize = 2;
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
                    if number % SHARE != 0 {
                        continue;
                    }
                    let mut text = std::fs::read(&path)?;
                    if Kind::of(&path, &text).is_none() {
                        continue;
                    }
                    text.truncate(FILE);
                    if (number / SHARE) % 4 == 3 {
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
        let mut out = Vec::new();
        for text in self.learn.iter().skip(round).step_by(share) {
            let tokens = read(text);
            let mut found = 0;
            peaks(learner, &tokens, LIMIT - 2.0, |peak| {
                found += 1;
                if found <= PER_FILE {
                    let from = peak.first.saturating_sub(BEFORE);
                    let to = tokens.len().min(peak.last + 1 + BEHIND);
                    out.push(Example::of(false, WEIGHT, tokens[from..to].to_vec()));
                }
            });
        }
        out
    }

    /// Windows of real text to learn the gate from.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = &[u8]> {
        let files = self.learn.iter().flat_map(|text| text.chunks(8192));
        files.map(|part| &part[..part.len().min(512)])
    }

    /// Share of windows of two blocks for which the gate opens.
    pub(crate) fn open(&self, gate: &Gate) -> f32 {
        self.share(|window| gate.level(window) >= gate.least)
    }

    /// Share of them that are then read in full.
    pub(crate) fn brief(&self, gate: &Gate, learner: &Learner) -> f32 {
        self.share(|window| {
            gate.level(window) >= gate.least && brief(learner, &read(window)) >= gate.brief
        })
    }

    fn share(&self, holds: impl Fn(&[u8]) -> bool) -> f32 {
        let windows = self.held_out.iter().flat_map(|text| text.chunks(4096));
        let (mut held, mut all) = (0, 0);
        for window in windows {
            held += usize::from(holds(&window[..window.len().min(512)]));
            all += 1;
        }
        held as f32 / all as f32
    }

    /// Gives the text and score of the peaks in the held-out part; returns its bytes.
    pub(crate) fn false_alarms(
        &self,
        learner: &Learner,
        least: f32,
        mut give: impl FnMut(&[u8], f32),
    ) -> usize {
        for text in &self.held_out {
            let tokens = read(text);
            peaks(learner, &tokens, least, |peak| {
                let from = tokens[peak.first].start as usize;
                let to = tokens[peak.last].end as usize;
                give(&text[from..to], peak.score);
            });
        }
        self.held_out.iter().map(Vec::len).sum()
    }
}
