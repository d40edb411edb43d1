//! What a detector found, and where.

use crate::Confidence;
use std::ops::Range;

/// Index of a rule in the engine that found it. Names and severities are looked
/// up there; it means nothing outside that engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleIndex(pub u16);

/// The form of a message in which something was found. The order is how near it is
/// to the bytes as sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum View {
    /// The bytes as sent.
    Plain,
    /// Unicode evasions undone: invisible characters, look-alikes, marks.
    Normalised,
    /// Percent-decoded until stable, raw `+` as a blank.
    UrlDecoded,
    /// HTML entities and backslash escapes undone.
    Unescaped,
    /// A host name without its dots.
    HostCollapsed,
    /// Line breaks, quotes and operators inside a token left out.
    Joined,
    /// Letters that stand apart put together.
    Collapsed,
    /// Several values of a message, one behind the other.
    Split,
    /// Base64 or base64url.
    Base64,
    /// Base32.
    Base32,
    /// Hexadecimal, with or without separators.
    Hex,
    /// Quoted-printable.
    QuotedPrintable,
    /// UTF-7.
    Utf7,
    /// Characters that no reader sees: tags and variation selectors.
    Hidden,
    /// gzip, zlib or deflate, inside another encoding.
    Compressed,
    /// Read backwards.
    Reversed,
    /// ROT13.
    Rot13,
}

impl View {
    /// The `encoding` that evidence names.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plaintext",
            Self::Normalised => "unicode",
            Self::UrlDecoded => "url",
            Self::Unescaped => "escape",
            Self::HostCollapsed => "subdomain",
            Self::Joined => "joined",
            Self::Collapsed => "spaced",
            Self::Split => "split",
            Self::Base64 => "base64",
            Self::Base32 => "base32",
            Self::Hex => "hex",
            Self::QuotedPrintable => "quoted-printable",
            Self::Utf7 => "utf-7",
            Self::Hidden => "hidden",
            Self::Compressed => "compressed",
            Self::Reversed => "reversed",
            Self::Rot13 => "rot13",
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
