//! Sliding windows over what callers did: requests and bytes a minute, and what they
//! send in several requests.
//!
//! It is a state machine, not a clock: time is an argument, in milliseconds since
//! any start. It knows nothing of hosts; the gate chooses the keys.
//!
//! Invariants: a key costs constant memory, the number of keys is bounded, and no
//! live key is ever dropped, because that would reset its limit; what does not fit
//! shares one window. Start reading at [`RateWindows`], then [`crossing`].

pub mod crossing;
mod ring;
mod table;

use ring::Ring;
use table::Table;

/// The window, in milliseconds.
pub const WINDOW_MS: u64 = 60_000;

/// A key has used its limit up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limited {
    /// Time until the oldest charge leaves the window, in milliseconds.
    pub retry_after_ms: u64,
}

/// Requests a key in the last minute.
///
/// A charge is remembered for 60 to 61 seconds: windows are bucketed by second and
/// never forget too early.
#[derive(Debug)]
pub struct RateWindows {
    table: Table<Ring<u32>>,
}

impl RateWindows {
    /// At most `max_keys` keys with a window of their own.
    #[must_use]
    pub fn new(max_keys: usize) -> Self {
        Self {
            table: Table::new(max_keys),
        }
    }

    /// Tests and charges in one step. A refused request is not charged.
    ///
    /// # Errors
    /// When `limit` requests were charged within the window.
    pub fn take(&mut self, key: &str, now_ms: u64, limit: u32) -> Result<(), Limited> {
        let window = self.table.charge(key, now_ms);
        if window.total(now_ms) >= u64::from(limit) {
            return Err(Limited {
                retry_after_ms: window.next_release(now_ms),
            });
        }
        window.add(now_ms, 1);
        Ok(())
    }

    /// Takes the newest charge of a key back, when a later check refused the request.
    pub fn give_back(&mut self, key: &str, now_ms: u64) {
        self.table.find(key).take_back(now_ms);
    }

    /// Keys that have a window of their own.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// True without keys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Bytes a key in the last minute.
#[derive(Debug)]
pub struct DataBudgets {
    table: Table<Ring<u64>>,
}

impl DataBudgets {
    /// At most `max_keys` keys with a window of their own.
    #[must_use]
    pub fn new(max_keys: usize) -> Self {
        Self {
            table: Table::new(max_keys),
        }
    }

    /// Records bytes that were received.
    pub fn add(&mut self, key: &str, now_ms: u64, bytes: u64) {
        if bytes > 0 {
            self.table.charge(key, now_ms).add(now_ms, bytes);
        }
    }

    /// True when the bytes already received reach the limit.
    pub fn exceeded(&mut self, key: &str, now_ms: u64, limit: u64) -> bool {
        self.table.find(key).total(now_ms) >= limit
    }

    /// Keys that have a window of their own.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// True without keys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
