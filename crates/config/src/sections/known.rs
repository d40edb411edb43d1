//! Values that the operator knows: `dlp.scan_env` and its neighbours, and
//! `canary_tokens`.

use crate::hash::{Canonical, sha256};
use crate::path::Paths;
use crate::problem::{Code, Problems};
use crate::section::Section;
use pipelock_detect::domain::DomainSet;
use pipelock_detect::rule::{Finds, KnownSecret, Rule, RuleAction, RuleKind};
use pipelock_model::{Secret, Severity};
use pipelock_policy::{Canaries, Canary, Environment, Secrets};
use std::collections::HashSet;
use std::path::Path;

/// Shortest canary, in characters: a shorter one turns up by chance.
const SHORTEST: usize = 8;
/// Most canaries.
const MOST: usize = 1000;
/// Permission bits that a file of secrets must not have: written or run by its
/// group, anything by others.
#[cfg(unix)]
const TOO_OPEN: u32 = 0o037;

/// Reads `dlp.scan_env`, `.secrets_file` and `.min_env_secret_length`.
pub(crate) fn secrets(root: &Section<'_>, paths: &Paths<'_>, problems: &mut Problems) -> Secrets {
    let section = root.section("dlp");
    let length = section.integer("min_env_secret_length");
    let length = length.filter(|length| *length > 0);
    let file = paths.resolve(&section, "secrets_file", problems);
    if let Some(problem) = file.as_deref().and_then(unusable) {
        section.error(problems, Code::Unreadable, "secrets_file", problem);
    }
    Secrets {
        environment: match section.flag("scan_env") {
            Some(false) => Environment::Ignored,
            _ => Environment::Searched,
        },
        file,
        min_length: length.map_or(Secrets::MIN_LENGTH, |length| {
            usize::try_from(length).unwrap_or(usize::MAX)
        }),
    }
}

/// Why a file of secrets cannot be used.
pub(crate) fn unusable(path: &Path) -> Option<String> {
    let meta = match std::fs::metadata(path) {
        Ok(meta) => meta,
        Err(error) => return Some(format!("cannot be read: {error}")),
    };
    if !meta.is_file() {
        return Some("not a file".to_owned());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = meta.permissions().mode() & 0o777;
        if mode & TOO_OPEN != 0 {
            return Some(format!(
                "mode {mode:04o} lets others at it: 0600 or 0640 is enough"
            ));
        }
    }
    None
}

/// Settings, never values: a hash of few values tells them. Only what differs from
/// the default, so that hashes of old files stay.
pub(crate) fn describe_secrets(secrets: &Secrets, out: &mut Canonical) {
    let mut section = out.below("dlp");
    if secrets.environment == Environment::Ignored {
        section.set("scan_env", false);
    }
    if secrets.min_length != Secrets::MIN_LENGTH {
        section.set("min_env_secret_length", secrets.min_length as u64);
    }
    if let Some(file) = &secrets.file {
        section.set("secrets_file", file.to_string_lossy().as_ref());
    }
}

/// Reads `canary_tokens`, checked also while it is off; then there are none.
pub(crate) fn canaries(root: &Section<'_>, problems: &mut Problems) -> Canaries {
    let section = root.section("canary_tokens");
    let entries = section.sections("tokens");
    if entries.len() > MOST {
        let message = format!("more than {MOST} tokens");
        section.error(problems, Code::TooLarge, "tokens", message);
    }
    let (mut names, mut values) = (HashSet::new(), HashSet::new());
    let mut canaries = Vec::new();
    for entry in entries.iter().take(MOST) {
        let name = trimmed(entry, "name", problems);
        let value = trimmed(entry, "value", problems);
        if name.is_some_and(|name| !names.insert(name.to_lowercase())) {
            let message = "a second token of this name";
            entry.error(problems, Code::Conflict, "name", message);
        }
        if let Some(value) = value {
            if value.chars().count() < SHORTEST || KnownSecret::new(value).is_none() {
                let message = format!("shorter than {SHORTEST} characters");
                entry.error(problems, Code::OutOfRange, "value", message);
            }
            if !values.insert(value) {
                let message = "a second token with this value";
                entry.error(problems, Code::Conflict, "value", message);
            }
        }
        if entry
            .text("env_var")
            .is_some_and(|name| !is_identifier(name))
        {
            let message = "not a name of a variable: letters, digits and _, no digit first";
            entry.error(problems, Code::BadText, "env_var", message);
        }
        if let (Some(name), Some(value)) = (name, value) {
            canaries.push(Canary {
                name: name.to_owned(),
                value: Secret::new(value.to_owned()),
            });
        }
    }
    if section.flag("enabled") == Some(true) {
        Canaries::new(canaries)
    } else {
        Canaries::default()
    }
}

/// One rule a canary. They belong to the floor: who sets a trap wants to hear it.
pub(crate) fn canary_rules(canaries: &Canaries) -> Vec<Rule> {
    let rule = |canary: &Canary| {
        Some(Rule {
            id: format!("canary.{}", canary.name.to_lowercase()).into(),
            name: format!("Canary Token ({})", canary.name).into(),
            kind: RuleKind::Dlp,
            severity: Severity::Critical,
            core: true,
            action: RuleAction::Enforce,
            validator: None,
            checksum: None,
            exempt: DomainSet::default(),
            finds: Finds::Secret(KnownSecret::new(canary.value.expose())?),
        })
    };
    canaries.as_slice().iter().filter_map(rule).collect()
}

fn trimmed<'a>(entry: &Section<'a>, key: &str, problems: &mut Problems) -> Option<&'a str> {
    let text = entry
        .text(key)
        .map(str::trim)
        .filter(|text| !text.is_empty());
    if text.is_none() {
        entry.error(problems, Code::Missing, key, "required");
    }
    text
}

fn is_identifier(name: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    name.bytes().all(legal) && !name.starts_with(|first: char| first.is_ascii_digit())
}

/// Canaries are no secrets of value, and changing one must change the hash.
pub(crate) fn describe_canaries(canaries: &Canaries, out: &mut Canonical) {
    if canaries.as_slice().is_empty() {
        return;
    }
    let mut section = out.below("canary_tokens");
    let hashed = |canary: &Canary| {
        let value = sha256(canary.value.expose().as_bytes());
        format!("{}={value}", canary.name)
    };
    section.set("tokens", canaries.as_slice().iter().map(hashed));
}
