//! One layer of escapes: an incremental reader that holds an escape until it is
//! whole, and gives it back as it was when it turns out to be none.

use super::names::{self, Names};

/// Room for the longest escape that may turn out to be none.
const HELD: usize = super::LONGEST;
/// Most digits of a numeric reference, which may have any number of zeros.
const MOST_DIGITS: u16 = 1000;
const REPLACEMENT: u32 = 0xfffd;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Rest,
    /// After `&`.
    Amp,
    Name(Names),
    /// After `&#`.
    Hash,
    /// After `&#x`.
    HashX,
    Number {
        radix: u32,
        value: u32,
        digits: u16,
    },
    /// After `\`.
    Slash,
    /// A fixed number of hexadecimal digits is still to come.
    Hex {
        left: u8,
        value: u32,
    },
    /// After `\u{` or `\x{`.
    Brace {
        value: u32,
    },
    /// After `\` and a digit: octal or CSS.
    Digits,
}

/// What a byte means to the escape that is being read.
enum Step {
    /// It belongs to it.
    Hold(State),
    /// It ends it.
    Last(Value),
    /// The escape ended before it, after so many of the bytes held.
    Before(Value, usize),
    /// There is no escape.
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    Char(u32),
    Byte(u8),
    /// A CSS escape, and what goes with it.
    Css(u32, Skip),
    /// A line break that was escaped, and what goes with it.
    Nothing(Skip),
}

/// What is left out once, when it follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Skip {
    Nothing,
    /// One blank, after six digits of a CSS escape.
    Blank,
    /// The line feed of an escaped CR LF.
    LineFeed,
}

#[derive(Debug, Clone)]
pub(super) struct Layer {
    state: State,
    bytes: [u8; HELD],
    sources: [u64; HELD],
    len: usize,
    /// A high surrogate that waits for its other half.
    high: Option<(u32, u64)>,
    skip: Skip,
    /// Whether the last thing given was a CSS escape: the next digits are CSS too.
    css: bool,
}

impl Layer {
    pub(super) const NEW: Self = Self {
        state: State::Rest,
        bytes: [0; HELD],
        sources: [0; HELD],
        len: 0,
        high: None,
        skip: Skip::Nothing,
        css: false,
    };

    /// Source offset of the oldest byte held.
    pub(super) fn held(&self) -> Option<u64> {
        let first = (self.len > 0).then(|| self.sources[0]);
        self.high.map(|(_, source)| source).or(first)
    }

    /// Whether an ordinary byte would pass and change nothing.
    #[inline]
    pub(super) fn is_at_rest(&self) -> bool {
        self.state == State::Rest && self.high.is_none() && self.skip == Skip::Nothing && !self.css
    }

    #[inline]
    pub(super) fn push(&mut self, byte: u8, source: u64, give: &mut impl FnMut(u8, u64)) {
        if byte != b'&' && byte != b'\\' && self.is_at_rest() {
            return give(byte, source);
        }
        self.push_slowly(byte, source, give);
    }

    fn push_slowly(&mut self, byte: u8, source: u64, give: &mut impl FnMut(u8, u64)) {
        if (byte, self.state, self.high) == (b'&', State::Amp, None) {
            // One `&` after the other, without a detour.
            self.css = false;
            let before = std::mem::replace(&mut self.sources[0], source);
            return give(b'&', before);
        }
        // A byte that ends what is held begins anew.
        loop {
            match self.step(Some(byte)) {
                Step::Hold(state) => return self.hold(state, byte, source),
                Step::Last(value) => {
                    let start = if self.len > 0 {
                        self.sources[0]
                    } else {
                        source
                    };
                    self.len = 0;
                    return self.resolve(value, start, give);
                }
                Step::Before(value, used) => self.resolve_part(value, used, give),
                Step::None if self.len == 0 => return self.plain(byte, source, give),
                Step::None => self.give_up(give),
            }
        }
    }

    /// Gives out what still waits.
    pub(super) fn flush(&mut self, give: &mut impl FnMut(u8, u64)) {
        while self.len > 0 {
            match self.step(None) {
                Step::Before(value, used) => self.resolve_part(value, used, give),
                Step::Hold(_) | Step::Last(_) | Step::None => self.give_up(give),
            }
        }
        self.lone_surrogate(give);
        (self.skip, self.css) = (Skip::Nothing, false);
    }

    fn hold(&mut self, state: State, byte: u8, source: u64) {
        self.state = state;
        if self.len == 0 {
            self.skip = Skip::Nothing;
        }
        // Only a numeric reference can be longer, and it is never given back.
        if self.len < HELD {
            (self.bytes[self.len], self.sources[self.len]) = (byte, source);
            self.len += 1;
        }
    }

    /// Gives out one byte that belongs to no escape.
    fn plain(&mut self, byte: u8, source: u64, give: &mut impl FnMut(u8, u64)) {
        match (std::mem::replace(&mut self.skip, Skip::Nothing), byte) {
            (Skip::Blank, b' ' | b'\t' | b'\n') | (Skip::LineFeed, b'\n') => {}
            _ => {
                self.css = false;
                self.lone_surrogate(give);
                give(byte, source);
            }
        }
    }

    /// What is held is no escape. None of it but the first byte can begin one.
    fn give_up(&mut self, give: &mut impl FnMut(u8, u64)) {
        (self.state, self.skip, self.css) = (State::Rest, Skip::Nothing, false);
        self.lone_surrogate(give);
        for index in 0..std::mem::take(&mut self.len) {
            give(self.bytes[index], self.sources[index]);
        }
    }

    /// An escape of the first `used` bytes held; the rest is plain.
    fn resolve_part(&mut self, value: Value, used: usize, give: &mut impl FnMut(u8, u64)) {
        let (start, len) = (self.sources[0], std::mem::take(&mut self.len));
        self.resolve(value, start, give);
        if used < len {
            self.give_up(give);
            for index in used..len {
                give(self.bytes[index], self.sources[index]);
            }
        }
    }

    fn resolve(&mut self, value: Value, source: u64, give: &mut impl FnMut(u8, u64)) {
        self.state = State::Rest;
        self.css = matches!(value, Value::Css(..));
        match value {
            Value::Nothing(skip) => self.skip = skip,
            Value::Byte(byte) if byte < 0x80 => self.character(u32::from(byte), source, give),
            Value::Byte(byte) => {
                self.lone_surrogate(give);
                give(byte, source);
            }
            Value::Char(code) => self.character(code, source, give),
            Value::Css(code, skip) => {
                self.character(code, source, give);
                self.skip = skip;
            }
        }
    }

    fn character(&mut self, code: u32, source: u64, give: &mut impl FnMut(u8, u64)) {
        match (code, self.high) {
            (0xdc00..=0xdfff, Some((high, first))) => {
                self.high = None;
                give_char(
                    0x10000 + ((high - 0xd800) << 10) + (code - 0xdc00),
                    first,
                    give,
                );
            }
            (0xd800..=0xdbff, _) => {
                self.lone_surrogate(give);
                self.high = Some((code, source));
            }
            _ => {
                self.lone_surrogate(give);
                give_char(code, source, give);
            }
        }
    }

    fn lone_surrogate(&mut self, give: &mut impl FnMut(u8, u64)) {
        if let Some((_, source)) = self.high.take() {
            give_char(REPLACEMENT, source, give);
        }
    }

    /// What the next byte, or the end of the text, means.
    fn step(&self, next: Option<u8>) -> Step {
        let Some(byte) = next else {
            return match self.state {
                State::Number { value, .. } => Step::Before(numeric(value), self.len),
                State::Name(_) => self.bare_name(),
                State::Digits => self.digits_end(None),
                _ => Step::None,
            };
        };
        let hex = hex(byte);
        match self.state {
            State::Rest => match byte {
                b'&' => Step::Hold(State::Amp),
                b'\\' => Step::Hold(State::Slash),
                _ => Step::None,
            },
            State::Amp => match byte {
                b'#' => Step::Hold(State::Hash),
                _ if !byte.is_ascii_alphabetic() => Step::None,
                _ => Names::all()
                    .narrow(byte)
                    .map_or(Step::None, |names| Step::Hold(State::Name(names))),
            },
            State::Name(names) => self.name(names, byte),
            State::Hash => match byte {
                b'x' | b'X' => Step::Hold(State::HashX),
                b'0'..=b'9' => Step::Hold(number(10, 0, 0, u32::from(byte - b'0'))),
                _ => Step::None,
            },
            State::HashX => hex.map_or(Step::None, |digit| Step::Hold(number(16, 0, 0, digit))),
            State::Number {
                radix,
                value,
                digits,
            } => match hex {
                Some(digit) if digit < radix && digits < MOST_DIGITS => {
                    Step::Hold(number(radix, value, digits, digit))
                }
                _ if byte == b';' => Step::Last(numeric(value)),
                _ => Step::Before(numeric(value), self.len),
            },
            State::Slash => slash(byte),
            State::Hex { left, value } => self.hex(byte, left, value),
            State::Brace { value } => match hex {
                Some(digit) if self.len < HELD - 1 => Step::Hold(State::Brace {
                    value: value.saturating_mul(16).saturating_add(digit),
                }),
                None if byte == b'}' && self.len > 3 && value <= 0x10_ffff => {
                    Step::Last(Value::Char(value))
                }
                _ => Step::None,
            },
            State::Digits => match hex {
                Some(_) if self.len < 6 => Step::Hold(State::Digits),
                Some(digit) => self.six_digits(digit),
                None => self.digits_end(Some(byte)),
            },
        }
    }

    fn name(&self, names: Names, byte: u8) -> Step {
        match (names.narrow(byte), names.whole()) {
            (Some(names), _) => Step::Hold(State::Name(names)),
            (None, Some(code)) if byte == b';' => Step::Last(Value::Char(code)),
            _ => self.bare_name(),
        }
    }

    fn bare_name(&self) -> Step {
        names::bare(&self.bytes[1..self.len]).map_or(Step::None, |(len, code)| {
            Step::Before(Value::Char(code), 1 + len)
        })
    }

    fn hex(&self, byte: u8, left: u8, value: u32) -> Step {
        let value = match (hex(byte), byte) {
            (Some(digit), _) => value << 4 | digit,
            (None, b'{') if self.len == 2 => return Step::Hold(State::Brace { value: 0 }),
            // Java takes any number of them.
            (None, b'u') if self.bytes[self.len - 1] == b'u' && self.len < HELD - 8 => {
                return Step::Hold(State::Hex { left, value });
            }
            _ => return Step::None,
        };
        match (left, self.bytes[1]) {
            (2.., _) => Step::Hold(State::Hex {
                left: left - 1,
                value,
            }),
            (_, b'x') => Step::Last(Value::Byte(u8::try_from(value).unwrap_or_default())),
            _ if value <= 0x10_ffff => Step::Last(Value::Char(value)),
            _ => Step::None,
        }
    }

    /// A sixth digit: CSS in its longest form, which needs no blank.
    fn six_digits(&self, digit: u32) -> Step {
        let value = self.css_value() << 4 | digit;
        if self.bytes[1..self.len].starts_with(b"00") && is_css(value) {
            return Step::Last(Value::Css(value, Skip::Blank));
        }
        self.octal()
    }

    /// The digits ended: CSS where that is clear, octal otherwise.
    fn digits_end(&self, next: Option<u8>) -> Step {
        let digits = &self.bytes[1..self.len];
        let value = self.css_value();
        let css = Value::Css(value, Skip::Nothing);
        let octal = digits.len() == 3 && is_octal_byte(digits);
        // As octal these are blanks, as CSS `@` and control characters.
        let blank = matches!(digits, b"40" | b"11" | b"12" | b"15");
        if digits.len() >= 2 && is_css(value) {
            match next {
                Some(b' ' | b'\t' | b'\n') if !octal || self.css => return Step::Last(css),
                Some(b'\\') if digits.len() == 2 && !blank => return Step::Before(css, self.len),
                _ if self.css && digits.len() == 2 && !blank => {
                    return Step::Before(css, self.len);
                }
                _ => {}
            }
        }
        self.octal()
    }

    fn octal(&self) -> Step {
        let digits = &self.bytes[1..self.len];
        let value = |digits: &[u8]| {
            let value = digits
                .iter()
                .fold(0, |value, digit| value << 3 | u32::from(digit & 7));
            Value::Byte(u8::try_from(value).unwrap_or_default())
        };
        match digits.get(..3).or(digits.get(..2)) {
            Some(three) if is_octal_byte(three) => Step::Before(value(three), 1 + three.len()),
            Some([first @ b'0'..=b'7', second @ b'0'..=b'7', ..]) => {
                Step::Before(value(&[*first, *second]), 3)
            }
            _ => Step::None,
        }
    }

    fn css_value(&self) -> u32 {
        self.bytes[1..self.len]
            .iter()
            .fold(0, |value, byte| value << 4 | hex(*byte).unwrap_or_default())
    }
}

fn is_octal_byte(digits: &[u8]) -> bool {
    digits.iter().all(|digit| matches!(digit, b'0'..=b'7'))
        && (digits.len() < 3 || digits[0] < b'4')
}

fn is_css(value: u32) -> bool {
    value >= 0x20 && char::from_u32(value).is_some()
}

fn slash(byte: u8) -> Step {
    if let Some(control) = control(byte) {
        return Step::Last(Value::Byte(control));
    }
    match byte {
        b'x' => Step::Hold(State::Hex { left: 2, value: 0 }),
        b'u' => Step::Hold(State::Hex { left: 4, value: 0 }),
        b'U' => Step::Hold(State::Hex { left: 8, value: 0 }),
        b'0'..=b'9' => Step::Hold(State::Digits),
        b'\n' => Step::Last(Value::Nothing(Skip::Nothing)),
        b'\r' => Step::Last(Value::Nothing(Skip::LineFeed)),
        _ if is_plain_after_slash(byte) => Step::Last(Value::Byte(byte)),
        _ => Step::None,
    }
}

/// The control character that a letter after a backslash stands for.
pub(super) fn control(letter: u8) -> Option<u8> {
    Some(match letter {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 0x08,
        b'f' => 0x0c,
        b'v' => 0x0b,
        _ => return None,
    })
}

/// Whether a backslash before it only protects it, or is left out with it.
pub(super) fn is_plain_after_slash(byte: u8) -> bool {
    // A `&` begins an escape of its own, which may spell the letter after it.
    (byte.is_ascii_punctuation() && byte != b'&') || matches!(byte, b' ' | b'\n' | b'\r')
}

fn number(radix: u32, value: u32, digits: u16, digit: u32) -> State {
    State::Number {
        radix,
        value: value.saturating_mul(radix).saturating_add(digit),
        digits: digits + 1,
    }
}

/// A numeric reference; one that names no character is U+FFFD.
fn numeric(value: u32) -> Value {
    Value::Char(match value {
        1..=0x10_ffff => value,
        _ => REPLACEMENT,
    })
}

fn hex(byte: u8) -> Option<u32> {
    char::from(byte).to_digit(16)
}

fn give_char(code: u32, source: u64, give: &mut impl FnMut(u8, u64)) {
    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        give(byte, source);
    }
}
