//! What leaves in several requests of one session: secrets in pieces, and more
//! randomness than its traffic needs.
//!
//! A session is an address: what a caller says of itself must not reset what it sent.
//! Limits: of a payload the first and the last 4 KiB are put together with others,
//! the first 64 KiB are weighed; a session has a bounded number of pieces.

mod joint;

use crate::Snapshot;
use crate::case::resolve_action;
use crate::note::{Note, resolve_wish};
use joint::Joint;
use pipelock_detect::url::Target;
use pipelock_model::{Action, Finding, Label};
use pipelock_policy::{Counted, EntropyBudget};
use pipelock_session::crossing::{
    EntropyBudgets, FRAGMENT, Fragment, FragmentKind, Fragments, Moment, Novelty,
};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(crate) use pipelock_session::crossing::Lane;

/// Sessions with a state of their own.
const SESSIONS: usize = 10_000;

/// Longest secret that is put together from more than two requests.
const CHAIN: usize = 512;

/// The state of all sessions.
pub(crate) struct Crossing {
    entropy: Mutex<EntropyBudgets>,
    fragments: Mutex<Fragments>,
}

/// Who sends, and under which settings.
#[derive(Clone, Copy)]
pub(crate) struct Sender<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) target: &'a Target,
    pub(crate) session: IpAddr,
    /// Number of the exchange.
    pub(crate) owner: u64,
    pub(crate) now_ms: u64,
}

/// What a payload leaves behind if it is forwarded.
pub(crate) type Traces = Vec<Fragment>;

impl Crossing {
    pub(crate) fn new() -> Self {
        Self {
            entropy: Mutex::new(EntropyBudgets::new(SESSIONS)),
            fragments: Mutex::new(Fragments::new(SESSIONS)),
        }
    }

    fn entropy(&self) -> MutexGuard<'_, EntropyBudgets> {
        self.entropy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fragments(&self) -> MutexGuard<'_, Fragments> {
        self.fragments
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Judges a whole payload against what the session sent before.
    pub(crate) fn pieces(
        &self,
        sender: &Sender<'_>,
        lane: Lane,
        payload: &[u8],
    ) -> (Vec<Note>, Traces) {
        let (mut notes, mut traces) = self.start(sender, lane, payload);
        let (more, ends) = self.end(sender, lane, payload);
        notes.extend(more);
        traces.extend(ends);
        (notes, traces)
    }

    /// Judges the start of a payload: whether it is the rest of a secret.
    pub(crate) fn start(
        &self,
        sender: &Sender<'_>,
        lane: Lane,
        start: &[u8],
    ) -> (Vec<Note>, Traces) {
        let mut traces = Traces::new();
        let Some(moment) = sender.fragment_moment() else {
            return (Vec::new(), traces);
        };
        let mut found = Vec::new();
        // Taken out of the lock: the search takes longer than the look.
        let earlier = self.fragments().live(sender.session, lane, moment);
        for fragment in earlier.iter().filter(|one| one.kind != FragmentKind::Head) {
            let joint = Joint::search(&sender.snapshot.engine, &fragment.text, start);
            // What was found needs no more pieces, and a chain must not grow for ever.
            let open = joint.live.filter(|_| joint.found.is_empty());
            let text =
                open.map(|from| [fragment.text.get(from..).unwrap_or_default(), start].concat());
            if let Some(text) = text.filter(|text| text.len() <= CHAIN) {
                traces.push(Fragment {
                    kind: FragmentKind::Chain,
                    lane,
                    at_ms: fragment.at_ms,
                    owner: sender.owner,
                    text: text.into(),
                });
            }
            found.extend(joint.found);
        }
        if let Some(head) = joint::head(start) {
            traces.push(sender.fragment(FragmentKind::Head, lane, head));
        }
        (sender.notes(found), traces)
    }

    /// Judges the end of a payload: whether a secret begins there whose rest was sent
    /// before.
    pub(crate) fn end(&self, sender: &Sender<'_>, lane: Lane, end: &[u8]) -> (Vec<Note>, Traces) {
        let mut traces = Traces::new();
        let Some(moment) = sender.fragment_moment() else {
            return (Vec::new(), traces);
        };
        let engine = &sender.snapshot.engine;
        let Some((kind, tail)) = joint::tail(engine, end) else {
            return (Vec::new(), traces);
        };
        let mut found = Vec::new();
        if kind == FragmentKind::Live {
            let earlier = self.fragments().live(sender.session, lane, moment);
            for fragment in earlier.iter().filter(|one| one.kind == FragmentKind::Head) {
                found.extend(Joint::search(engine, tail, &fragment.text).found);
            }
        }
        traces.push(sender.fragment(kind, lane, tail));
        (sender.notes(found), traces)
    }

    /// Remembers what was forwarded.
    pub(crate) fn keep(&self, sender: &Sender<'_>, traces: Traces) {
        let settings = sender.snapshot.policy.cross_request.as_ref();
        let Some((settings, moment)) = settings
            .and_then(|settings| settings.fragments)
            .zip(sender.fragment_moment())
        else {
            return;
        };
        if traces.is_empty() {
            return;
        }
        let mut fragments = self.fragments();
        for trace in traces {
            fragments.keep(sender.session, trace, settings.buffer, moment);
        }
    }

    /// Weighs a payload, and charges it unless that must not pass. Returns the bits.
    pub(crate) fn weigh(&self, sender: &Sender<'_>, payload: &[u8]) -> (Option<Note>, f64) {
        let Some(budget) = sender.budget().filter(|_| !payload.is_empty()) else {
            return (None, 0.0);
        };
        let resolved = resolve_wish(sender.snapshot, budget.action);
        let novelty = match budget.count {
            Counted::Novel => Novelty::Novel,
            Counted::All => Novelty::All,
        };
        let moment = sender.moment(budget.window);
        let passes = |used: f64| used < budget.bits || resolved.action != Action::Block;
        let mut entropy = self.entropy();
        let charge = entropy.charge(sender.session, moment, payload, novelty, passes);
        drop(entropy);
        let exceeded = charge.bits > 0.0 && charge.used >= budget.bits;
        let note = exceeded.then(|| over_budget(sender.snapshot, budget, charge.used));
        let charged = if passes(charge.used) {
            charge.bits
        } else {
            0.0
        };
        (note, charged)
    }

    /// Looks whether the budget is used up, for what carries nothing to weigh.
    pub(crate) fn is_spent(&self, sender: &Sender<'_>) -> Option<Note> {
        let budget = sender.budget()?;
        let moment = sender.moment(budget.window);
        let used = self.entropy().used(sender.session, moment);
        (used >= budget.bits).then(|| over_budget(sender.snapshot, budget, used))
    }

    /// Forgets what a request left that went nowhere.
    pub(crate) fn forget(&self, session: IpAddr, owner: u64, bits: f64) {
        self.fragments().forget(session, owner);
        if bits > 0.0 {
            self.entropy().give_back(session, bits);
        }
    }
}

fn over_budget(snapshot: &Snapshot, budget: &EntropyBudget, used: f64) -> Note {
    Note::new(
        Label::CrossRequestEntropy,
        format!("entropy budget exceeded: {used:.0}/{:.0} bits", budget.bits),
        resolve_wish(snapshot, budget.action),
    )
}

impl Sender<'_> {
    fn moment(&self, window: Duration) -> Moment {
        Moment {
            now_ms: self.now_ms,
            window_ms: u64::try_from(window.as_millis()).unwrap_or(u64::MAX),
        }
    }

    /// `None` while pieces are not looked for.
    fn fragment_moment(&self) -> Option<Moment> {
        let settings = self.snapshot.policy.cross_request.as_ref()?.fragments?;
        Some(self.moment(settings.window))
    }

    /// `None` where nothing is weighed.
    fn budget(&self) -> Option<&EntropyBudget> {
        let budget = self
            .snapshot
            .policy
            .cross_request
            .as_ref()?
            .entropy
            .as_ref()?;
        let exempt = budget.exempt.matches(self.target.host()).is_some();
        (!exempt).then_some(budget)
    }

    fn fragment(&self, kind: FragmentKind, lane: Lane, text: &[u8]) -> Fragment {
        Fragment {
            kind,
            lane,
            at_ms: self.now_ms,
            owner: self.owner,
            text: text[text.len().saturating_sub(FRAGMENT)..].into(),
        }
    }

    /// One note a rule, without what the operator's file silences here.
    fn notes(&self, mut found: Vec<Finding>) -> Vec<Note> {
        let Some(settings) = &self.snapshot.policy.cross_request else {
            return Vec::new();
        };
        found.sort_by_key(|finding| (finding.rule, std::cmp::Reverse(finding.confidence)));
        found.dedup_by_key(|finding| finding.rule);
        let mut notes = Vec::new();
        for finding in found {
            let rule = self.snapshot.engine.rule(finding.rule);
            let exempt = !rule.core && rule.exempt.matches(self.target.host()).is_some();
            if exempt || self.snapshot.suppresses(rule, self.target.raw()) {
                continue;
            }
            let resolved = resolve_action(self.snapshot, rule, &finding, settings.action);
            let reason = format!("cross-request secret detected: {}", rule.name);
            notes.push(Note::new(Label::CrossRequestFragment, reason, resolved));
        }
        notes
    }
}
