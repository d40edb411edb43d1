//! How well the built-in rules detect, and what they find in honest text.
//! `cargo xtask quality` runs it; docs/quality.md explains the figures.
//!
//! It stands here as an example and not in `xtask`, because it needs the rules,
//! the engine and the fakes, and none of them may reach the others' builds.

// A developer's tool: its output is the terminal.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod judge;
mod real;
mod tables;
mod tally;
mod values;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
usage: quality [--json] [--show] [--held-out] [--only WORD] [--benign DIR]..

  --json         figures for programs
  --show         name the missed attacks and the false findings, held out ones never
  --held-out     the tables of the held-out third instead of those for tuning
  --only WORD    attacks, benign or credentials
  --benign DIR   measure false findings in the files below DIR instead; every
                 entry of DIR is a package, called name_version
  --manifest     with --benign: list packages, versions, hashes, bytes
";

/// What the command line asked for.
#[derive(Default)]
struct Options {
    output: Output,
    show: Show,
    part: tables::Which,
    only: Option<String>,
    benign: Vec<PathBuf>,
    manifest: real::Manifest,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Output {
    #[default]
    Text,
    Json,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Show {
    #[default]
    Figures,
    Cases,
}

fn main() -> ExitCode {
    let options = match parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(problem) => {
            eprintln!("quality: {problem}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let judge = judge::Judge::new();
    if options.benign.is_empty() {
        tables::report(&judge, &options);
        return ExitCode::SUCCESS;
    }
    match real::report(&judge, &options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quality: {error}");
            ExitCode::from(2)
        }
    }
}

fn parse(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options::default();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--json" => options.output = Output::Json,
            "--show" => options.show = Show::Cases,
            "--held-out" => options.part = tables::Which::HeldOut,
            "--manifest" => options.manifest = real::Manifest::Print,
            "--only" => options.only = Some(args.next().ok_or("--only takes a word")?),
            "--benign" => {
                let dir = args.next().ok_or("--benign takes a directory")?;
                options.benign.push(dir.into());
            }
            other => return Err(format!("unknown argument {other:?}")),
        }
    }
    Ok(options)
}
