//! MCP and A2A.

use super::{
    Choice, Flag, Float, Int, Is, Key, Kind, List, Map, Set, TEXTS, Table, Text, WARN_BLOCK, Word,
    key,
};

pub(super) const INPUT_SCANNING: &[Key] = &[
    key("enabled", Flag),
    key("action", WARN_BLOCK),
    key("on_parse_error", Word(&["block", "forward"])),
    key("response_timeout_seconds", Int),
];

pub(super) const TOOL_SCANNING: &[Key] = &[
    key("enabled", Flag),
    key("action", Choice(&["warn", "block", "drop_tool"])),
    key("detect_drift", Flag),
    key("pin_file", Text),
    key("new_tool_admission", Choice(&["admit", "withhold"])).protects(Is(&["withhold"])),
    key("new_tool_action", WARN_BLOCK).protects(Is(&["block"])),
    key("listener_drift_reset_file", Text),
    key("listener_drift_reset_authority_public_key_file", Text),
    key("listener_drift_reset_target", Text),
];

const POLICY_ACTION: Kind = Choice(&["warn", "block", "redirect", "allow", "ask", "defer"]);

pub(super) const TOOL_POLICY: &[Key] = &[
    key("enabled", Flag),
    key("action", POLICY_ACTION).protects(Is(&["defer"])),
    key("rules", List(&Table(TOOL_RULE))),
    key("redirect_profiles", Map(&Table(REDIRECT_PROFILE))),
    key("quarantine_dir", Text),
    key("include_defaults", Flag),
    key("deny_by_default", Flag),
    key("defer_resolver_profiles", super::Any).protects(Set),
];

const TOOL_RULE: &[Key] = &[
    key("name", Text),
    key("tool_pattern", Text),
    key("arg_pattern", Text),
    key("arg_key", Text),
    key("action", POLICY_ACTION).protects(Is(&["defer"])),
    key("redirect_profile", Text),
    key("server", Text),
    key("methods", TEXTS),
    key("arg_path", Text),
    key("arg_source", Text).protects(Set),
    key("arg_type", Text).protects(Set),
    key("arg_number_gt", Float).protects(Set),
    key("arg_number_lt", Float).protects(Set),
    key("arg_len_gt", Int).protects(Set),
    key("arg_len_lt", Int).protects(Set),
    key("arg_value_in", List(&super::Any)).protects(Set),
    key("resolution_policy", super::Any).protects(Set),
];

const REDIRECT_PROFILE: &[Key] = &[
    key("exec", TEXTS),
    key("reason", Text),
    key("preserve_argv", Flag),
    key("match_abs_path", Flag),
];

pub(super) const SESSION_BINDING: &[Key] = &[
    key("enabled", Flag),
    key("unknown_tool_action", WARN_BLOCK),
    key("no_baseline_action", WARN_BLOCK),
    key("listener_require_state_token", Flag).protects(Set),
];

pub(super) const WS_LISTENER: &[Key] =
    &[key("allowed_origins", TEXTS), key("max_connections", Int)];

pub(super) const BINARY_INTEGRITY: &[Key] = &[
    key("enabled", Flag),
    key("manifest_path", Text),
    key("action", WARN_BLOCK),
    key("require_signature", Flag).protects(Set),
    key("signature_path", Text),
    key("trusted_signer", Text),
    key("keystore", Text),
];

pub(super) const TOOL_PROVENANCE: &[Key] = &[
    key("enabled", Flag),
    key("action", WARN_BLOCK),
    key("mode", Choice(&["pipelock", "sigstore", "any"])),
    key("trusted_keys", TEXTS),
    key("trusted_issuers", TEXTS),
    key("trusted_subjects", TEXTS),
    key("offline_only", Flag),
];

pub(super) const A2A_SCANNING: &[Key] = &[
    key("enabled", Flag),
    key("action", WARN_BLOCK),
    key("scan_agent_cards", Flag),
    key("detect_card_drift", Flag),
    key("session_smuggling_detection", Flag),
    key("scan_raw_parts", Flag),
    key("max_raw_size", Int),
    key("max_context_messages", Int),
    key("max_contexts", Int),
    key("require_signed_agent_cards", Flag).protects(Set),
    key(
        "trusted_agent_card_keys",
        List(&Table(&[
            key("key_id", Text),
            key("public_key", Text),
            key("allowed_origins", TEXTS),
        ])),
    ),
];

pub(super) const TOOL_CHAINS: &[Key] = &[
    key("enabled", Flag),
    key("action", WARN_BLOCK),
    key("builtin_action", WARN_BLOCK),
    key("window_size", Int),
    key("window_seconds", Int),
    key("max_gap", Int),
    key("tool_categories", Map(&TEXTS)),
    key("pattern_overrides", Map(&WARN_BLOCK)),
    key("custom_patterns", List(&Table(CHAIN_PATTERN))),
    key("sensitivity_labels", Map(&TEXTS)).protects(Set),
];

const CHAIN_PATTERN: &[Key] = &[
    key("name", Text),
    key("sequence", TEXTS),
    key("severity", Choice(&["medium", "high", "critical"])),
    key("action", WARN_BLOCK),
];

pub(super) const MCP: &[Key] = &[
    key("honor_enforce", Flag),
    key("block_as", Word(&["error", "tool_result"])),
    key("sampling", Word(&["allow", "warn", "block", "ask"])),
    key("min_protocol_version", Text),
    key(
        "limits",
        Table(&[
            key("message_bytes", Int),
            key("pending_ids", Int),
            key("tools", Int),
            key("event_bytes", Int),
        ]),
    ),
];

pub(super) const LISTENER: &[Key] = &[
    key(
        "auth",
        Table(&[
            key("bearer_tokens", TEXTS),
            key("bearer_tokens_file", Text),
            key("bearer_tokens_env", Text),
            key("jwks", Text),
        ]),
    ),
    key(
        "upstream_auth",
        Table(&[key("token_file", Text), key("token_env", Text)]),
    ),
    key("tls", Table(super::network::TLS_FILES)),
    key("allowed_origins", TEXTS),
    key("allowed_hosts", TEXTS),
    key("public_url", Text),
    key("upstream_timeout_seconds", Int),
    key("max_connections", Int),
];

pub(super) const DATA_CLASS_LABELS: &[Key] = &[key("enabled", Flag), key("unknown_class", Text)];

pub(super) const DEFER: &[Key] = &[
    key("enabled", Flag),
    key("timeout_seconds", Int),
    key("max_pending", Int),
    key("max_pending_per_session", Int),
    key("max_pending_bytes", Int),
    key("max_cascade_depth", Int),
];
