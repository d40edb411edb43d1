//! Prints what the rules of structure find in files: for tuning on real text.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool for the terminal")]

use pipelock_detect::intent::{Lexicon, Watch};
use pipelock_model::Confidence;
use std::path::{Path, PathBuf};

/// Text shown around a sighting, in bytes.
const AROUND: usize = 60;

fn main() {
    let lines = std::env::args().any(|argument| argument == "--lines");
    let paths = std::env::args().skip(1).filter(|path| !path.starts_with("--"));
    let mut state = Tally::default();
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

#[derive(Default)]
struct Tally {
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
            self.scan(line.split('\t').next().unwrap_or_default(), case.as_bytes(), true);
            if found == self.texts_found && std::env::args().any(|a| a == "--missed") {
                println!("missed: {line}");
            }
        }
    }

    fn scan(&mut self, name: &str, text: &[u8], quiet: bool) {
        let lexicon = Lexicon::new(pipelock_rules::lexicon());
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
            }
        }
        self.texts_found += usize::from(any);
    }
}
