//! A text in pieces, block by block.

use super::gate::{AHEAD, Rise, rise};
use super::kept::Kept;
use super::score::{LIMIT, Peak, brief, peaks};
use super::token::{Sort, Token, tokens};
use super::{Model, Sighting};
use pipelock_model::Confidence;

/// Bytes of a block; a window is two.
const BLOCK: u64 = 256;
/// Text behind a block that shows what its last words stand in, in bytes.
const BEHIND: u64 = 96;
/// Most bytes of a window, with the byte before it.
const WINDOW: usize = (2 * BLOCK + BEHIND) as usize + 1;
/// Bytes after which unfinished text is looked at again.
const AGAIN: u64 = 32;
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
    /// The level of the gate behind the block before it.
    level: i32,
    /// True when the gate is open for the text behind the judged blocks.
    open: bool,
    /// Up to where that text was looked at.
    looked: u64,
    /// Where in it an attack seems to begin.
    held: Option<u64>,
    kept: Kept,
    recent: [Option<(u64, u64)>; RECENT],
    sightings: usize,
    safe: u64,
}

impl Watch {
    /// A watch over a text whose first byte has this offset.
    #[must_use]
    pub const fn new(start: u64) -> Self {
        Self {
            start,
            end: start,
            block: 0,
            level: 0,
            open: false,
            looked: start,
            held: None,
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
            (self.open, self.held, self.safe) = (false, None, self.end);
            return;
        }
        self.look_ahead(model, &text);
        let from = self.block_start().saturating_sub(BLOCK + 1);
        let base = text.base();
        self.kept = kept;
        self.kept.keep(base, chunk, from.max(base));
    }

    /// Every byte before this offset may go: it is in no attack that can be seen so
    /// far. What is added later may make one of text that went.
    #[must_use]
    pub const fn safe(&self) -> u64 {
        self.safe
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
        if rise.most >= model.least() && !self.exhausted() {
            let seen = self.window(model, text, to.saturating_add(BEHIND).min(text.end));
            seen.into_iter().for_each(|seen| self.report(seen, out));
        }
        self.level = rise.end;
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
        self.open = self.rise(model, text, from, text.end).most >= model.least();
        if !self.open {
            (self.looked, self.held) = (text.end, None);
        } else if text.end - self.looked >= AGAIN || text.chunk.ends_with(b"\n") {
            self.looked = text.end;
            let seen = self.window(model, text, text.end);
            self.held = seen.into_iter().map(|seen| seen.start).min();
        }
        self.safe = self
            .held
            .unwrap_or(self.looked)
            .min(text.end)
            .max(self.safe);
    }

    /// Judges the block before this one and this one, up to an offset. What ends before
    /// this block was judged with more of what stands before it.
    fn window(&self, model: &Model, text: &Text<'_>, to: u64) -> Vec<Seen> {
        let from = self.block_start().saturating_sub(BLOCK).max(self.start);
        let mut buffer = [0; WINDOW];
        let bytes = text.window(from, to, &mut buffer);
        let mut seen = judge(model, bytes);
        for seen in &mut seen {
            (seen.start, seen.end) = (from + seen.start, from + seen.end);
        }
        seen.retain(|seen| seen.end > self.block_start());
        seen
    }

    fn report(&mut self, seen: Seen, out: &mut Vec<Sighting>) {
        let mut recent = self.recent.iter().flatten();
        let known = recent.any(|(start, end)| *start < seen.end && seen.start < *end);
        if known || self.exhausted() {
            return;
        }
        self.recent[self.sightings % RECENT] = Some((seen.start, seen.end));
        self.sightings += 1;
        out.push(Sighting {
            intent: seen.intent,
            span: seen.start..seen.end,
            confidence: Confidence::Medium,
        });
    }
}

/// An attack in a window.
#[derive(Debug, Clone, Copy)]
struct Seen {
    intent: super::Intent,
    start: u64,
    end: u64,
}

/// Reads a window word by word: all of it, or signs before an attack would hide it.
fn judge(model: &Model, text: &[u8]) -> Vec<Seen> {
    let mut list = Vec::with_capacity(text.len() / 4);
    tokens(text, |token| list.push(*token));
    let mut seen = Vec::new();
    if brief(model, &list) >= model.brief() {
        peaks(model, &list, LIMIT, |peak| {
            seen.push(seen_at(model, &list, peak));
        });
    }
    seen
}

fn seen_at(model: &Model, list: &[Token], peak: Peak) -> Seen {
    let passage = &list[peak.first..=peak.last];
    // Signs that stand around are no part of it.
    let word = |token: &&Token| token.sort == Sort::Word;
    let first = passage.iter().find(word).unwrap_or(&list[peak.first]);
    Seen {
        intent: model.intent(passage),
        start: u64::from(first.start),
        end: u64::from(list[peak.last].end.max(first.end)),
    }
}

/// What was kept, and a piece behind it.
struct Text<'a> {
    kept: &'a [u8],
    chunk: &'a [u8],
    /// Offset of the first byte of the chunk.
    middle: u64,
    end: u64,
}

impl<'a> Text<'a> {
    const fn base(&self) -> u64 {
        self.middle - self.kept.len() as u64
    }

    /// Copies what lies between these offsets, as far as it is here and fits.
    fn copy<'b>(&self, start: u64, end: u64, buffer: &'b mut [u8]) -> &'b [u8] {
        let mut length = 0;
        for (piece, base) in [(self.kept, self.base()), (self.chunk, self.middle)] {
            let index = |offset: u64| {
                usize::try_from(offset.saturating_sub(base))
                    .unwrap_or(usize::MAX)
                    .min(piece.len())
            };
            let piece = piece.get(index(start)..index(end)).unwrap_or_default();
            let take = piece.len().min(buffer.len() - length);
            buffer[length..length + take].copy_from_slice(&piece[..take]);
            length += take;
        }
        &buffer[..length]
    }

    /// The text between these offsets, copied only when it lies in both pieces.
    fn window<'b>(&self, start: u64, end: u64, buffer: &'b mut [u8]) -> &'b [u8]
    where
        'a: 'b,
    {
        let index = |offset: u64| usize::try_from(offset - self.middle).ok();
        let inside = start
            .checked_sub(self.middle)
            .and_then(|_| self.chunk.get(index(start)?..index(end)?));
        match inside {
            Some(window) => window,
            None => self.copy(start, end, buffer),
        }
    }
}

#[cfg(test)]
mod tests;
