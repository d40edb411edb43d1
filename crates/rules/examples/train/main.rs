//! Learns the weights of `rules/model/weights.bin` from the texts below `rules/model`
//! and from real text: `cargo xtask train`. `--probe N` keeps each Nth text back and
//! prints which of those are told wrongly; `--gate` learns only the gate of the table that
//! is there.

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

use data::{Example, Probe};
use learn::{CENTRE, Learner};
use mine::Real;
use pipelock_detect::intent::Model;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Rounds of search for honest text that looks like an attack.
const ROUNDS: usize = 9;
/// Passes over all examples in a round.
const EPOCHS: usize = 7;

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let (mut real, mut out, mut probe) = (Vec::new(), None, 0);
    let mut only_gate = false;
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--real" => real.extend(args.next().map(PathBuf::from)),
            "--out" => out = args.next().map(PathBuf::from),
            "--gate" => only_gate = true,
            "--probe" => match args.next().map(|number| number.parse()) {
                Some(Ok(number)) => probe = number,
                _ => usage("--probe", "wants a whole number"),
            },
            other => usage(other, "is not --real DIR, --out FILE, --probe N or --gate"),
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let begun = Instant::now();
    let real = mine::Real::read(&real)?;
    let (mut examples, probes) = data::examples(&root, probe)?;
    let Some(out) = out else {
        learn(examples, &real, &probes, begun);
        return Ok(());
    };
    if !only_gate {
        let (bytes, learnt) = learn(examples, &real, &probes, begun);
        std::fs::write(&out, bytes)?;
        examples = learnt;
    }
    let table = std::fs::read(&out)?;
    let Some(model) = Model::new(table.clone().leak()) else {
        eprintln!("{} is no table of this version", out.display());
        std::process::exit(2);
    };
    let gates = gate::gates(&model, &examples, &real);
    std::fs::write(out, export::with_gates(table, &gates))?;
    println!("as the engine reads it, behind the gate");
    report::print(&model, &real, &probes, false);
    Ok(())
}

fn usage(argument: &str, problem: &str) -> ! {
    eprintln!("train: {argument} {problem}");
    std::process::exit(2);
}

/// Learns all but the gate; also returns what it learnt from.
fn learn(
    mut examples: Vec<Example>,
    real: &Real,
    probes: &[Probe],
    begun: Instant,
) -> (Vec<u8>, Vec<Example>) {
    let mut learner = Learner::new(&examples);
    let embedded = data::embedded(&examples, real);
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
    for round in 0..ROUNDS {
        for epoch in 0..EPOCHS {
            learner.pass(&mut examples, round * EPOCHS + epoch);
        }
        let found = |e: &&Example| e.attack && learner.best(&e.tokens, CENTRE).is_some();
        let got = examples.iter().filter(found).count();
        println!("learnt {got} of {attacks}");
        let hard = real.hard(&learner, round);
        println!(
            "round {round}: {} hard passages, {:.0?}",
            hard.len(),
            begun.elapsed()
        );
        report::print(&learner, real, probes, round + 1 == ROUNDS);
        if round + 1 < ROUNDS {
            learner.extend(&hard, 4);
            examples.extend(hard);
        }
    }
    (export::bytes(&learner, &intents::rows(&examples)), examples)
}
