use crate::harness::{CONFIG, Files, pipelock, said, say};
use serde_json::Value;

const MISTAKES: &str = "\
mode: relaxed
forward_proxi: {}
fetch_proxy:
  monitoring:
    max_url_length: many
";

#[test]
fn a_url_passes_or_is_refused_by_exit_code() {
    let files = Files::new();
    let config = files.write("c.yaml", CONFIG);
    let opened: &[&str] = &["--config", &config];
    let cases: [(&[&str], &str, i32, &str); 6] = [
        (opened, "http://127.0.0.2/", 0, "Result:  ALLOWED"),
        (opened, "http://127.0.0.3/", 1, "Scanner: ssrf"),
        (&[], "http://127.0.0.2/", 1, "Scanner: ssrf"),
        (&[], "http://2130706433/", 1, "Result:  BLOCKED"),
        (
            &[],
            "http://[::ffff:169.254.169.254]/",
            1,
            "Result:  BLOCKED",
        ),
        (&[], "ftp://127.0.0.2/", 1, "Scanner: scheme"),
    ];
    for (flags, url, code, words) in cases {
        let said = said(
            &pipelock()
                .arg("check")
                .args(flags)
                .args(["--url", url])
                .output()
                .unwrap(),
        );
        assert_eq!(said.code, code, "{url}: {}{}", said.out, said.err);
        assert!(said.out.contains(words), "{url}: {}", said.out);
        assert!(said.out.contains("Score:   "), "{url}: {}", said.out);
    }
}

#[test]
fn a_refused_secret_is_not_repeated() {
    let secret = format!("AK{}Q7ZR4N2TLM9XW3BH", "IA");
    let url = format!("http://127.0.0.2/?k={secret}");
    for flags in [&[][..], &["--json"]] {
        let said = said(
            &pipelock()
                .args(["check", "--url", &url])
                .args(flags)
                .output()
                .unwrap(),
        );
        assert_eq!(said.code, 1, "{}", said.out);
        assert!(
            !said.out.contains(&secret) && !said.err.contains(&secret),
            "{}",
            said.out
        );
    }
}

#[test]
fn a_valid_file_shows_what_it_sets() {
    let files = Files::new();
    let config = files.write("c.yaml", CONFIG);
    let said = say(&["check", "--config", &config]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.out.starts_with("Config validation: OK\n"),
        "{}",
        said.out
    );
    for word in ["balanced", "127.0.0.1:8888", "2048", "4.5"] {
        assert!(said.out.contains(word), "no {word} in {}", said.out);
    }
}

#[test]
fn an_invalid_file_shows_every_error_at_its_place() {
    let files = Files::new();
    let config = files.write("c.yaml", MISTAKES);
    let said = say(&["check", "--config", &config]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    for place in [
        ":1:7: mode:",
        ":2:1: forward_proxi:",
        ":5:21: fetch_proxy.monitoring.max_url_length:",
    ] {
        assert!(said.err.contains(place), "no {place} in {}", said.err);
    }
    assert!(said.err.contains("FAILED: 3 errors"), "{}", said.err);
    assert_eq!(say(&["check", "--strict", "--config", &config]).code, 2);
}

#[test]
fn run_refuses_what_check_refuses_with_exit_code_2() {
    let files = Files::new();
    let config = files.write("c.yaml", MISTAKES);
    for flags in [&[][..], &["--check"]] {
        let said = said(
            &pipelock()
                .args(["run", "--config", &config])
                .args(flags)
                .output()
                .unwrap(),
        );
        assert_eq!(said.code, 2, "{}", said.err);
        for place in [":1:7: mode:", ":2:1: forward_proxi:", ":5:21: "] {
            assert!(said.err.contains(place), "no {place} in {}", said.err);
        }
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let files = Files::new();
    let path = files.path("absent.yaml");
    for (command, code) in [("check", 1), ("run", 2)] {
        let said = say(&[command, "--config", &path]);
        assert_eq!(said.code, code, "{command}: {}", said.err);
        assert!(said.err.contains("absent.yaml"), "{command}: {}", said.err);
    }
}

#[test]
fn json_has_the_same_keys_for_every_outcome() {
    let files = Files::new();
    let (good, bad) = (
        files.write("good.yaml", CONFIG),
        files.write("bad.yaml", MISTAKES),
    );
    let keys = [
        "valid",
        "errors",
        "warnings",
        "unknown_fields",
        "unbuilt",
        "summary",
        "config_hash",
        "policy_hash",
        "url_result",
        "text_result",
        "schema_version",
    ];
    let cases: [(&[&str], i32); 4] = [
        (&["--config", &good], 0),
        (&["--config", &bad], 1),
        (&["--config", &good, "--url", "http://127.0.0.2/"], 0),
        (&["--url", "http://127.0.0.2/"], 1),
    ];
    for (flags, code) in cases {
        let said = said(
            &pipelock()
                .args(["check", "--json"])
                .args(flags)
                .output()
                .unwrap(),
        );
        assert_eq!(said.code, code, "{flags:?}: {}", said.out);
        let json: Value = serde_json::from_str(&said.out).unwrap();
        let found: Vec<&String> = json.as_object().unwrap().keys().collect();
        assert_eq!(found, keys, "{flags:?}");
        assert_eq!(json["schema_version"], 1);
    }
}

#[test]
fn json_tells_errors_and_the_verdict() {
    let files = Files::new();
    let bad = files.write("bad.yaml", MISTAKES);
    let said = say(&["check", "--json", "--config", &bad]);
    let json: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(json["valid"], false);
    assert_eq!(json["errors"].as_array().unwrap().len(), 3);
    assert_eq!(json["errors"][0]["field"], "mode");
    assert_eq!(json["errors"][0]["line"], 1);
    assert_eq!(json["unknown_fields"][0]["field"], "forward_proxi");

    let said = say(&["check", "--json", "--url", "http://127.0.0.2/"]);
    let verdict = &serde_json::from_str::<Value>(&said.out).unwrap()["url_result"];
    assert_eq!(
        (&verdict["allowed"], &verdict["scanner"]),
        (&Value::from(false), &Value::from("ssrf"))
    );
}

#[test]
fn the_environment_names_the_file_of_check_but_not_of_run() {
    let files = Files::new();
    let config = files.write("c.yaml", MISTAKES);
    let with = |command: &str, flags: &[&str]| {
        let mut pipelock = pipelock();
        pipelock
            .env("PIPELOCK_CONFIG", &config)
            .arg(command)
            .args(flags);
        said(&pipelock.output().unwrap()).code
    };
    assert_eq!(with("check", &[]), 1);
    // What `run` enforces must not depend on a variable.
    assert_eq!(with("run", &["--check", "--listen", "127.0.0.1:0"]), 0);
}

#[test]
fn an_empty_variable_counts_as_none() {
    let output = pipelock()
        .env("PIPELOCK_CONFIG", "")
        .env("PIPELOCK_HOME", "")
        .arg("check")
        .output();
    let said = said(&output.unwrap());
    assert_eq!(said.code, 0, "{}", said.err);
}
