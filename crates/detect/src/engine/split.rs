//! Secrets that are cut into several values of one message.
//!
//! The state of the search stands for what was read of a secret: it goes on over
//! the values that may follow, so no combinations are put together and searched.

use super::text::Last;
use super::{DEPTH_LIMIT, Engine, Kinds, Outcome};
use crate::engine::search::Search;
use crate::validate::looks_random;
use pipelock_model::{Confidence, Finding, View};

/// Most values that are tried: the first and the last half of them.
const PARTS: usize = 64;
/// Most values that one secret is cut into.
const CUTS: usize = 4;
/// Bytes of a value that count: a longer one holds a secret whole.
const PART: usize = 1024;
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
        let mut walk = Walk {
            engine: self,
            parts,
            order,
            steps: 0,
            chain: [0; CUTS],
            out,
        };
        if parts.len() < 2 {
            return Outcome::Complete;
        }
        for first in chosen(parts.len()) {
            let mut search = Search::new(kinds.0 & super::DLP_KINDS, DEPTH_LIMIT);
            let value = head(parts[first]);
            search.advance(self, value, Last::Open, &mut Vec::new());
            if search.safe() < value.len() as u64 {
                walk.chain[0] = first;
                walk.go_on(&search, 1, search.safe());
            }
        }
        if walk.steps < STEPS {
            Outcome::Complete
        } else {
            Outcome::BudgetExceeded
        }
    }
}

struct Walk<'w> {
    engine: &'w Engine,
    parts: &'w [&'w [u8]],
    order: Order,
    steps: u32,
    /// The values that were read.
    chain: [usize; CUTS],
    out: &'w mut Vec<Finding>,
}

impl Walk<'_> {
    /// Tries every value behind those that were read; what is live started at `from`.
    fn go_on(&mut self, search: &Search, read: usize, from: u64) {
        let border = search.end();
        for next in chosen(self.parts.len()) {
            let before = &self.chain[..read];
            let late = self.order == Order::Any || before.last().is_some_and(|last| next > *last);
            if !late || before.contains(&next) || self.steps >= STEPS {
                continue;
            }
            self.steps += 1;
            let value = head(self.parts[next]);
            let mut longer = search.clone();
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
        let text: Vec<u8> = chain
            .iter()
            .flat_map(|part| head(self.parts[*part]))
            .copied()
            .collect();
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
