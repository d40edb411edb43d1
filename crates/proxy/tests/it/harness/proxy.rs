//! The proxy under test with everything around it faked but the sockets.

use super::Wire;
use pipelock_control::{Readiness, Routes, RoutesOf, Switchboard};
use pipelock_detect::address::{AddressRules, Cidr};
use pipelock_detect::domain::DomainSet;
use pipelock_detect::engine::RuleSet;
use pipelock_gate::{Clock, Gate, KillSwitch, Observer, Ports, ResolveError, Resolver, Snapshot};
use pipelock_model::{Action, Event, EventKind};
use pipelock_net::{Caps, Listener, Registry, SystemClock};
use pipelock_policy::Policy;
use pipelock_proxy::ForwardProxy;
use pipelock_wire::http1::Limits;
use std::collections::HashMap;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpSocket;
use tokio::task::JoinSet;

/// Addresses where origins of tests live.
const ORIGINS: [&str; 2] = ["127.0.0.2/32", "127.0.0.5/32"];

/// A running proxy. Dropping it ends every task.
pub(crate) struct Proxy {
    pub(crate) addr: SocketAddr,
    pub(crate) gate: Gate,
    pub(crate) board: Arc<Switchboard>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) resolver: Arc<Names>,
    pub(crate) recorded: Arc<Recorded>,
    _tasks: JoinSet<()>,
}

impl Proxy {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// Starts with the built-in rules, both actions `block`, no rate limit, and
    /// what `change` makes of that.
    pub(crate) async fn with(change: impl FnOnce(&mut Policy)) -> Self {
        let mut policy = policy();
        change(&mut policy);
        let board = Arc::new(Switchboard::new());
        let resolver = Arc::new(Names::default());
        let recorded = Arc::new(Recorded::default());
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let ports = Ports {
            resolver: resolver.clone(),
            clock: Arc::clone(&clock),
            kill_switch: board.clone(),
            observer: recorded.clone(),
            recorder: None,
        };
        let caps = Caps {
            connections: policy.limits.connections,
            per_peer: policy.limits.connections_per_peer,
        };
        let tunnels = policy.limits.tunnels;
        let gate = Gate::new(Snapshot::new(policy), ports);
        let routes = Routes {
            of: RoutesOf::Main,
            gate: gate.clone(),
            kill_switch: board.clone(),
            clock,
            readiness: Arc::new(Readiness::default()),
            metrics: Arc::new(String::new),
            version: "0",
        };
        let service = Arc::new(ForwardProxy::new(gate.clone(), Arc::new(routes), tunnels));
        let listener = Listener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))
            .await
            .unwrap();
        let (addr, registry) = (listener.addr(), Arc::new(Registry::default()));
        let mut tasks = JoinSet::new();
        tasks.spawn(listener.run(service, registry.clone(), caps, Limits::default()));
        tasks.spawn(follow(board.clone(), registry.clone(), gate.clone()));
        Self {
            addr,
            gate,
            board,
            registry,
            resolver,
            recorded,
            _tasks: tasks,
        }
    }

    pub(crate) async fn client(&self) -> Wire {
        self.client_from("127.0.0.1").await
    }

    pub(crate) async fn client_from(&self, ip: &str) -> Wire {
        let socket = TcpSocket::new_v4().unwrap();
        socket
            .bind(SocketAddr::new(ip.parse().unwrap(), 0))
            .unwrap();
        Wire::new(socket.connect(self.addr).await.unwrap())
    }

    /// A client that sent this.
    pub(crate) async fn ask(&self, request: impl AsRef<[u8]>) -> Wire {
        let mut client = self.client().await;
        client.send(request).await;
        client
    }
}

/// As `runtime` does: one task hears of changes and cuts what carries traffic.
async fn follow(board: Arc<Switchboard>, registry: Arc<Registry>, gate: Gate) {
    let mut changes = board.watch();
    while changes.changed().await.is_ok() {
        if board.active().is_some() {
            let snapshot = gate.snapshot();
            let spared = &snapshot.policy.kill_switch.allowlist;
            registry.cut(|peer| spared.iter().any(|cidr| cidr.contains(peer)));
        }
    }
}

fn policy() -> Policy {
    let rules = RuleSet::new(pipelock_rules::builtin());
    let mut policy = Policy {
        rules,
        rate: None,
        ..Policy::default()
    };
    policy.response.action = Action::Block;
    policy.request.as_mut().unwrap().action = Action::Block;
    let origins = ORIGINS
        .iter()
        .map(|text| Cidr::parse(text).unwrap())
        .collect();
    policy.addresses = AddressRules::new(None, origins, DomainSet::default());
    policy
}

/// A resolver that counts its questions. Names nobody set do not exist.
#[derive(Default)]
pub(crate) struct Names {
    names: Mutex<HashMap<String, Option<Vec<IpAddr>>>>,
    questions: AtomicUsize,
}

impl Names {
    pub(crate) fn set(&self, name: &str, addrs: &[&str]) {
        let addrs = addrs.iter().map(|text| text.parse().unwrap()).collect();
        self.names.lock().unwrap().insert(name.into(), Some(addrs));
    }

    /// Questions for this name are never answered.
    pub(crate) fn hang(&self, name: &str) {
        self.names.lock().unwrap().insert(name.into(), None);
    }

    pub(crate) fn questions(&self) -> usize {
        self.questions.load(Ordering::SeqCst)
    }
}

impl Resolver for Names {
    fn resolve<'a>(
        &'a self,
        host: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<IpAddr>, ResolveError>> + Send + 'a>> {
        self.questions.fetch_add(1, Ordering::SeqCst);
        let known = self.names.lock().unwrap().get(host).cloned();
        Box::pin(async move {
            match known {
                Some(Some(addrs)) => Ok(addrs),
                Some(None) => std::future::pending().await,
                None => Err(ResolveError::NotFound),
            }
        })
    }
}

/// Every event, in order.
#[derive(Default)]
pub(crate) struct Recorded(Mutex<Vec<Event>>);

impl Observer for Recorded {
    fn observe(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

impl Recorded {
    /// Kinds without the gauge of connections.
    pub(crate) fn kinds(&self) -> Vec<EventKind> {
        let events = self.0.lock().unwrap();
        let kinds = events.iter().map(|event| event.kind.clone());
        kinds
            .filter(|kind| !matches!(kind, EventKind::Connection { .. }))
            .collect()
    }

    /// Name of every event, and the layer of refusals.
    pub(crate) fn names(&self) -> Vec<String> {
        self.kinds().iter().map(name).collect()
    }

    /// Waits for an event of that name: some come after the client saw the end.
    pub(crate) async fn wait_for(&self, wanted: &str) {
        super::until(|| self.names().iter().any(|name| name == wanted)).await;
    }

    /// Everything that an event can show.
    pub(crate) fn debug(&self) -> String {
        format!("{:?}", self.0.lock().unwrap())
    }
}

fn name(kind: &EventKind) -> String {
    match kind {
        EventKind::Blocked { label, .. } => format!("Blocked {label}"),
        EventKind::Anomaly {
            label: Some(label), ..
        } => format!("Anomaly {label}"),
        EventKind::Unscanned { why } => format!("Unscanned {}", why.as_str()),
        EventKind::Error {
            upstream: Some(why),
            ..
        } => format!("Error {}", why.as_str()),
        other => {
            let debug = format!("{other:?}");
            debug.split(['(', ' ']).next().unwrap().to_owned()
        }
    }
}
