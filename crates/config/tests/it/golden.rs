//! Files whose whole report is kept. `BLESS=1` rewrites them.

use crate::{environment, load};
use pipelock_config::{PRESET_NAMES, parse, preset};
use std::path::{Path, PathBuf};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

fn compare(name: &str, actual: &str) {
    let path = golden(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        actual, expected,
        "{name}: run with BLESS=1 if the change is meant"
    );
}

#[test]
fn ten_mistakes_are_reported_in_one_run() {
    let text = std::fs::read_to_string(golden("ten_mistakes.yaml")).unwrap();
    let loaded = parse(&text, Path::new("ten_mistakes.yaml"), &environment());
    let problems = loaded.policy.unwrap_err();
    assert!(problems.len() >= 10, "{problems}");
    compare("ten_mistakes.txt", &format!("{problems}\n"));
    let json: Vec<_> = problems
        .iter()
        .map(pipelock_config::Problem::to_json)
        .collect();
    compare(
        "ten_mistakes.json",
        &format!("{}\n", serde_json::to_string_pretty(&json).unwrap()),
    );
}

/// A hash is evidence: it must not shift because a key was added to the code.
#[test]
fn policy_hashes_are_golden_vectors() {
    let mut lines = format!("empty {}\n", load("").policy_hash);
    for name in PRESET_NAMES {
        lines.push_str(&format!(
            "{name} {}\n",
            load(&preset(name).unwrap()).policy_hash
        ));
    }
    compare("policy_hashes.txt", &lines);
}
