//! `gate` uses detectors and hands none on: a transport that could name one
//! could judge alone.

use std::collections::BTreeSet;

use super::Violation;
use super::source::{File, words};

const DETECT: &str = "pipelock_detect";

/// Looks for `pub use`, `pub extern crate` and `pub type` that lead to `detect`.
pub(super) fn check(files: &[File], out: &mut Vec<Violation>) {
    let mut known: BTreeSet<String> = BTreeSet::from([DETECT.to_owned()]);
    // Names may be imported in steps (`use pipelock_detect as d; use d::x;`).
    loop {
        let before = known.len();
        for import in files
            .iter()
            .flat_map(|file| statements(&file.code))
            .filter_map(import)
        {
            if let Import {
                public: false,
                tree,
            } = import
            {
                for (path, name) in leaves(tree) {
                    if leads(&path, &known) {
                        known.insert(name);
                    }
                }
            }
        }
        if known.len() == before {
            break;
        }
    }
    for file in files {
        for statement in statements(&file.code) {
            check_statement(file, statement, &known, out);
        }
    }
}

fn check_statement(
    file: &File,
    statement: &str,
    known: &BTreeSet<String>,
    out: &mut Vec<Violation>,
) {
    if let Some(import) = import(statement) {
        for (path, name) in leaves(import.tree) {
            if !leads(&path, known) {
                continue;
            }
            let path = path.join("::");
            if name == "*" {
                out.push(Violation::new(
                    &file.place,
                    format!("glob import of {path}"),
                ));
            } else if import.public {
                out.push(Violation::new(
                    &file.place,
                    format!("re-exports a detector: {path}"),
                ));
            }
        }
    }
    let alias = ["pub type ", "pub extern crate "]
        .iter()
        .find_map(|start| statement.find(start).map(|at| &statement[at..]));
    if let Some(alias) = alias.filter(|alias| words(alias).skip(3).any(|word| known.contains(word)))
    {
        let alias = alias.split_whitespace().collect::<Vec<_>>().join(" ");
        out.push(Violation::new(
            &file.place,
            format!("hands a detector on: {alias}"),
        ));
    }
    if words(statement)
        .zip(words(statement).skip(1))
        .any(|pair| pair == ("crate", DETECT))
        && statement.contains("pub extern")
    {
        out.push(Violation::new(
            &file.place,
            "hands a detector on: pub extern crate",
        ));
    }
}

/// Text up to each semicolon, blanks made single; blocks are cut open, so that
/// a `use` after a brace is seen.
fn statements(code: &str) -> impl Iterator<Item = &str> {
    code.split(';')
}

/// A `use` declaration: whether the world sees it, and its tree.
struct Import<'a> {
    public: bool,
    tree: &'a str,
}

fn import(statement: &str) -> Option<Import<'_>> {
    let at = statement
        .match_indices("use")
        .map(|(at, _)| at)
        .find(|at| is_keyword(statement, *at, "use"))?;
    let before = statement[..at].trim_end();
    let public = before.ends_with("pub") && is_keyword(before, before.len() - 3, "pub");
    Some(Import {
        public,
        tree: statement[at + 3..].trim(),
    })
}

fn is_keyword(text: &str, at: usize, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '#';
    let before = text[..at].chars().next_back();
    let after = text[at + word.len()..].chars().next();
    !before.is_some_and(part) && !after.is_some_and(part)
}

/// Every path of a use tree with the name it brings.
fn leaves(tree: &str) -> Vec<(Vec<String>, String)> {
    let tree = tree.trim();
    if let Some(open) = tree.find('{') {
        let prefix = segments(&tree[..open]);
        let inner = tree[open + 1..].trim_end().trim_end_matches('}');
        return split_commas(inner)
            .into_iter()
            .flat_map(leaves)
            .map(|(path, name)| {
                let name = if name == "self" { last(&prefix) } else { name };
                (prefix.iter().cloned().chain(path).collect(), name)
            })
            .collect();
    }
    let (path, alias) = match tree.split_once(" as ") {
        Some((path, alias)) => (segments(path), Some(alias.trim().to_owned())),
        None => (segments(tree), None),
    };
    let name = alias.unwrap_or_else(|| last(&path));
    if path.is_empty() {
        Vec::new()
    } else {
        vec![(path, name)]
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split("::")
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect()
}

fn last(path: &[String]) -> String {
    path.last().cloned().unwrap_or_default()
}

/// Splits at commas outside braces.
fn split_commas(text: &str) -> Vec<&str> {
    let mut depth = 0_i32;
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// Whether the path starts at `detect` or at a name that came from it.
fn leads(path: &[String], known: &BTreeSet<String>) -> bool {
    path.iter()
        .find(|part| !matches!(part.as_str(), "self" | "super" | "crate"))
        .is_some_and(|part| known.contains(part))
}
