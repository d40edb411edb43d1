//! Pieces of secrets that a session sent.
//!
//! It keeps ends of payloads that a secret may go on from, and starts that may be the
//! rest of one. What that is decides the caller, who knows the rules.

use super::entropy::Moment;
use super::sessions::{Expires, Sessions};
use std::collections::VecDeque;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

/// Longest fragment.
pub const FRAGMENT: usize = 4 * 1024;
/// What all sessions keep together; beyond it each keeps its newest fragment.
const ALL: usize = 16 << 20;

/// Streams of a session that are put together each for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// What is sent.
    Values,
    /// The names under which it is sent.
    Keys,
}

/// What a fragment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FragmentKind {
    /// An end in which a match had begun.
    Live,
    /// An end that may be encoded.
    Run,
    /// Several payloads in which a match had begun, put together.
    Chain,
    /// A start.
    Head,
}

impl FragmentKind {
    /// How many a session keeps of each lane: the newest, of chains the longest.
    const fn most(self) -> usize {
        match self {
            Self::Live | Self::Head => 8,
            Self::Run | Self::Chain => 4,
        }
    }
}

/// A piece of a payload.
#[derive(Clone, PartialEq, Eq)]
pub struct Fragment {
    /// What it is.
    pub kind: FragmentKind,
    /// Where it belongs.
    pub lane: Lane,
    /// When its first byte was sent, in milliseconds.
    pub at_ms: u64,
    /// Number of the request that sent its last byte.
    pub owner: u64,
    /// At most [`FRAGMENT`] bytes.
    pub text: Box<[u8]>,
}

// It may be half a secret.
impl fmt::Debug for Fragment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fragment")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// Fragments of each session.
#[derive(Debug)]
pub struct Fragments {
    sessions: Sessions<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    fragments: VecDeque<Arc<Fragment>>,
    bytes: usize,
    /// The longest window that was asked for.
    window_ms: u64,
}

impl Expires for Kept {
    fn is_spent(&mut self, now_ms: u64) -> bool {
        self.expire(now_ms);
        self.fragments.is_empty()
    }
}

impl Fragments {
    /// At most `most` sessions with fragments of their own.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            sessions: Sessions::new(most),
        }
    }

    /// What a session sent within the window, the oldest first.
    pub fn live(&mut self, session: IpAddr, lane: Lane, moment: Moment) -> Vec<Arc<Fragment>> {
        let kept = self.sessions.find(session);
        kept.window_ms = moment.window_ms;
        kept.expire(moment.now_ms);
        let of_lane = |fragment: &&Arc<Fragment>| fragment.lane == lane;
        kept.fragments.iter().filter(of_lane).cloned().collect()
    }

    /// Keeps a fragment; `buffer` bounds the bytes of its session.
    pub fn keep(&mut self, session: IpAddr, fragment: Fragment, buffer: usize, moment: Moment) {
        let room = buffer.min(ALL / self.sessions.len().max(1)).max(1);
        let kept = self.sessions.enter(session, moment.now_ms);
        kept.window_ms = moment.window_ms;
        kept.expire(moment.now_ms);
        kept.push(fragment);
        while kept.bytes > room && kept.fragments.len() > 1 {
            kept.drop_at(0);
        }
        if kept.bytes > room {
            kept.shorten(room);
        }
    }

    /// Forgets what a request left behind that went nowhere.
    pub fn forget(&mut self, session: IpAddr, owner: u64) {
        let kept = self.sessions.find(session);
        kept.retain(|fragment| fragment.owner != owner);
    }

    /// Bytes that a session keeps.
    pub fn bytes(&mut self, session: IpAddr) -> usize {
        self.sessions.find(session).bytes
    }

    /// Sessions that have fragments of their own.
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

impl Kept {
    fn expire(&mut self, now_ms: u64) {
        let window = self.window_ms;
        self.retain(|fragment| now_ms.saturating_sub(fragment.at_ms) <= window);
    }

    fn retain(&mut self, keep: impl Fn(&Fragment) -> bool) {
        self.fragments.retain(|fragment| keep(fragment));
        self.bytes = self.fragments.iter().map(|one| one.text.len()).sum();
    }

    fn drop_at(&mut self, at: usize) {
        if let Some(fragment) = self.fragments.remove(at) {
            self.bytes -= fragment.text.len();
        }
    }

    fn push(&mut self, mut fragment: Fragment) {
        if fragment.text.len() > FRAGMENT {
            let text = &fragment.text;
            fragment.text = match fragment.kind {
                FragmentKind::Head => text[..FRAGMENT].into(),
                _ => text[text.len() - FRAGMENT..].into(),
            };
        }
        let (kind, lane) = (fragment.kind, fragment.lane);
        let alike = |have: &Arc<Fragment>| have.kind == kind && have.lane == lane;
        // Said again, it counts from now.
        let again = |have: &Arc<Fragment>| alike(have) && have.text == fragment.text;
        if let Some(at) = self.fragments.iter().position(again) {
            self.drop_at(at);
        } else if self.fragments.iter().filter(|have| alike(have)).count() >= kind.most() {
            let mut of_kind = self
                .fragments
                .iter()
                .enumerate()
                .filter(|(_, have)| alike(have));
            let victim = match kind {
                FragmentKind::Chain => of_kind.min_by_key(|(_, have)| have.text.len()),
                _ => of_kind.next(),
            };
            let victim = victim.map(|(at, _)| at);
            victim.into_iter().for_each(|at| self.drop_at(at));
        }
        self.bytes += fragment.text.len();
        self.fragments.push_back(Arc::new(fragment));
    }

    /// The last bytes of the only fragment.
    fn shorten(&mut self, room: usize) {
        let Some(fragment) = self.fragments.pop_front() else {
            return;
        };
        let cut = fragment.text.len().saturating_sub(room);
        let text: Box<[u8]> = fragment.text[cut..].into();
        self.bytes = text.len();
        let fragment = Fragment {
            text,
            ..(*fragment).clone()
        };
        self.fragments.push_front(Arc::new(fragment));
    }
}
