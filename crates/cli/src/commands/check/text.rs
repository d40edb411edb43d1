//! Text: what was found, and where, with secrets masked.

use super::Args;
use crate::terminal;
use anyhow::{Context, bail};
use pipelock_gate::{Deadline, Evidence, EvidenceKind, Limit, Snapshot, Subject, TextAssessment};
use pipelock_model::{Action, Clean, OwnWords};
use serde_json::{Value, json};
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

/// Longest text, in bytes.
const LONGEST: u64 = 256 << 20;
/// Bytes shown before and behind what was found.
const AROUND: usize = 24;
/// Bytes shown of an instruction.
const SHOWN: usize = 96;

/// What to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Kind {
    /// Secrets and personal data.
    Dlp,
    /// Instructions to a model.
    Injection,
    /// Both.
    All,
}

/// Where a text comes from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Argument(String),
    Input,
    File(PathBuf),
}

impl Source {
    /// The text that the arguments name.
    pub(super) fn of(args: &Args) -> Option<Self> {
        if let Some(text) = &args.text {
            return Some(Self::Argument(text.clone()));
        }
        if args.input.is_some() {
            return Some(Self::Input);
        }
        let path = args.file.as_ref()?;
        Some(match path.as_os_str() == "-" {
            true => Self::Input,
            false => Self::File(path.clone()),
        })
    }

    /// The bytes.
    pub(super) fn read(&self) -> anyhow::Result<Vec<u8>> {
        let (reader, name): (Box<dyn Read>, _) = match self {
            Self::Argument(text) => return Ok(text.clone().into_bytes()),
            Self::Input => (Box::new(std::io::stdin().lock()), self.name()),
            Self::File(path) => {
                let cannot = || format!("cannot read {}", path.display());
                (
                    Box::new(File::open(path).with_context(cannot)?),
                    self.name(),
                )
            }
        };
        let mut text = Vec::new();
        reader
            .take(LONGEST + 1)
            .read_to_end(&mut text)
            .with_context(|| format!("cannot read {name}"))?;
        if text.len() as u64 > LONGEST {
            bail!("{name} is larger than {} MiB", LONGEST >> 20);
        }
        Ok(text)
    }

    fn name(&self) -> String {
        match self {
            Self::Argument(_) => "text".to_owned(),
            Self::Input => "-".to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }
}

/// A text that was judged.
pub(super) struct Checked {
    source: Source,
    text: Vec<u8>,
    assessment: TextAssessment,
}

impl Checked {
    pub(super) fn new(snapshot: &Snapshot, source: Source, text: Vec<u8>, kind: Kind) -> Self {
        let subject = match kind {
            Kind::Dlp => Subject::Dlp(&text),
            Kind::Injection => Subject::Injection(&text),
            Kind::All => Subject::Text(&text),
        };
        let path = match &source {
            Source::File(path) => path.to_str(),
            _ => None,
        };
        let assessment = snapshot.assess_text(subject, path, Deadline::NONE);
        Self {
            source,
            text,
            assessment,
        }
    }

    /// True when it would not pass, on a detect-only instance if that enforced.
    pub(super) fn blocked(&self) -> bool {
        let would = self.assessment.evidence.iter().any(|one| one.would_block);
        self.assessment.denied() || would || self.assessment.limit.is_some()
    }

    pub(super) fn to_json(&self) -> Value {
        let evidence = self.assessment.evidence.iter();
        let limit = self.assessment.limit;
        json!({
            "source": self.source.name(),
            "allowed": !self.blocked(),
            "findings": evidence.map(|one| self.finding(one)).collect::<Vec<_>>(),
            "limit": limit.map(Limit::as_str),
        })
    }

    fn finding(&self, one: &Evidence) -> Value {
        let place = one.span.as_ref().map(|span| self.place(index(span.start)));
        let span = one.span.as_ref();
        json!({
            "rule": one.name.as_str(),
            "id": one.id.as_str(),
            "kind": word(one.kind),
            "severity": one.severity.as_str(),
            "confidence": one.confidence.as_str(),
            "view": one.view.as_str(),
            "line": place.map(|(line, _)| line),
            "column": place.map(|(_, column)| column),
            "start": span.map(|span| span.start),
            "end": span.map(|span| span.end),
            "core": one.core,
            "action": action(one),
            "text": self.masked(one),
        })
    }

    pub(super) fn print(&self) {
        let evidence = &self.assessment.evidence;
        let word = match (self.blocked(), evidence.is_empty()) {
            (true, _) => "BLOCKED",
            (false, false) => "ALLOWED, with warnings",
            (false, true) => "ALLOWED",
        };
        terminal::line(format_args!("Result:  {word}"));
        if let Some(limit) = self.assessment.limit {
            terminal::line(format_args!("Limit:   {}", limit.as_str()));
        }
        for one in evidence {
            let at = one.span.as_ref().map(|span| self.place(index(span.start)));
            let (line, column) = at.unwrap_or((0, 0));
            terminal::line(format_args!(
                "{}:{line}:{column}: {}: {} ({}, {} confidence, {})",
                Clean::text(&OwnWords, &self.source.name()),
                action(one),
                one.name,
                one.severity.as_str(),
                one.confidence.as_str(),
                one.view.as_str(),
            ));
            terminal::line(format_args!("    {}", self.masked(one)));
        }
    }

    /// Line and column from 1, in characters.
    fn place(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let start = before.iter().rposition(|byte| *byte == b'\n');
        let last = &before[start.map_or(0, |at| at + 1)..];
        (line, String::from_utf8_lossy(last).chars().count() + 1)
    }

    /// The text around what was found, without any secret. Where the search gave up
    /// nobody knows all of them, and nothing is shown.
    fn masked(&self, one: &Evidence) -> String {
        let Some(span) = one
            .span
            .as_ref()
            .filter(|_| self.assessment.limit.is_none())
        else {
            return "[not shown]".to_owned();
        };
        let (start, end) = (index(span.start), index(span.end));
        let from = start.saturating_sub(AROUND);
        let shown = end.min(start.saturating_add(SHOWN));
        let to = match one.kind {
            EvidenceKind::Dlp => end,
            EvidenceKind::Injection => shown,
        };
        let to = to.saturating_add(AROUND).min(self.text.len());
        let mut out = String::new();
        let mut at = from;
        let secrets = self.assessment.evidence.iter();
        for (secret, span) in secrets.filter_map(|secret| {
            let is_secret = secret.kind == EvidenceKind::Dlp;
            Some((secret, secret.span.as_ref().filter(|_| is_secret)?))
        }) {
            let (start, end) = (index(span.start), index(span.end));
            if end <= at || start >= to {
                continue;
            }
            self.show(at, start, &mut out);
            // Overlapping ones are masked once.
            if start >= at || at == from {
                out.push_str(&format!("[REDACTED: {}]", secret.name));
            }
            at = at.max(end);
        }
        self.show(at, to, &mut out);
        Clean::text(&OwnWords, out.trim())
            .as_str()
            .replace('\n', " ")
    }

    fn show(&self, from: usize, to: usize, out: &mut String) {
        if from < to {
            let bytes = self.text.get(from..to.min(self.text.len()));
            out.push_str(&String::from_utf8_lossy(bytes.unwrap_or_default()));
        }
    }
}

fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

const fn word(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Dlp => "dlp",
        EvidenceKind::Injection => "injection",
    }
}

/// What is done about it.
const fn action(one: &Evidence) -> &'static str {
    match (one.action, one.suppressed, one.would_block) {
        (_, true, _) => "suppressed",
        (_, _, true) => "would block",
        (Action::Block, ..) => "block",
        _ => "warn",
    }
}
