//! The search over one view of a text, in pieces.

use super::anchors::{Begun, State};
use super::runs::RunEnd;
use super::tail::Tail;
use super::text::{Last, Text};
use super::{DLP_KINDS, Engine};
use crate::intent::Watch;
use crate::pattern::{ANCHOR_LIMIT, LOOK_BEHIND, RUN_LIMIT};
use crate::seed::{self, SeedScan};
use pipelock_model::{Confidence, Finding, RuleIndex, View};
use std::fmt;
use std::ops::Range;

mod blocks;
mod candidates;
mod embedded;
pub(super) mod joined;
pub(super) mod scrambled;

use candidates::Candidate;
use embedded::Embedded;
use joined::Unjoined;

/// Most findings of one view: more say nothing new.
pub(super) const FINDING_LIMIT: usize = 1024;
/// Bytes of verification that each byte of text may cost.
const WORK_PER_BYTE: u64 = 12;
/// Work that is free: short texts may be dense.
const WORK_BASE: u64 = 512 * 1024;
/// What a look at a hit costs beside the bytes it reads.
const WORK_PER_HIT: u64 = 12;
/// Text that a later hit may look back on.
pub(super) const CONTEXT: u64 = (ANCHOR_LIMIT + LOOK_BEHIND + 1) as u64;
/// So much before a short instruction must be text, or nobody reads it as one.
const TEXT_BEFORE: u64 = 16;

/// Text before a match that says how much it weighs.
const AROUND: u64 = 128;

/// Runs that are remembered at a time.
const RUN_ENDS: usize = 4;

const _: () = assert!(RUN_LIMIT as u64 <= CONTEXT);

/// What a search looks for beside anchors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scope(u8);

impl Scope {
    /// Nothing.
    pub(super) const ANCHORS: Self = Self(0);
    /// Runs of a set of bytes.
    pub(super) const RUNS: Self = Self(1);
    /// Seed phrases.
    pub(super) const SEEDS: Self = Self(2);
    /// All.
    const ALL: Self = Self(3);

    /// Both.
    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// State of a search. The same for a whole text and for pieces of it.
#[derive(Clone)]
pub(super) struct Search {
    kinds: u8,
    scope: Scope,
    /// What is live beside anchors: runs and phrases.
    live: Scope,
    /// Encodings that were undone to get here.
    depth: u8,
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
    /// The last token that no match of its rule goes on from, over its first gap.
    unjoined: Option<Unjoined>,
    embedded: Embedded,
    /// Offset of the first byte.
    start: u64,
    /// What a text in pieces carries from one to the next. A whole one, as most are,
    /// needs neither.
    watch: Option<Box<Watch>>,
    seeds: Option<Box<SeedScan>>,
    work: u64,
    exhausted: bool,
    /// More text follows at once.
    passing: bool,
    safe: u64,
}

// Of the text nothing may reach a log.
impl fmt::Debug for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Search")
    }
}

impl Search {
    pub(super) fn new(kinds: u8, depth: u8) -> Self {
        Self {
            kinds,
            scope: Scope::ALL,
            live: Scope::ANCHORS,
            depth,
            state: State::default(),
            end: 0,
            tail: Tail::default(),
            run: 0,
            run_ends: [RunEnd::default(); RUN_ENDS],
            block: 0,
            pending: Vec::new(),
            covered: Vec::new(),
            found: Vec::new(),
            unjoined: None,
            embedded: Embedded::default(),
            start: 0,
            watch: None,
            seeds: None,
            work: 0,
            exhausted: false,
            passing: false,
            safe: 0,
        }
    }

    /// One that has seen nothing, for another text that begins here.
    pub(super) fn fresh(&self) -> Self {
        Self {
            end: self.end,
            run: self.end,
            safe: self.end,
            embedded: Embedded::at(self.end),
            start: self.end,
            ..Self::new(self.kinds, self.depth)
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

    /// Searches a piece that the next one follows at once: what is live at its end is
    /// not told closely.
    pub(super) fn pass(&mut self, engine: &Engine, chunk: &[u8], out: &mut Vec<Finding>) {
        self.passing = true;
        self.advance(engine, chunk, Last::Open, out);
        self.passing = false;
    }

    /// What it has cost.
    pub(super) fn work(&self) -> u64 {
        self.work
    }

    /// Offset from which on text is still needed: what is still to come starts behind it.
    pub(super) fn kept_from(&self) -> u64 {
        let tail = self.end - self.tail.bytes().len() as u64;
        self.watch
            .as_ref()
            .map_or(tail, |watch| watch.kept_from().min(tail))
    }

    pub(super) fn exhausted(&self) -> bool {
        self.exhausted
    }

    /// Looks for less from here on.
    pub(super) fn limit(&mut self, scope: Scope) {
        self.scope = scope;
    }

    /// The anchors that are begun.
    pub(super) fn begun(&self, engine: &Engine) -> Begun {
        engine.anchors.all_begun(self.state)
    }

    /// True when something other than an anchor is live in this scope.
    pub(super) fn is_live(&self, scope: Scope) -> bool {
        !self.pending.is_empty() || self.live.has(scope)
    }

    /// True when a finding of this rule overlaps the span.
    pub(super) fn found(&self, rule: RuleIndex, span: &Range<u64>) -> bool {
        self.found
            .iter()
            .any(|(have, at)| *have == rule && at.start < span.end && span.start < at.end)
    }

    /// True when nothing is live that began in the text so far, so that a search
    /// which saw other text long ago goes on alike.
    pub(super) fn settled(&mut self, engine: &Engine, out: &mut Vec<Finding>) -> bool {
        if !self.pending.is_empty() {
            let tail = std::mem::take(&mut self.tail);
            self.settle(engine, &tail.text(self.end, &[], Last::Open), Due::Now, out);
            self.tail = tail;
        }
        let short = |start: u64| self.end - start < CONTEXT;
        self.pending.is_empty()
            && short(self.run)
            && self.embedded.is_idle(self.end)
            && self.watch.as_ref().is_none_or(|watch| watch.is_idle())
            && self
                .seeds
                .as_ref()
                .is_none_or(|seeds| seeds.safe() == self.end)
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
            self.settle(engine, &text, Due::Later, out);
        }
        self.anchors(engine, &text, out);
        let embedded = self.embedded(engine, &text, out);
        let (runs, blocks) = (
            self.runs(engine, &text, out),
            self.blocks(engine, &text, out),
        );
        let seeds = self.seeds(engine, &text, out);
        self.note_live(runs.min(blocks), seeds);
        let live = [
            embedded,
            runs,
            blocks,
            self.intents(engine, &text, out),
            seeds,
            match last {
                Last::End => self.end,
                Last::Open => self.end - engine.anchors.begun(self.state, self.kinds),
            },
        ];
        self.safe = match last {
            Last::End => self.end,
            Last::Open => self
                .pending
                .iter()
                .map(|candidate| candidate.at)
                .chain(live)
                .min()
                .unwrap_or(self.end)
                // A candidate past its cap holds nothing, but nothing is taken back.
                .max(self.safe),
        };
        if self.exhausted {
            self.pending = Vec::new();
            self.safe = self.end;
        }
        let context = self.end.saturating_sub(CONTEXT);
        let from = self
            .safe
            .saturating_sub(AROUND)
            .min(context)
            .min(self.embedded.kept_from(self.end));
        let base = text.base;
        tail.keep(base, chunk, from);
        self.tail = tail;
    }

    fn note_live(&mut self, runs: u64, seeds: u64) {
        let live = |from: u64, scope: Scope| {
            if from < self.end {
                scope
            } else {
                Scope::ANCHORS
            }
        };
        self.live = live(runs, Scope::RUNS).with(live(seeds, Scope::SEEDS));
    }

    fn anchors(&mut self, engine: &Engine, text: &Text<'_>, out: &mut Vec<Finding>) {
        let middle = text.middle();
        let kinds = self.kinds;
        self.state = engine.anchors.run(self.state, text.chunk, |index, hit| {
            if hit.kind & kinds != 0 {
                let at = middle + index as u64 + 1 - u64::from(hit.length);
                self.consider(engine, text, hit.part, hit.length, at, out);
            }
        });
    }

    /// Judges sentences, and returns where the first starts that is not judged yet.
    fn intents(&mut self, engine: &Engine, text: &Text<'_>, out: &mut Vec<Finding>) -> u64 {
        let Some(model) = engine
            .model
            .as_ref()
            .filter(|_| self.kinds & super::INTENT_KINDS != 0)
        else {
            return self.end;
        };
        let mut sightings = Vec::new();
        let mut push = |watch: &mut Watch| {
            watch.push(model, text.chunk, text.last == Last::End, &mut sightings);
            (watch.safe(), watch.exhausted())
        };
        let whole = text.last == Last::End && self.watch.is_none();
        let (safe, exhausted) = if whole {
            push(&mut Watch::new(self.start))
        } else {
            let start = self.start;
            let new = || Box::new(Watch::new(start));
            push(self.watch.get_or_insert_with(new))
        };
        self.exhausted |= exhausted;
        for sighting in sightings {
            if let Some(rule) = engine.intent_rule(sighting.intent) {
                let finding = Finding {
                    rule,
                    span: sighting.span,
                    view: View::Plain,
                    confidence: sighting.confidence,
                };
                self.emit(finding, out);
            }
        }
        safe
    }

    /// Looks for seed phrases, and returns where the first may have begun.
    fn seeds(&mut self, engine: &Engine, text: &Text<'_>, out: &mut Vec<Finding>) -> u64 {
        let wanted = self.kinds & DLP_KINDS != 0 && self.scope.has(Scope::SEEDS);
        let Some((rule, rules)) = engine.seeds.filter(|_| wanted) else {
            return self.end;
        };
        let mut found = Vec::new();
        let safe = match &mut self.seeds {
            Some(seeds) => {
                seeds.push(text.chunk, text.middle(), &mut found);
                if text.last == Last::End {
                    seeds.finish(&mut found);
                }
                seeds.safe()
            }
            none => {
                let clean = seed::clean(text.chunk);
                let (rest, base) = (&text.chunk[clean..], text.middle() + clean as u64);
                match text.last {
                    Last::End => {
                        seed::find_from(rest, base, &rules, &mut found);
                        self.end
                    }
                    Last::Open if rest.is_empty() => self.end,
                    Last::Open => {
                        let seeds = none.insert(Box::new(SeedScan::new(rules)));
                        seeds.push(rest, base, &mut found);
                        seeds.safe()
                    }
                }
            }
        };
        for span in found {
            let finding = Finding {
                rule,
                span,
                view: View::Plain,
                confidence: Confidence::Certain,
            };
            self.emit(finding, out);
        }
        safe
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

    fn spend(&mut self, work: u64) {
        self.work += work;
        self.exhausted |= self.work > WORK_BASE + WORK_PER_BYTE * self.end;
    }
}

/// Which candidates are looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    /// Those whose time has come: a long one is not read anew for each byte.
    Later,
    /// All.
    Now,
}
