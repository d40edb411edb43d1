//! Judging without acting: no charge, no record, no enforcement.

use crate::resolve::{self, Address};
use crate::{Resolver, Snapshot};
use pipelock_detect::url::{self, Target};
use pipelock_model::event::Matched;
use pipelock_model::{Clean, Label};

/// What the pipeline says of a URL.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// The layer that refuses, and why; nothing when it would pass.
    pub denied: Option<(Label, Clean)>,
    /// 0 to 1.
    pub score: f64,
    /// What the operator could change.
    pub hint: Option<Clean>,
    /// Patterns that matched and only warn.
    pub warned: Vec<Matched>,
}

impl Snapshot {
    /// Judges a URL as a request for it would be judged, without acting.
    pub async fn assess_url(&self, raw: &str, resolver: &dyn Resolver) -> Assessment {
        let target = match Target::parse(raw) {
            Ok(target) => target,
            Err(error) => {
                return self.denied(error.label(), &error.reason(), 1.0, None, Vec::new());
            }
        };
        let report = url::judge(&target, &self.policy.url, &self.engine);
        let warned = report.warned.iter();
        let warned: Vec<_> = warned
            .map(|finding| crate::case::matched(self.engine.rule(finding.rule)))
            .collect();
        if let Some(block) = report.blocked {
            return self.denied(
                block.label,
                &block.reason,
                block.score,
                Some(&target),
                warned,
            );
        }
        let refused = match resolve::lookup(&target, resolver).await {
            Err(reason) => Some((Label::Ssrf, reason)),
            Ok(addrs) => match resolve::check(&target, &addrs, &self.policy.addresses) {
                Address::Allowed => None,
                Address::Refused(label, reason) => Some((label, reason)),
            },
        };
        match refused {
            Some((label, reason)) => self.denied(label, &reason, 1.0, Some(&target), warned),
            None => Assessment {
                denied: None,
                score: 0.0,
                hint: None,
                warned,
            },
        }
    }

    fn denied(
        &self,
        label: Label,
        reason: &str,
        score: f64,
        target: Option<&Target>,
        warned: Vec<Matched>,
    ) -> Assessment {
        let redactor = self.redactor();
        Assessment {
            denied: Some((label, Clean::text(&redactor, reason))),
            score,
            hint: Some(Clean::text(&redactor, &url::hint(label, target))),
            warned,
        }
    }
}
