//! Building the gate, and its one door.

use crate::addresses;
use crate::case::Case;
use crate::crossing::Crossing;
use crate::stages::{HEAD, Stage};
use crate::{Budget, Clock, Denial, DenialBody, KillSwitch, Observer, Recorder, Resolver, Verdict};
use arc_swap::ArcSwap;
use pipelock_detect::crypto_address::AddressBook;
use pipelock_detect::engine::Engine;
use pipelock_detect::redact::Redact;
use pipelock_detect::rule::Rule;
use pipelock_detect::url::Target;
use pipelock_model::event::{Subject, Totals};
use pipelock_model::http::{Origin, RequestHead};
use pipelock_model::{
    Caller, Clean, Event, EventKind, Label, Reason, Redactor as _, RequestId, Transport,
};
use pipelock_policy::{AgentName, Policy};
use pipelock_session::{DataBudgets, RateWindows};
use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroU64};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Keys of rate and data windows at a time; more share one bucket.
const MAX_KEYS: usize = 10_000;

/// Settings and engine that one exchange sees.
pub struct Snapshot {
    /// Settings.
    pub policy: Policy,
    /// Rules, compiled.
    pub engine: Engine,
    /// Payment addresses that may be used; absent: none are looked for.
    pub(crate) addresses: Option<AddressBook>,
}

impl Snapshot {
    /// Builds the engine of a policy.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self::with_known(policy, Vec::new())
    }

    /// As [`Self::new`], with rules for values that whoever builds it knows: what was
    /// read of the environment and of the file of secrets.
    #[must_use]
    pub fn with_known(policy: Policy, known: Vec<Rule>) -> Self {
        let engine = Engine::new(policy.rules.clone().with_more(known));
        let addresses = policy.address_protection.as_ref().map(addresses::book);
        Self {
            policy,
            engine,
            addresses,
        }
    }

    pub(crate) const fn redactor(&self) -> Redact<'_> {
        Redact {
            engine: &self.engine,
        }
    }
}

/// What the gate asks outside.
pub struct Ports {
    /// Names to addresses.
    pub resolver: Arc<dyn Resolver>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Emergency stop.
    pub kill_switch: Arc<dyn KillSwitch>,
    /// Log and metrics.
    pub observer: Arc<dyn Observer>,
    /// Evidence; absent until one is configured.
    pub recorder: Option<Arc<dyn Recorder>>,
}

/// The way a head came in, with what that way already fixed.
#[derive(Debug, Clone, Copy)]
pub enum Ingress<'a> {
    /// Absolute-form request on the main listener.
    Forward,
    /// CONNECT on the main listener.
    Connect,
    /// HTTP found inside a tunnel: same authority, same dialled socket.
    Tunnel {
        /// The CONNECT target.
        origin: &'a Origin,
        /// The socket's address, already checked.
        peer: SocketAddr,
    },
}

impl Ingress<'_> {
    pub(crate) const fn transport(self) -> Transport {
        match self {
            Self::Forward => Transport::Forward,
            Self::Connect => Transport::Connect,
            Self::Tunnel { .. } => Transport::Tunnel,
        }
    }
}

/// A head that the codec refused. It is a message too, and is denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed {
    /// 400, 431, 501 or 505.
    pub status: u16,
    /// What is wrong, in words of ours.
    pub what: &'static str,
}

/// The gate.
#[derive(Clone)]
pub struct Gate {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    snapshot: ArcSwap<Snapshot>,
    pub(crate) ports: Ports,
    pub(crate) budget: Arc<Budget>,
    rate: Mutex<RateWindows>,
    data: Mutex<DataBudgets>,
    pub(crate) crossing: Crossing,
    next_id: AtomicU64,
}

impl Shared {
    pub(crate) fn emit(&self, subject: Option<Subject>, kind: EventKind) {
        let at = self.ports.clock.wall();
        self.ports.observer.observe(&Event { at, subject, kind });
    }

    /// Milliseconds, the unit of the windows.
    pub(crate) fn now_ms(&self) -> u64 {
        u64::try_from(self.ports.clock.monotonic().as_millis()).unwrap_or(u64::MAX)
    }

    fn rate(&self) -> MutexGuard<'_, RateWindows> {
        self.rate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn data(&self) -> MutexGuard<'_, DataBudgets> {
        self.data.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a slot of the domain's rate window; false when none is left.
    pub(crate) fn take_rate(&self, target: &Target, limit: NonZeroU32) -> bool {
        self.rate()
            .take(target.registrable(), self.now_ms(), limit.get())
            .is_ok()
    }

    /// Gives the slot of a request back that was not forwarded.
    pub(crate) fn give_rate_back(&self, target: &Target) {
        self.rate().give_back(target.registrable(), self.now_ms());
    }

    /// Charges bytes to the domain's data window.
    pub(crate) fn charge_data(&self, target: &Target, bytes: u64) {
        self.data().add(target.registrable(), self.now_ms(), bytes);
    }

    /// True when the domain's data window is used up.
    pub(crate) fn data_exceeded(&self, target: &Target, limit: NonZeroU64) -> bool {
        self.data()
            .exceeded(target.registrable(), self.now_ms(), limit.get())
    }

    pub(crate) fn request_id(&self) -> RequestId {
        RequestId(self.next_id.fetch_add(1, Ordering::Relaxed) + 1)
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }
}

impl Gate {
    /// A gate with its first snapshot.
    #[must_use]
    pub fn new(snapshot: Snapshot, ports: Ports) -> Self {
        let budget = Budget::new(snapshot.policy.limits.buffered);
        Self {
            shared: Arc::new(Shared {
                snapshot: ArcSwap::from_pointee(snapshot),
                ports,
                budget,
                rate: Mutex::new(RateWindows::new(MAX_KEYS)),
                data: Mutex::new(DataBudgets::new(MAX_KEYS)),
                crossing: Crossing::new(),
                next_id: AtomicU64::new(0),
            }),
        }
    }

    /// The snapshot that the next exchange will see.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.shared.snapshot()
    }

    /// Bytes held for inspection, for `/metrics`.
    #[must_use]
    pub fn budget(&self) -> Arc<Budget> {
        Arc::clone(&self.shared.budget)
    }

    /// Tells the observers something that is not about an exchange.
    pub fn announce(&self, kind: EventKind) {
        self.shared.emit(None, kind);
    }

    /// Tells the observers about a request of the scan API. The name that the caller
    /// gives itself is a label only.
    pub fn announce_scan(&self, caller: &Caller, agent: Option<&str>, kind: EventKind) {
        let snapshot = self.shared.snapshot();
        let redactor = snapshot.redactor();
        // Redacted first: what the name rules change no longer looks like a secret.
        let agent = agent.map(|name| AgentName::sanitised(&redactor.redact(name, Clean::LIMIT)));
        let subject = Subject {
            transport: Transport::ScanApi,
            method: Clean::constant("POST"),
            target: Clean::constant("/api/v1/scan"),
            client_ip: caller.ip(),
            request_id: self.shared.request_id(),
            agent: agent.map_or(Clean::constant(AgentName::ANONYMOUS), |name| {
                Clean::text(&redactor, name.as_str())
            }),
            profile: "_default",
        };
        self.shared.emit(Some(subject), kind);
    }

    /// Judges a head and acts: charges, records, enforces.
    pub async fn open(&self, head: RequestHead, caller: &Caller, ingress: Ingress<'_>) -> Verdict {
        let mut case = Case::new(&self.shared, head, *caller, ingress);
        for stage in HEAD {
            let judged = match stage {
                Stage::KillSwitch => case.kill_switch(),
                Stage::Identity => case.identity(),
                Stage::Url => case.url(),
                Stage::Headers => case.headers(),
                Stage::Resolution => case.resolution().await,
                Stage::Address => case.address(),
                Stage::Limits => case.limits(),
                Stage::CrossRequest => case.cross_request(),
                Stage::Evidence => case.evidence(),
            };
            if let Err(denial) = judged {
                return Verdict::Deny(*denial);
            }
        }
        case.permit()
    }

    /// Denies a head that the codec refused.
    pub fn malformed(&self, malformed: Malformed, caller: &Caller, transport: Transport) -> Denial {
        let request_id = self.shared.request_id();
        let subject = Subject {
            transport,
            method: Clean::constant(""),
            target: Clean::constant(""),
            client_ip: caller.ip(),
            request_id,
            agent: Clean::constant(AgentName::ANONYMOUS),
            profile: "_default",
        };
        let reason = Reason::constant(Label::Parser, malformed.what);
        let totals = Totals {
            status: malformed.status,
            ..Totals::default()
        };
        self.shared.emit(
            Some(subject),
            EventKind::Blocked {
                label: reason.label,
                reason: reason.text.clone(),
                totals,
            },
        );
        Denial {
            status: malformed.status,
            reason,
            hint: None,
            retry_after: None,
            request_id,
            body: DenialBody::Plain,
        }
    }
}
