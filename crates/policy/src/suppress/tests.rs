#![allow(clippy::unwrap_used)]

use super::*;

fn covers(path: &str, target: &str) -> bool {
    Suppressions::new(vec![Suppression::new("Rule", path).unwrap()]).covers("rule", target)
}

#[test]
fn patterns_cover_what_the_operator_meant() {
    let cases = [
        // Files.
        ("docs/", "docs/a/b.md", true),
        ("docs/", "src/docs.md", false),
        ("a/b.md", "a/b.md", true),
        ("a\\b.md", "a/b.md", true),
        ("b.md", "a/b.md", true),
        ("b.md", "a/xb.md", false),
        ("*.md", "a/b.md", true),
        ("a/*.md", "a/b.md", true),
        ("a/*.md", "a/b/c.md", false),
        ("a/?.md", "a/b.md", true),
        ("a/[a-c].md", "a/b.md", true),
        ("a/[!a-c].md", "a/b.md", false),
        // URLs.
        ("https://h.test/a", "https://h.test/a", true),
        ("https://h.test/a", "https://h.test:443/a", true),
        ("https://h.test:443/a", "https://h.test/a", true),
        ("https://h.test/a", "https://h.test:8443/a", false),
        ("https://h.test/a", "https://h.test/a?q=1", false),
        ("https://h.test/a*", "https://h.test/a?q=1", true),
        ("https://h.test/docs/", "https://h.test/docs/a/b", true),
        ("https://h.test/*", "https://h.test/docs/a/b", true),
        ("https://h.test", "https://h.test/", true),
        ("https://*.h.test/*", "https://x.h.test/a/b", true),
        ("https://*.h.test/*", "https://h.test/a", true),
        ("*://h.test/*", "http://h.test/a", true),
        ("https://h.test/*", "http://h.test/a", false),
        ("https://H.test/*", "https://h.TEST/a", true),
        ("h.test/*", "https://h.test/a", true),
        ("*.h.test/docs/*", "https://x.h.test/docs/a", true),
        ("*.md", "https://h.test/a/b.md", true),
        ("https://10.0.0.1/*", "https://10.0.0.1/a", true),
    ];
    for (path, target, expected) in cases {
        assert_eq!(covers(path, target), expected, "{path} at {target}");
    }
}

#[test]
fn text_elsewhere_in_a_url_does_not_pretend_to_be_its_host() {
    let cases = [
        ("https://*.h.test/*", "https://evil.test?x=.h.test/a"),
        ("https://*.h.test/*", "https://evil.test/.h.test/a"),
        ("https://h.test/*", "https://h.test@evil.test/a"),
        ("https://h.test*", "https://h.test.evil.test/a"),
        ("*h.test*", "https://evil.test/h.test/a"),
        ("*h.test*", "https://evilh.test/a"),
        ("h.test*", "https://evil.test/h.test/a"),
        ("*.md", "https://evil.md/a"),
        ("https://*/a", "https://h.test/b"),
        ("https://a*b.test/*", "https://axb.test/a"),
    ];
    for (path, target) in cases {
        assert!(!covers(path, target), "{path} at {target}");
    }
}

#[test]
fn only_the_named_rule_is_silenced() {
    let entries = Suppressions::new(vec![Suppression::new("Jailbreak Attempt", "*").unwrap()]);
    assert!(entries.covers("jailbreak attempt", "x"));
    assert!(!entries.covers("System Override", "x"));
    assert!(!Suppressions::default().covers("x", "x"));
}

#[test]
fn broken_globs_are_refused() {
    let long = "x".repeat(1025);
    let cases = [
        ("a[b", GlobError::OpenClass),
        ("a[]", GlobError::OpenClass),
        ("a[z-a]", GlobError::BackwardRange),
        (long.as_str(), GlobError::TooLong),
    ];
    for (path, error) in cases {
        assert_eq!(Suppression::new("r", path).err(), Some(error), "{path:.10}");
    }
}

#[test]
fn hostile_targets_cost_linear_time_and_little() {
    let pattern = format!("{}b", "*a".repeat(500));
    let target = "a".repeat(20_000);
    assert!(!covers(&pattern, &target));
}
