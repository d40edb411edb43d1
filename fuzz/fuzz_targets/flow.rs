//! Bodies in flow: however a body is cut, the verdict is that of the whole, what a
//! clean one releases is the body, and nothing at or after the start of what must
//! stop it was released.

use bytes::Bytes;
use pipelock_detect::rule::RuleSet;
use pipelock_gate::{
    Clock, Direction, Exchange, Gate, Ingress, KillSwitch, Observer, Ports, ResolveError, Resolver,
    Snapshot, Step,
};
use pipelock_model::event::KillSource;
use pipelock_model::http::{Fields, Method, RequestHead, ResponseHead, TargetForm, TargetText, Version};
use pipelock_model::{Action, Caller, Confidence, Event};
use pipelock_policy::Policy;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

struct Still;

impl Resolver for Still {
    fn resolve<'a>(
        &'a self,
        _host: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<IpAddr>, ResolveError>> + Send + 'a>> {
        Box::pin(std::future::ready(Err(ResolveError::NotFound)))
    }
}

impl Clock for Still {
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }
}

impl KillSwitch for Still {
    fn active(&self) -> Option<KillSource> {
        None
    }
}

impl Observer for Still {
    fn observe(&self, _event: &Event) {}
}

static GATE: LazyLock<Gate> = LazyLock::new(|| {
    let mut policy = Policy {
        rules: RuleSet::new(pipelock_rules::builtin()),
        rate: None,
        ..Policy::default()
    };
    policy.response.action = Action::Block;
    policy.response.dlp_action = Action::Block;
    policy.response.hold = 0;
    let still = Arc::new(Still);
    let ports = Ports {
        resolver: still.clone(),
        clock: still.clone(),
        kill_switch: still.clone(),
        observer: still,
        recorder: None,
    };
    Gate::new(Snapshot::new(policy), ports)
});

fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing here waits"),
    }
}

fn exchange() -> Exchange {
    let head = RequestHead {
        method: Method::Get,
        target: TargetText("http://192.88.0.1/".into()),
        form: TargetForm::Absolute,
        version: Version::Http11,
        fields: Fields::new(),
    };
    let caller = Caller { peer: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 1) };
    let verdict = ready(GATE.open(head, &caller, Ingress::Forward));
    let mut exchange = verdict.permit().expect("a clean request").exchange;
    let mut fields = Fields::new();
    fields.push("Content-Type", b"text/plain");
    let head = ResponseHead { status: 200, version: Version::Http11, reason: Vec::new(), fields };
    let _ = exchange.answer(head, true).expect("a clean head");
    exchange
}

/// What was released, and whether the end was reached.
fn flow(chunks: &[&[u8]]) -> (Vec<u8>, bool) {
    let exchange = exchange();
    let mut inspection = exchange.inspect(Direction::Inbound, None).expect("an answer starts");
    let mut released = Vec::new();
    for chunk in chunks.iter().filter(|chunk| !chunk.is_empty()) {
        match inspection.push(Bytes::copy_from_slice(chunk)) {
            Step::Release(pieces) => {
                pieces.get().iter().for_each(|piece| released.extend_from_slice(piece));
            }
            Step::Wait => {}
            Step::Deny(_) => return (released, false),
        }
    }
    match inspection.end(None) {
        Ok(tail) => {
            tail.get().pieces.iter().for_each(|piece| released.extend_from_slice(piece));
            (released, true)
        }
        Err(_) => (released, false),
    }
}

pub fn run(data: &[u8]) {
    let (first, rest) = crate::cut(data);
    let (second, third) = crate::cut(rest);
    let (whole, passed) = flow(&[data]);
    let snapshot = GATE.snapshot();
    let mut findings = Vec::new();
    let _ = snapshot.engine.scan(pipelock_detect::engine::Kinds::ALL, data, &mut findings);
    let stopping = findings.iter().filter(|finding| finding.confidence != Confidence::Low);
    let start = stopping.map(|finding| finding.span.start).min();
    for chunks in [vec![first, second, third], data.chunks(1).collect(), data.chunks(17).collect()] {
        let (released, reached) = flow(&chunks);
        assert_eq!(reached, passed, "the verdict hangs on the cut");
        assert!(data.starts_with(&released), "bytes were changed");
        if passed {
            assert_eq!(released, whole);
            assert_eq!(released, data);
        } else if let Some(start) = start {
            assert!(released.len() as u64 <= start, "{} bytes left, {start} may", released.len());
        }
    }
    assert_eq!(GATE.budget().used(), 0, "memory is given back");
}
