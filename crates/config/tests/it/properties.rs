//! No text makes the loader panic.

use crate::load;
use proptest::prelude::*;

/// Lines that look like a configuration, so that more than the parser is reached.
fn line() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "mode",
        "enforce",
        "dlp",
        "patterns",
        "- name",
        "regex",
        "fetch_proxy",
        "monitoring",
        "listen",
        "suppress",
        "- rule",
        "path",
        "expires",
        "internal",
        "trusted_domains",
        "limits",
        "<<",
        "&a",
        "*a",
        "kill_switch",
        "api_listen",
        "forward_proxy",
        "allowed_opaque",
        "allowed_ports",
        "agents",
        "",
    ]);
    let value = prop::sample::select(vec![
        "",
        "true",
        "'yes'",
        "1",
        "-1",
        "1e300",
        ".nan",
        "0x",
        "[a, b]",
        "{a: b}",
        "[",
        "&a x",
        "*a",
        "~",
        "\"\\u0000\"",
        "*.com",
        "10.0.0.0/8",
        "2026-02-30",
        "a:1",
        ":1",
        "(?P<",
        "[z-a]",
        "!!str 1",
        "|",
    ]);
    (0usize..4, key, value)
        .prop_map(|(indent, key, value)| format!("{}{key}: {value}", "  ".repeat(indent)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_never_panics(text in any::<String>()) {
        let _ = load(&text);
    }

    #[test]
    fn text_like_a_configuration_never_panics(lines in prop::collection::vec(line(), 0..24)) {
        let loaded = load(&lines.join("\n"));
        if let Err(problems) = loaded.policy {
            prop_assert!(problems.has_errors());
            let places: Vec<_> = problems.iter().map(|problem| (problem.line, problem.column)).collect();
            prop_assert!(places.is_sorted());
        }
    }
}
