//! Findings that are no match of a body or header: a reason and what to do about it.

use crate::case::Resolved;
use crate::{Evidence, EvidenceKind, Snapshot};
use pipelock_model::{Action, Clean, Confidence, EventKind, Label, Severity, View};
use pipelock_policy::Enforcement;

/// One of them. Whoever gets it refuses or tells of it.
#[derive(Debug)]
pub(crate) struct Note {
    pub(crate) label: Label,
    pub(crate) reason: String,
    resolved: Resolved,
}

impl Note {
    pub(crate) const fn new(label: Label, reason: String, resolved: Resolved) -> Self {
        Self {
            label,
            reason,
            resolved,
        }
    }

    /// True when what it is about must not pass.
    pub(crate) fn stops(&self) -> bool {
        self.resolved.action == Action::Block
    }

    /// It as a finding of a judgement without traffic.
    pub(crate) fn evidence(&self) -> Evidence {
        Evidence {
            id: Clean::constant(self.label.as_str()),
            name: Clean::constant("Payment Address"),
            kind: EvidenceKind::Dlp,
            severity: Severity::High,
            confidence: Confidence::Medium,
            view: View::Plain,
            span: None,
            core: false,
            action: self.resolved.action,
            would_block: self.resolved.would == Some(Action::Block),
            suppressed: false,
        }
    }

    /// What the observers hear of one that passes.
    pub(crate) fn event(&self, snapshot: &Snapshot) -> EventKind {
        EventKind::Anomaly {
            label: Some(self.label),
            reason: Clean::text(&snapshot.redactor(), &self.reason),
            score: 0.7,
            would_block: self.resolved.would,
        }
    }
}

/// What becomes of a wish where no rule and no confidence has a say.
pub(crate) fn resolve_wish(snapshot: &Snapshot, wish: Action) -> Resolved {
    let enforced = snapshot.policy.enforcement == Enforcement::Enforce;
    if enforced || !wish.acts() {
        return Resolved {
            action: wish,
            would: None,
        };
    }
    Resolved {
        action: Action::Warn,
        would: Some(wish),
    }
}
