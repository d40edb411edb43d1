//! What reading a configuration costs. Without a file it belongs to every start
//! (budget: 1 ms); rubbish must not cost more than a person waits.

use pipelock_config::{Environment, Loaded, defaults, parse};
use std::path::Path;

fn main() {
    divan::main();
}

fn load(text: &str) -> Loaded {
    parse(text, Path::new("bench.yaml"), &Environment::default())
}

#[divan::bench]
fn without_a_file() -> Loaded {
    defaults(&Environment::default())
}

#[divan::bench]
fn compose_file() -> Loaded {
    load(include_str!("../tests/fixtures/compose.yaml"))
}

#[divan::bench(sample_count = 3)]
fn four_mebibytes_of_unknown_keys(bencher: divan::Bencher<'_, '_>) {
    let text: String = (0..300_000).map(|n| format!("key{n}: 1\n")).collect();
    bencher.bench_local(|| load(&text));
}

#[divan::bench(sample_count = 3)]
fn four_mebibytes_of_list(bencher: divan::Bencher<'_, '_>) {
    let text = format!("api_allowlist: [{}]\n", "a.example,".repeat(400_000));
    bencher.bench_local(|| load(&text));
}

#[divan::bench(sample_count = 3)]
fn four_mebibytes_of_open_flow_mappings(bencher: divan::Bencher<'_, '_>) {
    let text = format!("a: [{}\n", "{a: [b, ".repeat(500_000));
    bencher.bench_local(|| load(&text));
}

#[divan::bench(sample_count = 3)]
fn one_line_of_four_mebibytes(bencher: divan::Bencher<'_, '_>) {
    let text = format!("mode: {}\n", "x y ".repeat(1_000_000));
    bencher.bench_local(|| load(&text));
}
