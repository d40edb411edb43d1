//! Ends of a body that moves on.

use std::fmt;

/// What is kept of the start.
pub(crate) const FIRST: usize = 64 * 1024;

/// The start of a body.
#[derive(Default)]
pub(crate) struct Sample {
    first: Vec<u8>,
    total: u64,
}

// Of a body nothing may reach a log.
impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sample")
    }
}

impl Sample {
    pub(crate) fn push(&mut self, chunk: &[u8]) {
        let room = FIRST - self.first.len();
        self.first
            .extend_from_slice(&chunk[..chunk.len().min(room)]);
        self.total += chunk.len() as u64;
    }

    /// Bytes that it holds.
    pub(crate) fn held(&self) -> u64 {
        self.first.len() as u64
    }

    /// The whole body, when it was short.
    pub(crate) fn whole(&self) -> Option<&[u8]> {
        (self.total == self.held()).then_some(&self.first)
    }
}
