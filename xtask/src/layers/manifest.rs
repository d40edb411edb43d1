//! The part of a `Cargo.toml` that makes arrows.

use anyhow::Context as _;
use toml::{Table, Value};

/// What a crate needs when it ships.
pub(super) struct Manifest {
    /// Package names, also of renamed and of target-specific dependencies.
    pub(super) dependencies: Vec<String>,
    /// Whether the workspace's lint table applies (it forbids `unsafe`).
    pub(super) workspace_lints: bool,
}

impl Manifest {
    pub(super) fn parse(text: &str) -> anyhow::Result<Self> {
        let table: Table = text.parse().context("Cargo.toml")?;
        let mut dependencies = Vec::new();
        collect(&table, &mut dependencies);
        for target in table
            .get("target")
            .and_then(Value::as_table)
            .into_iter()
            .flatten()
        {
            if let Some(target) = target.1.as_table() {
                collect(target, &mut dependencies);
            }
        }
        dependencies.sort();
        dependencies.dedup();
        let lints = table.get("lints").and_then(|lints| lints.get("workspace"));
        let workspace_lints = lints.and_then(Value::as_bool).unwrap_or(false);
        Ok(Self {
            dependencies,
            workspace_lints,
        })
    }
}

fn collect(table: &Table, out: &mut Vec<String>) {
    for section in ["dependencies", "build-dependencies", "build_dependencies"] {
        for (key, value) in table
            .get(section)
            .and_then(Value::as_table)
            .into_iter()
            .flatten()
        {
            // `x = { package = "pipelock-detect" }` is an arrow to detect.
            let package = value.get("package").and_then(Value::as_str).unwrap_or(key);
            out.push(package.to_owned());
        }
    }
}
