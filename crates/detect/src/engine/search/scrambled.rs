//! Texts that are read backwards or by ROT13.
//!
//! Words of instructions and starts of tokens are anchors in their scrambled form as
//! well; only around a hit the text is put right and searched.

use super::super::stream::Stream;
use super::super::text::{Last, Text};
use super::super::{DEPTH_LIMIT, DLP_KINDS, Engine};
use super::Search;
use crate::decode::{reverse, rot13, rotated};
use crate::validate::looks_random;
use pipelock_model::{Confidence, Finding, View};
use std::ops::Range;

/// Text before a scrambled word that is put right with it, in bytes.
const BEFORE: u64 = 128;
/// Text behind it.
const BEHIND: u64 = 256;
/// Longest token that is put right, in bytes.
const TOKEN: usize = 512;

/// Shorter ones are none.
const TOKEN_LEAST: usize = 16;

/// Words that few instructions do without. Their scrambled forms are no words.
pub(in super::super) const WORDS: [&str; 8] = [
    "ignore",
    "instruct",
    "previous",
    "disregard",
    "password",
    "system prompt",
    "override",
    "restrict",
];

/// Bytes of a token's start that must be those of an anchor.
pub(in super::super) const START: usize = 4;

/// A text put right.
fn unscrambled(view: View, text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    match view {
        View::Rot13 => rot13(text, &mut out),
        _ => reverse(text, &mut out),
    }
    out
}

/// Where a range of the text that was put right stood.
fn source(view: View, span: &Range<u64>, length: u64) -> Range<u64> {
    match view {
        View::Rot13 => span.clone(),
        _ => length.saturating_sub(span.end)..length.saturating_sub(span.start),
    }
}

impl Search {
    /// Reads the text around a scrambled word. False when more text decides.
    pub(super) fn decide_scrambled(
        &mut self,
        engine: &Engine,
        view: View,
        text: &Text<'_>,
        at: u64,
        out: &mut Vec<Finding>,
    ) -> bool {
        if self.depth >= DEPTH_LIMIT {
            return true;
        }
        if text.end() < at + BEHIND && text.last == Last::Open {
            return false;
        }
        let start = at.saturating_sub(BEFORE);
        let mut buffer = [0; (BEFORE + BEHIND) as usize];
        let window = text.copy(start, at + BEHIND, &mut buffer);
        self.scan_scrambled(engine, view, window, start, self.kinds & !DLP_KINDS, out);
        true
    }

    /// Looks for tokens in a run that is read backwards or by ROT13.
    pub(super) fn scrambled_run(
        &mut self,
        engine: &Engine,
        run: &[u8],
        start: u64,
        out: &mut Vec<Finding>,
    ) {
        let padding = run.iter().rev().take_while(|byte| **byte == b'=').count();
        let run = &run[..run.len() - padding];
        let name = run
            .iter()
            .rposition(|byte| *byte == b'=')
            .map_or(0, |at| at + 1);
        let (run, start) = (&run[name..], start + name as u64);
        if !(TOKEN_LEAST..=TOKEN).contains(&run.len()) || self.kinds & DLP_KINDS == 0 {
            return;
        }
        for view in [View::Reversed, View::Rot13] {
            let head: [u8; START] = match view {
                View::Reversed => std::array::from_fn(|index| run[run.len() - 1 - index]),
                _ => std::array::from_fn(|index| rotated(run[index])),
            };
            if engine.starts_token(head) && looks_random(run) {
                self.scan_scrambled(engine, view, run, start, self.kinds & DLP_KINDS, out);
            }
        }
    }

    fn scan_scrambled(
        &mut self,
        engine: &Engine,
        view: View,
        text: &[u8],
        start: u64,
        kinds: u8,
        out: &mut Vec<Finding>,
    ) {
        self.spend(4 * text.len() as u64);
        let mut stream = Stream::nested(kinds, DEPTH_LIMIT, 0);
        let mut found = Vec::new();
        stream.finish_with(engine, &unscrambled(view, text), &mut found);
        for finding in found {
            let span = source(view, &finding.span, text.len() as u64);
            let span = start + span.start..start + span.end;
            let weak = finding.confidence == Confidence::Low;
            if !weak && !self.found(finding.rule, &span) {
                self.emit(
                    Finding {
                        span,
                        view,
                        ..finding
                    },
                    out,
                );
            }
        }
    }
}
