//! Speed of the search for seed phrases.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use pipelock_detect::seed::{SeedRules, find};

fn main() {
    divan::main();
}

const ENGLISH: &str = include_str!("../../../rules/seeds/english.txt");
const PROSE: &str = "The harbour was moved in one week, and the archive went with it; nobody \
    of the old office wanted to stay behind. ";

fn run(bencher: Bencher<'_, '_>, text: &str) {
    let mut out = Vec::with_capacity(64);
    bencher.counter(BytesCount::of_str(text)).bench_local(|| {
        out.clear();
        find(black_box(text.as_bytes()), &SeedRules::default(), &mut out);
        out.len()
    });
}

#[divan::bench]
fn short_prose(bencher: Bencher<'_, '_>) {
    run(bencher, PROSE);
}

#[divan::bench]
fn short_json(bencher: Bencher<'_, '_>) {
    run(
        bencher,
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"list_files\",\"path\":\"docs\"}}",
    );
}

#[divan::bench]
fn thousand_words_of_prose(bencher: Bencher<'_, '_>) {
    run(bencher, &PROSE.repeat(45));
}

#[divan::bench]
fn thousand_words_of_the_list(bencher: Bencher<'_, '_>) {
    let words: Vec<&str> = ENGLISH.lines().step_by(2).take(1000).collect();
    run(bencher, &words.join(" "));
}

#[divan::bench]
fn thousand_words_separated_to_annoy(bencher: Bencher<'_, '_>) {
    let mut words = String::new();
    for (at, word) in ENGLISH.lines().rev().step_by(2).take(1000).enumerate() {
        words.push_str(word);
        words.push_str([" ", ",", "\n", ";:", "-(", "\"", "- \""][at % 7]);
    }
    run(bencher, &words);
}
