//! URLs.

use crate::resolve::{self, Address};
use crate::{Gate, Resolver, Snapshot, case};
use pipelock_detect::url::{self, Target};
use pipelock_model::event::Matched;
use pipelock_model::{Clean, Finding, Label, View};

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
    /// The form in which the pattern that refuses was found.
    pub view: Option<View>,
}

/// Whether a judgement takes a place in the rate window of its domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charge {
    /// It counts as a request.
    Request,
    /// It only asks.
    Nothing,
}

impl Gate {
    /// Judges a URL as [`Snapshot::assess_url`] does, and by the rate and data windows.
    pub async fn assess_url(&self, snapshot: &Snapshot, raw: &str, charge: Charge) -> Assessment {
        let resolver = &*self.shared.ports.resolver;
        let assessment = snapshot.assess_url(raw, resolver).await;
        if charge == Charge::Nothing || assessment.denied.is_some() {
            return assessment;
        }
        // What was assessed parses.
        let Ok(target) = Target::parse(raw) else {
            return assessment;
        };
        let policy = &snapshot.policy;
        let refuse = |label, words: &str| {
            let reason = format!("{words}{}", target.host());
            let warned = assessment.warned.clone();
            snapshot.denied(label, &reason, 0.7, Some(&target), warned)
        };
        if policy
            .rate
            .is_some_and(|limit| !self.shared.take_rate(&target, limit))
        {
            return refuse(Label::RateLimit, "rate limit exceeded for ");
        }
        if policy
            .data_budget
            .is_some_and(|limit| self.shared.data_exceeded(&target, limit))
        {
            return refuse(Label::DataBudget, "data budget exceeded for ");
        }
        assessment
    }
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
        let report = case::judge_url(self, &target);
        let (strict, warned): (Vec<_>, Vec<_>) = report
            .warned
            .iter()
            .partition(|finding| case::placeholders_block(self, finding));
        let names = |findings: Vec<&Finding>| {
            let rule = |finding: &Finding| self.engine.rule(finding.rule);
            findings
                .into_iter()
                .map(|finding| case::matched(rule(finding)))
                .collect()
        };
        if let Some(finding) = strict.first() {
            let (label, reason) = case::placeholder_block(self.engine.rule(finding.rule));
            return Assessment {
                view: Some(finding.view),
                ..self.denied(label, &reason, 1.0, Some(&target), names(warned))
            };
        }
        let warned = names(warned);
        if let Some(block) = report.blocked {
            return Assessment {
                view: block.finding.map(|finding| finding.view),
                ..self.denied(
                    block.label,
                    &block.reason,
                    block.score,
                    Some(&target),
                    warned,
                )
            };
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
                view: None,
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
            denied: Some((label, Clean::text(&redactor, &case::told(label, reason)))),
            score,
            hint: Some(Clean::text(&redactor, &url::hint(label, target))),
            warned,
            view: None,
        }
    }
}
