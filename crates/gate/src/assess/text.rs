//! Text, content and tool calls.

use crate::case::{matched, resolve_action};
use crate::json::{JsonError, Role, Words};
use crate::{Clock, Snapshot};
use pipelock_detect::engine::{Kinds, Order, Outcome, Stream};
use pipelock_detect::rule::{Rule, RuleKind};
use pipelock_model::{Action, Clean, Confidence, Finding, OwnWords, Severity, View};
use pipelock_policy::Enforcement;
use std::collections::HashSet;
use std::ops::Range;
use std::time::Duration;

/// Searched between two looks at the clock: a few milliseconds at worst.
const SLICE: usize = 256 << 10;
/// Findings of one assessment: more say nothing new.
const FINDINGS: usize = 1024;
/// Words that are searched alone between two looks at the clock.
const WORDS: usize = 256;
/// A shorter word holds nothing that a rule looks for.
const SHORT: usize = 4;

/// What is judged.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// Secrets in text that leaves.
    Dlp(&'a [u8]),
    /// Instructions in content that arrives.
    Injection(&'a [u8]),
    /// Both.
    Text(&'a [u8]),
    /// A tool call: both in every key and value of its arguments, secrets also over
    /// several values.
    ToolCall {
        /// Name of the tool.
        name: &'a str,
        /// Arguments as JSON.
        arguments: &'a str,
    },
}

/// When a judgement must be there.
#[derive(Clone, Copy)]
pub struct Deadline<'a>(Option<(&'a dyn Clock, Duration)>);

impl<'a> Deadline<'a> {
    /// No hurry.
    pub const NONE: Deadline<'static> = Deadline(None);

    /// At this time of the clock's monotonic scale.
    #[must_use]
    pub fn at(clock: &'a dyn Clock, at: Duration) -> Self {
        Self(Some((clock, at)))
    }

    fn check(self) -> Result<(), Limit> {
        match self.0 {
            Some((clock, at)) if clock.monotonic() >= at => Err(Limit::Deadline),
            _ => Ok(()),
        }
    }
}

/// Why not all of it was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The engine's budget of work or findings was used up.
    Work,
    /// Time was up.
    Deadline,
    /// The arguments are nested too deeply.
    Depth,
    /// The arguments are not JSON. Their text was judged all the same.
    Malformed,
}

impl Limit {
    /// One sentence.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Work => "scan exceeded its work budget",
            Self::Deadline => "scan did not end in time",
            Self::Depth => "arguments are nested too deeply",
            Self::Malformed => "arguments are not JSON",
        }
    }
}

/// What evidence is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EvidenceKind {
    /// A secret or personal data.
    Dlp,
    /// An instruction to a model.
    Injection,
}

/// One thing that was found: a rule and a place, never the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Stable id of the rule.
    pub id: Clean,
    /// Public name of the rule.
    pub name: Clean,
    /// What the rule looks for.
    pub kind: EvidenceKind,
    /// Severity; it never decides.
    pub severity: Severity,
    /// How sure the detector is.
    pub confidence: Confidence,
    /// The form in which it was found.
    pub view: View,
    /// Byte offsets in what was given: the text, or the JSON of the arguments. The
    /// name of a tool has none.
    pub span: Option<Range<u64>>,
    /// Part of the floor.
    pub core: bool,
    /// What is done about it.
    pub action: Action,
    /// What enforcement would have done, on a detect-only instance.
    pub would_block: bool,
    /// The operator's file says that it is none.
    pub suppressed: bool,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct TextAssessment {
    /// In the order of the text.
    pub evidence: Vec<Evidence>,
    /// Why not all of it was judged.
    pub limit: Option<Limit>,
    /// Whether the limit refuses.
    limit_acts: bool,
}

impl TextAssessment {
    /// True when it must not pass.
    #[must_use]
    pub fn denied(&self) -> bool {
        self.limit_acts || self.evidence.iter().any(|one| one.action == Action::Block)
    }

    /// True when the limit alone refuses.
    #[must_use]
    pub const fn limit_acts(&self) -> bool {
        self.limit_acts
    }

    /// True when everything was judged and nothing found.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.evidence.is_empty() && self.limit.is_none()
    }
}

impl Snapshot {
    /// Judges text as a message with it would be judged, without acting. A finding
    /// blocks unless its rule or its confidence says otherwise; `target` is the URL or
    /// path that suppressions name.
    #[must_use]
    pub fn assess_text(
        &self,
        subject: Subject<'_>,
        target: Option<&str>,
        deadline: Deadline<'_>,
    ) -> TextAssessment {
        let mut search = Search {
            snapshot: self,
            deadline,
            found: Vec::new(),
            known: HashSet::new(),
        };
        let ended = match subject {
            Subject::Dlp(text) => search.text(Kinds::DLP, text),
            Subject::Injection(text) => search.text(Kinds::INJECTION, text),
            Subject::Text(text) => search.text(Kinds::ALL, text),
            Subject::ToolCall { name, arguments } => search.tool_call(name, arguments),
        };
        let ended = ended.and_then(|()| deadline.check());
        let mut assessment = self.conclude(search.found, target, ended.err());
        if let Subject::ToolCall { arguments, .. } = subject {
            let note = self.judge_addresses(arguments.as_bytes());
            assessment.evidence.extend(note.map(|note| note.evidence()));
        }
        assessment
    }

    fn conclude(
        &self,
        mut found: Vec<Found>,
        target: Option<&str>,
        limit: Option<Limit>,
    ) -> TextAssessment {
        found.sort_by_key(|one| {
            let span = &one.finding.span;
            (!one.placed, span.start, one.finding.rule, span.end)
        });
        let enforced = self.policy.enforcement == Enforcement::Enforce;
        TextAssessment {
            evidence: found.iter().map(|one| self.evidence(one, target)).collect(),
            limit,
            // What is enforced or not is what was found; that nobody knows is no finding.
            limit_acts: limit.is_some_and(|limit| enforced || limit != Limit::Work),
        }
    }

    fn evidence(&self, found: &Found, target: Option<&str>) -> Evidence {
        let finding = &found.finding;
        let rule = self.engine.rule(finding.rule);
        let suppressed = target.is_some_and(|target| self.suppresses(rule, target));
        let resolved = resolve_action(self, rule, finding, Action::Block);
        let named = matched(rule);
        Evidence {
            id: Clean::text(&OwnWords, &rule.id),
            name: named.pattern,
            kind: match rule.kind {
                RuleKind::Dlp => EvidenceKind::Dlp,
                RuleKind::Injection => EvidenceKind::Injection,
            },
            severity: rule.severity,
            confidence: finding.confidence,
            view: finding.view,
            span: found.placed.then(|| finding.span.clone()),
            core: rule.core,
            action: if suppressed {
                Action::Allow
            } else {
                resolved.action
            },
            would_block: !suppressed && resolved.would == Some(Action::Block),
            suppressed,
        }
    }

    /// True when the operator's file silences this rule there. The floor against
    /// secrets is never silenced.
    pub(crate) fn suppresses(&self, rule: &Rule, target: &str) -> bool {
        let floor = rule.core && rule.kind == RuleKind::Dlp;
        !floor
            && !self.policy.suppress.is_empty()
            && self.policy.suppress.covers(&rule.name, target)
    }
}

/// A finding, and whether its span means the text that was given.
struct Found {
    finding: Finding,
    placed: bool,
}

struct Search<'a> {
    snapshot: &'a Snapshot,
    deadline: Deadline<'a>,
    found: Vec<Found>,
    /// Rule and span of what is in `found`.
    known: HashSet<(u16, u64, u64)>,
}

impl Search<'_> {
    fn text(&mut self, kinds: Kinds, text: &[u8]) -> Result<(), Limit> {
        let mut findings = Vec::new();
        let ended = self.scan(kinds, text, &mut findings);
        for finding in findings {
            self.keep(finding, true)?;
        }
        ended
    }

    /// One text, in slices where it is long, so that the deadline is heard.
    fn scan(&self, kinds: Kinds, text: &[u8], out: &mut Vec<Finding>) -> Result<(), Limit> {
        self.deadline.check()?;
        let engine = &self.snapshot.engine;
        if text.len() <= SLICE {
            return match engine.scan(kinds, text, out) {
                Outcome::BudgetExceeded => Err(Limit::Work),
                Outcome::Complete => Ok(()),
            };
        }
        let mut stream = Stream::new(kinds);
        for slice in text.chunks(SLICE) {
            stream.push(engine, slice, out);
            self.deadline.check()?;
        }
        stream.finish(engine, out);
        if stream.exhausted() {
            Err(Limit::Work)
        } else {
            Ok(())
        }
    }

    fn keep(&mut self, finding: Finding, placed: bool) -> Result<(), Limit> {
        let span = &finding.span;
        if !self.known.insert((finding.rule.0, span.start, span.end)) {
            return Ok(());
        }
        if self.found.len() >= FINDINGS {
            return Err(Limit::Work);
        }
        self.found.push(Found { finding, placed });
        Ok(())
    }

    fn tool_call(&mut self, name: &str, arguments: &str) -> Result<(), Limit> {
        let mut findings = Vec::new();
        let ended = self.scan(Kinds::ALL, name.as_bytes(), &mut findings);
        for finding in findings {
            self.found.push(Found {
                finding,
                placed: false,
            });
        }
        ended?;
        let limit = match Words::read(arguments) {
            Ok(words) => return self.words(arguments, &words),
            Err(JsonError::Malformed) => Limit::Malformed,
            Err(JsonError::TooDeep) => Limit::Depth,
        };
        self.text(Kinds::ALL, arguments.as_bytes())?;
        Err(limit)
    }

    /// All words together, each alone, and what several values spell.
    fn words(&mut self, source: &str, words: &Words) -> Result<(), Limit> {
        let mut findings = Vec::new();
        let ended = self.scan(Kinds::ALL, words.text(), &mut findings);
        for finding in findings.drain(..) {
            let span = words.origin(source, &finding.span);
            self.keep(Finding { span, ..finding }, true)?;
        }
        ended?;
        for (number, word) in words.iter().enumerate() {
            let bytes = words.bytes(word);
            if bytes.len() < SHORT {
                continue;
            }
            if bytes.len() > SLICE || number % WORDS == 0 {
                self.deadline.check()?;
            }
            let ended = self.scan(Kinds::ALL, bytes, &mut findings);
            for finding in findings.drain(..) {
                let at = |offset: u64| word.place(source, word.start() + offset);
                let span = at(finding.span.start)..at(finding.span.end);
                self.keep(Finding { span, ..finding }, true)?;
            }
            ended?;
        }
        self.deadline.check()?;
        self.cut(source, words)
    }

    /// Secrets that are cut into values. The engine tries a bounded number of ways to
    /// put values together; that there are more says nothing about the call.
    fn cut(&mut self, source: &str, words: &Words) -> Result<(), Limit> {
        let values: Vec<_> = words
            .iter()
            .filter(|word| word.role == Role::Value)
            .collect();
        let parts: Vec<&[u8]> = values.iter().map(|word| words.bytes(word)).collect();
        let mut findings = Vec::new();
        let engine = &self.snapshot.engine;
        let _ = engine.scan_parts(Kinds::DLP, &parts, Order::Any, &mut findings);
        if findings.is_empty() {
            return Ok(());
        }
        // Where each value starts when they stand one behind the other.
        let ends = parts.iter().scan(0, |end, part| {
            *end += part.len() as u64;
            Some(*end)
        });
        let ends: Vec<u64> = ends.collect();
        for finding in findings {
            let first = ends.partition_point(|end| *end <= finding.span.start);
            let last = ends.partition_point(|end| *end < finding.span.end);
            let (Some(first), Some(last)) = (values.get(first), values.get(last)) else {
                continue;
            };
            let span = first.place(source, first.start())..last.place(source, u64::MAX);
            let finding = Finding { span, ..finding };
            if !self.overlaps(&finding) {
                self.keep(finding, true)?;
            }
        }
        Ok(())
    }

    /// True when the same rule was found there without putting values together.
    fn overlaps(&self, finding: &Finding) -> bool {
        let span = &finding.span;
        self.found.iter().any(|known| {
            let (have, other) = (&known.finding.span, known.finding.rule);
            other == finding.rule && have.start < span.end && span.start < have.end
        })
    }
}
