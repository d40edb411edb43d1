//! What CI runs, in order: cheap and telling first, slow last.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::layers;
use crate::shell::Run;

/// One step: its name, what it is for, and how it runs.
struct Step {
    name: &'static str,
    about: &'static str,
    run: fn(&Path) -> anyhow::Result<()>,
}

const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        about: "formatting",
        run: fmt,
    },
    Step {
        name: "layers",
        about: "arrows between crates",
        run: layers::command,
    },
    Step {
        name: "clippy",
        about: "lints, without warnings",
        run: clippy,
    },
    Step {
        name: "tests",
        about: "unit and integration tests",
        run: tests,
    },
    Step {
        name: "docs",
        about: "documentation builds, without warnings",
        run: docs,
    },
    Step {
        name: "deny",
        about: "licences, sources, advisories",
        run: deny,
    },
    Step {
        name: "benches",
        about: "every benchmark once",
        run: benches,
    },
    Step {
        name: "fuzz",
        about: "corpora replayed, then 5 s a target",
        run: fuzz,
    },
    Step {
        name: "smoke",
        about: "the release binary on real traffic",
        run: smoke,
    },
];

/// Runs every step, or only the named ones, and stops at the first failure.
pub(crate) fn run(root: &Path, only: &[String]) -> anyhow::Result<()> {
    if let Some(unknown) = only
        .iter()
        .find(|name| !STEPS.iter().any(|step| step.name == **name))
    {
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        bail!("no step {unknown:?}; there are: {}", names.join(" "));
    }
    let mut times = Vec::new();
    for step in STEPS {
        if !only.is_empty() && !only.iter().any(|name| name == step.name) {
            continue;
        }
        println!("\n== {}: {}", step.name, step.about);
        let start = now();
        (step.run)(root).with_context(|| format!("step {}", step.name))?;
        times.push((step.name, start.elapsed()));
    }
    report(&times);
    Ok(())
}

fn report(times: &[(&str, Duration)]) {
    println!("\n== all steps passed");
    for (name, time) in times {
        println!("{name:>8} {:7.1} s", time.as_secs_f64());
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a tool that reports its own wall time"
)]
fn now() -> Instant {
    Instant::now()
}

fn fmt(root: &Path) -> anyhow::Result<()> {
    Run::cargo(root).words("fmt --all --check").check()
}

fn clippy(root: &Path) -> anyhow::Result<()> {
    Run::cargo(root)
        .words("clippy --locked --workspace --all-targets -- -D warnings")
        .check()
}

fn tests(root: &Path) -> anyhow::Result<()> {
    Run::cargo(root).words("test --locked --workspace").check()
}

fn docs(root: &Path) -> anyhow::Result<()> {
    Run::cargo(root)
        .env("RUSTDOCFLAGS", "-D warnings")
        .words("doc --locked --workspace --no-deps")
        .check()
}

/// Installs cargo-deny beside the build when the machine has none.
fn deny(root: &Path) -> anyhow::Result<()> {
    let local = root.join("target/tools/bin/cargo-deny");
    let program = if local.exists() {
        local
    } else if Run::new(root, "cargo-deny")
        .arg("--version")
        .succeeds()
        .unwrap_or(false)
    {
        "cargo-deny".into()
    } else {
        // --locked: the versions its authors tested.
        let install = "install --locked cargo-deny --root target/tools";
        Run::cargo(root)
            .words(install)
            .words("--target-dir target/tools/build")
            .check()?;
        local
    };
    let deny = || Run::new(root, &program).words("--locked");
    deny().words("check licenses bans sources").check()?;
    if !deny().words("fetch db").succeeds()? {
        println!("advisories: NOT CHECKED, the database could not be fetched from here");
        return Ok(());
    }
    deny().words("check --disable-fetch advisories").check()
}

/// In the test profile: it shows that they run, not how fast.
fn benches(root: &Path) -> anyhow::Result<()> {
    Run::cargo(root)
        .words("test --locked --workspace --bench *")
        .check()
}

fn fuzz(root: &Path) -> anyhow::Result<()> {
    let fuzz = root.join("fuzz");
    if !fuzz.join("Cargo.toml").exists() {
        println!("no fuzz/ here");
        return Ok(());
    }
    Run::cargo(&fuzz).words("test --locked").check()?;
    if !fuzz.join("run.sh").exists() {
        println!("no fuzz/run.sh here");
        return Ok(());
    }
    // What fails here must fail again.
    crate::tasks::fuzz_from(root, &["--seconds".into(), "5".into()], "1")
}

fn smoke(root: &Path) -> anyhow::Result<()> {
    Run::cargo(root)
        .words("build --locked --release -p pipelock-cli")
        .check()?;
    Run::new(root, "bash")
        .words("scripts/smoke.sh target/release/pipelock")
        .check()
}
