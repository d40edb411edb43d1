//! A text in pieces, in both views.

use super::percent::{Decoder, first_encoded};
use super::search::Search;
use super::text::Last;
use super::{Engine, Kinds, Outcome};
use pipelock_model::{Finding, View};
use std::collections::VecDeque;

/// Decoded bytes that are searched at a time.
const BLOCK: usize = 4096;

/// State of a scan over text that comes in pieces. Whatever the pieces, the
/// findings are those of [`Engine::scan`].
///
/// It holds 600 bytes, and up to 5 KiB of text only while a candidate is live or
/// the text is percent-encoded.
#[derive(Debug, Clone)]
pub struct Stream {
    plain: Search,
    /// Begun at the first byte where the views may differ.
    decoded: Option<Box<Decoded>>,
    ended: bool,
}

impl Stream {
    /// A stream that has seen nothing.
    #[must_use]
    pub fn new(kinds: Kinds) -> Self {
        Self {
            plain: Search::new(kinds.0),
            decoded: None,
            ended: false,
        }
    }

    /// Judges the next bytes. Spans are offsets from the start of the stream.
    pub fn push(&mut self, engine: &Engine, chunk: &[u8], out: &mut Vec<Finding>) {
        if !self.ended {
            self.advance(engine, chunk, Last::Open, out);
        }
    }

    /// Judges what was live at the end of the text. What is pushed later is ignored.
    pub fn finish(&mut self, engine: &Engine, out: &mut Vec<Finding>) {
        self.push_last(engine, &[], out);
    }

    pub(super) fn push_last(&mut self, engine: &Engine, chunk: &[u8], out: &mut Vec<Finding>) {
        if !self.ended {
            self.ended = true;
            self.advance(engine, chunk, Last::End, out);
        }
    }

    /// Every byte before this offset may go: no finding that is still to come starts
    /// before it, except one whose candidate grew past 4 KiB.
    #[must_use]
    pub fn safe(&self) -> u64 {
        let plain = self.plain.safe();
        self.decoded
            .as_ref()
            .map_or(plain, |decoded| decoded.safe().min(plain))
    }

    /// True when the work budget or the cap on findings was reached: what came
    /// later was not judged.
    #[must_use]
    pub fn exhausted(&self) -> bool {
        self.plain.exhausted()
            || self
                .decoded
                .as_ref()
                .is_some_and(|decoded| decoded.search.exhausted())
    }

    pub(super) fn outcome(&self) -> Outcome {
        if self.exhausted() {
            Outcome::BudgetExceeded
        } else {
            Outcome::Complete
        }
    }

    fn advance(&mut self, engine: &Engine, chunk: &[u8], last: Last, out: &mut Vec<Finding>) {
        let Some(decoded) = &mut self.decoded else {
            let Some(fork) = first_encoded(chunk) else {
                return self.plain.advance(engine, chunk, last, out);
            };
            self.plain.advance(engine, &chunk[..fork], Last::Open, out);
            self.decoded = Some(Box::new(Decoded::fork(&self.plain)));
            return self.advance(engine, &chunk[fork..], last, out);
        };
        self.plain.advance(engine, chunk, last, out);
        decoded.advance(engine, chunk, last);
        let plain = &self.plain;
        decoded.queue.retain(|finding| {
            // Until the plain view is past it, it may still find the same.
            let settled = finding.span.end <= plain.safe() || last == Last::End;
            if settled && !plain.found(finding.rule, &finding.span) {
                out.push(finding.clone());
            }
            !settled
        });
    }
}

/// The percent-decoded view.
#[derive(Debug, Clone)]
struct Decoded {
    search: Search,
    decoder: Decoder,
    /// Decoded offsets with their source offsets, where the distance changes.
    steps: VecDeque<(u64, u64)>,
    block: Vec<u8>,
    /// Findings, in source offsets, until the plain view is past them.
    queue: Vec<Finding>,
}

impl Decoded {
    /// Begins where the plain view stands: up to there both are the same.
    fn fork(plain: &Search) -> Self {
        let at = plain.end();
        Self {
            search: plain.clone(),
            decoder: Decoder::new(at),
            steps: VecDeque::from([(at, at)]),
            block: Vec::with_capacity(BLOCK.min(256)),
            queue: Vec::new(),
        }
    }

    fn advance(&mut self, engine: &Engine, chunk: &[u8], last: Last) {
        let mut rest = chunk;
        loop {
            let (now, later) = rest.split_at(rest.len().min(BLOCK));
            rest = later;
            let last = if rest.is_empty() { last } else { Last::Open };
            self.decode(now, last);
            self.search_block(engine, last);
            if rest.is_empty() {
                return;
            }
        }
    }

    fn decode(&mut self, chunk: &[u8], last: Last) {
        let base = self.search.end();
        let (block, steps) = (&mut self.block, &mut self.steps);
        block.clear();
        let mut give = |byte: u8, source: u64| {
            let offset = base + block.len() as u64;
            let straight = steps
                .back()
                .is_some_and(|(at, from)| source - from == offset - at);
            if !straight {
                steps.push_back((offset, source));
            }
            block.push(byte);
        };
        for byte in chunk {
            self.decoder.push(*byte, &mut give);
        }
        if last == Last::End {
            self.decoder.flush(&mut give);
        }
    }

    fn search_block(&mut self, engine: &Engine, last: Last) {
        let mut found = Vec::new();
        self.search.advance(engine, &self.block, last, &mut found);
        for finding in found {
            let span = self.source(finding.span.start)..self.source(finding.span.end);
            self.queue.push(Finding {
                span,
                view: View::UrlDecoded,
                ..finding
            });
        }
        let needed = self.search.kept_from();
        while self
            .steps
            .get(1)
            .is_some_and(|(offset, _)| *offset <= needed)
        {
            self.steps.pop_front();
        }
    }

    /// Source offset of a decoded one.
    fn source(&self, offset: u64) -> u64 {
        if offset >= self.search.end() {
            return self.decoder.given();
        }
        let after = self.steps.partition_point(|(at, _)| *at <= offset);
        match after.checked_sub(1).and_then(|index| self.steps.get(index)) {
            Some((at, source)) => source + (offset - at),
            // Before the fork both views are the same.
            None => offset,
        }
    }

    fn safe(&self) -> u64 {
        let live = self.source(self.search.safe());
        self.queue
            .iter()
            .map(|finding| finding.span.start)
            .fold(live, u64::min)
    }
}

pub(super) fn scan_view(
    engine: &Engine,
    kinds: Kinds,
    view: View,
    text: &[u8],
    out: &mut Vec<Finding>,
) -> Outcome {
    let mut search = Search::new(kinds.0);
    let first = out.len();
    if view == View::UrlDecoded {
        let mut decoded = Decoded::fork(&search);
        decoded.advance(engine, text, Last::End);
        out.append(&mut decoded.queue);
        search = decoded.search;
    } else {
        search.advance(engine, text, Last::End, out);
    }
    out[first..]
        .iter_mut()
        .for_each(|finding| finding.view = view);
    if search.exhausted() {
        Outcome::BudgetExceeded
    } else {
        Outcome::Complete
    }
}
