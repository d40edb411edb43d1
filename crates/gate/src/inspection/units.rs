//! Where a stream may be cut: between events, between lines.

/// The unit of a body (`design/flow.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A chunk as it was read.
    Chunk,
    /// A Server-Sent Event: ends with an empty line.
    Event {
        /// Largest event.
        limit: u64,
    },
    /// A line of NDJSON.
    Line,
}

/// A line longer than this goes by the candidate rule alone.
const LONGEST_LINE: u64 = 64 * 1024;

/// Follows the units of a stream. LF, CR and CRLF end a line of an event stream.
#[derive(Debug)]
pub(crate) struct Units {
    unit: Unit,
    at: u64,
    end_of_last: u64,
    line_is_empty: bool,
    after_cr: bool,
}

impl Units {
    pub(crate) const fn new(unit: Unit) -> Self {
        Self {
            unit,
            at: 0,
            end_of_last: 0,
            line_is_empty: true,
            after_cr: false,
        }
    }

    pub(crate) fn push(&mut self, chunk: &[u8]) {
        match self.unit {
            Unit::Chunk => {}
            Unit::Line => {
                if let Some(last) = chunk.iter().rposition(|byte| *byte == b'\n') {
                    self.end_of_last = self.at + last as u64 + 1;
                }
            }
            Unit::Event { .. } => self.events(chunk),
        }
        self.at += chunk.len() as u64;
    }

    fn events(&mut self, chunk: &[u8]) {
        for (index, byte) in chunk.iter().enumerate() {
            let end = self.at + index as u64 + 1;
            match byte {
                b'\n' if self.after_cr => {
                    // The second half of CRLF belongs to the line before.
                    self.after_cr = false;
                    if self.end_of_last == end - 1 {
                        self.end_of_last = end;
                    }
                }
                b'\n' | b'\r' => {
                    if self.line_is_empty {
                        self.end_of_last = end;
                    }
                    self.line_is_empty = true;
                    self.after_cr = *byte == b'\r';
                }
                _ => {
                    self.line_is_empty = false;
                    self.after_cr = false;
                }
            }
        }
    }

    /// The limit, when the open event is over it.
    pub(crate) const fn oversize(&self) -> Option<u64> {
        match self.unit {
            Unit::Event { limit } if self.at - self.end_of_last > limit => Some(limit),
            _ => None,
        }
    }

    /// How far bytes may go when the scan allows `safe`.
    pub(crate) fn boundary(&self, safe: u64) -> u64 {
        match self.unit {
            Unit::Chunk => safe,
            Unit::Line if self.at - self.end_of_last > LONGEST_LINE => safe,
            Unit::Line | Unit::Event { .. } => safe.min(self.end_of_last),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_ends_with_an_empty_line_in_every_spelling() {
        let cases: [(&[u8], u64); 6] = [
            (b"data: a\n\ndata: b", 9),
            (b"data: a\r\n\r\nx", 11),
            (b"data: a\r\rx", 9),
            (b"data: a\n", 0),
            (b":\n\n", 3),
            (b"data: a\n\r\nx", 10),
        ];
        for (text, end) in cases {
            for cut in 0..text.len() {
                let mut units = Units::new(Unit::Event { limit: 100 });
                units.push(&text[..cut]);
                units.push(&text[cut..]);
                assert_eq!(units.boundary(u64::MAX), end, "{text:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn an_open_event_over_its_limit_is_reported() {
        let mut units = Units::new(Unit::Event { limit: 10 });
        units.push(b"data: 12\n\ndata: 34");
        assert_eq!(units.oversize(), None);
        units.push(b"567890");
        assert_eq!(units.oversize(), Some(10));
    }
}
