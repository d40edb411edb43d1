//! Kill switch, logs, sinks, recorder, health.

use super::{
    Any, DefaultOff, Duration, Flag, Float, Int, Key, Kind, List, Map, Set, TEXTS, Table, Text,
    Word, key,
};

pub(super) const SCAN_API: &[Key] = &[
    key("listen", Text),
    key(
        "auth",
        Table(&[key("bearer_tokens", TEXTS), key("bearer_tokens_file", Text)]),
    ),
    key(
        "rate_limit",
        Table(&[key("requests_per_minute", Int), key("burst", Int)]),
    ),
    key("max_body_bytes", Int),
    key(
        "field_limits",
        Table(&[
            key("url", Int),
            key("text", Int),
            key("content", Int),
            key("arguments", Int),
        ]),
    ),
    key(
        "timeouts",
        Table(&[
            key("read", Duration),
            key("write", Duration),
            key("scan", Duration),
        ]),
    ),
    key("connection_limit", Int),
    key(
        "kinds",
        Table(&[
            key("url", Flag),
            key("dlp", Flag),
            key("prompt_injection", Flag),
            key("tool_call", Flag),
        ]),
    ),
];

pub(super) const KILL_SWITCH: &[Key] = &[
    key("enabled", Flag),
    key("sentinel_file", Text),
    key("message", Text),
    key("health_exempt", Flag),
    key("metrics_exempt", Flag),
    key("api_exempt", Flag),
    key("api_token", Text).later(),
    key("api_token_file", Text).later(),
    key("api_listen", Text).later(),
    key("allowlist_ips", TEXTS),
    key("persist_state_file", Text).later(),
];

const SINK_SEVERITY: Kind = Word(&["info", "warn", "critical"]);
const SINK_FORMAT: Kind = Word(&["json", "cef", "ocsf"]);

pub(super) const EMIT: &[Key] = &[
    key("instance_id", Text),
    key("webhook", Table(WEBHOOK)),
    key("syslog", Table(SYSLOG)),
    key("otlp", Table(OTLP)),
    key(
        "filter",
        Table(&[
            key("actions", TEXTS),
            key("decision_types", TEXTS),
            key("agents", TEXTS),
        ]),
    ),
    key("forwarder", Any),
];

const WEBHOOK: &[Key] = &[
    key("url", Text),
    key("min_severity", SINK_SEVERITY),
    key("auth_token", Text),
    key("auth_token_file", Text),
    key("auth_scheme", Text),
    key("hmac_secret_file", Text),
    key("headers", Map(&Text)),
    key("timeout_seconds", Int),
    key("queue_size", Int),
    key("format", SINK_FORMAT),
];

const SYSLOG: &[Key] = &[
    key("address", Text),
    key("min_severity", SINK_SEVERITY),
    key("facility", Text),
    key("tag", Text),
    key("format", SINK_FORMAT),
    key("framing", Word(&["rfc3164", "rfc5424"])),
];

const OTLP: &[Key] = &[
    key("endpoint", Text),
    key("headers", Map(&Text)),
    key("headers_file", Text),
    key("timeout_seconds", Int),
    key("queue_size", Int),
    key("min_severity", SINK_SEVERITY),
    key("gzip", Flag),
    key("agent_threat_detection_emit", Flag),
];

pub(super) const LOGGING: &[Key] = &[
    key("format", Word(&["json", "text"])),
    key("output", Word(&["stdout", "file", "both"])),
    key("file", Text),
    key("include_allowed", Flag),
    key("include_blocked", Flag),
];

pub(super) const SENTRY: &[Key] = &[
    key("enabled", Flag),
    key("dsn", Text),
    key("environment", Text),
    key("sample_rate", Float),
    key("debug", Flag),
];

pub(super) const FLIGHT_RECORDER: &[Key] = &[
    key("enabled", Flag),
    key("dir", Text),
    key("checkpoint_interval", Int),
    key("checkpoint_interval_seconds", Int),
    key("max_entries_per_file", Int),
    key("retention_days", Int),
    key("redact", Flag),
    key("sign_checkpoints", Flag),
    key("raw_escrow", Flag),
    key("escrow_public_key", Text),
    key("signing_key_path", Text),
    key("require_receipts", Flag).protects(Set),
    key("require_containment_evidence", Flag).protects(Set),
    key("posture_signer_key", Text).protects(Set),
    key("fsync", Word(&["none", "checkpoint", "entry"])),
    key("file_mode", Any),
    key("completeness", Table(&[key("heartbeat_interval", Any)])),
    key(
        "evidence_health",
        Table(&[
            key("enabled", Flag),
            key("self_audit_interval", Any),
            key("max_anchor_lag", Any),
        ]),
    ),
    key("anchor", Table(ANCHOR)),
];

const ANCHOR: &[Key] = &[
    key("rekor_url", Text),
    key("rekor_key_path", Text),
    key("local_log", Text),
    key("log_id", Text),
    key("interval", Any),
    key("receipt_threshold", Int),
];

pub(super) const MEDIATION_ENVELOPE: &[Key] = &[
    key("enabled", Flag),
    key("sign", Flag),
    key("signing_key_path", Text),
    key("key_id", Text),
    key("signed_components", TEXTS),
    key("created_skew_seconds", Int),
    key("max_body_bytes", Int),
    key("domains", TEXTS),
    key("signature_expires", Any),
    key("actor_format", Text),
    key("trust_domain", Text),
    key("verify_inbound", Table(VERIFY_INBOUND)).guards(DefaultOff),
];

const VERIFY_INBOUND: &[Key] = &[
    key("enabled", Flag),
    key("trust_list", List(&Any)),
    key(
        "replay_cache",
        Table(&[key("window", Any), key("max_entries", Int)]),
    ),
];

pub(super) const HEALTH_WATCHDOG: &[Key] = &[
    key("enabled", Flag),
    key("interval_seconds", Int),
    key("expose_subsystems", Flag),
];
