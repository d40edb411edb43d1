//! What was learnt: weights of features, weights of words for the gate, and what the
//! words of each intent are. Made by `cargo xtask train`; [`Model::new`] reads it.

use super::score::Weights;
use super::{Intent, features::Reader, token::Token};
use std::fmt;

/// Entries of a bucket: a byte of the feature's hash and a weight.
const ENTRIES: usize = 4;
/// Bytes of a bucket.
const BUCKET: usize = 2 * ENTRIES;
/// Buckets, as a power of two.
pub const BUCKET_BITS: u32 = 17;
/// Words of the gate, as a power of two.
pub const GATE_BITS: u32 = 16;
/// Rows of the table of intents, as a power of two.
pub const INTENT_BITS: u32 = 13;
/// What a word that is not in the gate takes away.
pub const GATE_COST: i32 = 4;
/// How a table begins.
pub const MAGIC: [u8; 4] = *b"PLW2";
/// Bytes before the tables: the magic, cost, scale, the limit of the gate and that of
/// the brief sum.
pub const HEAD: usize = 20;

/// A row of the table of intents.
const ROW: usize = Intent::ALL.len();
const GATE_WIDTH: usize = 2;

const BUCKETS_SIZE: usize = BUCKET << BUCKET_BITS;
const GATE_SIZE: usize = GATE_WIDTH << GATE_BITS;
const INTENTS_SIZE: usize = ROW << INTENT_BITS;

/// Weights that were learnt.
#[derive(Clone, Copy)]
pub struct Model {
    cost: f32,
    scale: f32,
    least: i32,
    brief: f32,
    buckets: &'static [[u8; BUCKET]],
    gate: &'static [[u8; GATE_WIDTH]],
    intents: &'static [[u8; ROW]],
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Model")
    }
}

/// Where a feature's weight stands: its bucket, and the byte that tells it from
/// others.
#[must_use]
pub const fn place(feature: u64) -> (usize, u8) {
    let bucket = feature >> (64 - BUCKET_BITS);
    // 0 is an empty entry.
    (bucket as usize, (feature & 0xff) as u8 | 1)
}

/// Where the two entries stand of which one may be a word's in the gate, and the byte
/// that tells it from others.
#[must_use]
pub const fn gate_place(key: u64) -> (usize, u8) {
    let place = key >> (64 - GATE_BITS) & !1;
    // 0 is an empty entry.
    (place as usize, (key >> 32 & 0xff) as u8 | 1)
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
        let (gate, intents) = rest.split_at_checked(GATE_SIZE)?;
        let good = words[0] == MAGIC && intents.len() == INTENTS_SIZE;
        good.then_some(Self {
            cost: f32::from_le_bytes(words[1]),
            scale: f32::from_le_bytes(words[2]),
            least: i32::from_le_bytes(words[3]),
            brief: f32::from_le_bytes(words[4]),
            buckets: buckets.as_chunks().0,
            gate: gate.as_chunks().0,
            intents: intents.as_chunks().0,
        })
    }

    /// What a word adds to the level of the gate.
    #[inline]
    pub(super) fn gate(&self, key: u64) -> i32 {
        let (place, tag) = gate_place(key);
        let entry = match [self.gate[place], self.gate[place + 1]] {
            [entry, _] | [_, entry] if entry[0] == tag => entry[1].cast_signed(),
            _ => return -GATE_COST,
        };
        i32::from(entry)
    }

    /// From which level on the gate opens.
    pub(super) const fn least(&self) -> i32 {
        self.least
    }

    /// From which brief sum on a window is read in full.
    pub(super) const fn brief(&self) -> f32 {
        self.brief
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
        let bucket = &self.buckets[bucket];
        for entry in bucket.as_chunks::<2>().0 {
            if entry[0] == tag {
                return f32::from(entry[1].cast_signed()) * self.scale;
            }
        }
        0.0
    }

    fn cost(&self) -> f32 {
        self.cost
    }
}
