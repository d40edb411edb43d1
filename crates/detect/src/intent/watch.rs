//! A text in pieces, block by block.

use super::form::Form;
use super::gate::{AHEAD, Rise, closer, rise};
use super::glued::Parted;
use super::kept::{Kept, Text};
use super::reading::{Reading, WINDOW};
use super::score::{LIMIT, peaks};
use super::token::tokens;
use super::{Model, Sighting};
use pipelock_model::Confidence;
use std::ops::Range;

/// Bytes of a block; what is disguised is read in windows of two.
pub(super) const BLOCK: u64 = 256;
/// Text behind a block that shows what its last words stand in, in bytes.
pub(super) const BEHIND: u64 = 96;
/// Bytes after which unfinished text is looked at again.
const AGAIN: u64 = 32;
/// Words of disguised attacks in a window that is read in those forms too.
const DISGUISED: u32 = 2;
/// Most sightings of one text.
const SIGHTINGS: usize = 256;
/// Sightings that later windows are compared with.
const RECENT: usize = 8;

const _: () = assert!(AHEAD as u64 <= BEHIND);

/// State of the search over one view of a text that comes in pieces. Whatever the
/// pieces, the sightings are the same.
#[derive(Debug, Clone)]
pub struct Watch {
    start: u64,
    end: u64,
    /// The first block that is not judged.
    block: u64,
    /// The level of the gate behind the block before it, and the words of disguised
    /// attacks in that block.
    level: i32,
    disguised: u32,
    /// True when the gate is open for the text behind the judged blocks.
    open: bool,
    /// Up to where that text was looked at.
    looked: u64,
    /// Where in it an attack seems to begin.
    held: Option<u64>,
    reading: Reading,
    kept: Kept,
    recent: [Option<(u64, u64)>; RECENT],
    sightings: usize,
    safe: u64,
}

impl Watch {
    /// A watch over a text whose first byte has this offset.
    #[must_use]
    pub fn new(start: u64) -> Self {
        Self {
            start,
            end: start,
            block: 0,
            level: 0,
            disguised: 0,
            open: false,
            looked: start,
            held: None,
            reading: Reading::default(),
            kept: Kept::new(),
            recent: [None; RECENT],
            sightings: 0,
            safe: start,
        }
    }

    /// Judges the next bytes; `last` says that no more will come.
    pub fn push(&mut self, model: &Model, chunk: &[u8], last: bool, out: &mut Vec<Sighting>) {
        let kept = std::mem::take(&mut self.kept);
        let text = Text {
            kept: kept.bytes(),
            chunk,
            middle: self.end,
            end: self.end + chunk.len() as u64,
        };
        self.end = text.end;
        while self.block_end() + BEHIND <= self.end {
            self.judge_block(model, &text, out);
        }
        if last {
            while self.block_start() < self.end {
                self.judge_block(model, &text, out);
            }
            let mut seen = Vec::new();
            self.reading.finish(model, &mut |found| seen.push(found));
            seen.into_iter().for_each(|seen| self.report(seen, out));
            (self.open, self.held, self.safe) = (false, None, self.end);
            return;
        }
        self.look_ahead(model, &text);
        let (from, base) = (self.needed_from(), text.base());
        self.kept = kept;
        self.kept.keep(base, chunk, from.max(base));
    }

    /// Every byte before this offset may go: it is in no attack that can be seen so
    /// far. What is added later may make one of text that went.
    #[must_use]
    pub const fn safe(&self) -> u64 {
        self.safe
    }

    /// No sighting that is still to come starts before this offset.
    pub(crate) fn kept_from(&self) -> u64 {
        let from = self.needed_from();
        self.reading.pending().unwrap_or(from).min(from)
    }

    /// Text from here on is read once more.
    fn needed_from(&self) -> u64 {
        self.block_start().saturating_sub(2 * BLOCK + 1)
    }

    /// True when the cap on sightings was reached: what came later was not judged.
    #[must_use]
    pub const fn exhausted(&self) -> bool {
        self.sightings >= SIGHTINGS
    }

    /// True when nothing so far may be the beginning of an attack.
    #[must_use]
    pub const fn is_idle(&self) -> bool {
        !self.open
    }

    fn block_start(&self) -> u64 {
        self.start + self.block * BLOCK
    }

    fn block_end(&self) -> u64 {
        self.block_start() + BLOCK
    }

    fn judge_block(&mut self, model: &Model, text: &Text<'_>, out: &mut Vec<Sighting>) {
        let from = self.block_start();
        let to = self.block_end().min(text.end);
        let rise = self.rise(model, text, from, to);
        let how = self.how(model, &rise);
        if !self.exhausted() {
            let mut seen = Vec::new();
            let block = (self.start, from..to);
            self.reading
                .block(model, text, block, how.open, &mut |found| seen.push(found));
            if seen.is_empty() && how.is_disguised() {
                let to = to.saturating_add(BEHIND).min(text.end);
                seen = self.window(model, text, to, how);
            }
            seen.into_iter().for_each(|seen| self.report(seen, out));
        }
        (self.level, self.disguised) = (rise.end, rise.disguised);
        self.block += 1;
        self.looked = self.looked.max(to);
    }

    /// How the words between two offsets raise the level.
    fn rise(&self, model: &Model, text: &Text<'_>, from: u64, to: u64) -> Rise {
        let mut buffer = [0; WINDOW];
        let first = from.saturating_sub(1).max(self.start);
        let behind = to.saturating_add(AHEAD as u64).min(text.end);
        let bytes = text.window(first, behind, &mut buffer);
        let index = |offset: u64| usize::try_from(offset - first).unwrap_or(usize::MAX);
        rise(model, bytes, index(from), index(to), self.level)
    }

    /// Text behind the last whole block: is an attack in it, as far as it goes?
    fn look_ahead(&mut self, model: &Model, text: &Text<'_>) {
        let from = self.block_start().min(text.end);
        let rise = self.rise(model, text, from, text.end);
        let how = self.how(model, &rise);
        self.open = how.open || how.is_disguised() || !self.reading.is_idle();
        if !self.open {
            (self.looked, self.held) = (text.end, None);
        } else if text.end - self.looked >= AGAIN || text.chunk.ends_with(b"\n") {
            self.looked = text.end;
            let mut held: Option<u64> = None;
            let mut hold = |seen: Seen| {
                held = Some(held.map_or(seen.span.start, |at| at.min(seen.span.start)));
            };
            let mut reading = self.reading.clone();
            let block = (self.start, from..text.end);
            reading.block(model, text, block, how.open, &mut hold);
            reading.finish(model, &mut hold);
            if how.is_disguised() {
                let seen = self.window(model, text, text.end, how);
                seen.into_iter().for_each(hold);
            }
            self.held = held;
        }
        self.safe = self
            .held
            .unwrap_or(self.looked)
            .min(text.end)
            .max(self.safe);
    }

    /// How a block is to be read: what is written as people write has no words of the
    /// disguised forms.
    fn how(&self, model: &Model, rise: &Rise) -> How {
        let open = rise.most >= model.least();
        How {
            open,
            forms: open && self.disguised + rise.disguised >= DISGUISED,
            glued: rise.glued,
        }
    }

    /// Looks for disguises in the block before this one and this one, up to an offset.
    /// What ends before this block was judged with more of what stands before it.
    fn window(&self, model: &Model, text: &Text<'_>, to: u64, how: How) -> Vec<Seen> {
        let from = self.block_start().saturating_sub(BLOCK).max(self.start);
        let mut buffer = [0; WINDOW];
        let bytes = text.window(from, to, &mut buffer);
        let mut seen = disguised(model, bytes, how, from > self.start);
        for seen in &mut seen {
            seen.span = from + seen.span.start..from + seen.span.end;
        }
        seen.retain(|seen| seen.span.end > self.block_start());
        seen
    }

    fn report(&mut self, seen: Seen, out: &mut Vec<Sighting>) {
        let Range { start, end } = seen.span;
        let mut recent = self.recent.iter().flatten();
        if recent.any(|known| known.0 < end && start < known.1) || self.exhausted() {
            return;
        }
        self.recent[self.sightings % RECENT] = Some((start, end));
        self.sightings += 1;
        out.push(Sighting {
            intent: seen.intent,
            span: start..end,
            confidence: Confidence::Medium,
        });
    }
}

/// An attack in a text.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) intent: super::Intent,
    pub(super) span: Range<u64>,
}

/// How a block is read.
#[derive(Debug, Clone, Copy)]
struct How {
    /// As it is written.
    open: bool,
    /// In the forms that hide words.
    forms: bool,
    /// With blanks between words that have none.
    glued: bool,
}

impl How {
    const fn is_disguised(self) -> bool {
        self.forms || self.glued
    }
}

/// Reads a window as what it may be meant to be.
fn disguised(model: &Model, text: &[u8], how: How, inside: bool) -> Vec<Seen> {
    let length = text.len() as u64;
    let forms: &[Form] = if how.forms { &Form::HIDING } else { &[] };
    for form in forms {
        let seen = read(model, &form.read(text), inside, |span| {
            form.span(span, length)
        });
        if !seen.is_empty() {
            return seen;
        }
    }
    let parted = how.glued.then(|| Parted::new(model, text)).flatten();
    match parted {
        Some(parted) => read(model, &parted.text, inside, |span| parted.source(span)),
        None => Vec::new(),
    }
}

/// Reads what is meant by a window.
fn read(
    model: &Model,
    text: &[u8],
    inside: bool,
    source: impl Fn(Range<u64>) -> Range<u64>,
) -> Vec<Seen> {
    let mut seen = Vec::new();
    if closer(model, text) >= model.closer() {
        let mut list = Vec::with_capacity(text.len() / 4);
        tokens(text, |token| list.push(*token));
        peaks(model, &list, LIMIT, |peak| {
            if !peak.is_sure(inside) {
                return;
            }
            let found = Seen::of(model, &list[peak.first..=peak.last]);
            seen.push(Seen {
                span: source(found.span.clone()),
                ..found
            });
        });
    }
    seen
}

#[cfg(test)]
mod tests;
