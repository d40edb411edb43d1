//! What a detection rule is, and ordered sets of them.

use crate::domain::DomainSet;
use crate::intent::{Intent, Model};
use crate::pattern::{Part, Pattern};
use crate::seed::SeedRules;
use crate::validate::{Checksum, Validator};
use pipelock_model::Severity;
use std::borrow::Cow;
use std::sync::Arc;

/// What a rule looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RuleKind {
    /// Secrets and personal data that leave.
    Dlp,
    /// Instructions that reach the agent.
    Injection,
}

/// What a match of a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RuleAction {
    /// What the surface is set to.
    Enforce,
    /// Never more than a report.
    Warn,
}

/// One detection rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Stable slug.
    pub id: Cow<'static, str>,
    /// Public name.
    pub name: Cow<'static, str>,
    /// What it looks for.
    pub kind: RuleKind,
    /// Severity; it flows to events and never decides.
    pub severity: Severity,
    /// Part of the floor that no setting switches off.
    pub core: bool,
    /// What a match does.
    pub action: RuleAction,
    /// Test that a match must pass.
    pub validator: Option<Validator>,
    /// Checksum that makes a match certain; without it, or failing it, it still counts.
    pub checksum: Option<Checksum>,
    /// Destinations where it does not count.
    pub exempt: DomainSet,
    /// What it looks for.
    pub finds: Finds,
}

impl Rule {
    /// True when nothing but a search over every byte can find it.
    #[must_use]
    pub fn is_unanchored(&self) -> bool {
        self.parts().iter().any(Part::is_unanchored)
    }

    /// The parts of its pattern; none when it has no pattern.
    pub(crate) fn parts(&self) -> &[Part] {
        match &self.finds {
            Finds::Pattern(pattern) => pattern.parts(),
            Finds::Intent(_) | Finds::Secret(_) | Finds::Seed(_) => &[],
        }
    }
}

/// What a rule is made of.
#[derive(Debug, Clone)]
pub enum Finds {
    /// A pattern.
    Pattern(Pattern),
    /// What the wording of a passage wants of a model: see [`crate::intent`].
    Intent(Intent),
    /// A value that is known to be secret.
    Secret(KnownSecret),
    /// Seed phrases of wallets.
    Seed(SeedRules),
}

/// A value that is known to be secret, as the normalised view spells it.
#[derive(Clone)]
pub struct KnownSecret {
    bytes: Arc<[u8]>,
}

impl KnownSecret {
    /// Shortest value that is looked for, in bytes: shorter ones are words.
    pub const LEAST: usize = 8;

    /// `None` for values that are too short.
    #[must_use]
    pub fn new(value: &str) -> Option<Self> {
        let spelt = crate::normalise::normalise_word(value);
        let bytes = spelt.trim().as_bytes();
        (bytes.len() >= Self::LEAST).then(|| Self {
            bytes: bytes.into(),
        })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl std::fmt::Debug for KnownSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KnownSecret")
    }
}

/// An ordered, immutable list of rules; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    rules: Arc<[Rule]>,
    model: Option<Model>,
}

impl RuleSet {
    /// Most rules that one set may hold: a `RuleIndex` has 16 bits.
    pub const LIMIT: usize = 65_535;

    /// Keeps the rules in this order; those after [`RuleSet::LIMIT`] are dropped.
    #[must_use]
    pub fn new(mut rules: Vec<Rule>) -> Self {
        rules.truncate(Self::LIMIT);
        Self {
            rules: rules.into(),
            model: None,
        }
    }

    /// The same rules, with what rules of intents are known by.
    #[must_use]
    pub fn with_model(mut self, model: Option<Model>) -> Self {
        self.model = model;
        self
    }

    /// What rules of intents are known by; without it they find nothing.
    #[must_use]
    pub fn model(&self) -> Option<Model> {
        self.model
    }

    /// The same with more rules behind them, within [`RuleSet::LIMIT`].
    #[must_use]
    pub fn with_more(mut self, more: Vec<Rule>) -> Self {
        if !more.is_empty() {
            let all = self.rules.iter().cloned().chain(more);
            self.rules = all.take(Self::LIMIT).collect();
        }
        self
    }

    /// The rules in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Rule] {
        &self.rules
    }

    /// The rules in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Rule> {
        self.rules.iter()
    }

    /// Number of rules.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// True without rules.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Number of DLP patterns.
    #[must_use]
    pub fn dlp_count(&self) -> usize {
        self.patterns(RuleKind::Dlp)
    }

    /// Number of injection patterns.
    #[must_use]
    pub fn injection_count(&self) -> usize {
        self.patterns(RuleKind::Injection)
    }

    fn patterns(&self, kind: RuleKind) -> usize {
        let pattern = |rule: &&Rule| rule.kind == kind && matches!(rule.finds, Finds::Pattern(_));
        self.iter().filter(pattern).count()
    }
}
