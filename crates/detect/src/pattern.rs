//! Patterns in the RE2 dialect: translated, analysed for anchors, compiled on
//! the first near hit.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

mod analyse;
mod ascii;
mod guard;
mod literals;
mod program;
mod translate;

pub use analyse::{Analysis, analyse};
pub(crate) use analyse::{RUN_LIMIT, parser};
pub(crate) use ascii::ascii;
pub use guard::Guard;
pub(crate) use literals::{ANCHOR_LIMIT, GAPS, fold};

/// How far before an inner anchor the rest of a match is looked for, in bytes.
pub(crate) const LOOK_BEHIND: usize = 128;

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
    pub parts: &'static [Part],
}

/// One alternative of a pattern: a trigger, and what is run at its hits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What must stand right before the body; empty when nothing must. Looked for
    /// within 128 bytes.
    pub before: Cow<'static, str>,
    /// The pattern from the trigger on, tolerant of bytes that are not UTF-8.
    pub body: Cow<'static, str>,
    /// The same for valid UTF-8 where that differs; else empty.
    pub exact: Cow<'static, str>,
    /// The body starts with a word boundary.
    pub word_start: bool,
    /// What makes a place worth a look.
    pub trigger: Trigger,
    /// What the first bytes of the body may be.
    pub guard: Guard,
}

impl Part {
    /// True when every byte must be searched.
    #[must_use]
    pub fn is_unanchored(&self) -> bool {
        matches!(self.trigger, Trigger::Everywhere)
    }
}

/// What makes a place worth a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// One of these literals: ASCII letters in lower case, every digit as `0`.
    Anchors(Cow<'static, [Cow<'static, [u8]>]>),
    /// A run of at least so many bytes of a set; sets are bitmaps.
    Run {
        /// Members of the run.
        set: [u64; 4],
        /// What the first byte may be.
        first: [u64; 4],
        /// Least length.
        least: u16,
        /// What follows.
        then: Then,
    },
    /// Nothing: every byte is searched, in overlapping blocks.
    Everywhere,
}

/// What follows a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// A byte outside of its set: where the run ends decides for all that start in it.
    Outsider,
    /// Anything.
    Anything,
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
        analyse(source, case).map(|analysis| Self {
            parts: Parts::Owned(Arc::new(analysis)),
        })
    }

    /// A pattern that was analysed at build time.
    #[must_use]
    pub const fn builtin(pattern: &'static BuiltinPattern) -> Self {
        Self {
            parts: Parts::Builtin(pattern),
        }
    }

    /// True when nothing but a search over every byte can find it: slow, and
    /// streams are held back for it. A loader should warn.
    #[must_use]
    pub fn is_unanchored(&self) -> bool {
        self.parts().iter().any(Part::is_unanchored)
    }

    /// True for a rule of ours, false for one of the operator.
    pub(crate) const fn is_builtin(&self) -> bool {
        matches!(self.parts, Parts::Builtin(_))
    }

    pub(crate) fn parts(&self) -> &[Part] {
        match &self.parts {
            Parts::Builtin(pattern) => pattern.parts,
            Parts::Owned(analysis) => analysis.parts(),
        }
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pattern")
    }
}
