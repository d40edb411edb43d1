//! Learns the weights of `rules/model/weights.bin` from the texts below `rules/model`
//! and from real text: `cargo xtask train`. `--probe N` keeps each Nth text back and
//! prints which of those are told wrongly.

// A developer's tool: its output is the terminal, its numbers are small.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)]

mod data;
mod export;
mod gate;
mod intents;
#[allow(dead_code, reason = "shared with the report on quality")]
#[path = "../quality/real/kind.rs"]
mod kind;
mod learn;
mod mine;
mod report;
#[allow(dead_code, reason = "shared with the report on quality")]
#[path = "../quality/real/walk.rs"]
mod walk;

use data::Example;
use learn::Learner;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Rounds of search for honest text that looks like an attack.
const ROUNDS: usize = 6;
/// Passes over all examples in a round.
const EPOCHS: usize = 9;

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let (mut real, mut out, mut probe) = (Vec::new(), None, 0);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--real" => real.extend(args.next().map(PathBuf::from)),
            "--out" => out = args.next().map(PathBuf::from),
            "--probe" => probe = args.next().and_then(|n| n.parse().ok()).unwrap_or(0),
            other => {
                eprintln!("train: {other}: not --real DIR, --out FILE or --probe N");
                std::process::exit(2);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let begun = Instant::now();
    let real = mine::Real::read(&real)?;
    let (mut examples, probes) = data::examples(&root, probe)?;
    let mut learner = Learner::new(&examples);
    let embedded = data::embedded(&examples, &real);
    examples.extend(embedded);
    let samples: Vec<Example> = real.samples().collect();
    learner.extend(&samples, 20);
    examples.extend(samples);
    let attacks = examples.iter().filter(|e| e.attack).count();
    println!(
        "{attacks} attacks, {} honest texts, {} MB of real text, {:.0?}",
        examples.len() - attacks,
        real.bytes() / 1_000_000,
        begun.elapsed()
    );
    println!("{} features", learner.len());
    let mut all: Vec<Example> = examples;
    for round in 0..ROUNDS {
        for epoch in 0..EPOCHS {
            learner.pass(&mut all, round * EPOCHS + epoch);
        }
        let got = all
            .iter()
            .filter(|e| e.attack && learner.best(&e.tokens, 8.0).is_some())
            .count();
        println!("learnt {got} of {attacks}");
        let hard = real.hard(&learner, round);
        println!(
            "round {round}: {} hard passages, {:.0?}",
            hard.len(),
            begun.elapsed()
        );
        report::print(&learner, &real, &probes, round + 1 == ROUNDS);
        if round + 1 < ROUNDS {
            learner.extend(&hard, 4);
            all.extend(hard);
        }
    }
    if let Some(out) = out {
        let gate = gate::gate(&learner, &all, &real);
        std::fs::write(out, export::bytes(&learner, &gate, &intents::rows(&all)))?;
    }
    Ok(())
}
