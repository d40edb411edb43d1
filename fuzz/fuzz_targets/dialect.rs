//! Patterns of operators: reading one never panics, and what is accepted searches any
//! text without a panic, cut or whole, with the same findings.

use pipelock_detect::domain::DomainSet;
use pipelock_detect::engine::{Engine, Kinds, Stream};
use pipelock_detect::pattern::{Case, Pattern};
use pipelock_detect::rule::{Finds, Rule, RuleAction, RuleKind, RuleSet};
use pipelock_model::Severity;

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    // The pattern is the first line, the text is the rest.
    let (source, text) = text.split_once('\n').unwrap_or((&text, ""));
    let Ok(pattern) = Pattern::compile(source, Case::AsWritten) else {
        return;
    };
    let engine = Engine::new(RuleSet::new(vec![Rule {
        id: "fuzzed".into(),
        name: "Fuzzed".into(),
        kind: RuleKind::Dlp,
        severity: Severity::Low,
        core: false,
        action: RuleAction::Enforce,
        validator: None,
        checksum: None,
        exempt: DomainSet::default(),
        finds: Finds::Pattern(pattern),
    }]));
    let mut whole = Vec::new();
    let _ = engine.scan(Kinds::ALL, text.as_bytes(), &mut whole);
    let (head, tail) = crate::cut(text.as_bytes());
    let mut stream = Stream::new(Kinds::ALL);
    let mut pieces = Vec::new();
    stream.push(&engine, head, &mut pieces);
    stream.push(&engine, tail, &mut pieces);
    stream.finish(&engine, &mut pieces);
    let key = |finding: &pipelock_model::Finding| (finding.span.start, finding.span.end, finding.view);
    whole.sort_by_key(key);
    pieces.sort_by_key(key);
    assert_eq!(pieces, whole);
}
