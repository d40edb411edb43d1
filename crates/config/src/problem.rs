//! What is wrong with a file, where, and how to mend it.

use serde_json::{Value, json};
use std::fmt;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The file is not loaded.
    Error,
    /// The file is loaded, and the operator should know.
    Warning,
}

impl Level {
    /// The word of reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident => $text:literal,)+) => {
        /// Stable code of a kind of problem. Codes are public API and never reused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)+ }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// `CFG` and three digits.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }
    };
}

codes! {
    /// No such key at this place.
    UnknownKey => "CFG001",
    /// A key given twice.
    DuplicateKey => "CFG002",
    /// A value of the wrong type.
    WrongType => "CFG003",
    /// Not YAML.
    Syntax => "CFG004",
    /// More than one document.
    SecondDocument => "CFG005",
    /// The file cannot be read.
    Unreadable => "CFG006",
    /// A limit on size, nesting or aliases.
    TooLarge => "CFG007",
    /// A word outside the list.
    BadWord => "CFG010",
    /// A number outside its range.
    OutOfRange => "CFG011",
    /// Not a domain pattern.
    BadDomain => "CFG012",
    /// Not an address range.
    BadNetwork => "CFG013",
    /// Not an address to listen on.
    BadListen => "CFG014",
    /// A regular expression or glob that does not compile.
    BadPattern => "CFG015",
    /// Two settings that exclude each other.
    Conflict => "CFG016",
    /// A required key is missing or empty.
    Missing => "CFG017",
    /// Not a date, duration or other structured text.
    BadText => "CFG018",
    /// A protection that is switched on and not built yet.
    Unprotected => "CFG020",
    /// A leading zero makes a number octal.
    Octal => "CFG101",
    /// Recognised, not built yet, ignored.
    NotBuilt => "CFG102",
    /// Licence keys are ignored.
    Licence => "CFG103",
    /// A default stands in for what was written.
    DefaultUsed => "CFG104",
    /// A listener that others can reach.
    Exposed => "CFG105",
    /// A setting without effect.
    NoEffect => "CFG106",
    /// A protection that the file weakens.
    Weakened => "CFG107",
    /// The same name twice.
    DuplicateName => "CFG108",
    /// A suppression that does not apply any more.
    Expired => "CFG109",
    /// A path taken from the working directory.
    PathFallback => "CFG110",
}

/// A place in a file, both numbers from 1; line 0 is the file as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}

/// One problem. No field holds the value of a key that may carry a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Code.
    pub code: Code,
    /// Level.
    pub level: Level,
    /// File as the operator named it.
    pub file: String,
    /// Line from 1; 0 when the problem is the file itself.
    pub line: usize,
    /// Column from 1, in characters.
    pub column: usize,
    /// Dotted path of the key; may be empty.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub suggestion: Option<String>,
}

impl Problem {
    /// The form of `check --json`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "code": self.code.as_str(),
            "severity": self.level.as_str(),
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "field": self.key,
            "message": self.message,
            "suggestion": self.suggestion,
        })
    }
}

/// `file:line:column: key: message; suggestion [code]`.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.message)?;
        if let Some(suggestion) = &self.suggestion {
            write!(f, "; {suggestion}")?;
        }
        write!(f, " [{}]", self.code.as_str())
    }
}

/// Every problem of one file, collected so that an operator mends it in one go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problems {
    file: String,
    list: Vec<Problem>,
    errors: usize,
    dropped: usize,
}

impl Problems {
    /// More of one file help nobody.
    const LIMIT: usize = 1000;

    /// No problem yet in this file.
    #[must_use]
    pub fn new(file: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            list: Vec::new(),
            errors: 0,
            dropped: 0,
        }
    }

    /// Adds an error.
    pub fn error(&mut self, code: Code, place: Place, key: &str, message: impl Into<String>) {
        self.push(Level::Error, code, place, key, message.into(), None);
    }

    /// Adds an error that says how to mend it.
    pub fn error_with(
        &mut self,
        code: Code,
        place: Place,
        key: &str,
        message: impl Into<String>,
        suggestion: Option<String>,
    ) {
        self.push(Level::Error, code, place, key, message.into(), suggestion);
    }

    /// Adds a warning.
    pub fn warn(&mut self, code: Code, place: Place, key: &str, message: impl Into<String>) {
        self.push(Level::Warning, code, place, key, message.into(), None);
    }

    /// Adds a problem of a level that the caller found out.
    pub fn report(
        &mut self,
        level: Level,
        code: Code,
        place: Place,
        key: &str,
        message: impl Into<String>,
    ) {
        self.push(level, code, place, key, message.into(), None);
    }

    fn push(
        &mut self,
        level: Level,
        code: Code,
        place: Place,
        key: &str,
        message: String,
        suggestion: Option<String>,
    ) {
        // Errors are never dropped in favour of warnings: the first one decides.
        if self.is_full() && (level == Level::Warning || self.has_errors()) {
            self.dropped += 1;
            return;
        }
        self.errors += usize::from(level == Level::Error);
        self.list.push(Problem {
            code,
            level,
            file: self.file.clone(),
            line: place.line,
            column: place.column,
            key: printable(key, 200),
            message: printable(&message, 400),
            suggestion: suggestion.map(|text| printable(&text, 400)),
        });
    }

    /// True when an error is among them.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// True when there are so many that no more need be worked out.
    pub(crate) fn is_full(&self) -> bool {
        self.list.len() >= Self::LIMIT
    }

    /// The problems.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.list.iter()
    }

    /// Number of problems.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// True without problems.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Sorts by place and parts errors from warnings.
    pub(crate) fn split(mut self) -> (Self, Vec<Problem>) {
        self.list.sort_by(|a, b| {
            (a.line, a.column, a.level, a.code, &a.key)
                .cmp(&(b.line, b.column, b.level, b.code, &b.key))
        });
        // An alias is read as often as it is used.
        self.list.dedup();
        let (errors, warnings) = std::mem::take(&mut self.list)
            .into_iter()
            .partition(|problem| problem.level == Level::Error);
        self.list = errors;
        self.errors = self.list.len();
        (self, warnings)
    }
}

/// One problem a line.
impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.list.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        if self.dropped > 0 {
            write!(f, "\n{}: {} more", self.file, self.dropped)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// Cuts text to `limit` characters and shows control characters as escapes: a
/// file must not write to the operator's terminal.
pub(crate) fn printable(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit));
    for (index, char) in text.chars().enumerate() {
        if index == limit {
            out.push('…');
            break;
        }
        if char.is_control() || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
            out.extend(char.escape_unicode());
        } else {
            out.push(char);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique() {
        let texts: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), Code::ALL.len());
    }

    #[test]
    fn problems_come_out_in_the_order_of_the_file_and_once() {
        let mut problems = Problems::new("f.yaml");
        for line in [9, 2, 9] {
            problems.error(
                Code::UnknownKey,
                Place { line, column: 1 },
                "a",
                "unknown key",
            );
        }
        problems.warn(Code::Octal, Place { line: 1, column: 1 }, "b", "octal");
        let (errors, warnings) = problems.split();
        assert_eq!(
            errors
                .iter()
                .map(|problem| problem.line)
                .collect::<Vec<_>>(),
            [2, 9]
        );
        assert_eq!(warnings.len(), 1);
    }

    #[test]
    fn a_problem_cannot_write_to_the_terminal() {
        let mut problems = Problems::new("f.yaml");
        problems.error(
            Code::UnknownKey,
            Place::default(),
            "a\u{1b}[2J",
            "unknown\nkey",
        );
        let text = problems.to_string();
        assert!(!text.contains('\u{1b}') && !text.contains('\n'), "{text}");
    }
}
