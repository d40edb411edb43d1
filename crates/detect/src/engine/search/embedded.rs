//! Texts inside the text: encoded runs and letters that stand apart. What is
//! decoded is searched like any other text, within a budget.

use super::super::runs::{self, ByteSet};
use super::super::stream::Stream;
use super::super::text::{Last, Text};
use super::super::{DEPTH_LIMIT, Engine};
use super::Search;
use crate::decode::{Decoded, MIN_RUN, Outcome, Scratch, decode_run, first_spaced, spaced_region};
use pipelock_model::{Finding, View};
use std::ops::Range;

/// Bytes of a long run that are decoded at a time, and by how much these overlap.
const SEGMENT: u64 = 4 * 1024;
/// A multiple of what base64, base32 and hexadecimal take for whole bytes.
const STEP: u64 = 3 * 1024;
/// Most bytes of letters that stand apart.
const SPACED: usize = 4096;
/// Text before letters that stand apart, for the first of them.
const SPACED_BEFORE: u64 = 64;
/// Most bytes between two words of such letters, and of marks before them.
const WORD_GAP: u64 = 6;
const MARKS: u64 = 36;
/// Decoded bytes for each byte of text.
const DECODED_PER_BYTE: u64 = 8;
/// Decoded bytes that are free.
const DECODED_BASE: u64 = 64 * 1024;

static RUN_BYTES: ByteSet = ByteSet::encoded();

/// What is live of embedded texts.
#[derive(Debug, Clone, Default)]
pub(super) struct Embedded {
    /// Where the run that touches the end starts.
    pub(super) run: u64,
    /// How many segments of it were decoded.
    segments: u64,
    /// Where letters that stand apart may begin, if they go on.
    spaced: Option<u64>,
    /// Up to here every region was read.
    spaced_done: u64,
    /// Up to here no other region begins, if enough of it was there.
    spaced_seen: u64,
    /// Bytes that were decoded.
    made: u64,
    /// Most of them, when this text was decoded itself.
    allowance: Option<u64>,
}

impl Embedded {
    pub(super) fn at(start: u64) -> Self {
        Self {
            run: start,
            spaced_done: start,
            spaced_seen: start,
            ..Self::default()
        }
    }

    /// True when nothing is live that began long ago.
    pub(super) fn is_idle(&self, end: u64) -> bool {
        end - self.run < super::CONTEXT && self.spaced.is_none()
    }

    /// Offset from which on text is still needed.
    pub(super) fn kept_from(&self, end: u64) -> u64 {
        let run = if end - self.run < MIN_RUN as u64 {
            self.run
        } else {
            self.run + self.segments * STEP
        };
        let spaced = self
            .spaced
            .map_or(end, |start| start.saturating_sub(SPACED_BEFORE));
        run.min(spaced).min(end)
    }
}

impl Search {
    /// Bytes that were decoded on the way.
    pub(in super::super) fn made(&self) -> u64 {
        self.embedded.made
    }

    /// Bounds what may be decoded.
    pub(in super::super) fn allow(&mut self, bytes: u64) {
        self.embedded.allowance = Some(bytes);
    }

    /// Looks into encoded runs and letters that stand apart, and returns where the
    /// first starts that is not complete.
    pub(super) fn embedded(
        &mut self,
        engine: &Engine,
        text: &Text<'_>,
        out: &mut Vec<Finding>,
    ) -> u64 {
        if !self.looks_inside() {
            return self.end;
        }
        let parts = match &engine.run_set {
            Some(set) if set.bytes.is_encoded() && set.kinds & self.kinds != 0 => &set.parts[..],
            _ => &[],
        };
        let least = parts
            .iter()
            .map(|part| part.least)
            .fold(MIN_RUN, usize::min);
        let begun = self.embedded.run;
        let mut live = self.end;
        self.embedded.run = runs::runs(&RUN_BYTES, least, begun, text, |run| {
            self.run_parts(engine, text, parts, &run, out);
            if run.end - run.start < MIN_RUN as u64 {
                return;
            }
            if run.start != begun {
                self.embedded.segments = 0;
            }
            self.run_segments(engine, text, &run, out);
            if run.end == text.end() && text.last == Last::Open {
                let start = (run.start + self.embedded.segments * STEP).min(run.end);
                if may_be_encoded(text.pieces(start, run.end)) {
                    live = start;
                }
            }
        });
        if self.embedded.run != begun && self.end - self.embedded.run < MIN_RUN as u64 {
            self.embedded.segments = 0;
        }
        live.min(self.spaced(engine, text, out))
    }

    /// Decodes what is complete of a run.
    fn run_segments(
        &mut self,
        engine: &Engine,
        text: &Text<'_>,
        run: &Range<u64>,
        out: &mut Vec<Finding>,
    ) {
        let complete = run.end < text.end() || text.last == Last::End;
        loop {
            let start = run.start + self.embedded.segments * STEP;
            let rest = run.end.saturating_sub(start);
            let first = self.embedded.segments == 0;
            if rest < SEGMENT {
                // What overlaps was in the segment before.
                if complete && (first || rest > SEGMENT - STEP) {
                    self.decode_segment(engine, text, start..run.end, out);
                }
                return;
            }
            self.decode_segment(engine, text, start..start + SEGMENT, out);
            self.embedded.segments += 1;
        }
    }

    fn decode_segment(
        &mut self,
        engine: &Engine,
        text: &Text<'_>,
        span: Range<u64>,
        out: &mut Vec<Finding>,
    ) {
        let pieces = text.pieces(span.start, span.end);
        if !may_be_encoded(pieces) || self.exhausted {
            return;
        }
        self.spend((span.end - span.start) / 2);
        match pieces {
            [run, []] | [[], run] => self.decode(engine, run, span.start, out),
            [head, tail] => self.decode(engine, &[head, tail].concat(), span.start, out),
        }
    }

    fn decode(&mut self, engine: &Engine, run: &[u8], start: u64, out: &mut Vec<Finding>) {
        self.scrambled_run(engine, run, start, out);
        let limit = usize::try_from(self.left()).unwrap_or(usize::MAX);
        let mut scratch = Scratch::default();
        let outcome = decode_run(run, limit, &mut scratch, &mut |decoded| {
            self.search_decoded(engine, &decoded, start, out);
        });
        self.exhausted |= outcome == Outcome::BudgetExceeded;
    }

    /// False for texts that were decoded too often already.
    pub(super) fn looks_inside(&self) -> bool {
        self.depth < DEPTH_LIMIT
    }

    /// Bytes that may still be decoded.
    fn left(&self) -> u64 {
        let limit = self
            .embedded
            .allowance
            .unwrap_or(DECODED_BASE + DECODED_PER_BYTE * self.end);
        limit.saturating_sub(self.embedded.made)
    }

    /// Searches a decoded text; `start` is the offset of what it was decoded from.
    fn search_decoded(
        &mut self,
        engine: &Engine,
        decoded: &Decoded<'_>,
        start: u64,
        out: &mut Vec<Finding>,
    ) {
        self.embedded.made += decoded.text.len() as u64;
        let mut stream = Stream::nested(self.kinds, self.depth + 1, self.left());
        let mut found = Vec::new();
        stream.finish_with(engine, decoded.text, &mut found);
        self.embedded.made += stream.made();
        self.work += stream.work() / 2;
        self.exhausted |= stream.exhausted();
        for finding in found {
            let index = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
            let span = decoded.source(index(finding.span.start)..index(finding.span.end));
            let span = start + span.start as u64..start + span.end as u64;
            if !self.found(finding.rule, &span) {
                self.emit(
                    Finding {
                        span,
                        view: match finding.view {
                            View::Plain => decoded.view,
                            inner => inner.max(decoded.view),
                        },
                        ..finding
                    },
                    out,
                );
            }
        }
    }

    /// Looks at letters that stand apart; returns where the first stand that go on.
    fn spaced(&mut self, engine: &Engine, text: &Text<'_>, out: &mut Vec<Finding>) -> u64 {
        loop {
            let Some(start) = self.embedded.spaced.or_else(|| self.next_spaced(text)) else {
                self.embedded.spaced_seen = self.end;
                return match text.last {
                    Last::Open => begun(text, self.embedded.spaced_done),
                    Last::End => self.end,
                };
            };
            let context = start.saturating_sub(SPACED_BEFORE).max(text.base);
            let mut buffer = [0; SPACED + SPACED_BEFORE as usize];
            let window = text.copy(context, start + SPACED as u64, &mut buffer);
            let full = window.len() as u64 >= start - context + SPACED as u64;
            let at = usize::try_from(start - context).unwrap_or(0);
            let mut scratch = Scratch::default();
            let Some((region, decoded)) = spaced_region(window, at, &mut scratch) else {
                self.embedded.spaced = None;
                self.embedded.spaced_done = start + 1;
                continue;
            };
            let open = region.end + 8 >= window.len() && !full && text.last == Last::Open;
            if open {
                self.embedded.spaced = Some(start);
                return start;
            }
            self.embedded.spaced = None;
            self.embedded.spaced_done = (context + region.end as u64).max(start + 1);
            self.spend(2 * region.len() as u64);
            if decoded.text.len() as u64 > self.left() || self.exhausted {
                self.exhausted = true;
                return self.end;
            }
            self.search_decoded(engine, &decoded, context, out);
        }
    }

    /// Where letters begin to stand apart, in what was not looked at yet.
    fn next_spaced(&self, text: &Text<'_>) -> Option<u64> {
        let Embedded {
            spaced_done: done,
            spaced_seen: seen,
            ..
        } = self.embedded;
        let middle = text.middle();
        if done < middle && middle > text.base {
            // Over the border of the chunk: fewer letters than make a region may stand
            // before it.
            let start = seen.saturating_sub(SPACED_BEFORE).max(done).max(text.base);
            let mut buffer = [0; 4 * SPACED_BEFORE as usize];
            let border = text.copy(start, middle + 2 * SPACED_BEFORE, &mut buffer);
            if let Some(at) = first_spaced(border) {
                return Some(start + at as u64);
            }
        }
        let from = usize::try_from(done.saturating_sub(middle)).unwrap_or(usize::MAX);
        let rest = text.chunk.get(from..)?;
        first_spaced(rest).map(|at| middle + (from + at) as u64)
    }
}

/// Where letters at the end of a text begin to stand apart: three with the same bytes
/// between them. What has fewer is an event or a short value, which must not wait.
fn begun(text: &Text<'_>, floor: u64) -> u64 {
    let end = text.end();
    let floor = floor.max(text.base).max(end.saturating_sub(SPACED_BEFORE));
    let alnum = |at: u64| {
        text.get(at)
            .is_some_and(|byte| byte.is_ascii_alphanumeric())
    };
    let apart = |at: u64| text.get(at).is_some_and(|byte| byte.is_ascii()) && !alnum(at);
    let before = |at: u64| {
        let gap = (1..=WORD_GAP).take_while(|back| at >= floor + back && apart(at - back));
        let unit = at.checked_sub(gap.count() as u64 + 1)?;
        let alone = alnum(unit) && (unit == floor || apart(unit - 1));
        (unit >= floor && alone).then_some(unit)
    };
    let same = |a: u64, b: u64, c: u64| {
        let step = b - a;
        step <= 3 && c - b == step && (1..step).all(|at| text.get(a + at) == text.get(b + at))
    };
    let (mut units, mut regular) = ([end; 2], false);
    while let Some(unit) = before(units[0]) {
        regular |= units[1] != end && same(unit, units[0], units[1]);
        units = [unit, units[0]];
    }
    if !regular {
        return end;
    }
    // Marks may stand apart before the letters.
    let start = units[0];
    let marks = (1..=MARKS).take_while(|back| start >= floor + back && apart(start - back));
    start - marks.count() as u64
}

/// What base64, base32 and hexadecimal of text cannot be without: digits, or letters
/// of both cases. Words and names of one case are not decoded.
fn may_be_encoded(pieces: [&[u8]; 2]) -> bool {
    let (mut digit, mut upper, mut lower) = (false, 0, 0);
    for byte in pieces.iter().flat_map(|piece| piece.iter()) {
        match byte {
            b'0'..=b'9' => digit = true,
            b'A'..=b'Z' => upper += 1,
            b'a'..=b'z' => lower += 1,
            _ => {}
        }
        if digit || (upper > 2 && lower > 2) {
            return true;
        }
    }
    false
}
