//! The arrows between crates, and that `gate` hands no detector on.
//!
//! The table is the one of the house style; a new arrow needs a decision
//! record. Only what ships counts: dev-dependencies are free.

mod arrows;
mod manifest;
mod reexport;
mod source;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use arrows::{PURE, TRANSPORTS};

/// One broken rule: where, and what.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    place: String,
    what: String,
}

impl Violation {
    fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            what: what.into(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// Checks the tree below `root` and prints what it found.
///
/// # Errors
/// A rule is broken, or a file cannot be read.
pub(crate) fn command(root: &Path) -> anyhow::Result<()> {
    let (crates, violations) = check(root)?;
    for violation in &violations {
        println!("{violation}");
    }
    if !violations.is_empty() {
        bail!("{} broken rule(s)", violations.len());
    }
    println!("layers: {crates} crates, no forbidden arrow");
    Ok(())
}

/// How many crates were read, and every broken rule, in order of their names.
fn check(root: &Path) -> anyhow::Result<(usize, Vec<Violation>)> {
    let mut dirs: Vec<PathBuf> = fs::read_dir(root.join("crates"))
        .context("crates")?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    dirs.retain(|dir| dir.join("Cargo.toml").exists());
    dirs.sort();
    let mut violations = Vec::new();
    for dir in &dirs {
        check_crate(root, dir, &mut violations)?;
    }
    Ok((dirs.len(), violations))
}

fn check_crate(root: &Path, dir: &Path, out: &mut Vec<Violation>) -> anyhow::Result<()> {
    let name = dir
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let text = fs::read_to_string(dir.join("Cargo.toml"))?;
    let manifest = manifest::Manifest::parse(&text).with_context(|| format!("crates/{name}"))?;
    arrows::check(&name, &manifest, out);
    let mut files = Vec::new();
    for path in source::rust_files(&dir.join("src"))? {
        let place = path
            .strip_prefix(root)
            .unwrap_or(&path)
            .display()
            .to_string();
        files.push(source::File {
            place,
            code: source::code(&fs::read_to_string(&path)?),
        });
    }
    for file in &files {
        check_words(&name, file, out);
    }
    if name == "gate" {
        reexport::check(&files, out);
    }
    Ok(())
}

/// What no line of a crate may name. Clocks are clippy's business.
fn check_words(name: &str, file: &source::File, out: &mut Vec<Violation>) {
    let mut forbid = |words: &[&str], why: &str| {
        for word in words.iter().filter(|word| file.names(word)) {
            out.push(Violation::new(&file.place, format!("`{word}`: {why}")));
        }
    };
    if name != "sandbox" {
        forbid(&["unsafe"], "only sandbox may be unsafe");
    }
    if TRANSPORTS.contains(&name) {
        forbid(
            &["pipelock_detect", "pipelock_evidence"],
            "a transport cannot judge or record",
        );
    }
    if PURE.contains(&name) && !file.is_test() {
        let io = [
            "TcpStream",
            "TcpListener",
            "UdpSocket",
            "tokio",
            "File",
            "OpenOptions",
        ];
        forbid(&io, "a pure crate does no I/O");
        forbid(&["async", "await"], "a pure crate is synchronous");
    }
}

#[cfg(test)]
mod tests;
