//! Sums of weights over a text, and where they peak.

use super::features::{BEFORE, BEHIND, Reader, around};
use super::token::Token;

/// The score from which a text is taken for an attack.
pub const LIMIT: f32 = 7.5;
/// How far a sum falls before its peak is judged.
const FALL: f32 = 6.0;
/// Tokens after which a sum is judged: an attack is said in fewer.
const SPAN: usize = 64;
/// Tokens of a passage beyond which each costs something more: what is long gathers
/// weight by chance.
const SHORT: usize = 20;
const LONG: f32 = 0.15;
/// Most that what stands around adds, and takes away.
const AROUND: (f32, f32) = (-6.0, 2.0);

/// What begins so few words and signs behind the place where reading began stands in
/// text that was not read with it, and that mostly speaks against an attack: it must
/// score so much more.
const NEAR: usize = 8;
const UNREAD: f32 = 3.0;

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

impl Peak {
    /// False for one that begins where reading began, inside of a text, and is not high.
    pub(super) fn is_sure(self, inside: bool) -> bool {
        !inside || self.first >= NEAR || self.score >= LIMIT + UNREAD
    }
}

/// Finds the peaks of at least `least` in a text that was read as tokens.
pub fn peaks(weights: &impl Weights, tokens: &[Token], least: f32, mut give: impl FnMut(Peak)) {
    let mut sum = Sum::default();
    let mut judge = |passage: Option<Passage>| {
        if let Some(passage) = passage.filter(|passage| passage.best + AROUND.1 >= least) {
            let (before, rest) = tokens.split_at(passage.first);
            let behind = &rest[passage.last + 1 - passage.first..];
            let score = passage.score(weights, before, behind);
            if score >= least {
                give(Peak {
                    score,
                    ..passage.into()
                });
            }
        }
    };
    for token in tokens {
        judge(sum.push(weights, token));
    }
    judge(sum.finish());
}

/// Adds up what the words of a text say, one after the other.
#[derive(Clone, Default)]
struct Sum {
    reader: Reader,
    /// Tokens so far.
    count: usize,
    sum: f32,
    first: usize,
    best: f32,
    last: usize,
}

/// Where a sum rose and fell again.
#[derive(Debug, Clone, Copy)]
struct Passage {
    first: usize,
    last: usize,
    best: f32,
}

impl Sum {
    /// Reads the next token; a passage that it ends.
    fn push(&mut self, weights: &impl Weights, token: &Token) -> Option<Passage> {
        let index = self.count;
        self.count += 1;
        if self.sum <= 0.0 {
            (self.sum, self.first, self.best) = (0.0, index, 0.0);
            self.reader.begin();
        }
        let mut sum = self.sum - weights.cost();
        self.reader
            .push(token, &mut |feature| sum += weights.weight(feature));
        self.sum = sum;
        if sum > self.best {
            (self.best, self.last) = (sum, index);
        }
        let ends = sum <= 0.0 || sum < self.best - FALL || index - self.first >= SPAN;
        if ends { self.finish() } else { None }
    }

    /// No more of the passage will come.
    fn finish(&mut self) -> Option<Passage> {
        let passage = self.passage();
        if passage.is_some() {
            (self.sum, self.best) = (0.0, 0.0);
        }
        passage
    }

    /// The passage so far.
    fn passage(&self) -> Option<Passage> {
        (self.best > 0.0).then_some(Passage {
            first: self.first,
            last: self.last,
            best: self.best,
        })
    }
}

impl Passage {
    /// What it weighs among the words around it.
    fn score(self, weights: &impl Weights, before: &[Token], behind: &[Token]) -> f32 {
        let mut side = 0.0;
        around(before, behind, &mut |feature| {
            side += weights.weight(feature);
        });
        let long = (self.last + 1 - self.first).saturating_sub(SHORT) as f32;
        self.best + side.clamp(AROUND.0, AROUND.1) - LONG * long
    }
}

/// Finds peaks in tokens that come a few at a time.
#[derive(Clone)]
pub(super) struct Peaks {
    least: f32,
    sum: Sum,
    /// The last tokens, and the number of the first of them.
    tokens: Vec<Token>,
    from: usize,
    /// Passages that wait for what stands behind them.
    waiting: Vec<Passage>,
}

/// Tokens that may still be needed: what stands around a passage, the passage and the
/// token that ends it.
const NEEDED: usize = BEFORE + SPAN + BEHIND + 2;
/// More tokens than these are not kept.
const KEPT: usize = NEEDED + 32;

impl Peaks {
    pub(super) fn new(least: f32) -> Self {
        Self {
            least,
            sum: Sum::default(),
            tokens: Vec::with_capacity(KEPT),
            from: 0,
            waiting: Vec::new(),
        }
    }

    /// Reads the next token; gives each peak with its passage.
    pub(super) fn push(
        &mut self,
        weights: &impl Weights,
        token: Token,
        give: impl FnMut(Peak, &[Token]),
    ) {
        if self.tokens.len() == KEPT {
            self.tokens.drain(..KEPT - NEEDED);
            self.from += KEPT - NEEDED;
        }
        self.tokens.push(token);
        let passage = self.sum.push(weights, &token);
        self.wait(passage);
        let count = self.sum.count;
        self.judge(weights, |passage| count - passage.last > BEHIND, give);
    }

    /// No more tokens will come.
    pub(super) fn finish(&mut self, weights: &impl Weights, give: impl FnMut(Peak, &[Token])) {
        let passage = self.sum.finish();
        self.wait(passage);
        self.judge(weights, |_| true, give);
    }

    /// Where the first passage that is not judged begins.
    pub(super) fn pending(&self) -> Option<u64> {
        let now = self.sum.passage();
        let first = self.waiting.first().or(now.as_ref())?.first;
        self.tokens.get(first - self.from).map(|token| token.start)
    }

    fn wait(&mut self, passage: Option<Passage>) {
        let least = self.least - AROUND.1;
        self.waiting
            .extend(passage.filter(|passage| passage.best >= least));
    }

    /// Judges the first passages for which something holds.
    fn judge(
        &mut self,
        weights: &impl Weights,
        is_due: impl Fn(&Passage) -> bool,
        mut give: impl FnMut(Peak, &[Token]),
    ) {
        while let Some(passage) = self.waiting.first().copied().filter(&is_due) {
            self.waiting.remove(0);
            let (before, rest) = self.tokens.split_at(passage.first - self.from);
            let (said, behind) = rest.split_at(passage.last + 1 - passage.first);
            let score = passage.score(weights, before, behind);
            if score >= self.least {
                give(
                    Peak {
                        score,
                        ..passage.into()
                    },
                    said,
                );
            }
        }
    }
}

impl From<Passage> for Peak {
    fn from(passage: Passage) -> Self {
        Self {
            first: passage.first,
            last: passage.last,
            score: passage.best,
        }
    }
}
