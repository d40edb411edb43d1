//! Makes the table of seed words from `rules/seeds`, so that nothing is parsed when
//! the program starts.
#![allow(
    clippy::print_stdout,
    reason = "a build script speaks to cargo on standard output"
)]

use std::path::Path;
use std::process::ExitCode;

#[allow(dead_code, reason = "the library reads the rest")]
#[path = "src/seed/fold.rs"]
mod fold;
#[allow(dead_code, reason = "the library reads the rest")]
#[path = "src/seed/layout.rs"]
mod layout;

fn main() -> ExitCode {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let out = std::env::var_os("OUT_DIR").unwrap_or_default();
    let root = Path::new(&manifest).join("../../rules/seeds");
    let written = table(&root).and_then(|bytes| {
        std::fs::write(Path::new(&out).join("seeds.bin"), bytes).map_err(|error| error.to_string())
    });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error={error}");
            ExitCode::FAILURE
        }
    }
}

/// Slots, then entries: see `src/seed/layout.rs`.
fn table(root: &Path) -> Result<Vec<u8>, String> {
    let mut slots = vec![0_u16; layout::SLOTS];
    let mut entries = Vec::new();
    for (language, file) in layout::FILES.iter().enumerate() {
        let path = root.join(file);
        println!("cargo::rerun-if-changed={}", path.display());
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{file}: {error}"))?;
        if text.lines().count() != layout::WORDS {
            return Err(format!("{file}: not {} words", layout::WORDS));
        }
        for (index, word) in text.lines().enumerate() {
            let mut token = fold::Token::default();
            word.chars().for_each(|c| token.push(c));
            let mut slot = layout::first_slot(token.head());
            while slots[slot] != 0 {
                slot = layout::next_slot(slot);
            }
            let number = entries.len() / layout::ENTRY + 1;
            slots[slot] = u16::try_from(number).map_err(|_| "too many words".to_owned())?;
            entries.extend(token.head().to_le_bytes());
            entries.extend(token.whole().to_le_bytes());
            entries.extend(u16::try_from(index).unwrap_or(0).to_le_bytes());
            entries.extend(u16::try_from(language).unwrap_or(0).to_le_bytes());
        }
    }
    let mut bytes: Vec<u8> = slots.iter().flat_map(|slot| slot.to_le_bytes()).collect();
    bytes.extend(entries);
    Ok(bytes)
}
