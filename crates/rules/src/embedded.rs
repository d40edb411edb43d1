//! The tables that the build script made, and rules from them.

use pipelock_detect::domain::DomainSet;
use pipelock_detect::intent::{Intent, Model};
use pipelock_detect::pattern::{BuiltinPattern, Pattern};
use pipelock_detect::rule::{Finds, Rule, RuleAction, RuleKind};
use pipelock_detect::seed::SeedRules;
use pipelock_detect::validate::{Checksum, Lengths, Validator};
use pipelock_model::Severity;
use std::borrow::Cow;

/// Where a rule belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    Default,
    CoreOnly,
    PresetOnly,
}

/// One rule file.
struct Row {
    id: &'static str,
    name: &'static str,
    severity: Severity,
    core: bool,
    set: Set,
    validator: Option<Validator>,
    checksum: Option<Checksum>,
    pattern: &'static BuiltinPattern,
}

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

impl Row {
    fn rule(&self, kind: RuleKind) -> Rule {
        Rule {
            id: Cow::Borrowed(self.id),
            name: Cow::Borrowed(self.name),
            kind,
            severity: self.severity,
            core: self.core,
            action: RuleAction::Enforce,
            validator: self.validator,
            checksum: self.checksum,
            exempt: DomainSet::default(),
            finds: Finds::Pattern(Pattern::builtin(self.pattern)),
        }
    }
}

fn rows(
    table: &'static [Row],
    kind: RuleKind,
    keep: fn(&Row) -> bool,
) -> impl Iterator<Item = Rule> {
    table
        .iter()
        .filter(move |row| keep(row))
        .map(move |row| row.rule(kind))
}

fn of_both(keep: fn(&Row) -> bool) -> Vec<Rule> {
    rows(DLP, RuleKind::Dlp, keep)
        .chain(rows(INJECTION, RuleKind::Injection, keep))
        .collect()
}

fn is_builtin(row: &Row) -> bool {
    row.set != Set::PresetOnly
}

/// Every built-in rule: DLP, then injection, each in the order of the
/// specification. What only presets carry is not among them.
#[must_use]
pub fn builtin() -> Vec<Rule> {
    of_both(is_builtin)
}

/// The built-in DLP rules, the one that is core only included.
#[must_use]
pub fn builtin_dlp() -> Vec<Rule> {
    rows(DLP, RuleKind::Dlp, is_builtin).collect()
}

/// The built-in injection rules.
#[must_use]
pub fn builtin_injection() -> Vec<Rule> {
    rows(INJECTION, RuleKind::Injection, is_builtin).collect()
}

/// The floor: rules that no setting switches off.
#[must_use]
pub fn core() -> Vec<Rule> {
    of_both(|row| row.core)
}

/// Rules that preset files carry and the defaults do not.
#[must_use]
pub fn preset_only() -> Vec<Rule> {
    of_both(|row| row.set == Set::PresetOnly)
}

/// The rule of seed phrases.
#[must_use]
pub fn seed_phrases(seeds: SeedRules) -> Rule {
    Rule {
        id: Cow::Borrowed("bip-39-seed-phrase"),
        name: Cow::Borrowed("BIP-39 Seed Phrase"),
        kind: RuleKind::Dlp,
        severity: Severity::Critical,
        core: false,
        action: RuleAction::Enforce,
        validator: None,
        checksum: None,
        exempt: DomainSet::default(),
        finds: Finds::Seed(seeds),
    }
}

/// The rules of intents, which need [`model`].
#[must_use]
pub fn intents() -> Vec<Rule> {
    let rule = |intent: Intent| Rule {
        id: Cow::Borrowed(intent.id()),
        name: Cow::Borrowed(intent.name()),
        kind: RuleKind::Injection,
        severity: intent.severity(),
        core: false,
        action: RuleAction::Enforce,
        validator: None,
        checksum: None,
        exempt: DomainSet::default(),
        finds: Finds::Intent(intent),
    };
    Intent::ALL.into_iter().map(rule).collect()
}

/// What [`intents`] are known by. An empty table finds nothing; the tests say that it
/// is none.
#[must_use]
pub fn model() -> Option<Model> {
    Model::new(include_bytes!("../../../rules/model/weights.bin"))
}
