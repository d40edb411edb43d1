//! The only place that prints.

use std::fmt::Display;
use std::io::Write;

/// A line of a result. A closed pipe ends quietly.
pub(crate) fn line(text: impl Display) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// A result as pretty JSON with a final line feed.
pub(crate) fn json(value: &serde_json::Value) {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    // As the reference escapes it: such output is pasted into HTML reports.
    line(text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"));
}

/// A diagnostic.
pub(crate) fn note(text: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// An error and its causes, in one line.
pub(crate) fn error(error: &anyhow::Error) {
    let chain: Vec<String> = error.chain().map(ToString::to_string).collect();
    note(format_args!("error: {}", chain.join(": ")));
}
