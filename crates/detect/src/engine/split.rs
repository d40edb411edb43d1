//! Secrets that are cut into several values of one message.
//!
//! The state of the search stands for what was read of a secret: it goes on over
//! the values that may follow, so no combinations are put together and searched.

use super::anchors::State;
use super::search::{Scope, Search};
use super::text::Last;
use super::{DEPTH_LIMIT, Engine, Kinds, Outcome};
use crate::seed;
use crate::validate::looks_random;
use pipelock_model::{Confidence, Finding, View};

/// Most values that are tried: the first and the last half of them.
const PARTS: usize = 64;
/// Most values that one secret is cut into.
const CUTS: usize = 4;
/// Bytes of a value that count: more of it can hold a secret whole.
const PART: usize = 1024;
/// Digits that may be a piece of a hexadecimal key.
const NUMBER: usize = 4;
/// Words of a seed phrase that one of its four pieces has at least.
const SEED_WORDS: usize = 3;
/// Searches over values that one message may cost.
const STEPS: u32 = 20_000;

/// In which order the values of a secret may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// In that of the message.
    Forward,
    /// In any.
    Any,
}

impl Engine {
    /// Searches for secrets that are cut into several of these values, with other
    /// values between them or not. A span starts and ends where its first and its last
    /// value do in the values put one behind the other. What one value holds alone is
    /// not reported.
    pub fn scan_parts(
        &self,
        kinds: Kinds,
        parts: &[&[u8]],
        order: Order,
        out: &mut Vec<Finding>,
    ) -> Outcome {
        if parts.len() < 2 {
            return Outcome::Complete;
        }
        let mut walk = Walk {
            engine: self,
            kinds: kinds.0 & super::DLP_KINDS,
            parts,
            order,
            seeds: self.seeds_in(parts),
            steps: 0,
            chain: [0; CUTS],
            out,
        };
        for first in chosen(parts.len()) {
            walk.begin(first);
        }
        if walk.steps < STEPS {
            Outcome::Complete
        } else {
            Outcome::BudgetExceeded
        }
    }

    /// Words of a phrase may be in the values: in four of them one has three at least.
    fn seeds_in(&self, parts: &[&[u8]]) -> Scope {
        let row = |part: usize| seed::has_words(head(parts[part]), SEED_WORDS);
        if self.seeds.is_some() && chosen(parts.len()).any(row) {
            Scope::SEEDS
        } else {
            Scope::ANCHORS
        }
    }
}

struct Walk<'w> {
    engine: &'w Engine,
    kinds: u8,
    parts: &'w [&'w [u8]],
    order: Order,
    seeds: Scope,
    steps: u32,
    /// The values that were read.
    chain: [usize; CUTS],
    out: &'w mut Vec<Finding>,
}

impl Walk<'_> {
    /// Tries chains that begin with this value.
    fn begin(&mut self, first: usize) {
        let value = tail(self.parts[first]);
        let anchors = &self.engine.anchors;
        let scope = self.seeds.with(runs_in(value));
        let mut hit = false;
        let state = anchors.run(State::default(), value, |_, _| hit = true);
        self.chain[0] = first;
        let begun = anchors.all_begun(state);
        let goes_on = |next| anchors.goes_on(&begun, self.parts[next]);
        // Most values hold no anchor, and no other value goes on with what they end with.
        if !hit && scope == Scope::ANCHORS && !self.following(1).any(goes_on) {
            return;
        }
        let mut search = Search::new(self.kinds, DEPTH_LIMIT);
        search.limit(scope);
        search.advance(self.engine, value, Last::Open, &mut Vec::new());
        if search.safe() < value.len() as u64 {
            self.go_on(&search, 1, search.safe());
        }
    }

    /// The values that may stand behind those that were read.
    fn following(&self, read: usize) -> impl Iterator<Item = usize> + use<> {
        let (chain, any) = (self.chain, self.order == Order::Any);
        chosen(self.parts.len()).filter(move |next| {
            let before = &chain[..read];
            let late = any || before.last().is_some_and(|last| next > last);
            late && !before.contains(next)
        })
    }

    /// Tries every value behind those that were read; what is live started at `from`.
    fn go_on(&mut self, search: &Search, read: usize, from: u64) {
        let border = search.end();
        let begun = search.begun(self.engine);
        for next in self.following(read) {
            let value = head(self.parts[next]);
            let scope = self.seeds.with(runs_in(value));
            let live = search.is_live(scope) || self.engine.anchors.goes_on(&begun, value);
            if self.steps >= STEPS || !live {
                continue;
            }
            self.steps += 1;
            let mut longer = search.clone();
            longer.limit(scope);
            let mut found = Vec::new();
            longer.advance(self.engine, value, Last::Open, &mut found);
            let live = longer.safe();
            let mut whole = longer.clone();
            whole.advance(self.engine, &[], Last::End, &mut found);
            self.chain[read] = next;
            let spanning = |finding: &Finding| {
                (from..border).contains(&finding.span.start) && finding.span.end > border
            };
            for finding in found.into_iter().filter(spanning) {
                self.report(finding, read + 1);
            }
            let starts_before = live < border && live >= from;
            if starts_before && read + 1 < CUTS {
                self.go_on(&longer, read + 1, live);
            }
        }
    }

    fn report(&mut self, finding: Finding, read: usize) {
        let chain = &self.chain[..read];
        let mut text = tail(self.parts[chain[0]]).to_vec();
        let rest = chain[1..].iter().flat_map(|part| head(self.parts[*part]));
        text.extend(rest);
        let index = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
        let secret = text.get(index(finding.span.start)..index(finding.span.end).min(text.len()));
        // What is put together may be prose. A placeholder is told as one.
        let sure = finding.confidence != Confidence::Medium || secret.is_some_and(looks_random);
        let known = self.out.iter().any(|other| other.rule == finding.rule);
        if !sure || known {
            return;
        }
        let first = chain.iter().min().copied().unwrap_or(0);
        let last = chain.iter().max().copied().unwrap_or(0);
        let length = |parts: &[&[u8]]| parts.iter().map(|part| part.len() as u64).sum::<u64>();
        self.out.push(Finding {
            span: length(&self.parts[..first])..length(&self.parts[..=last]),
            view: View::Split,
            ..finding
        });
    }
}

/// Whether a value may be a piece of a run that was cut. Names and words are none: what
/// a machine drew has digits and letters or letters of both cases, unless it is short,
/// or is a number of some length.
fn runs_in(value: &[u8]) -> Scope {
    let count = |kind: fn(&u8) -> bool| value.iter().filter(|byte| kind(byte)).count();
    let upper = count(u8::is_ascii_uppercase);
    let lower = count(u8::is_ascii_lowercase);
    let digits = count(u8::is_ascii_digit);
    if digits > 0 && (upper + lower > 0 || digits >= NUMBER) || upper > 1 && lower > 1 {
        Scope::RUNS
    } else {
        Scope::ANCHORS
    }
}

/// What counts of the first value: a secret begins in it and goes on in the next.
fn tail(part: &[u8]) -> &[u8] {
    &part[part.len() - part.len().min(PART)..]
}

/// What counts of those that follow.
fn head(part: &[u8]) -> &[u8] {
    &part[..part.len().min(PART)]
}

/// All of a few values, the first and the last of many.
fn chosen(count: usize) -> impl Iterator<Item = usize> {
    let half = PARTS / 2;
    let (first, last) = if count <= PARTS {
        (count, count)
    } else {
        (half, count - half)
    };
    (0..first).chain(last..count)
}
