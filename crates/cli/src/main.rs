//! `pipelock`: the binary.
//!
//! A command parses, calls a library and writes text or JSON. Results go to
//! standard output, diagnostics to standard error. Exit codes: 0 clean, 1 denied
//! or failed, 2 usage or configuration.

mod build;
mod commands;
mod settings;
mod terminal;

use clap::Parser;
use commands::Command;
use std::path::PathBuf;
use std::process::ExitCode;

/// Security boundary between AI agents and everything they talk to.
#[derive(Debug, Parser)]
#[command(
    name = "pipelock",
    version = build::VERSION,
    // `pipelock version 1.2.3`, as scripts expect it.
    display_name = "pipelock version",
    disable_help_subcommand = false
)]
struct Cli {
    /// Directory for keys and certificates.
    #[arg(long, global = true, value_name = "DIR", env = "PIPELOCK_HOME", hide_env_values = true)]
    home: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match commands::run(cli.command) {
        Ok(code) => code,
        Err(failure) => {
            terminal::error(&failure.error);
            ExitCode::from(failure.code)
        }
    }
}
