//! The words of a JSON text, each with its place, in document order.
//!
//! It reads tokens, not a tree: a repeated member is there as often as it was
//! written, and numbers keep their digits. Whether text is UTF-8 is not asked:
//! readers differ there, and no secret depends on it.

use std::ops::Range;

/// Deepest nesting that is read.
pub(crate) const DEPTH: usize = 256;

/// Why a text cannot be read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonError {
    /// Not JSON (RFC 8259), or more than 4 GiB of it.
    Malformed,
    /// Deeper than [`DEPTH`].
    TooDeep,
}

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Name of a member.
    Key,
    /// Text, number or truth value. Null says nothing and is none.
    Value,
}

/// One word: offsets into the words and into the source, in 16 bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word {
    start: u32,
    end: u32,
    source: u32,
    pub(crate) role: Role,
    escaped: bool,
}

/// All words, one blank between them.
#[derive(Debug, Default)]
pub(crate) struct Words {
    text: Vec<u8>,
    words: Vec<Word>,
}

/// How many values a text may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Values {
    /// Exactly one (RFC 8259).
    One,
    /// None, or several one behind the other, as streams of JSON have them.
    Any,
}

/// How a word is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A string as it reads.
    Plain,
    /// A string with escapes.
    Escaped,
    /// A number or a truth value.
    Scalar,
}

/// What is told of the words of a text, in document order.
pub(crate) trait Sink {
    /// A word, by its bytes between the quotes.
    fn word(&mut self, role: Role, raw: Range<usize>, form: Form);
}

/// Reads a JSON text.
///
/// # Errors
/// [`JsonError`]; the words before it were told.
pub(crate) fn read(source: &[u8], values: Values, sink: &mut impl Sink) -> Result<(), JsonError> {
    Reader {
        source,
        at: 0,
        open: Vec::new(),
        scratch: Vec::new(),
        values,
        sink,
    }
    .read()
}

/// Appends the string between two quotes as it reads.
pub(crate) fn decode(mut raw: &[u8], out: &mut Vec<u8>) {
    while let Some(at) = raw.iter().position(|byte| *byte == b'\\') {
        out.extend_from_slice(&raw[..at]);
        // What was read has no other escapes.
        let used = escape(&raw[at..], out).unwrap_or(1);
        raw = raw.get(at + used..).unwrap_or_default();
    }
    out.extend_from_slice(raw);
}

impl Words {
    /// Reads a JSON text of one value.
    ///
    /// # Errors
    /// [`JsonError`]; what was read until then is lost.
    pub(crate) fn read(source: &str) -> Result<Self, JsonError> {
        if u32::try_from(source.len()).is_err() {
            return Err(JsonError::Malformed);
        }
        let mut writer = Writer {
            source: source.as_bytes(),
            words: Self::default(),
        };
        read(source.as_bytes(), Values::One, &mut writer)?;
        Ok(writer.words)
    }

    /// Words and blanks.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// The words in document order.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Word> {
        self.words.iter()
    }

    /// The bytes of a word.
    pub(crate) fn bytes(&self, word: &Word) -> &[u8] {
        self.text.get(word.range()).unwrap_or_default()
    }

    /// Where a span of [`Self::text`] stands in the source.
    pub(crate) fn origin(&self, source: &str, span: &Range<u64>) -> Range<u64> {
        let start = self.place(source, span.start, Edge::Start);
        let end = self.place(source, span.end, Edge::End);
        start..end.max(start)
    }

    fn place(&self, source: &str, offset: u64, edge: Edge) -> u64 {
        let inside = match edge {
            Edge::Start => offset,
            Edge::End => offset.saturating_sub(1),
        };
        let after = self
            .words
            .partition_point(|word| u64::from(word.start) <= inside);
        let Some(word) = after.checked_sub(1).and_then(|at| self.words.get(at)) else {
            return 0;
        };
        word.place(source, offset)
    }
}

/// Which end of a span is looked for.
#[derive(Clone, Copy)]
enum Edge {
    Start,
    End,
}

impl Word {
    fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Source offset of an offset of the words; behind the word it is its end.
    pub(crate) fn place(&self, source: &str, offset: u64) -> u64 {
        let within = offset
            .min(u64::from(self.end))
            .saturating_sub(u64::from(self.start));
        let begin = u64::from(self.source);
        if !self.escaped {
            return begin + within;
        }
        let raw = source.as_bytes().get(self.source as usize..);
        begin + raw_length(raw.unwrap_or_default(), within)
    }

    /// Where the word begins among the words.
    pub(crate) fn start(&self) -> u64 {
        u64::from(self.start)
    }
}

/// Raw bytes of a string that stand for so many decoded ones.
fn raw_length(raw: &[u8], decoded: u64) -> u64 {
    let (mut at, mut done) = (0, 0);
    let mut scratch = Vec::new();
    while done < decoded {
        scratch.clear();
        match raw.get(at) {
            None | Some(b'"') => break,
            Some(b'\\') => match escape(&raw[at..], &mut scratch) {
                Some(used) => at += used,
                None => break,
            },
            Some(byte) => {
                scratch.push(*byte);
                at += 1;
            }
        }
        done += scratch.len() as u64;
    }
    at as u64
}

/// Decodes the escape at the start of `raw`; how many bytes it takes. Half a
/// surrogate pair becomes U+FFFD, as readers show it.
fn escape(raw: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    let simple = |byte| (Some(byte), 2);
    let (byte, used) = match raw.get(1)? {
        b'"' => simple(b'"'),
        b'\\' => simple(b'\\'),
        b'/' => simple(b'/'),
        b'b' => simple(8),
        b'f' => simple(12),
        b'n' => simple(b'\n'),
        b'r' => simple(b'\r'),
        b't' => simple(b'\t'),
        b'u' => (None, 6),
        _ => return None,
    };
    if let Some(byte) = byte {
        out.push(byte);
        return Some(used);
    }
    let first = unit(raw)?;
    let pair = raw
        .get(6..)
        .and_then(unit)
        .filter(|second| (0xd800..0xdc00).contains(&first) && (0xdc00..0xe000).contains(second));
    let (code, used) = match pair {
        Some(second) => (0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00), 12),
        None => (first, used),
    };
    let char = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
    Some(used)
}

/// The UTF-16 unit of a `\uXXXX` at the start of `raw`.
fn unit(raw: &[u8]) -> Option<u32> {
    let digits = raw.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |sum, digit| {
        char::from(*digit)
            .to_digit(16)
            .map(|digit| sum * 16 + digit)
    })
}

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    CommaOrEnd,
    Nothing,
}

/// What is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Container {
    Array,
    Object,
}

/// Puts words together.
struct Writer<'a> {
    source: &'a [u8],
    words: Words,
}

impl Sink for Writer<'_> {
    fn word(&mut self, role: Role, raw: Range<usize>, form: Form) {
        let Words { text, words } = &mut self.words;
        if !words.is_empty() {
            text.push(b' ');
        }
        // Words are never longer than the source and one blank each, which fit.
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let (start, source) = (offset(text.len()), offset(raw.start));
        decode(self.source.get(raw).unwrap_or_default(), text);
        words.push(Word {
            start,
            end: offset(text.len()),
            source,
            role,
            escaped: form == Form::Escaped,
        });
    }
}

struct Reader<'a, S> {
    source: &'a [u8],
    at: usize,
    open: Vec<Container>,
    scratch: Vec<u8>,
    values: Values,
    sink: &'a mut S,
}

impl<S: Sink> Reader<'_, S> {
    fn read(&mut self) -> Result<(), JsonError> {
        let mut expect = match self.values {
            Values::One => Expect::Value,
            Values::Any => Expect::Nothing,
        };
        loop {
            self.blanks();
            let next = self.source.get(self.at).copied();
            expect = match (expect, next) {
                (Expect::Nothing, None) => return Ok(()),
                (Expect::Nothing, Some(_)) if self.values == Values::Any => Expect::Value,
                (Expect::Value | Expect::ValueOrEnd, Some(b'{')) => {
                    self.enter(Container::Object)?;
                    Expect::KeyOrEnd
                }
                (Expect::Value | Expect::ValueOrEnd, Some(b'[')) => {
                    self.enter(Container::Array)?;
                    Expect::ValueOrEnd
                }
                (Expect::ValueOrEnd, Some(b']')) => self.leave(Container::Array)?,
                (Expect::KeyOrEnd, Some(b'}')) => self.leave(Container::Object)?,
                (Expect::Key | Expect::KeyOrEnd, Some(b'"')) => {
                    self.string(Role::Key)?;
                    self.blanks();
                    self.take(b':')?;
                    Expect::Value
                }
                (Expect::Value | Expect::ValueOrEnd, Some(b'"')) => {
                    self.string(Role::Value)?;
                    self.behind_value()
                }
                (Expect::Value | Expect::ValueOrEnd, Some(_)) => {
                    self.scalar()?;
                    self.behind_value()
                }
                (Expect::CommaOrEnd, Some(b',')) => {
                    self.at += 1;
                    match self.open.last() {
                        Some(Container::Object) => Expect::Key,
                        _ => Expect::Value,
                    }
                }
                (Expect::CommaOrEnd, Some(b']')) => self.leave(Container::Array)?,
                (Expect::CommaOrEnd, Some(b'}')) => self.leave(Container::Object)?,
                _ => return Err(JsonError::Malformed),
            };
        }
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.source.get(self.at) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.source.get(self.at) != Some(&byte) {
            return Err(JsonError::Malformed);
        }
        self.at += 1;
        Ok(())
    }

    fn enter(&mut self, container: Container) -> Result<(), JsonError> {
        if self.open.len() >= DEPTH {
            return Err(JsonError::TooDeep);
        }
        self.at += 1;
        self.open.push(container);
        Ok(())
    }

    fn leave(&mut self, container: Container) -> Result<Expect, JsonError> {
        if self.open.pop() != Some(container) {
            return Err(JsonError::Malformed);
        }
        self.at += 1;
        Ok(self.behind_value())
    }

    fn behind_value(&self) -> Expect {
        if self.open.is_empty() {
            Expect::Nothing
        } else {
            Expect::CommaOrEnd
        }
    }

    fn string(&mut self, role: Role) -> Result<(), JsonError> {
        self.take(b'"')?;
        let start = self.at;
        let mut form = Form::Plain;
        loop {
            let rest = self.source.get(self.at..).unwrap_or_default();
            let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
            let plain = rest.iter().position(special);
            self.at += plain.ok_or(JsonError::Malformed)?;
            match self.source.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    form = Form::Escaped;
                    self.scratch.clear();
                    let used = escape(&self.source[self.at..], &mut self.scratch);
                    self.at += used.ok_or(JsonError::Malformed)?;
                }
                _ => return Err(JsonError::Malformed),
            }
        }
        self.sink.word(role, start..self.at, form);
        self.at += 1;
        Ok(())
    }

    fn scalar(&mut self) -> Result<(), JsonError> {
        let rest = &self.source[self.at..];
        let belongs =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
        let length = rest.iter().take_while(|byte| belongs(byte)).count();
        let token = &rest[..length];
        if !matches!(token, b"true" | b"false" | b"null") && !is_number(token) {
            return Err(JsonError::Malformed);
        }
        if token != b"null" {
            let raw = self.at..self.at + length;
            self.sink.word(Role::Value, raw, Form::Scalar);
        }
        self.at += length;
        Ok(())
    }
}

/// RFC 8259 §6.
fn is_number(token: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = token.strip_prefix(b"-").unwrap_or(token);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest[0] == b'0') {
        return false;
    }
    let mut rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let count = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = &fraction[count..];
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent = match exponent {
            [b'-' | b'+', digits @ ..] => digits,
            digits => digits,
        };
        return !exponent.is_empty() && digits(exponent) == exponent.len();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests;
