//! What was learnt, as the table that the engine reads.

use crate::gate::Gates;
use crate::learn::Learner;
use pipelock_detect::intent::model::{
    BUCKET_BITS, ENTRIES, GATE_BITS, HEAD, MAGIC, PAIR_BITS, entry, gate_place, place,
};
use pipelock_detect::intent::score::Weights;
use std::collections::HashMap;

/// Weights below this are left out.
const LEAST: f32 = 0.02;

/// A table whose gate is always open.
pub(crate) fn bytes<const ROW: usize>(learner: &Learner, rows: &[[f32; ROW]]) -> Vec<u8> {
    let mut features: Vec<(u64, f32)> = learner
        .features()
        .filter(|(_, weight)| weight.abs() >= LEAST)
        .collect();
    features.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
    let mut buckets = vec![[(0, 0); ENTRIES]; 1 << BUCKET_BITS];
    let mut left = 0;
    for (feature, weight) in &features {
        let (bucket, tag) = place(*feature);
        let free = buckets[bucket]
            .iter_mut()
            .take_while(|entry| entry.0 != tag)
            .find(|entry| entry.0 == 0);
        match free {
            Some(free) => *free = (tag, entry(tag, *weight)),
            None => left += 1,
        }
    }
    println!("{} weights, {left} found no place", features.len());
    let mut out = MAGIC.to_vec();
    out.extend(learner.cost().to_le_bytes());
    out.extend([0; 8]);
    for (_, entry) in buckets.iter().flatten() {
        out.extend(entry.to_le_bytes());
    }
    out.resize(out.len() + (2 << GATE_BITS) + (2 << PAIR_BITS), 0);
    let most = rows
        .iter()
        .flatten()
        .fold(0.0_f32, |most, w| most.max(w.abs()));
    for weight in rows.iter().flatten() {
        out.push(((weight / most * 127.0).round() as i8).cast_unsigned());
    }
    out
}

/// The table with this gate.
pub(crate) fn with_gates(mut bytes: Vec<u8>, gates: &Gates) -> Vec<u8> {
    let mut put = |at: usize, part: &[u8]| bytes[at..at + part.len()].copy_from_slice(part);
    put(8, &gates.words.least.to_le_bytes());
    put(12, &gates.pairs.least.to_le_bytes());
    let words = gate_table(&gates.words.weights, GATE_BITS);
    let pairs = gate_table(&gates.pairs.weights, PAIR_BITS);
    let at = HEAD + ((2 * ENTRIES) << BUCKET_BITS);
    put(at, &words);
    put(at + words.len(), &pairs);
    bytes
}

fn gate_table(weights: &HashMap<u64, i8>, bits: u32) -> Vec<u8> {
    let mut keys: Vec<(u64, i8)> = weights
        .iter()
        .map(|(key, weight)| (*key, *weight))
        .collect();
    keys.sort_by_key(|(key, weight)| (-i32::from(*weight).abs(), *key));
    let mut table = vec![[0; 2]; 1 << bits];
    let mut left = 0;
    for (key, weight) in &keys {
        let (place, tag) = gate_place(*key, bits);
        let entries = &mut table[place..place + 2];
        match entries
            .iter_mut()
            .take_while(|e| e[0] != tag)
            .find(|e| e[0] == 0)
        {
            Some(entry) => *entry = [tag, weight.cast_unsigned()],
            None => left += 1,
        }
    }
    println!("{left} of {} keys of the gate found no place", keys.len());
    table.concat()
}
