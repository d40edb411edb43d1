//! A body while it moves: what may go, what waits, what ends it.
//!
//! A state machine without I/O. The transport pushes chunks of at most 64 KiB and
//! writes what comes back; automaton state crosses chunk borders.

use crate::budget::Lease;
use crate::case::{Resolved, is_identity_field, resolve_action};
use crate::crossing::Traces;
use crate::exchange::{Core, RequestFacts};
use crate::media::Media;
use crate::{Denial, Judged};
use bytes::Bytes;
use pipelock_detect::engine::{Kinds, Outcome, Stream};
use pipelock_detect::rule::RuleKind;
use pipelock_model::event::Uninspected;
use pipelock_model::http::{Fields, ResponseHead};
use pipelock_model::{Action, Clean, EventKind, Finding, Label, RuleIndex};
use pipelock_policy::{Enforcement, Oversize, RequestInjection};
use std::sync::Arc;
use std::time::Duration;

mod outbound;
mod queue;
mod sample;
mod units;

pub use queue::Pieces;
use queue::Queue;
use sample::Sample;
use units::{Unit, Units};

/// How long the first hold of an exchange may wait for memory.
const ADMISSION_WAIT: Duration = Duration::from_secs(1);
/// Holds grow by this much.
const STEP: u64 = 64 * 1024;
/// What a hold takes before anything came: announced bytes are only promises.
const FIRST_STEP: u64 = 4 * 1024;

/// Which way a body goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the agent.
    Outbound,
    /// To the agent.
    Inbound,
}

/// What became of a chunk.
#[derive(Debug)]
pub enum Step {
    /// Bytes at the front of the queue may go.
    Release(Judged<Pieces>),
    /// Nothing may go yet.
    Wait,
    /// It ends here.
    Deny(Denial),
}

/// The end of a body that passed.
#[derive(Debug)]
pub struct Tail {
    /// Bytes that were still held.
    pub pieces: Pieces,
    /// Trailer fields.
    pub trailers: Option<Fields>,
    /// True when the body was rewritten: length and validators of the head are void.
    pub rewritten: bool,
}

/// What the head of an answer says about its body.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) events: bool,
    pub(crate) lines: bool,
    /// Coded, and let through unread on a detect-only instance.
    pub(crate) unread: bool,
}

/// What is looked for, and what a finding of each kind asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wishes {
    pub(crate) kinds: Kinds,
    injection: Action,
    dlp: Action,
    label: Label,
    direction: Direction,
    /// Findings on this host only warn.
    exempt: bool,
}

/// How bytes wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hold {
    /// Not read at all.
    Unread,
    /// Read and passed on.
    Never,
    /// Whole, up to this many bytes.
    Whole { limit: u64, beyond: Beyond },
    /// By the candidate rule.
    Candidate,
}

/// What happens when a body outgrows its hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beyond {
    Refuse,
    Stream,
}

/// How one body will be treated.
#[derive(Debug)]
pub(crate) struct Plan {
    hold: Hold,
    wishes: Wishes,
    unit: Unit,
    expected: u64,
    media: Media,
}

impl Plan {
    pub(crate) fn outbound(
        core: &Core,
        expected: Option<u64>,
        request_head: &RequestFacts,
    ) -> Result<Self, Denial> {
        let (coded, streaming) = (request_head.coded, request_head.streaming);
        let policy = &core.snapshot.policy;
        let enforce = policy.enforcement == Enforcement::Enforce;
        let Some(request) = &policy.request else {
            return Ok(outbound::unscanned(core, expected, request_head));
        };
        if coded && expected != Some(0) {
            if enforce {
                let reason = "compressed request body cannot be scanned";
                return Err(core.deny_unsent(403, Label::BodyDlp, reason));
            }
            core.emit(EventKind::Unscanned {
                why: Uninspected::Coding,
            });
            return Ok(Self::unread(Direction::Outbound));
        }
        let injection = match request.injection {
            RequestInjection::Off => Action::Allow,
            RequestInjection::Warn => Action::Warn,
            RequestInjection::Block => Action::Block,
            // Prompts belong into requests to a model.
            RequestInjection::Auto if outbound::goes_to_a_model(core) => Action::Warn,
            RequestInjection::Auto => Action::Block,
        };
        let wishes = Wishes {
            kinds: kinds_for(injection, request.action),
            injection,
            dlp: request.action,
            label: Label::BodyDlp,
            direction: Direction::Outbound,
            exempt: false,
        };
        let beyond = match request.oversize {
            Oversize::Block if request.action.acts() => Beyond::Refuse,
            _ => Beyond::Stream,
        };
        let too_long = expected.is_some_and(|length| length > request.max_body);
        if too_long && enforce && beyond == Beyond::Refuse {
            return Err(oversize(core, request.max_body));
        }
        let hold = if enforce && request.action.acts() {
            if streaming || too_long {
                Hold::Candidate
            } else {
                Hold::Whole {
                    limit: request.max_body,
                    beyond,
                }
            }
        } else {
            match outbound::hold_for_others(core, expected, streaming) {
                // Half an instruction harms nobody: the rest of the body need not wait.
                Hold::Never if enforce && injection.acts() => Hold::Candidate,
                hold => hold,
            }
        };
        Ok(Self {
            hold,
            wishes,
            unit: unit_of(false, streaming),
            expected: expected.unwrap_or(0),
            media: request_head.media.clone(),
        })
    }

    pub(crate) fn inbound(core: &Core, expected: Option<u64>, answer: &Answer) -> Self {
        let policy = &core.snapshot.policy;
        let response = &policy.response;
        if answer.unread || (answer.events && response.sse.is_none()) {
            if !answer.unread {
                core.emit(EventKind::Unscanned {
                    why: Uninspected::Disabled,
                });
            }
            return Self::unread(Direction::Inbound);
        }
        let wishes = inbound_wishes(core, answer.events);
        let strictest = wishes.injection.max(wishes.dlp);
        let enforce = policy.enforcement == Enforcement::Enforce;
        let fits = |limit: u64| expected.is_none_or(|length| length <= limit);
        let hold = match strictest {
            action if !enforce || !action.acts() => Hold::Never,
            _ if answer.events || answer.lines => Hold::Candidate,
            Action::Strip if fits(response.max_response) => Hold::Whole {
                limit: response.max_response,
                beyond: Beyond::Stream,
            },
            _ if response.hold > 0 && fits(response.hold) => Hold::Whole {
                limit: response.hold,
                beyond: Beyond::Stream,
            },
            _ => Hold::Candidate,
        };
        let mut unit = unit_of(answer.events, answer.lines);
        if let (Unit::Event { limit }, Some(sse)) = (&mut unit, &response.sse) {
            *limit = u64::try_from(sse.max_event).unwrap_or(u64::MAX);
        }
        if hold == Hold::Never {
            // Nothing waits, so nothing is cut at units either.
            unit = Unit::Chunk;
        }
        Self {
            hold,
            wishes,
            unit,
            expected: expected.unwrap_or(0),
            media: Media::Other,
        }
    }

    const fn unread(direction: Direction) -> Self {
        let wishes = Wishes {
            kinds: Kinds::NONE,
            injection: Action::Allow,
            dlp: Action::Allow,
            label: Label::Unscanned,
            direction,
            exempt: false,
        };
        Self {
            hold: Hold::Unread,
            wishes,
            unit: Unit::Chunk,
            expected: 0,
            media: Media::Other,
        }
    }
}

const fn unit_of(events: bool, lines: bool) -> Unit {
    match (events, lines) {
        (true, _) => Unit::Event { limit: 64 * 1024 },
        (false, true) => Unit::Line,
        (false, false) => Unit::Chunk,
    }
}

fn oversize(core: &Core, limit: u64) -> Denial {
    core.deny_unsent(
        403,
        Label::BodyDlp,
        &format!("request body exceeds {limit} bytes"),
    )
}

fn kinds_for(injection: Action, dlp: Action) -> Kinds {
    let mut kinds = Kinds::NONE;
    if injection != Action::Allow {
        kinds = kinds.union(Kinds::INJECTION);
    }
    if dlp != Action::Allow {
        kinds = kinds.union(Kinds::DLP);
    }
    kinds
}

/// What is looked for in an answer. The core floor stays on when scanning is off.
pub(crate) fn inbound_wishes(core: &Core, events: bool) -> Wishes {
    let response = &core.snapshot.policy.response;
    let exempt = response.exempt.matches(core.target.host()).is_some();
    let (injection, dlp) = match (&response.sse, events) {
        (Some(sse), true) => (sse.action, sse.action.max(response.dlp_action)),
        _ => (response.action, response.dlp_action),
    };
    // Exempt hosts are scanned all the same; a finding there only warns.
    let pin = |action: Action| {
        if exempt {
            action.min(Action::Warn)
        } else {
            action
        }
    };
    let kinds = if response.enabled {
        kinds_for(injection, dlp)
    } else {
        Kinds::CORE_INJECTION
    };
    let label = match (response.enabled, events) {
        (_, true) => Label::SseStream,
        (false, _) => Label::CoreResponse,
        (true, _) => Label::ResponseScan,
    };
    let direction = Direction::Inbound;
    Wishes {
        kinds,
        injection: pin(injection),
        dlp: pin(dlp),
        label,
        direction,
        exempt,
    }
}

impl Wishes {
    /// Tells the observers about findings; the denial when one must stop what
    /// carries it. Findings that will be cut out do not.
    pub(crate) fn report(&self, core: &Core, findings: &[Finding], cut: Cut) -> Option<Denial> {
        if findings
            .iter()
            .any(|finding| self.is_suppressed(core, finding))
        {
            self.exempt_event(core, "suppress");
        }
        let counts: Vec<Finding> = findings
            .iter()
            .filter(|finding| self.resolve(core, finding, cut).is_some())
            .cloned()
            .collect();
        let worst = counts
            .iter()
            .filter_map(|finding| self.resolve(core, finding, cut))
            .max_by_key(|resolved| (resolved.action, resolved.would))?;
        let matched = core.names(&counts);
        let (action, would_block) = (worst.action, worst.would);
        if self.exempt {
            self.exempt_event(core, "exempt_domain");
        }
        core.emit(match self.direction {
            Direction::Outbound => EventKind::BodyDlp {
                action,
                would_block,
                matched,
            },
            Direction::Inbound => EventKind::ResponseScan {
                action,
                would_block,
                matched,
            },
        });
        (action == Action::Block).then(|| self.deny(core, &counts, cut))
    }

    fn deny(&self, core: &Core, findings: &[Finding], cut: Cut) -> Denial {
        let leaks = |finding: &Finding| {
            let rule = core.snapshot.engine.rule(finding.rule);
            rule.kind == RuleKind::Dlp && self.does(core, finding, cut, Action::Block)
        };
        match self.direction {
            Direction::Outbound => {
                let reason = match findings.iter().any(leaks) {
                    true => "request body contains secret",
                    false => "request body contains prompt injection",
                };
                core.deny_unsent(403, self.label, reason)
            }
            Direction::Inbound => core.deny(403, self.label, "response contains injection"),
        }
    }

    fn exempt_event(&self, core: &Core, why: &'static str) {
        let host = core.target.host().to_string();
        let hostname = Clean::text(&core.snapshot.redactor(), &host);
        core.emit(EventKind::ResponseScanExempt { why, hostname });
    }

    fn is_suppressed(&self, core: &Core, finding: &Finding) -> bool {
        let rule = core.snapshot.engine.rule(finding.rule);
        core.snapshot.suppresses(rule, core.target.raw())
    }

    /// What becomes of a finding; nothing when a suppression or an exemption covers it.
    fn resolve(&self, core: &Core, finding: &Finding, cut: Cut) -> Option<Resolved> {
        let snapshot = &core.snapshot;
        let rule = snapshot.engine.rule(finding.rule);
        let wish = match rule.kind {
            RuleKind::Injection => self.injection,
            RuleKind::Dlp => self.dlp,
        };
        let exempt = rule.kind == RuleKind::Dlp
            && self.direction == Direction::Outbound
            && !rule.core
            && rule.exempt.matches(core.target.host()).is_some();
        if exempt || self.is_suppressed(core, finding) {
            return None;
        }
        let resolved = resolve_action(snapshot, rule, finding, wish);
        let possible = cut == Cut::Possible && finding.span.start != BEHIND_THE_BODY;
        Some(match resolved.action {
            // What cannot be cut out must not pass.
            Action::Strip if !possible => Resolved {
                action: Action::Block,
                ..resolved
            },
            _ => resolved,
        })
    }

    fn does(&self, core: &Core, finding: &Finding, cut: Cut, action: Action) -> bool {
        self.resolve(core, finding, cut)
            .is_some_and(|resolved| resolved.action == action)
    }
}

/// Whether matches can still be cut out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The body is held whole.
    Possible,
    /// It is on its way, or it is no body.
    Impossible,
}

/// Span of a finding in trailers.
const BEHIND_THE_BODY: u64 = u64::MAX;

/// The inspection of one body. Dropped without [`Inspection::end`], the body was
/// aborted.
#[derive(Debug)]
#[must_use = "a body that is not inspected must not be sent"]
pub struct Inspection {
    core: Arc<Core>,
    direction: Direction,
    wishes: Wishes,
    hold: Hold,
    stream: Stream,
    units: Units,
    queue: Queue,
    lease: Lease,
    findings: Vec<Finding>,
    fresh: Vec<Finding>,
    told: Vec<RuleIndex>,
    expected: u64,
    received: u64,
    /// The chunk that completed the announced length: it is judged with the end, so that
    /// a body in one piece is read once.
    last: Option<Bytes>,
    media: Media,
    /// The start of a body that is looked at again at its end.
    sample: Option<Sample>,
    /// What it leaves behind for later requests.
    traces: Traces,
    /// Some of it was not judged; `exhausted` once that was told.
    unfinished: bool,
    exhausted: bool,
}

impl Inspection {
    pub(crate) fn new(core: Arc<Core>, direction: Direction, plan: Plan) -> Self {
        let lease = core.shared.budget.lease(core.subject.client_ip);
        Self {
            stream: Stream::new(plan.wishes.kinds),
            units: Units::new(plan.unit),
            queue: Queue::default(),
            findings: Vec::new(),
            fresh: Vec::new(),
            told: Vec::new(),
            hold: plan.hold,
            wishes: plan.wishes,
            expected: plan.expected,
            received: 0,
            last: None,
            sample: outbound::sample_for(&core, &plan),
            traces: Traces::new(),
            media: plan.media,
            unfinished: false,
            exhausted: false,
            lease,
            core,
            direction,
        }
    }

    /// True while the body waits for its end: nothing of it may go before.
    #[must_use]
    pub const fn holds_whole(&self) -> bool {
        matches!(self.hold, Hold::Whole { .. })
    }

    /// Waits for memory before the first byte is read, at most a second. Nobody
    /// waits while holding some.
    ///
    /// # Errors
    /// 503 for a request body; an answer goes on as a stream instead.
    pub async fn admit(&mut self) -> Result<(), Denial> {
        let Hold::Whole { limit, .. } = self.hold else {
            return Ok(());
        };
        let first = self.expected.min(limit).clamp(1, FIRST_STEP);
        if self.lease.resize(first) {
            return Ok(());
        }
        // Boxed: nearly every body finds room at once.
        Box::pin(self.wait_for_room(first)).await
    }

    async fn wait_for_room(&mut self, first: u64) -> Result<(), Denial> {
        let budget = Arc::clone(self.lease.budget());
        let waited = tokio::time::timeout(ADMISSION_WAIT, async {
            loop {
                // Made before the try, so that no wake-up falls between.
                let freed = budget.freed();
                if self.lease.resize(first) {
                    return;
                }
                freed.await;
            }
        });
        if waited.await.is_ok() {
            Ok(())
        } else {
            self.out_of_memory()
        }
    }

    fn out_of_memory(&mut self) -> Result<(), Denial> {
        match self.direction {
            Direction::Outbound => {
                let reason = "memory for request bodies is used up";
                Err(self.core.deny_unsent(503, Label::ContentLimit, reason))
            }
            Direction::Inbound => self.go_on_as_stream(),
        }
    }

    /// Judges the next bytes.
    pub fn push(&mut self, chunk: Bytes) -> Step {
        if self.hold == Hold::Unread {
            return self.release(Pieces::one(chunk));
        }
        self.units.push(&chunk);
        if let Err(denial) = self.take_sample(&chunk) {
            return Step::Deny(denial);
        }
        if let Some(denial) = self.judge_last() {
            return Step::Deny(denial);
        }
        self.received += chunk.len() as u64;
        if self.received == self.expected && self.hold != Hold::Never {
            self.last = Some(chunk.clone());
        } else if let Some(denial) = self.judge_chunk(&chunk) {
            return Step::Deny(denial);
        }
        if self.hold == Hold::Never {
            return self.release(Pieces::one(chunk));
        }
        self.queue.push(chunk);
        if let Err(denial) = self.keep_within_limits() {
            return Step::Deny(denial);
        }
        self.release_safe()
    }

    /// It was not the last, or its end does not come.
    fn judge_last(&mut self) -> Option<Denial> {
        let last = self.last.take()?;
        self.judge_chunk(&last)
    }

    fn judge_chunk(&mut self, chunk: &[u8]) -> Option<Denial> {
        self.stream
            .push(&self.core.snapshot.engine, chunk, &mut self.fresh);
        self.judge_fresh()
    }

    fn release(&self, pieces: Pieces) -> Step {
        self.core.released(self.direction, pieces.len() as u64);
        Step::Release(Judged::new(pieces))
    }

    /// The body paused: a hold becomes a stream, and what holds no candidate goes.
    pub fn pause(&mut self) -> Step {
        if let Some(denial) = self.judge_last() {
            return Step::Deny(denial);
        }
        if self.direction == Direction::Inbound && self.holds_whole() && !self.rewriting() {
            self.hold = Hold::Candidate;
            return self.release_safe();
        }
        Step::Wait
    }

    fn rewriting(&self) -> bool {
        self.findings.iter().any(|finding| self.is_cut_out(finding))
    }

    fn is_cut_out(&self, finding: &Finding) -> bool {
        self.wishes
            .does(&self.core, finding, self.cut(), Action::Strip)
    }

    const fn cut(&self) -> Cut {
        if self.holds_whole() {
            Cut::Possible
        } else {
            Cut::Impossible
        }
    }

    /// Judges the end.
    ///
    /// # Errors
    /// The denial of a finding that only the end completed, or of the trailers.
    pub fn end(mut self, mut trailers: Option<Fields>) -> Result<Judged<Tail>, Denial> {
        if let Some(fields) = trailers
            .as_mut()
            .filter(|_| self.direction == Direction::Outbound)
        {
            // Servers that merge trailers would take them for fields of the head.
            fields.retain(|name, _| !is_identity_field(name));
        }
        if self.hold != Hold::Unread {
            let last = self.last.take().unwrap_or_default();
            self.stream
                .finish_with(&self.core.snapshot.engine, &last, &mut self.fresh);
            if let Some(fields) = &trailers {
                self.scan_trailers(fields);
            }
            self.judge_parts()?;
            if let Some(denial) = self.judge_fresh() {
                return Err(denial);
            }
        }
        if let Some(denial) = self.tell() {
            return Err(denial);
        }
        self.judge_sent()?;
        let rewritten = self.rewriting();
        let pieces = if rewritten {
            self.rewrite()
        } else {
            self.queue.take_all()
        };
        self.core.released(self.direction, pieces.len() as u64);
        Ok(Judged::new(Tail {
            pieces,
            trailers,
            rewritten,
        }))
    }

    fn scan_trailers(&mut self, fields: &Fields) {
        for (_, value) in fields.iter() {
            let before = self.fresh.len();
            let engine = &self.core.snapshot.engine;
            let outcome = engine.scan(self.wishes.kinds, value, &mut self.fresh);
            self.unfinished |= outcome != Outcome::Complete;
            // They lie behind the body: nothing there can be cut out.
            for finding in &mut self.fresh[before..] {
                finding.span = BEHIND_THE_BODY..BEHIND_THE_BODY;
            }
        }
    }

    /// Sorts new findings; the denial when one must stop the body.
    fn judge_fresh(&mut self) -> Option<Denial> {
        self.unfinished |= self.stream.exhausted();
        if self.unfinished
            && !std::mem::replace(&mut self.exhausted, true)
            && let Some(denial) = self.out_of_work()
        {
            return Some(denial);
        }
        if self.fresh.is_empty() {
            return None;
        }
        let stops = |finding: &Finding| {
            self.wishes
                .does(&self.core, finding, self.cut(), Action::Block)
        };
        let stop = self.fresh.iter().any(stops);
        self.keep_fresh();
        if stop {
            // A rule that was told of before stops it all the same.
            return Some(self.tell().unwrap_or_else(|| self.refuse()));
        }
        if !self.holds_whole() {
            // The end may never come, and the bytes are leaving: tell it now.
            return self.tell();
        }
        None
    }

    /// The denial of findings that were told.
    fn refuse(&self) -> Denial {
        self.wishes.deny(&self.core, &self.findings, self.cut())
    }

    /// A held body may be rewritten and needs every span; else one a rule will do.
    fn keep_fresh(&mut self) {
        let whole = self.holds_whole();
        for finding in self.fresh.drain(..) {
            if whole || self.findings.iter().all(|known| known.rule != finding.rule) {
                self.findings.push(finding);
            }
        }
    }

    /// Tells the observers about rules that they have not heard of.
    fn tell(&mut self) -> Option<Denial> {
        let mut news: Vec<Finding> = Vec::new();
        for finding in &self.findings {
            if !self.told.contains(&finding.rule) {
                news.push(finding.clone());
            }
        }
        self.told.extend(news.iter().map(|finding| finding.rule));
        if news.is_empty() {
            None
        } else {
            self.wishes.report(&self.core, &news, self.cut())
        }
    }

    fn out_of_work(&self) -> Option<Denial> {
        let enforce = self.core.snapshot.policy.enforcement == Enforcement::Enforce;
        let strictest = self.wishes.injection.max(self.wishes.dlp);
        if enforce && strictest.acts() {
            return Some(
                self.core
                    .deny(403, Label::ContentLimit, "scan budget exceeded"),
            );
        }
        self.core.emit(EventKind::Unscanned {
            why: Uninspected::Oversize,
        });
        None
    }

    fn keep_within_limits(&mut self) -> Result<(), Denial> {
        if let Some(limit) = self.units.oversize() {
            let reason = format!("event exceeds {limit} bytes");
            return Err(self.core.deny(403, self.wishes.label, &reason));
        }
        let held = self.queue.len();
        if let Hold::Whole { limit, beyond } = self.hold
            && held > limit
        {
            match beyond {
                Beyond::Refuse => return Err(oversize(&self.core, limit)),
                Beyond::Stream => self.go_on_as_stream()?,
            }
        }
        if !self.lease.resize(lease_for(held + self.sampled())) && self.holds_whole() {
            self.out_of_memory()?;
        }
        Ok(())
    }

    /// From here nothing can be cut out: a match that waited for that stops the body.
    fn go_on_as_stream(&mut self) -> Result<(), Denial> {
        let late = self.rewriting();
        self.hold = Hold::Candidate;
        if late {
            self.told.clear();
            return Err(self.tell().unwrap_or_else(|| self.refuse()));
        }
        Ok(())
    }

    fn release_safe(&mut self) -> Step {
        if self.holds_whole() {
            return Step::Wait;
        }
        let safe = self.units.boundary(self.stream.safe());
        let pieces = self.queue.take_until(safe);
        self.lease
            .resize(lease_for(self.queue.len() + self.sampled()));
        if pieces.is_empty() {
            Step::Wait
        } else {
            self.release(pieces)
        }
    }

    /// Cuts the matched spans out of the original bytes.
    fn rewrite(&mut self) -> Pieces {
        let body = self.queue.take_all().concat();
        let mut cuts: Vec<&Finding> = self
            .findings
            .iter()
            .filter(|finding| self.is_cut_out(finding))
            .collect();
        cuts.sort_by_key(|finding| (finding.span.start, finding.span.end));
        let mut out = Vec::with_capacity(body.len());
        let mut at = 0;
        for finding in cuts {
            let start = usize::try_from(finding.span.start)
                .unwrap_or(usize::MAX)
                .min(body.len());
            let end = usize::try_from(finding.span.end)
                .unwrap_or(usize::MAX)
                .min(body.len());
            if start >= at {
                out.extend_from_slice(&body[at..start]);
                let name = &self.core.snapshot.engine.rule(finding.rule).name;
                out.extend_from_slice(format!("[REDACTED: {name}]").as_bytes());
            }
            at = at.max(end);
        }
        out.extend_from_slice(&body[at..]);
        Pieces::one(Bytes::from(out))
    }
}

/// Memory for so many held bytes: in steps, small for small bodies.
const fn lease_for(held: u64) -> u64 {
    if held <= STEP {
        held.next_multiple_of(FIRST_STEP)
    } else {
        held.next_multiple_of(STEP)
    }
}

/// A body that ends early leaves its findings behind all the same.
impl Drop for Inspection {
    fn drop(&mut self) {
        // What must stop a body stopped it when it was found.
        let _ = self.tell();
    }
}

impl Judged<ResponseHead> {
    /// Takes out what a rewritten body voids: validators and digests. The length
    /// is the writer's own.
    pub fn void_validators(&mut self) {
        let fields = &mut self.get_mut().fields;
        for name in [
            "ETag",
            "Content-MD5",
            "Digest",
            "Repr-Digest",
            "Content-Digest",
            "Accept-Ranges",
            "Content-Range",
        ] {
            fields.remove(name);
        }
    }
}
