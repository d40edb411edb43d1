//! Turns the files below `rules/` into static tables, so that nothing is read or
//! parsed when the program starts.
#![allow(
    clippy::print_stdout,
    reason = "a build script speaks to cargo on standard output"
)]

use format::{RuleFile, Shelf};
use pipelock_detect::pattern;
use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

#[allow(
    dead_code,
    reason = "the tests read the examples, the tables do not carry them"
)]
#[path = "src/format.rs"]
mod format;

fn main() -> ExitCode {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let out = std::env::var_os("OUT_DIR").unwrap_or_default();
    let root = Path::new(&manifest).join("../../rules");
    match tables(&root) {
        Ok(source) => match std::fs::write(Path::new(&out).join("rules.rs"), source) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error.to_string()),
        },
        Err(problems) => fail(&problems.join("; ")),
    }
}

fn fail(message: &str) -> ExitCode {
    println!("cargo::error={message}");
    ExitCode::FAILURE
}

/// The source of both tables, or every problem of every file.
fn tables(root: &Path) -> Result<String, Vec<String>> {
    let mut source = String::new();
    let mut problems = Vec::new();
    for shelf in Shelf::ALL {
        println!(
            "cargo::rerun-if-changed={}",
            root.join(shelf.directory()).display()
        );
        match format::read(root, shelf) {
            Ok(files) => source.push_str(&table(shelf, &files, &mut problems)),
            Err(more) => problems.extend(more),
        }
    }
    if problems.is_empty() {
        Ok(source)
    } else {
        Err(problems)
    }
}

/// One table: a static per pattern, then the rows.
fn table(shelf: Shelf, files: &[RuleFile], problems: &mut Vec<String>) -> String {
    let (mut statics, mut rows) = (String::new(), String::new());
    let table = shelf.table();
    for (number, file) in files.iter().enumerate() {
        println!("cargo::rerun-if-changed={}", file.path.display());
        let analysis = match pattern::analyse(&file.regex, file.case) {
            Ok(analysis) => analysis,
            Err(error) => {
                problems.push(format!("{}: regex: {error}", file.label));
                continue;
            }
        };
        if analysis.is_unanchored() {
            problems.push(format!(
                "{}: regex: no anchor can be derived from it",
                file.label
            ));
        }
        // Writing to a String cannot fail.
        let _ = writeln!(
            statics,
            "static {table}_{number}: ::pipelock_detect::pattern::BuiltinPattern = {};",
            analysis.to_rust()
        );
        let _ = writeln!(rows, "{}", row(table, number, file));
    }
    format!("{statics}\nstatic {table}: &[Row] = &[\n{rows}];\n")
}

fn row(table: &str, number: usize, file: &RuleFile) -> String {
    format!(
        "Row {{ id: {:?}, name: {:?}, severity: Severity::{:?}, core: {}, set: Set::{:?}, \
         validator: {}, checksum: {}, pattern: &{table}_{number} }},",
        file.id,
        file.name,
        file.severity,
        file.core,
        file.set,
        file.validator
            .map_or_else(|| "None".to_owned(), |v| format!("Some(Validator::{v:?})")),
        file.checksum
            .map_or_else(|| "None".to_owned(), |c| format!("Some(Checksum::{c:?})")),
    )
}
