//! `suppress`: false positives that the operator has judged.

use crate::hash::Canonical;
use crate::problem::{Code, Problems};
use crate::section::Section;
use pipelock_detect::rule::{Rule, RuleKind};
use pipelock_policy::{Suppression, Suppressions};
use serde_json::{Value, json};

/// Most entries: each is compared with every finding.
const MOST: usize = 1000;

/// Reads the entries that apply now; `now` counts seconds since 1970.
pub(crate) fn read(
    root: &Section<'_>,
    now: i64,
    out: &mut Canonical,
    problems: &mut Problems,
) -> Suppressions {
    let entries = root.sections("suppress");
    if entries.len() > MOST {
        root.error(
            problems,
            Code::TooLarge,
            "suppress",
            format!("more than {MOST} entries"),
        );
    }
    let mut described = Vec::new();
    let mut list = Vec::new();
    for entry in entries.iter().take(MOST) {
        let Some(suppression) = read_entry(entry, now, problems) else {
            continue;
        };
        described.push(json!({"rule": entry.text("rule"), "path": entry.text("path")}));
        list.push(suppression);
    }
    warn_names(root, &entries, problems);
    out.set("suppress", Value::Array(described));
    Suppressions::new(list)
}

fn read_entry(entry: &Section<'_>, now: i64, problems: &mut Problems) -> Option<Suppression> {
    for key in ["rule", "path"] {
        if entry.text(key).is_none() {
            entry.error(problems, Code::Missing, key, "required");
        }
    }
    let (rule, path) = (entry.text("rule")?, entry.text("path")?);
    let expired = entry
        .text("expires")
        .and_then(crate::text::time)
        .is_some_and(|end| end <= now);
    let suppression = Suppression::new(rule, path)
        .map_err(|error| entry.error(problems, Code::BadPattern, "path", error.to_string()))
        .ok()?;
    if expired {
        let message = "expired: findings of this rule are reported and acted upon again";
        entry.warn(problems, Code::Expired, "expires", message);
        return None;
    }
    Some(suppression)
}

/// Names of rules that are no pattern.
const OTHER_RULES: [&str; 3] = [
    "Environment Variable Leak",
    "Known Secret Leak",
    "BIP-39 Seed Phrase",
];

/// Entries that do more, or less, than they say.
fn warn_names(root: &Section<'_>, entries: &[Section<'_>], problems: &mut Problems) {
    if entries.is_empty() {
        return;
    }
    let core = pipelock_rules::core();
    let own: Vec<Section<'_>> = [("dlp", "patterns"), ("response_scanning", "patterns")]
        .iter()
        .flat_map(|(section, key)| root.section(section).sections(key))
        .collect();
    let builtin = all_builtin();
    for entry in entries {
        let Some(name) = entry.text("rule") else {
            continue;
        };
        let is = |rule: &&Rule| rule.name.eq_ignore_ascii_case(name);
        let floor = core.iter().find(is);
        if floor.is_some_and(|rule| rule.kind == RuleKind::Dlp) {
            let message = "without effect: nothing silences a core pattern against secrets";
            entry.warn(problems, Code::NoEffect, "rule", message);
        } else if floor.is_some() {
            let message = "suppresses a core pattern, which nothing else can switch off";
            entry.warn(problems, Code::Weakened, "rule", message);
        } else if !builtin.iter().any(|rule| is(&rule))
            && !own.iter().any(|pattern| {
                pattern
                    .text("name")
                    .is_some_and(|own| own.eq_ignore_ascii_case(name))
            })
            && !OTHER_RULES
                .iter()
                .any(|other| other.eq_ignore_ascii_case(name))
        {
            let message = "no rule of this name: nothing is suppressed";
            entry.warn(problems, Code::NoEffect, "rule", message);
        }
    }
}

fn all_builtin() -> Vec<Rule> {
    let mut rules = pipelock_rules::builtin();
    rules.extend(pipelock_rules::preset_only());
    rules.extend(pipelock_rules::intents());
    rules
}
