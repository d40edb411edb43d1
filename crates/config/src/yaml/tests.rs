#![allow(clippy::unwrap_used)]

use super::*;

fn read_ok(text: &str) -> Option<Node> {
    let mut problems = Problems::new("t.yaml");
    let node = read(text, &mut problems);
    assert!(problems.is_empty(), "{text:?}: {problems}");
    node
}

fn codes(text: &str) -> Vec<(&'static str, usize)> {
    let mut problems = Problems::new("t.yaml");
    let _ = read(text, &mut problems);
    problems
        .iter()
        .map(|problem| (problem.code.as_str(), problem.line))
        .collect()
}

#[test]
fn empty_files_comments_and_a_mark_of_byte_order_are_fine() {
    for text in [
        "",
        "# only a comment\n",
        "\u{feff}",
        "---\n",
        "\u{feff}# c\n",
    ] {
        assert!(read_ok(text).is_none_or(|node| node.is_null()), "{text:?}");
    }
    assert!(
        read_ok("\u{feff}a: 1")
            .unwrap()
            .map()
            .unwrap()
            .get("a")
            .is_some()
    );
}

#[test]
fn broken_files_are_errors_with_their_line() {
    let cases = [
        ("a: 1\na: 2\n", "CFG002", 2),
        ("s:\n  k: 1\n  j: 1\n  k: 2\n", "CFG002", 4),
        ("a: 1\n---\nb: 2\n", "CFG005", 2),
        ("a: 1\n---\n", "CFG005", 2),
        ("a: [1\n", "CFG004", 2),
        ("a: 1\n}\n", "CFG004", 2),
        ("? [a]\n: 1\n", "CFG003", 1),
        ("a: !custom 1\n", "CFG004", 1),
        ("a: &x [*x]\n", "CFG004", 1),
    ];
    for (text, code, line) in cases {
        assert_eq!(codes(text).first(), Some(&(code, line)), "{text:?}");
    }
}

#[test]
fn a_duplicate_names_both_lines_and_the_path() {
    let mut problems = Problems::new("t.yaml");
    let _ = read("s:\n  - k: 1\n    k: 2\n", &mut problems);
    assert_eq!(
        problems.to_string(),
        "t.yaml:3:5: s[0].k: given twice, first on line 2 [CFG002]"
    );
}

#[test]
fn aliases_and_merge_keys_are_expanded() {
    let root = read_ok("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\nlist: [*b]\n").unwrap();
    let used = root.map().unwrap().get("use").unwrap().value.map().unwrap();
    let text = |key: &str| match &used.get(key).unwrap().value.value {
        Value::Scalar(scalar) => scalar.text.to_string(),
        _ => panic!("not a scalar"),
    };
    assert_eq!((text("x"), text("y")), ("1".into(), "3".into()));
}

#[test]
fn alias_bombs_and_deep_nests_are_refused() {
    let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for level in 1..9 {
        let below = format!("*a{}", level - 1);
        bomb.push_str(&format!(
            "a{level}: &a{level} [{}]\n",
            vec![below; 10].join(",")
        ));
    }
    assert_eq!(codes(&bomb).first().map(|found| found.0), Some("CFG007"));

    let text = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(1 << 20),
        ["*a"; 9].join(",")
    );
    assert_eq!(codes(&text).first().map(|found| found.0), Some("CFG007"));

    let nest = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(codes(&nest(DEPTH)), []);
    assert_eq!(codes(&nest(DEPTH + 1)), [("CFG007", 1)]);
    let through_alias = format!(
        "a: &a {}\nb: {}*a{}\n",
        nest(40),
        "[".repeat(40),
        "]".repeat(40)
    );
    assert_eq!(codes(&through_alias), [("CFG007", 2)]);
}
