//! The only place that prints.

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

/// A line of a result. A closed pipe ends quietly.
pub(crate) fn line(text: impl Display) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// A result as pretty JSON with a final line feed.
pub(crate) fn json(value: &serde_json::Value) {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    // As the reference escapes it: such output is pasted into HTML reports.
    line(
        text.replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .replace('&', "\\u0026"),
    );
}

/// A diagnostic.
pub(crate) fn note(text: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// What the parser of the arguments has to say: help is a result, a mistake is
/// one line without the usage text.
pub(crate) fn usage(answer: &clap::Error) -> ExitCode {
    use clap::error::ErrorKind::{
        DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion,
    };
    match answer.kind() {
        DisplayHelp | DisplayVersion => {
            let _ = answer.print();
            return ExitCode::SUCCESS;
        }
        DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = answer.print();
        }
        _ => note(one_line(&answer.render().to_string())),
    }
    ExitCode::from(2)
}

fn one_line(text: &str) -> String {
    let said = text.lines().map(str::trim);
    let said = said.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
    let words: Vec<&str> = said.filter(|line| !line.is_empty()).collect();
    format!("{} (see --help)", words.join(" ").replace(" tip: ", "; "))
}

/// An error and its causes, in one line.
pub(crate) fn error(error: &anyhow::Error) {
    let mut chain: Vec<String> = error.chain().map(ToString::to_string).collect();
    // Some say their cause themselves.
    chain.dedup_by(|cause, error| error.ends_with(cause.as_str()));
    note(format_args!("error: {}", chain.join(": ")));
}
