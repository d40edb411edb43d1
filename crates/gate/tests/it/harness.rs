//! A gate whose ports are fakes, and bodies pushed through it in pieces.

use bytes::Bytes;
use pipelock_detect::address::{AddressRules, Cidr};
use pipelock_detect::domain::DomainSet;
use pipelock_detect::engine::{Kinds, RuleSet};
use pipelock_detect::rule::{RuleAction, RuleKind};
use pipelock_gate::{
    Clock, Direction, Exchange, Gate, Ingress, Inspection, KillSwitch, Observer, Permit, Ports,
    ResolveError, Resolver, Snapshot, Step, Verdict,
};
use pipelock_model::event::KillSource;
use pipelock_model::http::{
    Fields, Method, RequestHead, ResponseHead, TargetForm, TargetText, Version,
};
use pipelock_model::{Action, Caller, Confidence, Event, Label};
use pipelock_policy::{Policy, RequestInjection};
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;
use tokio::runtime::Runtime;

/// Everything that the gate asks, and what it told.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) questions: AtomicUsize,
    pub(crate) killed: AtomicBool,
    pub(crate) now_ms: AtomicU64,
    pub(crate) events: Mutex<Vec<Event>>,
}

impl Resolver for World {
    fn resolve<'a>(
        &'a self,
        _host: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<IpAddr>, ResolveError>> + Send + 'a>> {
        self.questions.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Ok(vec![IpAddr::from([127, 0, 0, 2])]) })
    }
}

impl Clock for World {
    fn monotonic(&self) -> std::time::Duration {
        std::time::Duration::from_millis(self.now_ms.load(Ordering::SeqCst))
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }
}

impl KillSwitch for World {
    fn active(&self) -> Option<KillSource> {
        self.killed
            .load(Ordering::SeqCst)
            .then_some(KillSource::Signal)
    }
}

impl Observer for World {
    fn observe(&self, event: &Event) {
        self.events.lock().unwrap().push(event.clone());
    }
}

/// A gate and its surroundings.
pub(crate) struct Bench {
    pub(crate) gate: Gate,
    pub(crate) world: Arc<World>,
    pub(crate) runtime: Runtime,
}

/// Which body is inspected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body {
    Request,
    RequestLines,
    Answer,
    Events,
    Lines,
}

/// What became of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flow {
    pub(crate) out: Vec<u8>,
    pub(crate) denied: Option<Label>,
    pub(crate) rewritten: bool,
}

impl Bench {
    /// Built-in rules, everything blocks, no rate limit, then `change`.
    pub(crate) fn new(change: impl FnOnce(&mut Policy)) -> Self {
        let rules = RuleSet::new(pipelock_rules::builtin());
        let mut policy = Policy {
            rules,
            rate: None,
            ..Policy::default()
        };
        policy.response.action = Action::Block;
        policy.response.dlp_action = Action::Block;
        policy.request.as_mut().unwrap().action = Action::Block;
        let origins = vec![Cidr::parse("127.0.0.2/32").unwrap()];
        policy.addresses = AddressRules::new(None, origins, DomainSet::default());
        change(&mut policy);
        let world = Arc::new(World::default());
        let ports = Ports {
            resolver: world.clone(),
            clock: world.clone(),
            kill_switch: world.clone(),
            observer: world.clone(),
            recorder: None,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        Self {
            gate: Gate::new(Snapshot::new(policy), ports),
            world,
            runtime,
        }
    }

    pub(crate) fn open(&self, method: Method, target: &str, fields: &[(&str, &str)]) -> Verdict {
        self.open_from("127.0.0.1", method, target, fields)
    }

    pub(crate) fn open_from(
        &self,
        peer: &str,
        method: Method,
        target: &str,
        fields: &[(&str, &str)],
    ) -> Verdict {
        let head = request(method, target, fields);
        let caller = Caller {
            peer: SocketAddr::new(peer.parse().unwrap(), 4000),
        };
        self.runtime
            .block_on(self.gate.open(head, &caller, Ingress::Forward))
    }

    pub(crate) fn permit(&self, peer: &str, fields: &[(&str, &str)]) -> Permit {
        let verdict = self.open_from(peer, Method::Post, "http://127.0.0.2/", fields);
        verdict
            .permit()
            .unwrap_or_else(|denial| panic!("{denial:?}"))
    }

    /// Starts the inspection of a body, with the exchange that it belongs to.
    pub(crate) fn inspect(&self, body: Body, expected: Option<u64>) -> (Exchange, Inspection) {
        let fields: &[_] = match body {
            Body::RequestLines => &[("Content-Type", "application/x-ndjson")],
            _ => &[],
        };
        let mut exchange = self.permit("127.0.0.1", fields).exchange;
        let kind = match body {
            Body::Request | Body::RequestLines => {
                let inspection = exchange.inspect(Direction::Outbound, expected).unwrap();
                return (exchange, inspection);
            }
            Body::Answer => "text/html",
            Body::Events => "text/event-stream",
            Body::Lines => "application/x-ndjson",
        };
        let _ = exchange.answer(answer(kind), true).unwrap();
        let inspection = exchange.inspect(Direction::Inbound, expected).unwrap();
        (exchange, inspection)
    }

    /// Pushes a body in pieces.
    pub(crate) fn flow<'a>(&self, body: Body, pieces: impl Iterator<Item = &'a [u8]>) -> Flow {
        let (exchange, mut inspection) = self.inspect(body, None);
        let mut flow = Flow {
            out: Vec::new(),
            denied: None,
            rewritten: false,
        };
        if let Err(denial) = self.runtime.block_on(inspection.admit()) {
            flow.denied = Some(denial.reason.label);
            return flow;
        }
        for piece in pieces {
            match inspection.push(Bytes::copy_from_slice(piece)) {
                Step::Wait => {}
                Step::Release(pieces) => {
                    pieces
                        .get()
                        .iter()
                        .for_each(|piece| flow.out.extend_from_slice(piece));
                }
                Step::Deny(denial) => {
                    flow.denied = Some(denial.reason.label);
                    return flow;
                }
            }
        }
        match inspection.end(None) {
            Ok(tail) => {
                tail.get()
                    .pieces
                    .iter()
                    .for_each(|piece| flow.out.extend_from_slice(piece));
                flow.rewritten = tail.get().rewritten;
            }
            Err(denial) => flow.denied = Some(denial.reason.label),
        }
        drop(exchange);
        flow
    }

    /// Starts of the findings that must stop this body, from one scan of the whole.
    pub(crate) fn stops(&self, body: Body, text: &[u8]) -> Vec<u64> {
        let snapshot = self.gate.snapshot();
        let injection = snapshot.policy.request.as_ref().map(|it| it.injection);
        let kinds = match body {
            Body::Request | Body::RequestLines if injection == Some(RequestInjection::Off) => {
                Kinds::DLP
            }
            _ => Kinds::ALL,
        };
        let mut findings = Vec::new();
        let _ = snapshot.engine.scan(kinds, text, &mut findings);
        let acts = findings.iter().filter(|finding| {
            let rule = snapshot.engine.rule(finding.rule);
            rule.action == RuleAction::Enforce && finding.confidence != Confidence::Low
        });
        acts.map(|finding| finding.span.start).collect()
    }

    /// Rules of this kind, to be sure that there are some.
    pub(crate) fn has_rules(&self, kind: RuleKind) -> bool {
        let snapshot = self.gate.snapshot();
        match kind {
            RuleKind::Dlp => snapshot.policy.rules.dlp_count() > 0,
            RuleKind::Injection => snapshot.policy.rules.injection_count() > 0,
        }
    }
}

pub(crate) fn request(method: Method, target: &str, fields: &[(&str, &str)]) -> RequestHead {
    let authority = target.split('/').nth(2).unwrap_or_default();
    let mut all = Fields::new();
    all.push("Host", authority.as_bytes());
    fields
        .iter()
        .for_each(|(name, value)| all.push(name, value.as_bytes()));
    RequestHead {
        method,
        target: TargetText(target.into()),
        form: TargetForm::Absolute,
        version: Version::Http11,
        fields: all,
    }
}

pub(crate) fn answer(content_type: &str) -> ResponseHead {
    let mut fields = Fields::new();
    fields.push("Content-Type", content_type.as_bytes());
    ResponseHead {
        status: 200,
        version: Version::Http11,
        reason: b"OK".to_vec(),
        fields,
    }
}
