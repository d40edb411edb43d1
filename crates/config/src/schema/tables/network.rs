//! Listeners, forwarding, names.

use super::{
    Choice, Duration, Flag, Float, INTS, Int, Key, List, Map, Set, TEXTS, Table, Text, Word, key,
};

pub(super) const FETCH_PROXY: &[Key] = &[
    key("listen", Text),
    key("timeout_seconds", Int),
    key("max_response_mb", Int),
    key("user_agent", Text).later(),
    key("monitoring", Table(MONITORING)),
];

const MONITORING: &[Key] = &[
    key("max_url_length", Int),
    key("entropy_threshold", Float),
    key("subdomain_entropy_threshold", Float),
    key("max_requests_per_minute", Int),
    key("unlimited", Flag),
    key("max_data_per_minute", Int),
    key("blocklist", TEXTS),
    key("subdomain_entropy_exclusions", TEXTS),
    key("scan_nested_urls", Flag).protects(Set),
    key("query_entropy_exclusions", TEXTS).later(),
    key("path_entropy_exclusions", List(&Table(PATH_EXCLUSION))).later(),
    key(
        "query_entropy_param_exclusions",
        List(&Table(PARAM_EXCLUSION)),
    )
    .later(),
];

const PATH_EXCLUSION: &[Key] = &[
    key("scheme", Text),
    key("host", Text),
    key("path_prefix", Text),
    key("reason", Text),
    key("owner", Text),
    key("expires", Text),
];

const PARAM_EXCLUSION: &[Key] = &[
    key("scheme", Text),
    key("host", Text),
    key("path", Text),
    key("param", Text),
    key("reason", Text),
    key("owner", Text),
    key("expires", Text),
];

pub(super) const FORWARD_PROXY: &[Key] = &[
    key("enabled", Flag),
    key("max_tunnel_seconds", Int),
    key("idle_timeout_seconds", Int),
    key("sni_verification", Flag),
    key("redirect_websocket_hosts", TEXTS).later(),
    key("follow_redirects", Flag).later(),
    key("allowed_ports", INTS),
    key("opaque_protocols", Word(&["refuse", "allow"])),
    key("allowed_opaque", TEXTS),
    key("ech", Word(&["check_outer", "block"])),
    key("sni_require_tls", Flag).protects(Set),
];

pub(super) const WEBSOCKET_PROXY: &[Key] = &[
    key("enabled", Flag),
    key("max_message_bytes", Int),
    key("max_concurrent_connections", Int),
    key("scan_text_frames", Flag),
    key("allow_binary_frames", Flag),
    key("forward_cookies", Flag),
    key("strip_compression", Flag),
    key("max_connection_seconds", Int),
    key("idle_timeout_seconds", Int),
    key("origin_policy", Choice(&["rewrite", "forward", "strip"])),
    key("compression", Choice(&["refuse", "terminate"])),
    key("content_entropy_exclusions", TEXTS),
];

pub(super) const TLS_INTERCEPTION: &[Key] = &[
    key("enabled", Flag),
    key("ca_cert", Text),
    key("ca_key", Text),
    key("passthrough_domains", TEXTS),
    key("cert_ttl", Duration),
    key("cert_cache_size", Int),
    key("max_response_bytes", Int),
    key("upstream_ca_bundle", Text),
    key(
        "client_certs",
        List(&Table(&[
            key("host", Text),
            key("cert", Text),
            key("key", Text),
        ])),
    ),
];

pub(super) const REVERSE_PROXY: &[Key] = &[
    key("enabled", Flag),
    key("listen", Text),
    key("upstream", Text),
    key("routes", List(&Table(ROUTE))),
    key("profile", Text).protects(Set),
    key("allowed_methods", TEXTS).protects(Set),
    key("allowed_paths", List(&Table(&[key("exact", Text)]))).protects(Set),
    key("trusted_upstream", Table(TRUSTED_UPSTREAM)).protects(Set),
    key("max_body_bytes", Int).protects(Set),
    key("max_inflight_scan_bytes", Int).protects(Set),
    key("request_timeout_seconds", Int).protects(Set),
];

const ROUTE: &[Key] = &[
    key("path_prefix", Text),
    key("mode", Choice(&["scan", "mcp", "passthrough", "deny"])),
    key("upstream", Text),
    key("websocket", Flag),
];

const TRUSTED_UPSTREAM: &[Key] = &[
    key("host", Text),
    key("port", Int),
    key("reason", Text),
    key("added", Text),
    key("expires", Text),
];

pub(super) const TRANSPARENT_PROXY: &[Key] = &[
    key("enabled", Flag),
    key("listen", TEXTS),
    key("dns_listen", TEXTS),
    key("dns_upstreams", TEXTS),
    key(
        "inbound",
        List(&Table(&[
            key("listen", Text),
            key("target", Text),
            key("routes", List(&Table(ROUTE))),
        ])),
    ),
    key(
        "destination",
        Choice(&["by_name", "original", "original_any"]),
    ),
    key("no_name", Text),
    key("allowed_endpoints", TEXTS),
    key("sniff_timeout", Duration),
    key("sniff_bytes", Int),
    key("ech", Choice(&["block", "allow_public_name"])),
    key("agent_by_uid", Map(&Text)),
    key("bypass_mark", Text),
    key("bypass_uid", Int),
];

pub(super) const DNS: &[Key] = &[
    key("servers", TEXTS),
    key("min_ttl_seconds", Int),
    key("host_overrides", Map(&TEXTS)),
];

pub(super) const TLS_FILES: &[Key] = &[key("cert", Text), key("key", Text), key("client_ca", Text)];

pub(super) const PROXY_AUTH: &[Key] = &[
    key("required", Flag).protects(Set),
    key("basic_file", Text),
    key("bearer_tokens_file", Text),
];

pub(super) const METRICS_AUTH: &[Key] =
    &[key("bearer_token_file", Text), key("allow_cidrs", TEXTS)];

pub(super) const APPROVALS: &[Key] = &[
    key(
        "backends",
        List(&Choice(&["tty", "elicitation", "api", "webhook"])),
    ),
    key("socket", Text),
    key("webhook_url", Text),
    key("remember_minutes", Int),
];
