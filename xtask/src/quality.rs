//! `cargo xtask quality`: what the built-in rules find, and what they find wrongly.
//!
//! Measuring needs the engine, which `xtask` must not be built with: it would have
//! to build before `cargo xtask layers` could say what is wrong with it. So an
//! example of the `rules` crate measures, and this only starts it.

use std::path::{Path, PathBuf};

use anyhow::bail;

use crate::shell::Run;

/// Where `scripts/quality-corpus.sh` puts real text.
const REAL: &str = "target/quality-corpus/text";

/// Hands the arguments on; `--real` stands for `--benign` and the fetched packages.
pub(crate) fn quality(root: &Path, args: &[String]) -> anyhow::Result<()> {
    let mut run =
        Run::cargo(root).words("run --quiet --profile fast -p pipelock-rules --example quality --");
    for arg in args {
        if arg != "--real" {
            run = run.arg(arg);
            continue;
        }
        run = run.arg("--benign").arg(real(root)?);
    }
    run.check()
}

/// Learns the weights of intents anew.
pub(crate) fn train(root: &Path, args: &[String]) -> anyhow::Result<()> {
    let mut run =
        Run::cargo(root).words("run --quiet --profile fast -p pipelock-rules --example train --");
    run = run.arg("--real").arg(real(root)?);
    run = run.arg("--out").arg(root.join("rules/model/weights.bin"));
    args.iter().fold(run, |run, arg| run.arg(arg)).check()
}

fn real(root: &Path) -> anyhow::Result<PathBuf> {
    let dir = root.join(REAL);
    if !dir.is_dir() {
        bail!("{REAL} is missing: run scripts/quality-corpus.sh first");
    }
    Ok(dir)
}
