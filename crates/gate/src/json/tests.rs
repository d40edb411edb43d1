use super::*;

fn words(source: &str) -> Result<String, JsonError> {
    Words::read(source).map(|words| String::from_utf8_lossy(words.text()).into_owned())
}

#[test]
fn every_key_and_leaf_comes_in_the_order_of_the_document() {
    let cases = [
        (
            r#"{"b":"x","a":["y",1,true,null,{"c":-1.50e+3}]}"#,
            "b x a y 1 true c -1.50e+3",
        ),
        (r#"{"a":"1","a":"2"}"#, "a 1 a 2"),
        (r#" "alone" "#, "alone"),
        ("12345678901234567890", "12345678901234567890"),
        ("null", ""),
        (r#"{"":""}"#, " "),
        ("[]", ""),
        (
            r#""a\n\u0041\ud83d\ude00\ud83d\/""#,
            "a\nA\u{1f600}\u{fffd}/",
        ),
    ];
    for (source, wanted) in cases {
        assert_eq!(words(source).as_deref(), Ok(wanted), "{source}");
    }
}

#[test]
fn what_is_not_json_is_refused() {
    let cases = [
        "",
        " ",
        "{",
        "[",
        "]",
        "{]",
        "[}",
        "[1,]",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "[1 2]",
        "1 2",
        "\"a",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\n\"",
        "01",
        "1.",
        ".5",
        "-",
        "1e",
        "+1",
        "nul",
        "True",
        "NaN",
        "'a'",
        "{a:1}",
        "[1]]",
        "{\"a\" 1}",
    ];
    for source in cases {
        assert_eq!(words(source), Err(JsonError::Malformed), "{source}");
    }
}

#[test]
fn nesting_has_a_limit_and_no_stack() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(words(&nested(DEPTH)).is_ok());
    assert_eq!(words(&nested(DEPTH + 1)), Err(JsonError::TooDeep));
    assert_eq!(words(&"[".repeat(1_000_000)), Err(JsonError::TooDeep));
}

#[test]
fn a_span_of_the_words_maps_back_to_the_source() {
    let source = r#"{"key":"p\u0061ss é word","n":12}"#;
    let words = Words::read(source).unwrap();
    let text = String::from_utf8_lossy(words.text()).into_owned();
    assert_eq!(text, "key pass é word n 12");
    let cases = [
        ("key", "key"),
        ("pass", r"p\u0061ss"),
        ("ss é", "ss é"),
        ("word", "word"),
        ("word n", r#"word","n"#),
        ("12", "12"),
    ];
    for (part, raw) in cases {
        let start = text.find(part).unwrap() as u64;
        let origin = words.origin(source, &(start..start + part.len() as u64));
        let range = usize::try_from(origin.start).unwrap()..usize::try_from(origin.end).unwrap();
        assert_eq!(&source[range], raw, "{part}");
    }
}
