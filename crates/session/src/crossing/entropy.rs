//! Random bits of a session in a window.

use super::sessions::{Expires, Sessions};
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::IpAddr;
use std::sync::LazyLock;

/// Parts of a window. What was charged is remembered for one part too long, never
/// too short.
const PARTS: usize = 30;
/// Shortest run that may be a token.
const RUN: usize = 16;
/// A longer run is weighed in pieces.
const PIECE: usize = 1024;
/// Bits a character from which on a run looks like a token.
const TOKEN: f64 = 3.5;
/// Runs that a session remembers: two for each of so many places.
const SEEN: usize = 256;

/// What counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Novelty {
    /// What looks like a token and is new in the session.
    Novel,
    /// Everything.
    All,
}

/// What a payload weighs, in bits.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Charge {
    /// The window with it.
    pub used: f64,
    /// It alone.
    pub bits: f64,
}

/// A point in time and the length of the window that ends there, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// Now.
    pub now_ms: u64,
    /// The window.
    pub window_ms: u64,
}

/// Random bits of each session.
#[derive(Debug)]
pub struct EntropyBudgets {
    sessions: Sessions<Window>,
    hasher: RandomState,
}

impl EntropyBudgets {
    /// At most `most` sessions with a window of their own.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            sessions: Sessions::new(most),
            hasher: RandomState::new(),
        }
    }

    /// Weighs what a session sends. It is charged when `keep` agrees, who hears what
    /// the window would hold.
    pub fn charge(
        &mut self,
        session: IpAddr,
        moment: Moment,
        payload: &[u8],
        novelty: Novelty,
        keep: impl FnOnce(f64) -> bool,
    ) -> Charge {
        let window = self.sessions.enter(session, moment.now_ms);
        window.advance(moment);
        let mut fresh = Vec::new();
        let bits = match novelty {
            Novelty::All => payload.chunks(PIECE).map(shannon_bits).sum(),
            Novelty::Novel => window.novel(&self.hasher, payload, &mut fresh),
        };
        let used = window.total() + bits;
        if keep(used) {
            window.add(bits);
            fresh.into_iter().for_each(|run| window.remember(run));
        }
        Charge { used, bits }
    }

    /// Takes a charge back, of a request that went nowhere.
    pub fn give_back(&mut self, session: IpAddr, bits: f64) {
        self.sessions.find(session).take(bits);
    }

    /// What the window of a session holds.
    pub fn used(&mut self, session: IpAddr, moment: Moment) -> f64 {
        let window = self.sessions.find(session);
        window.advance(moment);
        window.total()
    }

    /// Sessions that have a window of their own.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sessions.len()
    }

    /// True without sessions.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[derive(Debug, Default)]
struct Window {
    /// Width of a part in milliseconds; zero before its first use.
    width: u64,
    /// Number of the newest part since the start of time.
    newest: u64,
    parts: [f32; PARTS + 1],
    /// Hashes, two for each place, the newer one first.
    seen: Option<Box<[[u64; 2]; SEEN]>>,
}

impl Expires for Window {
    fn is_spent(&mut self, now_ms: u64) -> bool {
        now_ms / self.width.max(1) > self.newest + PARTS as u64
    }
}

impl Window {
    /// Empties what left the window. Another width starts anew.
    fn advance(&mut self, moment: Moment) {
        let width = (moment.window_ms / PARTS as u64).max(1);
        if width != self.width {
            let seen = self.seen.take();
            *self = Self {
                width,
                newest: moment.now_ms / width,
                seen,
                ..Self::default()
            };
        }
        let now = moment.now_ms / width;
        let passed = now.saturating_sub(self.newest).min(self.parts.len() as u64);
        for step in 0..passed {
            let part = self.part(now - step);
            self.parts[part] = 0.0;
        }
        self.newest = self.newest.max(now);
    }

    fn part(&self, number: u64) -> usize {
        (number % self.parts.len() as u64) as usize
    }

    fn total(&self) -> f64 {
        self.parts.iter().copied().map(f64::from).sum()
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "a payload has less than a million bits, and rounding does no harm"
    )]
    fn add(&mut self, bits: f64) {
        let part = self.part(self.newest);
        self.parts[part] += bits as f32;
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "as in `add`, whose sum this undoes"
    )]
    fn take(&mut self, bits: f64) {
        let part = self.part(self.newest);
        self.parts[part] = (self.parts[part] - bits as f32).max(0.0);
    }

    /// Bits of the runs that look like tokens and that the session has not sent.
    fn novel(&self, hasher: &RandomState, payload: &[u8], fresh: &mut Vec<u64>) -> f64 {
        let mut bits = 0.0;
        let runs = payload.split(|byte| !TOKEN_BYTES[usize::from(*byte)]);
        for run in runs.filter(|run| run.len() >= RUN) {
            for piece in run.chunks(PIECE) {
                let weight = shannon_bits(piece);
                #[expect(clippy::cast_precision_loss, reason = "a piece is short")]
                let enough = weight > TOKEN * piece.len() as f64;
                // Zero marks an empty place.
                let hash = hasher.hash_one(piece).max(1);
                if enough && !self.has_seen(hash) && !fresh.contains(&hash) {
                    bits += weight;
                    if fresh.len() < SEEN {
                        fresh.push(hash);
                    }
                }
            }
        }
        bits
    }

    fn has_seen(&self, hash: u64) -> bool {
        let place = |seen: &[[u64; 2]; SEEN]| seen[place(hash)].contains(&hash);
        self.seen.as_deref().is_some_and(place)
    }

    fn remember(&mut self, hash: u64) {
        let seen = self.seen.get_or_insert_with(|| Box::new([[0; 2]; SEEN]));
        let place = &mut seen[place(hash)];
        if !place.contains(&hash) {
            *place = [hash, place[0]];
        }
    }
}

const fn place(hash: u64) -> usize {
    (hash % SEEN as u64) as usize
}

/// What tokens are made of, for a search without branches.
static TOKEN_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let value = byte as u8;
        table[byte] =
            value.is_ascii_alphanumeric() || matches!(value, b'+' | b'/' | b'_' | b'=' | b'-');
        byte += 1;
    }
    table
};

/// `n log2 n`.
static N_LOG_N: LazyLock<[f64; PIECE + 1]> = LazyLock::new(|| {
    let mut table = [0.0; PIECE + 1];
    let mut n = 0.0_f64;
    for entry in table.iter_mut().skip(1) {
        n += 1.0;
        *entry = n * n.log2();
    }
    table
});

/// Shannon entropy of at most [`PIECE`] bytes, times their number.
fn shannon_bits(text: &[u8]) -> f64 {
    let mut counts = [0_u16; 256];
    for byte in text {
        counts[usize::from(*byte)] += 1;
    }
    let table = &*N_LOG_N;
    let weight = |count: usize| table.get(count).copied().unwrap_or(0.0);
    let common: f64 = if text.len() < 64 {
        // Most counts are zero: each byte that is the first of its kind, once.
        let mut sum = 0.0;
        for byte in text {
            let count = std::mem::take(&mut counts[usize::from(*byte)]);
            sum += weight(usize::from(count));
        }
        sum
    } else {
        counts.iter().map(|count| weight(usize::from(*count))).sum()
    };
    weight(text.len()) - common
}
