//! Validated settings. Every value here is legal: types carry the invariants, so
//! that nobody checks again.
//!
//! `config` reads files into it; the gate and the transports read it. It knows no
//! file format, no default spelling and no I/O. Start at [`Policy`].

use pipelock_detect::address::{AddressRules, Cidr};
use pipelock_detect::domain::DomainSet;
use pipelock_detect::engine::RuleSet;
use pipelock_detect::url::UrlRules;
use pipelock_model::{Action, Clean};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroU64};
use std::path::PathBuf;
use std::time::Duration;

mod cross_request;
mod crypto;
mod defaults;
mod known;
mod scan_api;
mod suppress;

pub use cross_request::{Counted, CrossRequest, EntropyBudget, Fragments};
pub use crypto::{AddressProtection, SeedChecksum, SeedPhrases, SeedWords};
pub use defaults::{
    IGNORED_HEADERS, LEAST_BUFFERED, PROVIDER_DOMAINS, REQUESTS_PER_MINUTE, SENSITIVE_HEADERS,
    STRICT_PORTS,
};
pub use known::{Canaries, Canary, Environment, Secrets};
pub use scan_api::{ScanApi, ScanFields, ScanKind, ScanKinds, ScanRate};
pub use suppress::{GlobError, Suppression, Suppressions};

/// Reach of the allow list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Only listed hosts.
    Strict,
    /// Every host that passes.
    Balanced,
    /// As balanced; detect-only unless enforcement is asked for.
    Audit,
}

impl Mode {
    /// The word of the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Balanced => "balanced",
            Self::Audit => "audit",
        }
    }
}

/// What becomes of content verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enforcement {
    /// They act.
    Enforce,
    /// They are logged with what would have been done.
    DetectOnly,
}

/// Everything one exchange needs to know. One snapshot serves one exchange.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Mode.
    pub mode: Mode,
    /// Enforcement, already derived from mode and `enforce`.
    pub enforcement: Enforcement,
    /// Hints in replies.
    pub explain_blocks: bool,
    /// Text layers of the URL pipeline.
    pub url: UrlRules,
    /// Address checks.
    pub addresses: AddressRules,
    /// Hosts that operators list; feeds hints when not strict.
    pub api_allowlist: DomainSet,
    /// Requests per minute and registrable domain; absent: unlimited.
    pub rate: Option<NonZeroU32>,
    /// Response bytes per minute and registrable domain.
    pub data_budget: Option<NonZeroU64>,
    /// Compiled rules, built-ins and the operator's.
    pub rules: RuleSet,
    /// Which built-in precision.
    pub precision: Precision,
    /// Values of the environment and of a file.
    pub secrets: Secrets,
    /// Canary tokens; none when they are switched off.
    pub canaries: Canaries,
    /// Seed phrases; absent: not looked for.
    pub seeds: Option<SeedPhrases>,
    /// Poisoned payment addresses.
    pub address_protection: Option<AddressProtection>,
    /// What leaves in several requests.
    pub cross_request: Option<CrossRequest>,
    /// Request bodies and headers.
    pub request: Option<RequestScanning>,
    /// Responses; the core floor stays on when scanning is off.
    pub response: ResponseScanning,
    /// Main listener and upstream times.
    pub listener: Listener,
    /// CONNECT and absolute-URI; absent: 405.
    pub forward: Option<ForwardProxy>,
    /// Judging on request; absent: off.
    pub scan_api: Option<ScanApi>,
    /// Finding suppressions.
    pub suppress: Suppressions,
    /// Kill switch.
    pub kill_switch: KillSwitch,
    /// Audit log.
    pub logging: Logging,
    /// `/metrics` on a port of its own.
    pub metrics_listen: Option<SocketAddr>,
    /// Caps.
    pub limits: Limits,
    /// Identity for callers that give none.
    pub default_agent: Option<AgentName>,
    /// `bind_default_agent_identity`.
    pub bind_default_agent: bool,
    /// How long a drain may take.
    pub shutdown_grace: Duration,
    /// First 16 hex digits of the policy hash.
    pub hash: Clean,
}

/// `dlp.builtin_precision`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Placeholders are low.
    Improved,
    /// Placeholders block too.
    Reference,
}

/// A name for logs: `A-Za-z0-9._-`, at most 64 bytes, never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentName(String);

impl AgentName {
    /// The name of nobody.
    pub const ANONYMOUS: &'static str = "anonymous";

    /// Makes any text a name.
    #[must_use]
    pub fn sanitised(text: &str) -> Self {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let name: String = text
            .bytes()
            .take(64)
            .map(|byte| if legal(byte) { char::from(byte) } else { '_' })
            .collect();
        if name.is_empty() {
            Self(Self::ANONYMOUS.into())
        } else {
            Self(name)
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `request_body_scanning`.
#[derive(Debug, Clone)]
pub struct RequestScanning {
    /// Block or warn.
    pub action: Action,
    /// Largest body held whole.
    pub max_body: u64,
    /// What a larger one under `block` meets.
    pub oversize: Oversize,
    /// Which headers.
    pub headers: HeaderScope,
    /// Injection in request bodies.
    pub injection: RequestInjection,
}

/// `request_body_scanning.injection`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestInjection {
    /// Warn towards model providers, block elsewhere when enforcing.
    Auto,
    /// Not looked for.
    Off,
    /// Reported.
    Warn,
    /// Refused.
    Block,
}

/// `oversize_action`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oversize {
    /// Refuse.
    Block,
    /// Stream under the candidate rule.
    StreamScan,
}

/// Which request headers are searched for secrets.
#[derive(Debug, Clone)]
pub enum HeaderScope {
    /// None.
    Off,
    /// The listed names, lower case.
    Sensitive(BTreeSet<String>),
    /// All but the listed names, lower case.
    AllBut(BTreeSet<String>),
}

/// `response_scanning`.
#[derive(Debug, Clone)]
pub struct ResponseScanning {
    /// Off leaves only the core floor, with `action` if the file set one, else block.
    pub enabled: bool,
    /// Wish.
    pub action: Action,
    /// Hosts whose findings only warn.
    pub exempt: DomainSet,
    /// Hosts where prompts are expected in request bodies.
    pub providers: DomainSet,
    /// Largest body held whole before its first byte goes.
    pub hold: u64,
    /// Largest body that is rewritten (`strip`).
    pub max_response: u64,
    /// DLP on responses.
    pub dlp_action: Action,
    /// Event streams; absent: not scanned.
    pub sse: Option<SseScanning>,
}

/// `response_scanning.sse_streaming`.
#[derive(Debug, Clone)]
pub struct SseScanning {
    /// Block or warn.
    pub action: Action,
    /// Largest event.
    pub max_event: usize,
}

/// `fetch_proxy`: the main listener.
#[derive(Debug, Clone)]
pub struct Listener {
    /// Address.
    pub listen: SocketAddr,
    /// Silence that an upstream may keep before its head, and in a body.
    pub upstream_timeout: Duration,
}

/// `forward_proxy`. Both durations are positive.
#[derive(Debug, Clone)]
pub struct ForwardProxy {
    /// Longest life of one tunnel; absent: as long as it moves bytes.
    pub max_tunnel: Option<Duration>,
    /// Longest silence in both directions.
    pub idle: Duration,
    /// ClientHello name must equal the CONNECT host.
    pub sni_verification: bool,
    /// Ports; absent: all.
    pub allowed_ports: Option<BTreeSet<u16>>,
    /// Protocols that are neither TLS nor HTTP.
    pub opaque: Opaque,
    /// Encrypted ClientHello is refused.
    pub refuse_ech: bool,
}

/// `forward_proxy.opaque_protocols` and `allowed_opaque`.
#[derive(Debug, Clone)]
pub enum Opaque {
    /// All pass.
    Allow,
    /// Only these pass.
    Refuse {
        /// `host:port`, host in lower case.
        hosts: BTreeSet<(String, u16)>,
        /// `CIDR:port`.
        networks: Vec<(Cidr, u16)>,
    },
}

/// `kill_switch`, the basics.
#[derive(Debug, Clone)]
pub struct KillSwitch {
    /// `enabled`.
    pub active: bool,
    /// File whose existence activates.
    pub sentinel: Option<PathBuf>,
    /// What refused callers read.
    pub message: Clean,
    /// `/health` and the probes answer.
    pub health_exempt: bool,
    /// `/metrics` answers.
    pub metrics_exempt: bool,
    /// Peers that pass.
    pub allowlist: Vec<Cidr>,
}

/// `logging`.
#[derive(Debug, Clone)]
pub struct Logging {
    /// Standard output.
    pub stdout: bool,
    /// File, appended to, mode 0600.
    pub file: Option<PathBuf>,
    /// Lines for what passed.
    pub include_allowed: bool,
    /// Lines for what was refused.
    pub include_blocked: bool,
}

/// `limits`.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of bodies held at a time, all exchanges together.
    pub buffered: u64,
    /// Longest head.
    pub head_bytes: usize,
    /// Most fields of a head.
    pub head_fields: usize,
    /// Connections of one listener.
    pub connections: usize,
    /// Connections of one peer address; absent: no cap.
    pub connections_per_peer: Option<usize>,
    /// Tunnels.
    pub tunnels: usize,
}
