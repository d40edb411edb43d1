//! `config.md` §7.1 and §7.3.

use crate::{IncludeDefaults, builtin_dlp, core, merge};
use pipelock_detect::domain::DomainSet;
use pipelock_detect::pattern::{Case, Pattern};
use pipelock_detect::rule::{Finds, Rule, RuleAction, RuleKind};
use pipelock_model::Severity;

fn user(name: &'static str) -> Rule {
    Rule {
        id: "user".into(),
        name: name.into(),
        kind: RuleKind::Dlp,
        severity: Severity::Low,
        core: true,
        action: RuleAction::Warn,
        validator: None,
        checksum: None,
        exempt: DomainSet::default(),
        finds: Finds::Pattern(Pattern::compile("harbour[0-9]{4}", Case::Dlp).unwrap()),
    }
}

fn names(rules: &[Rule]) -> Vec<&str> {
    rules.iter().map(|rule| rule.name.as_ref()).collect()
}

#[test]
fn without_user_rules_the_defaults_are_in_force() {
    let merged = merge(Vec::new(), IncludeDefaults::Yes, RuleKind::Dlp);
    assert_eq!(names(&merged), names(&builtin_dlp()));
    let merged = merge(Vec::new(), IncludeDefaults::Yes, RuleKind::Injection);
    assert_eq!(merged.len(), 25);
}

#[test]
fn a_user_rule_replaces_the_default_of_exactly_its_name() {
    let merged = merge(
        vec![user("IBAN"), user("iban"), user("Own")],
        IncludeDefaults::Yes,
        RuleKind::Dlp,
    );
    assert_eq!(merged.len(), builtin_dlp().len() - 1 + 3);
    let (defaults, own) = merged.split_at(merged.len() - 3);
    assert!(!names(defaults).contains(&"IBAN"));
    assert_eq!(names(own), ["IBAN", "iban", "Own"]);
    assert!(own.iter().all(|rule| rule.action == RuleAction::Warn));
}

#[test]
fn without_defaults_only_the_floor_and_the_user_rules_remain() {
    let merged = merge(vec![user("Own")], IncludeDefaults::No, RuleKind::Dlp);
    let mut expected: Vec<_> = core()
        .into_iter()
        .filter(|rule| rule.kind == RuleKind::Dlp)
        .map(|rule| rule.name)
        .collect();
    expected.push("Own".into());
    assert_eq!(
        names(&merged),
        expected.iter().map(AsRef::as_ref).collect::<Vec<&str>>()
    );
}

#[test]
fn a_user_rule_with_a_core_name_is_one_more_and_never_core() {
    for defaults in [IncludeDefaults::Yes, IncludeDefaults::No] {
        let merged = merge(vec![user("GitHub Token")], defaults, RuleKind::Dlp);
        let both: Vec<_> = merged
            .iter()
            .filter(|rule| rule.name == "GitHub Token")
            .collect();
        assert_eq!(
            both.iter().map(|rule| rule.core).collect::<Vec<_>>(),
            [true, false]
        );
        assert_eq!(both[0].severity, Severity::Critical);
    }
}
