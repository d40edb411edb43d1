use crate::rules;
use pipelock_detect::engine::Kinds;
use pipelock_detect::pattern::{Case, Pattern, analyse};
use pipelock_model::View;

fn matches(regex: &str, text: &[u8]) -> bool {
    let mut out = Vec::new();
    let engine = rules::one(regex, Case::AsWritten);
    // The normalised view has other characters.
    let _ = engine.scan_view(Kinds::ALL, View::Plain, text, &mut out);
    !out.is_empty()
}

#[test]
fn patterns_mean_what_re2_says() {
    let cases: [(&str, &[u8], bool); 64] = [
        // A repetition inside another one, as it is printed and read again.
        (r"key-(?:[a-z]{4})?5", b"key-5", true),
        (r"key-(?:[a-z]{4})?5", b"key-ab5", false),
        (r"key-(?:[a-z]{2}){3}-", b"key-ababab-", true),
        (r"key-(?:[a-z]{2}){3}-", b"key-abab-", false),
        (r"x\dy", b"x5y", true),
        (r"x\dy", "x\u{665}y".as_bytes(), false), // Arabic digit five
        (r"x\wy", "x\u{e9}y".as_bytes(), false),
        (r"x\Wy", "x\u{e9}y".as_bytes(), true),
        (r"x\sy", b"x\x0by", false), // vertical tab
        (r"x\sy", b"x\x0cy", true),
        (r"x\sy", "x\u{a0}y".as_bytes(), false),
        (r"x[\d_]y", b"x_y", true),
        (r"x[\D]y", b"x5y", false),
        (r"x[\S\s]y", b"x\ny", true),
        (r"x[^\d]y", "x\u{e9}y".as_bytes(), true),
        (r"\bkey", "\u{e9}key".as_bytes(), true), // not an ASCII word character
        (r"\bkey", b"akey", false),
        (r"x[[:alpha:]]y", b"xQy", true),
        (r"x[[:alpha:]]y", "x\u{e9}y".as_bytes(), false),
        (r"x[[:^alpha:]]y", b"x1y", true),
        ("x[[a]y", b"x[y", true),
        ("x[a&&b]y", b"x&y", true),
        ("x[a&&b]y", b"xay", true),
        ("x[a+--]y", b"x,y", true),
        ("x[a~~b]y", b"xay", true),
        ("x[]a]y", b"x]y", true),
        ("x[^]a]y", b"xby", true),
        ("x[a-]y", b"x-y", true),
        (r"x[\]]y", b"x]y", true),
        (r"\Qa.b\E+c", b"a.bbc", true),
        (r"\Qa.b", b"a.b", true),
        (r"\Qa.b", b"axb", false),
        (r"x\101y", b"xAy", true),
        (r"x\07y", b"x\x07y", true),
        (r"x\x{41}y", b"xAy", true),
        (r"x\x41y", b"xAy", true),
        (r"x\<y\>", b"x<y>", true),
        (r"x\_y", b"x_y", true),
        (r"\Axy", b"xy", true),
        (r"\Axy", b"axy", false),
        (r"xy\z", b"xy", true),
        (r"xy\z", b"xy\n", false),
        ("xy$", b"xy\n", false),
        ("(?m)xy$", b"xy\n", true),
        (r"x\pLy", "x\u{e9}y".as_bytes(), true),
        (r"x\p{Greek}y", "x\u{3b1}y".as_bytes(), true),
        (r"x\p{^Greek}y", "x\u{3b1}y".as_bytes(), false),
        (r"x\PLy", b"x1y", true),
        ("(?i)straSSe", b"STRASSE", true),
        ("(?i)abc(?-i:DEF)", b"ABCDEF", true),
        ("(?i)abc(?-i:DEF)", b"ABCdef", false),
        ("x.y", b"x\ny", false),
        ("(?s)x.y", b"x\ny", true),
        ("x.y", "x\u{4e2d}y".as_bytes(), true),
        ("x.y", b"x\xffy", true),
        ("x..y", b"x\xff\xfey", true),
        ("x...y", "x\u{4e2d}y".as_bytes(), false), // one character, not three bytes
        ("x.y", b"x\xff\xfey", false),
        ("x{,2}y", b"x{,2}y", true),
        ("x{a}y", b"x{a}y", true),
        ("(?P<n>ab)(?P<m>cd)", b"abcd", true),
        ("(?<n>abc)", b"abc", true),
        ("(?U)xa+y", b"xaay", true),
        ("(?i-s:AbC)", b"aBc", true),
    ];
    for (regex, text, want) in cases {
        assert_eq!(
            matches(regex, text),
            want,
            "{regex} on {:?}",
            String::from_utf8_lossy(text)
        );
    }
}

#[test]
fn what_re2_refuses_is_refused_with_its_column() {
    let cases: [(&str, usize, &str); 27] = [
        ("ab(?=c)", 3, "look-ahead"),
        ("ab(?!c)", 3, "look-ahead"),
        ("(?<=a)b", 1, "look-behind"),
        ("(?<!a)b", 1, "look-behind"),
        (r"(a)\1", 4, "back-reference"),
        (r"(a)\9", 4, "back-reference"),
        ("(?P=n)", 1, "back-reference"),
        ("(?x)ab", 3, "flag x"),
        ("(?u)ab", 3, "flag u"),
        ("(?R)ab", 3, "flag R"),
        ("ab(?q:c)", 5, "flags"),
        ("a{1001}", 2, "1000"),
        ("a{2,1001}", 2, "1000"),
        ("a{3,2}", 2, "order"),
        ("a**", 3, "nested"),
        ("a+{2}", 3, "nested"),
        ("*a", 1, ""),
        ("a(b", 2, ""),
        ("ab)", 3, ""),
        ("a[b", 2, "bracket"),
        ("a[z-b]", 3, "range"),
        ("a[[:nope:]]", 3, "class name"),
        (r"a\p{Nope}", 2, ""),
        (r"a\y", 2, "escape"),
        ("a\\", 2, "backslash"),
        ("a*", 1, "empty"),
        (r"\b", 1, "empty"),
    ];
    for (regex, column, message) in cases {
        let error = Pattern::compile(regex, Case::AsWritten).unwrap_err();
        assert!(error.message.contains(message), "{regex}: {error}");
        assert_eq!(error.column, column, "{regex}: {error}");
        // The prefix for DLP patterns does not move columns.
        assert_eq!(
            Pattern::compile(regex, Case::Dlp).unwrap_err(),
            error,
            "{regex}"
        );
    }
}

#[test]
fn patterns_over_the_size_limit_are_refused() {
    for regex in [
        r"\pL{1000}x\pL{1000}",
        "((a{100}){100}){100}",
        &"a".repeat(20_000),
    ] {
        assert!(Pattern::compile(regex, Case::AsWritten).is_err());
    }
}

#[test]
fn dlp_patterns_ignore_case_unless_a_group_says_otherwise() {
    let found = |regex: &str, text: &str| {
        let mut out = Vec::new();
        let _ = rules::one(regex, Case::Dlp).scan(Kinds::ALL, text.as_bytes(), &mut out);
        !out.is_empty()
    };
    assert!(found("acme-key", "ACME-KEY"));
    assert!(found("(?i)acme-key", "ACME-KEY"));
    assert!(!found("(?-i:acme)-key", "ACME-KEY"));
}

#[test]
fn an_analysis_prints_as_constants() {
    let analysis = analyse("sk-[a-z]{3,}|[0-9a-f]{40}", Case::Dlp).unwrap();
    let text = analysis.to_rust();
    assert!(text.starts_with("::pipelock_detect::pattern::BuiltinPattern { parts: &["));
    assert!(
        text.contains("Anchors(") && text.contains("Run {"),
        "{text}"
    );
}
