//! Answers of our own: refusals, health, metrics.

use pipelock_gate::{Denial, DenialBody};
use pipelock_model::Label;
use pipelock_model::http::RequestHead;
use std::net::SocketAddr;

/// An answer of ours. It never carries bytes of a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Media type.
    pub content_type: &'static str,
    /// Further fields.
    pub fields: Vec<(&'static str, String)>,
    /// Body.
    pub body: String,
}

const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";

impl Reply {
    /// A text reply: the sentence and a line feed.
    #[must_use]
    pub fn text(status: u16, sentence: &str) -> Self {
        Self {
            status,
            content_type: TEXT,
            fields: vec![("X-Content-Type-Options", "nosniff".into())],
            body: format!("{sentence}\n"),
        }
    }

    /// A JSON reply.
    #[must_use]
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self {
            status,
            content_type: JSON,
            fields: Vec::new(),
            body: format!("{body}\n"),
        }
    }

    /// Another field.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// A refusal, in JSON when the client asked for it (`proxy.md` §1.5).
    #[must_use]
    pub fn refusal(denial: &Denial, json: bool) -> Self {
        let reason = denial.reason.text.as_str();
        let reply = match denial.body {
            DenialBody::KillSwitch => Self::json(
                denial.status,
                &serde_json::json!({"error": "kill_switch_active", "message": reason}),
            ),
            _ if json => Self::json(denial.status, &refusal_object(denial)),
            DenialBody::Blocked => Self::text(denial.status, &format!("blocked: {reason}")),
            DenialBody::Connect => Self::text(denial.status, &format!("CONNECT blocked: {reason}")),
            DenialBody::Plain => Self::text(denial.status, reason),
        };
        let mut reply = reply
            .with("X-Pipelock-Request-Id", denial.request_id.to_string())
            .with("X-Pipelock-Blocked", "1")
            .with("X-Pipelock-Block-Layer", denial.reason.label.as_str());
        if let Some(hint) = &denial.hint {
            reply = reply.with("X-Pipelock-Hint", one_line(hint.as_str()));
        }
        if let Some(seconds) = denial.retry_after {
            reply = reply.with("Retry-After", seconds.to_string());
        }
        reply
    }

    /// An upstream that failed.
    #[must_use]
    pub fn upstream_failure(sentence: &str, timed_out: bool) -> Self {
        Self::text(if timed_out { 504 } else { 502 }, sentence)
    }
}

fn refusal_object(denial: &Denial) -> serde_json::Value {
    let mut object = serde_json::json!({
        "blocked": true,
        "block_reason": denial.reason.text.as_str(),
        "layer": denial.reason.label.as_str(),
        "request_id": denial.request_id.to_string(),
    });
    if let (Some(hint), Some(map)) = (&denial.hint, object.as_object_mut()) {
        map.insert("hint".into(), hint.as_str().into());
    }
    if let (Label::Parser, Some(map)) = (denial.reason.label, object.as_object_mut()) {
        map.insert("error".into(), denial.reason.text.as_str().into());
    }
    object
}

fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() || !c.is_ascii() {
                ' '
            } else {
                c
            }
        })
        .collect()
}

/// Routes that a listener answers itself, for origin-form targets only: an
/// absolute target whose path looks like one is traffic.
pub trait OwnRoutes: Send + Sync {
    /// The answer, or nothing when the path is not ours.
    fn answer(&self, head: &RequestHead, peer: SocketAddr) -> Option<Reply>;
}
