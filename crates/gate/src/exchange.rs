//! One permitted exchange: its bodies, its answer, its end.

use crate::case::matched;
use crate::crossing::Sender;
use crate::gate::Shared;
use crate::inspection::{Answer, Cut, Direction, Inspection, Plan};
use crate::media::Media;
use crate::note::Note;
use crate::verdict::{Opening, Passage};
use crate::{Denial, DenialBody, Judged, Snapshot};
use pipelock_detect::engine::{Kinds, Outcome as ScanOutcome};
use pipelock_detect::url::{self, Target};
use pipelock_model::event::{Matched, SniCategory, Subject, Totals, Uninspected, UpstreamFailure};
use pipelock_model::http::{Fields, RequestHead, ResponseHead};
use pipelock_model::{Clean, EventKind, Finding, Label, Reason, RequestId, Transport};
use pipelock_policy::{Enforcement, Opaque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What an exchange and its inspections share.
pub(crate) struct Core {
    pub(crate) shared: Arc<Shared>,
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) subject: Subject,
    pub(crate) target: Target,
    started: Duration,
    rate_taken: AtomicBool,
    released: Released,
    ledger: Mutex<Ledger>,
}

/// What was given to the transport: the record of an exchange that was cut.
#[derive(Debug, Default)]
struct Released {
    up: AtomicU64,
    down: AtomicU64,
    /// Status of the answer, once bytes of its body may have left.
    status: AtomicU16,
    answer: AtomicU16,
}

/// What became known on the way.
#[derive(Default)]
struct Ledger {
    /// The first denial after the head.
    denial: Option<Denial>,
    /// Random bits that were charged.
    weighed: f64,
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core")
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

impl Core {
    pub(crate) fn new(
        shared: Arc<Shared>,
        snapshot: Arc<Snapshot>,
        subject: Subject,
        target: Target,
        started: Duration,
        rate_taken: bool,
    ) -> Arc<Self> {
        let ledger = Mutex::new(Ledger::default());
        let rate_taken = AtomicBool::new(rate_taken);
        Arc::new(Self {
            rate_taken,
            released: Released::default(),
            shared,
            snapshot,
            subject,
            target,
            started,
            ledger,
        })
    }

    pub(crate) fn emit(&self, kind: EventKind) {
        self.shared.emit(Some(self.subject.clone()), kind);
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses after the head. The event follows at the close, with the totals.
    pub(crate) fn deny(&self, status: u16, label: Label, reason: &str) -> Denial {
        let snapshot = &self.snapshot;
        let redactor = snapshot.redactor();
        let body = match (self.subject.transport, status) {
            (Transport::Connect, 403) => DenialBody::Connect,
            (_, 403 | 429) => DenialBody::Blocked,
            _ => DenialBody::Plain,
        };
        let hint = || Clean::text(&redactor, &url::hint(label, Some(&self.target)));
        let denial = Denial {
            status,
            reason: Reason {
                label,
                text: Clean::text(&redactor, reason),
            },
            hint: snapshot.policy.explain_blocks.then(hint),
            retry_after: (status == 503).then_some(1),
            request_id: self.subject.request_id,
            body,
        };
        self.ledger().denial.get_or_insert_with(|| denial.clone());
        denial
    }

    /// Counts what an inspection let go.
    pub(crate) fn released(&self, direction: Direction, bytes: u64) {
        let Released {
            up,
            down,
            status,
            answer,
        } = &self.released;
        match direction {
            Direction::Outbound => up.fetch_add(bytes, Ordering::Relaxed),
            Direction::Inbound => {
                status.store(answer.load(Ordering::Relaxed), Ordering::Relaxed);
                down.fetch_add(bytes, Ordering::Relaxed)
            }
        };
    }

    /// As [`Self::deny`], where nothing of the request was forwarded: its rate slot
    /// is given back.
    pub(crate) fn deny_unsent(&self, status: u16, label: Label, reason: &str) -> Denial {
        if self.rate_taken.swap(false, Ordering::Relaxed) {
            self.shared.give_rate_back(&self.target);
        }
        self.forget_crossing();
        self.deny(status, label, reason)
    }

    /// Takes note of random bits that were charged.
    pub(crate) fn weighed(&self, bits: f64) {
        self.ledger().weighed += bits;
    }

    /// What went nowhere does not count as sent.
    fn forget_crossing(&self) {
        let unsent = self.released.up.load(Ordering::Relaxed) == 0;
        if unsent && self.snapshot.policy.cross_request.is_some() {
            let bits = std::mem::take(&mut self.ledger().weighed);
            let (session, owner) = (self.subject.client_ip, self.subject.request_id.0);
            self.shared.crossing.forget(session, owner, bits);
        }
    }

    /// Who sends, for what is judged over several requests.
    pub(crate) fn sender(&self) -> Sender<'_> {
        Sender {
            snapshot: &self.snapshot,
            target: &self.target,
            session: self.subject.client_ip,
            owner: self.subject.request_id.0,
            now_ms: self.shared.now_ms(),
        }
    }

    /// Tells of notes, or refuses for the first that stops it.
    pub(crate) fn settle(&self, notes: impl IntoIterator<Item = Note>) -> Result<(), Denial> {
        for note in notes {
            if note.stops() {
                return Err(self.deny_unsent(403, note.label, &note.reason));
            }
            self.emit(note.event(&self.snapshot));
        }
        Ok(())
    }

    /// A head whose search ran out of budget: refused, or passed as unscanned.
    fn unfinished_head(&self) -> Result<(), Denial> {
        if self.snapshot.policy.enforcement == Enforcement::Enforce {
            return Err(self.deny(403, Label::ContentLimit, "scan budget exceeded"));
        }
        self.emit(EventKind::Unscanned {
            why: Uninspected::Oversize,
        });
        Ok(())
    }

    /// Public names of the rules behind findings, each once.
    pub(crate) fn names(&self, findings: &[Finding]) -> Vec<Matched> {
        let mut names: Vec<Matched> = Vec::new();
        for finding in findings {
            let name = matched(self.snapshot.engine.rule(finding.rule));
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    fn elapsed(&self) -> Duration {
        self.shared
            .ports
            .clock
            .monotonic()
            .saturating_sub(self.started)
    }

    fn charge(&self, bytes: u64) {
        if self.snapshot.policy.data_budget.is_some() && bytes > 0 {
            self.shared.charge_data(&self.target, bytes);
        }
    }
}

/// How an exchange ended, as the transport saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Both sides got all of it.
    Complete,
    /// The client went away.
    Downstream,
    /// The upstream failed.
    Upstream(UpstreamFailure),
    /// The gate refused after the head; the reason is known here.
    Denied,
    /// Idle or life time of a tunnel was reached, or the process drains.
    TimedOut,
}

/// What the transport tells at the end.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// Status that the client saw; 0 when none.
    pub status: u16,
    /// Body bytes from the client.
    pub bytes_up: u64,
    /// Body bytes to the client.
    pub bytes_down: u64,
    /// How it ended.
    pub ending: Ending,
}

/// A permitted exchange. Dropped without [`Exchange::close`] it is recorded as
/// aborted, with the kill switch as the reason when that is on.
#[derive(Debug)]
#[must_use = "an exchange that is not closed is recorded as aborted"]
pub struct Exchange {
    core: Arc<Core>,
    request: RequestFacts,
    answer: Answer,
    tunnel: bool,
    /// Bytes of a tunnel up and down, live.
    moved: (u64, u64),
    reported: u64,
    open: bool,
}

/// What the request head says about its body.
#[derive(Debug, Default)]
pub(crate) struct RequestFacts {
    pub(crate) coded: bool,
    pub(crate) streaming: bool,
    pub(crate) media: Media,
}

impl Exchange {
    pub(crate) fn new(core: Arc<Core>, head: &RequestHead) -> Self {
        let request = RequestFacts {
            coded: is_coded(&head.fields),
            streaming: is_lines(&head.fields),
            media: Media::of(&head.fields),
        };
        Self {
            core,
            request,
            answer: Answer::default(),
            tunnel: false,
            moved: (0, 0),
            reported: 0,
            open: true,
        }
    }

    /// Number of this exchange.
    #[must_use]
    pub fn request_id(&self) -> RequestId {
        self.core.subject.request_id
    }

    /// The settings that this exchange sees.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.core.snapshot
    }

    /// Starts the inspection of a body whose length is `expected`, where known.
    ///
    /// # Errors
    /// The denial, when a body of this coding or length may not pass at all.
    pub fn inspect(
        &self,
        direction: Direction,
        expected: Option<u64>,
    ) -> Result<Inspection, Denial> {
        let core = &self.core;
        let plan = match direction {
            Direction::Outbound => Plan::outbound(core, expected, &self.request)?,
            Direction::Inbound => Plan::inbound(core, expected, &self.answer),
        };
        Ok(Inspection::new(Arc::clone(core), direction, plan))
    }

    /// Judges an interim answer (1xx). One that holds an attack is left out; the
    /// final answer decides about the exchange.
    #[must_use]
    pub fn interim(&self, head: ResponseHead) -> Option<Judged<ResponseHead>> {
        let before = self.core.ledger().denial.clone();
        let judged = self.answer_fields(&head);
        self.core.ledger().denial = before;
        judged.is_ok().then(|| Judged::new(head))
    }

    /// Judges the head of the final answer. `has_body` is what its framing says.
    ///
    /// # Errors
    /// The denial, when its fields hold an attack or its body cannot be read.
    pub fn answer(
        &mut self,
        mut head: ResponseHead,
        has_body: bool,
    ) -> Result<Judged<ResponseHead>, Denial> {
        self.answer_fields(&head)?;
        self.core
            .released
            .answer
            .store(head.status, Ordering::Relaxed);
        // Only we speak in our name.
        head.fields.retain(|name, _| !is_ours(name));
        self.answer = Answer {
            events: media_type_is(&head.fields, b"text/event-stream"),
            lines: is_lines(&head.fields),
            unread: false,
        };
        if has_body && is_coded(&head.fields) {
            self.coded_answer()?;
        }
        Ok(Judged::new(head))
    }

    fn coded_answer(&mut self) -> Result<(), Denial> {
        let enforce = self.core.snapshot.policy.enforcement == Enforcement::Enforce;
        if enforce {
            let reason = "compressed response cannot be scanned";
            return Err(self.core.deny(403, Label::ResponseScan, reason));
        }
        self.core.emit(EventKind::Unscanned {
            why: Uninspected::Coding,
        });
        self.answer.unread = true;
        Ok(())
    }

    fn answer_fields(&self, head: &ResponseHead) -> Result<(), Denial> {
        let core = &self.core;
        let wishes = crate::inspection::inbound_wishes(core, false);
        let mut findings = Vec::new();
        if wishes.kinds != Kinds::NONE {
            let engine = &core.snapshot.engine;
            let values = head.fields.iter().map(|(_, value)| value);
            let judged = std::iter::once(&head.reason[..]).chain(values).all(|text| {
                engine.scan(wishes.kinds, text, &mut findings) == ScanOutcome::Complete
            });
            if !judged {
                core.unfinished_head()?;
            }
        }
        if findings.is_empty() {
            return Ok(());
        }
        // Nothing can be cut out of a head: what is to be stripped stops it.
        wishes
            .report(core, &findings, Cut::Impossible)
            .map_or(Ok(()), Err)
    }

    /// True when the answer is an event stream, as it is judged.
    #[must_use]
    pub const fn answers_events(&self) -> bool {
        self.answer.events
    }

    // --- tunnels ----------------------------------------------------------------

    /// Decides on the first bytes of a tunnel.
    ///
    /// # Errors
    /// The denial: another name than the CONNECT host, a protocol that may not
    /// pass, or silence.
    pub fn opening(&mut self, seen: Opening<'_>, peer: SocketAddr) -> Result<Passage, Denial> {
        let category = self.sni_category(seen);
        let shown = match seen {
            Opening::Hello {
                server_name: Some(name),
                ..
            } => name,
            _ => "",
        };
        let redactor = self.core.snapshot.redactor();
        let (connect_host, sni_host) = (
            Clean::text(&redactor, &self.core.target.host().to_string()),
            Clean::text(&redactor, shown),
        );
        let verdict = self.passage(seen, category, peer);
        let refused = verdict.is_err();
        self.core.emit(EventKind::Sni {
            category,
            connect_host,
            sni_host,
            refused,
        });
        if let Ok(passage) = &verdict {
            self.tunnel = true;
            self.core.emit(EventKind::TunnelOpen);
            if let Passage::Raw(why) = passage {
                self.core.emit(EventKind::Unscanned { why: *why });
            }
        }
        verdict
    }

    fn sni_category(&self, seen: Opening<'_>) -> SniCategory {
        match seen {
            Opening::Hello { server_name, .. } => match (server_name, self.core.target.host()) {
                (None, _) => SniCategory::NoExtension,
                // RFC 6066 forbids literals: a name for an address is another name.
                (Some(name), pipelock_model::http::Host::Name(host)) if **host == *name => {
                    SniCategory::Match
                }
                (Some(_), _) => SniCategory::Mismatch,
            },
            Opening::MalformedTls => SniCategory::MalformedTls,
            Opening::Http | Opening::Opaque | Opening::ServerFirst => SniCategory::NotTls,
            Opening::Silence => SniCategory::Timeout,
        }
    }

    fn passage(
        &self,
        seen: Opening<'_>,
        category: SniCategory,
        peer: SocketAddr,
    ) -> Result<Passage, Denial> {
        let core = &self.core;
        let Some(forward) = &core.snapshot.policy.forward else {
            return Err(core.deny(403, Label::Internal, "forward proxy is off"));
        };
        let verify = forward.sni_verification;
        let refuse = |reason: &str| Err(core.deny(403, Label::SniMismatch, reason));
        match seen {
            Opening::Hello {
                encrypted: true, ..
            } if forward.refuse_ech => refuse("encrypted ClientHello is refused"),
            Opening::Hello { .. } if verify && category == SniCategory::Mismatch => {
                refuse("SNI differs from the CONNECT host")
            }
            Opening::Hello { .. } => Ok(Passage::Raw(Uninspected::Tls)),
            // Odd bytes must not switch the checks off, whatever the settings say.
            Opening::MalformedTls => refuse("malformed TLS handshake"),
            Opening::Http => Ok(Passage::Http),
            Opening::Opaque | Opening::ServerFirst | Opening::Silence
                if self.opaque_may_pass(&forward.opaque, peer) =>
            {
                Ok(Passage::Raw(Uninspected::Opaque))
            }
            Opening::Silence => refuse("no bytes within the wait for a ClientHello"),
            Opening::Opaque | Opening::ServerFirst => Err(core.deny(
                403,
                Label::SniMismatch,
                "neither TLS nor HTTP inside CONNECT",
            )),
        }
    }

    /// True when this tunnel may carry a protocol that nobody reads.
    #[must_use]
    pub fn may_be_opaque(&self, peer: SocketAddr) -> bool {
        let forward = self.core.snapshot.policy.forward.as_ref();
        forward.is_some_and(|forward| self.opaque_may_pass(&forward.opaque, peer))
    }

    fn opaque_may_pass(&self, opaque: &Opaque, peer: SocketAddr) -> bool {
        match opaque {
            Opaque::Allow => true,
            Opaque::Refuse { hosts, networks } => {
                let name = self.core.target.host().to_string();
                hosts.contains(&(name, self.core.target.port()))
                    || networks.iter().any(|(cidr, port)| {
                        *port == peer.port() && cidr.contains(peer.ip().to_canonical())
                    })
            }
        }
    }

    /// The client left before its first byte: a tunnel all the same.
    pub fn opened_for_nothing(&mut self) {
        self.tunnel = true;
        self.core.emit(EventKind::TunnelOpen);
    }

    /// Takes note of the bytes that a tunnel moved so far.
    pub const fn moved(&mut self, up: u64, down: u64) {
        self.moved = (up, down);
    }

    /// Tells how far a running tunnel is.
    ///
    /// # Errors
    /// The denial, when it used up the data budget.
    pub fn progress(&mut self) -> Result<(), Denial> {
        let total = self.moved.0 + self.moved.1;
        let bytes = total.saturating_sub(self.reported);
        self.reported = total;
        self.core.charge(bytes);
        self.core.emit(EventKind::TunnelProgress { bytes });
        let policy = &self.core.snapshot.policy;
        let Some(limit) = policy.data_budget else {
            return Ok(());
        };
        let exceeded = self.core.shared.data_exceeded(&self.core.target, limit);
        if exceeded && policy.enforcement == Enforcement::Enforce {
            let reason = format!("data budget exceeded for {}", self.core.target.host());
            return Err(self.core.deny(403, Label::DataBudget, &reason));
        }
        Ok(())
    }

    /// Refuses for a cap of the transport (tunnels).
    pub fn refuse_capacity(&self, what: &'static str) -> Denial {
        self.core.deny_unsent(503, Label::ContentLimit, what)
    }

    /// Refuses a body that breaks HTTP, or that stalled (`status` 400 or 408).
    pub fn refuse_body(&self, status: u16, what: &'static str) -> Denial {
        self.core.deny(status, Label::Parser, what)
    }

    /// Refuses a switch to WebSocket, which is not spoken on this path yet.
    pub fn refuse_upgrade(&self) -> Denial {
        self.core.deny_unsent(
            501,
            Label::WsProtocol,
            "WebSocket upgrade is not supported on this path",
        )
    }

    // --- the end --------------------------------------------------------------------

    /// Bytes, status, how it ended.
    pub fn close(mut self, outcome: Outcome) {
        self.finish(outcome);
    }

    /// As [`Self::close`], for an exchange that its owner only lends.
    pub fn finish(&mut self, outcome: Outcome) {
        if !std::mem::replace(&mut self.open, false) {
            return;
        }
        let totals = Totals {
            status: outcome.status,
            bytes_up: outcome.bytes_up,
            bytes_down: outcome.bytes_down,
            duration: self.core.elapsed(),
            aborted: outcome.ending != Ending::Complete,
        };
        let denial = self.core.ledger().denial.take();
        if self.tunnel {
            let total = totals.bytes_up + totals.bytes_down;
            let unreported = total.saturating_sub(self.reported);
            self.core.charge(unreported);
            let cut = denial.as_ref().map(|denial| denial.reason.label);
            self.core.emit(EventKind::TunnelClose {
                totals,
                unreported,
                cut,
            });
        } else {
            self.core.charge(totals.bytes_down);
        }
        match (denial, outcome.ending) {
            (Some(denial), _) => {
                let Reason {
                    label,
                    text: reason,
                } = denial.reason;
                self.core.emit(EventKind::Blocked {
                    label,
                    reason,
                    totals,
                });
            }
            (None, Ending::Upstream(kind)) => self.core.emit(EventKind::Error {
                error: Clean::constant(describe(kind)),
                upstream: Some(kind),
                totals,
            }),
            (None, _) if !self.tunnel => self.core.emit(EventKind::ForwardHttp(totals)),
            (None, _) => {}
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        if !self.open {
            return;
        }
        if self.core.shared.ports.kill_switch.active().is_some() {
            self.core
                .deny(503, Label::KillSwitch, "cut by the kill switch");
        }
        let released = &self.core.released;
        let (status, up, down) = (
            released.status.load(Ordering::Relaxed),
            released.up.load(Ordering::Relaxed),
            released.down.load(Ordering::Relaxed),
        );
        self.finish(Outcome {
            status,
            bytes_up: self.moved.0.max(up),
            bytes_down: self.moved.1.max(down),
            ending: Ending::Downstream,
        });
    }
}

const fn describe(failure: UpstreamFailure) -> &'static str {
    match failure {
        UpstreamFailure::Connect => "upstream connection failed",
        UpstreamFailure::Timeout => "upstream timed out",
        UpstreamFailure::Protocol => "upstream answer breaks HTTP",
        UpstreamFailure::Reset => "upstream ended in the middle of an answer",
        UpstreamFailure::Coding => "upstream body coding is corrupt",
    }
}

fn is_ours(name: &str) -> bool {
    const PREFIX: &str = "x-pipelock-";
    name.get(..PREFIX.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
}

fn is_coded(fields: &Fields) -> bool {
    fields
        .tokens("Content-Encoding")
        .any(|token| !token.eq_ignore_ascii_case(b"identity"))
}

fn media_type_is(fields: &Fields, wanted: &[u8]) -> bool {
    fields.get("Content-Type").is_some_and(|value| {
        let essence = value.split(|byte| *byte == b';').next().unwrap_or_default();
        essence.trim_ascii().eq_ignore_ascii_case(wanted)
    })
}

/// Kinds whose unit is a line.
fn is_lines(fields: &Fields) -> bool {
    [
        &b"application/x-ndjson"[..],
        b"application/ndjson",
        b"application/jsonl",
        b"application/json-seq",
    ]
    .iter()
    .any(|kind| media_type_is(fields, kind))
}
