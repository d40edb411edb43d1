//! The engine with the built-in rules: however a text is cut, the findings are those
//! of the whole, each lies in the text, and `safe` keeps its promise for all views
//! that are read in order.

use pipelock_detect::engine::{Engine, Kinds, Stream};
use pipelock_detect::rule::{Finds, RuleSet};
use pipelock_detect::seed::SeedRules;
use pipelock_model::{Finding, View};
use std::sync::LazyLock;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let mut rules = pipelock_rules::builtin();
    rules.extend(pipelock_rules::preset_only());
    rules.extend(pipelock_rules::intents());
    rules.push(pipelock_rules::seed_phrases(SeedRules::default()));
    Engine::new(RuleSet::new(rules).with_model(pipelock_rules::model()))
});

pub fn run(data: &[u8]) {
    let mut whole = Vec::new();
    let _ = ENGINE.scan(Kinds::ALL, data, &mut whole);
    for finding in &whole {
        let span = &finding.span;
        assert!(span.start <= span.end && span.end <= data.len() as u64, "{finding:?}");
    }
    let (head, tail) = crate::cut(data);
    let mut stream = Stream::new(Kinds::ALL);
    let mut pieces = Vec::new();
    stream.push(&ENGINE, head, &mut pieces);
    let (told, safe) = (pieces.len(), stream.safe());
    stream.push(&ENGINE, tail, &mut pieces);
    stream.finish(&ENGINE, &mut pieces);
    for finding in &pieces[told..] {
        let structure = matches!(ENGINE.rule(finding.rule).finds, Finds::Intent(_));
        let read_in_order = finding.view < View::Base64 && !structure;
        // Two letters that stand apart are none yet.
        let early = if finding.view == View::Collapsed { 9 } else { 0 };
        let held = finding.span.start + early >= safe;
        assert!(!read_in_order || held, "{finding:?} before {safe}");
    }
    assert_eq!(sorted(pieces), sorted(whole));
}

fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| (finding.rule, finding.span.start, finding.view));
    findings
}
