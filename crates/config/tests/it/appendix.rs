//! Configuration reference, appendix A: downstream files load unchanged.

use crate::environment;
use pipelock_config::{Environment, Loaded, Token, load};
use pipelock_policy::Enforcement;
use std::path::Path;

fn fixture(name: &str, environment: &Environment) -> Loaded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name);
    load(&path, environment)
}

#[test]
fn downstream_files_load_without_an_error() {
    let with_token = Environment {
        kill_switch_token: Token::Given,
        ..environment()
    };
    for name in ["compose.yaml", "compose-alternatives.yaml", "chart.yaml"] {
        let loaded = fixture(name, &with_token);
        let policy = loaded
            .policy
            .unwrap_or_else(|problems| panic!("{problems}"));
        let forward = policy.forward.unwrap();
        assert_eq!(
            forward.max_tunnel.map(|life| life.as_secs()),
            Some(300),
            "{name}: explicit, so obeyed"
        );
        assert_eq!(forward.idle.as_secs(), 60, "{name}");
        assert_eq!(policy.enforcement, Enforcement::Enforce, "{name}");
    }
}

#[test]
fn sections_that_are_not_built_are_named_once() {
    let loaded = fixture("compose.yaml", &environment());
    let keys: Vec<_> = loaded
        .unbuilt
        .iter()
        .map(|unbuilt| unbuilt.key.as_str())
        .collect();
    let expected = [
        "mcp_input_scanning",
        "mcp_tool_scanning",
        "mcp_session_binding",
        "tool_chain_detection",
        "health_watchdog",
        "flight_recorder",
    ];
    assert_eq!(keys, expected);
    assert_eq!(
        loaded.warnings.len(),
        expected.len(),
        "{:?}",
        loaded.warnings
    );
}

#[test]
fn chart_values_reach_the_policy() {
    let with_token = Environment {
        kill_switch_token: Token::Given,
        ..environment()
    };
    let policy = fixture("chart.yaml", &with_token).policy.unwrap();
    assert!(!policy.logging.include_allowed && policy.logging.include_blocked);
}

#[test]
fn the_kill_switch_api_needs_a_token_from_somewhere() {
    let problems = fixture("chart.yaml", &environment()).policy.unwrap_err();
    let keys: Vec<_> = problems
        .iter()
        .map(|problem| problem.key.as_str())
        .collect();
    assert_eq!(keys, ["kill_switch.api_listen"]);
}

#[test]
fn the_example_loads_clean() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/local.yaml");
    let loaded = load(&path, &environment());
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    let policy = loaded.policy.unwrap();
    assert!(policy.rate.is_none() && policy.forward.is_some());
    assert_eq!(policy.response.action, pipelock_model::Action::Block);
    assert_eq!(
        policy.request.unwrap().action,
        pipelock_model::Action::Block
    );
    let opened = policy.addresses.literal([127, 0, 0, 2].into());
    assert_eq!(opened, pipelock_detect::address::AddressVerdict::Allowed);
}
