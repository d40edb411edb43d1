//! `pipelock rules`.

mod file;
mod status;
mod test;

use super::Failure;
use std::process::ExitCode;

/// Arguments of `rules`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

/// What to do with rules.
#[derive(Debug, clap::Subcommand)]
enum What {
    /// Show which rules are in force.
    Status(status::Args),
    /// Run the `matches` and `passes` of rule files: exit 0 if all come out right.
    Test(test::Args),
}

/// Runs it.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    match &args.what {
        What::Status(args) => status::run(args),
        What::Test(args) => test::run(args),
    }
}
