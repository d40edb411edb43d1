//! State by session, bounded.

use std::collections::HashMap;
use std::net::IpAddr;

/// Shortest time between two sweeps, in milliseconds.
const SWEEP_PAUSE_MS: u64 = 1000;
/// Longest, so that memory falls after a rush.
const SWEEP_MS: u64 = 60_000;

/// What ends by itself.
pub(super) trait Expires: Default {
    /// True when nothing of it counts any more.
    fn is_spent(&mut self, now_ms: u64) -> bool;
}

#[derive(Debug)]
pub(super) struct Sessions<S> {
    live: HashMap<IpAddr, S>,
    /// Shared by those that found no room.
    overflow: S,
    most: usize,
    sweep_at: u64,
}

impl<S: Expires> Sessions<S> {
    pub(super) fn new(most: usize) -> Self {
        Self {
            live: HashMap::new(),
            overflow: S::default(),
            most,
            sweep_at: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.live.len()
    }

    /// The state of a session; a new one gets its own while there is room.
    pub(super) fn enter(&mut self, session: IpAddr, now_ms: u64) -> &mut S {
        if !self.live.contains_key(&session) {
            self.sweep(now_ms);
            if self.live.len() >= self.most {
                return &mut self.overflow;
            }
        }
        self.live.entry(session).or_default()
    }

    /// The state of a known session, else the shared one.
    pub(super) fn find(&mut self, session: IpAddr) -> &mut S {
        self.live.get_mut(&session).unwrap_or(&mut self.overflow)
    }

    fn sweep(&mut self, now_ms: u64) {
        let full = self.live.len() >= self.most;
        if now_ms >= self.sweep_at {
            self.live.retain(|_, state| !state.is_spent(now_ms));
            self.live.shrink_to(2 * self.live.len());
            self.sweep_at = now_ms.saturating_add(if full { SWEEP_PAUSE_MS } else { SWEEP_MS });
        } else if full {
            self.sweep_at = self.sweep_at.min(now_ms.saturating_add(SWEEP_PAUSE_MS));
        }
    }
}
