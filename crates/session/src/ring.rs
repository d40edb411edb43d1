//! One sliding window of a minute in buckets of a second.

use crate::WINDOW_MS;

/// Width of a bucket, in milliseconds.
const BUCKET_MS: u64 = 1000;

/// One more than fit into the window: the oldest is only partly outside.
const BUCKETS: usize = (WINDOW_MS / BUCKET_MS) as usize + 1;

/// What a bucket counts in.
pub(crate) trait Amount: Copy + Default {
    /// The sum, at most the largest value.
    fn plus(self, amount: u64) -> Self;
    /// As 64 bits.
    fn get(self) -> u64;
}

impl Amount for u32 {
    fn plus(self, amount: u64) -> Self {
        self.saturating_add(Self::try_from(amount).unwrap_or(Self::MAX))
    }

    fn get(self) -> u64 {
        self.into()
    }
}

impl Amount for u64 {
    fn plus(self, amount: u64) -> Self {
        self.saturating_add(amount)
    }

    fn get(self) -> u64 {
        self
    }
}

/// The window. Time that runs backwards counts as standing still.
#[derive(Debug, Clone)]
pub(crate) struct Ring<T> {
    buckets: [T; BUCKETS],
    /// Sum of the buckets.
    total: u64,
    /// Second of the newest bucket.
    newest: u64,
}

impl<T: Amount> Default for Ring<T> {
    fn default() -> Self {
        Self {
            buckets: [T::default(); BUCKETS],
            total: 0,
            newest: 0,
        }
    }
}

impl<T: Amount> Ring<T> {
    /// What is within the window.
    pub(crate) fn total(&mut self, now_ms: u64) -> u64 {
        self.advance(now_ms);
        self.total
    }

    /// Adds to the current second.
    pub(crate) fn add(&mut self, now_ms: u64, amount: u64) {
        self.advance(now_ms);
        let bucket = &mut self.buckets[slot(self.newest)];
        let before = bucket.get();
        *bucket = bucket.plus(amount);
        self.total = self.total.saturating_add(bucket.get() - before);
    }

    /// Takes one from the newest bucket that holds any.
    pub(crate) fn take_back(&mut self, now_ms: u64) {
        self.advance(now_ms);
        let held = self.ages().find(|(_, at)| self.buckets[*at].get() > 0);
        if let Some((_, at)) = held {
            self.buckets[at] = T::default().plus(self.buckets[at].get() - 1);
            self.total -= 1;
        }
    }

    /// Milliseconds until the oldest charge is forgotten.
    pub(crate) fn next_release(&mut self, now_ms: u64) -> u64 {
        self.advance(now_ms);
        let oldest = self
            .ages()
            .filter(|(_, at)| self.buckets[*at].get() > 0)
            .last();
        oldest.map_or(0, |(age, _)| {
            let forgotten = (self.newest - age + BUCKETS as u64) * BUCKET_MS;
            forgotten.saturating_sub(now_ms)
        })
    }

    /// True when nothing is left within the window.
    pub(crate) fn is_spent(&mut self, now_ms: u64) -> bool {
        self.total(now_ms) == 0
    }

    /// Ages in seconds with their slots, the newest first.
    fn ages(&self) -> impl Iterator<Item = (u64, usize)> + use<T> {
        let newest = self.newest;
        (0..BUCKETS as u64)
            .take_while(move |age| *age <= newest)
            .map(move |age| (age, slot(newest - age)))
    }

    /// Empties what left the window since the last call: at most one round.
    fn advance(&mut self, now_ms: u64) {
        let now = now_ms / BUCKET_MS;
        if now <= self.newest {
            return;
        }
        if now - self.newest >= BUCKETS as u64 {
            *self = Self::default();
        } else {
            for second in self.newest + 1..=now {
                let bucket = &mut self.buckets[slot(second)];
                // A saturated total must not wrap.
                self.total = self.total.saturating_sub(bucket.get());
                *bucket = T::default();
            }
        }
        self.newest = now;
    }
}

fn slot(second: u64) -> usize {
    (second % BUCKETS as u64) as usize
}
