//! What is looked for, and where.

use super::{
    Choice, Flag, Float, Int, Key, List, Map, Set, TEXTS, Table, Text, WARN_BLOCK, Word, key,
};

pub(super) const DLP: &[Key] = &[
    key("scan_env", Flag),
    key("secrets_file", Text),
    key("min_env_secret_length", Int),
    key("include_defaults", Flag),
    key("builtin_precision", Word(&["improved", "reference"])),
    key("patterns", List(&Table(DLP_PATTERN))),
    key("action", Text),
];

const DLP_PATTERN: &[Key] = &[
    key("name", Text),
    key("regex", Text),
    key("severity", Word(&["critical", "high", "medium", "low"])),
    key("validator", Word(&["luhn", "mod97", "aba", "wif"])),
    key("exempt_domains", TEXTS),
    key("action", Word(&["warn"])),
];

pub(super) const CANARY_TOKENS: &[Key] = &[
    key("enabled", Flag),
    key(
        "tokens",
        List(&Table(&[
            key("name", Text),
            key("value", Text),
            key("env_var", Text),
        ])),
    ),
];

pub(super) const SEED_PHRASES: &[Key] = &[
    key("enabled", Flag),
    key("min_words", Int),
    key("verify_checksum", Flag),
];

pub(super) const ADDRESS_PROTECTION: &[Key] = &[
    key("enabled", Flag),
    key("action", WARN_BLOCK),
    key("unknown_action", Choice(&["allow", "warn", "block"])),
    key("allowed_addresses", TEXTS),
    key(
        "chains",
        Table(&[
            key("eth", Flag),
            key("btc", Flag),
            key("bnb", Flag),
            key("sol", Flag),
        ]),
    ),
    key(
        "similarity",
        Table(&[key("prefix_length", Int), key("suffix_length", Int)]),
    ),
];

pub(super) const RESPONSE_SCANNING: &[Key] = &[
    key("enabled", Flag),
    key("action", Choice(&["strip", "warn", "block", "ask"])),
    key("ask_timeout_seconds", Int).later(),
    key("include_defaults", Flag),
    key(
        "patterns",
        List(&Table(&[key("name", Text), key("regex", Text)])),
    ),
    key("exempt_domains", TEXTS),
    key("provider_domains", TEXTS),
    key("hold_bytes", Int),
    key("dlp_action", Word(&["off", "warn", "block"])),
    key(
        "sse_streaming",
        Table(&[
            key("enabled", Flag),
            key("action", WARN_BLOCK),
            key("max_event_bytes", Int),
        ]),
    ),
    key("size_exempt_domains", TEXTS).later(),
    key("size_exempt_scan_max_bytes", Int).later(),
    key("size_exempt_scan_max_inflight_bytes", Int).later(),
    key("unscannable_passthrough", List(&super::Any)).later(),
    key("authenticated_artifacts", List(&super::Any)).later(),
    key(
        "mcp_servers",
        List(&Table(&[
            key("server", Text),
            key("trust", Choice(&["untrusted", "reasoning"])),
        ])),
    )
    .later(),
];

pub(super) const REQUEST_BODY_SCANNING: &[Key] = &[
    key("enabled", Flag),
    key("action", WARN_BLOCK),
    key("max_body_bytes", Int),
    key("scan_headers", Flag),
    key("header_mode", Word(&["sensitive", "all"])),
    key("sensitive_headers", TEXTS),
    key("ignore_headers", TEXTS),
    key("injection", Word(&["auto", "off", "warn", "block"])),
    key("oversize_action", Word(&["block", "stream_scan"])),
    key("content_entropy_enabled", Flag).protects(Set),
    key("content_entropy_action", WARN_BLOCK),
    key("content_entropy_threshold", Float),
    key("content_entropy_min_length", Int),
    key("content_entropy_exclusions", TEXTS).later(),
    key("content_entropy_warn_routes", List(&super::Any)).later(),
    key("sigv4_credential_routes", List(&super::Any)).later(),
    key("trusted_hosts", TEXTS).later(),
    key("disable_patterns", TEXTS).later(),
    key("pattern_actions", Map(&WARN_BLOCK)).protects(Set),
];

pub(super) const REDACTION: &[Key] = &[
    key("enabled", Flag),
    key("default_profile", Text),
    key(
        "profiles",
        Map(&Table(&[key("classes", TEXTS), key("dictionaries", TEXTS)])),
    ),
    key("dictionaries", Map(&Table(DICTIONARY))),
    key(
        "limits",
        Table(&[
            key("max_body_bytes", Int),
            key("max_redactions_per_request", Int),
            key("max_depth", Int),
        ]),
    ),
    key("strict_reload", Flag),
    key("allowlist_unparseable", TEXTS),
];

const DICTIONARY: &[Key] = &[
    key("class", Text),
    key("entries", TEXTS),
    key("entries_file", Text),
    key("case_insensitive", Flag),
    key("word_boundary", Flag),
    key("priority", Int),
];

const ALLOW_WARN_BLOCK: super::Kind = Choice(&["block", "warn", "allow"]);

pub(super) const REQUEST_POLICY: &[Key] = &[
    key("enabled", Flag),
    key("on_parse_error", ALLOW_WARN_BLOCK),
    key("on_opaque_operation", ALLOW_WARN_BLOCK),
    key("rules", List(&Table(POLICY_RULE))),
    key("batch", List(&Table(POLICY_BATCH))),
];

const POLICY_ROUTE: &[Key] = &[
    key("hosts", TEXTS),
    key("methods", TEXTS),
    key("path_prefixes", TEXTS),
    key("path_patterns", TEXTS),
    key("content_types", TEXTS),
];

const POLICY_RULE: &[Key] = &[
    key("name", Text),
    key("action", WARN_BLOCK),
    key("shadow", Flag),
    key("reason", Text),
    key("route", Table(POLICY_ROUTE)),
    key(
        "graphql",
        Table(&[
            key("operation_types", TEXTS),
            key("root_field_patterns", TEXTS),
        ]),
    ),
    key(
        "discriminator",
        Table(&[key("field", Text), key("value_patterns", TEXTS)]),
    ),
];

const POLICY_BATCH: &[Key] = &[
    key("route", Table(POLICY_ROUTE)),
    key("requests_field", Text),
    key("method_field", Text),
    key("url_field", Text),
    key("body_field", Text),
    key("max_sub_requests", Int),
];

pub(super) const CONTENT_EXTRACTION: &[Key] = &[
    key("enabled", Flag),
    key("directions", List(&Choice(&["request", "response", "mcp"]))),
    key("formats", TEXTS),
    key("on_limit", WARN_BLOCK),
    key("on_encrypted", Text),
    key("on_parse_error", Text),
    key("strings_min", Int),
    key("max_depth", Int),
    key("max_entries", Int),
    key("max_entry_bytes", Int),
    key("max_total_bytes", Int),
    key("max_ratio", Int),
    key("time_budget_ms", Int),
    key("mismatch_action", Text),
    key("external", super::Any),
];

pub(super) const BROWSER_SHIELD: &[Key] = &[
    key("enabled", Flag),
    key("strictness", Choice(&["minimal", "standard", "aggressive"])),
    key("max_shield_bytes", Int),
    key("oversize_action", Choice(&["block", "scan_head", "warn"])),
    key("exempt_domains", TEXTS),
    key("strip_extension_probing", Flag),
    key("strip_hidden_traps", Flag),
    key("strip_tracking_pixels", Flag),
    key("inject_fingerprint_shims", Flag),
    key("tracking_domains", TEXTS),
];

pub(super) const MEDIA_POLICY: &[Key] = &[
    key("enabled", Flag),
    key("strip_images", Flag),
    key("strip_audio", Flag),
    key("strip_video", Flag),
    key("strip_image_metadata", Flag),
    key("log_media_exposure", Flag),
    key("allowed_image_types", TEXTS),
    key("max_image_bytes", Int),
];

pub(super) const CROSS_REQUEST: &[Key] = &[
    key("enabled", Flag),
    key("action", WARN_BLOCK),
    key("entropy_budget", Table(ENTROPY_BUDGET)),
    key(
        "fragment_reassembly",
        Table(&[
            key("enabled", Flag),
            key("max_buffer_bytes", Int),
            key("window_minutes", Int),
            key("max_sessions", Int),
        ]),
    ),
];

const ENTROPY_BUDGET: &[Key] = &[
    key("enabled", Flag),
    key("bits_per_window", Float),
    key("window_minutes", Int),
    key("action", WARN_BLOCK),
    key("exempt_domains", TEXTS),
    key("count", Choice(&["novel", "all"])),
];

pub(super) const RULES: &[Key] = &[
    key("rules_dir", Text),
    key("min_confidence", Word(&["high", "medium", "low"])),
    key("include_experimental", Flag),
    key("disabled", TEXTS),
    key(
        "trusted_keys",
        List(&Table(&[
            key("name", Text),
            key("public_key", Text),
            key("tier", Text),
        ])),
    ),
    key("allow_degraded", Flag),
    key("trust_embedded_keys", Flag),
    key("allow_unversioned_bundle_load", Flag),
];
