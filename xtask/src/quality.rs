//! `cargo xtask quality`: what the built-in rules find, and what they find wrongly.
//!
//! Measuring needs the engine, which `xtask` must not be built with: it would have
//! to build before `cargo xtask layers` could say what is wrong with it. So an
//! example of the `rules` crate measures, and this only starts it.

use std::path::Path;

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
        let dir = root.join(REAL);
        if !dir.is_dir() {
            bail!("{REAL} is missing: run scripts/quality-corpus.sh first");
        }
        run = run.arg("--benign").arg(dir);
    }
    run.check()
}
