//! Words without blanks between them, taken apart by the words that the gate knows.

use super::gate::word_key;
use super::model::Model;
use std::ops::Range;

/// Letters of the shortest run that is taken apart.
const LEAST: usize = 20;
/// Letters of the longest one: what is longer is data.
const LONGEST: usize = 256;
/// Letters of the longest word.
const WORD: usize = 14;
/// Letters of a word that the gate knows.
const KNOWN: usize = 8;
/// What words of so many letters cost: short ones turn up by chance, and of those beyond
/// eight only the first letters are known.
const COSTS: [u16; 9] = [9, 8, 6, 4, 4, 4, 4, 4, 5];
/// What a letter of no known word costs.
const UNKNOWN: u16 = 12;
/// Of so many letters one may belong to no known word.
const STRAY: usize = 8;

/// A text with blanks between the words of such runs.
pub(super) struct Parted {
    pub(super) text: Vec<u8>,
    /// Where in it blanks were added.
    blanks: Vec<u64>,
}

impl Parted {
    /// Takes runs of letters apart; `None` when there is nothing to take apart.
    pub(super) fn new(model: &Model, text: &[u8]) -> Option<Self> {
        let mut parted = Self {
            text: Vec::with_capacity(text.len() * 5 / 4),
            blanks: Vec::new(),
        };
        for run in text.chunk_by(|a, b| a.is_ascii_alphabetic() == b.is_ascii_alphabetic()) {
            let mut rest = run;
            if (LEAST..=LONGEST).contains(&run.len()) && run[0].is_ascii_alphabetic() {
                for length in words(model, run).unwrap_or_default() {
                    let (word, behind) = rest.split_at(length);
                    parted.text.extend_from_slice(word);
                    parted.blanks.push(parted.text.len() as u64);
                    parted.text.push(b' ');
                    rest = behind;
                }
            }
            parted.text.extend_from_slice(rest);
        }
        (!parted.blanks.is_empty()).then_some(parted)
    }

    /// Where a span of it stands in the text that was taken apart.
    pub(super) fn source(&self, span: Range<u64>) -> Range<u64> {
        let source = |at: u64| at - self.blanks.partition_point(|blank| *blank < at) as u64;
        source(span.start)..source(span.end)
    }
}

/// Lengths of the words of a run, so that there are few; `None` when it holds too much
/// that is no word.
fn words(model: &Model, run: &[u8]) -> Option<Vec<usize>> {
    // Of each place the least cost from there on, and the length of its word.
    let mut best = vec![(0_u16, 0_usize); run.len() + 1];
    for at in (0..run.len()).rev() {
        let known = known(model, &run[at..]);
        let longest = WORD.min(run.len() - at);
        let words = (1..=longest).filter(|length| known[*length.min(&KNOWN) - 1]);
        let costs = words.map(|length| {
            let cost = COSTS[length.min(COSTS.len()) - 1];
            (cost.saturating_add(best[at + length].0), length)
        });
        let stray = (UNKNOWN.saturating_add(best[at + 1].0), 0);
        best[at] = costs.chain([stray]).min()?;
    }
    let (mut at, mut strays, mut lengths) = (0, 0, Vec::new());
    while at < run.len() {
        let length = best[at].1;
        strays += usize::from(length == 0);
        lengths.push(length.max(1));
        at += length.max(1);
    }
    (strays * STRAY <= run.len()).then_some(lengths)
}

/// Whether the first letters of a run are a known word, for one letter and more: of longer
/// ones only so many count.
fn known(model: &Model, run: &[u8]) -> [bool; KNOWN] {
    let mut first = [0; KNOWN];
    for (to, from) in first.iter_mut().zip(run) {
        *to = from.to_ascii_lowercase();
    }
    let word = u64::from_le_bytes(first);
    std::array::from_fn(|index| match index {
        0 => matches!(first[0], b'a' | b'i'),
        _ => model.knows(word_key(word, index as u32 + 1)),
    })
}
