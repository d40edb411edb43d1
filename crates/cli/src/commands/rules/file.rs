//! A rule file, as far as its examples need it (`rules/README.md`).

use anyhow::{Context, anyhow};
use pipelock_detect::domain::DomainSet;
use pipelock_detect::pattern::{Case, Pattern};
use pipelock_detect::rule::{Finds, Rule, RuleAction, RuleKind};
use pipelock_detect::validate::{Checksum, Validator};
use pipelock_model::Severity;
use pipelock_rules::notation;
use std::io::Read;
use std::path::Path;
use toml::{Table, Value};

/// Longest rule file, in bytes.
const LONGEST: u64 = 1 << 20;

/// A rule and its examples, written out.
pub(super) struct RuleFile {
    pub(super) rule: Rule,
    pub(super) matches: Vec<String>,
    pub(super) passes: Vec<String>,
}

impl RuleFile {
    /// Reads a file. In a directory `injection` it is about instructions, else about
    /// secrets.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let file = std::fs::File::open(path)?;
        let mut text = String::new();
        file.take(LONGEST).read_to_string(&mut text)?;
        let table: Table = text.parse()?;
        let directory = path.parent().and_then(Path::file_name);
        let kind = match directory.and_then(|name| name.to_str()) {
            Some("injection") => RuleKind::Injection,
            _ => RuleKind::Dlp,
        };
        Ok(Self {
            rule: rule(&table, kind)?,
            matches: examples(&table, "matches")?,
            passes: examples(&table, "passes")?,
        })
    }
}

fn rule(table: &Table, kind: RuleKind) -> anyhow::Result<Rule> {
    let case = match text(table, "case")? {
        "insensitive" => Case::Dlp,
        "as_written" => Case::AsWritten,
        other => return Err(anyhow!("case: unknown word {other:?}")),
    };
    Ok(Rule {
        id: text(table, "id")?.to_owned().into(),
        name: text(table, "name")?.to_owned().into(),
        kind,
        severity: Severity::parse(text(table, "severity")?)
            .ok_or_else(|| anyhow!("severity: unknown word"))?,
        core: false,
        action: RuleAction::Enforce,
        validator: word(table, "validator", Validator::parse)?,
        checksum: word(table, "checksum", Checksum::parse)?,
        exempt: DomainSet::default(),
        finds: Finds::Pattern(
            Pattern::compile(text(table, "regex")?, case).context("regex does not compile")?,
        ),
    })
}

fn text<'t>(table: &'t Table, key: &str) -> anyhow::Result<&'t str> {
    let value = table.get(key).and_then(Value::as_str);
    value.ok_or_else(|| anyhow!("{key}: must be a text"))
}

fn word<T>(
    table: &Table,
    key: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> anyhow::Result<Option<T>> {
    if !table.contains_key(key) {
        return Ok(None);
    }
    let parsed = parse(text(table, key)?);
    parsed
        .map(Some)
        .ok_or_else(|| anyhow!("{key}: unknown word"))
}

fn examples(table: &Table, key: &str) -> anyhow::Result<Vec<String>> {
    let list = table.get(key).and_then(Value::as_array);
    let list = list.ok_or_else(|| anyhow!("{key}: must be a list of texts"))?;
    let expand = |item: &Value| {
        let written = item.as_str();
        let written = written.ok_or_else(|| anyhow!("{key}: must be a list of texts"))?;
        notation::expand(written).with_context(|| key.to_owned())
    };
    list.iter().map(expand).collect()
}
