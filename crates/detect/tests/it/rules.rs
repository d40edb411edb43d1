//! Rules for tests, in the shapes that real ones have.

use pipelock_detect::domain::DomainSet;
use pipelock_detect::engine::Engine;
use pipelock_detect::pattern::{Case, Pattern};
use pipelock_detect::rule::{Finds, Rule, RuleAction, RuleKind, RuleSet};
use pipelock_detect::validate::Validator;
use pipelock_model::Severity;

/// Name, pattern and validator.
pub(crate) const DLP: [(&str, &str, Option<Validator>); 15] = [
    ("anthropic", "sk-ant-[A-Za-z0-9_-]{10,}", None),
    ("github", "gh[pousr]_[A-Za-z0-9_]{36,}", None),
    (
        "aws",
        "(?:AKIA|A3T|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ASIA)[A-Z0-9]{16,}",
        None,
    ),
    (
        "pem",
        r"-----BEGIN\s+(?:(?:RSA|EC|DSA|OPENSSH)\s+)?PRIVATE\s+KEY-----",
        None,
    ),
    (
        "jwt",
        r"ey[A-Za-z0-9_=-]{10,}\.ey[A-Za-z0-9_=-]{10,}\.[A-Za-z0-9_=-]{10,}",
        None,
    ),
    (
        "discord",
        r"[MN][A-Za-z0-9]{23,}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}",
        None,
    ),
    (
        "wif",
        "(?-i:5[1-9A-HJ-NP-Za-km-z]{50}|[KL][1-9A-HJ-NP-Za-km-z]{51})",
        Some(Validator::Wif),
    ),
    ("ether", r"0x[0-9a-f]{64}\b", None),
    ("ssn", r"\b\d{3}-\d{2}-\d{4}\b", None),
    (
        "client",
        r"\d{6,}-[A-Za-z0-9_]{32}\.apps\.googleusercontent\.com",
        None,
    ),
    (
        "url credential",
        r"(?m)(?:^|[?&;])(?:password|passwd|secret|token|apikey|api_key|api-key)\s*=\s*[^\s&]{4,}",
        None,
    ),
    (
        "environment",
        r"(?-i:[A-Z][A-Z0-9]*[_-](?:SECRET|SECRET[_-]?KEY|PASSWORD|TOKEN|API[_-]?KEY)\b\s*=\s*\S{8,})",
        None,
    ),
    (
        "card",
        r"\b\d{4}(?:[ -]?\d){11,15}\b",
        Some(Validator::Luhn),
    ),
    (
        "iban",
        r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b",
        Some(Validator::Mod97),
    ),
    ("service account", r#""type"\s*:\s*"service_account""#, None),
];

/// Name and pattern.
pub(crate) const INJECTION: [(&str, &str); 7] = [
    (
        "dismissal",
        r"(?i)(?:ignore|disregard|forget|abandon)[\s,;:.-]+(?:all\s+)?(?:previous|prior|above|earlier)\s+(?:\w+\s+)?(?:instructions|rules|prompts|context)",
    ),
    ("system", r"(?im)^\s*system\s*:"),
    (
        "solicitation",
        r"(?is)\b(?:send|provide|paste|share)\b.{0,80}?\b(?:password|token|api[ _-]?key)\b",
    ),
    ("boundary", r"<\|(?:im_start|im_end|endoftext)\|>|\[INST\]"),
    (
        "memory",
        r"(?is)\b(?:remember|store)\b.{0,40}?\b(?:this|it)\b.{0,60}?\b(?:for later|next session)\b",
    ),
    (
        "chinese",
        "(?:忽略|无视).{0,10}?(?:之前|以上).{0,8}?(?:所有|全部)?.{0,6}?(?:指令|规则)",
    ),
    (
        "korean",
        "(?:이전|위).{0,12}?(?:지시|규칙).{0,6}?(?:무시|잊)",
    ),
];

fn rule(name: &str, kind: RuleKind, pattern: Pattern, validator: Option<Validator>) -> Rule {
    Rule {
        id: name.to_owned().into(),
        name: name.to_owned().into(),
        kind,
        severity: Severity::High,
        core: matches!(name, "github" | "aws" | "dismissal"),
        action: RuleAction::Enforce,
        validator,
        checksum: None,
        exempt: DomainSet::default(),
        finds: Finds::Pattern(pattern),
    }
}

/// Every rule of this file.
pub(crate) fn all() -> Engine {
    let dlp = DLP.iter().map(|(name, regex, validator)| {
        rule(
            name,
            RuleKind::Dlp,
            Pattern::compile(regex, Case::Dlp).unwrap(),
            *validator,
        )
    });
    let injection = INJECTION.iter().map(|(name, regex)| {
        rule(
            name,
            RuleKind::Injection,
            Pattern::compile(regex, Case::AsWritten).unwrap(),
            None,
        )
    });
    Engine::new(RuleSet::new(dlp.chain(injection).collect()))
}

/// One DLP rule as a user would write it.
pub(crate) fn one(regex: &str, case: Case) -> Engine {
    let pattern = Pattern::compile(regex, case).unwrap();
    Engine::new(RuleSet::new(vec![rule(
        "user",
        RuleKind::Dlp,
        pattern,
        None,
    )]))
}

/// An engine of one injection rule.
pub(crate) fn injection(name: &'static str, pattern: &str) -> Engine {
    Engine::new(RuleSet::new(vec![Rule {
        id: name.into(),
        name: name.into(),
        kind: RuleKind::Injection,
        severity: Severity::High,
        core: false,
        action: RuleAction::Enforce,
        validator: None,
        checksum: None,
        exempt: DomainSet::default(),
        finds: Finds::Pattern(Pattern::compile(pattern, Case::AsWritten).expect("a pattern")),
    }]))
}
