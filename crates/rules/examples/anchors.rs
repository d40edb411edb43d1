//! Which anchors of the DLP rules turn up in ordinary text, and how often: each hit
//! costs a look. `cargo run --profile fast -p pipelock-rules --example anchors -- FILE..`

// A developer's tool: its output is the terminal.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use pipelock_detect::pattern::{Case, Trigger, analyse};
use std::collections::{HashMap, HashSet};
use std::process::ExitCode;

const RULES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/dlp");

/// Lines printed.
const TOP: usize = 60;

/// An anchor's bytes, and whether it counts at the start of a word only.
type Anchors = HashMap<Vec<u8>, Vec<(String, bool)>>;

fn main() -> ExitCode {
    match report() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("anchors: {error}");
            ExitCode::from(2)
        }
    }
}

fn report() -> Result<(), Box<dyn std::error::Error>> {
    let anchors = anchors()?;
    let mut hits: HashMap<&str, HashMap<&[u8], usize>> = HashMap::new();
    let states: HashSet<&[u8]> = anchors
        .keys()
        .flat_map(|anchor| (1..=anchor.len()).map(|length| &anchor[..length]))
        .collect();
    println!("{} anchors, {} states", anchors.len(), states.len());
    let (mut bytes, mut total) = (0, 0);
    for path in std::env::args().skip(1) {
        let text: Vec<u8> = std::fs::read(path)?.into_iter().map(fold).collect();
        bytes += text.len();
        for at in 0..text.len() {
            let longest = 12.min(text.len() - at);
            for length in 1..=longest {
                let piece = &text[at..at + length];
                let Some((piece, rules)) = anchors.get_key_value(piece) else {
                    continue;
                };
                for (rule, word_start) in rules {
                    if !word_start || at == 0 || !is_word(text[at]) || !is_word(text[at - 1]) {
                        total += 1;
                        *hits.entry(rule).or_default().entry(piece).or_default() += 1;
                    }
                }
            }
        }
    }
    let per_kb = |count: usize| count as f64 * 1024.0 / bytes.max(1) as f64;
    println!("{:.2} hits per KB in {bytes} bytes", per_kb(total));
    let mut rules: Vec<_> = hits.into_iter().collect();
    let sum = |all: &HashMap<&[u8], usize>| all.values().sum::<usize>();
    rules.sort_by_key(|(rule, all)| (std::cmp::Reverse(sum(all)), *rule));
    for (rule, all) in rules.iter().take(TOP) {
        let mut each: Vec<_> = all.iter().collect();
        each.sort_by_key(|(piece, count)| (std::cmp::Reverse(**count), **piece));
        let each: Vec<_> = each
            .iter()
            .take(6)
            .map(|(piece, count)| format!("{} {count}", piece.escape_ascii()))
            .collect();
        println!("{:8.3} {rule}: {}", per_kb(sum(all)), each.join(", "));
    }
    Ok(())
}

fn anchors() -> Result<Anchors, Box<dyn std::error::Error>> {
    let mut anchors = Anchors::new();
    for entry in std::fs::read_dir(RULES)? {
        let path = entry?.path();
        let file: toml::Table = toml::from_str(&std::fs::read_to_string(&path)?)?;
        let text = |key: &str| file.get(key).and_then(toml::Value::as_str);
        let case = match text("case") {
            Some("as_written") => Case::AsWritten,
            _ => Case::Dlp,
        };
        let (id, regex) = (text("id").unwrap_or(""), text("regex").unwrap_or(""));
        for part in analyse(regex, case)?.parts() {
            match &part.trigger {
                Trigger::Anchors(list) => {
                    for anchor in list.iter() {
                        let rule = (id.to_owned(), part.word_start);
                        anchors.entry(anchor.to_vec()).or_default().push(rule);
                    }
                }
                Trigger::Run { least, .. } => println!("{id}: a run of {least}"),
                Trigger::Everywhere => println!("{id}: everywhere"),
            }
        }
    }
    Ok(anchors)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// As the engine folds.
fn fold(byte: u8) -> u8 {
    match byte {
        b'A'..=b'Z' => byte | 0x20,
        b'0'..=b'9' => b'0',
        b'\t' | b'\n' | b'\r' | b'\'' | b'`' | b'\\' => b'\n',
        _ => byte,
    }
}
