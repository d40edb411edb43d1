//! `test` and `rules`.

use crate::harness::{Files, say};
use serde_json::Value;

const CATEGORIES: [(&str, usize); 9] = [
    ("dlp", 6),
    ("blocklist", 3),
    ("entropy", 3),
    ("scheme", 2),
    ("response_injection", 3),
    ("mcp_response", 3),
    ("mcp_input", 4),
    ("mcp_tools", 3),
    ("clean", 3),
];

#[test]
fn every_vector_comes_out_right_with_the_defaults() {
    let said = say(&["test", "--json", "--fail-on-gap"]);
    let json: Value = serde_json::from_str(&said.out).unwrap();
    let vectors = json["vectors"].as_array().unwrap();
    let failed: Vec<_> = vectors
        .iter()
        .filter(|one| one["status"] != "pass")
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert_eq!(said.code, 0);
    for (category, count) in CATEGORIES {
        let have = vectors
            .iter()
            .filter(|one| one["category"] == category)
            .count();
        assert_eq!(have, count, "{category}");
    }
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    let wanted = [
        "config_file",
        "mode",
        "total",
        "passed",
        "failed",
        "skipped",
        "vectors",
        "gaps",
        "schema_version",
    ];
    assert_eq!(keys, wanted);
    let keys: Vec<&String> = vectors[0].as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "name", "category", "status", "blocked", "expected", "detail"
        ]
    );
    assert_eq!((&json["total"], &json["passed"]), (&30.into(), &30.into()));
}

#[test]
fn the_modes_pass_their_vectors() {
    let files = Files::new();
    for mode in ["strict", "balanced", "audit"] {
        let path = files.path(mode);
        assert_eq!(
            say(&["generate", "config", "--preset", mode, "-o", &path]).code,
            0
        );
        let said = say(&["test", "--fail-on-gap", "--config", &path]);
        assert_eq!(said.code, 0, "{mode}: {}", said.out);
    }
}

#[test]
fn what_is_off_is_a_gap_and_what_is_missing_a_failure() {
    let files = Files::new();
    let off = files.write("off.yaml", "response_scanning: {enabled: false}\n");
    let only = ["--category", "response_injection,clean", "--config", &off];
    let plain = say(&[&["test", "--json"], &only[..]].concat());
    let json: Value = serde_json::from_str(&plain.out).unwrap();
    assert_eq!((plain.code, &json["skipped"]), (0, &3.into()));
    assert!(
        json["gaps"][0]
            .as_str()
            .unwrap()
            .starts_with("response_injection: ")
    );
    assert_eq!(
        say(&[&["test", "--fail-on-gap"], &only[..]].concat()).code,
        1
    );
    let open = files.write(
        "open.yaml",
        "fetch_proxy: {monitoring: {blocklist: [other.example]}}\n",
    );
    let said = say(&["test", "--category", "blocklist", "--config", &open]);
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(said.out.contains("fail  blocklist"), "{}", said.out);
}

#[test]
fn categories_are_known_by_name() {
    for (list, code) in [
        ("dlp", 0),
        ("dlp, entropy", 0),
        (
            "dlp,entropy,scheme,response_injection,mcp_response,mcp_input,mcp_tools,clean",
            0,
        ),
        ("DLP", 2),
        ("dlp,magic", 2),
    ] {
        let said = say(&["test", "--category", list, "--fail-on-gap"]);
        assert_eq!(said.code, code, "{list}: {}{}", said.out, said.err);
    }
    let files = Files::new();
    let broken = files.write("broken.yaml", "mode: odd\n");
    assert_eq!(say(&["test", "--config", &broken]).code, 2);
    let listed = say(&["test", "--list"]);
    assert_eq!((listed.code, listed.out.lines().count()), (0, 30));
}

#[test]
fn rule_files_are_tested_by_their_examples() {
    let files = Files::new();
    let rule = |regex: &str, matches: &str, passes: &str| {
        format!(
            "id = \"a\"\nname = \"A Rule\"\norder = 1\nseverity = \"high\"\ncase = \"as_written\"\n\
             regex = '{regex}'\nsource = \"s\"\ndescription = \"d\"\n\
             matches = [{matches}]\npasses = [{passes}]\n"
        )
    };
    let good = files.write(
        "good.toml",
        &rule("zkey_[a-z0-9]{8}", "\"zkey_{a7*4}\"", "\"zkey_{a*7}\""),
    );
    let said = say(&["rules", "test", &good]);
    assert_eq!(said.code, 0, "{}", said.out);
    assert!(said.out.starts_with("ok   A Rule"), "{}", said.out);
    let missed = files.write(
        "missed.toml",
        &rule("zkey_[0-9]{8}", "\"zkey_{a*8}\"", "\"zkey_{7*8}\""),
    );
    let said = say(&["rules", "test", "--json", &missed]);
    let json: Value = serde_json::from_str(&said.out).unwrap();
    let problems = json["files"][0]["problems"].as_array().unwrap();
    assert_eq!((said.code, problems.len()), (1, 2), "{json}");
    let broken = files.write("broken.toml", &rule("zkey_(", "", ""));
    assert_eq!(say(&["rules", "test", &broken]).code, 1);
    assert_eq!(say(&["rules", "test", &files.path("absent")]).code, 2);
    let directory = files.path("");
    assert_eq!(
        say(&["rules", "test", &directory]).code,
        1,
        "all in a directory"
    );
}

#[test]
fn the_state_of_the_rules_is_told() {
    let said = say(&["rules", "status", "--json"]);
    let json: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((said.code, &json["healthy"]), (0, &true.into()));
    assert_eq!(json["core"]["source"], "compiled");
    assert!(json["standard_dlp"]["count"].as_u64().unwrap() > 20);
    assert!(
        say(&["rules", "status"])
            .out
            .starts_with("Rules:    healthy\n")
    );
}
