//! The answer: one envelope for all outcomes.

use super::Asked;
use pipelock_model::event::{Scan, ScanDecision, ScanFinding};
use pipelock_model::{Action, Clean, OwnWords, Severity};
use pipelock_net::Reply;
use serde_json::{Map, Value, json};
use std::ops::Range;
use std::time::Duration;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident => $code:literal, $status:literal, $again:ident, $message:literal;)+) => {
        /// Why nothing was decided (`proxy.md` §1.11).
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum ErrorCode { $($(#[$doc])* $variant,)+ }

        impl ErrorCode {
            /// The word of answers, logs and metrics.
            pub(super) const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// Status of the answer.
            pub(super) const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)+ }
            }

            /// True when the same request may succeed later.
            const fn retryable(self) -> bool {
                match self { $(Self::$variant => $again,)+ }
            }

            const fn message(self) -> &'static str {
                match self { $(Self::$variant => $message,)+ }
            }
        }
    };
}

codes! {
    /// Not POST.
    MethodNotAllowed => "method_not_allowed", 405, false, "only POST is allowed";
    /// No token, or none of ours.
    Unauthorized => "unauthorized", 401, false, "a valid bearer token is required";
    /// The token's bucket is empty.
    RateLimited => "rate_limited", 429, true, "rate limit exceeded";
    /// Deny-all.
    KillSwitchActive => "kill_switch_active", 503, false, "kill switch is active";
    /// Time was up.
    ScanDeadlineExceeded => "scan_deadline_exceeded", 503, true, "scan did not end in time";
    /// Too many large scans.
    ScanUnavailable => "scan_unavailable", 503, true, "too many scans at a time";
    /// The body ended early, broke HTTP or took too long.
    ReadError => "read_error", 400, false, "request body could not be read";
    /// The body is longer than allowed.
    BodyTooLarge => "body_too_large", 400, false, "request body is too large";
    /// Not the JSON that is expected.
    InvalidJson => "invalid_json", 400, false,
        "request body is not the expected JSON object: no unknown, repeated or trailing parts";
    /// No such kind.
    InvalidKind => "invalid_kind", 400, false,
        "kind must be url, dlp, prompt_injection or tool_call";
    /// The operator switched it off.
    KindDisabled => "kind_disabled", 400, false, "this kind is switched off";
    /// The field of the kind is missing, empty or too long.
    InvalidInput => "invalid_input", 400, false,
        "the input field of this kind is missing, empty or too long";
    /// The client left.
    RequestCanceled => "request_canceled", 500, false, "request was canceled";
    /// An error of ours.
    InternalError => "internal_error", 500, false, "internal error";
    /// A reload took the section away.
    ConfigUnavailable => "config_unavailable", 500, true, "scan API is not configured";
}

/// A finding as the caller reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) scanner: &'static str,
    pub(super) rule: Clean,
    pub(super) severity: Severity,
    pub(super) message: Clean,
    pub(super) action: Action,
    pub(super) place: Option<Place>,
}

/// Where and how it was found; only on request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) encoding: &'static str,
    pub(super) confidence: Option<&'static str>,
    pub(super) span: Option<Range<u64>>,
}

/// What was decided.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) decision: ScanDecision,
    pub(super) findings: Vec<Finding>,
}

impl Judged {
    /// One finding that acts denies.
    pub(super) fn of(findings: Vec<Finding>) -> Self {
        let acts = findings.iter().any(|one| one.action == Action::Block);
        Self {
            decision: if acts {
                ScanDecision::Deny
            } else {
                ScanDecision::Allow
            },
            findings,
        }
    }
}

/// Everything that an answer and its event say.
pub(super) struct Answer<'a> {
    pub(super) scan_id: String,
    pub(super) duration: Duration,
    pub(super) engine_version: &'static str,
    pub(super) asked: &'a Asked,
    pub(super) judged: &'a Result<Judged, ErrorCode>,
}

impl Answer<'_> {
    /// The answer.
    pub(super) fn reply(&self) -> Reply {
        let status = self
            .judged
            .as_ref()
            .map_or_else(|code| code.status(), |_| 200);
        let reply = Reply::json(status, &self.to_json());
        match self.judged {
            Err(ErrorCode::MethodNotAllowed) => reply.with("Allow", "POST"),
            Err(ErrorCode::RateLimited) => reply.with("Retry-After", "1"),
            Err(ErrorCode::Unauthorized) => {
                reply.with("WWW-Authenticate", "Bearer realm=\"pipelock\"")
            }
            _ => reply,
        }
    }

    /// Its body.
    pub(super) fn to_json(&self) -> Value {
        let mut body = Map::new();
        let status = match self.judged {
            Ok(_) => "completed",
            Err(_) => "error",
        };
        body.insert("status".into(), status.into());
        if let Ok(judged) = self.judged {
            body.insert("decision".into(), judged.decision.as_str().into());
        }
        let kind = self.asked.kind.map(|kind| kind.as_str());
        let kind = kind.or(self.asked.unknown.as_deref()).unwrap_or_default();
        body.insert("kind".into(), kind.into());
        body.insert("scan_id".into(), self.scan_id.as_str().into());
        if let (Ok(_), Some(id)) = (self.judged, &self.asked.request_id) {
            body.insert("request_id".into(), id.as_str().into());
        }
        let millis = u64::try_from(self.duration.as_millis()).unwrap_or(u64::MAX);
        if millis > 0 {
            body.insert("duration_ms".into(), millis.into());
        }
        body.insert("engine_version".into(), self.engine_version.into());
        match self.judged {
            Ok(judged) if judged.findings.is_empty() => {}
            Ok(judged) => {
                let findings: Vec<Value> = judged.findings.iter().map(Finding::to_json).collect();
                body.insert("findings".into(), findings.into());
            }
            Err(code) => {
                body.insert("errors".into(), json!([code.to_json()]));
            }
        }
        Value::Object(body)
    }

    /// What those who watch are told.
    pub(super) fn event(&self) -> Scan {
        let kind = match (self.asked.kind, self.judged) {
            (Some(kind), _) => kind.as_str(),
            (None, Err(ErrorCode::InvalidKind)) => "unknown",
            (None, _) => "",
        };
        let (decision, findings, error) = match self.judged {
            Ok(judged) => (judged.decision, judged.findings.as_slice(), None),
            Err(code) => (ScanDecision::Error, &[][..], Some(*code)),
        };
        Scan {
            scan_id: Clean::text(&OwnWords, &self.scan_id),
            kind,
            decision,
            status: error.map_or(200, ErrorCode::status),
            error: error.map(ErrorCode::as_str),
            findings: findings.iter().map(Finding::event).collect(),
            duration: self.duration,
        }
    }
}

impl ErrorCode {
    fn to_json(self) -> Value {
        json!({
            "code": self.as_str(),
            "message": self.message(),
            "retryable": self.retryable(),
        })
    }
}

impl Finding {
    fn to_json(&self) -> Value {
        let mut finding = json!({
            "scanner": self.scanner,
            "rule_id": self.rule.as_str(),
            "severity": self.severity.as_str(),
            "message": self.message.as_str(),
        });
        if let Some(place) = &self.place {
            finding["evidence"] = place.to_json();
        }
        finding["action"] = self.action.as_str().into();
        finding
    }

    fn event(&self) -> ScanFinding {
        ScanFinding {
            scanner: self.scanner,
            rule: self.rule.clone(),
            severity: self.severity,
        }
    }
}

impl Place {
    fn to_json(&self) -> Value {
        let mut evidence = json!({ "encoding": self.encoding });
        if let Some(confidence) = self.confidence {
            evidence["confidence"] = confidence.into();
        }
        if let Some(span) = &self.span {
            evidence["start"] = span.start.into();
            evidence["end"] = span.end.into();
        }
        evidence
    }
}
