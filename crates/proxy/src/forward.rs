//! One connection of the main listener: own routes, proxying, CONNECT.

use crate::exchange::{self, Next, Path};
use crate::tunnel;
use pipelock_gate::{Gate, Ingress};
use pipelock_model::http::{Method, TargetForm};
use pipelock_model::{Caller, EventKind, Transport};
use pipelock_net::{Dialer, Downstream, Incoming, OwnRoutes, Received, Reply, ReplyTo, Service};
use pipelock_wire::http1::BodyLength;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The main listener's service.
pub struct ForwardProxy {
    pub(crate) gate: Gate,
    pub(crate) dialer: Dialer,
    pub(crate) tunnels: Arc<Semaphore>,
    routes: Arc<dyn OwnRoutes>,
}

impl ForwardProxy {
    /// A proxy for one gate, with at most `tunnels` tunnels.
    #[must_use]
    pub fn new(gate: Gate, routes: Arc<dyn OwnRoutes>, tunnels: usize) -> Self {
        let tunnels = Arc::new(Semaphore::new(tunnels.min(Semaphore::MAX_PERMITS)));
        Self {
            gate,
            dialer: Dialer::default(),
            tunnels,
            routes,
        }
    }

    /// Idle upstream connections.
    #[must_use]
    pub const fn dialer(&self) -> &Dialer {
        &self.dialer
    }

    async fn connection(&self, mut downstream: Downstream) {
        loop {
            downstream.presence().idle();
            if downstream.presence().draining() {
                return;
            }
            let next = match downstream.receive().await {
                Received::Request(incoming) => {
                    if incoming.head.method == Method::Connect {
                        return Box::pin(self.connect(downstream, *incoming)).await;
                    }
                    self.request(&mut downstream, *incoming).await
                }
                Received::Malformed(malformed) => {
                    let caller = Caller {
                        peer: downstream.peer(),
                    };
                    let denial = self.gate.malformed(malformed, &caller, Transport::Forward);
                    downstream
                        .reply(&Reply::refusal(&denial, false), &ReplyTo::unknown())
                        .await;
                    Next::Linger
                }
                Received::TimedOut => {
                    let reply = Reply::text(408, "request head took too long");
                    downstream.reply(&reply, &ReplyTo::unknown()).await;
                    Next::Close
                }
                Received::Closed => Next::Close,
            };
            match next {
                Next::KeepAlive => {}
                Next::Linger => return downstream.linger().await,
                Next::Abort => return downstream.abort(),
                Next::Close => return,
            }
        }
    }

    async fn request(&self, downstream: &mut Downstream, incoming: Incoming) -> Next {
        if incoming.head.form != TargetForm::Absolute {
            let reply = self
                .routes
                .answer(&incoming.head, downstream.peer())
                .unwrap_or_else(|| Reply::text(404, "404 page not found"));
            return respond(downstream, &reply, incoming.body, &incoming.reply_to).await;
        }
        if self.gate.snapshot().policy.forward.is_none() {
            let reply = Reply::text(405, "forward proxy not enabled");
            return respond(downstream, &reply, incoming.body, &incoming.reply_to).await;
        }
        downstream.presence().busy();
        let path = Path {
            gate: &self.gate,
            ingress: Ingress::Forward,
            dialer: &self.dialer,
        };
        // Boxed, so that a connection that becomes a tunnel does not carry the
        // room of an exchange.
        Box::pin(exchange::pooled(path, downstream, incoming)).await
    }

    async fn connect(&self, mut downstream: Downstream, incoming: Incoming) {
        if self.gate.snapshot().policy.forward.is_none() {
            let reply = Reply::text(405, "CONNECT not supported");
            respond(&mut downstream, &reply, incoming.body, &incoming.reply_to).await;
            return downstream.linger().await;
        }
        downstream.presence().busy();
        tunnel::connect(self, downstream, incoming).await;
    }
}

/// Sends a reply of ours; a request body that nobody read ends the connection.
pub(crate) async fn respond(
    downstream: &mut Downstream,
    reply: &Reply,
    body: BodyLength,
    reply_to: &ReplyTo,
) -> Next {
    let unread = !matches!(body, BodyLength::Empty | BodyLength::Length(0));
    let reply_to = ReplyTo {
        keep_alive: reply_to.keep_alive && !unread,
        ..reply_to.clone()
    };
    match downstream.reply(reply, &reply_to).await {
        true => Next::KeepAlive,
        false => Next::Linger,
    }
}

impl Service for ForwardProxy {
    async fn serve(self: Arc<Self>, downstream: Downstream) {
        self.gate.announce(EventKind::Connection { open: true });
        // Announced also when the task is aborted.
        let _gone = Gone(&self.gate);
        self.connection(downstream).await;
    }
}

struct Gone<'a>(&'a Gate);

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        self.0.announce(EventKind::Connection { open: false });
    }
}
