//! The tables that the build script made, and rules from them.

use pipelock_detect::domain::DomainSet;
use pipelock_detect::pattern::{BuiltinPattern, Pattern};
use pipelock_detect::rule::{Rule, RuleAction, RuleKind};
use pipelock_detect::validate::Validator;
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
            exempt: DomainSet::default(),
            pattern: Pattern::builtin(self.pattern),
        }
    }
}

fn rows(keep: impl Fn(&Row) -> bool) -> Vec<Rule> {
    [(DLP, RuleKind::Dlp), (INJECTION, RuleKind::Injection)]
        .into_iter()
        .flat_map(|(table, kind)| table.iter().map(move |row| (row, kind)))
        .filter(|(row, _)| keep(row))
        .map(|(row, kind)| row.rule(kind))
        .collect()
}

/// Every built-in rule: DLP, then injection, each in the order of the
/// specification. What only presets carry is not among them.
#[must_use]
pub fn builtin() -> Vec<Rule> {
    rows(|row| row.set != Set::PresetOnly)
}

/// The built-in DLP rules, the one that is core only included.
#[must_use]
pub fn builtin_dlp() -> Vec<Rule> {
    of_kind(builtin(), RuleKind::Dlp)
}

/// The built-in injection rules.
#[must_use]
pub fn builtin_injection() -> Vec<Rule> {
    of_kind(builtin(), RuleKind::Injection)
}

/// The floor: rules that no setting switches off.
#[must_use]
pub fn core() -> Vec<Rule> {
    rows(|row| row.core)
}

/// Rules that preset files carry and the defaults do not.
#[must_use]
pub fn preset_only() -> Vec<Rule> {
    rows(|row| row.set == Set::PresetOnly)
}

fn of_kind(mut rules: Vec<Rule>, kind: RuleKind) -> Vec<Rule> {
    rules.retain(|rule| rule.kind == kind);
    rules
}
