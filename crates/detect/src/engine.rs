//! The one-pass anchor engine.
//!
//! Every rule contributes literals that its matches must contain, derived from
//! its parsed pattern. One automaton finds them all in one pass; only at a hit is
//! the rule's own automaton run, from the anchor on and for at most 4 KiB. Rules
//! without a literal are found by runs of a byte set, or, as a last resort, by a
//! search over overlapping blocks.
//!
//! Limits: a match is at most 4 KiB long, counted from its anchor; what a pattern
//! wants before an inner anchor is looked for within 128 bytes, and the finding
//! starts at the anchor. Work and findings are bounded for each text; a scan that
//! ran into a bound says so ([`Outcome::BudgetExceeded`]).

mod automaton;
mod confidence;
mod matcher;
mod percent;
mod runs;
mod search;
mod slow;
mod stream;
mod tail;
mod text;

pub use crate::rule::{Finds, Rule, RuleAction, RuleKind, RuleSet};
pub use stream::Stream;

use crate::pattern::{Part, Then, Trigger};
use automaton::{Anchor, Automaton, Place};
use matcher::Matcher;
use pipelock_model::{Finding, RuleIndex, View};
use runs::ByteSet;
use slow::SlowPart;

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

/// Every rule in one automaton. Immutable.
#[derive(Debug)]
pub struct Engine {
    rules: RuleSet,
    automaton: Automaton,
    parts: Vec<PartEntry>,
    run_set: Option<RunSet>,
    slow: Vec<SlowPart>,
}

/// A part of a rule's pattern, in the order of rules.
#[derive(Debug)]
struct PartEntry {
    rule: RuleIndex,
    part: u16,
    matcher: Matcher,
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
}

impl Engine {
    /// Builds the automaton; regexes are compiled later, on their first near hit.
    /// Parts beyond 65,535 are dropped, which no loadable configuration reaches.
    #[must_use]
    pub fn new(rules: RuleSet) -> Self {
        let mut anchors = Vec::new();
        let (mut parts, mut slow, mut run_parts) = (Vec::new(), Vec::new(), Vec::new());
        let mut bytes = ByteSet::empty();
        for (index, rule) in rules.iter().enumerate() {
            let kind = Kinds::of(rule);
            for (number, part) in rule.parts().iter().enumerate() {
                let (Ok(id), Ok(index), Ok(number)) = (
                    u16::try_from(parts.len()),
                    u16::try_from(index),
                    u16::try_from(number),
                ) else {
                    break;
                };
                parts.push(PartEntry {
                    rule: RuleIndex(index),
                    part: number,
                    matcher: Matcher::new(),
                });
                match &part.trigger {
                    Trigger::Anchors(list) => {
                        let place = if part.word_start {
                            Place::WordStart
                        } else {
                            Place::Anywhere
                        };
                        anchors.extend(list.iter().map(|bytes| Anchor {
                            part: id,
                            kind,
                            place,
                            bytes,
                        }));
                    }
                    Trigger::Run {
                        set,
                        first,
                        least,
                        then,
                    } => {
                        let (set, first) = (ByteSet::new(set), ByteSet::new(first));
                        bytes.add(&set);
                        run_parts.push(RunPart {
                            part: id,
                            kind,
                            set,
                            first,
                            least: usize::from(*least),
                            then: *then,
                        });
                    }
                    Trigger::Everywhere => slow.push(SlowPart::new(id, kind)),
                }
            }
        }
        let automaton = Automaton::new(&anchors);
        let least = run_parts.iter().map(|part| part.least).min();
        let kinds = run_parts.iter().fold(0, |kinds, part| kinds | part.kind);
        let run_set = least.map(|least| RunSet {
            bytes,
            least,
            kinds,
            parts: run_parts,
        });
        Self {
            automaton,
            parts,
            run_set,
            slow,
            rules,
        }
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

    /// Searches a whole text in the plain and the percent-decoded view. A finding of
    /// the decoded view that overlaps a plain one of the same rule is left out.
    pub fn scan(&self, kinds: Kinds, text: &[u8], out: &mut Vec<Finding>) -> Outcome {
        let mut stream = Stream::new(kinds);
        stream.push_last(self, text, out);
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

    fn entry(&self, part: u16) -> Entry<'_> {
        let entry = &self.parts[usize::from(part)];
        let rule = self.rule(entry.rule);
        let part = &rule.parts()[usize::from(entry.part)];
        Entry {
            index: entry.rule,
            rule,
            part,
            matcher: &entry.matcher,
        }
    }
}
