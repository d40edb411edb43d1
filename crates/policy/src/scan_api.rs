//! `scan_api`: judging on request, on a port of its own.

use pipelock_model::Secret;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

/// Settings of the scan API. Every duration and limit is positive, and there is at
/// least one token.
#[derive(Debug, Clone)]
pub struct ScanApi {
    /// Address.
    pub listen: SocketAddr,
    /// Callers, by their bearer token.
    pub tokens: Vec<Secret<String>>,
    /// Requests of one token.
    pub rate: ScanRate,
    /// Longest body, in bytes.
    pub max_body: usize,
    /// Longest fields, in bytes.
    pub fields: ScanFields,
    /// Head, and body behind it.
    pub read: Duration,
    /// One answer.
    pub write: Duration,
    /// One scan.
    pub scan: Duration,
    /// Open connections.
    pub connections: usize,
    /// What may be asked.
    pub kinds: ScanKinds,
}

/// `scan_api.rate_limit`, for each token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanRate {
    /// Requests a minute.
    pub per_minute: NonZeroU32,
    /// Requests at once.
    pub burst: NonZeroU32,
}

/// `scan_api.field_limits`, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanFields {
    /// `url`.
    pub url: usize,
    /// `text`.
    pub text: usize,
    /// `content`.
    pub content: usize,
    /// `arguments`, as written.
    pub arguments: usize,
}

/// What one request asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScanKind {
    /// The URL pipeline.
    Url,
    /// Secrets in text.
    Dlp,
    /// Instructions in content.
    PromptInjection,
    /// A tool call before it is made.
    ToolCall,
}

impl ScanKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Url, Self::Dlp, Self::PromptInjection, Self::ToolCall];

    /// The word of requests, settings and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Dlp => "dlp",
            Self::PromptInjection => "prompt_injection",
            Self::ToolCall => "tool_call",
        }
    }

    /// Reads the word; case counts.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// The kinds that are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanKinds([bool; ScanKind::ALL.len()]);

impl ScanKinds {
    /// Those for which `serves` says yes.
    pub fn of(serves: impl Fn(ScanKind) -> bool) -> Self {
        Self(ScanKind::ALL.map(serves))
    }

    /// True when the kind is served.
    #[must_use]
    pub const fn serves(self, kind: ScanKind) -> bool {
        self.0[kind as usize]
    }
}

impl Default for ScanRate {
    fn default() -> Self {
        const PER_MINUTE: NonZeroU32 = NonZeroU32::new(600).expect("600 is not zero");
        const BURST: NonZeroU32 = NonZeroU32::new(50).expect("50 is not zero");
        Self {
            per_minute: PER_MINUTE,
            burst: BURST,
        }
    }
}

impl Default for ScanFields {
    fn default() -> Self {
        Self {
            url: 8192,
            text: 512 << 10,
            content: 512 << 10,
            arguments: 512 << 10,
        }
    }
}

impl ScanApi {
    /// Longest body where nobody sets one.
    pub const MAX_BODY: usize = 1 << 20;
    /// Open connections where nobody sets them.
    pub const CONNECTIONS: usize = 100;
    /// Time of a read or a write where nobody sets one.
    pub const PATIENCE: Duration = Duration::from_secs(2);
    /// Time of a scan where nobody sets one.
    pub const SCAN: Duration = Duration::from_secs(5);

    /// Everything as where nobody sets it, on this address, for these callers.
    #[must_use]
    pub fn new(listen: SocketAddr, tokens: Vec<Secret<String>>) -> Self {
        Self {
            listen,
            tokens,
            rate: ScanRate::default(),
            max_body: Self::MAX_BODY,
            fields: ScanFields::default(),
            read: Self::PATIENCE,
            write: Self::PATIENCE,
            scan: Self::SCAN,
            connections: Self::CONNECTIONS,
            kinds: ScanKinds::of(|_| true),
        }
    }
}
