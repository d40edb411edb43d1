//! What was learnt, as the table that the engine reads.

use crate::gate::Gate;
use crate::learn::Learner;
use pipelock_detect::intent::model::{BUCKET_BITS, GATE_BITS, MAGIC, gate_place, place};
use pipelock_detect::intent::score::Weights;

/// Entries of a bucket.
const ENTRIES: usize = 4;
/// Weights below this are left out.
const LEAST: f32 = 0.05;

pub(crate) fn bytes<const ROW: usize>(
    learner: &Learner,
    gate: &Gate,
    rows: &[[f32; ROW]],
) -> Vec<u8> {
    let mut features: Vec<(u64, f32)> = learner
        .features()
        .filter(|(_, weight)| weight.abs() >= LEAST)
        .collect();
    features.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
    let scale = features.first().map_or(1.0, |first| first.1.abs()) / 127.0;
    let mut buckets = vec![[(0_u8, 0_i8); ENTRIES]; 1 << BUCKET_BITS];
    let mut left = 0;
    for (feature, weight) in &features {
        let (bucket, tag) = place(*feature);
        let free = buckets[bucket]
            .iter_mut()
            .take_while(|entry| entry.0 != tag)
            .find(|entry| entry.0 == 0);
        match free {
            Some(entry) => *entry = (tag, (weight / scale).round() as i8),
            None => left += 1,
        }
    }
    println!("{} weights, {left} found no place", features.len());
    let mut out = MAGIC.to_vec();
    out.extend(learner.cost().to_le_bytes());
    out.extend(scale.to_le_bytes());
    out.extend(gate.least.to_le_bytes());
    out.extend(gate.brief.to_le_bytes());
    for (tag, weight) in buckets.iter().flatten() {
        out.extend([*tag, weight.cast_unsigned()]);
    }
    out.extend(gate_table(gate).iter().flatten());
    let most = rows
        .iter()
        .flatten()
        .fold(0.0_f32, |most, w| most.max(w.abs()));
    for weight in rows.iter().flatten() {
        out.push(((weight / most * 127.0).round() as i8).cast_unsigned());
    }
    out
}

fn gate_table(gate: &Gate) -> Vec<[u8; 2]> {
    let mut words: Vec<(u64, i8)> = gate
        .words
        .iter()
        .map(|(key, weight)| (*key, *weight))
        .collect();
    words.sort_by_key(|(key, weight)| (-i32::from(*weight).abs(), *key));
    let mut table = vec![[0; 2]; 1 << GATE_BITS];
    let mut left = 0;
    for (key, weight) in words {
        let (place, tag) = gate_place(key);
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
    println!("{left} words of the gate found no place");
    table
}
