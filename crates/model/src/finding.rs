//! What a detector found, and where.

use crate::Confidence;
use std::ops::Range;

/// Index of a rule in the engine that found it. Names and severities are looked
/// up there; it means nothing outside that engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleIndex(pub u16);

/// The form of a message in which something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum View {
    /// The bytes as sent.
    Plain,
    /// Percent-decoded until stable, raw `+` as a blank.
    UrlDecoded,
    /// A host name without its dots.
    HostCollapsed,
}

impl View {
    /// The `encoding` that evidence names.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plaintext",
            Self::UrlDecoded => "url",
            Self::HostCollapsed => "subdomain",
        }
    }
}

/// One piece of evidence: a rule and a span of original bytes, never the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule that matched.
    pub rule: RuleIndex,
    /// Offsets into the bytes as they were sent, from the start of the stream.
    pub span: Range<u64>,
    /// The view in which it matched.
    pub view: View,
    /// How sure the detector is.
    pub confidence: Confidence,
}
