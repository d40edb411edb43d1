//! What the balanced preset would block.

use pipelock_detect::engine::{Engine, Kinds, Outcome, RuleAction, RuleKind, RuleSet};
use pipelock_model::{Confidence, Finding};

/// The engine with every built-in rule.
pub(crate) struct Judge {
    engine: Engine,
}

/// A finding that blocks where the surface blocks.
pub(crate) struct Hit<'j> {
    pub(crate) rule: &'j str,
    pub(crate) kind: RuleKind,
    pub(crate) finding: Finding,
}

impl Judge {
    pub(crate) fn new() -> Self {
        let mut rules = pipelock_rules::builtin();
        rules.extend(pipelock_rules::preset_only());
        Self {
            engine: Engine::new(RuleSet::new(rules)),
        }
    }

    /// Findings of medium confidence or more whose rule acts. A text that was not
    /// judged to its end gives one of no rule: it would be refused.
    pub(crate) fn hits(&self, kinds: Kinds, text: &[u8]) -> (Vec<Hit<'_>>, Outcome) {
        let mut findings = Vec::new();
        let outcome = self.engine.scan(kinds, text, &mut findings);
        let hits = findings
            .into_iter()
            .filter_map(|finding| {
                let rule = self.engine.rule(finding.rule);
                let blocks =
                    finding.confidence >= Confidence::Medium && rule.action == RuleAction::Enforce;
                blocks.then_some(Hit {
                    rule: &rule.id,
                    kind: rule.kind,
                    finding,
                })
            })
            .collect();
        (hits, outcome)
    }

    /// The rules that would block the text, once each.
    pub(crate) fn rules(&self, kinds: Kinds, text: &str) -> Vec<&str> {
        let (hits, _) = self.hits(kinds, text.as_bytes());
        let mut rules: Vec<&str> = hits.iter().map(|hit| hit.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }
}
