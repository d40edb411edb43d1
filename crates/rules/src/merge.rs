//! How an operator's rules join the built-in ones.

use pipelock_detect::rule::{Rule, RuleKind};
use std::collections::HashSet;

/// What becomes of the built-in rules (`include_defaults`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IncludeDefaults {
    /// They stay, unless a rule of the operator has the same name.
    #[default]
    Yes,
    /// Only the floor stays.
    No,
}

/// The rules of one kind that are in force: built-in rules in their order, then
/// all of the operator's in file order.
///
/// A rule of the operator replaces the default of exactly the same name. A core
/// rule always stays as it is; a rule with its name is one more beside it and
/// never core itself.
#[must_use]
pub fn merge(user: Vec<Rule>, include_defaults: IncludeDefaults, kind: RuleKind) -> Vec<Rule> {
    let builtin = match kind {
        RuleKind::Dlp => crate::builtin_dlp(),
        RuleKind::Injection => crate::builtin_injection(),
    };
    let mut merged = {
        let replaced: HashSet<&str> = user.iter().map(|rule| rule.name.as_ref()).collect();
        let stays = |rule: &Rule| match include_defaults {
            IncludeDefaults::Yes => !replaced.contains(rule.name.as_ref()),
            IncludeDefaults::No => false,
        };
        builtin
            .into_iter()
            .filter(|rule| rule.core || stays(rule))
            .collect::<Vec<_>>()
    };
    merged.extend(user.into_iter().map(|rule| Rule {
        core: false,
        kind,
        ..rule
    }));
    merged
}
