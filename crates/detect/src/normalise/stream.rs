//! One pass over a text: each character is looked up, and a character that may be
//! composed with the next waits for it.

use super::Steps;
use super::decode::{Decoder, Part};
use super::table::{self, Entry, Join};
use super::{Fate, Letters, is_plain, leet};
use std::ops::Range;

/// Takes the normalised text.
pub(crate) trait Sink {
    /// Characters as they stand in the source.
    fn copied(&mut self, text: &str, at: u64);
    /// One ASCII character and the part of the source that it came from.
    fn ascii(&mut self, byte: u8, source: Range<u64>);
    /// One character and the part of the source that it came from.
    fn character(&mut self, character: char, source: Range<u64>);
    /// A NUL between the last character and the next, which is left out.
    fn cut(&mut self) {}
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

    /// Copies what is kept run by run and looks at the rest one by one.
    fn text(&mut self, text: &str, at: u64, sink: &mut impl Sink) {
        let bytes = text.as_bytes();
        let (mut copied, mut index) = (0, 0);
        while let Some(&byte) = bytes.get(index) {
            if byte.is_ascii() {
                let plain = self.plain(&bytes[index..]);
                index += plain;
                if plain > 0 {
                    continue;
                }
            }
            let (code, length) = decode(&bytes[index..]);
            let end = index + length;
            let packed = table::packed(code);
            if packed.is_kept() && !byte.is_ascii()
                || packed.joins_next() && is_apart(&bytes[end..])
            {
                index = end;
                continue;
            }
            self.copy(&text[copied..index], at + copied as u64, sink);
            let source = at + index as u64..at + end as u64;
            match packed.ascii() {
                Some(letter) => self.ascii(letter, source, sink),
                None => {
                    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                    self.rewrite(packed.entry(), character, source, sink);
                }
            }
            (copied, index) = (end, end);
        }
        self.copy(&text[copied..], at + copied as u64, sink);
    }

    #[inline]
    fn copy(&mut self, text: &str, at: u64, sink: &mut impl Sink) {
        if !text.is_empty() {
            self.flush(sink);
            sink.copied(text, at);
        }
    }

    /// How many bytes at the front are ASCII that needs no look.
    #[inline]
    fn plain(&self, text: &[u8]) -> usize {
        match self.steps {
            Steps {
                letters: Letters::Leet,
                ..
            } => run(text, |byte| {
                is_plain(byte) & (byte >= b' ') & (leet(byte) == byte)
            }),
            Steps {
                breaks: Fate::Keep, ..
            } => run(text, is_plain),
            _ => run(text, |byte| is_plain(byte) & (byte >= b' ')),
        }
    }

    #[inline(never)]
    fn rewrite(&mut self, entry: Entry, character: char, source: Range<u64>, sink: &mut impl Sink) {
        match entry {
            Entry::Keep => self.keep(character, source, sink),
            Entry::Ascii(byte) => self.ascii(byte, source, sink),
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
            Entry::Control => {
                if character == '\0' {
                    sink.cut();
                }
                self.fall(self.steps.control, character, source, sink);
            }
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

    fn keep(&mut self, character: char, source: Range<u64>, sink: &mut impl Sink) {
        if let Ok(byte) = u8::try_from(character)
            && byte.is_ascii()
        {
            return self.ascii(byte, source, sink);
        }
        self.flush(sink);
        sink.character(character, source);
    }

    #[inline]
    fn ascii(&mut self, byte: u8, source: Range<u64>, sink: &mut impl Sink) {
        self.flush(sink);
        let letter = match self.steps.letters {
            Letters::Plain => byte,
            Letters::Leet => leet(byte),
        };
        sink.ascii(letter, source);
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
                sink.ascii(b' ', source);
            }
            Fate::Tab => {
                self.flush(sink);
                sink.ascii(b'\t', source);
            }
        }
    }

    #[inline]
    fn flush(&mut self, sink: &mut impl Sink) {
        if self.held.is_some()
            && let Some((character, source)) = self.held.take()
        {
            sink.character(character, source);
        }
    }
}

/// The first character of valid UTF-8, by hand: twice as fast as `str::chars`, which
/// has to look for the boundary first.
#[inline]
fn decode(text: &[u8]) -> (u32, usize) {
    let tail = |byte: u8| u32::from(byte & 0x3f);
    match *text {
        [a, ..] if a < 0x80 => (u32::from(a), 1),
        [a, b, ..] if a < 0xe0 => (u32::from(a & 0x1f) << 6 | tail(b), 2),
        [a, b, c, ..] if a < 0xf0 => (u32::from(a & 0x0f) << 12 | tail(b) << 6 | tail(c), 3),
        [a, b, c, d, ..] => (
            u32::from(a & 0x07) << 18 | tail(b) << 12 | tail(c) << 6 | tail(d),
            4,
        ),
        // Not in a `str`. What is left is passed over, so that the caller ends.
        _ => (u32::from(char::REPLACEMENT_CHARACTER), text.len()),
    }
}

/// Whether the text begins with something that stays and joins nothing before it.
#[inline]
fn is_apart(text: &[u8]) -> bool {
    !text.is_empty() && {
        let next = table::packed(decode(text).0);
        next.is_kept() || next.joins_next()
    }
}

/// Length of the run at the front, sixteen bytes at a time where it is long.
#[inline]
fn run(text: &[u8], mut is_part: impl FnMut(u8) -> bool) -> usize {
    const STEP: usize = 16;
    // Between other letters a run is a blank or a full stop.
    if let Some(short) = text.iter().take(4).position(|&byte| !is_part(byte)) {
        return short;
    }
    let whole = text
        .chunks_exact(STEP)
        .take_while(|step| step.iter().fold(true, |all, &byte| all & is_part(byte)))
        .count()
        * STEP;
    let rest = text[whole..].iter().position(|&byte| !is_part(byte));
    whole + rest.unwrap_or(text.len() - whole)
}
