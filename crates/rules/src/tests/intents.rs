//! The words of intents: every file's own examples.

use crate::words;
use pipelock_detect::intent::{Lexicon, Sighting, Watch};
use pipelock_model::Confidence;
use std::path::Path;

fn sightings(text: &str) -> Vec<Sighting> {
    let lexicon = Lexicon::new(crate::lexicon());
    let mut out = Vec::new();
    Watch::new(0).push(&lexicon, text.as_bytes(), true, &mut out);
    out
}

fn acts(text: &str) -> bool {
    sightings(text)
        .iter()
        .any(|sighting| sighting.confidence >= Confidence::Medium)
}

fn files() -> Vec<words::WordFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules");
    words::read(&root).unwrap()
}

#[test]
fn every_attack_of_a_file_of_words_is_found() {
    let missed: Vec<_> = files()
        .iter()
        .flat_map(|file| &file.attacks)
        .filter(|text| !acts(text))
        .map(|text| format!("{text:?} {:?}", sightings(text)))
        .collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn no_honest_text_of_a_file_of_words_is_found() {
    let wrong: Vec<_> = files()
        .iter()
        .flat_map(|file| &file.honest)
        .filter(|text| acts(text))
        .map(|text| format!("{text:?} {:?}", sightings(text)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
