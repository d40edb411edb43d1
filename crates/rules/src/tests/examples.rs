//! Every example of every rule file, through the engine.

use crate::format::{self, Shelf};
use crate::{builtin, notation, preset_only};
use pipelock_detect::engine::{Engine, Kinds};
use pipelock_detect::rule::{Rule, RuleSet};
use pipelock_model::{Confidence, Finding};
use pipelock_testkit::{benign, injection, secrets};
use std::path::{Path, PathBuf};

pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules")
}

pub(super) fn engine(rules: Vec<Rule>) -> Engine {
    Engine::new(RuleSet::new(rules))
}

fn scan(engine: &Engine, kinds: Kinds, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    let _ = engine.scan(kinds, text.as_bytes(), &mut found);
    found
}

fn names(engine: &Engine, found: &[Finding]) -> Vec<String> {
    found
        .iter()
        .map(|finding| engine.rule(finding.rule).name.to_string())
        .collect()
}

/// Calls `judge` with each file and an engine of its rule alone: an example
/// speaks about one pattern.
fn each_file(mut judge: impl FnMut(&format::RuleFile, &Engine)) {
    let rules: Vec<_> = builtin().into_iter().chain(preset_only()).collect();
    for shelf in Shelf::ALL {
        for file in format::read(&root(), shelf).unwrap() {
            let rule = rules.iter().find(|rule| rule.id == file.id).unwrap();
            judge(&file, &engine(vec![rule.clone()]));
        }
    }
}

#[test]
fn every_match_of_every_file_is_reported() {
    let mut missed = Vec::new();
    each_file(|file, engine| {
        for example in &file.matches {
            let text = notation::expand(example).unwrap();
            if scan(engine, Kinds::ALL, &text).is_empty() {
                missed.push(format!("{}: {example}", file.label));
            }
        }
    });
    assert!(missed.is_empty(), "not reported:\n{}", missed.join("\n"));
}

#[test]
fn no_pass_of_any_file_is_reported() {
    let mut invented = Vec::new();
    each_file(|file, engine| {
        for example in &file.passes {
            let text = notation::expand(example).unwrap();
            if !scan(engine, Kinds::ALL, &text).is_empty() {
                invented.push(format!("{}: {example}", file.label));
            }
        }
    });
    assert!(invented.is_empty(), "reported:\n{}", invented.join("\n"));
}

#[test]
fn no_rule_file_holds_a_token_that_a_scanner_would_report() {
    let engine = engine(builtin());
    let mut files = vec![root().join("README.md")];
    for shelf in Shelf::ALL {
        files.extend(
            format::read(&root(), shelf)
                .unwrap()
                .into_iter()
                .map(|file| file.path),
        );
    }
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let mut found = scan(&engine, Kinds::DLP, &text);
        found.retain(|finding| finding.confidence >= Confidence::Medium);
        assert!(
            found.is_empty(),
            "{}: {:?}",
            path.display(),
            names(&engine, &found)
        );
    }
}

#[test]
fn made_up_secrets_and_attacks_are_found_by_the_rule_that_means_them() {
    let engine = engine(builtin());
    for (name, text) in secrets::all().into_iter().chain(injection::all()) {
        let found = scan(&engine, Kinds::ALL, &text);
        assert!(
            names(&engine, &found).iter().any(|have| have == name),
            "{name}"
        );
        assert!(
            found
                .iter()
                .all(|finding| finding.confidence >= Confidence::Medium),
            "{name}"
        );
    }
}

#[test]
fn honest_traffic_is_clean() {
    let engine = engine(builtin().into_iter().chain(preset_only()).collect());
    for text in [
        benign::english(1 << 20),
        benign::json(1 << 20),
        benign::html(1 << 20),
    ] {
        let found = scan(&engine, Kinds::ALL, &text);
        assert!(found.is_empty(), "{:?}", names(&engine, &found));
    }
}

/// `hazards.md` §7.
#[test]
fn traffic_that_only_looks_like_an_attack_is_delivered() {
    let engine = engine(builtin());
    let cases = [
        "## 4.2.0\n\n- Added new rules for unused imports\n- Updated the instructions page\n",
        "rm -rf build && make",
        "{\"name\":\"shell\",\"description\":\"Execute a shell command\"}",
        "API_TOKEN=\nOTHER=1\n",
        "https://h.test/blog/how-we-moved-the-whole-archive-to-a-new-harbour-in-one-week",
        "https://h.test/static/app.3f9a1c77d2.js?v=20240102",
        "https://h.test/asia/pacific/northeast/1",
        "Prompt injection is text that tries to make a model leave its task.",
    ];
    for text in cases {
        let found = scan(&engine, Kinds::ALL, text);
        assert!(found.is_empty(), "{text}: {:?}", names(&engine, &found));
    }
}
