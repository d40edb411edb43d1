//! The small tasks: golden files, fuzzing, benchmarks.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};

use crate::shell::Run;

/// Rewrites the golden files of every crate that has some.
pub(crate) fn bless(root: &Path) -> anyhow::Result<()> {
    let crates = golden_crates(root)?;
    if crates.is_empty() {
        println!("no crate has a tests/golden directory");
        return Ok(());
    }
    let mut run = Run::cargo(root).env("BLESS", "1").arg("test");
    for name in &crates {
        run = run.arg("-p").arg(format!("pipelock-{name}"));
    }
    run.check()
}

fn golden_crates(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root.join("crates")).context("crates")? {
        let entry = entry?;
        let golden = ["tests/golden", "tests/it/golden"];
        if golden.iter().any(|dir| entry.path().join(dir).is_dir()) {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Runs `fuzz/run.sh TARGET SECONDS` for the named targets, or for all.
pub(crate) fn fuzz(root: &Path, args: &[String]) -> anyhow::Result<()> {
    fuzz_from(root, args, "0")
}

/// The same; a seed other than 0 gives the same inputs each time.
pub(crate) fn fuzz_from(root: &Path, args: &[String], seed: &str) -> anyhow::Result<()> {
    let (seconds, named) = match args {
        [flag, seconds, named @ ..] if flag == "--seconds" => (seconds.as_str(), named),
        named => ("60", named),
    };
    if seconds.parse::<u32>().is_err() {
        bail!("--seconds takes a whole number");
    }
    let targets = if named.is_empty() {
        fuzz_targets(root)?
    } else {
        named.to_vec()
    };
    for target in &targets {
        Run::new(root, "sh")
            .env("FUZZ_SEED", seed)
            .arg("fuzz/run.sh")
            .arg(target)
            .arg(seconds)
            .check()?;
    }
    Ok(())
}

/// Every target has seeds in a directory of its name.
fn fuzz_targets(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root.join("fuzz/corpus")).context("fuzz/corpus")? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Runs the benchmark of the whole road.
pub(crate) fn bench(root: &Path, args: &[String]) -> anyhow::Result<()> {
    let mut run = Run::new(root, "bash").arg("bench/run.sh");
    for arg in args {
        run = run.arg(arg);
    }
    run.check()
}
