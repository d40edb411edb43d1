//! A text in pieces, in all its views.

use super::derived::{Derived, Kind};
use super::marks::Marks;
use super::search::{FINDING_LIMIT, Search};
use super::text::Last;
use super::{Engine, Kinds, Outcome};
use pipelock_model::{Finding, RuleIndex, View};
use std::ops::Range;

/// Forks of views that are free; each costs a copy of the search.
const FORKS_BASE: u64 = 64;
/// Bytes of text that pay for one more fork.
const BYTES_PER_FORK: u64 = 64;

/// State of a scan over text that comes in pieces. Whatever the pieces, the
/// findings are those of [`Engine::scan`].
///
/// It holds less than 2.5 KiB, and up to 5 KiB of text for each view only while a
/// candidate is live or the view differs from the text; a long run that may be
/// encoded holds 4 KiB, and text that reads like an instruction 15 KiB of words.
#[derive(Debug, Clone)]
pub struct Stream {
    plain: Search,
    /// Views that differ from the text where it stands, by [`Kind`].
    derived: [Option<Box<Derived>>; Kind::ALL.len()],
    /// Findings of these views, until the plain one is past them.
    queue: Vec<Finding>,
    /// Those that were told.
    told: Vec<(RuleIndex, Range<u64>)>,
    /// What views cost that ended.
    past: u64,
    forks: u64,
    exhausted: bool,
    ended: bool,
}

impl Stream {
    /// A stream that has seen nothing.
    #[must_use]
    pub fn new(kinds: Kinds) -> Self {
        Self::at_depth(kinds.0, 0)
    }

    /// A stream over a text that was decoded: `allowance` bytes may be decoded of it.
    pub(super) fn nested(kinds: u8, depth: u8, allowance: u64) -> Self {
        let mut stream = Self::at_depth(kinds, depth);
        stream.plain.allow(allowance);
        stream
    }

    fn at_depth(kinds: u8, depth: u8) -> Self {
        Self {
            plain: Search::new(kinds, depth),
            derived: [const { None }; Kind::ALL.len()],
            queue: Vec::new(),
            told: Vec::new(),
            past: 0,
            forks: 0,
            exhausted: false,
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
        self.finish_with(engine, &[], out);
    }

    /// Judges the last bytes and the end.
    pub fn finish_with(&mut self, engine: &Engine, chunk: &[u8], out: &mut Vec<Finding>) {
        if !self.ended {
            self.ended = true;
            self.advance(engine, chunk, Last::End, out);
        }
    }

    /// Every byte before this offset may go: no finding that is still to come starts
    /// before it, except one whose candidate grew past 4 KiB and one in an encoded
    /// run whose first 15 bytes went before it could be known as one, except the first two
    /// of letters that stand apart, which go before the third is there, and except what
    /// is found by its wording, which text that comes later may complete.
    #[must_use]
    pub fn safe(&self) -> u64 {
        let derived = self.derived.iter().flatten().map(|view| view.safe());
        let queued = self.queue.iter().map(|finding| finding.span.start);
        derived.chain(queued).fold(self.plain.safe(), u64::min)
    }

    /// True when the work budget or the cap on findings was reached: what came
    /// later was not judged.
    #[must_use]
    pub fn exhausted(&self) -> bool {
        let derived = self.derived.iter().flatten();
        self.exhausted || self.plain.exhausted() || derived.into_iter().any(|d| d.exhausted())
    }

    pub(super) fn outcome(&self) -> Outcome {
        if self.exhausted() {
            Outcome::BudgetExceeded
        } else {
            Outcome::Complete
        }
    }

    /// Bytes that were decoded on the way.
    pub(super) fn made(&self) -> u64 {
        self.plain.made()
    }

    /// What it has cost.
    pub(super) fn work(&self) -> u64 {
        let derived = self.derived.iter().flatten().map(|view| view.work());
        self.past + self.plain.work() + derived.sum::<u64>()
    }

    fn advance(&mut self, engine: &Engine, chunk: &[u8], last: Last, out: &mut Vec<Finding>) {
        let marks = Marks::of(chunk);
        // Where each view that is not being read may differ next.
        let mut next = [usize::MAX; Kind::ALL.len()];
        for kind in Kind::ALL {
            if self.derived[kind as usize].is_some() || marks.concern(kind) {
                next[kind as usize] = self.read(engine, kind, chunk, 0, last);
            }
        }
        let mut done = 0;
        loop {
            let cut = next.iter().copied().min().unwrap_or(chunk.len());
            let cut = cut.clamp(done, chunk.len());
            let piece = &chunk[done..cut];
            done = cut;
            if done == chunk.len() {
                self.plain.advance(engine, piece, last, out);
                break;
            }
            self.plain.pass(engine, piece, out);
            for kind in Kind::ALL {
                if next[kind as usize] == done {
                    self.fork(kind);
                    next[kind as usize] = self.read(engine, kind, chunk, done, last);
                }
            }
        }
        self.settle(last, out);
    }

    /// Reads a view on from an offset of the chunk. Returns where it may differ from
    /// the text again; the end of the chunk when it is still read there, or more.
    fn read(
        &mut self,
        engine: &Engine,
        kind: Kind,
        chunk: &[u8],
        from: usize,
        last: Last,
    ) -> usize {
        let mut from = from;
        if let Some(derived) = &mut self.derived[kind as usize] {
            let Some(read) = derived.advance(engine, &chunk[from..], last, &mut self.queue) else {
                return usize::MAX;
            };
            self.past += derived.work();
            self.exhausted |= derived.exhausted();
            self.derived[kind as usize] = None;
            from += read;
        }
        kind.first(&chunk[from..], last)
            .map_or(usize::MAX, |first| from + first)
    }

    fn fork(&mut self, kind: Kind) {
        self.forks += 1;
        self.exhausted |= self.forks > FORKS_BASE + self.plain.end() / BYTES_PER_FORK;
        self.derived[kind as usize] = Some(Box::new(Derived::fork(kind, &self.plain)));
    }

    /// Tells findings of views once every view is past them, the nearest to the text
    /// first, and none that the plain one has or that was told.
    fn settle(&mut self, last: Last, out: &mut Vec<Finding>) {
        if self.queue.is_empty() {
            return;
        }
        let derived = self.derived.iter().flatten().map(|view| view.safe());
        let past = match last {
            Last::End => u64::MAX,
            Last::Open => derived.fold(self.plain.safe(), u64::min),
        };
        self.queue
            .sort_by_key(|finding| (finding.span.end, finding.view, finding.span.start));
        let settled = self
            .queue
            .partition_point(|finding| finding.span.end <= past);
        for finding in self.queue.drain(..settled) {
            let same = |(rule, span): &(RuleIndex, Range<u64>)| {
                *rule == finding.rule
                    && span.start < finding.span.end
                    && finding.span.start < span.end
            };
            let known = self.plain.found(finding.rule, &finding.span) || self.told.iter().any(same);
            if !known && self.told.len() < FINDING_LIMIT {
                self.told.push((finding.rule, finding.span.clone()));
                out.push(finding);
            }
        }
        self.exhausted |= self.told.len() >= FINDING_LIMIT;
    }
}

pub(super) fn scan_view(
    engine: &Engine,
    kinds: Kinds,
    view: View,
    text: &[u8],
    out: &mut Vec<Finding>,
) -> Outcome {
    let mut search = Search::new(kinds.0, super::DEPTH_LIMIT);
    let first = out.len();
    let exhausted = match Kind::ALL.into_iter().find(|kind| kind.view() == view) {
        Some(kind) => {
            let mut derived = Derived::fork(kind, &search);
            let mut done = 0;
            while let Some(read) = derived.advance(engine, &text[done..], Last::End, out) {
                done += read;
            }
            derived.exhausted()
        }
        None => {
            search.advance(engine, text, Last::End, out);
            search.exhausted()
        }
    };
    out[first..]
        .iter_mut()
        .for_each(|finding| finding.view = view);
    if exhausted {
        Outcome::BudgetExceeded
    } else {
        Outcome::Complete
    }
}
