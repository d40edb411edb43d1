//! `pipelock version`.

use super::Failure;
use crate::{build, terminal};
use std::process::ExitCode;

/// Arguments of `version`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print JSON instead of text, with the target.
    #[arg(long)]
    json: bool,
}

/// Shows version, date, revision, compiler.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    if args.json {
        terminal::json(&serde_json::json!({
            "version": build::VERSION,
            "build_date": build::DATE,
            "commit": build::COMMIT,
            "toolchain": build::TOOLCHAIN,
            "target": build::TARGET,
            "schema_version": 1,
        }));
    } else {
        terminal::line(format_args!("pipelock version {}", build::VERSION));
        terminal::line(format_args!("  build date: {}", build::DATE));
        terminal::line(format_args!("  git commit: {}", build::COMMIT));
        terminal::line(format_args!("  toolchain:  {}", build::TOOLCHAIN));
    }
    Ok(ExitCode::SUCCESS)
}
