//! Windows by key, bounded.

use crate::WINDOW_MS;
use crate::ring::{Amount, Ring};
use std::collections::HashMap;

/// Keys are counted in full up to this many bytes; longer ones share the overflow.
const KEY_LIMIT: usize = 255;

/// Shortest time between two sweeps, in milliseconds.
const SWEEP_PAUSE_MS: u64 = 1000;

/// Windows by key. Keys come from outside, so the map is keyed against collisions.
#[derive(Debug)]
pub(crate) struct Table<W> {
    windows: HashMap<Box<str>, W>,
    /// Shared by the keys that found no room. One that finds room later starts anew:
    /// at most twice its limit, once, and only while the table turns over.
    overflow: W,
    max_keys: usize,
    /// No sweep can find anything before this time.
    sweep_at: u64,
}

impl<T: Amount> Table<Ring<T>> {
    pub(crate) fn new(max_keys: usize) -> Self {
        Self {
            windows: HashMap::new(),
            overflow: Ring::default(),
            max_keys,
            sweep_at: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.windows.len()
    }

    /// The window that a key is charged to; a new key gets one of its own while
    /// there is room.
    pub(crate) fn charge(&mut self, key: &str, now_ms: u64) -> &mut Ring<T> {
        if !self.windows.contains_key(key) {
            if !self.has_room(key, now_ms) {
                return &mut self.overflow;
            }
            self.windows.insert(key.into(), Ring::default());
        }
        self.windows.get_mut(key).unwrap_or(&mut self.overflow)
    }

    /// The window that a key was charged to. For an unknown key that is the overflow,
    /// empty unless there was no room lately.
    pub(crate) fn find(&mut self, key: &str) -> &mut Ring<T> {
        self.windows.get_mut(key).unwrap_or(&mut self.overflow)
    }

    fn has_room(&mut self, key: &str, now_ms: u64) -> bool {
        // Once a minute, so that memory falls after a rush, and whenever it is full,
        // but not for each of a thousand new keys.
        let full = self.windows.len() >= self.max_keys;
        if now_ms >= self.sweep_at {
            self.windows.retain(|_, window| !window.is_spent(now_ms));
            self.windows.shrink_to(2 * self.windows.len());
            self.sweep_at = now_ms.saturating_add(if full { SWEEP_PAUSE_MS } else { WINDOW_MS });
        } else if full {
            // A sweep that is far away comes nearer.
            self.sweep_at = self.sweep_at.min(now_ms.saturating_add(SWEEP_PAUSE_MS));
        }
        key.len() <= KEY_LIMIT && self.windows.len() < self.max_keys
    }
}
