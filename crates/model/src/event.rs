//! What happened, for those who watch: audit log, metrics, evidence.
//!
//! One decision makes one event. Everything that a metric or a log line needs is
//! in it, so that nobody counts at call sites.

use crate::{Action, Clean, Label, RequestId, Severity, Transport};
use std::net::IpAddr;
use std::time::{Duration, SystemTime};

/// One event.
#[derive(Debug, Clone)]
pub struct Event {
    /// Wall-clock time.
    pub at: SystemTime,
    /// Who and what it is about; absent for events of the process itself.
    pub subject: Option<Subject>,
    /// What happened.
    pub kind: EventKind,
}

/// The common group of an event's fields.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Way in.
    pub transport: Transport,
    /// Request method, `CONNECT` for tunnels.
    pub method: Clean,
    /// URL, or `host:port` of a tunnel.
    pub target: Clean,
    /// Peer.
    pub client_ip: IpAddr,
    /// Number of the exchange.
    pub request_id: RequestId,
    /// Name for logs; `anonymous` when none was given.
    pub agent: Clean,
    /// Profile for metric labels; `_default` when unknown.
    pub profile: &'static str,
}

/// How an exchange ended and what it moved.
#[derive(Debug, Clone, Copy, Default)]
pub struct Totals {
    /// Status that the client saw; 0 when none.
    pub status: u16,
    /// Body bytes from the client.
    pub bytes_up: u64,
    /// Body bytes to the client.
    pub bytes_down: u64,
    /// From the first byte of the request to the last of the answer.
    pub duration: Duration,
    /// True when it ended before its end.
    pub aborted: bool,
}

/// A pattern that matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// Public name of the pattern.
    pub pattern: Clean,
    /// Its severity.
    pub severity: Severity,
}

/// State of the first bytes in a tunnel (`sni_total{category}`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SniCategory {
    /// Nothing came within the wait.
    Timeout,
    /// Not a TLS handshake.
    NotTls,
    /// A handshake that does not parse.
    MalformedTls,
    /// No server name.
    NoExtension,
    /// Equal to the CONNECT host.
    Match,
    /// Another name.
    Mismatch,
}

impl SniCategory {
    /// Every category.
    pub const ALL: [Self; 6] = [
        Self::Timeout,
        Self::NotTls,
        Self::MalformedTls,
        Self::NoExtension,
        Self::Match,
        Self::Mismatch,
    ];

    /// The label value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::NotTls => "not_tls",
            Self::MalformedTls => "malformed_tls",
            Self::NoExtension => "no_extension",
            Self::Match => "match",
            Self::Mismatch => "mismatch",
        }
    }
}

/// What switched the kill switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KillSource {
    /// `kill_switch.enabled`.
    Config,
    /// The admin API.
    Api,
    /// SIGUSR1.
    Signal,
    /// The sentinel file.
    Sentinel,
}

impl KillSource {
    /// Every source, in the order of reporting.
    pub const ALL: [Self; 4] = [Self::Config, Self::Api, Self::Signal, Self::Sentinel];

    /// The label value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Api => "api",
            Self::Signal => "signal",
            Self::Sentinel => "sentinel",
        }
    }
}

/// Why an upstream failed (`upstream_errors_total{kind}`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UpstreamFailure {
    /// Nobody answered the dial.
    Connect,
    /// The dial or the answer took too long.
    Timeout,
    /// The answer breaks HTTP.
    Protocol,
    /// The connection ended in the middle.
    Reset,
    /// A body coding that is corrupt or cannot be read.
    Coding,
}

impl UpstreamFailure {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Connect,
        Self::Timeout,
        Self::Protocol,
        Self::Reset,
        Self::Coding,
    ];

    /// The label value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::Protocol => "protocol",
            Self::Reset => "reset",
            Self::Coding => "coding",
        }
    }
}

/// Why content passed without inspection (`unscanned_total{reason}`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Uninspected {
    /// TLS inside a tunnel without interception.
    Tls,
    /// A protocol that the operator let pass.
    Opaque,
    /// A content coding that is not decoded, on a detect-only instance.
    Coding,
    /// Larger than the limit, on a detect-only instance.
    Oversize,
    /// Scanning is switched off.
    Disabled,
}

impl Uninspected {
    /// Every reason.
    pub const ALL: [Self; 5] = [
        Self::Tls,
        Self::Opaque,
        Self::Coding,
        Self::Oversize,
        Self::Disabled,
    ];

    /// The label value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::Opaque => "opaque",
            Self::Coding => "coding",
            Self::Oversize => "oversize",
            Self::Disabled => "disabled",
        }
    }
}

/// What the scan API decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScanDecision {
    /// Nothing found that acts.
    Allow,
    /// Something found that acts.
    Deny,
    /// Nothing was decided.
    Error,
}

impl ScanDecision {
    /// Every decision.
    pub const ALL: [Self; 3] = [Self::Allow, Self::Deny, Self::Error];

    /// The label value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Error => "error",
        }
    }
}

/// One answer of the scan API.
#[derive(Debug, Clone)]
pub struct Scan {
    /// Its number, as the caller reads it.
    pub scan_id: Clean,
    /// What was asked; empty before that is known, `unknown` for no known word.
    pub kind: &'static str,
    /// What was decided.
    pub decision: ScanDecision,
    /// Status of the answer.
    pub status: u16,
    /// Code of the error.
    pub error: Option<&'static str>,
    /// What was found.
    pub findings: Vec<ScanFinding>,
    /// From the head of the request to the decision.
    pub duration: Duration,
}

/// A finding of the scan API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanFinding {
    /// The layer of detection.
    pub scanner: &'static str,
    /// The rule, as the caller reads it.
    pub rule: Clean,
    /// Its severity.
    pub severity: Severity,
}

/// What happened. The comment names the audit event (`proxy.md` §5.3).
#[derive(Debug, Clone)]
pub enum EventKind {
    /// `startup`.
    Startup {
        /// Main listener.
        listen: Clean,
        /// Mode.
        mode: &'static str,
        /// Program version.
        version: &'static str,
        /// Hash of the configuration.
        config_hash: Clean,
        /// Warnings of the start, one each.
        notes: Vec<Clean>,
    },
    /// `shutdown`.
    Shutdown {
        /// Why.
        reason: &'static str,
    },
    /// A connection of a listener began or ended. A gauge, never a line.
    Connection {
        /// True at its begin.
        open: bool,
    },
    /// `forward_http`: an allowed exchange ended.
    ForwardHttp(Totals),
    /// `blocked`: refused before or after the first byte.
    Blocked {
        /// Layer.
        label: Label,
        /// Sentence.
        reason: Clean,
        /// How it ended.
        totals: Totals,
    },
    /// `anomaly`: let through, and worth a look.
    Anomaly {
        /// Layer, where one is to blame.
        label: Option<Label>,
        /// Sentence.
        reason: Clean,
        /// 0 to 1.
        score: f32,
        /// What enforcement would have done.
        would_block: Option<Action>,
    },
    /// `anomaly` with scanner `unscanned`.
    Unscanned {
        /// Why.
        why: Uninspected,
    },
    /// `error`: upstream or internal failure.
    Error {
        /// Sentence.
        error: Clean,
        /// Where an upstream is to blame.
        upstream: Option<UpstreamFailure>,
        /// How it ended.
        totals: Totals,
    },
    /// `tunnel_open`.
    TunnelOpen,
    /// `tunnel_progress`.
    TunnelProgress {
        /// Bytes since the last event of this tunnel.
        bytes: u64,
    },
    /// `tunnel_close`.
    TunnelClose {
        /// Totals; `bytes_up + bytes_down` is `total_bytes`.
        totals: Totals,
        /// Bytes not yet told by `TunnelProgress`.
        unreported: u64,
        /// Why it ended, when not by the peers.
        cut: Option<Label>,
    },
    /// Category of the first bytes in a tunnel; a line only on refusal (`sni_mismatch`).
    Sni {
        /// Category.
        category: SniCategory,
        /// CONNECT host.
        connect_host: Clean,
        /// Name in the ClientHello.
        sni_host: Clean,
        /// True when the tunnel was refused for it.
        refused: bool,
    },
    /// `response_scan`: findings in a response.
    ResponseScan {
        /// What was done.
        action: Action,
        /// What would have been done, on a detect-only instance.
        would_block: Option<Action>,
        /// Patterns.
        matched: Vec<Matched>,
    },
    /// `response_scan_exempt`.
    ResponseScanExempt {
        /// Why: `exempt_domain` or `suppress`.
        why: &'static str,
        /// Final host.
        hostname: Clean,
    },
    /// `body_dlp`.
    BodyDlp {
        /// What was done.
        action: Action,
        /// What would have been done, on a detect-only instance.
        would_block: Option<Action>,
        /// Patterns.
        matched: Vec<Matched>,
    },
    /// `header_dlp`.
    HeaderDlp {
        /// Field name.
        header: Clean,
        /// What was done.
        action: Action,
        /// What would have been done, on a detect-only instance.
        would_block: Option<Action>,
        /// Patterns.
        matched: Vec<Matched>,
    },
    /// `dlp_warn`: a pattern whose own action is warn, or a low-confidence match.
    DlpWarn {
        /// Pattern.
        matched: Matched,
    },
    /// `kill_switch_deny`.
    KillSwitchDeny {
        /// Route template: `fetch`, `forward`, `connect`, `tunnel`, `other`.
        endpoint: &'static str,
        /// Source.
        source: KillSource,
        /// `kill_switch.message`.
        message: Clean,
    },
    /// The scan API began to read a request. A gauge, never a line.
    ScanStarted,
    /// `scan_decision`, or `auth_failure` without a valid token.
    ScanEnded(Box<Scan>),
    /// `kill_switch_change`.
    KillSwitchChange {
        /// Source.
        source: KillSource,
        /// New state of that source.
        active: bool,
    },
}
