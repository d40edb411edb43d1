//! The values that hold where nobody sets one: the `balanced` preset without its
//! rules, which the `rules` crate knows.

use crate::{
    Canaries, Enforcement, ForwardProxy, HeaderScope, KillSwitch, Limits, Listener, Logging, Mode,
    Opaque, Oversize, Policy, Precision, RequestInjection, RequestScanning, ResponseScanning,
    Secrets, SeedPhrases, SseScanning, Suppressions,
};
use pipelock_detect::address::AddressRules;
use pipelock_detect::domain::DomainSet;
use pipelock_detect::engine::RuleSet;
use pipelock_detect::url::UrlRules;
use pipelock_model::{Action, Clean};
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::time::Duration;

/// Request headers that carry credentials.
pub const SENSITIVE_HEADERS: [&str; 6] = [
    "authorization",
    "cookie",
    "x-api-key",
    "x-token",
    "proxy-authorization",
    "x-goog-api-key",
];

/// Request headers that never do, skipped when all others are read.
pub const IGNORED_HEADERS: [&str; 13] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "host",
    "content-length",
    "content-type",
    "accept",
    "accept-encoding",
    "user-agent",
];

/// Model providers: hosts where prompts are expected in request bodies.
pub const PROVIDER_DOMAINS: [&str; 13] = [
    "*.openai.com",
    "*.anthropic.com",
    "*.openai.azure.com",
    "generativelanguage.googleapis.com",
    "aiplatform.googleapis.com",
    "api.mistral.ai",
    "api.groq.com",
    "api.x.ai",
    "api.deepseek.com",
    "api.cohere.com",
    "openrouter.ai",
    "api.together.xyz",
    "api.fireworks.ai",
];

/// Ports that strict mode reaches unless the operator lists others.
pub const STRICT_PORTS: [u16; 4] = [80, 443, 8080, 8443];

/// Requests per minute and registrable domain.
pub const REQUESTS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(60).expect("60 is not zero");

/// Least memory for held bodies: one large body and some small ones.
pub const LEAST_BUFFERED: u64 = 32 << 20;

impl Default for Policy {
    fn default() -> Self {
        Self {
            mode: Mode::Balanced,
            enforcement: Enforcement::Enforce,
            explain_blocks: false,
            url: UrlRules::default(),
            addresses: AddressRules::default(),
            api_allowlist: DomainSet::default(),
            rate: Some(REQUESTS_PER_MINUTE),
            data_budget: None,
            rules: RuleSet::default(),
            precision: Precision::Improved,
            secrets: Secrets::default(),
            canaries: Canaries::default(),
            seeds: Some(SeedPhrases::default()),
            address_protection: None,
            cross_request: None,
            request: Some(RequestScanning::default()),
            response: ResponseScanning::default(),
            listener: Listener::default(),
            forward: Some(ForwardProxy::default()),
            scan_api: None,
            suppress: Suppressions::default(),
            kill_switch: KillSwitch::default(),
            logging: Logging::default(),
            metrics_listen: None,
            limits: Limits::default(),
            default_agent: None,
            bind_default_agent: false,
            shutdown_grace: Duration::from_secs(20),
            hash: Clean::constant(""),
        }
    }
}

impl Default for RequestScanning {
    fn default() -> Self {
        Self {
            action: Action::Warn,
            max_body: 5 << 20,
            oversize: Oversize::Block,
            headers: HeaderScope::default(),
            injection: RequestInjection::Auto,
        }
    }
}

impl Default for HeaderScope {
    fn default() -> Self {
        Self::Sensitive(SENSITIVE_HEADERS.map(str::to_owned).into())
    }
}

impl Default for ResponseScanning {
    fn default() -> Self {
        Self {
            enabled: true,
            action: Action::Warn,
            exempt: DomainSet::default(),
            providers: DomainSet::new(PROVIDER_DOMAINS),
            hold: 1 << 20,
            max_response: 10 << 20,
            dlp_action: Action::Warn,
            sse: Some(SseScanning::default()),
        }
    }
}

impl Default for SseScanning {
    fn default() -> Self {
        Self {
            action: Action::Block,
            max_event: 64 << 10,
        }
    }
}

impl Default for Listener {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8888)),
            upstream_timeout: Duration::from_secs(30),
        }
    }
}

impl Default for ForwardProxy {
    fn default() -> Self {
        Self {
            max_tunnel: None,
            idle: Duration::from_secs(120),
            sni_verification: true,
            allowed_ports: None,
            opaque: Opaque::default(),
            refuse_ech: false,
        }
    }
}

/// Nothing opaque passes.
impl Default for Opaque {
    fn default() -> Self {
        Self::Refuse {
            hosts: std::collections::BTreeSet::new(),
            networks: Vec::new(),
        }
    }
}

impl Default for KillSwitch {
    fn default() -> Self {
        Self {
            active: false,
            sentinel: None,
            message: Clean::constant("Emergency deny-all active"),
            health_exempt: true,
            metrics_exempt: true,
            allowlist: Vec::new(),
        }
    }
}

impl Default for Logging {
    fn default() -> Self {
        Self {
            stdout: true,
            file: None,
            include_allowed: true,
            include_blocked: true,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            buffered: LEAST_BUFFERED,
            head_bytes: 64 << 10,
            head_fields: 200,
            connections: 16_384,
            connections_per_peer: None,
            tunnels: 1024,
        }
    }
}
