//! `cross_request_detection`: what leaves in several requests.

use pipelock_detect::domain::DomainSet;
use pipelock_model::Action;
use std::time::Duration;

/// Both parts; at least one of them is there.
#[derive(Debug, Clone)]
pub struct CrossRequest {
    /// For a secret put together again.
    pub action: Action,
    /// Randomness in a window.
    pub entropy: Option<EntropyBudget>,
    /// Secrets in pieces.
    pub fragments: Option<Fragments>,
}

/// `entropy_budget`.
#[derive(Debug, Clone)]
pub struct EntropyBudget {
    /// Bits of one session in a window; positive.
    pub bits: f64,
    /// The window.
    pub window: Duration,
    /// When they are used up.
    pub action: Action,
    /// Hosts that do not count.
    pub exempt: DomainSet,
    /// What counts.
    pub count: Counted,
}

/// `entropy_budget.count`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// What is new in the session and looks like a token.
    Novel,
    /// Everything.
    All,
}

/// `fragment_reassembly`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fragments {
    /// Bytes of one session.
    pub buffer: usize,
    /// The window.
    pub window: Duration,
}

impl CrossRequest {
    /// Window where nobody sets one.
    pub const WINDOW: Duration = Duration::from_secs(300);
    /// Bits where nobody sets them.
    pub const BITS: f64 = 4096.0;
    /// Bytes where nobody sets them.
    pub const BUFFER: usize = 64 << 10;
}
