//! What is judged of a request body once it is there: its structure, and secrets
//! that are cut into its parts.

use super::{BEHIND_THE_BODY, Hold, Inspection, Plan, Sample, lease_for};
use crate::Denial;
use crate::media::{BadBody, Media};
use pipelock_detect::engine::Kinds;
use pipelock_model::{Action, Clean, EventKind, Label};
use pipelock_policy::Enforcement;

/// A start is kept of bodies with parts that are not held.
pub(super) fn sample_for(plan: &Plan) -> Option<Sample> {
    let held = matches!(plan.hold, Hold::Whole { .. } | Hold::Unread);
    let wanted = plan.media != Media::Other && plan.wishes.dlp != Action::Allow;
    (wanted && !held).then(Sample::default)
}

impl Inspection {
    pub(super) fn take_sample(&mut self, chunk: &[u8]) {
        let Some(sample) = &mut self.sample else {
            return;
        };
        sample.push(chunk);
        // Without memory it is not looked at again; what is in it was searched.
        let held = self.queue.len() + sample.held();
        if !self.holds_whole() && !self.lease.resize(lease_for(held)) {
            self.sample = None;
        }
    }

    /// Bytes of the sample.
    pub(super) fn sampled(&self) -> u64 {
        self.sample.as_ref().map_or(0, Sample::held)
    }

    /// Looks at the parts of a body that was held, or short.
    pub(super) fn judge_parts(&mut self) -> Result<(), Denial> {
        if self.media == Media::Other || self.wishes.dlp == Action::Allow {
            return Ok(());
        }
        let held = self.holds_whole().then(|| self.queue.whole());
        let sample = self.sample.as_ref().and_then(Sample::whole);
        let Some(body) = held.as_deref().or(sample) else {
            return Ok(());
        };
        let parts = match self.media.parts(body) {
            Ok(parts) => parts,
            Err(bad) => return self.malformed(bad),
        };
        let texts: Vec<&[u8]> = parts.texts.iter().map(|text| &**text).collect();
        let engine = &self.core.snapshot.engine;
        let first = self.fresh.len();
        // The engine tries a bounded number of ways to put parts together; that there
        // are more says nothing about the body.
        let _ = engine.scan_parts(Kinds::DLP, &texts, parts.order, &mut self.fresh);
        // Offsets into the parts are none of the body.
        for finding in self.fresh.iter_mut().skip(first) {
            finding.span = BEHIND_THE_BODY..BEHIND_THE_BODY;
        }
        Ok(())
    }

    /// Refuses a body that is not what its type says, where a finding in it would be
    /// refused, and tells of it otherwise.
    fn malformed(&self, bad: BadBody) -> Result<(), Denial> {
        let core = &self.core;
        let acts = self.wishes.dlp.acts();
        let enforced = core.snapshot.policy.enforcement == Enforcement::Enforce;
        if acts && enforced {
            return Err(core.deny_unsent(403, Label::BodyDlp, bad.as_str()));
        }
        core.emit(EventKind::Anomaly {
            label: Some(Label::BodyDlp),
            reason: Clean::constant(bad.as_str()),
            score: 0.3,
            would_block: acts.then_some(Action::Block),
        });
        Ok(())
    }
}
