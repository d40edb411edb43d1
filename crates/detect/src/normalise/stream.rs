//! One pass over a text: each character is looked up, and a character that may be
//! composed with the next waits for it.

use super::Steps;
use super::decode::{Decoder, Part};
use super::table::{self, Entry, Join};
use super::{Fate, Letters, is_plain, leet};
use std::ops::Range;

/// Takes the normalised text.
pub(super) trait Sink {
    /// ASCII as it stands in the source.
    fn copied(&mut self, text: &str, at: u64);
    /// One character and the part of the source that it came from.
    fn character(&mut self, character: char, source: Range<u64>);
}

/// A character that may join the next, and where it came from.
type Held = Option<(char, Range<u64>)>;

#[derive(Clone)]
pub(super) struct Stream {
    decoder: Decoder,
    rewriter: Rewriter,
}

#[derive(Clone)]
struct Rewriter {
    steps: Steps,
    held: Held,
}

impl Stream {
    pub(super) fn new(start: u64, steps: Steps) -> Self {
        Self {
            decoder: Decoder::new(start),
            rewriter: Rewriter { steps, held: None },
        }
    }

    pub(super) fn push(&mut self, chunk: &[u8], sink: &mut impl Sink) {
        let rewriter = &mut self.rewriter;
        self.decoder
            .push(chunk, |part, at| rewriter.part(part, at, sink));
    }

    pub(super) fn finish(&mut self, sink: &mut impl Sink) {
        let rewriter = &mut self.rewriter;
        self.decoder
            .finish(|part, at| rewriter.part(part, at, sink));
        rewriter.flush(sink);
    }

    pub(super) fn given(&self) -> u64 {
        match &self.rewriter.held {
            Some((_, source)) => source.start,
            None => self.decoder.at,
        }
    }

    pub(super) fn is_idle(&self) -> bool {
        self.rewriter.held.is_none() && !self.decoder.is_cut()
    }
}

impl Rewriter {
    fn part(&mut self, part: Part<'_>, at: u64, sink: &mut impl Sink) {
        match part {
            Part::Text(text) => self.text(text, at, sink),
            Part::Bad(count) => {
                self.flush(sink);
                for at in at..at + count as u64 {
                    sink.character(char::REPLACEMENT_CHARACTER, at..at + 1);
                }
            }
        }
    }

    fn text(&mut self, mut text: &str, mut at: u64, sink: &mut impl Sink) {
        loop {
            let plain = self.plain(text);
            if plain > 0 {
                self.flush(sink);
                let (run, rest) = text.split_at(plain);
                sink.copied(run, at);
                (text, at) = (rest, at + plain as u64);
            }
            let mut characters = text.chars();
            let Some(character) = characters.next() else {
                return;
            };
            text = characters.as_str();
            let end = at + character.len_utf8() as u64;
            self.rewrite(table::entry(character), character, at..end, sink);
            at = end;
        }
    }

    /// How many bytes at the front need no look.
    fn plain(&self, text: &str) -> usize {
        let is_break = |byte| byte < b' ' && self.steps.breaks != Fate::Keep;
        let special = match self.steps.letters {
            Letters::Plain => text
                .bytes()
                .position(|byte| !is_plain(byte) || is_break(byte)),
            Letters::Leet => text
                .bytes()
                .position(|byte| !is_plain(byte) || is_break(byte) || leet(byte) != byte),
        };
        special.unwrap_or(text.len())
    }

    #[inline]
    fn rewrite(&mut self, entry: Entry, character: char, source: Range<u64>, sink: &mut impl Sink) {
        match entry {
            Entry::Keep => self.keep(character, source, sink),
            Entry::Ascii(byte) => self.keep(char::from(byte), source, sink),
            Entry::Join(join) => self.join(join, character, source, sink),
            Entry::Voicing => self.voice(character, source.end),
            Entry::Character(single) => self.again(single, source, sink),
            Entry::Text(text) => {
                for part in text.chars() {
                    self.again(part, source.clone(), sink);
                }
            }
            Entry::Mark => {}
            Entry::Invisible => self.fall(self.steps.invisible, character, source, sink),
            Entry::Control => self.fall(self.steps.control, character, source, sink),
            Entry::Break => self.fall(self.steps.breaks, character, source, sink),
            Entry::Exotic => self.fall(self.steps.exotic, character, source, sink),
        }
    }

    /// A character out of the table, which only can be kept or joined.
    fn again(&mut self, character: char, source: Range<u64>, sink: &mut impl Sink) {
        match table::entry(character) {
            Entry::Join(join) => self.join(join, character, source, sink),
            Entry::Voicing => self.voice(character, source.end),
            _ => self.keep(character, source, sink),
        }
    }

    #[inline]
    fn keep(&mut self, character: char, source: Range<u64>, sink: &mut impl Sink) {
        self.flush(sink);
        let letter = match (self.steps.letters, u8::try_from(character)) {
            (Letters::Leet, Ok(byte)) => char::from(leet(byte)),
            _ => character,
        };
        sink.character(letter, source);
    }

    fn join(&mut self, join: Join, character: char, source: Range<u64>, sink: &mut impl Sink) {
        if join != Join::Next && self.compose(character, source.end) {
            return;
        }
        self.flush(sink);
        match join {
            Join::Previous => sink.character(character, source),
            Join::Next | Join::Both => self.held = Some((character, source)),
        }
    }

    /// Joins the character to the one held, if Unicode has the two as one.
    fn compose(&mut self, second: char, end: u64) -> bool {
        let Some((first, source)) = &mut self.held else {
            return false;
        };
        let whole = table::compose(*first, second);
        if let Some(whole) = whole {
            *first = whole;
            source.end = end;
        }
        whole.is_some()
    }

    fn voice(&mut self, mark: char, end: u64) {
        self.compose(mark, end);
    }

    fn fall(&mut self, fate: Fate, character: char, source: Range<u64>, sink: &mut impl Sink) {
        match fate {
            Fate::Delete => {}
            Fate::Keep => {
                self.flush(sink);
                sink.character(character, source);
            }
            Fate::Blank => {
                self.flush(sink);
                sink.character(' ', source);
            }
        }
    }

    #[inline]
    fn flush(&mut self, sink: &mut impl Sink) {
        if let Some((character, source)) = self.held.take() {
            sink.character(character, source);
        }
    }
}
