//! A text in pieces: the sweep, and the windows that it opens.

use super::grammar::{GATING, may_hold};
use super::hits::{Before, Kind, kind_at, kind_before};
use super::judge::{Place, SHARE, Seen, judge};
use super::kept::Kept;
use super::tables::{GRAM, GRAM_PLACES, RUN, WILD, WORD_LIMIT, gate_of, gram_of};
use super::{Lexicon, Sighting};

/// Bytes of a block; a window is two.
const BLOCK: u64 = 256;
/// Text that a window shows before its first trigger, in bytes.
const CONTEXT: u64 = 96;
/// Bytes between two looks.
const STRIDE: u64 = 3;
/// Text that a look needs behind it, in bytes.
const AHEAD: u64 = WORD_LIMIT as u64;
/// Most bytes of a window: two blocks, and the rest of a word that is cut by their end.
const WINDOW: usize = (2 * BLOCK + AHEAD) as usize;
/// Bytes that are held behind a trigger.
const HOLD: u64 = 192;
/// A text as short as this is judged without a trigger.
const SHORT: u64 = 192;
/// Most sightings of one text.
const SIGHTINGS: usize = 256;
/// Shortest word that others may be glued to, in bytes.
const GLUED: usize = 6;
/// Words that are remembered, so that several looks at one are one.
const WALKED: usize = 4;
/// Looks between two branches.
const BATCH: usize = 16;
/// Bytes that a batch reads.
const BATCH_BYTES: usize = (BATCH - 1) * STRIDE as usize + GRAM;
/// Sightings that later windows are compared with.
const RECENT: usize = 8;

/// State of the search over one view of a text that comes in pieces. Whatever the
/// pieces, the sightings are the same.
#[derive(Debug, Clone)]
pub struct Watch {
    start: u64,
    end: u64,
    /// The next look.
    next: u64,
    /// The block of the next look, counted from the start.
    block: u64,
    /// Concepts and first trigger of that block and of the one before.
    here: Triggers,
    before: Triggers,
    kept: Kept,
    recent: [Option<Sighting>; RECENT],
    sightings: usize,
    safe: u64,
    /// Where the last words began that were looked up.
    walked: [u64; WALKED],
}

/// What the sweep saw in a block.
#[derive(Debug, Clone, Copy, Default)]
struct Triggers {
    mask: u64,
    first: Option<u64>,
}

impl Triggers {
    fn earliest(self, other: Self) -> Option<u64> {
        match (self.first, other.first) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }
}

impl Watch {
    /// A watch over a text whose first byte has this offset.
    #[must_use]
    pub const fn new(start: u64) -> Self {
        Self {
            start,
            end: start,
            next: start,
            block: 0,
            here: Triggers {
                mask: 0,
                first: None,
            },
            before: Triggers {
                mask: 0,
                first: None,
            },
            kept: Kept::new(),
            recent: [const { None }; RECENT],
            sightings: 0,
            safe: start,
            walked: [u64::MAX; WALKED],
        }
    }

    /// Judges the next bytes; `last` says that no more will come.
    pub fn push(&mut self, lexicon: &Lexicon, chunk: &[u8], last: bool, out: &mut Vec<Sighting>) {
        let kept = std::mem::take(&mut self.kept);
        let text = Text {
            kept: kept.bytes(),
            chunk,
            middle: self.end,
            end: self.end + chunk.len() as u64,
        };
        self.end = text.end;
        self.sweep(lexicon, &text, last, out);
        if last {
            self.settle(lexicon, &text, out);
            self.release();
            return;
        }
        self.release();
        let pending = self
            .pending()
            .map_or(u64::MAX, |first| first - first.min(CONTEXT));
        let look_back = self.next.saturating_sub(CONTEXT + GRAM_PLACES as u64 + 4);
        let base = text.base();
        self.kept = kept;
        self.kept
            .keep(base, chunk, pending.min(look_back).max(base));
    }

    /// Every byte before this offset may go. From a trigger on text is held for as
    /// long as a sentence takes, at most 192 bytes: windows are longer, but nobody
    /// waits half a kilobyte for each word of an answer that is being written. A
    /// sighting may therefore start before an offset that was safe.
    #[must_use]
    pub const fn safe(&self) -> u64 {
        self.safe
    }

    /// Nothing that went is taken back.
    fn release(&mut self) {
        let held = self.pending().filter(|first| self.end - first <= HOLD);
        self.safe = held.unwrap_or(self.end).max(self.safe);
    }

    /// True when the cap on sightings was reached: what came later was not judged.
    #[must_use]
    pub const fn exhausted(&self) -> bool {
        self.sightings >= SIGHTINGS
    }

    /// True when no concept that may open a window is pending.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.pending().is_none()
    }

    /// The first trigger of a window that was not judged yet.
    fn pending(&self) -> Option<u64> {
        self.here.earliest(self.before)
    }

    fn block_end(&self) -> u64 {
        self.start + (self.block + 1) * BLOCK
    }

    /// Looks at every third byte, and judges each block that is done.
    fn sweep(&mut self, lexicon: &Lexicon, text: &Text<'_>, last: bool, out: &mut Vec<Sighting>) {
        let until = if last {
            text.end.saturating_sub(GRAM as u64 - 1)
        } else {
            text.end.saturating_sub(AHEAD + GRAM as u64)
        };
        // What lies across the border of two pieces is copied together.
        let joint = text.middle + GRAM_PLACES as u64 + 4;
        while self.next < until.min(joint) && !text.kept.is_empty() {
            let mut buffer = [0; 512];
            let from = self
                .next
                .saturating_sub(GRAM_PLACES as u64 + 4)
                .max(text.base());
            let piece = text.copy(from, from + buffer.len() as u64, &mut buffer);
            let whole = from + piece.len() as u64;
            let stop = if whole == text.end {
                until
            } else {
                until.min(whole - AHEAD - GRAM as u64)
            };
            self.looks(lexicon, text, piece, from, stop, out);
        }
        self.looks(lexicon, text, text.chunk, text.middle, until, out);
    }

    /// Looks from `next` to `until` in a piece whose first byte has the offset
    /// `base`.
    fn looks(
        &mut self,
        lexicon: &Lexicon,
        text: &Text<'_>,
        piece: &[u8],
        base: u64,
        until: u64,
        out: &mut Vec<Sighting>,
    ) {
        while self.next < until {
            let stop = until.min(self.block_end());
            self.block_looks(lexicon, piece, base, stop);
            if self.next >= self.block_end() {
                self.block_done(lexicon, text, out);
            }
        }
    }

    /// Looks inside one block.
    fn block_looks(&mut self, lexicon: &Lexicon, piece: &[u8], base: u64, stop: u64) {
        let gate = lexicon.gate();
        let index = |offset: u64| usize::try_from(offset - base).unwrap_or(usize::MAX);
        let mut at = index(self.next);
        let stop = index(stop);
        while at < stop {
            let batch = piece.get(at..at + BATCH_BYTES);
            let whole = at + BATCH * STRIDE as usize <= stop;
            if let Some(batch) = batch.filter(|_| whole)
                && let Ok(batch) = <&[u8; BATCH_BYTES]>::try_from(batch)
            {
                let mut hits = 0_u32;
                for look in 0..BATCH {
                    let from = look * STRIDE as usize;
                    let gram = [
                        batch[from],
                        batch[from + 1],
                        batch[from + 2],
                        batch[from + 3],
                        batch[from + 4],
                    ];
                    let bit = gate_of(gram_of(gram));
                    hits |= (((gate[(bit >> 6) as usize] >> (bit & 63)) & 1) as u32) << look;
                }
                while hits != 0 {
                    let look = hits.trailing_zeros() as usize;
                    self.look(lexicon, piece, base, at + look * STRIDE as usize);
                    hits &= hits - 1;
                }
                at += BATCH * STRIDE as usize;
            } else {
                self.look(lexicon, piece, base, at);
                at += STRIDE as usize;
            }
        }
        self.next = base + at as u64;
    }

    /// A look at one place: is there a word of a gating concept?
    #[inline(never)]
    fn look(&mut self, lexicon: &Lexicon, piece: &[u8], base: u64, at: usize) {
        let Some(Ok(gram)) = piece.get(at..at + GRAM).map(<[u8; GRAM]>::try_from) else {
            return;
        };
        let mut places = lexicon.places(gram_of(gram));
        while places != 0 {
            let back = places.trailing_zeros() as usize;
            places &= places - 1;
            let Some(mut from) = at.checked_sub(back) else {
                continue;
            };
            // A short word is sought with what stands before it.
            if back == 0 && piece[from].is_ascii() && !piece[from].is_ascii_alphanumeric() {
                from += 1;
            }
            let letter = |at: usize| piece.get(at).is_some_and(u8::is_ascii_alphanumeric);
            if letter(from) && from.checked_sub(1).is_some_and(letter) {
                // Most grams stand at another place of another word.
                continue;
            }
            let place = base + from as u64;
            if self.walked.contains(&place) {
                continue;
            }
            self.walked.rotate_right(1);
            self.walked[0] = place;
            let mask = gating(lexicon, piece, from);
            if mask != 0 {
                let first = base + from as u64;
                self.here.mask |= mask;
                self.here.first = Some(self.here.first.map_or(first, |old| old.min(first)));
            }
        }
    }

    fn block_done(&mut self, lexicon: &Lexicon, text: &Text<'_>, out: &mut Vec<Sighting>) {
        let end = text.end.min(self.block_end() + AHEAD);
        self.judge_window(lexicon, text, end, Before::Text, out);
        self.before = std::mem::take(&mut self.here);
        self.block += 1;
    }

    /// The text is over.
    fn settle(&mut self, lexicon: &Lexicon, text: &Text<'_>, out: &mut Vec<Sighting>) {
        if self.end - self.start <= SHORT {
            // Words at its borders have no neighbours to be found by.
            self.here = Triggers {
                mask: GATING,
                first: Some(self.start),
            };
        }
        self.judge_window(lexicon, text, text.end, Before::Nothing, out);
        (self.here, self.before) = (Triggers::default(), Triggers::default());
    }

    /// Judges this block and the one before, if they may hold something together.
    fn judge_window(
        &mut self,
        lexicon: &Lexicon,
        text: &Text<'_>,
        end: u64,
        behind: Before,
        out: &mut Vec<Sighting>,
    ) {
        let Some(first) = self.pending() else {
            return;
        };
        // Without a trigger here, the last window saw all of it already.
        let alone = behind == Before::Nothing && self.block <= 1;
        let bonus = if alone { SHARE } else { 0 };
        let mask = self.here.mask | self.before.mask;
        if self.here.mask == 0 || !may_hold(mask, bonus) || self.exhausted() {
            return;
        }
        let block = self.start + self.block.saturating_sub(1) * BLOCK;
        let from = block.max(first.saturating_sub(CONTEXT)).max(self.start);
        let mut buffer = [0; WINDOW];
        let window = text.window(from, end, &mut buffer);
        let before = if from == self.start {
            Before::Nothing
        } else {
            Before::Text
        };
        let place = Place { before, behind };
        judge(lexicon, window, place, |seen| {
            self.report(seen, from, first, out)
        });
    }

    fn report(&mut self, seen: Seen, from: u64, first: u64, out: &mut Vec<Sighting>) {
        let span = (from + u64::from(seen.start)).max(first)..from + u64::from(seen.end);
        if span.is_empty() {
            return;
        }
        let known = self.recent.iter().flatten().any(|old| {
            old.intent == seen.intent
                && old.confidence >= seen.confidence()
                && old.span.start < span.end
                && span.start < old.span.end
        });
        if known || self.exhausted() {
            return;
        }
        let sighting = Sighting {
            intent: seen.intent,
            span,
            confidence: seen.confidence(),
        };
        self.recent[self.sightings % RECENT] = Some(sighting.clone());
        self.sightings += 1;
        out.push(sighting);
    }
}

/// The gating concepts whose words begin at an offset and end where words do. A long
/// one may have others glued to it.
fn gating(lexicon: &Lexicon, text: &[u8], at: usize) -> u64 {
    let tree = lexicon.tree();
    let kind = kind_at(text, at);
    let inside = kind == Kind::Letter && kind_before(text, at) == kind;
    let mut mask = 0;
    tree.walk_plain(text, at, |node, end| {
        let ends = kind_at(text, end) != Kind::Letter || end - at >= GLUED;
        for entry in tree.entries(node) {
            let whole = !inside && (ends || entry.flags & WILD != 0);
            if whole || entry.flags & RUN != 0 {
                mask |= 1 << entry.concept;
            }
        }
    });
    mask & GATING
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
