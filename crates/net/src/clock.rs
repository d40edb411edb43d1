//! The machine's clock behind the gate's port.

use std::time::{Duration, Instant, SystemTime};

/// Reads the machine's clock.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// Starts to count.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "reading a clock is no default")]
    pub fn new() -> Self {
        Self { start: now() }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock port")]
fn now() -> Instant {
    Instant::now()
}

impl pipelock_gate::Clock for SystemClock {
    fn monotonic(&self) -> Duration {
        now().duration_since(self.start)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock port")]
    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }
}
