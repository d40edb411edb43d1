//! Runs of a byte set, and patterns that have no trigger.

use super::super::confidence::confidence;
use super::super::matcher::Verdict;
use super::super::text::{Last, Text};
use super::super::{Engine, Hits, RunPart, SlowPart, runs};
use super::candidates::inside_word;
use super::{Scope, Search, WORK_PER_HIT};
use crate::pattern::{RUN_LIMIT, Trigger};
use pipelock_model::{Finding, View};
use std::ops::Range;

/// Unanchored patterns are searched in blocks of this size; a match reaches at most
/// to the end of the next block.
const BLOCK: u64 = 2048;

impl Search {
    /// Looks at runs, and returns where the first live one starts.
    pub(super) fn runs(&mut self, engine: &Engine, text: &Text<'_>, out: &mut Vec<Finding>) -> u64 {
        let Some(set) = engine
            .run_set
            .as_ref()
            .filter(|set| set.kinds & self.kinds != 0 && self.scope.has(Scope::RUNS))
        else {
            // A run that begins here is none of those before.
            self.run = self.end;
            return self.end;
        };
        if set.bytes.is_encoded() && self.looks_inside() {
            // Done on the way to what is embedded.
            self.run = self.embedded.run;
            return match text.last {
                Last::End => self.end,
                Last::Open => self.live_run(engine, text),
            };
        }
        let begun = self.run;
        self.run = runs::runs(&set.bytes, set.least, begun, text, |run| {
            self.run_parts(engine, text, &set.parts, &run, out);
        });
        if text.last == Last::End {
            self.end
        } else {
            self.live_run(engine, text)
        }
    }

    /// Considers a run for every part that finds one of its own in it.
    pub(super) fn run_parts(
        &mut self,
        engine: &Engine,
        text: &Text<'_>,
        parts: &[RunPart],
        run: &Range<u64>,
        out: &mut Vec<Finding>,
    ) {
        let length = usize::try_from(run.end - run.start).unwrap_or(usize::MAX);
        // All of it, unless it began before the chunk.
        let bytes = text.from(run.start).get(..length);
        let alphanumeric = bytes.map_or(length, alphanumeric);
        let mut starts = None;
        for part in parts {
            let room = if part.alphanumeric {
                alphanumeric
            } else {
                length
            };
            let asked = part.kind & self.kinds != 0 && part.least <= room;
            if asked && bytes.is_none_or(|bytes| part.fits(bytes)) {
                let starts = starts.get_or_insert_with(|| Starts::new(run, text));
                self.run_part(engine, text, part, starts, out);
            }
        }
    }

    /// Considers the starts whose least length became complete in this chunk.
    fn run_part(
        &mut self,
        engine: &Engine,
        text: &Text<'_>,
        part: &RunPart,
        run: &Starts,
        out: &mut Vec<Finding>,
    ) {
        let least = part.least as u64;
        let first = run.start.max((text.middle() + 1).saturating_sub(least));
        let last = run.end - least;
        match run.words() {
            Some(words) if part.word_start => {
                for at in words.iter().filter(|at| (first..=last).contains(at)) {
                    let own = own_run(part, text, *at, run.end);
                    self.run_start(engine, text, part, *at, own, out);
                }
            }
            _ => {
                // Where the run of this part's own set ends; it is read once.
                let mut own = first;
                for at in first..=last {
                    if own < at + least {
                        own = own_run(part, text, own.max(at), run.end);
                    }
                    self.run_start(engine, text, part, at, own, out);
                }
            }
        }
    }

    fn run_start(
        &mut self,
        engine: &Engine,
        text: &Text<'_>,
        part: &RunPart,
        at: u64,
        own: u64,
        out: &mut Vec<Finding>,
    ) {
        let first = text.get(at).is_some_and(|byte| part.first.contains(byte));
        if first && own >= at + part.least as u64 {
            self.consider(engine, text, part.part, 0, at, out);
        }
    }

    /// Start of the first run at the end of the text that may still become a match.
    fn live_run(&self, engine: &Engine, text: &Text<'_>) -> u64 {
        let Some(set) = &engine.run_set else {
            return self.end;
        };
        if self.passing {
            return self.run.max(self.end.saturating_sub(RUN_LIMIT as u64));
        }
        let mut live = self.end;
        for part in set.parts.iter().filter(|part| part.kind & self.kinds != 0) {
            let start = self
                .run
                .max((self.end + 1).saturating_sub(part.least as u64));
            let Hits::Part(entry) = engine.hits(part.part) else {
                continue;
            };
            // Before its least length only bytes of its set keep it alive.
            let own = (start..live)
                .rev()
                .take_while(|at| text.get(*at).is_some_and(|byte| part.set.contains(byte)));
            let start = own.last().unwrap_or(live);
            let first = (start..live).find(|at| {
                text.get(*at).is_some_and(|byte| part.first.contains(byte))
                    && !(entry.part.word_start && inside_word(text, *at))
                    && entry
                        .matcher
                        .verify(entry.part, entry.rule.validator, text, *at)
                        .verdict
                        == Verdict::Open
            });
            live = first.unwrap_or(live);
        }
        live
    }

    /// Searches complete blocks for patterns without a trigger. Returns the start of
    /// the first that was not.
    pub(super) fn blocks(
        &mut self,
        engine: &Engine,
        text: &Text<'_>,
        out: &mut Vec<Finding>,
    ) -> u64 {
        let kinds = self.kinds;
        if !engine.slow.iter().any(|part| part.kind & kinds != 0) {
            return self.end;
        }
        loop {
            let (start, end) = (self.block * BLOCK, (self.block + 2) * BLOCK);
            if text.last == Last::Open && self.end <= end || start >= self.end || self.exhausted {
                return start.min(self.end);
            }
            for part in engine.slow.iter().filter(|part| part.kind & kinds != 0) {
                self.block_part(engine, text, part, start, out);
            }
            self.block += 1;
        }
    }

    fn block_part(
        &mut self,
        engine: &Engine,
        text: &Text<'_>,
        slow: &SlowPart,
        start: u64,
        out: &mut Vec<Finding>,
    ) {
        let Hits::Part(entry) = engine.hits(slow.part) else {
            return;
        };
        // One byte on either side, for word boundaries and line starts.
        let context = start.saturating_sub(1);
        let mut buffer = [0; 2 * BLOCK as usize + 2];
        let window = text.copy(context, start + 2 * BLOCK + 1, &mut buffer);
        let index = |offset: u64| {
            usize::try_from(offset - context)
                .unwrap_or(usize::MAX)
                .min(window.len())
        };
        let limit = index(start + 2 * BLOCK);
        let mut from = index(start);
        while from < index(start + BLOCK) && !self.exhausted {
            let Trigger::Everywhere = entry.part.trigger else {
                return;
            };
            self.spend(WORK_PER_HIT);
            let Some(found) = slow.find(entry.part, window, from..limit) else {
                return;
            };
            let (at, end) = (context + found.start as u64, context + found.end as u64);
            if at >= start + BLOCK {
                return;
            }
            from = found.end.max(found.start + 1);
            let passes = entry
                .rule
                .validator
                .is_none_or(|check| check.check(&window[found.clone()]));
            if !passes {
                from = found.start + 1;
            } else if !self.is_covered(slow.part, at) {
                let sure = confidence(
                    entry.rule,
                    0,
                    &Text {
                        last: Last::End,
                        ..*text
                    },
                    at,
                    end,
                );
                self.cover(slow.part, end);
                let confidence = sure.unwrap_or(pipelock_model::Confidence::Medium);
                self.emit(
                    Finding {
                        rule: entry.index,
                        span: at..end,
                        view: View::Plain,
                        confidence,
                    },
                    out,
                );
            }
        }
    }
}

impl RunPart {
    /// False when no run of its own set in this one is long enough. Such a run covers
    /// one of so many places; only there is it looked for.
    fn fits(&self, run: &[u8]) -> bool {
        let inside = |byte: &&u8| self.set.contains(**byte);
        (self.least - 1..run.len()).step_by(self.least).any(|at| {
            let before = run[..at].iter().rev().take(self.least);
            let behind = run[at..].iter().take(self.least);
            let behind = behind.take_while(inside).count();
            behind > 0 && before.take_while(inside).count() + behind >= self.least
        })
    }
}

/// The most letters and digits in a row: names and paths have few.
fn alphanumeric(run: &[u8]) -> usize {
    let (mut most, mut count) = (0, 0);
    for byte in run {
        count = if byte.is_ascii_alphanumeric() {
            count + 1
        } else {
            0
        };
        most = most.max(count);
    }
    most
}

/// A run and where words start in it.
pub(super) struct Starts {
    start: u64,
    end: u64,
    words: [u64; WORDS],
    count: usize,
}

/// More words in one run are looked for byte by byte.
const WORDS: usize = 16;

impl Starts {
    pub(super) fn new(run: &Range<u64>, text: &Text<'_>) -> Self {
        let mut starts = Self {
            start: run.start,
            end: run.end,
            words: [0; WORDS],
            count: 0,
        };
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let mut before = text.before(run.start).is_some_and(is_word);
        for (index, byte) in text
            .pieces(run.start, run.end)
            .into_iter()
            .flatten()
            .enumerate()
        {
            let word = is_word(*byte);
            // A run may begin before the text that is here: that start was considered.
            let known = text.base <= run.start;
            if word && !before && known {
                if let Some(slot) = starts.words.get_mut(starts.count) {
                    *slot = run.start + index as u64;
                }
                starts.count += 1;
            }
            before = word;
        }
        if text.base > run.start {
            starts.count = WORDS + 1;
        }
        starts
    }

    /// All of them, unless they are too many.
    fn words(&self) -> Option<&[u64]> {
        self.words.get(..self.count)
    }
}

/// Where the run of a part's own set ends that an offset is in.
fn own_run(part: &RunPart, text: &Text<'_>, at: u64, end: u64) -> u64 {
    let inside = |at: &u64| text.get(*at).is_some_and(|byte| part.set.contains(byte));
    (at..end).find(|at| !inside(at)).unwrap_or(end)
}
