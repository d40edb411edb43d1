//! Seed phrases of wallets (BIP-39), in all ten languages.
//!
//! A phrase is 12, 15, 18, 21 or 24 words of one list that follow each other, whole
//! or cut to four letters, whatever numbers, quotes, brackets and tags stand between
//! them. Its last bits are a checksum, which every sixteenth window of twelve words
//! has by chance; so a window in the middle of more such words must be separated from
//! them in another way than its words from each other, and words in the order of the
//! list are a piece of the list.
//!
//! Time is linear in the text, and clean text allocates nothing. Whole or in pieces,
//! the result is the same.

mod fold;
mod layout;
mod run;
mod skip;
mod words;

use fold::Token;
use run::{Gap, Run, Slot};
use std::ops::Range;

/// What counts as a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeedRules {
    /// Shortest phrase, in words: 12, 15, 18, 21 or 24.
    pub min_words: u8,
    /// Whether the checksum must be right.
    pub verify_checksum: bool,
}

impl Default for SeedRules {
    fn default() -> Self {
        Self {
            min_words: 12,
            verify_checksum: true,
        }
    }
}

/// Shortest phrase, in bytes: twelve words of three bytes.
const SHORTEST: usize = 12 * 3 + 11;
/// Longest gap between two words of a phrase, in bytes.
const GAP_LIMIT: u64 = 24;
/// Longest word, in letters.
const WORD_LIMIT: u8 = 16;
/// Longest word, in bytes: marks on letters do not count as letters.
const WORD_BYTES: u64 = 128;

/// Appends the spans of all phrases, in the order of their ends.
pub fn find(text: &[u8], rules: &SeedRules, out: &mut Vec<Range<usize>>) {
    let clean = clean(text);
    let index = |offset: u64| usize::try_from(offset).unwrap_or(text.len());
    let mut spans = Vec::new();
    find_from(&text[clean..], clean as u64, rules, &mut spans);
    out.extend(
        spans
            .into_iter()
            .map(|span| index(span.start)..index(span.end)),
    );
}

/// How many bytes at the start of a text are in no phrase at a glance. A search that
/// begins behind them finds the same.
pub(crate) fn clean(text: &[u8]) -> usize {
    let mut rest = text;
    while let Some(clean) = skip::clean(rest) {
        rest = rest.get(clean..).unwrap_or_default();
    }
    text.len() - rest.len()
}

/// Searches the end of a text, which begins at the offset `base`.
pub(crate) fn find_from(rest: &[u8], base: u64, rules: &SeedRules, out: &mut Vec<Range<u64>>) {
    if rest.len() < SHORTEST {
        return;
    }
    let mut scan = SeedScan::new(*rules);
    scan.push(rest, base, out);
    scan.finish(out);
}

/// True when so many words of a text may be words of a phrase.
/// What is not ASCII is not looked at closely.
pub(crate) fn has_words(text: &[u8], count: usize) -> bool {
    if !text.is_ascii() {
        return true;
    }
    let mut row = 0;
    let pieces = text.split(|byte| !byte.is_ascii_alphabetic());
    for piece in pieces.filter(|piece| piece.len() > 2) {
        let mut token = Token::default();
        piece.iter().for_each(|byte| token.push(char::from(*byte)));
        // A name or a tag may stand between two words.
        row += usize::from(words::is_known(&token));
        if row >= count {
            return true;
        }
    }
    false
}

/// A search over a text in pieces.
#[derive(Debug, Clone)]
pub struct SeedScan {
    rules: SeedRules,
    run: Run,
    /// The word that is being read.
    token: Token,
    token_start: u64,
    /// The word that was read, until what follows it says what it is.
    pending: Option<Pending>,
    /// Bytes of a character that is not complete.
    partial: [u8; 4],
    partial_length: usize,
    /// What stands behind the last word so far.
    gap: Gap,
    /// End of the last word.
    word_end: u64,
    /// The last byte between words.
    last: u8,
    end: u64,
}

/// A word that may turn out to be a name (`w1=`, `"word":`) or a tag.
#[derive(Debug, Clone, Copy)]
struct Pending {
    token: Token,
    span: (u64, u64),
    /// What stands before it.
    gap: Gap,
    /// The byte before it.
    before: u8,
    /// Digits stand right behind it.
    numbered: bool,
    /// A quote stands behind it.
    quoted: bool,
}

impl Pending {
    /// Short enough for a word.
    fn is_short(&self) -> bool {
        let (start, end) = self.span;
        self.token.letters() <= WORD_LIMIT && end - start <= WORD_BYTES
    }
}

const BLANK: Gap = 1;
const LINE: Gap = 1 << 1;
const COMMA: Gap = 1 << 2;
const QUOTE: Gap = 1 << 3;
const COLON: Gap = 1 << 4;
const BRACKET: Gap = 1 << 5;
const NAME: Gap = 1 << 6;
const OTHER: Gap = 1 << 7;

fn kind(byte: u8) -> Gap {
    match byte {
        b'0'..=b'9' => 0,
        b' ' | b'\t' => BLANK,
        b'\n' | b'\r' => LINE,
        b',' | b';' | b'|' => COMMA,
        b'"' | b'\'' | b'`' => QUOTE,
        b':' | b'=' => COLON,
        b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'<' | b'>' => BRACKET,
        _ => OTHER,
    }
}

impl SeedScan {
    /// A search that begins.
    #[must_use]
    pub fn new(rules: SeedRules) -> Self {
        Self {
            rules,
            run: Run::default(),
            token: Token::default(),
            token_start: 0,
            pending: None,
            partial: [0; 4],
            partial_length: 0,
            gap: 0,
            word_end: 0,
            last: b' ',
            end: 0,
        }
    }

    /// Reads the next piece, which begins at the offset `base`, where the last ended.
    pub fn push(&mut self, chunk: &[u8], base: u64, out: &mut Vec<Range<u64>>) {
        let mut index = 0;
        // Up to here nothing could be skipped.
        let mut stuck = 0;
        while let Some(byte) = chunk.get(index) {
            if index >= stuck && self.is_idle() {
                match skip::clean(&chunk[index..]) {
                    Some(clean) => {
                        index += clean;
                        continue;
                    }
                    None => stuck = index + skip::REACH,
                }
            }
            let character = match self.partial_length {
                0 if !byte.is_ascii() => character(&chunk[index..]),
                _ => None,
            };
            match character {
                Some((character, length)) => {
                    self.character(character, base + index as u64, out);
                    index += length;
                }
                None => {
                    self.byte(*byte, base + index as u64, out);
                    index += 1;
                }
            }
            if self.token.letters() > 0 && self.partial_length == 0 {
                let more = &chunk[index..];
                let letters = more.iter().take_while(|byte| byte.is_ascii_alphabetic());
                let letters = &more[..letters.count()];
                self.letters(letters, out);
                index += letters.len();
            }
        }
        self.end = base + chunk.len() as u64;
    }

    /// Ends the text.
    pub fn finish(&mut self, out: &mut Vec<Range<u64>>) {
        self.flush_partial(self.end, out);
        self.separator(b'\n', self.end, out);
        self.commit(out);
        self.run.end(LINE, &self.rules, out);
    }

    /// Every byte before this offset is in no phrase that is still to come.
    #[must_use]
    pub fn safe(&self) -> u64 {
        let partial = self.end - self.partial_length as u64;
        let token = match self.token.letters() {
            1..=WORD_LIMIT if self.end - self.token_start <= WORD_BYTES => self.token_start,
            _ => partial,
        };
        let pending = self
            .pending
            .filter(|pending| pending.is_short())
            .map_or(partial, |pending| pending.span.0);
        let run = self.run.begins().unwrap_or(partial);
        partial.min(token).min(pending).min(run)
    }

    /// Nothing is begun.
    fn is_idle(&self) -> bool {
        self.token.letters() == 0
            && self.partial_length == 0
            && self.pending.is_none()
            && self.run.is_empty()
    }

    fn byte(&mut self, byte: u8, at: u64, out: &mut Vec<Range<u64>>) {
        if byte.is_ascii() {
            if self.partial_length > 0 {
                self.flush_partial(at, out);
            }
            if byte.is_ascii_alphabetic() {
                self.letter(char::from(byte), at, out);
            } else {
                self.separator(byte, at, out);
            }
        } else {
            self.beyond_ascii(byte, at, out);
        }
    }

    /// A byte of a character of more than one byte. What is no UTF-8 separates words.
    fn beyond_ascii(&mut self, byte: u8, at: u64, out: &mut Vec<Range<u64>>) {
        if byte >= 0xc0 {
            self.flush_partial(at, out);
        }
        match (byte, self.partial_length) {
            (0x80..=0xbf, 0) | (_, 4) => {
                self.flush_partial(at, out);
                return self.separator(0, at, out);
            }
            (_, length) => self.partial[length] = byte,
        }
        self.partial_length += 1;
        let start = at + 1 - self.partial_length as u64;
        match std::str::from_utf8(&self.partial[..self.partial_length]) {
            Ok(text) => {
                let c = text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER);
                self.partial_length = 0;
                self.character(c, start, out);
            }
            Err(error) if error.error_len().is_some() => self.flush_partial(at + 1, out),
            Err(_) => {}
        }
    }

    fn character(&mut self, c: char, at: u64, out: &mut Vec<Range<u64>>) {
        if fold::is_letter(c) {
            self.letter(c, at, out);
        } else {
            let blank = c.is_whitespace();
            self.separator(if blank { b' ' } else { 0 }, at, out);
        }
    }

    /// A character that was never completed.
    fn flush_partial(&mut self, end: u64, out: &mut Vec<Range<u64>>) {
        if self.partial_length > 0 {
            let start = end.saturating_sub(self.partial_length as u64);
            self.partial_length = 0;
            self.separator(0, start, out);
        }
    }

    fn letter(&mut self, letter: char, at: u64, out: &mut Vec<Range<u64>>) {
        if self.token.letters() == 0 {
            if self.last == b'\\' && matches!(letter, 'n' | 'r' | 't') {
                // An escaped line end.
                return self.separator(b'\n', at, out);
            }
            self.commit(out);
            self.token_start = at;
        }
        self.token.push(letter);
        self.letters(&[], out);
        if at - self.token_start > WORD_BYTES {
            self.run.end(self.gap, &self.rules, out);
        }
    }

    /// The word goes on with these letters.
    fn letters(&mut self, letters: &[u8], out: &mut Vec<Range<u64>>) {
        for letter in letters {
            self.token.push(char::from(*letter));
        }
        if self.token.letters() > WORD_LIMIT && !self.run.is_empty() {
            self.run.end(self.gap, &self.rules, out);
        }
    }

    fn separator(&mut self, byte: u8, at: u64, out: &mut Vec<Range<u64>>) {
        if self.token.letters() > 0 {
            self.pending = Some(Pending {
                token: std::mem::take(&mut self.token),
                span: (self.token_start, at),
                gap: self.gap,
                before: self.last,
                numbered: false,
                quoted: false,
            });
            self.gap = 0;
        }
        if let Some(pending) = &mut self.pending {
            match byte {
                b'0'..=b'9' if !pending.quoted => pending.numbered = true,
                b'"' | b'\'' if !pending.quoted => pending.quoted = true,
                b'=' => self.ignore(),
                b':' if pending.quoted || pending.numbered => self.ignore(),
                b'>' if matches!(pending.before, b'<' | b'/') => self.ignore(),
                _ => self.commit(out),
            }
        }
        self.gap |= kind(byte);
        self.last = byte;
        if at.saturating_sub(self.word_end) > GAP_LIMIT && self.pending.is_none() {
            self.run.end(self.gap, &self.rules, out);
        }
    }

    /// The pending word is a name or a tag.
    fn ignore(&mut self) {
        if let Some(pending) = self.pending.take() {
            self.gap |= pending.gap | NAME;
        }
    }

    /// The pending word is a word.
    fn commit(&mut self, out: &mut Vec<Range<u64>>) {
        let Some(pending) = self.pending.take() else {
            return;
        };
        let span = pending.span.0..pending.span.1;
        let slot =
            Slot::read(&pending.token, span.clone(), pending.gap).filter(|_| pending.is_short());
        if slot.is_none() || span.start.saturating_sub(self.word_end) > GAP_LIMIT {
            self.run.end(pending.gap, &self.rules, out);
        }
        if let Some(slot) = slot {
            self.word_end = span.end;
            self.run.push(slot, &self.rules, out);
        }
    }
}

/// The character of two or three bytes that a text begins with, and its length.
fn character(text: &[u8]) -> Option<(char, usize)> {
    let tail = |byte: u8| (byte & 0xc0 == 0x80).then_some(u32::from(byte & 0x3f));
    let (code, length, least) = match *text {
        [first @ 0xc2..=0xdf, second, ..] => (u32::from(first & 0x1f) << 6 | tail(second)?, 2, 0),
        [first @ 0xe0..=0xef, second, third, ..] => {
            let code = u32::from(first & 0xf) << 12 | tail(second)? << 6 | tail(third)?;
            (code, 3, 0x800)
        }
        _ => return None,
    };
    let character = char::from_u32(code).filter(|_| code >= least)?;
    Some((character, length))
}

#[cfg(test)]
mod tests;
