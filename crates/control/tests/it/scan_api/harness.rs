//! The scan API with everything around it faked but the sockets.

use pipelock_control::{ScanApi, Switchboard};
use pipelock_detect::engine::RuleSet;
use pipelock_gate::{Clock, Gate, Observer, Ports, ResolveError, Resolver, Snapshot};
use pipelock_model::event::Scan;
use pipelock_model::{Event, EventKind, Secret};
use pipelock_net::{Caps, Listener, Registry};
use pipelock_policy::{Policy, ScanApi as Settings};
use pipelock_wire::http1::Limits;
use serde_json::{Value, json};
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// The token of every good request.
pub(crate) const TOKEN: &str = "scan-token-of-the-tests";

/// Time that moves when it is told, or at every look.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) now_ms: AtomicU64,
    pub(crate) step_ms: AtomicU64,
    events: Mutex<Vec<Event>>,
}

impl Resolver for World {
    fn resolve<'a>(
        &'a self,
        host: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<IpAddr>, ResolveError>> + Send + 'a>> {
        let answer = match host {
            "public.example" => Ok(vec![IpAddr::from([93, 184, 216, 34])]),
            "inside.example" => Ok(vec![IpAddr::from([10, 0, 0, 1])]),
            "slow.example" => return Box::pin(std::future::pending()),
            _ => Err(ResolveError::NotFound),
        };
        Box::pin(async { answer })
    }
}

impl Clock for World {
    fn monotonic(&self) -> Duration {
        let step = self.step_ms.load(Ordering::SeqCst);
        Duration::from_millis(self.now_ms.fetch_add(step, Ordering::SeqCst))
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }
}

impl Observer for World {
    fn observe(&self, event: &Event) {
        self.events.lock().unwrap().push(event.clone());
    }
}

/// A running scan API. Dropping it ends every task.
pub(crate) struct Bench {
    pub(crate) addr: SocketAddr,
    pub(crate) board: Arc<Switchboard>,
    pub(crate) world: Arc<World>,
    _tasks: JoinSet<()>,
}

/// One answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Value,
}

impl Answer {
    /// The code of its error.
    pub(crate) fn code(&self) -> &str {
        self.body["errors"][0]["code"].as_str().unwrap_or("")
    }

    pub(crate) fn decision(&self) -> &str {
        self.body["decision"].as_str().unwrap_or("")
    }

    /// Rule ids of its findings.
    pub(crate) fn rules(&self) -> Vec<&str> {
        let findings = self.body["findings"].as_array();
        let rules = findings.into_iter().flatten();
        rules.map(|one| one["rule_id"].as_str().unwrap()).collect()
    }
}

impl Bench {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// Built-in rules, the defaults, and what `change` makes of them.
    pub(crate) async fn with(change: impl FnOnce(&mut Policy)) -> Self {
        let tokens = vec![Secret::new(TOKEN.to_owned())];
        let mut policy = Policy {
            rules: RuleSet::new(pipelock_rules::builtin()),
            scan_api: Some(Settings::new(([127, 0, 0, 1], 0).into(), tokens)),
            ..Policy::default()
        };
        change(&mut policy);
        let world = Arc::new(World::default());
        let board = Arc::new(Switchboard::new());
        let ports = Ports {
            resolver: world.clone(),
            clock: world.clone(),
            kill_switch: board.clone(),
            observer: world.clone(),
            recorder: None,
        };
        let gate = Gate::new(Snapshot::new(policy), ports);
        let api = ScanApi::new(gate, board.clone(), world.clone(), "1.2.3");
        let listener = Listener::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let addr = listener.addr();
        let caps = Caps {
            connections: 8,
            per_peer: None,
        };
        let mut tasks = JoinSet::new();
        let registry: Arc<Registry> = Arc::default();
        tasks.spawn(listener.run(Arc::new(api), registry, caps, Limits::default()));
        Self {
            addr,
            board,
            world,
            _tasks: tasks,
        }
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.addr).await.unwrap()
    }

    /// Sends bytes and reads one answer.
    pub(crate) async fn raw(&self, request: impl AsRef<[u8]>) -> Answer {
        let mut io = self.connect().await;
        io.write_all(request.as_ref()).await.unwrap();
        answer(&mut io).await
    }

    /// A good request with this body.
    pub(crate) async fn post(&self, body: impl AsRef<str>) -> Answer {
        self.raw(post(body.as_ref())).await
    }

    /// A good request of this kind and input.
    pub(crate) async fn scan(&self, kind: &str, input: Value) -> Answer {
        self.post(json!({"kind": kind, "input": input}).to_string())
            .await
    }

    /// The same with evidence.
    pub(crate) async fn evidence(&self, kind: &str, input: Value) -> Answer {
        let options = json!({"include_evidence": true});
        self.post(json!({"kind": kind, "input": input, "options": options}).to_string())
            .await
    }

    /// What those who watch were told of ended scans.
    pub(crate) fn scans(&self) -> Vec<Scan> {
        let events = self.world.events.lock().unwrap();
        let ended = events.iter().filter_map(|event| match &event.kind {
            EventKind::ScanEnded(scan) => Some((**scan).clone()),
            _ => None,
        });
        ended.collect()
    }

    /// All events as they print.
    pub(crate) fn told(&self) -> String {
        format!("{:?}", self.world.events.lock().unwrap())
    }
}

/// A good request.
pub(crate) fn post(body: &str) -> String {
    post_to("/api/v1/scan", body)
}

/// The same to another route.
pub(crate) fn post_to(route: &str, body: &str) -> String {
    format!(
        "POST {route} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Reads one answer; a head without JSON behind it has a null body.
pub(crate) async fn answer(io: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let end = loop {
        let found = bytes.windows(4).position(|at| at == b"\r\n\r\n");
        if let Some(at) = found {
            break at + 4;
        }
        assert!(io.read_buf(&mut bytes).await.unwrap() > 0, "no head");
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let field = |name: &str| {
        let line = head.lines().find(|line| line.starts_with(name));
        line.map(|line| line[name.len()..].trim().to_owned())
    };
    let length: usize = field("Content-Length:").unwrap().parse().unwrap();
    while bytes.len() < end + length {
        assert!(io.read_buf(&mut bytes).await.unwrap() > 0, "no body");
    }
    assert_eq!(bytes.len(), end + length, "more than one answer");
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let body = serde_json::from_slice(&bytes[end..]).unwrap_or(Value::Null);
    Answer { status, head, body }
}
