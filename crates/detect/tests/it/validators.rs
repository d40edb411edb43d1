//! Validators and checksums as the engine asks them.

use pipelock_detect::domain::DomainSet;
use pipelock_detect::engine::{Engine, Finds, Kinds, Rule, RuleAction, RuleKind, RuleSet, Stream};
use pipelock_detect::pattern::{Case, Pattern};
use pipelock_detect::validate::{Checksum, Validator};
use pipelock_model::{Confidence, Severity};

fn engine(regex: &str, validator: Option<Validator>, checksum: Option<Checksum>) -> Engine {
    Engine::new(RuleSet::new(vec![Rule {
        id: "rule".into(),
        name: "rule".into(),
        kind: RuleKind::Dlp,
        severity: Severity::High,
        core: false,
        action: RuleAction::Enforce,
        validator,
        checksum,
        exempt: DomainSet::default(),
        finds: Finds::Pattern(Pattern::compile(regex, Case::Dlp).unwrap()),
    }]))
}

/// Confidence and length of each finding.
fn found(engine: &Engine, text: &str) -> Vec<(Confidence, u64)> {
    let mut out = Vec::new();
    let _ = engine.scan(Kinds::ALL, text.as_bytes(), &mut out);
    out.iter()
        .map(|finding| (finding.confidence, finding.span.end - finding.span.start))
        .collect()
}

#[test]
fn a_random_value_behind_a_name_counts_whole_and_words_do_not() {
    let engine = engine(
        r#"acme_key["']?\s*[:=]\s*["']?[A-Za-z0-9+/_.-]{16,}"#,
        Some(Validator::Random),
        None,
    );
    let key = ["k9Xq2L", "mZ7vTb4W", "yR0sHc"].concat();
    let cases = [
        (format!("acme_key={key}"), vec![(Confidence::Medium, 29)]),
        (
            format!("\"acme_key\": \"{key}\""),
            vec![(Confidence::Medium, 32)],
        ),
        ("acme_key=please_insert_your_key_here".to_owned(), vec![]),
        (
            "acme_key = config.providers.acme.key_name".to_owned(),
            vec![],
        ),
        // A decoy before it hides nothing.
        (
            format!("acme_key=settings.acme.default acme_key={key}"),
            vec![(Confidence::Medium, 29)],
        ),
        // The end of a long value is judged.
        (
            format!("acme_key={}", key.repeat(3) + &"Wq7".repeat(20) + &key),
            vec![(Confidence::Medium, 149)],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(found(&engine, &text), expected, "{text}");
    }
}

#[test]
fn a_checksum_makes_certain_and_its_failure_changes_nothing() {
    let engine = engine("acme_[A-Za-z0-9]{12,}", None, Some(Checksum::Crc32Base62));
    // CRC-32 of "123456789" is CBF43926, "3jZRME" in base62.
    let sum = ["3jZ", "RME"].concat();
    let cases = [
        (format!("acme_123456789{sum}"), Confidence::Certain),
        (format!("acme_123456780{sum}"), Confidence::Medium),
        (format!("acme_{}", "a".repeat(20)), Confidence::Low),
    ];
    for (text, confidence) in cases {
        let all: Vec<_> = found(&engine, &text).iter().map(|it| it.0).collect();
        assert_eq!(all, [confidence], "{text}");
    }
}

/// A header, and a body with these first bytes of base64.
fn pem(first: &str) -> String {
    let body = "QmFzZTY0".repeat(6);
    format!("{0}BEGIN PRIVATE KEY{0}\n{first}{body}\n", "-".repeat(5))
}

#[test]
fn a_pem_key_is_certain_when_its_body_is_one_however_it_is_cut() {
    let regex = "-----BEGIN PRIVATE KEY-----";
    let whole = "-----BEGIN PRIVATE KEY-----[A-Za-z0-9+/\\s]{0,20}";
    let quoted = format!("{0}BEGIN PRIVATE KEY{0} begins a key.", "-".repeat(5));
    for (text, confidence) in [
        (pem("MIIEvgIBADANBgkq"), Confidence::Certain),
        (pem("AAAAvgIBADANBgkq"), Confidence::Medium),
        (quoted, Confidence::Low),
    ] {
        for regex in [regex, whole] {
            let engine = engine(regex, None, Some(Checksum::Pem));
            assert_eq!(found(&engine, &text)[0].0, confidence, "{regex}: {text}");
            for cut in 0..text.len() {
                let mut stream = Stream::new(Kinds::ALL);
                let mut out = Vec::new();
                stream.push(&engine, &text.as_bytes()[..cut], &mut out);
                stream.push(&engine, &text.as_bytes()[cut..], &mut out);
                stream.finish(&engine, &mut out);
                assert_eq!(out[0].confidence, confidence, "{regex}: {text} at {cut}");
            }
        }
        // Without the checksum nothing is proven.
        let engine = engine(regex, None, None);
        assert_eq!(
            found(&engine, &text)[0].0,
            confidence.min(Confidence::Medium)
        );
    }
}
