use super::*;
use crate::rule::RuleSet;

fn empty() -> Engine {
    Engine::new(RuleSet::default())
}

#[test]
fn controls_and_escape_sequences_are_dropped() {
    let cases = [
        ("plain text", "plain text"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("a\r\nb\0c\x7fd", "a\nbcd"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;http://x.test\x07link\x1b]8;;\x1b\\", "link"),
        ("\u{9b}1mbold\u{85}", "bold"),
        ("a\u{202e}b\u{2066}c\u{2028}d", "abcd"),
        ("\x1b(Bascii", "ascii"),
        ("\x1b", ""),
        ("\x1b]never ends\nnext line", "never ends\nnext line"),
        ("\x1bü", "ü"),
    ];
    let engine = empty();
    for (text, want) in cases {
        assert_eq!(
            Redact { engine: &engine }.redact(text, 1000),
            want,
            "{text:?}"
        );
    }
}

#[test]
fn userinfo_goes_wherever_a_url_stands() {
    let cases = [
        ("get http://u:p@h.test/x?y now", "get http://h.test/x?y now"),
        ("http://a@b@h.test", "http://h.test"),
        ("mail to a@b.test", "mail to a@b.test"),
        (
            "see //u@h.test/ and https://h.test/@me",
            "see //h.test/ and https://h.test/@me",
        ),
    ];
    let engine = empty();
    for (text, want) in cases {
        assert_eq!(
            Redact { engine: &engine }.redact(text, 1000),
            want,
            "{text:?}"
        );
    }
}

#[test]
fn urls_lose_userinfo_controls_and_long_values() {
    let long = "v".repeat(65);
    let cases = [
        (
            "https://h.test/a/b?x=1#f".to_owned(),
            "https://h.test/a/b?x=1#f".to_owned(),
        ),
        (
            "https://user:pass@h.test:8443/a".to_owned(),
            "https://h.test:8443/a".to_owned(),
        ),
        ("user:pass@h.test:443".to_owned(), "h.test:443".to_owned()),
        (
            format!("https://h.test/?a={long}&b=2"),
            "https://h.test/?a=[65 bytes]&b=2".to_owned(),
        ),
        (
            format!("https://h.test/?{long}=1"),
            "https://h.test/?[65 bytes]=1".to_owned(),
        ),
        (
            format!("https://h.test/?a=1#{long}"),
            "https://h.test/?a=1#[65 bytes]".to_owned(),
        ),
        (
            format!("https://h.test/{long}"),
            format!("https://h.test/{long}"),
        ),
        (
            "https://h.test/?u=http://a:b@c.test/".to_owned(),
            "https://h.test/?u=http://c.test/".to_owned(),
        ),
        (
            "https://h.test/\x1b[2Jx\r\n".to_owned(),
            "https://h.test/x\n".to_owned(),
        ),
    ];
    let engine = empty();
    for (url, want) in cases {
        assert_eq!(clean_url(&url, 1000), want, "{url:?}");
        assert_eq!(
            Redact { engine: &engine }.redact_url(&url, 1000),
            want,
            "{url:?} through the engine"
        );
    }
}

#[test]
fn the_limit_holds_at_a_character_boundary() {
    let engine = empty();
    for (text, limit, want) in [
        ("abcdef", 3, "abc"),
        ("aüb", 2, "a"),
        ("aüb", 3, "aü"),
        ("abc", 0, ""),
    ] {
        assert_eq!(Redact { engine: &engine }.redact(text, limit), want);
        assert_eq!(clean_url(text, limit), want);
    }
}

proptest::proptest! {
    #[test]
    fn no_control_character_survives(text: String, limit in 0..64usize) {
        let engine = empty();
        for out in [Redact { engine: &engine }.redact(&text, limit), clean_url(&text, limit)] {
            proptest::prop_assert!(out.len() <= limit);
            proptest::prop_assert!(out.chars().all(|c| !c.is_control() || matches!(c, '\t' | '\n')));
        }
    }
}
