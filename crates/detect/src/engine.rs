//! The one-pass anchor engine.
//!
//! Every rule contributes literals that its matches must contain, derived from
//! its parsed pattern. One pass finds them all; only at a hit is
//! the rule's own automaton run, from the anchor on and for at most 4 KiB. Rules
//! without a literal are found by runs of a byte set, or, as a last resort, by a
//! search over overlapping blocks.
//!
//! Limits: a match is at most 4 KiB long, counted from its anchor; what a pattern
//! wants before an inner anchor is looked for within 128 bytes, and the finding
//! starts at the anchor. Work and findings are bounded for each text; a scan that
//! ran into a bound says so ([`Outcome::BudgetExceeded`]).

mod anchors;
mod build;
mod confidence;
mod derived;
mod guards;
mod marks;
mod matcher;
mod percent;
mod runs;
mod search;
mod slow;
mod split;
mod stream;
mod tail;
mod text;

pub use crate::rule::{Finds, Rule, RuleAction, RuleKind, RuleSet};
pub use split::Order;
pub use stream::Stream;

use crate::intent::{Intent, Model};
use crate::pattern::{Part, Then, fold};
use crate::seed::SeedRules;
use anchors::Anchors;
use guards::Guards;
use matcher::Matcher;
use pipelock_model::{Finding, RuleIndex, View};
use runs::ByteSet;
use search::scrambled::START;
use slow::SlowPart;
use std::fmt;

/// Which rules a scan asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kinds(u8);

impl Kinds {
    /// No rule.
    pub const NONE: Self = Self(0);
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

    /// The bit of a rule.
    fn of(rule: &Rule) -> u8 {
        match (rule.kind, rule.core) {
            (RuleKind::Dlp, true) => 0b0001,
            (RuleKind::Dlp, false) => 0b0010,
            (RuleKind::Injection, true) => 0b0100,
            (RuleKind::Injection, false) => 0b1000,
        }
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

/// Encodings that are undone one within the other.
const DEPTH_LIMIT: u8 = 5;
/// Bits of the DLP rules.
const DLP_KINDS: u8 = Kinds::DLP.0;
/// Bit of the rules of intents.
const INTENT_KINDS: u8 = 0b1000;

/// Every rule, in one pass. Immutable.
#[derive(Debug)]
pub struct Engine {
    rules: RuleSet,
    anchors: Anchors,
    parts: Vec<PartEntry>,
    guards: Guards,
    secrets: Vec<SecretEntry>,
    run_set: Option<RunSet>,
    slow: Vec<SlowPart>,
    model: Option<Model>,
    /// How tokens start, folded and sorted.
    token_starts: Vec<[u8; START]>,
    /// The rule of seed phrases.
    seeds: Option<(RuleIndex, SeedRules)>,
    /// Rules of structure, by [`Intent`].
    intents: Vec<(Intent, RuleIndex)>,
}

/// A part of a rule's pattern, in the order of rules.
#[derive(Debug)]
struct PartEntry {
    rule: RuleIndex,
    part: u16,
    matcher: Matcher,
}

/// A value that is known to be secret.
struct SecretEntry {
    rule: RuleIndex,
    value: Box<[u8]>,
    view: View,
}

impl fmt::Debug for SecretEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretEntry")
    }
}

/// What an anchor means.
enum Hits<'e> {
    /// A part of a pattern.
    Part(Entry<'e>),
    /// The start of a known secret.
    Secret(&'e SecretEntry),
    /// A word that is read backwards or by ROT13.
    Scrambled(View),
    /// The start of an anchor that a line's end or a quote cuts.
    Gap,
}

/// All that a look at a hit needs.
struct Entry<'e> {
    index: RuleIndex,
    rule: &'e Rule,
    part: &'e Part,
    matcher: &'e Matcher,
}

/// The parts that are found by runs.
#[derive(Debug)]
struct RunSet {
    bytes: ByteSet,
    least: usize,
    kinds: u8,
    parts: Vec<RunPart>,
}

#[derive(Debug)]
struct RunPart {
    part: u16,
    kind: u8,
    set: ByteSet,
    first: ByteSet,
    least: usize,
    then: Then,
    /// Its set is letters and digits.
    alphanumeric: bool,
    /// It starts where a word does.
    word_start: bool,
}

impl Engine {
    /// Gathers the anchors; regexes are compiled later, on their first near hit.
    /// Parts beyond 65,000 are dropped, which no loadable configuration reaches.
    #[must_use]
    pub fn new(rules: RuleSet) -> Self {
        build::engine(rules)
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

    /// Searches a whole text in all its views. A finding of a view that overlaps a
    /// plain one of the same rule is left out.
    pub fn scan(&self, kinds: Kinds, text: &[u8], out: &mut Vec<Finding>) -> Outcome {
        let mut stream = Stream::new(kinds);
        stream.finish_with(self, text, out);
        stream.outcome()
    }

    /// Searches a whole text in exactly one view. [`View::HostCollapsed`] is searched
    /// as it is given; its spans mean that text.
    pub fn scan_view(
        &self,
        kinds: Kinds,
        view: View,
        text: &[u8],
        out: &mut Vec<Finding>,
    ) -> Outcome {
        stream::scan_view(self, kinds, view, text, out)
    }

    /// The run of a part that ends it with an outsider.
    fn outsider(&self, part: u16) -> Option<&RunPart> {
        let parts = &self.run_set.as_ref()?.parts;
        parts
            .iter()
            .find(|run| run.part == part && run.then == Then::Outsider)
    }

    /// The numbers of a rule's parts.
    fn parts_of(&self, rule: RuleIndex) -> impl Iterator<Item = u16> {
        let first = self.parts.partition_point(|part| part.rule.0 < rule.0);
        let parts = self.parts[first..].iter();
        (first..)
            .zip(parts.take_while(move |part| part.rule == rule))
            .map(|(part, _)| u16::try_from(part).unwrap_or(u16::MAX))
    }

    /// False when no match of a rule starts in the first `starts` bytes of a text.
    fn may_match(&self, rule: RuleIndex, text: &[u8], starts: usize) -> bool {
        let starts_at = |part| (0..starts).any(|at| self.guards.may_start(part, &text[at..]));
        self.parts_of(rule).any(starts_at)
    }

    /// False when no match of a rule starts in a text and goes on in the next, or is
    /// cut by its end.
    fn may_span(&self, rule: RuleIndex, text: &[u8], next: &[u8]) -> bool {
        let spans = |part| self.guards.may_span(part, text, next);
        self.parts_of(rule).any(spans)
    }

    /// True when a token may start so.
    fn starts_token(&self, start: [u8; START]) -> bool {
        self.token_starts.binary_search(&start.map(fold)).is_ok()
    }

    fn intent_rule(&self, intent: Intent) -> Option<RuleIndex> {
        let mut intents = self.intents.iter();
        intents
            .find(|(have, _)| *have == intent)
            .map(|(_, rule)| *rule)
    }

    fn is_intent(&self, rule: RuleIndex) -> bool {
        self.intents.iter().any(|(_, intent)| *intent == rule)
    }

    fn hits(&self, part: u16) -> Hits<'_> {
        let index = usize::from(part);
        let Some(entry) = self.parts.get(index) else {
            return match part {
                build::GAP_PART => Hits::Gap,
                build::ROT13_PART => Hits::Scrambled(View::Rot13),
                build::REVERSED_PART => Hits::Scrambled(View::Reversed),
                _ => {
                    let secret = self.secrets.get(index - self.parts.len());
                    secret.map_or(Hits::Gap, Hits::Secret)
                }
            };
        };
        let rule = self.rule(entry.rule);
        let part = &rule.parts()[usize::from(entry.part)];
        Hits::Part(Entry {
            index: entry.rule,
            rule,
            part,
            matcher: &entry.matcher,
        })
    }
}
