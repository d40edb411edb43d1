//! `pipelock generate`.

use super::Failure;
use crate::terminal;
use anyhow::Context;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments of `generate`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

/// What to write.
#[derive(Debug, clap::Subcommand)]
enum What {
    /// A configuration with comments.
    Config {
        /// What to start from: strict reaches listed hosts only, balanced refuses
        /// what is dangerous, audit refuses nothing and logs it.
        #[arg(long, default_value = "balanced", value_parser = ["strict", "balanced", "audit"])]
        preset: String,
        /// File to write, with mode 0600; an old one is overwritten [default:
        /// standard output].
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// Writes the file.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let What::Config { preset, output } = &args.what;
    let text = pipelock_config::preset(preset).map_err(Failure::usage)?;
    match output {
        None => terminal::line(text.trim_end()),
        Some(path) => {
            write(path, &text).map_err(Failure::runtime)?;
            terminal::note(format_args!("wrote {}", path.display()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write {}", path.display()))
}
