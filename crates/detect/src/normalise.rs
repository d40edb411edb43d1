//! One spelling for text that means the same: compatibility forms (NFKC), letters
//! that look Latin, marks and characters nobody sees.
//!
//! One pass with a table (`table`), at most one character held back, and for every
//! normalised byte the offset of the source character that it came from. Not a
//! decoder: escapes, encodings and markup are other views. Idempotent; the result
//! does not depend on how the text was cut.
//!
//! Where it goes beyond the steps of the specification: marks are deleted before
//! confusables are looked up and the rest is recomposed, so that nothing needs a
//! second round; marks are also deleted in category Me and where their combining
//! class is not 0; decimal digits of every script become ASCII digits of the same
//! value; dashes and quotes become ASCII. Chinese, Japanese and Korean letters only
//! change where NFKC changes them.

mod decode;
pub mod hidden;
mod map;
mod stream;
mod table;
#[cfg(test)]
mod tests;

pub use map::{Normalised, OffsetMap};

use std::fmt;
use std::ops::Range;
pub(crate) use stream::Sink;
use stream::Stream;

/// A named sequence of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pipeline {
    /// Secrets: control, invisible and exotic characters are deleted.
    Dlp,
    /// Injection: invisible characters are deleted, exotic blanks become blanks.
    Matching,
    /// Tool policy: invisible characters become blanks too.
    Policy,
    /// Tool descriptions: controls and invisible characters are deleted, exotic
    /// blanks become blanks, leet digits become letters.
    ToolText,
}

/// What the incremental form does with control characters other than tab, CR and LF,
/// with invisible characters and with exotic blanks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// They are deleted.
    Delete,
    /// Each becomes a blank.
    Blank,
    /// Exotic blanks become tabs, which separate words and may stand inside a token
    /// that is put together; the others are deleted.
    Scan,
}

/// What differs between the pipelines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Steps {
    control: Fate,
    breaks: Fate,
    invisible: Fate,
    exotic: Fate,
    letters: Letters,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Keep,
    Delete,
    Blank,
    Tab,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Letters {
    Plain,
    Leet,
}

impl Pipeline {
    fn steps(self) -> Steps {
        let matching = Steps {
            control: Fate::Delete,
            breaks: Fate::Keep,
            invisible: Fate::Delete,
            exotic: Fate::Blank,
            letters: Letters::Plain,
        };
        match self {
            Self::Matching => matching,
            Self::Policy => Mode::Blank.steps(),
            Self::Dlp => Steps {
                breaks: Fate::Delete,
                exotic: Fate::Delete,
                ..matching
            },
            Self::ToolText => Steps {
                breaks: Fate::Delete,
                letters: Letters::Leet,
                ..matching
            },
        }
    }
}

impl Mode {
    fn steps(self) -> Steps {
        let (fate, exotic) = match self {
            Self::Delete => (Fate::Delete, Fate::Delete),
            Self::Blank => (Fate::Blank, Fate::Blank),
            Self::Scan => (Fate::Delete, Fate::Tab),
        };
        Steps {
            control: fate,
            breaks: Fate::Keep,
            invisible: fate,
            exotic,
            letters: Letters::Plain,
        }
    }
}

/// Index of the first byte that a pipeline may change: control characters other than
/// tab, CR and LF, and all that is not ASCII. Leet digits and, where a pipeline
/// deletes them, line breaks do not count.
pub fn first_dirty(text: &[u8]) -> Option<usize> {
    const STEP: usize = 64;
    // A fixed step without an early end lets the compiler use vector instructions.
    let clean = text
        .chunks_exact(STEP)
        .take_while(|chunk| {
            chunk
                .iter()
                .fold(true, |plain, &byte| plain & is_plain(byte))
        })
        .count()
        * STEP;
    let found = text[clean..].iter().position(|&byte| !is_plain(byte));
    found.map(|index| clean + index)
}

/// Printable ASCII, tab, CR or LF.
#[inline]
fn is_plain(byte: u8) -> bool {
    // No short circuits: see `first_dirty`.
    let printable = (byte.cast_signed() >= 0x20) & (byte != 0x7f);
    printable | (byte == b'\t') | (byte == b'\r') | (byte == b'\n')
}

/// Whether a byte of UTF-8 goes on with a character.
fn is_continuation(byte: u8) -> bool {
    byte.cast_signed() < -64
}

/// Normalises a whole text.
pub fn normalise(pipeline: Pipeline, text: &str) -> Normalised {
    whole(pipeline.steps(), text)
}

/// A word of a list in the spelling that the normaliser gives texts.
pub fn normalise_word(word: &str) -> String {
    normalise(Pipeline::Matching, word).text
}

/// How the normaliser writes a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    Same,
    Nothing,
    One(char),
    Several(&'static str),
}

/// The spelling of one character, whatever stands beside it.
#[inline]
pub(crate) fn spelling(character: char) -> Spelling {
    if character.is_ascii() {
        return Spelling::Same;
    }
    match table::entry(character) {
        table::Entry::Keep | table::Entry::Join(_) | table::Entry::Break => Spelling::Same,
        table::Entry::Ascii(byte) => Spelling::One(char::from(byte)),
        table::Entry::Character(other) => Spelling::One(other),
        table::Entry::Text(several) => Spelling::Several(several),
        table::Entry::Exotic => Spelling::One(' '),
        table::Entry::Mark
        | table::Entry::Voicing
        | table::Entry::Invisible
        | table::Entry::Control => Spelling::Nothing,
    }
}

/// Deletes invisible and control characters other than tab, CR and LF, and nothing
/// else: addresses are compared in the spelling they have.
pub fn strip_invisible(text: &str) -> String {
    let invisible = |character| {
        matches!(
            table::entry(character),
            table::Entry::Invisible | table::Entry::Control
        )
    };
    text.chars().filter(|&c| !invisible(c)).collect()
}

/// Latin for six Cyrillic letters by their shape in shell commands, before the policy
/// views are normalised.
pub fn policy_letter(character: char) -> char {
    match character {
        'у' => 'u',
        'У' => 'U',
        'в' => 'b',
        'В' => 'B',
        'н' => 'n',
        'Н' => 'N',
        other => other,
    }
}

/// The letter that a leet digit or sign stands for; other bytes as they are.
pub const fn leet(byte: u8) -> u8 {
    match byte {
        b'0' => b'o',
        b'1' => b'i',
        b'3' => b'e',
        b'4' | b'@' => b'a',
        b'5' | b'$' => b's',
        b'7' => b't',
        other => other,
    }
}

/// The same vowel for every vowel, in the case it has; other bytes as they are.
pub const fn fold_vowel(byte: u8) -> u8 {
    match byte {
        b'a' | b'e' | b'i' | b'o' | b'u' => b'a',
        b'A' | b'E' | b'I' | b'O' | b'U' => b'A',
        other => other,
    }
}

fn whole(steps: Steps, text: &str) -> Normalised {
    let mut whole = Whole {
        normalised: Normalised {
            text: String::with_capacity(text.len()),
            map: OffsetMap::new(text.len()),
        },
    };
    let mut stream = Stream::new(0, steps);
    stream.push(text.as_bytes(), &mut whole);
    stream.finish(&mut whole);
    whole.normalised
}

/// Collects a whole text, whose offsets therefore fit a `usize`.
struct Whole {
    normalised: Normalised,
}

impl Sink for Whole {
    fn copied(&mut self, text: &str, at: u64) {
        let Normalised { text: out, map } = &mut self.normalised;
        map.copied(out.len(), at as usize, text.len());
        out.push_str(text);
    }

    fn ascii(&mut self, byte: u8, source: Range<u64>) {
        self.character(char::from(byte), source);
    }

    fn character(&mut self, character: char, source: Range<u64>) {
        let Normalised { text: out, map } = &mut self.normalised;
        map.changed(out.len(), source.start as usize..source.end as usize);
        out.push(character);
    }
}

/// Normalises a text that comes in pieces: `Pipeline::Matching` with the fate of
/// invisible and exotic characters that the mode says. Each byte that is part of no
/// character becomes U+FFFD. Holds back at most one character.
#[derive(Clone)]
pub struct Normaliser {
    stream: Stream,
}

impl Normaliser {
    /// A normaliser whose first byte stands at this source offset.
    pub fn new(start: u64, mode: Mode) -> Self {
        let stream = Stream::new(start, mode.steps());
        Self { stream }
    }

    /// A normaliser with the steps of a pipeline.
    pub fn with_pipeline(start: u64, pipeline: Pipeline) -> Self {
        let stream = Stream::new(start, pipeline.steps());
        Self { stream }
    }

    /// Reads the next bytes and gives each normalised byte with the source offset of
    /// its character.
    pub fn push(&mut self, chunk: &[u8], give: &mut impl FnMut(u8, u64)) {
        self.stream.push(chunk, &mut Bytes(give));
    }

    /// Ends the text: gives what was held back.
    pub fn finish(&mut self, give: &mut impl FnMut(u8, u64)) {
        self.stream.finish(&mut Bytes(give));
    }

    /// As [`Normaliser::push`], run by run.
    pub(crate) fn push_into(&mut self, chunk: &[u8], sink: &mut impl Sink) {
        self.stream.push(chunk, sink);
    }

    /// As [`Normaliser::finish`], run by run.
    pub(crate) fn finish_into(&mut self, sink: &mut impl Sink) {
        self.stream.finish(sink);
    }

    /// Source offset of the first character that has not been given out whole.
    pub fn given(&self) -> u64 {
        self.stream.given()
    }

    /// Whether nothing is held back.
    pub fn is_idle(&self) -> bool {
        self.stream.is_idle()
    }
}

impl fmt::Debug for Normaliser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Normaliser")
            .field("given", &self.given())
            .finish_non_exhaustive()
    }
}

struct Bytes<'a, F>(&'a mut F);

impl<F: FnMut(u8, u64)> Sink for Bytes<'_, F> {
    #[inline]
    fn copied(&mut self, text: &str, at: u64) {
        let mut start = at;
        for (byte, at) in text.bytes().zip(at..) {
            if !is_continuation(byte) {
                start = at;
            }
            (self.0)(byte, start);
        }
    }

    #[inline]
    fn ascii(&mut self, byte: u8, source: Range<u64>) {
        (self.0)(byte, source.start);
    }

    fn character(&mut self, character: char, source: Range<u64>) {
        let mut buffer = [0; 4];
        for &byte in character.encode_utf8(&mut buffer).as_bytes() {
            (self.0)(byte, source.start);
        }
    }
}
