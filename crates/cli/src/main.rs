//! `pipelock`: the binary.
//!
//! A command parses, calls a library and writes text or JSON. Results go to
//! standard output, diagnostics to standard error. Exit codes: 0 clean, 1 denied
//! or failed, 2 usage or configuration.

mod assess;
mod build;
mod commands;
mod duration;
mod settings;
mod terminal;

use clap::builder::Resettable;
use clap::{CommandFactory, FromArgMatches, Parser};
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
    /// Directory for keys and certificates [default: ~/.pipelock].
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "PIPELOCK_HOME",
        hide_env_values = true
    )]
    home: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

/// The command line; a variable that is set but empty counts as absent, as a
/// compose file passes one on.
fn command() -> clap::Command {
    let absent = |arg: clap::Arg| match arg.get_env() {
        Some(name) if std::env::var_os(name).is_some_and(|value| value.is_empty()) => {
            arg.env(Resettable::Reset)
        }
        _ => arg,
    };
    Cli::command()
        .mut_args(absent)
        .mut_subcommands(|command| command.mut_args(absent))
}

fn main() -> ExitCode {
    let parsed = command().try_get_matches();
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(answer) => return terminal::usage(&answer),
    };
    match commands::run(cli.command) {
        Ok(code) => code,
        Err(failure) => {
            terminal::error(&failure.error);
            ExitCode::from(failure.code)
        }
    }
}
