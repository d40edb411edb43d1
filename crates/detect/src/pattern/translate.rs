//! RE2 text to `regex-syntax` text with the same meaning.
//!
//! Perl classes and word boundaries are ASCII, octal escapes and `\Q…\E` exist,
//! and brackets know no set operators. Every literal that could mean something
//! leaves as `\x{…}`, so nothing is left to interpret.

use super::{Case, PatternError};
use std::fmt::Write as _;

/// Longest pattern text, in bytes (rule bundles allow 4096).
const SOURCE_LIMIT: usize = 16 * 1024;
/// RE2 refuses greater repetition counts.
const REPEAT_LIMIT: u32 = 1000;

/// A translated pattern and the way back to columns of its source.
pub(super) struct Translated {
    pub(super) text: String,
    /// Offsets of `text` with the source column they came from, ascending.
    columns: Vec<(usize, usize)>,
}

impl Translated {
    /// Column of an offset in the translated text.
    pub(super) fn column(&self, offset: usize) -> usize {
        let after = self.columns.partition_point(|(start, _)| *start <= offset);
        after
            .checked_sub(1)
            .map_or(1, |index| self.columns[index].1)
    }
}

/// Translates a pattern; what remains wrong with it `regex-syntax` will say.
pub(super) fn translate(source: &str, case: Case) -> Result<Translated, PatternError> {
    let mut reader = Reader {
        chars: source.chars().collect(),
        at: 0,
        out: Translated {
            text: String::with_capacity(source.len() * 2),
            columns: Vec::new(),
        },
    };
    if source.len() > SOURCE_LIMIT {
        return reader.fail(0, "pattern is longer than 16 KiB");
    }
    if case == Case::Dlp && !source.starts_with("(?i)") {
        reader.out.text.push_str("(?i)");
    }
    reader.pattern()?;
    Ok(reader.out)
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    out: Translated,
}

/// What an escape stands for.
enum Escape {
    Literal(char),
    /// Members between brackets, and whether they are negated.
    Set(&'static str, bool),
    /// `\p` in full, as `regex-syntax` spells it.
    Property(String),
}

impl Reader {
    fn fail<T>(&self, at: usize, message: impl Into<String>) -> Result<T, PatternError> {
        Err(PatternError {
            message: message.into(),
            column: at + 1,
        })
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn looking_at(&self, text: &str) -> bool {
        text.chars()
            .enumerate()
            .all(|(ahead, want)| self.peek(ahead) == Some(want))
    }

    fn mark(&mut self) {
        self.out.columns.push((self.out.text.len(), self.at + 1));
    }

    fn literal(&mut self, literal: char) {
        if literal.is_ascii_alphanumeric() || !literal.is_ascii() {
            self.out.text.push(literal);
        } else {
            write!(self.out.text, "\\x{{{:x}}}", u32::from(literal)).expect("strings take text");
        }
    }

    fn pattern(&mut self) -> Result<(), PatternError> {
        let mut repeated = false;
        while let Some(next) = self.peek(0) {
            self.mark();
            let repeats = match next {
                '*' | '+' | '?' => self.repeat_operator(repeated)?,
                '{' => self.repeat_count(repeated)?,
                _ => {
                    self.item(next)?;
                    false
                }
            };
            repeated = repeats;
        }
        Ok(())
    }

    fn item(&mut self, next: char) -> Result<(), PatternError> {
        match next {
            '(' => self.group(),
            '[' => self.class(),
            '\\' => self.escape(),
            ')' | '|' | '.' | '^' | '$' => {
                self.out.text.push(next);
                self.at += 1;
                Ok(())
            }
            _ => {
                self.literal(next);
                self.at += 1;
                Ok(())
            }
        }
    }

    /// `*`, `+`, `?`, each with an optional `?`.
    fn repeat_operator(&mut self, repeated: bool) -> Result<bool, PatternError> {
        if repeated {
            return self.fail(self.at, "invalid nested repetition operator");
        }
        self.out.text.extend(self.peek(0));
        self.at += 1;
        self.lazy();
        Ok(true)
    }

    fn lazy(&mut self) {
        if self.peek(0) == Some('?') {
            self.out.text.push('?');
            self.at += 1;
        }
    }

    /// `{n}`, `{n,}`, `{n,m}`; any other brace is a literal.
    fn repeat_count(&mut self, repeated: bool) -> Result<bool, PatternError> {
        let start = self.at;
        let Some((low, high, end)) = self.braces() else {
            self.literal('{');
            self.at += 1;
            return Ok(false);
        };
        if repeated {
            return self.fail(start, "invalid nested repetition operator");
        }
        if [low, high.flatten().unwrap_or(0)]
            .into_iter()
            .any(|count| count > REPEAT_LIMIT)
        {
            return self.fail(start, "repetition count above 1000");
        }
        if high.flatten().is_some_and(|high| high < low) {
            return self.fail(start, "repetition range out of order");
        }
        self.out.text.extend(&self.chars[start..end]);
        self.at = end;
        self.lazy();
        Ok(true)
    }

    /// Counts of a repetition, and the index behind it. The second is absent for
    /// `{n}`, and holds nothing for `{n,}`.
    #[allow(clippy::option_option, clippy::type_complexity)]
    fn braces(&self) -> Option<(u32, Option<Option<u32>>, usize)> {
        let (low, mut at) = self.number(self.at + 1)?;
        let mut high = None;
        if self.chars.get(at) == Some(&',') {
            at += 1;
            high = Some(None);
            if let Some((count, end)) = self.number(at) {
                (high, at) = (Some(Some(count)), end);
            }
        }
        (self.chars.get(at) == Some(&'}')).then_some((low, high, at + 1))
    }

    /// Decimal digits from here; more than fit count as too many.
    fn number(&self, start: usize) -> Option<(u32, usize)> {
        let digits = self.chars[start.min(self.chars.len())..].iter();
        let count = digits.take_while(|digit| digit.is_ascii_digit()).count();
        let text: String = self.chars.get(start..start + count)?.iter().collect();
        (count > 0).then(|| (text.parse().unwrap_or(u32::MAX), start + count))
    }

    fn group(&mut self) -> Result<(), PatternError> {
        if self.peek(1) != Some('?') {
            self.out.text.push('(');
            self.at += 1;
            return Ok(());
        }
        for (prefix, message) in [
            ("(?=", "look-ahead is not supported"),
            ("(?!", "look-ahead is not supported"),
            ("(?<=", "look-behind is not supported"),
            ("(?<!", "look-behind is not supported"),
            ("(?>", "atomic groups are not supported"),
            ("(?P=", "back-references are not supported"),
            ("(?P>", "subroutine calls are not supported"),
        ] {
            if self.looking_at(prefix) {
                return self.fail(self.at, message);
            }
        }
        if self.looking_at("(?P<") || self.looking_at("(?<") {
            return self.named_group();
        }
        self.flags()
    }

    /// A named group; names mean nothing here and are dropped.
    fn named_group(&mut self) -> Result<(), PatternError> {
        let start = self.at;
        let rest = &self.chars[start..];
        let open = rest
            .iter()
            .position(|next| *next == '<')
            .unwrap_or_default();
        let name = rest[open + 1..]
            .iter()
            .take_while(|next| next.is_ascii_alphanumeric() || **next == '_');
        let length = name.count();
        if length == 0 || rest.get(open + 1 + length) != Some(&'>') {
            return self.fail(start, "invalid group name");
        }
        self.out.text.push('(');
        self.at += open + length + 2;
        Ok(())
    }

    /// `(?flags)` and `(?flags:`.
    fn flags(&mut self) -> Result<(), PatternError> {
        let start = self.at;
        let (mut at, mut negated, mut any) = (start + 2, false, false);
        loop {
            match self.chars.get(at) {
                Some('i' | 'm' | 's' | 'U') => any = true,
                Some('-') if !negated => (negated, any) = (true, false),
                Some(':' | ')') => break,
                Some(flag @ ('x' | 'u' | 'R')) => {
                    return self.fail(at, format!("flag {flag} is not supported"));
                }
                _ => return self.fail(at.min(self.chars.len()), "invalid group flags"),
            }
            at += 1;
        }
        let bare = self.chars[at] == ')';
        if !any && (negated || bare) {
            return self.fail(start, "group flags are missing");
        }
        self.out.text.extend(&self.chars[start..=at]);
        self.at = at + 1;
        Ok(())
    }

    /// An escape outside brackets.
    fn escape(&mut self) -> Result<(), PatternError> {
        let simple = match self.peek(1) {
            Some('b') => Some("(?-u:\\b)"),
            Some('B') => Some("(?-u:\\B)"),
            Some('A') => Some("\\A"),
            Some('z') => Some("\\z"),
            _ => None,
        };
        if let Some(text) = simple {
            self.out.text.push_str(text);
            self.at += 2;
            return Ok(());
        }
        if self.peek(1) == Some('Q') {
            return self.quoted();
        }
        match self.escaped()? {
            Escape::Literal(literal) => self.literal(literal),
            Escape::Set(members, negated) => {
                let caret = if negated { "^" } else { "" };
                write!(self.out.text, "[{caret}{members}]").expect("strings take text");
            }
            Escape::Property(text) => self.out.text.push_str(&text),
        }
        Ok(())
    }

    /// `\Q…\E`; without `\E` it reaches to the end.
    fn quoted(&mut self) -> Result<(), PatternError> {
        self.at += 2;
        while let Some(next) = self.peek(0) {
            if self.looking_at("\\E") {
                self.at += 2;
                return Ok(());
            }
            self.mark();
            self.literal(next);
            self.at += 1;
        }
        Ok(())
    }

    /// An escape that means a character or a set, in or out of brackets.
    fn escaped(&mut self) -> Result<Escape, PatternError> {
        let start = self.at;
        let Some(kind) = self.peek(1) else {
            return self.fail(start, "trailing backslash");
        };
        self.at += 2;
        Ok(match kind {
            'd' => Escape::Set("0-9", false),
            'D' => Escape::Set("0-9", true),
            's' => Escape::Set("\\t\\n\\x{c}\\r\\x{20}", false),
            'S' => Escape::Set("\\t\\n\\x{c}\\r\\x{20}", true),
            'w' => Escape::Set("0-9A-Za-z_", false),
            'W' => Escape::Set("0-9A-Za-z_", true),
            'a' => Escape::Literal('\x07'),
            'f' => Escape::Literal('\x0C'),
            't' => Escape::Literal('\t'),
            'n' => Escape::Literal('\n'),
            'r' => Escape::Literal('\r'),
            'v' => Escape::Literal('\x0B'),
            'x' => Escape::Literal(self.hexadecimal(start)?),
            '0'..='7' => Escape::Literal(self.octal(start, kind)?),
            '8' | '9' => return self.fail(start, "back-references are not supported"),
            'p' | 'P' => Escape::Property(self.property(start, kind == 'P')?),
            _ if kind.is_ascii() && !kind.is_ascii_alphanumeric() => Escape::Literal(kind),
            _ => return self.fail(start, "invalid escape sequence"),
        })
    }

    /// `\x7f` or `\x{10ffff}`; the reader stands behind the `x`.
    fn hexadecimal(&mut self, start: usize) -> Result<char, PatternError> {
        let braced = self.peek(0) == Some('{');
        let digits: String = if braced {
            self.at += 1;
            self.chars[self.at..]
                .iter()
                .take_while(|next| next.is_ascii_hexdigit())
                .collect()
        } else {
            self.chars[self.at..]
                .iter()
                .take(2)
                .take_while(|next| next.is_ascii_hexdigit())
                .collect()
        };
        self.at += digits.len();
        let complete = if braced {
            self.peek(0) == Some('}')
        } else {
            digits.len() == 2
        };
        self.at += usize::from(braced);
        let value = u32::from_str_radix(&digits, 16)
            .ok()
            .and_then(char::from_u32);
        match value {
            Some(value) if complete => Ok(value),
            _ => self.fail(start, "invalid escape sequence"),
        }
    }

    /// Up to three octal digits; a single one but 0 would be a back-reference.
    fn octal(&mut self, start: usize, first: char) -> Result<char, PatternError> {
        let octal = |next: Option<char>| next.and_then(|next| next.to_digit(8));
        if first != '0' && octal(self.peek(0)).is_none() {
            return self.fail(start, "back-references are not supported");
        }
        let mut value = first.to_digit(8).unwrap_or_default();
        for _ in 0..2 {
            let Some(digit) = octal(self.peek(0)) else {
                break;
            };
            value = value * 8 + digit;
            self.at += 1;
        }
        char::from_u32(value).map_or_else(|| self.fail(start, "invalid escape sequence"), Ok)
    }

    /// `\pN`, `\p{Greek}`, `\p{^Greek}`; the reader stands behind the `p`.
    fn property(&mut self, start: usize, mut negated: bool) -> Result<String, PatternError> {
        let mut name = String::new();
        match self.peek(0) {
            Some('{') => {
                self.at += 1;
                if self.peek(0) == Some('^') {
                    negated = !negated;
                    self.at += 1;
                }
                while let Some(next) = self.peek(0).filter(|next| *next != '}') {
                    name.push(next);
                    self.at += 1;
                }
                if self.peek(0).is_none() {
                    return self.fail(start, "invalid character property");
                }
            }
            Some(letter) => name.push(letter),
            None => {}
        }
        self.at += 1;
        if name.is_empty()
            || !name
                .chars()
                .all(|next| next.is_ascii_alphanumeric() || next == '_')
        {
            return self.fail(start, "invalid character property");
        }
        Ok(format!("\\{}{{{name}}}", if negated { 'P' } else { 'p' }))
    }

    /// A bracketed class. Members leave as numbers or nested classes.
    fn class(&mut self) -> Result<(), PatternError> {
        let start = self.at;
        self.out.text.push('[');
        self.at += 1;
        if self.peek(0) == Some('^') {
            self.out.text.push('^');
            self.at += 1;
        }
        let mut first = true;
        loop {
            match self.peek(0) {
                None => return self.fail(start, "missing closing bracket"),
                Some(']') if !first => break,
                Some('[') if self.peek(1) == Some(':') && self.posix()? => {}
                Some(_) => self.member()?,
            }
            first = false;
        }
        self.out.text.push(']');
        self.at += 1;
        Ok(())
    }

    /// `[:alpha:]` and `[:^alpha:]`; false when it does not close, and is literal.
    fn posix(&mut self) -> Result<bool, PatternError> {
        let rest = &self.chars[self.at + 2..];
        let Some(close) = rest.windows(2).position(|pair| pair == [':', ']']) else {
            return Ok(false);
        };
        let name: String = rest[..close].iter().collect();
        let known = [
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print",
            "punct", "space", "upper", "word", "xdigit",
        ];
        if !known.contains(&name.strip_prefix('^').unwrap_or(&name)) {
            return self.fail(self.at, "invalid character class name");
        }
        write!(self.out.text, "[:{name}:]").expect("strings take text");
        self.at += close + 4;
        Ok(true)
    }

    /// One character, range or set inside brackets.
    fn member(&mut self) -> Result<(), PatternError> {
        let start = self.at;
        let low = match self.class_atom()? {
            Escape::Literal(low) => low,
            Escape::Set(members, false) => {
                self.out.text.push_str(members);
                return Ok(());
            }
            Escape::Set(members, true) => {
                write!(self.out.text, "[^{members}]").expect("strings take text");
                return Ok(());
            }
            Escape::Property(text) => {
                self.out.text.push_str(&text);
                return Ok(());
            }
        };
        let mut high = low;
        if self.peek(0) == Some('-') && self.peek(1).is_some_and(|next| next != ']') {
            self.at += 1;
            match self.class_atom()? {
                Escape::Literal(end) if end >= low => high = end,
                _ => return self.fail(start, "invalid character class range"),
            }
        }
        write!(
            self.out.text,
            "\\x{{{:x}}}-\\x{{{:x}}}",
            u32::from(low),
            u32::from(high)
        )
        .expect("strings take text");
        Ok(())
    }

    fn class_atom(&mut self) -> Result<Escape, PatternError> {
        match self.peek(0) {
            Some('\\') => self.escaped(),
            Some(literal) => {
                self.at += 1;
                Ok(Escape::Literal(literal))
            }
            None => self.fail(self.at.saturating_sub(1), "missing closing bracket"),
        }
    }
}
