//! Sums of weights over a text, and where they peak.

use super::features::{Reader, around};
use super::token::Token;

/// The score from which a text is taken for an attack.
pub const LIMIT: f32 = 8.5;
/// How far a sum falls before its peak is judged.
const FALL: f32 = 6.0;
/// Tokens after which a sum is judged: an attack is said in fewer.
const SPAN: usize = 64;
/// Tokens of a passage beyond which each costs something more: what is long gathers
/// weight by chance.
const SHORT: usize = 20;
const LONG: f32 = 0.15;
/// Most that what stands around adds, and takes away.
const AROUND: (f32, f32) = (-12.0, 2.0);

/// Weights of features, and what each word costs.
pub trait Weights {
    /// What a feature says for an attack; 0 when it is unknown.
    fn weight(&self, feature: u64) -> f32;
    /// What every token takes away.
    fn cost(&self) -> f32;
}

/// Where a text reads like an attack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Peak {
    /// The first token.
    pub first: usize,
    /// The last one.
    pub last: usize,
    /// Sum with what stands around.
    pub score: f32,
}

/// Finds the peaks of at least `least` in a text that was read as tokens.
pub fn peaks(weights: &impl Weights, tokens: &[Token], least: f32, mut give: impl FnMut(Peak)) {
    let mut reader = Reader::default();
    let (mut sum, mut first) = (0.0_f32, 0);
    let (mut best, mut last) = (0.0_f32, 0);
    let mut judge = |first: usize, last: usize, best: f32| {
        if best + AROUND.1 >= least {
            let mut side = 0.0;
            around(&tokens[..first], &tokens[last + 1..], &mut |feature| {
                side += weights.weight(feature);
            });
            let long = (last + 1 - first).saturating_sub(SHORT) as f32;
            let score = best + side.clamp(AROUND.0, AROUND.1) - LONG * long;
            if score >= least {
                give(Peak { first, last, score });
            }
        }
    };
    for (index, token) in tokens.iter().enumerate() {
        if sum <= 0.0 {
            (sum, first, best) = (0.0, index, 0.0);
            reader.begin();
        }
        sum -= weights.cost();
        reader.push(token, &mut |feature| sum += weights.weight(feature));
        if sum > best {
            (best, last) = (sum, index);
        }
        if best > 0.0 && (sum <= 0.0 || sum < best - FALL || index - first >= SPAN) {
            judge(first, last, best);
            (sum, best) = (0.0, 0.0);
        }
    }
    if best > 0.0 {
        judge(first, last, best);
    }
}
