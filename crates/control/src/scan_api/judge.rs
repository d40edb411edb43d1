//! Has the gate assess a request, within its time.

use super::answer::{ErrorCode, Finding, Judged, Place};
use super::request::{Count, Evidence, Request, What};
use pipelock_gate::{Charge, Clock, Deadline, Gate, Limit, Snapshot, Subject, TextAssessment};
use pipelock_model::event::ScanDecision;
use pipelock_model::{Action, Clean, Label, Severity};
use pipelock_policy::Enforcement;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// From this length on a scan leaves the threads that serve connections.
const LARGE: usize = 64 << 10;
/// Findings of one answer: more say nothing new.
const FINDINGS: usize = 256;

/// What a judgement needs.
pub(super) struct Judge<'a> {
    pub(super) gate: &'a Gate,
    pub(super) snapshot: &'a Arc<Snapshot>,
    pub(super) clock: &'a Arc<dyn Clock>,
    pub(super) large: &'a Arc<Semaphore>,
    pub(super) time: Duration,
}

/// Owned, so that a scan may move to another thread.
enum Text {
    Dlp(String),
    Injection(String),
    ToolCall(String, String),
}

impl Text {
    fn len(&self) -> usize {
        match self {
            Self::Dlp(text) | Self::Injection(text) => text.len(),
            Self::ToolCall(name, arguments) => name.len() + arguments.len(),
        }
    }

    fn assess(&self, snapshot: &Snapshot, deadline: Deadline<'_>) -> TextAssessment {
        let subject = match self {
            Self::Dlp(text) => Subject::Dlp(text.as_bytes()),
            Self::Injection(text) => Subject::Injection(text.as_bytes()),
            Self::ToolCall(name, arguments) => Subject::ToolCall { name, arguments },
        };
        snapshot.assess_text(subject, None, deadline)
    }
}

impl Judge<'_> {
    pub(super) async fn judge(&self, request: Request) -> Result<Judged, ErrorCode> {
        let evidence = request.evidence;
        match request.what {
            What::Url { url, count } => self.url(&url, count, evidence).await,
            What::Dlp(text) => self.text(Text::Dlp(text), evidence).await,
            What::PromptInjection(text) => self.text(Text::Injection(text), evidence).await,
            What::ToolCall { name, arguments } => {
                self.text(Text::ToolCall(name, arguments), evidence).await
            }
        }
    }

    async fn text(&self, text: Text, evidence: Evidence) -> Result<Judged, ErrorCode> {
        let until = self.clock.monotonic() + self.time;
        let scanner = match text {
            Text::Injection(_) => "prompt_injection",
            Text::Dlp(_) | Text::ToolCall(..) => "dlp",
        };
        let assessment = if text.len() < LARGE {
            text.assess(self.snapshot, Deadline::at(&**self.clock, until))
        } else {
            self.large_text(text, until).await?
        };
        judged(&assessment, scanner, evidence)
    }

    async fn large_text(&self, text: Text, until: Duration) -> Result<TextAssessment, ErrorCode> {
        let place = Arc::clone(self.large).acquire_owned();
        let place = timeout(self.time, place).await;
        let place = place
            .map_err(|_| ErrorCode::ScanUnavailable)?
            .map_err(|_| ErrorCode::ScanUnavailable)?;
        let (snapshot, clock) = (Arc::clone(self.snapshot), Arc::clone(self.clock));
        let scan = spawn_blocking(move || {
            let _place = place;
            text.assess(&snapshot, Deadline::at(&*clock, until))
        });
        scan.await.map_err(|_| ErrorCode::InternalError)
    }

    async fn url(&self, url: &str, count: Count, evidence: Evidence) -> Result<Judged, ErrorCode> {
        let charge = match count {
            Count::Request => Charge::Request,
            Count::DryRun => Charge::Nothing,
        };
        let assessment = self.gate.assess_url(self.snapshot, url, charge);
        let assessment = timeout(self.time, assessment)
            .await
            .map_err(|_| ErrorCode::ScanDeadlineExceeded)?;
        let mut findings = Vec::new();
        if let Some((label, reason)) = assessment.denied {
            let (rule, severity) = url_rule(label);
            findings.push(Finding {
                scanner: "url",
                rule: Clean::text(&pipelock_model::OwnWords, &rule),
                severity,
                message: reason,
                action: self.action(label),
                place: place(
                    evidence,
                    assessment.view.map(|view| view.as_str()),
                    None,
                    None,
                ),
            });
        }
        findings.extend(assessment.warned.into_iter().map(|matched| Finding {
            scanner: "url",
            rule: Clean::prefixed("DLP-", &matched.pattern),
            severity: matched.severity,
            message: Clean::prefixed("DLP match: ", &matched.pattern),
            action: Action::Warn,
            place: None,
        }));
        Ok(Judged::of(findings))
    }

    /// Detect-only instances let pass what is not about internal addresses or broken
    /// URLs.
    fn action(&self, label: Label) -> Action {
        let always = matches!(
            label,
            Label::Ssrf | Label::CoreSsrf | Label::Parser | Label::Internal | Label::Context
        );
        match self.snapshot.policy.enforcement {
            Enforcement::DetectOnly if !always => Action::Warn,
            _ => Action::Block,
        }
    }
}

/// Rule id and severity of a URL finding (`detection.md` §9).
fn url_rule(label: Label) -> (String, Severity) {
    match label {
        Label::Ssrf | Label::CoreSsrf => ("SSRF-Private-IP".to_owned(), Severity::High),
        Label::Dlp | Label::CoreDlp => ("DLP-URL-Exfil".to_owned(), Severity::Critical),
        Label::Blocklist => ("BLOCK-Domain".to_owned(), Severity::Medium),
        other => (format!("URL-{other}"), Severity::Medium),
    }
}

fn judged(
    assessment: &TextAssessment,
    scanner: &'static str,
    evidence: Evidence,
) -> Result<Judged, ErrorCode> {
    if assessment.limit == Some(Limit::Deadline) {
        return Err(ErrorCode::ScanDeadlineExceeded);
    }
    let mut findings: Vec<Finding> = Vec::new();
    for one in &assessment.evidence {
        let injection = one.kind == pipelock_gate::EvidenceKind::Injection;
        let encoding = one.view.as_str();
        let finding = Finding {
            scanner: if injection { "prompt_injection" } else { "dlp" },
            rule: Clean::prefixed(if injection { "INJ-" } else { "DLP-" }, &one.name),
            severity: if injection {
                Severity::High
            } else {
                one.severity
            },
            message: Clean::prefixed(
                if injection {
                    "prompt injection: "
                } else {
                    "DLP match: "
                },
                &one.name,
            ),
            action: one.action,
            place: place(
                evidence,
                Some(encoding),
                Some(one.confidence.as_str()),
                one.span.clone(),
            ),
        };
        // Without places a rule is named once.
        if findings.len() < FINDINGS
            && (evidence == Evidence::Included || !findings.contains(&finding))
        {
            findings.push(finding);
        }
    }
    if let Some(limit) = assessment.limit {
        findings.push(Finding {
            scanner,
            rule: Clean::constant("content_limit"),
            severity: Severity::High,
            message: Clean::constant(limit.as_str()),
            action: if assessment.limit_acts() {
                Action::Block
            } else {
                Action::Warn
            },
            place: None,
        });
    }
    let mut judged = Judged::of(findings);
    // Also what was left out of the list decides.
    if assessment.denied() {
        judged.decision = ScanDecision::Deny;
    }
    Ok(judged)
}

fn place(
    evidence: Evidence,
    encoding: Option<&'static str>,
    confidence: Option<&'static str>,
    span: Option<std::ops::Range<u64>>,
) -> Option<Place> {
    let encoding = encoding.filter(|_| evidence == Evidence::Included)?;
    Some(Place {
        encoding,
        confidence,
        span,
    })
}
