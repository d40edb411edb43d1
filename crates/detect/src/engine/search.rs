//! The search over one view of a text, in pieces.

use super::automaton::State;
use super::confidence::confidence;
use super::matcher::{Verdict, WINDOW};
use super::runs::{RunEnd, Said};
use super::tail::Tail;
use super::text::{Last, Text};
use super::{Engine, runs};
use crate::pattern::{ANCHOR_LIMIT, LOOK_BEHIND, RUN_LIMIT, Trigger};
use crate::rule::RuleKind;
use pipelock_model::{Finding, RuleIndex, View};
use std::ops::Range;

/// Most findings of one view: more say nothing new.
const FINDING_LIMIT: usize = 1024;
/// Most candidates that wait at a time.
const PENDING_LIMIT: usize = 4096;
/// Bytes of verification that each byte of text may cost.
const WORK_PER_BYTE: u64 = 12;
/// Work that is free: short texts may be dense.
const WORK_BASE: u64 = 512 * 1024;
/// What a look at a hit costs beside the bytes it reads.
const WORK_PER_HIT: u64 = 12;
/// Looks at one candidate before it must have grown by a quarter for the next.
const EAGER_LOOKS: u8 = 16;
/// Text that a later hit may look back on.
const CONTEXT: u64 = (ANCHOR_LIMIT + LOOK_BEHIND + 1) as u64;
/// An instruction shorter than this turns up by chance in compressed data.
const SHORT: u64 = 8;
/// So much before it must be text, or nobody reads it as one.
const TEXT_BEFORE: u64 = 16;
/// Unanchored patterns are searched in blocks of this size; a match reaches at most
/// to the end of the next block.
const BLOCK: u64 = 2048;

/// Runs that are remembered at a time.
const RUN_ENDS: usize = 4;

const _: () = assert!(RUN_LIMIT as u64 <= CONTEXT);

/// A place that may become a finding.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    part: u16,
    /// Length of its anchor; 0 for runs.
    anchor: u8,
    looks: u8,
    at: u64,
    /// End of the text from which the next look is due.
    due: u64,
}

/// State of a search. The same for a whole text and for pieces of it.
#[derive(Debug, Clone)]
pub(super) struct Search {
    kinds: u8,
    state: State,
    /// Bytes searched.
    end: u64,
    tail: Tail,
    /// Where the run that touches the end starts.
    run: u64,
    /// What is known of runs, for the parts whose number ends alike.
    run_ends: [RunEnd; RUN_ENDS],
    /// First block that was not searched for unanchored patterns.
    block: u64,
    /// In the order of their hits, so that of one part the earliest decides.
    pending: Vec<Candidate>,
    /// Ends of matches, by part: hits inside are the same secret.
    covered: Vec<(u16, u64)>,
    /// Every finding so far.
    found: Vec<(RuleIndex, Range<u64>)>,
    work: u64,
    exhausted: bool,
    safe: u64,
}

impl Search {
    pub(super) fn new(kinds: u8) -> Self {
        Self {
            kinds,
            state: State::default(),
            end: 0,
            tail: Tail::default(),
            run: 0,
            run_ends: [RunEnd::default(); RUN_ENDS],
            block: 0,
            pending: Vec::new(),
            covered: Vec::new(),
            found: Vec::new(),
            work: 0,
            exhausted: false,
            safe: 0,
        }
    }

    /// Every byte before this offset is in no finding that is still to come.
    pub(super) fn safe(&self) -> u64 {
        self.safe
    }

    /// Bytes searched.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// Offset from which on text is still needed.
    pub(super) fn kept_from(&self) -> u64 {
        self.end - self.tail.bytes().len() as u64
    }

    pub(super) fn exhausted(&self) -> bool {
        self.exhausted
    }

    /// True when a finding of this rule overlaps the span.
    pub(super) fn found(&self, rule: RuleIndex, span: &Range<u64>) -> bool {
        self.found
            .iter()
            .any(|(have, at)| *have == rule && at.start < span.end && span.start < at.end)
    }

    /// Searches the next piece.
    pub(super) fn advance(
        &mut self,
        engine: &Engine,
        chunk: &[u8],
        last: Last,
        out: &mut Vec<Finding>,
    ) {
        if self.exhausted {
            self.end += chunk.len() as u64;
            self.safe = self.end;
            return;
        }
        let mut tail = std::mem::take(&mut self.tail);
        let text = tail.text(self.end, chunk, last);
        self.end = text.end();
        if !self.pending.is_empty() {
            self.settle(engine, &text, out);
        }
        self.anchors(engine, &text, out);
        let live_run = self.runs(engine, &text, out);
        let live_block = self.blocks(engine, &text, out);
        self.safe = match last {
            Last::End => self.end,
            Last::Open => self
                .pending
                .iter()
                .map(|candidate| candidate.at)
                .chain([
                    live_run,
                    live_block,
                    self.end - engine.automaton.begun(self.state, self.kinds),
                ])
                .min()
                .unwrap_or(self.end)
                // A candidate past its cap holds nothing, but nothing is taken back.
                .max(self.safe),
        };
        if self.exhausted {
            self.pending = Vec::new();
            self.safe = self.end;
        }
        let from = self
            .safe
            .saturating_sub(TEXT_BEFORE)
            .min(self.end.saturating_sub(CONTEXT));
        let base = text.base;
        tail.keep(base, chunk, from);
        self.tail = tail;
    }

    fn anchors(&mut self, engine: &Engine, text: &Text<'_>, out: &mut Vec<Finding>) {
        let middle = text.middle();
        let kinds = self.kinds;
        self.state = engine
            .automaton
            .run(self.state, text.chunk, |index, state| {
                for hit in engine.automaton.hits(state) {
                    if hit.kind & kinds != 0 {
                        let at = middle + index as u64 + 1 - u64::from(hit.length);
                        self.consider(engine, text, hit.part, hit.length, at, out);
                    }
                }
            });
    }

    /// Looks at a hit.
    fn consider(
        &mut self,
        engine: &Engine,
        text: &Text<'_>,
        part: u16,
        anchor: u8,
        at: u64,
        out: &mut Vec<Finding>,
    ) {
        let entry = engine.entry(part);
        if self.exhausted || (entry.part.word_start && inside_word(text, at)) {
            return;
        }
        let candidate = Candidate {
            part,
            anchor,
            looks: 0,
            at,
            due: 0,
        };
        let waits = self.pending.iter().any(|earlier| earlier.part == part);
        if !waits && self.is_covered(part, at) {
            return;
        }
        self.spend(WORK_PER_HIT);
        if !entry.part.before.is_empty() {
            self.spend(LOOK_BEHIND as u64 / 4);
            if !entry
                .matcher
                .preceded(entry.part, entry.rule.validator, text, at)
            {
                return;
            }
        }
        if waits || !self.decide(engine, text, &candidate, out) {
            self.wait(candidate, text);
        }
    }

    fn wait(&mut self, mut candidate: Candidate, text: &Text<'_>) {
        candidate.looks = candidate.looks.saturating_add(1);
        let grown = text.end().saturating_sub(candidate.at);
        let backoff = if candidate.looks > EAGER_LOOKS {
            grown / 4
        } else {
            0
        };
        candidate.due = (text.end() + backoff).min(candidate.at + WINDOW + 1);
        if self.pending.len() >= PENDING_LIMIT {
            self.exhausted = true;
        } else {
            self.pending.push(candidate);
        }
    }

    /// Looks once more at what waits.
    fn settle(&mut self, engine: &Engine, text: &Text<'_>, out: &mut Vec<Finding>) {
        let mut open: Vec<u16> = Vec::new();
        for candidate in std::mem::take(&mut self.pending) {
            if self.exhausted {
                return;
            }
            let later = text.last == Last::Open && text.end() < candidate.due;
            if open.contains(&candidate.part) {
                self.pending.push(candidate);
            } else if later {
                open.push(candidate.part);
                self.pending.push(candidate);
            } else if !self.is_covered(candidate.part, candidate.at)
                && !self.decide(engine, text, &candidate, out)
            {
                open.push(candidate.part);
                self.wait(candidate, text);
            }
        }
    }

    /// Verifies a candidate. False when more text decides.
    fn decide(
        &mut self,
        engine: &Engine,
        text: &Text<'_>,
        candidate: &Candidate,
        out: &mut Vec<Finding>,
    ) -> bool {
        let run = engine.outsider(candidate.part);
        match run.map(|run| self.read_run(run, text, candidate.at)) {
            Some(Said::Refuted) => return true,
            Some(Said::Open) => return false,
            Some(Said::Ends) | None => {}
        }
        let entry = engine.entry(candidate.part);
        let verified = entry
            .matcher
            .verify(entry.part, entry.rule.validator, text, candidate.at);
        self.spend(verified.cost);
        let end = match verified.verdict {
            Verdict::Refuted => {
                // Not by the end of its window, which a later start has not reached.
                if run.is_some() && verified.cost < WINDOW {
                    self.run_ends[usize::from(candidate.part) % RUN_ENDS].refute();
                }
                return true;
            }
            Verdict::Open => return false,
            Verdict::Match(end) => end,
        };
        let short = entry.rule.kind == RuleKind::Injection && end - candidate.at < SHORT;
        if short && !follows_text(text, candidate.at) {
            return true;
        }
        let Some(confidence) = confidence(entry.rule, candidate.anchor, text, candidate.at, end)
        else {
            return false;
        };
        self.cover(candidate.part, end);
        let span = candidate.at..end;
        self.emit(
            Finding {
                rule: entry.index,
                span,
                view: View::Plain,
                confidence,
            },
            out,
        );
        true
    }

    fn read_run(&mut self, run: &super::RunPart, text: &Text<'_>, at: u64) -> Said {
        let slot = &mut self.run_ends[usize::from(run.part) % RUN_ENDS];
        let (said, read) = slot.read(run.part, &run.set, text, at, WINDOW);
        self.spend(read);
        said
    }

    fn emit(&mut self, finding: Finding, out: &mut Vec<Finding>) {
        let same = |(rule, span): &(RuleIndex, Range<u64>)| {
            *rule == finding.rule && span.start == finding.span.start
        };
        if self.found.iter().any(same) {
            return;
        }
        if self.found.len() >= FINDING_LIMIT {
            self.exhausted = true;
            return;
        }
        self.found.push((finding.rule, finding.span.clone()));
        out.push(finding);
    }

    fn is_covered(&self, part: u16, at: u64) -> bool {
        self.covered
            .iter()
            .any(|(have, until)| *have == part && at < *until)
    }

    fn cover(&mut self, part: u16, end: u64) {
        match self.covered.iter_mut().find(|(have, _)| *have == part) {
            Some((_, until)) => *until = end.max(*until),
            None => self.covered.push((part, end)),
        }
    }

    fn spend(&mut self, work: u64) {
        self.work += work;
        self.exhausted |= self.work > WORK_BASE + WORK_PER_BYTE * self.end;
    }

    /// Looks at runs, and returns where the first live one starts.
    fn runs(&mut self, engine: &Engine, text: &Text<'_>, out: &mut Vec<Finding>) -> u64 {
        let Some(set) = engine
            .run_set
            .as_ref()
            .filter(|set| set.kinds & self.kinds != 0)
        else {
            return self.end;
        };
        let middle = text.middle();
        let begun = self.run;
        self.run = runs::runs(&set.bytes, set.least, begun, text, |run| {
            for part in &set.parts {
                self.run_part(engine, text, part, &run, middle, out);
            }
        });
        if text.last == Last::End {
            self.end
        } else {
            self.live_run(engine, text)
        }
    }

    /// Considers the starts whose least length became complete in this chunk.
    fn run_part(
        &mut self,
        engine: &Engine,
        text: &Text<'_>,
        part: &super::RunPart,
        run: &Range<u64>,
        middle: u64,
        out: &mut Vec<Finding>,
    ) {
        let least = part.least as u64;
        if part.kind & self.kinds == 0 || run.end - run.start < least {
            return;
        }
        let start = run.start.max((middle + 1).saturating_sub(least));
        // Where the run of this part's own set ends; it is read once.
        let mut own = start;
        for at in start..=run.end - least {
            if own < at + least {
                own = own.max(at);
                while text
                    .get(own)
                    .is_some_and(|byte| own < run.end && part.set.contains(byte))
                {
                    own += 1;
                }
            }
            if own >= at + least && text.get(at).is_some_and(|byte| part.first.contains(byte)) {
                self.consider(engine, text, part.part, 0, at, out);
            }
        }
    }

    /// Start of the first run at the end of the text that may still become a match.
    fn live_run(&self, engine: &Engine, text: &Text<'_>) -> u64 {
        let Some(set) = &engine.run_set else {
            return self.end;
        };
        let mut live = self.end;
        for part in set.parts.iter().filter(|part| part.kind & self.kinds != 0) {
            let start = self
                .run
                .max((self.end + 1).saturating_sub(part.least as u64));
            let entry = engine.entry(part.part);
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
    fn blocks(&mut self, engine: &Engine, text: &Text<'_>, out: &mut Vec<Finding>) -> u64 {
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
        slow: &super::SlowPart,
        start: u64,
        out: &mut Vec<Finding>,
    ) {
        let entry = engine.entry(slow.part);
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

/// No word starts here.
/// True when what stands before is text, as far as it goes: UTF-8 without control
/// characters. Chance meets this once in some million places of random bytes.
fn follows_text(text: &Text<'_>, at: u64) -> bool {
    let mut buffer = [0; TEXT_BEFORE as usize];
    let before = text.copy(at.saturating_sub(TEXT_BEFORE), at, &mut buffer);
    // The window may begin inside a character.
    let cut = before
        .iter()
        .take(3)
        .take_while(|byte| **byte & 0xc0 == 0x80)
        .count();
    let is_text = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
    std::str::from_utf8(&before[cut..]).is_ok_and(|text| text.chars().all(is_text))
}

fn inside_word(text: &Text<'_>, at: u64) -> bool {
    let word =
        |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    word(text.get(at)) && word(text.before(at))
}
