//! Who may depend on whom.

use super::Violation;
use super::manifest::Manifest;

/// No I/O, async, clock or randomness: time and random bytes are arguments.
pub(super) const PURE: &[&str] = &[
    "model", "detect", "extract", "session", "wire", "sign", "rules", "policy",
];

/// They move bytes; the gate alone decides.
pub(super) const TRANSPORTS: &[&str] = &["proxy", "mcp", "integrations", "watch", "control"];

/// Outside crates that would bring a pure crate what it must not have.
const IMPURE: &[&str] = &[
    "async-std",
    "chrono",
    "futures",
    "getrandom",
    "hyper",
    "mio",
    "rand",
    "reqwest",
    "smol",
    "socket2",
    "time",
    "tokio",
];

/// What a crate may depend on.
enum May {
    /// Everything but these.
    AnythingBut(&'static [&'static str]),
    /// These only.
    Only(&'static [&'static str]),
}

fn may(name: &str) -> Option<May> {
    use May::{AnythingBut, Only};
    Some(match name {
        "cli" | "testkit" => AnythingBut(&[]),
        "runtime" => AnythingBut(&["cli", "assess", "report"]),
        "report" => Only(&["evidence", "sign", "model"]),
        "assess" => Only(&[
            "config", "gate", "evidence", "report", "rules", "sign", "model",
        ]),
        transport if TRANSPORTS.contains(&transport) => {
            Only(&["gate", "net", "wire", "policy", "model"])
        }
        "store" | "evidence" | "telemetry" | "net" => {
            Only(&["gate", "policy", "session", "sign", "wire", "model"])
        }
        "config" => Only(&["policy", "rules", "detect", "model"]),
        "sandbox" => Only(&["policy", "model"]),
        "gate" => Only(&["detect", "extract", "session", "sign", "policy", "model"]),
        "policy" => Only(&["detect", "session", "model"]),
        "detect" | "extract" | "session" | "wire" | "sign" => Only(&["model"]),
        "rules" => Only(&["detect", "sign", "model"]),
        "model" => Only(&[]),
        _ => return None,
    })
}

/// Checks one crate's manifest against the table.
pub(super) fn check(name: &str, manifest: &Manifest, out: &mut Vec<Violation>) {
    let place = format!("crates/{name}/Cargo.toml");
    if !manifest.workspace_lints {
        out.push(Violation::new(&place, "no `[lints] workspace = true`"));
    }
    let Some(may) = may(name) else {
        out.push(Violation::new(
            &place,
            "this crate has no row in the table of arrows",
        ));
        return;
    };
    for dependency in &manifest.dependencies {
        let Some(ours) = dependency.strip_prefix("pipelock-") else {
            if name == "model" || (PURE.contains(&name) && IMPURE.contains(&dependency.as_str())) {
                out.push(Violation::new(
                    &place,
                    format!("may not depend on {dependency}"),
                ));
            }
            continue;
        };
        let allowed = match &may {
            May::AnythingBut(not) => !not.contains(&ours),
            May::Only(only) => only.contains(&ours),
        };
        // Test fakes never ship.
        if !allowed || ours == "testkit" {
            out.push(Violation::new(
                &place,
                format!("may not depend on {dependency}"),
            ));
        }
    }
}
