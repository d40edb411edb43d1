//! Finding the end of a head that comes in pieces.

use super::{HeadError, Limits, chars, field};
use std::ops::Range;

/// Remembers how far a head was looked at, so that a sender who dribbles bytes
/// costs linear time and is refused at the first bad byte, not at a timeout.
///
/// Feed the same buffer, only longer, until the head is complete or wrong. It
/// starts anew by itself for the next head.
#[derive(Debug, Clone, Default)]
pub struct HeadScan {
    /// Bytes looked at.
    seen: usize,
    /// Start of the head proper, after a tolerated empty line.
    start: usize,
    /// Start of the line that `seen` is in.
    line: usize,
    /// Lines that ended, the start line included.
    lines: usize,
    /// Start of the first line whose grammar was not looked at.
    unchecked: usize,
}

/// What stands before the fields.
pub(crate) trait StartLine {
    /// Whether one empty line may come before it (RFC 9112 §2.2).
    const EMPTY_LINE_FIRST: bool;
    /// Checks a whole line, without its end.
    fn check(line: &[u8]) -> Result<(), HeadError>;
    /// Checks a line that has not ended. Must not look at more than a constant
    /// number of bytes.
    fn check_begin(line: &[u8]) -> Result<(), HeadError>;
}

/// Where a whole head lies and how many fields it has.
pub(crate) struct Extent {
    pub(crate) head: Range<usize>,
    pub(crate) fields: usize,
}

/// A line end was found, or not.
enum Line {
    Ends(usize),
    Open,
}

impl HeadScan {
    /// Nothing seen.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Looks for the end of the head; `None` when it has not come.
    pub(crate) fn find<S: StartLine>(
        &mut self,
        buf: &[u8],
        limits: &Limits,
    ) -> Result<Option<Extent>, HeadError> {
        if buf.len() < self.seen {
            // Not the buffer of before: another head.
            *self = Self::default();
        }
        let window = &buf[..buf.len().min(limits.head_bytes)];
        let from = self.seen.min(window.len());
        while let Line::Ends(end) = self.next_line(window)? {
            let empty = end - self.line == 2;
            self.line = end;
            if empty && self.lines == 0 {
                if !S::EMPTY_LINE_FIRST || self.start > 0 {
                    return Err(HeadError::Invalid("empty line before the start line"));
                }
                (self.start, self.unchecked) = (end, end);
            } else if empty {
                controls(&window[from..end])?;
                let extent = Extent {
                    head: self.start..end,
                    fields: self.lines - 1,
                };
                *self = Self::default();
                return Ok(Some(extent));
            } else {
                self.lines += 1;
                if self.lines > limits.fields + 1 {
                    return Err(HeadError::TooManyFields);
                }
            }
        }
        controls(&window[from..])?;
        self.check_lines::<S>(window)?;
        if buf.len() >= limits.head_bytes {
            return Err(HeadError::TooLarge);
        }
        Ok(None)
    }

    /// The end of the line at `self.line`. A CR or LF on its own is an error.
    fn next_line(&mut self, window: &[u8]) -> Result<Line, HeadError> {
        let from = self.seen.min(window.len());
        let Some(at) = memchr::memchr2(b'\r', b'\n', &window[from..]).map(|at| from + at) else {
            self.seen = window.len();
            return Ok(Line::Open);
        };
        if window[at] == b'\n' {
            return Err(HeadError::Invalid("bare line feed"));
        }
        match window.get(at + 1) {
            None => {
                self.seen = at;
                Ok(Line::Open)
            }
            Some(b'\n') => {
                self.seen = at + 2;
                Ok(Line::Ends(at + 2))
            }
            Some(_) => Err(HeadError::Invalid("bare carriage return")),
        }
    }

    /// Checks the grammar of every line that ended since the last time, and the
    /// begin of an open start line.
    fn check_lines<S: StartLine>(&mut self, window: &[u8]) -> Result<(), HeadError> {
        while self.unchecked < self.line {
            let first = self.unchecked == self.start;
            let rest = &window[self.unchecked..self.line];
            let Some((line, next)) = field::split_line(rest) else {
                break;
            };
            if first {
                S::check(line)?;
            } else {
                field::split(line)?;
            }
            self.unchecked = self.line - next.len();
        }
        let open = &window[self.line..];
        if self.lines == 0 {
            return S::check_begin(open.strip_suffix(b"\r").unwrap_or(open));
        }
        field::check_begin(open)
    }
}

fn controls(bytes: &[u8]) -> Result<(), HeadError> {
    if chars::has_control(bytes) {
        return Err(HeadError::Invalid("control character in the head"));
    }
    Ok(())
}
