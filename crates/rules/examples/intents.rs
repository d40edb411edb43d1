//! Prints what the rules of structure find in files: for tuning on real text.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a tool for the terminal, which measures"
)]

use pipelock_detect::intent::compile::compile;
use pipelock_detect::intent::{Lexicon, LexiconTables, Watch, explain};
use pipelock_model::Confidence;
use std::path::{Path, PathBuf};

#[allow(dead_code, reason = "the tests read the rest")]
#[path = "../src/words.rs"]
mod words;

/// The words as their files are now, so that a change needs no build.
fn tables() -> &'static LexiconTables {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules");
    let files = match words::read(&root) {
        Ok(files) => files,
        Err(problems) => {
            eprintln!("{}", problems.join("\n"));
            return pipelock_rules::lexicon();
        }
    };
    let sources: Vec<_> = files.into_iter().map(|file| file.source).collect();
    match compile(&sources) {
        Ok(tables) => tables.leak(),
        Err(error) => {
            eprintln!("{error}");
            pipelock_rules::lexicon()
        }
    }
}

/// Text shown around a sighting, in bytes.
const AROUND: usize = 60;

fn main() {
    let lines = std::env::args().any(|argument| argument == "--lines");
    let paths = std::env::args()
        .skip(1)
        .filter(|path| !path.starts_with("--"));
    let mut state = Tally {
        lexicon: Lexicon::new(tables()),
        bytes: 0,
        time: std::time::Duration::ZERO,
        medium: 0,
        low: 0,
        texts: 0,
        texts_found: 0,
    };
    for path in paths {
        if lines {
            state.lines(Path::new(&path));
        } else {
            state.walk(Path::new(&path));
        }
    }
    eprintln!(
        "{} bytes in {:?} ({:.0} MB/s): {} medium, {} low; {} of {} texts",
        state.bytes,
        state.time,
        state.bytes as f64 / 1e6 / state.time.as_secs_f64().max(1e-9),
        state.medium,
        state.low,
        state.texts_found,
        state.texts
    );
}

struct Tally {
    lexicon: Lexicon,
    bytes: usize,
    time: std::time::Duration,
    medium: usize,
    low: usize,
    texts: usize,
    texts_found: usize,
}

impl Tally {
    fn walk(&mut self, path: &Path) {
        if path.is_symlink() {
            return;
        }
        if path.is_dir() {
            let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
            let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
            paths.sort();
            paths.iter().for_each(|path| self.walk(path));
        } else if let Ok(text) = std::fs::read(path) {
            self.scan(&path.display().to_string(), &text, false);
        }
    }

    /// A file of one text a line; what is missed is printed.
    fn lines(&mut self, path: &Path) {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        for line in text.lines() {
            let case = line.rsplit('\t').next().unwrap_or(line);
            let case = case.replace("\\n", "\n").replace("\\t", "\t");
            let found = self.texts_found;
            self.scan(
                line.split('\t').next().unwrap_or_default(),
                case.as_bytes(),
                true,
            );
            if found == self.texts_found && std::env::args().any(|a| a == "--missed") {
                println!("missed: {line}");
                println!("    {}", explain(&self.lexicon, case.as_bytes()));
            }
        }
    }

    fn scan(&mut self, name: &str, text: &[u8], quiet: bool) {
        let lexicon = self.lexicon;
        let mut out = Vec::new();
        let begun = std::time::Instant::now();
        Watch::new(0).push(&lexicon, text, true, &mut out);
        self.time += begun.elapsed();
        self.bytes += text.len();
        self.texts += 1;
        let mut any = false;
        for found in out {
            if found.confidence < Confidence::Medium {
                self.low += 1;
                continue;
            }
            self.medium += 1;
            any = true;
            let from = (found.span.start as usize).saturating_sub(AROUND);
            let to = (found.span.end as usize + AROUND).min(text.len());
            let shown = String::from_utf8_lossy(&text[from..to]).replace('\n', "⏎");
            if !quiet || std::env::args().any(|a| a == "--found") {
                println!("{name}: {:?}: {shown}", found.intent);
                if quiet {
                    println!("    {}", explain(&self.lexicon, text));
                }
            }
        }
        self.texts_found += usize::from(any);
    }
}
