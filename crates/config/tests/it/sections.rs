//! Meaning of the sections that are enforced.

use crate::{environment, errors, load, policy, warnings};
use pipelock_config::{Environment, Overrides, parse};
use pipelock_detect::address::AddressVerdict;
use pipelock_detect::engine::{Finds, RuleKind};
use pipelock_model::Action;
use pipelock_policy::{Enforcement, Mode, Opaque, Precision, RequestInjection};
use std::path::Path;

#[test]
fn domain_lists_follow_rule_v1() {
    let cases = [
        ("example.com", true),
        (" Example.COM. ", true),
        ("*.example.com", true),
        ("10.0.0.1", true),
        ("", false),
        ("https://example.com", false),
        ("example.com/a", false),
        ("example.com:443", false),
        ("*", false),
        ("*.com", false),
        ("a*.example.com", false),
        ("ex?mple.com", false),
        ("*.co.uk", false),
        ("*.github.io", false),
    ];
    for list in [
        "trusted_domains",
        "response_scanning.exempt_domains",
        "response_scanning.provider_domains",
    ] {
        for (entry, legal) in cases {
            let text = match list.split_once('.') {
                Some((section, key)) => format!("{section}: {{{key}: [{entry:?}]}}"),
                None => format!("{list}: [{entry:?}]"),
            };
            let expected: &[(&str, usize)] = if legal { &[] } else { &[("CFG012", 1)] };
            assert_eq!(errors(&text), expected, "{text}");
        }
    }
    // Wide wildcards are fine where hosts are reached or refused as such.
    assert_eq!(
        errors("fetch_proxy: {monitoring: {blocklist: ['*.github.io']}}"),
        []
    );
    assert_eq!(errors("api_allowlist: ['*.github.io']"), []);
    assert_eq!(warnings("api_allowlist: ['*.github.io']"), []);
    assert_eq!(
        errors("fetch_proxy: {monitoring: {blocklist: ['']}}"),
        [("CFG012", 1)]
    );
}

#[test]
fn networks_that_open_addresses_are_read_strictly() {
    let cases: &[(&str, &[(&str, usize)])] = &[
        ("internal: [10.0.0.5/8, 192.168.1.1]", &[]),
        ("internal: [10.0.0.0/33]", &[("CFG013", 1)]),
        ("kill_switch: {allowlist_ips: [10.0.0.5/8]}", &[]),
        (
            "ssrf: {ip_allowlist: [10.0.0.0/8, 127.0.0.2, 127.0.0.3/32]}",
            &[],
        ),
        ("ssrf: {ip_allowlist: [10.0.0.5/8]}", &[("CFG013", 1)]),
        ("ssrf: {ip_allowlist: [0.0.0.0/0]}", &[("CFG013", 1)]),
        ("ssrf: {ip_allowlist: [nonsense]}", &[("CFG013", 1)]),
    ];
    for (text, expected) in cases {
        assert_eq!(errors(text), *expected, "{text}");
    }
    let text = load("ssrf: {ip_allowlist: [10.0.0.5/8]}")
        .policy
        .unwrap_err()
        .to_string();
    assert!(text.contains("10.0.0.0/8"), "{text}");
    let addresses = policy("ssrf: {ip_allowlist: [10.1.0.0/16]}").addresses;
    assert_eq!(
        addresses.literal([10, 1, 2, 3].into()),
        AddressVerdict::Allowed
    );
    assert_eq!(
        addresses.literal([10, 2, 2, 3].into()),
        AddressVerdict::Internal
    );
}

#[test]
fn mode_and_enforce_combine_as_documented() {
    let cases = [
        ("", Mode::Balanced, Enforcement::Enforce),
        ("enforce: false", Mode::Balanced, Enforcement::DetectOnly),
        ("mode: audit", Mode::Audit, Enforcement::DetectOnly),
        (
            "mode: audit\nenforce: false",
            Mode::Audit,
            Enforcement::DetectOnly,
        ),
        (
            "mode: audit\nenforce: true",
            Mode::Audit,
            Enforcement::Enforce,
        ),
        (
            "mode: strict\napi_allowlist: [a.example]",
            Mode::Strict,
            Enforcement::Enforce,
        ),
        (
            "mode: strict\napi_allowlist: [a.example]\nenforce: false",
            Mode::Strict,
            Enforcement::DetectOnly,
        ),
    ];
    for (text, mode, enforcement) in cases {
        let policy = policy(text);
        assert_eq!(
            (policy.mode, policy.enforcement),
            (mode, enforcement),
            "{text}"
        );
        assert_eq!(
            policy.url.allowlist.is_some(),
            mode == Mode::Strict,
            "{text}"
        );
    }
    assert_eq!(
        warnings("mode: audit\nenforce: true"),
        [("CFG106", "enforce".to_owned())]
    );
    assert_eq!(errors("mode: strict"), [("CFG017", 0)]);
    assert_eq!(errors("mode: strict\napi_allowlist: []"), [("CFG017", 2)]);
    assert_eq!(errors("mode: lax"), [("CFG010", 1)]);
}

#[test]
fn the_command_line_wins_over_the_file() {
    let overrides = Overrides {
        mode: Some(Mode::Audit),
        listen: Some("0.0.0.0:9000".parse().unwrap()),
    };
    let environment = Environment {
        overrides,
        ..environment()
    };
    let loaded = parse("mode: balanced\n", Path::new("f.yaml"), &environment);
    let policy = loaded.policy.unwrap();
    assert_eq!(
        (policy.mode, policy.enforcement),
        (Mode::Audit, Enforcement::DetectOnly)
    );
    assert_eq!(policy.listener.listen.port(), 9000);
    assert_eq!(loaded.warnings[0].code.as_str(), "CFG105");
}

#[test]
fn rates_have_a_default_and_a_way_out() {
    let rate = |text: &str| policy(text).rate.map(std::num::NonZeroU32::get);
    let monitoring = |keys: &str| format!("fetch_proxy: {{monitoring: {{{keys}}}}}");
    assert_eq!(rate(""), Some(60));
    assert_eq!(rate(&monitoring("max_requests_per_minute: 5")), Some(5));
    let zero = monitoring("max_requests_per_minute: 0");
    assert_eq!(rate(&zero), Some(60));
    assert_eq!(warnings(&zero)[0].0, "CFG104");
    assert_eq!(rate(&monitoring("unlimited: true")), None);
    let both = monitoring("unlimited: true, max_requests_per_minute: 0");
    assert_eq!(rate(&both), None);
    assert_eq!(warnings(&both), []);
    assert_eq!(
        errors(&monitoring("unlimited: true, max_requests_per_minute: 5")),
        [("CFG016", 1)]
    );
    assert_eq!(
        errors(&monitoring("max_requests_per_minute: -1")),
        [("CFG011", 1)]
    );
}

#[test]
fn tunnels_end_by_idleness_unless_a_lifetime_is_given() {
    let life = |text: &str| {
        policy(text)
            .forward
            .unwrap()
            .max_tunnel
            .map(|life| life.as_secs())
    };
    assert_eq!(life("forward_proxy: {enabled: true}"), None);
    assert_eq!(
        life("forward_proxy: {enabled: true, max_tunnel_seconds: 300}"),
        Some(300)
    );
    assert_eq!(
        life("forward_proxy: {enabled: true, max_tunnel_seconds: 0}"),
        None
    );
    assert_eq!(
        errors("forward_proxy: {max_tunnel_seconds: -1}"),
        [("CFG011", 1)]
    );
    // Nothing can add so long a time to a clock.
    let long = life("forward_proxy: {enabled: true, max_tunnel_seconds: 9223372036854775807}");
    assert!(long.unwrap() < 1 << 40, "{long:?}");
}

#[test]
fn opaque_protocols_pass_only_where_listed() {
    let text = "forward_proxy: {enabled: true, allowed_opaque: ['DB.example.com:5432', '10.0.0.0/8:22', '[fd00::/8]:22']}";
    let Opaque::Refuse { hosts, networks } = policy(text).forward.unwrap().opaque else {
        panic!("allowed")
    };
    assert!(hosts.contains(&("db.example.com".to_owned(), 5432)));
    assert_eq!(networks.len(), 2);
    let text = "forward_proxy: {enabled: true, opaque_protocols: allow}";
    assert!(matches!(
        policy(text).forward.unwrap().opaque,
        Opaque::Allow
    ));
    for entry in [
        "db.example.com",
        "db.example.com:0",
        ":22",
        "*.example.com:22",
        "10.0.0.0/8",
    ] {
        let text = format!("forward_proxy: {{allowed_opaque: ['{entry}']}}");
        assert_eq!(errors(&text), [("CFG014", 1)], "{entry}");
    }
    for port in ["0", "65536", "-1"] {
        let text = format!("forward_proxy: {{allowed_ports: [443, {port}]}}");
        assert_eq!(errors(&text), [("CFG011", 1)], "{port}");
    }
}

#[test]
fn listeners_are_addresses_and_do_not_collide() {
    let cases: &[(&str, &[(&str, usize)])] = &[
        ("fetch_proxy: {listen: ':8888'}", &[]),
        ("fetch_proxy: {listen: 8888}", &[("CFG014", 1)]),
        ("fetch_proxy: {listen: 'proxy:8888'}", &[("CFG014", 1)]),
        ("metrics_listen: '127.0.0.1:9100'", &[]),
        ("metrics_listen: 9100", &[("CFG014", 1)]),
        ("metrics_listen: '0.0.0.0:8888'", &[("CFG016", 1)]),
        (
            "kill_switch: {api_listen: '127.0.0.1:9090', api_token: t}",
            &[],
        ),
        (
            "kill_switch: {api_listen: '127.0.0.1:8888', api_token: t}",
            &[("CFG016", 1)],
        ),
        (
            "kill_switch: {api_listen: '127.0.0.1:9090'}",
            &[("CFG017", 1)],
        ),
        (
            "kill_switch: {api_token: t, api_token_file: f}",
            &[("CFG016", 1)],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(errors(text), *expected, "{text}");
    }
    assert_eq!(
        warnings("fetch_proxy: {listen: '0.0.0.0:8888'}")[0].0,
        "CFG105"
    );
    assert_eq!(warnings("fetch_proxy: {listen: '[::1]:8888'}"), []);
}

#[test]
fn user_patterns_join_the_built_in_ones_and_never_remove_the_floor() {
    let builtin = policy("").rules.dlp_count();
    let one = "dlp: {patterns: [{name: Mine, regex: 'mine-[0-9]{8}'}]}";
    assert_eq!(policy(one).rules.dlp_count(), builtin + 1);
    let replaced =
        "dlp: {patterns: [{name: OpenAI API Key, regex: 'mine-[0-9]{8}', severity: low}]}";
    assert_eq!(policy(replaced).rules.dlp_count(), builtin);
    let core = "dlp: {patterns: [{name: GitHub Token, regex: 'mine-[0-9]{8}'}]}";
    assert_eq!(policy(core).rules.dlp_count(), builtin + 1);
    let none =
        policy("dlp: {include_defaults: false}\nresponse_scanning: {include_defaults: false}");
    let patterns = none
        .rules
        .iter()
        .filter(|rule| matches!(rule.finds, Finds::Pattern(_)));
    assert!(patterns.clone().all(|rule| rule.core) && patterns.count() > 0);
    let off = policy("response_scanning: {enabled: false, patterns: [{name: a, regex: bcd}]}");
    let left = off
        .rules
        .iter()
        .filter(|rule| rule.kind == RuleKind::Injection);
    assert!(left.clone().all(|rule| rule.core) && left.count() > 0);
}

#[test]
fn patterns_that_cannot_work_are_errors() {
    let dlp = |keys: &str| format!("dlp: {{patterns: [{{{keys}}}]}}");
    let cases: &[(&str, &[(&str, usize)])] = &[
        ("name: a, regex: 'abc[0-9]{4}'", &[]),
        ("regex: abcd", &[("CFG017", 1)]),
        ("name: a", &[("CFG017", 1)]),
        ("name: '', regex: ''", &[("CFG017", 1), ("CFG017", 1)]),
        ("name: a, regex: '(abc'", &[("CFG015", 1)]),
        ("name: a, regex: 'a*'", &[("CFG015", 1)]),
        ("name: a, regex: '(?=a)'", &[("CFG015", 1)]),
        ("name: a, regex: abcd, severity: severe", &[("CFG010", 1)]),
        ("name: a, regex: abcd, validator: crc", &[("CFG010", 1)]),
        ("name: a, regex: abcd, action: block", &[("CFG010", 1)]),
        ("name: a, regex: abcd, action: warn", &[]),
        (
            "name: GitHub Token, regex: abcd, action: warn",
            &[("CFG016", 1)],
        ),
        (
            "name: a, regex: abcd, exempt_domains: ['*.com']",
            &[("CFG012", 1)],
        ),
    ];
    for (keys, expected) in cases {
        assert_eq!(errors(&dlp(keys)), *expected, "{keys}");
    }
    assert_eq!(errors("dlp: {action: block}"), [("CFG016", 1)]);
    let twice = "dlp: {patterns: [{name: a, regex: abcd}, {name: a, regex: efgh}]}";
    assert_eq!(warnings(twice)[0].0, "CFG108");
}

#[test]
fn request_and_response_settings_arrive() {
    let text = "
request_body_scanning: {action: block, max_body_bytes: 100, oversize_action: stream_scan, injection: off, scan_headers: false}
response_scanning: {action: strip, hold_bytes: 0, dlp_action: block, sse_streaming: {action: warn, max_event_bytes: 10}}
dlp: {builtin_precision: reference}
fetch_proxy: {max_response_mb: 2, timeout_seconds: 5}
";
    let policy = policy(text);
    let request = policy.request.unwrap();
    assert_eq!((request.action, request.max_body), (Action::Block, 100));
    assert_eq!(request.injection, RequestInjection::Off);
    let response = policy.response;
    assert_eq!(
        (response.action, response.hold, response.max_response),
        (Action::Strip, 0, 2 << 20)
    );
    assert_eq!(response.dlp_action, Action::Block);
    let sse = response.sse.unwrap();
    assert_eq!((sse.action, sse.max_event), (Action::Warn, 10));
    assert_eq!(policy.precision, Precision::Reference);
    assert_eq!(policy.listener.upstream_timeout.as_secs(), 5);
}

#[test]
fn the_floor_of_a_scanner_that_is_off_follows_its_action() {
    let action = |keys: &str| {
        policy(&format!("response_scanning: {{{keys}}}"))
            .response
            .action
    };
    assert_eq!(action("enabled: false"), Action::Block);
    assert_eq!(action("enabled: false, action: warn"), Action::Warn);
    assert_eq!(action("enabled: true"), Action::Warn);
}

#[test]
fn ranges_are_checked() {
    let cases: &[(&str, &[(&str, usize)])] = &[
        ("version: 2", &[("CFG011", 1)]),
        ("shutdown_grace_seconds: 0", &[]),
        ("shutdown_grace_seconds: 601", &[("CFG011", 1)]),
        ("limits: {max_buffered_bytes: 0}", &[]),
        ("limits: {max_buffered_bytes: 16777215}", &[("CFG011", 1)]),
        ("limits: {max_buffered_bytes: 16777216}", &[]),
        ("limits: {max_buffered_bytes: -1}", &[("CFG011", 1)]),
        ("limits: {max_head_bytes: 4095}", &[("CFG011", 1)]),
        ("limits: {max_header_fields: 19}", &[("CFG011", 1)]),
        ("limits: {max_tunnels: 0}", &[("CFG011", 1)]),
        ("limits: {max_connections: -5}", &[("CFG011", 1)]),
        ("limits: {max_connections_per_peer: 0}", &[]),
        (
            "response_scanning: {hold_bytes: 16777217}",
            &[("CFG011", 1)],
        ),
        ("response_scanning: {hold_bytes: -1}", &[("CFG011", 1)]),
        (
            "request_body_scanning: {max_body_bytes: -1}",
            &[("CFG011", 1)],
        ),
        (
            "fetch_proxy: {max_response_mb: 9223372036854775807}",
            &[("CFG011", 1)],
        ),
        (
            "fetch_proxy: {monitoring: {entropy_threshold: -0.5}}",
            &[("CFG011", 1)],
        ),
        ("default_agent_identity: ' a'", &[("CFG018", 1)]),
        ("bind_default_agent_identity: true", &[("CFG017", 0)]),
        ("logging: {output: file}", &[("CFG017", 1)]),
        ("logging: {output: syslog}", &[("CFG010", 1)]),
    ];
    for (text, expected) in cases {
        let found: Vec<_> = errors(text).into_iter().map(|(code, _)| code).collect();
        let expected: Vec<_> = expected.iter().map(|(code, _)| *code).collect();
        let mut unique = found.clone();
        unique.dedup();
        assert_eq!(unique, expected, "{text}");
    }
}

#[test]
fn held_bodies_take_a_share_of_the_memory() {
    let buffered = |memory_limit: u64| {
        let environment = Environment {
            memory_limit,
            ..environment()
        };
        parse("", Path::new("f"), &environment)
            .policy
            .unwrap()
            .limits
            .buffered
    };
    assert_eq!(buffered(0), 32 << 20);
    assert_eq!(buffered(64 << 20), 32 << 20);
    assert_eq!(buffered(1000 << 20), 400 << 20);
    assert!(buffered(u64::MAX) > 1 << 60);
}

#[test]
fn suppressions_expire_and_core_ones_are_warned_about() {
    let covers = |text: &str| {
        policy(text)
            .suppress
            .covers("jailbreak attempt", "https://a.example/x")
    };
    assert!(covers(
        "suppress: [{rule: Jailbreak Attempt, path: 'https://a.example/*'}]"
    ));
    let expired =
        "suppress: [{rule: Jailbreak Attempt, path: 'https://a.example/*', expires: 2026-01-01}]";
    assert!(!covers(expired));
    assert_eq!(warnings(expired)[0].0, "CFG109");
    assert!(covers(
        "suppress: [{rule: Jailbreak Attempt, path: 'https://a.example/*', expires: 2027-01-01}]"
    ));
    assert_eq!(
        warnings("suppress: [{rule: prompt injection, path: a}]")[0].0,
        "CFG107"
    );
    let found = load("suppress: [{rule: a, path: b}, {rule: a}, {path: 'x[', rule: r}]")
        .policy
        .unwrap_err();
    let keys: Vec<_> = found.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["suppress[1].path", "suppress[2].path"]);
}

#[test]
fn the_kill_switch_acts_even_when_the_rest_is_rejected() {
    let loaded = load("kill_switch: {enabled: true}\nnope: 1\n");
    assert!(loaded.policy.is_err() && loaded.kill_switch);
    assert!(!load("kill_switch: {enabled: 'true'}\n").kill_switch);
    let policy =
        policy("kill_switch: {enabled: true, message: \"stop\\e[2J\", health_exempt: false}");
    assert!(policy.kill_switch.active && !policy.kill_switch.health_exempt);
    assert_eq!(policy.kill_switch.message.as_str(), "stop[2J");
}

#[test]
fn relative_paths_start_at_the_file_with_the_old_place_as_fallback() {
    let directory = std::env::temp_dir().join(format!("pipelock-paths-{}", std::process::id()));
    let (beside, working) = (directory.join("etc"), directory.join("work"));
    std::fs::create_dir_all(&beside).unwrap();
    std::fs::create_dir_all(&working).unwrap();
    let environment = Environment {
        working_directory: Some(working.clone()),
        ..environment()
    };
    let resolve = || {
        let loaded = parse(
            "kill_switch: {sentinel_file: stop}",
            &beside.join("f.yaml"),
            &environment,
        );
        (
            loaded.policy.unwrap().kill_switch.sentinel.unwrap(),
            loaded.warnings.len(),
        )
    };
    let neither = resolve();
    std::fs::write(working.join("stop"), "").unwrap();
    let old = resolve();
    std::fs::write(beside.join("stop"), "").unwrap();
    let both = resolve();
    std::fs::remove_dir_all(&directory).unwrap();
    assert_eq!(neither, (beside.join("stop"), 0));
    assert_eq!(old, (working.join("stop"), 1));
    assert_eq!(both, (beside.join("stop"), 0));
}

#[test]
fn the_policy_hash_covers_meaning_and_nothing_else() {
    let hash = |text: &str| load(text).policy_hash;
    let base = hash("mode: balanced\nenforce: true\n");
    assert_eq!(
        base,
        hash("# comment\nenforce: yes\nmode:   balanced\nlogging: {format: json}\n")
    );
    assert_eq!(base, hash("fetch_proxy: {listen: '127.0.0.1:1'}\n"));
    assert_eq!(
        hash("trusted_domains: [a.example, b.example]"),
        hash("trusted_domains: [b.example, A.example, b.example]")
    );
    for text in [
        "enforce: false",
        "trusted_domains: [a.example]",
        "internal: []",
        "dlp: {patterns: [{name: a, regex: bcde}]}",
        "response_scanning: {action: block}",
        "forward_proxy: {enabled: true}",
        "suppress: [{rule: a, path: b}]",
        "fetch_proxy: {monitoring: {unlimited: true}}",
    ] {
        assert_ne!(base, hash(text), "{text}");
    }
    let loaded = load("");
    assert_eq!(
        loaded.policy.unwrap().hash.as_str(),
        &loaded.policy_hash[..16]
    );
    // SHA-256 of nothing.
    assert!(loaded.config_hash.starts_with("e3b0c44298fc1c14"));
}

#[test]
fn the_summary_says_what_runs() {
    let loaded =
        load("mode: audit\napi_allowlist: [a.example]\nfetch_proxy: {monitoring: {blocklist: []}}");
    let text = loaded.summary.to_string();
    for part in ["audit", "detect only", "127.0.0.1:8888", "4.5", "2048"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let json = loaded.summary.to_json();
    assert_eq!(
        (json["api_allowlist"].as_u64(), json["blocklist"].as_u64()),
        (Some(1), Some(0))
    );
}
