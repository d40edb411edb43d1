//! The spellings, by area. Order and names follow the configuration reference.

use super::Kind::{
    Any, Choice, Duration, Flag, Float, Int, List, Map, Table, Text, TextOr, Time, Word,
};
use super::Switch::{Content, DefaultOff, DefaultOn};
use super::When::{Is, Set};
use super::{Key, Kind, key};

mod detection;
mod evidence;
mod mcp;
mod network;
mod sessions;

const TEXTS: Kind = List(&Text);
const INTS: Kind = List(&Int);
const WARN_BLOCK: Kind = Choice(&["warn", "block"]);

/// The top level.
pub(super) const ROOT: &[Key] = &[
    key("version", Int),
    key("mode", Word(&["strict", "balanced", "audit"])),
    key("enforce", Flag),
    key("explain_blocks", Flag),
    key("api_allowlist", TEXTS),
    key("suppress", List(&Table(SUPPRESS))),
    key("internal", TEXTS),
    key("trusted_domains", TEXTS),
    key("ssrf", Table(&[key("ip_allowlist", TEXTS)])),
    key("metrics_listen", Text),
    key("default_agent_identity", Text),
    key("bind_default_agent_identity", Flag),
    key("license_key", Any).licence(),
    key("license_file", Any).licence(),
    key("license_public_key", Any).licence(),
    key("license_crl_file", Any).licence(),
    key("license_intermediate_file", Any).licence(),
    key("license_require_intermediate", Any).licence(),
    key("license_crl_max_age", Any).licence(),
    key("reload_policy", Word(&["warn", "reject"])).later(),
    key("shutdown_grace_seconds", Int),
    key("limits", Table(LIMITS)),
    key("fetch_proxy", Table(network::FETCH_PROXY)),
    key("forward_proxy", Table(network::FORWARD_PROXY)),
    key("websocket_proxy", Table(network::WEBSOCKET_PROXY)).unbuilt(DefaultOff),
    key("tls_interception", Table(network::TLS_INTERCEPTION)).guards(DefaultOff),
    key("reverse_proxy", Table(network::REVERSE_PROXY)).unbuilt(DefaultOff),
    key("transparent_proxy", Table(network::TRANSPARENT_PROXY)).unbuilt(DefaultOff),
    key("upstream_proxy", Text).later(),
    key("trusted_proxies", TEXTS).later(),
    key("dns", Table(network::DNS)).unbuilt(Content),
    key("listener_tls", Table(network::TLS_FILES)).guards(Content),
    key("proxy_auth", Table(network::PROXY_AUTH)).unbuilt(Content),
    key("metrics_auth", Table(network::METRICS_AUTH)).unbuilt(Content),
    key("approvals", Table(network::APPROVALS)).unbuilt(Content),
    key("dlp", Table(detection::DLP)),
    key("canary_tokens", Table(detection::CANARY_TOKENS)),
    key("seed_phrase_detection", Table(detection::SEED_PHRASES)),
    key("address_protection", Table(detection::ADDRESS_PROTECTION)),
    key("response_scanning", Table(detection::RESPONSE_SCANNING)),
    key(
        "request_body_scanning",
        Table(detection::REQUEST_BODY_SCANNING),
    ),
    key("redaction", Table(detection::REDACTION)).guards(DefaultOff),
    key("request_policy", Table(detection::REQUEST_POLICY)).guards(Content),
    key("content_extraction", Table(detection::CONTENT_EXTRACTION)).unbuilt(DefaultOn),
    key("browser_shield", Table(detection::BROWSER_SHIELD)).unbuilt(DefaultOff),
    key("media_policy", Table(detection::MEDIA_POLICY)).unbuilt(DefaultOn),
    key("cross_request_detection", Table(detection::CROSS_REQUEST)),
    key("rules", Table(detection::RULES)).unbuilt(Content),
    key("mcp_input_scanning", Table(mcp::INPUT_SCANNING)).unbuilt(DefaultOff),
    key("mcp_tool_scanning", Table(mcp::TOOL_SCANNING)).unbuilt(DefaultOff),
    key("mcp_tool_policy", Table(mcp::TOOL_POLICY)).unbuilt(DefaultOff),
    key("mcp_session_binding", Table(mcp::SESSION_BINDING)).unbuilt(DefaultOff),
    key("mcp_ws_listener", Table(mcp::WS_LISTENER)).unbuilt(Content),
    key("mcp_binary_integrity", Table(mcp::BINARY_INTEGRITY)).unbuilt(DefaultOff),
    key("mcp_tool_provenance", Table(mcp::TOOL_PROVENANCE)).unbuilt(DefaultOff),
    key("a2a_scanning", Table(mcp::A2A_SCANNING)).unbuilt(DefaultOff),
    key("tool_chain_detection", Table(mcp::TOOL_CHAINS)).unbuilt(DefaultOff),
    key("mcp", Table(mcp::MCP)).unbuilt(Content),
    key("mcp_listener", Table(mcp::LISTENER)).unbuilt(Content),
    key("mcp_data_class_labels", Table(mcp::DATA_CLASS_LABELS)).unbuilt(DefaultOff),
    key("defer", Table(mcp::DEFER)).guards(DefaultOff),
    key("session_profiling", Table(sessions::PROFILING)).unbuilt(DefaultOff),
    key("adaptive_enforcement", Table(sessions::ADAPTIVE)).unbuilt(DefaultOff),
    key("airlock", Table(sessions::AIRLOCK)).unbuilt(DefaultOff),
    key("behavioral_baseline", Table(sessions::BASELINE)).unbuilt(DefaultOff),
    key("taint", Table(sessions::TAINT)).unbuilt(DefaultOn),
    key("agents", Map(&Table(sessions::AGENT))).unbuilt(Content),
    key("state", Table(sessions::STATE)).unbuilt(Content),
    key("learn", Table(sessions::LEARN)).unbuilt(Content),
    key("learn_lock", Table(sessions::LEARN_LOCK)).unbuilt(DefaultOff),
    key("file_sentry", Table(sessions::FILE_SENTRY)).unbuilt(DefaultOff),
    key("sandbox", Table(sessions::SANDBOX)).unbuilt(DefaultOff),
    key("git_protection", Table(sessions::GIT_PROTECTION)).unbuilt(DefaultOff),
    key("scan_api", Table(evidence::SCAN_API)),
    key("kill_switch", Table(evidence::KILL_SWITCH)),
    key("emit", Table(evidence::EMIT)).unbuilt(Content),
    key("logging", Table(evidence::LOGGING)),
    key("sentry", Table(evidence::SENTRY)).unbuilt(DefaultOff),
    key("flight_recorder", Table(evidence::FLIGHT_RECORDER)).unbuilt(DefaultOn),
    key("mediation_envelope", Table(evidence::MEDIATION_ENVELOPE)).unbuilt(DefaultOff),
    key("health_watchdog", Table(evidence::HEALTH_WATCHDOG)).unbuilt(DefaultOn),
    key("guard", Any).guards(Content),
    key("containment", Any).unbuilt(Content),
    key("conductor", Any).unbuilt(Content),
    key("dashboard_snapshot", Any).unbuilt(Content),
    key("evidence_provenance", Any).unbuilt(Content),
];

const SUPPRESS: &[Key] = &[
    key("rule", Text),
    key("path", Text),
    key("reason", Text),
    key("expires", Time),
];

const LIMITS: &[Key] = &[
    key("max_buffered_bytes", Int),
    key("json_depth", Int).later(),
    key("max_head_bytes", Int),
    key("max_header_fields", Int),
    key("max_tunnels", Int),
    key("max_connections", Int),
    key("max_connections_per_peer", Int),
];
