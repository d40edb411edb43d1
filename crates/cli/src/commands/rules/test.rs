//! `pipelock rules test`: runs the examples of rule files.

use super::file::RuleFile;
use crate::commands::Failure;
use crate::terminal;
use anyhow::{Context, anyhow};
use pipelock_detect::engine::{Engine, Kinds, Outcome};
use pipelock_detect::rule::RuleSet;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments of `rules test`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A rule file, or a directory of them, also below `dlp` and `injection`
    /// [default: the directory `rules`].
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,

    /// Print JSON instead of text.
    #[arg(long)]
    json: bool,
}

/// Most files of one run.
const MOST: usize = 10_000;

/// How one file came out.
struct Row {
    path: String,
    rule: String,
    matches: usize,
    passes: usize,
    problems: Vec<String>,
}

/// Exits 0 when every example comes out right, 1 otherwise, 2 without a file.
pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let path = args.path.clone().unwrap_or_else(|| PathBuf::from("rules"));
    let files = files(&path).map_err(Failure::usage)?;
    if files.is_empty() {
        let none = anyhow!("no rule file (*.toml) in {}", path.display());
        return Err(Failure::usage(none));
    }
    let rows: Vec<Row> = files.iter().map(|path| row(path)).collect();
    let failed = rows.iter().filter(|row| !row.problems.is_empty()).count();
    if args.json {
        terminal::json(&json!({
            "files": rows.iter().map(Row::to_json).collect::<Vec<_>>(),
            "total": rows.len(),
            "failed": failed,
            "schema_version": 1,
        }));
    } else {
        rows.iter().for_each(Row::print);
        terminal::line(format_args!("{} files, {failed} failed", rows.len()));
    }
    Ok(if failed > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let cannot = || format!("cannot read {}", path.display());
    if path.metadata().with_context(cannot)?.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for directory in [path.to_owned(), path.join("dlp"), path.join("injection")] {
        // The two below need not be there.
        let Ok(entries) = std::fs::read_dir(&directory) else {
            continue;
        };
        for entry in entries.take(MOST) {
            let file = entry.with_context(cannot)?.path();
            if file
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                files.push(file);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn row(path: &Path) -> Row {
    let mut row = Row {
        path: path.display().to_string(),
        rule: String::new(),
        matches: 0,
        passes: 0,
        problems: Vec::new(),
    };
    let file = match RuleFile::read(path) {
        Ok(file) => file,
        Err(error) => {
            row.problems.push(format!("{error:#}"));
            return row;
        }
    };
    row.rule = file.rule.name.to_string();
    let engine = Engine::new(RuleSet::new(vec![file.rule]));
    for (number, example) in (1..).zip(&file.matches) {
        match finds(&engine, example) {
            true => row.matches += 1,
            false => row.problems.push(format!("matches[{number}] is not found")),
        }
    }
    for (number, example) in (1..).zip(&file.passes) {
        match finds(&engine, example) {
            false => row.passes += 1,
            true => row.problems.push(format!("passes[{number}] is found")),
        }
    }
    row
}

fn finds(engine: &Engine, text: &str) -> bool {
    let mut found = Vec::new();
    let outcome = engine.scan(Kinds::ALL, text.as_bytes(), &mut found);
    !found.is_empty() || outcome == Outcome::BudgetExceeded
}

impl Row {
    fn to_json(&self) -> Value {
        json!({
            "path": self.path,
            "rule": self.rule,
            "matches": self.matches,
            "passes": self.passes,
            "problems": self.problems,
        })
    }

    fn print(&self) {
        let word = if self.problems.is_empty() {
            "ok"
        } else {
            "FAIL"
        };
        terminal::line(format_args!(
            "{word:<4} {:<44} {:>3} found {:>3} passed",
            if self.rule.is_empty() {
                &self.path
            } else {
                &self.rule
            },
            self.matches,
            self.passes
        ));
        for problem in &self.problems {
            terminal::line(format_args!("     {}: {problem}", self.path));
        }
    }
}
