//! Every transport: one line each.

use crate::StartError;
use pipelock_control::{Readiness, Routes, RoutesOf, ScanApi, Switchboard};
use pipelock_gate::{Clock, Gate};
use pipelock_net::{
    Caps, Downstream, Listener, OwnRoutes, Received, Registry, Reply, ReplyTo, Service,
};
use pipelock_policy::Policy;
use pipelock_proxy::ForwardProxy;
use pipelock_wire::http1::Limits;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Connections of the metrics port.
const METRICS_CONNECTIONS: usize = 64;

/// What listeners share.
pub(crate) struct Parts {
    pub(crate) gate: Gate,
    pub(crate) switchboard: Arc<Switchboard>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) readiness: Arc<Readiness>,
    pub(crate) metrics: Arc<dyn Fn() -> String + Send + Sync>,
    pub(crate) registry: Arc<Registry>,
    /// Connections of the scan API: the kill switch answers there and cuts nothing.
    pub(crate) scans: Arc<Registry>,
    pub(crate) version: &'static str,
}

async fn bind(addr: Option<SocketAddr>) -> Result<Option<Listener>, StartError> {
    Ok(match addr {
        Some(addr) => Some(Listener::bind(addr).await?),
        None => None,
    })
}

/// Bound sockets that do not serve yet.
pub(crate) struct Bound {
    main: Listener,
    metrics: Option<Listener>,
    scan_api: Option<Listener>,
}

impl Bound {
    pub(crate) async fn bind(policy: &Policy) -> Result<Self, StartError> {
        let scan_api = policy.scan_api.as_ref().map(|api| api.listen);
        Ok(Self {
            metrics: bind(policy.metrics_listen).await?,
            scan_api: bind(scan_api).await?,
            main: Listener::bind(policy.listener.listen).await?,
        })
    }

    pub(crate) const fn main_addr(&self) -> SocketAddr {
        self.main.addr()
    }

    /// Serves all of them; aborting the tasks stops to accept.
    pub(crate) fn serve(self, parts: &Parts, policy: &Policy) -> (JoinSet<()>, Arc<ForwardProxy>) {
        let mut tasks = JoinSet::new();
        let limits = Limits {
            head_bytes: policy.limits.head_bytes,
            fields: policy.limits.head_fields,
            ..Limits::default()
        };
        let caps = Caps {
            connections: policy.limits.connections,
            per_peer: policy.limits.connections_per_peer,
        };
        let main = if self.metrics.is_some() {
            RoutesOf::MainWithoutMetrics
        } else {
            RoutesOf::Main
        };
        let forward = Arc::new(ForwardProxy::new(
            parts.gate.clone(),
            Arc::new(parts.routes(main)),
            policy.limits.tunnels,
        ));
        let registry = Arc::clone(&parts.registry);
        tasks.spawn(self.main.run(Arc::clone(&forward), registry, caps, limits));
        if let Some(listener) = self.metrics {
            let caps = Caps {
                connections: METRICS_CONNECTIONS,
                per_peer: None,
            };
            let service = Arc::new(OwnOnly(parts.routes(RoutesOf::Metrics)));
            tasks.spawn(listener.run(service, Arc::default(), caps, limits));
        }
        if let (Some(listener), Some(api)) = (self.scan_api, &policy.scan_api) {
            let caps = Caps {
                connections: api.connections,
                per_peer: None,
            };
            let service = Arc::new(parts.scan_api());
            tasks.spawn(listener.run(service, Arc::clone(&parts.scans), caps, limits));
        }
        (tasks, forward)
    }
}

impl Parts {
    fn routes(&self, of: RoutesOf) -> Routes {
        Routes {
            of,
            gate: self.gate.clone(),
            kill_switch: self.switchboard.clone(),
            clock: Arc::clone(&self.clock),
            readiness: Arc::clone(&self.readiness),
            metrics: Arc::clone(&self.metrics),
            version: self.version,
        }
    }
}

impl Parts {
    fn scan_api(&self) -> ScanApi {
        ScanApi::new(
            self.gate.clone(),
            self.switchboard.clone(),
            Arc::clone(&self.clock),
            self.version,
        )
    }
}

/// A listener without traffic: own routes only.
struct OwnOnly(Routes);

impl Service for OwnOnly {
    async fn serve(self: Arc<Self>, mut downstream: Downstream) {
        loop {
            let incoming = match downstream.receive().await {
                Received::Request(incoming) => incoming,
                Received::Malformed(malformed) => {
                    let reply = Reply::text(malformed.status, malformed.what);
                    downstream.reply(&reply, &ReplyTo::unknown()).await;
                    return;
                }
                Received::TimedOut | Received::Closed => return,
            };
            let answer = self.0.answer(&incoming.head, downstream.peer());
            let reply = answer.unwrap_or_else(|| Reply::text(404, "404 page not found"));
            let bodyless = incoming.body == pipelock_wire::http1::BodyLength::Empty;
            let reply_to = ReplyTo {
                keep_alive: incoming.reply_to.keep_alive && bodyless,
                ..incoming.reply_to
            };
            if !downstream.reply(&reply, &reply_to).await {
                return;
            }
        }
    }
}
