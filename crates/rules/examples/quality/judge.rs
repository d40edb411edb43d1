//! What the balanced preset would block.

use crate::values::values;
use pipelock_detect::engine::{Engine, Kinds, Order, Outcome, RuleAction, RuleKind, RuleSet};
use pipelock_detect::seed::SeedRules;
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
        rules.extend(pipelock_rules::intents());
        rules.push(pipelock_rules::seed_phrases(SeedRules::default()));
        Self {
            engine: Engine::new(RuleSet::new(rules).with_model(pipelock_rules::model())),
        }
    }

    /// Findings of medium confidence or more whose rule acts. A text that was not
    /// judged to its end gives one of no rule: it would be refused.
    pub(crate) fn hits(&self, kinds: Kinds, text: &[u8]) -> (Vec<Hit<'_>>, Outcome) {
        let mut findings = Vec::new();
        let outcome = self.engine.scan(kinds, text, &mut findings);
        (self.acting(findings), outcome)
    }

    fn acting(&self, findings: Vec<Finding>) -> Vec<Hit<'_>> {
        findings
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
            .collect()
    }

    /// The rules that would block the text, once each. What several values of JSON or
    /// of an address spell counts too, as it does in the gate.
    pub(crate) fn rules(&self, kinds: Kinds, text: &str) -> Vec<&str> {
        let (mut hits, _) = self.hits(kinds, text.as_bytes());
        let values = values(text);
        let parts: Vec<&[u8]> = values.iter().map(|value| value.as_bytes()).collect();
        let mut findings = Vec::new();
        let _ = self
            .engine
            .scan_parts(kinds, &parts, Order::Any, &mut findings);
        hits.extend(self.acting(findings));
        let mut rules: Vec<&str> = hits.iter().map(|hit| hit.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }
}
