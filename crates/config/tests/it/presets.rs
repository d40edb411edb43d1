//! Presets load clean, say what they promise, and are what runs without a file.

use crate::{environment, load, policy};
use pipelock_config::{PRESET_NAMES, PresetError, defaults, preset};
use pipelock_model::Action;
use pipelock_policy::{Enforcement, HeaderScope, Mode};

#[test]
fn every_preset_loads_without_a_word() {
    for name in PRESET_NAMES {
        let loaded = load(&preset(name).unwrap());
        assert!(loaded.policy.is_ok(), "{name}: {:?}", loaded.policy);
        assert!(loaded.warnings.is_empty(), "{name}: {:?}", loaded.warnings);
        assert!(loaded.unbuilt.is_empty(), "{name}");
    }
}

#[test]
fn without_a_file_the_balanced_preset_runs() {
    let without = defaults(&environment());
    let file = load(&preset("balanced").unwrap());
    assert_eq!(without.config_hash, "defaults");
    assert_eq!(without.policy_hash, file.policy_hash);
    assert_eq!(
        format!("{:?}", without.policy.unwrap()),
        format!("{:?}", file.policy.unwrap())
    );
}

#[test]
fn presets_differ_where_the_reference_says() {
    let strict = policy(&preset("strict").unwrap());
    assert_eq!(
        (strict.mode, strict.enforcement),
        (Mode::Strict, Enforcement::Enforce)
    );
    assert_eq!(strict.url.max_url_length, 500);
    assert!((strict.url.entropy_threshold - 3.5).abs() < f64::EPSILON);
    assert_eq!(strict.rate.map(std::num::NonZeroU32::get), Some(30));
    assert_eq!(strict.response.action, Action::Block);
    let request = strict.request.unwrap();
    assert_eq!(request.action, Action::Block);
    assert!(matches!(request.headers, HeaderScope::AllBut(_)));
    let allowlist = strict.url.allowlist.unwrap();
    assert!(allowlist.matches_name("api.openai.com"));
    assert!(!allowlist.matches_name("api.telegram.org") && !allowlist.matches_name("x.slack.com"));
    assert_eq!(strict.forward.unwrap().allowed_ports.unwrap().len(), 4);

    let audit = policy(&preset("audit").unwrap());
    assert_eq!(
        (audit.mode, audit.enforcement),
        (Mode::Audit, Enforcement::DetectOnly)
    );
    assert!(audit.api_allowlist.is_empty());

    let balanced = policy(&preset("balanced").unwrap());
    assert_eq!(
        (balanced.mode, balanced.enforcement),
        (Mode::Balanced, Enforcement::Enforce)
    );
    assert!(balanced.url.allowlist.is_none());
    assert!(
        balanced.forward.unwrap().max_tunnel.is_none(),
        "only idleness ends a tunnel"
    );
}

#[test]
fn the_defaults_of_the_policy_crate_are_the_balanced_preset() {
    let mut ours = defaults(&environment()).policy.unwrap();
    let theirs = pipelock_policy::Policy::default();
    // What the policy crate cannot know: rules, memory, hash, the written allow list.
    ours.rules = theirs.rules.clone();
    ours.limits.buffered = theirs.limits.buffered;
    ours.hash = theirs.hash.clone();
    ours.api_allowlist = theirs.api_allowlist.clone();
    assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
}

#[test]
fn unknown_presets_are_answered_with_the_names() {
    let unknown = preset("blanced").unwrap_err();
    assert_eq!(unknown, PresetError::Unknown);
    assert!(unknown.to_string().contains("strict, balanced, audit"));
    assert!(
        preset("claude-code")
            .unwrap_err()
            .to_string()
            .contains("not built yet")
    );
}
