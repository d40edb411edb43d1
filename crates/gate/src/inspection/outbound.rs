//! What is judged of a request body once it is there: its structure, secrets that are
//! cut into its parts or into several requests, and payment addresses.

use super::sample::FIRST;
use super::{BEHIND_THE_BODY, Beyond, Direction, Hold, Inspection, Plan, Sample, lease_for};
use crate::Denial;
use crate::crossing::Lane;
use crate::exchange::{Core, RequestFacts};
use crate::media::{BadBody, Media};
use pipelock_detect::engine::Kinds;
use pipelock_model::{Action, Clean, EventKind, Label};
use pipelock_policy::Enforcement;

/// A start is kept of bodies with parts that are not held, and of all where more than
/// secrets in the body itself is looked for.
pub(super) fn sample_for(core: &Core, plan: &Plan) -> Option<Sample> {
    if plan.hold == Hold::Unread || plan.wishes.direction == Direction::Inbound {
        return None;
    }
    let held = matches!(plan.hold, Hold::Whole { .. });
    let parts = plan.media != Media::Other && plan.wishes.dlp != Action::Allow;
    (looks_further(core) || (parts && !held)).then(Sample::default)
}

fn looks_further(core: &Core) -> bool {
    let snapshot = &core.snapshot;
    snapshot.policy.cross_request.is_some() || snapshot.addresses.is_some()
}

/// How a body waits that no scan of it holds back: its start, while something that is
/// judged there may stop it.
pub(super) fn hold_for_others(core: &Core, expected: Option<u64>, streaming: bool) -> Hold {
    let policy = &core.snapshot.policy;
    let crossing = policy.cross_request.as_ref().is_some_and(|settings| {
        let entropy = settings.entropy.as_ref();
        settings.action.acts() || entropy.is_some_and(|budget| budget.action.acts())
    });
    let addresses = policy
        .address_protection
        .as_ref()
        .is_some_and(|settings| settings.lookalike.acts() || settings.unknown.acts());
    let enforced = policy.enforcement == Enforcement::Enforce;
    if enforced && (crossing || addresses) && !streaming && expected != Some(0) {
        return Hold::Whole {
            limit: FIRST as u64,
            beyond: Beyond::Stream,
        };
    }
    Hold::Never
}

/// True where prompts are expected in request bodies.
pub(super) fn goes_to_a_model(core: &Core) -> bool {
    let response = &core.snapshot.policy.response;
    let host = core.target.host();
    let lists = [&response.providers, &response.exempt];
    lists.iter().any(|hosts| hosts.matches(host).is_some())
}

/// A body that is not scanned itself.
pub(super) fn unscanned(core: &Core, expected: Option<u64>, head: &RequestFacts) -> Plan {
    let plan = Plan::unread(Direction::Outbound);
    if head.coded || !looks_further(core) {
        return plan;
    }
    Plan {
        hold: hold_for_others(core, expected, head.streaming),
        expected: expected.unwrap_or(0),
        ..plan
    }
}

impl Inspection {
    /// Keeps the start, and judges it before more of the body goes.
    pub(super) fn take_sample(&mut self, chunk: &[u8]) -> Result<(), Denial> {
        let Some(sample) = &mut self.sample else {
            return Ok(());
        };
        sample.push(chunk);
        let held = self.queue.len() + sample.held();
        if sample.is_longer() && !std::mem::replace(&mut sample.judged, true) {
            self.judge_start()?;
        }
        // Without memory it is not looked at again; what is in it was searched.
        if !self.holds_whole() && !self.lease.resize(lease_for(held)) {
            self.sample = None;
        }
        Ok(())
    }

    /// What the start of a body says.
    fn judge_start(&mut self) -> Result<(), Denial> {
        let Some(sample) = &self.sample else {
            return Ok(());
        };
        let core = &self.core;
        let start = sample.first();
        core.settle(core.snapshot.judge_addresses(start))?;
        if core.snapshot.policy.cross_request.is_some() {
            let crossing = &core.shared.crossing;
            let (notes, traces) = crossing.start(&core.sender(), Lane::Values, start);
            core.settle(notes)?;
            let (over, bits) = crossing.weigh(&core.sender(), start);
            core.weighed(bits);
            core.settle(over)?;
            self.traces = traces;
        }
        Ok(())
    }

    /// Judges addresses, and what the body adds to what the session sent before.
    pub(super) fn judge_sent(&mut self) -> Result<(), Denial> {
        let judged = self.sample.as_ref().is_none_or(|sample| sample.judged);
        if !judged {
            self.judge_start()?;
        } else if self.holds_whole() && self.core.snapshot.addresses.is_some() {
            let body = self.queue.whole();
            self.core
                .settle(self.core.snapshot.judge_addresses(&body))?;
        }
        let core = &self.core;
        if let Some(sample) = &self.sample
            && core.snapshot.policy.cross_request.is_some()
        {
            let crossing = &core.shared.crossing;
            let (notes, ends) = crossing.end(&core.sender(), Lane::Values, sample.end());
            core.settle(notes)?;
            let mut traces = std::mem::take(&mut self.traces);
            traces.extend(ends);
            crossing.keep(&core.sender(), traces);
        }
        Ok(())
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
