//! What was learnt: weights of features, weights of words for the gate, and what the
//! words of each intent are. Made by `cargo xtask train`; [`Model::new`] reads it.

use super::score::Weights;
use super::{Intent, features::Reader, token::Token};
use std::fmt;

/// Entries of a bucket: some bits of the feature's hash, and those of its weight.
pub const ENTRIES: usize = 4;
/// Bits of an entry that are a weight's.
const WEIGHT_BITS: u32 = 7;
/// Bytes of a bucket.
const BUCKET: usize = 2 * ENTRIES;
/// Buckets, as a power of two.
pub const BUCKET_BITS: u32 = 18;
/// Words of the gate, as a power of two.
pub const GATE_BITS: u32 = 17;
/// Entries of its second step, as a power of two.
pub const PAIR_BITS: u32 = 18;
/// Rows of the table of intents, as a power of two.
pub const INTENT_BITS: u32 = 13;
/// What a word that is not in the gate takes away.
pub const GATE_COST: i32 = 4;
/// The largest weight of a feature.
pub const MOST: f32 = 6.0;
/// How a table begins.
pub const MAGIC: [u8; 4] = *b"PLW3";
/// Bytes before the tables: the magic, the cost and the limits of both steps of the
/// gate.
pub const HEAD: usize = 16;

/// A row of the table of intents.
const ROW: usize = Intent::ALL.len();
/// Bytes of an entry of the gate, and of the two that stand for the same keys.
const GATE_WIDTH: usize = 2;
const PAIR: usize = 2 * GATE_WIDTH;

/// Highest number that stands for a size.
const SIZES: u16 = (1 << (WEIGHT_BITS - 1)) - 1;
const SIGN: u16 = SIZES + 1;

/// The weight of each number: small ones are told apart more finely, since many of
/// them make a sum.
static WEIGHTS: [f32; 1 << WEIGHT_BITS] = {
    let mut weights = [0.0; 1 << WEIGHT_BITS];
    let mut number = 0;
    while number <= SIZES {
        let part = number as f32 / SIZES as f32;
        weights[number as usize] = part * part * MOST;
        weights[(number | SIGN) as usize] = -part * part * MOST;
        number += 1;
    }
    weights
};

const BUCKETS_SIZE: usize = BUCKET << BUCKET_BITS;
const GATE_SIZE: usize = GATE_WIDTH << GATE_BITS;
const PAIRS_SIZE: usize = GATE_WIDTH << PAIR_BITS;
const INTENTS_SIZE: usize = ROW << INTENT_BITS;

/// Weights that were learnt.
#[derive(Clone, Copy)]
pub struct Model {
    cost: f32,
    limits: [i32; 2],
    buckets: &'static [[u8; BUCKET]],
    gate: &'static [[u8; PAIR]; 1 << (GATE_BITS - 1)],
    pairs: &'static [[u8; PAIR]; 1 << (PAIR_BITS - 1)],
    intents: &'static [[u8; ROW]],
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Model")
    }
}

/// Where a feature's weight stands: its bucket, and the bits that tell it from others.
#[must_use]
pub const fn place(feature: u64) -> (usize, u16) {
    let bucket = feature >> (64 - BUCKET_BITS);
    let tag = feature as u16 >> WEIGHT_BITS;
    // 0 is an empty entry.
    (bucket as usize, if tag == 0 { 1 } else { tag })
}

/// An entry of a bucket.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped"
)]
pub fn entry(tag: u16, weight: f32) -> u16 {
    let size = (weight.abs() / MOST).sqrt() * f32::from(SIZES);
    let size = size.round().clamp(0.0, f32::from(SIZES)) as u16;
    let sign = if weight < 0.0 { SIGN } else { 0 };
    tag << WEIGHT_BITS | sign | size
}

/// Where the two entries stand of which one may be a key's in a table of so many bits,
/// and the byte that tells it from others.
#[must_use]
pub const fn gate_place(key: u64, bits: u32) -> (usize, u8) {
    let place = key >> (64 - bits) & !1;
    let tag = (key >> 32 & 0xff) as u8;
    // 0 is an empty entry.
    (place as usize, if tag == 0 { 1 } else { tag })
}

/// The weight of a key of the gate, or what one has that is not known: two entries stand
/// side by side. No branches, since no processor foresees which words come.
#[inline]
fn looked_up<const SIZE: usize>(table: &[[u8; PAIR]; SIZE], key: u64, unknown: i32) -> i32 {
    let (place, tag) = gate_place(key, SIZE.ilog2() + 1);
    let [one, first, two, second] = table[place / 2 % SIZE];
    let pick = |condition: bool, yes: i32, no: i32| if condition { yes } else { no };
    let weight = pick(two == tag, i32::from(second.cast_signed()), unknown);
    pick(one == tag, i32::from(first.cast_signed()), weight)
}

/// The row of a feature in the table of intents.
#[must_use]
pub const fn intent_row(feature: u64) -> usize {
    (feature >> (64 - INTENT_BITS)) as usize
}

impl Model {
    /// Reads a table; `None` when it is not one of this version.
    #[must_use]
    pub fn new(bytes: &'static [u8]) -> Option<Self> {
        let (head, rest) = bytes.split_first_chunk::<HEAD>()?;
        let (words, _) = head.as_chunks::<4>();
        let (buckets, rest) = rest.split_at_checked(BUCKETS_SIZE)?;
        let (gate, rest) = rest.split_at_checked(GATE_SIZE)?;
        let (pairs, intents) = rest.split_at_checked(PAIRS_SIZE)?;
        let good = words[0] == MAGIC && intents.len() == INTENTS_SIZE;
        if !good {
            return None;
        }
        Some(Self {
            cost: f32::from_le_bytes(words[1]),
            limits: [i32::from_le_bytes(words[2]), i32::from_le_bytes(words[3])],
            buckets: buckets.as_chunks().0,
            gate: gate.as_chunks().0.try_into().ok()?,
            pairs: pairs.as_chunks().0.try_into().ok()?,
            intents: intents.as_chunks().0,
        })
    }

    /// What a word adds to the level of the gate; odd for one that only disguised attacks
    /// have.
    #[inline]
    pub(super) fn gate(&self, key: u64) -> i32 {
        looked_up(self.gate, key, -GATE_COST)
    }

    /// True for a word of attacks as they are written.
    pub(super) fn knows(&self, key: u64) -> bool {
        // No weight is this.
        let weight = looked_up(self.gate, key, i32::MAX);
        weight != i32::MAX && weight & 1 == 0
    }

    /// What words and neighbours add to the level of the second step: nothing when they
    /// are not known.
    #[inline]
    pub(super) fn pair(&self, key: u64) -> i32 {
        looked_up(self.pairs, key, 0)
    }

    /// From which level on the gate opens.
    pub(super) const fn least(&self) -> i32 {
        self.limits[0]
    }

    /// From which level of the second step on a window is read in full.
    pub(super) const fn closer(&self) -> i32 {
        self.limits[1]
    }

    /// What a passage most likely wants.
    pub(super) fn intent(&self, tokens: &[Token]) -> Intent {
        let mut sums = [0_i32; ROW];
        let mut reader = Reader::default();
        for token in tokens {
            reader.push(token, &mut |feature| {
                let row = &self.intents[intent_row(feature)];
                for (sum, weight) in sums.iter_mut().zip(row) {
                    *sum += i32::from(weight.cast_signed());
                }
            });
        }
        let best = sums
            .iter()
            .enumerate()
            .max_by_key(|(index, sum)| (**sum, usize::MAX - index));
        best.map_or(Intent::Override, |(index, _)| Intent::ALL[index])
    }
}

impl Weights for Model {
    #[inline]
    fn weight(&self, feature: u64) -> f32 {
        let (bucket, tag) = place(feature);
        for entry in self.buckets[bucket].as_chunks().0 {
            let entry = u16::from_le_bytes(*entry);
            if entry >> WEIGHT_BITS == tag {
                return WEIGHTS[usize::from(entry & (SIGN | SIZES))];
            }
        }
        0.0
    }

    fn cost(&self) -> f32 {
        self.cost
    }
}
