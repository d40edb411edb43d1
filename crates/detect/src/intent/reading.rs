//! Text as it is written, read word by word where both steps of the gate are open.
//!
//! What stands before a block and behind it belongs to what is read, and sums go on from
//! one block to the next: the sightings are those of the text read as a whole.

use super::Model;
use super::gate::{AHEAD, Near};
use super::kept::Text;
use super::score::{LIMIT, Peak, Peaks};
use super::token::{Sort, Token, tokens_before};
use super::watch::{BEHIND, BLOCK, Seen};
use std::ops::Range;

/// Most bytes that are looked at together: a block, those before it, what stands behind
/// it, and the byte before them all.
pub(super) const WINDOW: usize = (3 * BLOCK + BEHIND) as usize + 1;
/// What was read of a text so far.
#[derive(Clone, Default)]
pub(super) struct Reading {
    /// The second step of the gate, while the first is open.
    near: Option<Near>,
    /// The words, while both are.
    words: Option<Box<Words>>,
    /// Up to where text was read and is judged.
    judged: u64,
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_idle() { "idle" } else { "reading" })
    }
}

impl Reading {
    /// Reads a block of a text that begins at `start`; `open` says that the first step of
    /// the gate is.
    pub(super) fn block(
        &mut self,
        model: &Model,
        text: &Text<'_>,
        (start, block): (u64, Range<u64>),
        open: bool,
        give: &mut impl FnMut(Seen),
    ) {
        let near = &mut self.near;
        if open && is_near(model, text, near, start, &block) {
            let words = self.words.get_or_insert_with(|| {
                let from = block.start.saturating_sub(2 * BLOCK).max(start);
                Box::new(Words::new(from, from > start))
            });
            words.read(model, text, block.end, self.judged, give);
        } else {
            if !open {
                self.near = None;
            }
            if let Some(mut words) = self.words.take() {
                let behind = block.end.min(block.start + BEHIND);
                words.read(model, text, behind, self.judged, give);
                self.judged = words.finish(model, self.judged, give);
            }
        }
    }

    /// The text ends behind the last block.
    pub(super) fn finish(&mut self, model: &Model, give: &mut impl FnMut(Seen)) {
        if let Some(mut words) = self.words.take() {
            self.judged = words.finish(model, self.judged, give);
        }
        self.near = None;
    }

    pub(super) const fn is_idle(&self) -> bool {
        self.words.is_none()
    }

    /// Where the first passage that is not judged begins.
    pub(super) fn pending(&self) -> Option<u64> {
        self.words.as_ref()?.peaks.pending()
    }
}

/// True when the second step of the gate opens in a block, or did in the one before it,
/// where that was not asked.
fn is_near(
    model: &Model,
    text: &Text<'_>,
    near: &mut Option<Near>,
    start: u64,
    block: &Range<u64>,
) -> bool {
    let from = match near {
        Some(_) => block.start,
        None => block.start.saturating_sub(BLOCK).max(start),
    };
    let mut buffer = [0; WINDOW];
    let first = from.saturating_sub(1).max(start);
    let behind = block.end.saturating_add(AHEAD as u64).min(text.end);
    let bytes = text.window(first, behind, &mut buffer);
    let index = |offset: u64| usize::try_from(offset - first).unwrap_or(usize::MAX);
    let near = near.get_or_insert_default();
    let mut most = 0;
    if from < block.start {
        most = near.rise(model, bytes, index(from)..index(block.start));
    }
    most.max(near.rise(model, bytes, index(block.start)..index(block.end))) >= model.closer()
}

/// Words from some place on.
#[derive(Clone)]
struct Words {
    peaks: Peaks,
    /// The text goes on before that place.
    inside: bool,
    /// Up to where they were read.
    at: u64,
}

impl Words {
    fn new(from: u64, inside: bool) -> Self {
        Self {
            peaks: Peaks::new(LIMIT),
            inside,
            at: from,
        }
    }

    /// Reads the words that begin before an offset, and gives what ends behind another.
    fn read(
        &mut self,
        model: &Model,
        text: &Text<'_>,
        to: u64,
        judged: u64,
        give: &mut impl FnMut(Seen),
    ) {
        let mut buffer = [0; WINDOW];
        let (from, inside) = (self.at, self.inside);
        let bytes = text.window(from, to.saturating_add(BEHIND).min(text.end), &mut buffer);
        let until = usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX);
        self.at = from.max(to);
        tokens_before(bytes, until, |token| {
            let token = token.moved(from);
            self.at = self.at.max(token.end);
            self.peaks.push(model, token, |peak, said| {
                give_new(model, (peak, inside), said, judged, give);
            });
        });
    }

    /// Nothing more will be read; up to where it was.
    fn finish(&mut self, model: &Model, judged: u64, give: &mut impl FnMut(Seen)) -> u64 {
        let inside = self.inside;
        self.peaks.finish(model, |peak, said| {
            give_new(model, (peak, inside), said, judged, give);
        });
        self.at
    }
}

/// Gives a peak that ends behind what is judged.
fn give_new(
    model: &Model,
    (peak, inside): (Peak, bool),
    said: &[Token],
    judged: u64,
    give: &mut impl FnMut(Seen),
) {
    let seen = Seen::of(model, said);
    if peak.is_sure(inside) && seen.span.end > judged {
        give(seen);
    }
}

impl Seen {
    /// What a passage says.
    pub(super) fn of(model: &Model, said: &[Token]) -> Self {
        // Signs that stand around are no part of it.
        let first = said.iter().find(|token| token.sort == Sort::Word);
        let (first, last) = (first.or(said.first()), said.last());
        Self {
            intent: model.intent(said),
            span: match (first, last) {
                (Some(first), Some(last)) => first.start..last.end.max(first.end),
                _ => 0..0,
            },
        }
    }
}
