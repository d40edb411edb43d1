//! The way from a normalised text back to its source.

use std::fmt;
use std::ops::Range;

/// Maps ranges of a normalised text back to its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OffsetMap {
    spans: Vec<Span>,
    source_length: usize,
}

/// From `normal` on, up to the next span.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    normal: usize,
    source: Range<usize>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Byte by byte as in the source.
    Copied,
    /// All of it came from all of the source's span.
    Changed,
}

impl OffsetMap {
    pub(super) fn new(source_length: usize) -> Self {
        Self {
            spans: Vec::new(),
            source_length,
        }
    }

    /// The part of the source that a range of the normalised text came from. Both
    /// begin and end at characters; deleted characters at the ends are left out.
    pub fn source(&self, range: Range<usize>) -> Range<usize> {
        let start = match self.at(range.start) {
            Some(span) => span.map(range.start).start,
            None => self.source_length,
        };
        if range.is_empty() {
            return start..start;
        }
        let end = match self.at(range.end - 1) {
            Some(span) => span.map(range.end - 1).end,
            None => self.source_length,
        };
        start..end.max(start)
    }

    pub(super) fn copied(&mut self, normal: usize, source: usize, length: usize) {
        if let Some(last) = self.spans.last_mut()
            && last.kind == Kind::Copied
            && last.source.end == source
        {
            last.source.end += length;
            return;
        }
        self.spans.push(Span {
            normal,
            source: source..source + length,
            kind: Kind::Copied,
        });
    }

    pub(super) fn changed(&mut self, normal: usize, source: Range<usize>) {
        // The characters of one expansion are one span.
        if let Some(last) = self.spans.last()
            && last.kind == Kind::Changed
            && last.source == source
        {
            return;
        }
        self.spans.push(Span {
            normal,
            source,
            kind: Kind::Changed,
        });
    }

    fn at(&self, normal: usize) -> Option<&Span> {
        let behind = self.spans.partition_point(|span| span.normal <= normal);
        behind.checked_sub(1).map(|index| &self.spans[index])
    }
}

impl Span {
    /// The source of one byte.
    fn map(&self, normal: usize) -> Range<usize> {
        match self.kind {
            Kind::Changed => self.source.clone(),
            Kind::Copied => {
                let at = (self.source.start + (normal - self.normal)).min(self.source.end);
                at..(at + 1).min(self.source.end)
            }
        }
    }
}

/// A normalised text and where each part of it came from.
#[derive(Clone, PartialEq, Eq)]
pub struct Normalised {
    /// The text.
    pub text: String,
    /// The way back to the source.
    pub map: OffsetMap,
}

impl fmt::Debug for Normalised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The text may hold a secret.
        f.debug_struct("Normalised")
            .field("length", &self.text.len())
            .finish_non_exhaustive()
    }
}
