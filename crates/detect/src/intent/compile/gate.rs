//! The grams that the sweep looks for.
//!
//! The sweep looks at every third byte, so three neighbouring grams of a word are
//! enough to meet it wherever it stands: seven bytes. For each word the seven bytes are
//! chosen whose letters are rarest.

use super::Spelt;
use crate::intent::grammar::GATING;
use crate::intent::tables::{GATE_WORDS, GRAM, GRAM_PLACES, WILD, gate_of, gram_of, slot_of};
use std::collections::BTreeMap;

/// Bytes between two looks of the sweep.
const STRIDE: usize = 3;
/// Bytes that hold a gram at every phase of the sweep.
const SPAN: usize = STRIDE + GRAM - 1;
/// Letters of English by how often they occur.
const COMMON: &[u8; 26] = b"etaoinsrhldcumfpgwybvkxjqz";
/// What may follow a word that is too short by a byte.
const AFTER_WORD: &[u8] = b" .,:;!?\n\"'";
const AFTER_STEM: &[u8] = b"abcdefghijklmnopqrstuvwxyz ";

/// The bitmap and the table of grams.
pub(super) fn tables(words: &[Spelt]) -> (Box<[u64; GATE_WORDS]>, Vec<u8>) {
    let mut places: BTreeMap<u32, u32> = BTreeMap::new();
    for word in words.iter().filter(|word| GATING & word.concept.bit() != 0) {
        for (bytes, shift) in padded(word) {
            add(&bytes, shift, word.leet, &mut places);
        }
    }
    let mut gate = vec![0_u64; GATE_WORDS];
    for gram in places.keys() {
        let bit = gate_of(*gram);
        gate[(bit >> 6) as usize] |= 1 << (bit & 63);
    }
    // A vector of this length is an array of it.
    let gate = gate
        .try_into()
        .unwrap_or_else(|_| Box::new([0; GATE_WORDS]));
    (gate, hashed(&places))
}

/// The word with what may stand around it where it is short, and how far the word
/// begins behind that.
fn padded(word: &Spelt) -> Vec<(Vec<u8>, usize)> {
    let bytes = &word.bytes;
    let mut after: Vec<u8> = match word.flags & WILD {
        0 => AFTER_WORD.to_vec(),
        _ => AFTER_STEM.to_vec(),
    };
    if bytes.iter().any(|byte| !byte.is_ascii()) {
        // Another character of the same scripts.
        after.extend(0xc3..=0xef);
    }
    match bytes.len() {
        0..5 => Vec::new(),
        5 => {
            let mut out = Vec::new();
            for before in [b' ', b'\n', b'"', b'.'] {
                for byte in &after {
                    let mut padded = vec![before];
                    padded.extend_from_slice(bytes);
                    padded.push(*byte);
                    out.push((padded, 1));
                }
            }
            out
        }
        6 => after
            .iter()
            .map(|byte| {
                let mut padded = bytes.clone();
                padded.push(*byte);
                (padded, 0)
            })
            .collect(),
        _ => vec![(bytes.clone(), 0)],
    }
}

fn add(bytes: &[u8], shift: usize, leet: bool, places: &mut BTreeMap<u32, u32>) {
    let last = (bytes.len() - SPAN).min(GRAM_PLACES - STRIDE);
    let best = (0..=last).min_by_key(|at| commonness(&bytes[*at..*at + SPAN]));
    let Some(best) = best else {
        return;
    };
    for offset in best..best + STRIDE {
        let gram: [u8; GRAM] = std::array::from_fn(|index| bytes[offset + index]);
        let place = 1 << offset.saturating_sub(shift);
        // A gram of the padding alone before the word begins at the word.
        for gram in if leet { drawn(gram) } else { vec![gram] } {
            *places.entry(gram_of(gram)).or_default() |= place;
        }
    }
}

/// Higher for letters that are met often; blanks most.
fn commonness(bytes: &[u8]) -> usize {
    let of = |byte: &u8| match COMMON.iter().position(|letter| letter == byte) {
        Some(rank) => 26 - rank,
        None if *byte == b' ' => 40,
        None => 0,
    };
    bytes.iter().map(of).sum()
}

/// The gram with some of its letters drawn as digits, each letter everywhere.
fn drawn(gram: [u8; GRAM]) -> Vec<[u8; GRAM]> {
    let mut out = vec![gram];
    for (letter, digits) in [
        (b'o', "0"),
        (b'i', "1"),
        (b'e', "3"),
        (b'a', "4@"),
        (b's', "5$"),
        (b't', "7"),
        (b'l', "1"),
    ] {
        for old in out.clone() {
            for digit in digits.bytes().filter(|_| old.contains(&letter)) {
                out.push(old.map(|byte| if byte == letter { digit } else { byte }));
            }
        }
    }
    out
}

fn hashed(places: &BTreeMap<u32, u32>) -> Vec<u8> {
    let slots = (places.len() * 2 + 1).next_power_of_two();
    let mut table = vec![(0_u32, 0_u32); slots];
    for (gram, mask) in places {
        let mut slot = slot_of(*gram, slots);
        while table[slot].1 != 0 {
            slot = (slot + 1) & (slots - 1);
        }
        table[slot] = (*gram, *mask);
    }
    table
        .iter()
        .flat_map(|(gram, mask)| [gram.to_le_bytes(), mask.to_le_bytes()].concat())
        .collect()
}
