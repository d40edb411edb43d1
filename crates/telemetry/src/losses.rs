//! What the audit log could not keep.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts of lost lines, shared by the log that counts and the metrics that show.
#[derive(Debug, Default)]
pub struct Losses {
    dropped: AtomicU64,
    failures: AtomicU64,
}

impl Losses {
    /// A line that found the buffer full.
    pub(crate) fn refused(&self) {
        self.failed(1);
    }

    /// A failed attempt to write, with the lines that went with it.
    pub(crate) fn failed(&self, lines: u64) {
        self.dropped.fetch_add(lines, Ordering::Relaxed);
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    /// A line given up without an attempt, such as a torn one at the end.
    pub(crate) fn gave_up(&self, lines: u64) {
        self.dropped.fetch_add(lines, Ordering::Relaxed);
    }

    /// Lines that an output never got.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Failed attempts: a full buffer, or an error of an output.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }
}
