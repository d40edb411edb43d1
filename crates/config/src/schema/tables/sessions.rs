//! Sessions, agents, files, containment.

use super::{
    Any, Choice, Flag, Float, Int, Is, Key, Kind, List, Map, Set, TEXTS, Table, Text, TextOr, Time,
    WARN_BLOCK, Word, key,
};

pub(super) const PROFILING: &[Key] = &[
    key("enabled", Flag),
    key("anomaly_action", WARN_BLOCK),
    key("domain_burst", Int),
    key("window_minutes", Int),
    key("volume_spike_ratio", Float),
    key("max_sessions", Int),
    key("session_ttl_minutes", Int),
    key("cleanup_interval_seconds", Int),
];

pub(super) const ADAPTIVE: &[Key] = &[
    key("enabled", Flag),
    key("escalation_threshold", Float),
    key("decay_per_clean_request", Float),
    key(
        "levels",
        Table(&[
            key("elevated", LEVEL),
            key("high", LEVEL),
            key("critical", LEVEL),
        ]),
    ),
    key("exempt_domains", TEXTS),
    key("threshold_growth", Float),
    key("level_duration_seconds", Int),
    key("deescalation_check_seconds", Int),
    key("clean_requests_to_deescalate", Int),
    key("severity_weighted_signals", Any),
    key("cooperative_tool_downweight", Any),
];

const LEVEL: Kind = Table(&[
    key("upgrade_warn", Choice(&["block"])),
    key("upgrade_ask", Choice(&["block"])),
    key("block_all", Flag),
]);

const TIER: Kind = Choice(&["none", "soft", "hard", "drain"]);

pub(super) const AIRLOCK: &[Key] = &[
    key("enabled", Flag),
    key(
        "triggers",
        Table(&[
            key("on_elevated", TIER),
            key("on_high", TIER),
            key("on_critical", TIER),
            key("on_severity", Choice(&["critical", "high"])),
            key("anomaly_count", Int),
            key("anomaly_window_minutes", Int),
        ]),
    ),
    key(
        "timers",
        Table(&[
            key("soft_minutes", Int),
            key("hard_minutes", Int),
            key("drain_minutes", Int),
            key("drain_timeout_seconds", Int),
        ]),
    ),
    key(
        "tool_freeze",
        Table(&[
            key("snapshot_on_entry", Flag),
            key("allow_cached_tools", Flag),
        ]),
    ),
];

pub(super) const BASELINE: &[Key] = &[
    key("enabled", Flag),
    key("profile_dir", Text),
    key("learning_window", Int),
    key("sensitivity_sigma", Float),
    key("deviation_action", Choice(&["warn", "ask", "block"])),
    key("auto_ratify", Flag),
    key("lock_dimensions", TEXTS),
    key("poison_resistance", Flag),
    key("seasonality_mode", Choice(&["none", "labeled", "time"])),
];

pub(super) const TAINT: &[Key] = &[
    key("enabled", Flag),
    key("policy", Choice(&["strict", "balanced", "permissive"])),
    key("recent_sources", Int),
    key("allowlisted_domains", TEXTS),
    key("protected_paths", TEXTS),
    key("elevated_paths", TEXTS),
    key("trust_overrides", List(&Table(TRUST_OVERRIDE))),
    key("trusted_mcp_servers", List(&Any)),
    key("fail_safe_classification", Any).protects(Set),
    key("ask_fallback", Choice(&["risk", "block", "warn"])),
];

const TRUST_OVERRIDE: &[Key] = &[
    key("scope", Choice(&["action", "source"])),
    key("action_match", Text),
    key("source_match", Text),
    key("expires_at", Time),
    key("granted_by", Text),
    key("reason", Text),
];

pub(super) const AGENT: &[Key] = &[
    key("listeners", TEXTS),
    key("source_cidrs", TEXTS),
    key("mode", Word(&["strict", "balanced", "audit"])),
    key("enforce", Flag),
    key("api_allowlist", TEXTS),
    key("trusted_domains", TEXTS),
    key("dlp", Table(super::detection::DLP)),
    key(
        "rate_limit",
        Table(&[
            key("max_requests_per_minute", Int),
            key("max_data_per_minute", Int),
        ]),
    ),
    key(
        "session_profiling",
        Table(&[
            key("domain_burst", Int),
            key("anomaly_action", WARN_BLOCK),
            key("volume_spike_ratio", Float),
        ]),
    ),
    key("mcp_tool_policy", Table(super::mcp::TOOL_POLICY)),
    key("allowed_addresses", TEXTS),
    key("sandbox", Table(SANDBOX)),
    key("sandbox_profile", Text),
    key("budget", Table(BUDGET)),
    key("allow_self_declared", Flag),
];

const BUDGET: &[Key] = &[
    key("max_requests_per_session", Int),
    key("max_bytes_per_session", Int),
    key("max_unique_domains_per_session", Int),
    key("window_minutes", Int),
    key("max_tool_calls_per_session", Int),
    key("max_concurrent_tool_calls", Int),
    key("max_wall_clock_minutes", Int),
    key("max_retries_per_tool", Int),
    key("max_retries_per_endpoint", Int),
    key("loop_detection_window", Int),
    key("fan_out_limit", Int),
    key("fan_out_window_seconds", Int),
    key("cost_multipliers", Map(&Float)),
    key("dow_action", WARN_BLOCK),
    key(
        "dow_min_subject_trust",
        Choice(&["network", "agent", "principal"]),
    )
    .protects(Set),
];

pub(super) const STATE: &[Key] = &[
    key("backend", Word(&["memory", "redis"])),
    key("redis_url", Text),
    key("redis_url_file", Text),
    key("key_prefix", Text),
];

pub(super) const LEARN: &[Key] = &[
    key("enabled", Flag),
    key("capture_dir", Text),
    key("privacy", Any),
    key("inference", Any),
];

pub(super) const LEARN_LOCK: &[Key] = &[
    key("enabled", Flag),
    key("mode", Choice(&["live", "shadow", "capture"])).protects(Is(&["live"])),
    key("store_dir", Text),
    key("roster_path", Text),
    key("environment", Any),
    key("pinned_root_fingerprint", Text),
    key("minimum_signatures", Int),
];

pub(super) const FILE_SENTRY: &[Key] = &[
    key("enabled", Flag),
    key("best_effort", Flag),
    key(
        "watch_paths",
        List(&TextOr(&[key("path", Text), key("required", Flag)])),
    ),
    key("scan_content", Flag),
    key("ignore_patterns", TEXTS),
    key("action", Choice(&["warn", "block", "quarantine"])).protects(Is(&["block", "quarantine"])),
    key("max_file_bytes", Int),
];

pub(super) const SANDBOX: &[Key] = &[
    key("enabled", Flag),
    key("strict", Flag),
    key("best_effort", Flag),
    key("best_effort_reason", Text),
    key("best_effort_expiry", Text),
    key("workspace", Text),
    key(
        "filesystem",
        Table(&[key("allow_read", TEXTS), key("allow_write", TEXTS)]),
    ),
    key("profiles", Map(&Table(SANDBOX_PROFILE))),
];

const SANDBOX_PROFILE: &[Key] = &[
    key("read", Any),
    key("write", Any),
    key("exec", Any),
    key("network", Any),
    key("env", Any),
    key("limits", Any),
    key("grants", Any),
];

pub(super) const GIT_PROTECTION: &[Key] = &[
    key("enabled", Flag),
    key("allowed_branches", TEXTS),
    key("blocked_commands", TEXTS),
    key("pre_push_scan", Flag),
    key("allowed_push_repos", TEXTS).protects(Set),
];
