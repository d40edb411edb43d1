//! `cargo xtask`: what CI runs and what keeps the tree in shape.
//!
//! Not part of the product. Start reading at [`ci`] for the list of steps, or
//! at [`layers`] for the rules between crates.

// A developer's tool: its output is the terminal.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod ci;
mod layers;
mod quality;
mod shell;
mod tasks;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};

const USAGE: &str = "\
usage: cargo xtask COMMAND

  ci [STEP..]                     everything CI runs, or only the named steps
  layers [--root DIR]             check the arrows between crates
  bless                           rewrite golden files
  fuzz [--seconds N] [TARGET..]   fuzz every target, or the named ones
  bench [ARG..]                   run bench/run.sh
  quality [--real] [ARG..]        detection and false findings (docs/quality.md)
  train                           learn rules/model/weights.bin (rules/model/README.md)
";

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut args: Vec<String>) -> anyhow::Result<()> {
    if args.is_empty() {
        bail!("no command\n\n{USAGE}");
    }
    let command = args.remove(0);
    let root = root();
    match command.as_str() {
        "ci" => ci::run(&root, &args),
        "layers" => layers_command(&root, &args),
        "bless" => tasks::bless(&root),
        "fuzz" => tasks::fuzz(&root, &args),
        "bench" => tasks::bench(&root, &args),
        "quality" => quality::quality(&root, &args),
        "train" => quality::train(&root, &args),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        other => bail!("unknown command {other:?}\n\n{USAGE}"),
    }
}

fn layers_command(root: &Path, args: &[String]) -> anyhow::Result<()> {
    let root = match args {
        [] => root.to_owned(),
        [flag, dir] if flag == "--root" => PathBuf::from(dir),
        _ => bail!("layers takes only --root DIR"),
    };
    layers::command(&root).context("layers")
}

/// The repository, wherever cargo was called from.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}
