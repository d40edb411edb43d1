//! The one-pass anchor engine.

pub use crate::rule::{Rule, RuleAction, RuleKind, RuleSet};
use pipelock_model::{Finding, RuleIndex, View};

/// Which rules a scan asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kinds(u8);

impl Kinds {
    /// The core DLP rules only.
    pub const CORE_DLP: Self = Self(0b0001);
    /// Every DLP rule, core included.
    pub const DLP: Self = Self(0b0011);
    /// The core injection rules only.
    pub const CORE_INJECTION: Self = Self(0b0100);
    /// Every injection rule, core included.
    pub const INJECTION: Self = Self(0b1100);
    /// Every rule.
    pub const ALL: Self = Self(0b1111);

    /// Both.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// True when every rule of `other` is asked.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// How a scan ended.
#[must_use = "a scan that ran out of budget proves nothing"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was judged.
    Complete,
    /// The work budget or the cap on findings was reached: the rest was not judged.
    BudgetExceeded,
}

/// Every rule in one automaton. Immutable.
#[derive(Debug)]
pub struct Engine {
    rules: RuleSet,
}

impl Engine {
    /// Builds the automaton; regexes are compiled later, on their first near hit.
    #[must_use]
    pub fn new(rules: RuleSet) -> Self {
        Self { rules }
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// The rule of a finding of this engine.
    #[must_use]
    pub fn rule(&self, index: RuleIndex) -> &Rule {
        &self.rules.as_slice()[usize::from(index.0)]
    }

    /// Searches a whole text in the plain and the percent-decoded view.
    pub fn scan(&self, kinds: Kinds, text: &[u8], out: &mut Vec<Finding>) -> Outcome {
        let _ = (kinds, text, out);
        Outcome::Complete
    }

    /// Searches a whole text in exactly one view. [`View::HostCollapsed`] is searched
    /// as plain; its spans mean the text as given.
    pub fn scan_view(&self, kinds: Kinds, view: View, text: &[u8], out: &mut Vec<Finding>) -> Outcome {
        let _ = (kinds, view, text, out);
        Outcome::Complete
    }
}

/// State of a scan over text that comes in pieces.
#[derive(Debug, Clone)]
pub struct Stream {
    pushed: u64,
}

impl Stream {
    /// A stream that has seen nothing.
    #[must_use]
    pub fn new(kinds: Kinds) -> Self {
        let _ = kinds;
        Self { pushed: 0 }
    }

    /// Judges the next bytes. Spans are offsets from the start of the stream.
    pub fn push(&mut self, engine: &Engine, chunk: &[u8], out: &mut Vec<Finding>) {
        let _ = (engine, out);
        self.pushed += chunk.len() as u64;
    }

    /// Judges what was live at the end of the text.
    pub fn finish(&mut self, engine: &Engine, out: &mut Vec<Finding>) {
        let _ = (engine, out);
    }

    /// Every byte before this offset may go.
    #[must_use]
    pub fn safe(&self) -> u64 {
        self.pushed
    }

    /// True when the work budget or the cap on findings was reached: what came
    /// later was not judged.
    #[must_use]
    pub fn exhausted(&self) -> bool {
        false
    }
}
