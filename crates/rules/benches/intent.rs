//! Speed of the search for intents over honest and hostile text: the tables' honest
//! texts (prose of documents, mails and manuals), 10 KB of each language.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use pipelock_detect::intent::{Model, Watch};
use pipelock_testkit::corpus;

fn main() {
    divan::main();
}

const SIZE: usize = 10_240;

fn filled(texts: impl Iterator<Item = String>) -> Vec<u8> {
    let mut out = Vec::new();
    for text in texts {
        out.extend(text.bytes());
        out.push(b'\n');
        if out.len() >= SIZE {
            break;
        }
    }
    out.truncate(SIZE);
    out
}

fn honest(language: &str) -> Vec<u8> {
    let texts = corpus::benign()
        .into_iter()
        .filter(|case| case.language == language && case.category != "about");
    let texts: Vec<String> = texts.map(|case| case.text).collect();
    filled(texts.into_iter().cycle())
}

fn attacks() -> Vec<u8> {
    filled(corpus::attacks().into_iter().map(|case| case.text).cycle())
}

fn plain() -> Vec<u8> {
    let line = "The river rises in the hills near the town and runs past the old mill. ";
    filled(std::iter::repeat(line.to_owned()))
}

fn watch(bencher: Bencher<'_, '_>, text: &[u8]) {
    let Some(model) = pipelock_rules::model() else {
        return;
    };
    bencher
        .counter(BytesCount::of_slice(text))
        .bench(|| run(&model, black_box(text)));
}

fn run(model: &Model, text: &[u8]) -> usize {
    let mut out = Vec::new();
    Watch::new(0).push(model, text, true, &mut out);
    out.len()
}

/// Text without a word that opens the gate.
#[divan::bench]
fn plain_10_kb(bencher: Bencher<'_, '_>) {
    watch(bencher, &plain());
}

/// Honest texts that resemble attacks.
#[divan::bench(args = ["en", "de", "ru", "zh", "hi"])]
fn look_alikes_10_kb(bencher: Bencher<'_, '_>, language: &str) {
    watch(bencher, &honest(language));
}

/// Nothing but attacks.
#[divan::bench]
fn attacks_10_kb(bencher: Bencher<'_, '_>) {
    watch(bencher, &attacks());
}
