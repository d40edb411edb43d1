//! Patterns in the RE2 dialect: translated, analysed for anchors, compiled on
//! the first near hit.

use std::fmt;
use std::sync::Arc;

mod analyse;

pub use analyse::{Analysis, analyse};

/// Letter case of a user's pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Case {
    /// Case-insensitive unless the text starts with exactly `(?i)`, which says the same.
    Dlp,
    /// As the flags in the text say.
    AsWritten,
}

/// Why a pattern is refused. The column counts characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (column {column})")]
pub struct PatternError {
    /// What is wrong; never holds more than the offending construct.
    pub message: String,
    /// Character in the source, from 1.
    pub column: usize,
}

/// A pattern that was analysed at build time: nothing is parsed at start. Made by
/// [`Analysis::to_rust`].
#[derive(Debug)]
pub struct BuiltinPattern {
    /// Independent alternatives of the pattern.
    pub parts: &'static [BuiltinPart],
}

/// One alternative of a [`BuiltinPattern`].
#[derive(Debug)]
pub struct BuiltinPart {
    /// What must stand right before the anchor; empty when nothing must.
    pub before: &'static str,
    /// The pattern from the anchor on, tolerant of bytes that are not UTF-8.
    pub body: &'static str,
    /// The same for valid UTF-8 where that differs; else empty.
    pub exact: &'static str,
    /// What makes a hit worth a look.
    pub trigger: BuiltinTrigger,
}

/// What makes a hit of a [`BuiltinPart`] worth a look.
#[derive(Debug)]
pub enum BuiltinTrigger {
    /// One of these folded literals.
    Anchors(&'static [&'static [u8]]),
    /// A run of at least so many bytes of a set, given as a bitmap.
    Run {
        /// Members of the run.
        set: [u64; 4],
        /// What the first byte may be.
        first: [u64; 4],
        /// Least length.
        least: u16,
    },
    /// Nothing: every byte is searched.
    Everywhere,
}

/// A pattern, cheap to clone.
#[derive(Clone)]
pub struct Pattern {
    parts: Parts,
}

#[derive(Clone)]
enum Parts {
    Builtin(&'static BuiltinPattern),
    Owned(Arc<Analysis>),
}

impl Pattern {
    /// Reads a pattern of the RE2 dialect.
    ///
    /// # Errors
    /// When it does not parse, matches the empty text or is too large.
    pub fn compile(source: &str, case: Case) -> Result<Self, PatternError> {
        analyse(source, case).map(|analysis| Self { parts: Parts::Owned(Arc::new(analysis)) })
    }

    /// A pattern that was analysed at build time.
    #[must_use]
    pub const fn builtin(pattern: &'static BuiltinPattern) -> Self {
        Self { parts: Parts::Builtin(pattern) }
    }

    /// True when nothing but a search over every byte can find it: slow, and
    /// streams are held back for it. A loader should warn.
    #[must_use]
    pub fn is_unanchored(&self) -> bool {
        match &self.parts {
            Parts::Builtin(pattern) => {
                pattern.parts.iter().any(|part| matches!(part.trigger, BuiltinTrigger::Everywhere))
            }
            Parts::Owned(analysis) => analysis.is_unanchored(),
        }
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pattern")
    }
}
