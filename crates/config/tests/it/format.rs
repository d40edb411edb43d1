//! Configuration reference §1 and §3: format, types, value states.

use crate::{errors, load, policy, warnings};
use pipelock_config::{Content, Environment, load as load_file};
use std::path::Path;

#[test]
fn empty_files_hold_all_defaults() {
    for text in [
        "",
        "# comment\n",
        "null\n",
        "~",
        "---\n",
        "\u{feff}",
        "dlp:\nlogging: null\n",
    ] {
        let loaded = load(text);
        let policy = loaded
            .policy
            .unwrap_or_else(|problems| panic!("{text:?}: {problems}"));
        assert!(
            policy.forward.is_none(),
            "{text:?}: off unless a file says so"
        );
        assert!(loaded.warnings.is_empty(), "{text:?}");
    }
    assert_eq!(load("# comment").content, Content::None);
    assert_eq!(load("version: 1").content, Content::Some);
}

#[test]
fn every_row_of_the_format_table_holds() {
    let cases: &[(&str, &[(&str, usize)])] = &[
        // Top level and keys.
        ("- a\n", &[("CFG003", 1)]),
        ("text\n", &[("CFG003", 1)]),
        ("nope: 1\n", &[("CFG001", 1)]),
        ("Mode: strict\n", &[("CFG001", 1)]),
        ("dlp:\n  nope: 1\n", &[("CFG001", 2)]),
        (
            "dlp:\n  patterns:\n    - {name: a, regex: bcd, nope: 1}\n",
            &[("CFG001", 3)],
        ),
        ("agents:\n  a:\n    nope: 1\n", &[("CFG001", 3)]),
        (
            "mcp_tool_policy:\n  redirect_profiles:\n    p: {nope: 1}\n",
            &[("CFG001", 3)],
        ),
        ("anchors: &a {x: 1}\n", &[("CFG001", 1)]),
        ("mode: audit\nmode: strict\n", &[("CFG002", 2)]),
        (
            "dlp:\n  scan_env: true\n  scan_env: false\n",
            &[("CFG002", 3)],
        ),
        ("mode: audit\n---\nmode: strict\n", &[("CFG005", 2)]),
        ("mode: audit\n---\n", &[("CFG005", 2)]),
        ("mode: [\n", &[("CFG004", 2)]),
        // Sections and lists.
        ("dlp: [1]\n", &[("CFG003", 1)]),
        ("dlp: yes\n", &[("CFG003", 1)]),
        ("trusted_domains: a.example\n", &[("CFG003", 1)]),
        ("trusted_domains: {a: b}\n", &[("CFG003", 1)]),
        ("trusted_domains: [a.example, null, ~]\n", &[]),
        ("trusted_domains: [[a]]\n", &[("CFG003", 1)]),
        // Flags.
        ("enforce: yes\n", &[]),
        ("enforce: Off\n", &[]),
        ("enforce: null\n", &[]),
        ("enforce: \"true\"\n", &[("CFG003", 1)]),
        ("enforce: 1\n", &[("CFG003", 1)]),
        // Integers.
        ("version: 1\n", &[]),
        ("version: 0x1\n", &[]),
        ("version: 1.0\n", &[]),
        ("version: 1e0\n", &[]),
        ("version: !!int 1\n", &[]),
        ("version: \"1\"\n", &[("CFG003", 1)]),
        ("version: 1.5\n", &[("CFG003", 1)]),
        ("version: .nan\n", &[("CFG003", 1)]),
        ("version: 99999999999999999999\n", &[("CFG003", 1)]),
        ("version:\n", &[]),
        // Floats.
        ("fetch_proxy: {monitoring: {entropy_threshold: 4}}\n", &[]),
        (
            "fetch_proxy: {monitoring: {entropy_threshold: .inf}}\n",
            &[("CFG003", 1)],
        ),
        ("sentry: {sample_rate: .nan}\n", &[("CFG003", 1)]),
        // Text keeps its source.
        ("kill_switch: {message: 1.50}\n", &[]),
        ("kill_switch: {message: true}\n", &[]),
        ("kill_switch: {message: [a]}\n", &[("CFG003", 1)]),
        // Dates.
        ("suppress: [{rule: r, path: p, expires: 2027-01-01}]\n", &[]),
        (
            "suppress: [{rule: r, path: p, expires: \"2027-01-01T00:00:00Z\"}]\n",
            &[],
        ),
        (
            "suppress: [{rule: r, path: p, expires: soon}]\n",
            &[("CFG018", 1)],
        ),
        (
            "taint: {trust_overrides: [{expires_at: 2027-13-01}]}\n",
            &[("CFG018", 1)],
        ),
        ("scan_api: {timeouts: {read: 5}}\n", &[("CFG018", 1)]),
        ("scan_api: {timeouts: {read: 1m30s}}\n", &[]),
        // A protection that is off is fine; words are checked everywhere.
        (
            "mcp_input_scanning: {enabled: true, action: blcok}\n",
            &[("CFG010", 1)],
        ),
        ("mcp_input_scanning: {action: blcok}\n", &[]),
        (
            "mcp_input_scanning: {on_parse_error: maybe}\n",
            &[("CFG010", 1)],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(errors(text), *expected, "{text}");
    }
}

#[test]
fn anchors_and_merge_keys_work_inside_known_keys() {
    let text = "forward_proxy: &p {enabled: true, idle_timeout_seconds: 60}\nwebsocket_proxy:\n  <<: *p\n  enabled: false\n";
    assert_eq!(errors(text), []);
}

#[test]
fn text_keeps_its_source_and_octals_are_warned_about() {
    assert_eq!(
        policy("kill_switch: {message: 1.50}")
            .kill_switch
            .message
            .as_str(),
        "1.50"
    );
    assert_eq!(
        warnings("forward_proxy: {idle_timeout_seconds: 010}")[0].0,
        "CFG101"
    );
    let policy = policy("forward_proxy: {enabled: true, idle_timeout_seconds: 010}");
    assert_eq!(policy.forward.unwrap().idle.as_secs(), 8);
}

#[test]
fn unknown_keys_come_with_the_nearest_or_the_right_one() {
    let cases = [
        (
            "fetch_proxy: {monitorring: {}}",
            "did you mean \"monitoring\"?",
        ),
        ("forward_proxy: {trusted_domains: []}", "top level"),
        ("kill_switch: {sentinel_path: x}", "sentinel_file"),
        (
            "adaptive_enforcement: {threshold: 1}",
            "escalation_threshold",
        ),
        (
            "data_budget: 1",
            "fetch_proxy.monitoring.max_data_per_minute",
        ),
        ("blocklist: []", "fetch_proxy.monitoring.blocklist"),
        ("logging: {kill_switch: {}}", "top level"),
        ("idle_timeout_secnds: 1", ""),
        ("secrets_file: x", "`dlp`"),
    ];
    for (text, hint) in cases {
        let problems = load(text).policy.unwrap_err();
        let problem = problems.iter().next().unwrap();
        let suggestion = problem.suggestion.clone().unwrap_or_default();
        assert!(suggestion.contains(hint), "{text}: {suggestion}");
    }
    let text = load("fetch_proxy:\n  monitorring: 1\n")
        .policy
        .unwrap_err()
        .to_string();
    assert_eq!(
        text,
        "pipelock.yaml:2:3: fetch_proxy.monitorring: unknown key; did you mean \"monitoring\"? [CFG001]"
    );
}

#[test]
fn a_chart_that_repeats_a_key_is_told_so() {
    let text = load("kill_switch: {}\nkill_switch: {}\n")
        .policy
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("extraConfig") && text.contains("line 1"),
        "{text}"
    );
}

#[test]
fn lists_tell_absent_from_empty() {
    let internal = |text: &str| policy(text).addresses.checks_names();
    assert!(internal("") && internal("internal: null") && internal("internal: [10.0.0.0/8]"));
    assert!(!internal("internal: []"));
    assert_eq!(
        warnings("internal: []"),
        [("CFG107", "internal".to_owned())]
    );

    let blocklist = |text: &str| policy(text).url.blocklist.len();
    assert_eq!(blocklist(""), 6);
    assert_eq!(blocklist("fetch_proxy: {monitoring: {blocklist: []}}"), 0);

    let defaults = format!("{:?}", policy("").request.unwrap().headers);
    let emptied = policy("request_body_scanning: {sensitive_headers: []}");
    assert_eq!(format!("{:?}", emptied.request.unwrap().headers), defaults);
}

#[test]
fn secure_defaults_are_switched_off_only_by_an_explicit_false() {
    for text in ["", "response_scanning:", "response_scanning: {enabled: }"] {
        assert!(policy(text).response.enabled, "{text}");
    }
    assert!(
        !policy("response_scanning: {enabled: false}")
            .response
            .enabled
    );
    assert!(
        policy("request_body_scanning: {enabled: no}")
            .request
            .is_none()
    );
    assert!(
        policy("request_body_scanning: {enabled: ~}")
            .request
            .is_some()
    );
    assert!(
        policy("logging: {include_allowed: ~}")
            .logging
            .include_allowed
    );
    assert!(
        !policy("logging: {include_allowed: false}")
            .logging
            .include_allowed
    );
}

#[test]
fn no_message_holds_the_value_of_a_secret() {
    let secret = format!("tok{}", "en-value-0123456789");
    let cases = [
        format!("kill_switch: {{api_token: [{secret}]}}"),
        format!("kill_switch: {{api_listen: bad, api_token: {{a: {secret}}}}}"),
        format!("scan_api: {{auth: {{bearer_tokens: {secret}}}}}"),
        format!("emit: {{webhook: {{auth_token: [{secret}]}}}}"),
        format!("sentry: {{dsn: [{secret}], enabled: \"{secret}\"}}"),
        format!("emit: {{otlp: {{headers: [{secret}]}}}}"),
        format!("canary_tokens: {{tokens: {secret}}}"),
        format!("license_key: {secret}\nversion: {secret}"),
    ];
    for text in cases {
        let loaded = load(&text);
        let shown = format!("{:?} {:?}", loaded.policy, loaded.warnings);
        assert!(!shown.contains(&secret), "{text}: {shown}");
    }
}

#[test]
fn files_that_cannot_be_read_are_problems_too() {
    let environment = Environment::default();
    let missing = load_file(Path::new("no-such-file.yaml"), &environment);
    assert_eq!(
        missing
            .policy
            .unwrap_err()
            .iter()
            .next()
            .unwrap()
            .code
            .as_str(),
        "CFG006"
    );
    let directory = load_file(Path::new("."), &environment);
    assert_eq!(
        directory
            .policy
            .unwrap_err()
            .iter()
            .next()
            .unwrap()
            .code
            .as_str(),
        "CFG006"
    );
    let huge = format!("# {}\n", "x".repeat(pipelock_config::LARGEST_FILE));
    assert_eq!(errors(&huge), [("CFG007", 0)]);
}

#[test]
fn bytes_that_are_not_utf_8_are_found_with_their_line() {
    let path = std::env::temp_dir().join(format!("pipelock-latin1-{}.yaml", std::process::id()));
    std::fs::write(&path, b"version: 1\nmode: b\xe4lanced\n").unwrap();
    let loaded = load_file(&path, &Environment::default());
    std::fs::remove_file(&path).unwrap();
    let problems = loaded.policy.unwrap_err();
    let problem = problems.iter().next().unwrap();
    assert_eq!(
        (problem.code.as_str(), problem.line, problem.column),
        ("CFG004", 2, 8)
    );
}
