//! Every command: a variant here, a module below.

use std::process::ExitCode;

mod check;
mod generate;
mod healthcheck;
mod rules;
mod run;
mod test;
mod version;

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Serve as a proxy until a signal, or until AGENT ends.
    Run(run::Args),
    /// Ask a running proxy whether it is healthy: exit 0 if so, else 1.
    Healthcheck(healthcheck::Args),
    /// Check a configuration, or judge one URL or text: exit 0 if all is well, else 1.
    Check(check::Args),
    /// Judge built-in attacks and honest requests: exit 0 if all come out right.
    Test(test::Args),
    /// Detection rules: what is built in, and tests of rule files.
    Rules(rules::Args),
    /// Write a file to start from.
    Generate(generate::Args),
    /// Show version, build date, git commit and toolchain.
    Version(version::Args),
}

/// A command that could not do its work.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Exit code.
    pub(crate) code: u8,
    /// What went wrong.
    pub(crate) error: anyhow::Error,
}

impl Failure {
    /// Runtime failure: exit 1.
    pub(crate) fn runtime(error: impl Into<anyhow::Error>) -> Self {
        Self {
            code: 1,
            error: error.into(),
        }
    }

    /// Usage or configuration: exit 2.
    pub(crate) fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self {
            code: 2,
            error: error.into(),
        }
    }
}

/// Runs a command.
///
/// # Errors
/// [`Failure`], with its exit code.
pub(crate) fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Run(args) => run::run(args),
        Command::Healthcheck(args) => healthcheck::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Generate(args) => generate::run(&args),
        Command::Version(args) => version::run(&args),
    }
}
