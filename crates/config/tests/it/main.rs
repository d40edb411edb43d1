//! The loader from the outside: files in, policies and problems out.
#![allow(clippy::unwrap_used)]

mod appendix;
mod format;
mod golden;
mod known;
mod presets;
mod properties;
mod sections;
mod unbuilt;

use pipelock_config::{Environment, Loaded, parse};
use pipelock_policy::Policy;
use std::path::Path;

/// 128 MiB, late in 2026.
fn environment() -> Environment {
    Environment {
        memory_limit: 128 << 20,
        now: 1_795_262_400,
        ..Environment::default()
    }
}

fn load(text: &str) -> Loaded {
    parse(text, Path::new("pipelock.yaml"), &environment())
}

fn policy(text: &str) -> Policy {
    let loaded = load(text);
    loaded
        .policy
        .unwrap_or_else(|problems| panic!("{text}\n{problems}"))
}

/// Codes and lines of all errors.
fn errors(text: &str) -> Vec<(&'static str, usize)> {
    match load(text).policy {
        Ok(_) => Vec::new(),
        Err(problems) => problems
            .iter()
            .map(|problem| (problem.code.as_str(), problem.line))
            .collect(),
    }
}

/// Codes and keys of all warnings.
fn warnings(text: &str) -> Vec<(&'static str, String)> {
    let loaded = load(text);
    loaded
        .warnings
        .into_iter()
        .map(|problem| (problem.code.as_str(), problem.key))
        .collect()
}
