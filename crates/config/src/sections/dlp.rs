//! `dlp`, and what its patterns share with those of `response_scanning`.

use super::lists::{Purpose, domains};
use crate::hash::Canonical;
use crate::problem::{Code, Problems};
use crate::section::Section;
use pipelock_detect::engine::{Finds, Rule, RuleAction, RuleKind};
use pipelock_detect::pattern::{Case, Pattern};
use pipelock_detect::validate::Validator;
use pipelock_model::Severity;
use pipelock_policy::Precision;
use pipelock_rules::IncludeDefaults;
use serde_json::{Value, json};
use std::collections::HashSet;

/// Most patterns of one list.
const MOST: usize = 1000;
/// Longest pattern, in bytes.
const LONGEST: usize = 4096;

/// As written, defaults filled in.
pub(crate) struct Dlp {
    precision: Precision,
    patterns: Patterns,
}

impl Dlp {
    pub(crate) fn read(root: &Section<'_>, problems: &mut Problems) -> Self {
        let section = root.section("dlp");
        if section.text("action").is_some() {
            let message = "DLP has no action of its own: set `request_body_scanning.action` for bodies and \
                           headers, `mcp_input_scanning.action` for MCP; URLs follow `enforce`";
            section.error(problems, Code::Conflict, "action", message);
        }
        let precision = match section.text("builtin_precision") {
            Some("reference") => Precision::Reference,
            _ => Precision::Improved,
        };
        Self {
            precision,
            patterns: Patterns::read(&section, RuleKind::Dlp, problems),
        }
    }

    pub(crate) fn precision(&self) -> Precision {
        self.precision
    }

    pub(crate) fn describe(&self, out: &mut Canonical) {
        let mut section = out.below("dlp");
        let reference = self.precision == Precision::Reference;
        section.set(
            "builtin_precision",
            if reference { "reference" } else { "improved" },
        );
        self.patterns.describe(&mut section);
    }

    pub(crate) fn rules(self) -> Vec<Rule> {
        self.patterns.rules()
    }
}

/// The operator's patterns of one kind and whether the built-in ones stay.
pub(crate) struct Patterns {
    kind: RuleKind,
    include: IncludeDefaults,
    user: Vec<Rule>,
    /// What the policy hash covers, in file order.
    described: Vec<Value>,
}

impl Patterns {
    /// Only the floor.
    pub(crate) fn floor(kind: RuleKind) -> Self {
        Self {
            kind,
            include: IncludeDefaults::No,
            user: Vec::new(),
            described: Vec::new(),
        }
    }

    pub(crate) fn read(section: &Section<'_>, kind: RuleKind, problems: &mut Problems) -> Self {
        let include = match section.flag("include_defaults") {
            Some(false) => IncludeDefaults::No,
            _ => IncludeDefaults::Yes,
        };
        let mut patterns = Self {
            kind,
            include,
            user: Vec::new(),
            described: Vec::new(),
        };
        let entries = section.sections("patterns");
        if entries.len() > MOST {
            let message = format!("more than {MOST} patterns");
            section.error(problems, Code::TooLarge, "patterns", message);
        }
        // Names of the floor matter only to a file that brings patterns.
        let core: HashSet<String> = if entries.is_empty() {
            HashSet::new()
        } else {
            pipelock_rules::core()
                .into_iter()
                .map(|rule| rule.name.into_owned())
                .collect()
        };
        let mut names = HashSet::new();
        for entry in entries.iter().take(MOST) {
            if let Some(rule) = rule(entry, kind, &core, problems) {
                if !names.insert(rule.name.clone()) {
                    let message = "a second pattern of this name; both are searched for";
                    entry.warn(problems, Code::DuplicateName, "name", message);
                }
                patterns.described.push(describe(entry, &rule));
                patterns.user.push(rule);
            }
        }
        patterns
    }

    pub(crate) fn describe(&self, section: &mut Canonical) {
        section.set("include_defaults", self.include == IncludeDefaults::Yes);
        section.set("patterns", Value::Array(self.described.clone()));
    }

    pub(crate) fn rules(self) -> Vec<Rule> {
        pipelock_rules::merge(self.user, self.include, self.kind)
    }
}

fn rule(
    entry: &Section<'_>,
    kind: RuleKind,
    core: &HashSet<String>,
    problems: &mut Problems,
) -> Option<Rule> {
    let name = required(entry, "name", problems);
    let pattern =
        required(entry, "regex", problems).and_then(|regex| pattern(entry, regex, kind, problems));
    let mut rule = Rule {
        id: slug(name.unwrap_or_default()).into(),
        name: name.unwrap_or_default().to_owned().into(),
        kind,
        severity: Severity::High,
        core: false,
        action: RuleAction::Enforce,
        validator: None,
        checksum: None,
        exempt: Default::default(),
        finds: Finds::Pattern(pattern?),
    };
    if kind == RuleKind::Dlp {
        dlp_keys(entry, &mut rule, core, problems);
    }
    name.map(|_| rule)
}

fn dlp_keys(entry: &Section<'_>, rule: &mut Rule, core: &HashSet<String>, problems: &mut Problems) {
    if let Some(severity) = entry.text("severity").and_then(Severity::parse) {
        rule.severity = severity;
    }
    rule.validator = entry.text("validator").and_then(Validator::parse);
    rule.exempt = domains(entry, "exempt_domains", Purpose::Exempt, problems).unwrap_or_default();
    if entry.text("action") == Some("warn") {
        rule.action = RuleAction::Warn;
        if core.contains(&*rule.name) {
            let message =
                "a core pattern of this name goes on blocking; give the warning one another name";
            entry.error(problems, Code::Conflict, "action", message);
        }
    }
}

fn required<'a>(entry: &Section<'a>, key: &str, problems: &mut Problems) -> Option<&'a str> {
    let text = entry.text(key).filter(|text| !text.trim().is_empty());
    if text.is_none() {
        entry.error(problems, Code::Missing, key, "required");
    }
    text
}

fn pattern(
    entry: &Section<'_>,
    regex: &str,
    kind: RuleKind,
    problems: &mut Problems,
) -> Option<Pattern> {
    if regex.len() > LONGEST {
        entry.error(
            problems,
            Code::TooLarge,
            "regex",
            format!("longer than {LONGEST} bytes"),
        );
        return None;
    }
    let case = match kind {
        RuleKind::Dlp => Case::Dlp,
        RuleKind::Injection => Case::AsWritten,
    };
    match Pattern::compile(regex, case) {
        Ok(pattern) => {
            if pattern.is_unanchored() {
                let message = "no literal text to look for: every byte is searched, which is slow";
                entry.warn(problems, Code::NoEffect, "regex", message);
            }
            Some(pattern)
        }
        Err(error) => {
            entry.error(problems, Code::BadPattern, "regex", error.to_string());
            None
        }
    }
}

/// `custom.` keeps the ids of operators and ours apart.
fn slug(name: &str) -> String {
    let mut slug = String::from("custom.");
    for char in name.chars().take(96) {
        if char.is_ascii_alphanumeric() {
            slug.push(char.to_ascii_lowercase());
        } else if !slug.ends_with(['-', '.']) {
            slug.push('-');
        }
    }
    slug
}

fn describe(entry: &Section<'_>, rule: &Rule) -> Value {
    let mut value = json!({
        "name": rule.name,
        "regex": entry.text("regex"),
    });
    if rule.kind == RuleKind::Dlp {
        let mut exempt: Vec<&str> = rule.exempt.patterns().collect();
        exempt.sort_unstable();
        exempt.dedup();
        value["severity"] = json!(rule.severity.as_str());
        value["validator"] = json!(rule.validator.map_or("", Validator::as_str));
        value["exempt_domains"] = json!(exempt);
        value["action"] = json!(if rule.action == RuleAction::Warn {
            "warn"
        } else {
            ""
        });
    }
    value
}
