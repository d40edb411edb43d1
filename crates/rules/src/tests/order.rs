//! The lists of the specification: names, order, severities, the floor.

use crate::{builtin, builtin_dlp, builtin_injection, core, preset_only};
use pipelock_detect::rule::{Rule, RuleKind};
use pipelock_model::Severity;
use std::collections::HashSet;

/// `config.md` §10.3: the 48 defaults, then what is core only.
const DLP: &str = "Anthropic API Key, OpenAI API Key, OpenAI Service Key, Fireworks API Key, \
    Google API Key h, Google OAuth Client Secret, Stripe Key, Stripe Webhook Secret, GitHub Token, \
    GitHub Fine-Grained PAT, GitLab PAT, AWS Access ID, AWS Secret Key, Google OAuth Token, \
    Slack Token, Slack App Token, Discord Bot Token, Twilio API Key h, SendGrid API Key, \
    Mailgun API Key h, New Relic API Key, Hugging Face Token, Databricks Token, \
    Replicate API Token, Together AI Key, Pinecone API Key, Groq API Key, xAI API Key, \
    DigitalOcean Token, HashiCorp Vault Token, Vercel Token, Supabase Service Key, npm Token, \
    PyPI Token, Linear API Key h, Notion API Key h, Sentry Auth Token h, Private Key Header, \
    JWT Token h, Bitcoin WIF Private Key v:wif, Extended Private Key, Ethereum Private Key, \
    Social Security Number l, Google OAuth Client ID m, Credential in URL h, \
    Environment Variable Secret h, Credit Card Number m v:luhn, IBAN m v:mod97, \
    GCP Service Account Key";

/// Rules beyond the tables of the specification, sorted: one a line.
const FURTHER_DLP: &str = include_str!("further-dlp.txt");

/// `detection.md` §4.3.
const INJECTION: &str = "Prompt Injection, System Override, Role Override, New Instructions, \
    Jailbreak Attempt, Hidden Instruction, Behavior Override, Encoded Payload, Tool Invocation, \
    Authority Escalation, Instruction Downgrade, Instruction Dismissal, Priority Override, \
    Credential Solicitation, Credential Path Directive, Auth Material Requirement, \
    Memory Persistence Directive, Preference Poisoning, Silent Credential Handling, \
    Covert Action Directive, Instruction Boundary, CJK Instruction Override ZH, \
    CJK Instruction Override JP, CJK Instruction Override KR, CJK Jailbreak Mode";

/// `config.md` §7.3.
const CORE: &str = "GitHub Token, GitHub Fine-Grained PAT, GitLab PAT, AWS Access ID, \
    AWS Secret Key, Slack Token, Private Key Header, GCP Service Account Key, Prompt Injection, \
    System Override, Role Override, Hidden Instruction, Credential Solicitation, \
    Credential Path Directive, Covert Action Directive, Instruction Boundary";

const PRESET_ONLY: &str = "Ethereum Address, Pliny Divider, Meta-Command Activation, \
    Roleplay Framing, Output Format Forcing, System Prompt Extraction, Instruction Invalidation";

fn names(rules: &[Rule]) -> String {
    rules
        .iter()
        .map(|rule| rule.name.as_ref())
        .collect::<Vec<_>>()
        .join(", ")
}

/// As the specification writes it: nothing for critical, and the validator.
fn described(rule: &Rule) -> String {
    let severity = match rule.severity {
        Severity::Critical => "",
        Severity::High => " h",
        Severity::Medium => " m",
        Severity::Low => " l",
    };
    let validator = rule
        .validator
        .map(|v| format!(" v:{}", v.as_str()))
        .unwrap_or_default();
    format!("{}{severity}{validator}", rule.name)
}

#[test]
fn dlp_rules_stand_in_the_order_of_the_specification_with_their_severities() {
    let described: Vec<_> = builtin_dlp().iter().map(described).collect();
    let (specified, _) = described.split_at(DLP.split(", ").count());
    assert_eq!(specified.join(", "), DLP);
}

#[test]
fn dlp_rules_beyond_the_specification_are_those_of_the_sorted_list() {
    let rules = builtin_dlp();
    let (_, further) = rules.split_at(DLP.split(", ").count());
    let mut further: Vec<_> = further.iter().map(described).collect();
    further.sort_unstable();
    assert_eq!(further.join("\n"), FURTHER_DLP.trim_end());
}

#[test]
fn injection_rules_stand_in_the_order_of_the_specification() {
    assert_eq!(names(&builtin_injection()), INJECTION);
}

#[test]
fn the_floor_and_the_preset_rules_are_those_of_the_specification() {
    assert_eq!(names(&core()), CORE);
    assert!(core().iter().all(|rule| rule.core));
    assert_eq!(names(&preset_only()), PRESET_ONLY);
    assert!(!preset_only().iter().any(|rule| rule.core));
}

#[test]
fn the_whole_list_is_dlp_then_injection() {
    let all = builtin();
    let (dlp, injection) = all.split_at(builtin_dlp().len());
    assert!(dlp.iter().all(|rule| rule.kind == RuleKind::Dlp));
    assert!(
        injection
            .iter()
            .all(|rule| rule.kind == RuleKind::Injection)
    );
    let listed = DLP.split(", ").count() + FURTHER_DLP.lines().count();
    assert_eq!((dlp.len(), injection.len()), (listed, 25));
}

#[test]
fn ids_and_names_are_unique_and_ids_are_slugs() {
    let rules: Vec<_> = builtin().into_iter().chain(preset_only()).collect();
    let ids: HashSet<_> = rules.iter().map(|rule| &rule.id).collect();
    let names: HashSet<_> = rules.iter().map(|rule| rule.name.to_lowercase()).collect();
    assert_eq!((ids.len(), names.len()), (rules.len(), rules.len()));
    for id in ids {
        let slug = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        assert!(id.bytes().all(slug), "{id}");
    }
}

#[test]
fn every_builtin_pattern_has_an_anchor() {
    for rule in builtin().iter().chain(&preset_only()) {
        assert!(!rule.is_unanchored(), "{}", rule.name);
    }
}
