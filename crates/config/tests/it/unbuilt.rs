//! Configuration reference §15 to §17: what is known and not built.

use crate::{environment, errors, load, warnings};
use pipelock_config::{Environment, Unimplemented, parse};
use std::path::Path;

#[test]
fn protections_that_are_not_built_stop_the_load() {
    let cases = [
        "tls_interception: {enabled: true}",
        "redaction: {enabled: true}",
        "flight_recorder: {require_receipts: true}",
        "proxy_auth: {required: true}",
        "listener_tls: {cert: a.pem}",
        "request_policy: {rules: [{name: a}]}",
        "learn_lock: {enabled: true, mode: live}",
        "fetch_proxy: {monitoring: {scan_nested_urls: true}}",
        "forward_proxy: {sni_require_tls: true}",
        "request_body_scanning: {content_entropy_enabled: true}",
        "request_body_scanning: {pattern_actions: {JWT Token: block}}",
        "mcp_tool_scanning: {enabled: true, new_tool_admission: withhold}",
        "mcp_tool_policy: {enabled: true, rules: [{name: a, tool_pattern: b, action: defer}]}",
        "mediation_envelope: {enabled: true, verify_inbound: {enabled: true}}",
        "file_sentry: {enabled: true, watch_paths: [a, {path: b, required: true}], action: block}",
        "guard: {anything: 1}",
    ];
    for text in cases {
        let found = errors(text);
        assert_eq!(
            found.iter().filter(|error| error.0 == "CFG020").count(),
            1,
            "{text}: {found:?}"
        );
        let allowed = Environment {
            unimplemented: Unimplemented::Allow,
            ..environment()
        };
        let loaded = parse(text, Path::new("f.yaml"), &allowed);
        assert!(loaded.policy.is_ok(), "{text}");
        assert!(!loaded.unbuilt.is_empty(), "{text}");
    }
}

#[test]
fn what_is_switched_off_is_silent() {
    let cases = [
        "tls_interception: {enabled: false, cert_ttl: 24h}",
        "redaction: {enabled: false, default_profile: code}",
        "flight_recorder: {enabled: false}",
        "flight_recorder: {enabled: false, require_receipts: true}",
        "request_policy: {enabled: false, rules: [{name: a}]}",
        "learn_lock: {enabled: false, mode: live}",
        "guard: {enabled: false, x: 1}",
        "websocket_proxy: {enabled: false}",
        "taint: {enabled: false}",
        "forward_proxy: {follow_redirects: false}",
        "agents: {}",
        "emit: {webhook: {url: \"\"}}",
    ];
    for text in cases {
        let loaded = load(text);
        assert!(
            loaded.policy.is_ok() && loaded.warnings.is_empty(),
            "{text}: {:?}",
            loaded.warnings
        );
    }
}

#[test]
fn sections_that_are_not_built_warn_once_and_are_still_checked() {
    for section in [
        "websocket_proxy",
        "session_profiling",
        "a2a_scanning",
        "taint",
        "media_policy",
    ] {
        let text = format!("{section}: {{enabled: true}}");
        assert_eq!(warnings(&text), [("CFG102", section.to_owned())]);
        let broken = format!("{section}: {{enabled: maybe, nope: 1}}");
        assert_eq!(errors(&broken).len(), 2, "{section}");
    }
    assert_eq!(
        warnings("forward_proxy: {follow_redirects: true}")[0].0,
        "CFG102"
    );
    assert_eq!(warnings("logging: {format: text}")[0].0, "CFG102");
}

#[test]
fn unchecked_subtrees_take_anything() {
    for text in [
        "conductor: {a: [1, {b: c}]}",
        "learn: {privacy: {x: 1}}",
        "emit: {forwarder: {x: [1]}}",
    ] {
        assert_eq!(errors(text), [], "{text}");
    }
}

#[test]
fn licence_keys_are_ignored_with_one_warning() {
    let text = "license_key: abc\nlicense_file: /no/such/file\nlicense_crl_max_age: 1h\n";
    let found = warnings(text);
    assert_eq!(found.len(), 1);
    assert_eq!(errors(text), []);
    let message = &load(text).warnings[0].message;
    assert!(
        message.contains("license_file") && !message.contains("abc"),
        "{message}"
    );
}

#[test]
fn additions_of_this_product_are_known() {
    let text = "
limits: {max_buffered_bytes: 33554432, json_depth: 256, max_head_bytes: 65536, max_header_fields: 200, max_tunnels: 10, max_connections: 10, max_connections_per_peer: 5}
reload_policy: warn
shutdown_grace_seconds: 20
upstream_proxy: http://proxy.example:3128
trusted_proxies: [10.0.0.0/8]
dns: {servers: [1.1.1.1], min_ttl_seconds: 5}
state: {backend: memory, key_prefix: pipelock}
metrics_auth: {bearer_token_file: t, allow_cidrs: [10.0.0.0/8]}
forward_proxy: {follow_redirects: true, allowed_ports: [443], opaque_protocols: refuse, allowed_opaque: [\"db.example:5432\"], ech: block}
websocket_proxy: {compression: refuse}
reverse_proxy: {routes: [{path_prefix: /a, mode: scan, upstream: http://x, websocket: true}]}
transparent_proxy: {enabled: false, listen: [\"127.0.0.1:15001\"], agent_by_uid: {1000: coder}}
approvals: {backends: [tty], socket: s, webhook_url: http://x, remember_minutes: 0}
content_extraction: {enabled: true, max_depth: 4}
request_body_scanning: {injection: auto, oversize_action: block}
response_scanning: {hold_bytes: 0, dlp_action: off, provider_domains: [api.example.com]}
mcp: {honor_enforce: true, block_as: error, sampling: warn, limits: {tools: 1}}
mcp_listener: {auth: {bearer_tokens_file: f}, allowed_hosts: [a.example]}
adaptive_enforcement: {threshold_growth: 2.0}
kill_switch: {persist_state_file: f, api_token_file: t}
flight_recorder: {fsync: checkpoint, checkpoint_interval_seconds: 60}
mediation_envelope: {domains: [a.example]}
emit: {webhook: {hmac_secret_file: f, headers: {a: b}, auth_scheme: Bearer}, syslog: {framing: rfc5424}}
agents: {a: {allow_self_declared: true, sandbox_profile: p}}
sandbox: {profiles: {p: {read: [a], network: none}}}
";
    assert_eq!(errors(text), []);
}

#[test]
fn sections_that_cannot_work_are_errors_before_they_are_built() {
    let cases: &[(&str, &[(&str, usize)])] = &[
        ("mcp_tool_policy: {enabled: true}", &[]),
        (
            "mcp_tool_policy: {enabled: true, rules: []}",
            &[("CFG017", 1)],
        ),
        ("mcp_tool_policy: {enabled: false, rules: []}", &[]),
        ("mcp_session_binding: {enabled: true}", &[("CFG016", 1)]),
        ("adaptive_enforcement: {enabled: true}", &[("CFG016", 1)]),
        (
            "adaptive_enforcement: {enabled: true}\nsession_profiling: {enabled: true}",
            &[],
        ),
        (
            "reverse_proxy: {enabled: true, listen: ':1', upstream: 'http://a'}",
            &[],
        ),
        (
            "reverse_proxy: {enabled: true, listen: ':1'}",
            &[("CFG017", 1)],
        ),
        ("canary_tokens: {enabled: true}", &[("CFG017", 1)]),
        (
            "websocket_proxy: {enabled: true, strip_compression: false}",
            &[("CFG016", 1)],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(errors(text), *expected, "{text}");
    }
}
