//! Accepts connections within caps and gives each a task.

use crate::downstream::Downstream;
use crate::registry::Registry;
use pipelock_wire::http1::Limits;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// After `accept` failed for want of descriptors or memory.
const BREATH: Duration = Duration::from_millis(50);
/// What a client reads when every place is taken.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n\
Retry-After: 1\r\nContent-Length: 21\r\nConnection: close\r\n\r\ntoo many connections\n";

/// A port that could not be had.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {addr}{}", reason(.source))]
pub struct BindError {
    /// The address.
    pub addr: SocketAddr,
    source: io::Error,
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            ": the port is in use; stop the other process or choose another port".into()
        }
        io::ErrorKind::PermissionDenied => {
            ": permission denied; ports below 1024 need CAP_NET_BIND_SERVICE".into()
        }
        // The cause says it.
        _ => String::new(),
    }
}

/// How many connections may live.
#[derive(Debug, Clone, Copy)]
pub struct Caps {
    /// In all.
    pub connections: usize,
    /// Of one peer address.
    pub per_peer: Option<usize>,
}

/// What a listener does with a connection.
pub trait Service: Send + Sync + 'static {
    /// Serves one connection to its end.
    fn serve(self: Arc<Self>, downstream: Downstream) -> impl Future<Output = ()> + Send;
}

/// A bound socket.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    addr: SocketAddr,
}

impl Listener {
    /// Binds; serving comes later, so that every port is had before the first serves.
    ///
    /// # Errors
    /// [`BindError`], which names the port.
    pub async fn bind(addr: SocketAddr) -> Result<Self, BindError> {
        let bound = async {
            let socket = TcpListener::bind(addr).await?;
            let addr = socket.local_addr()?;
            Ok(Self { socket, addr })
        };
        bound.await.map_err(|source| BindError { addr, source })
    }

    /// The address, with the port that the system chose where 0 was asked for.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Accepts until dropped.
    pub async fn run<S: Service>(
        self,
        service: Arc<S>,
        registry: Arc<Registry>,
        caps: Caps,
        limits: Limits,
    ) {
        loop {
            match self.socket.accept().await {
                Ok((io, peer)) => admit(io, peer, &service, &registry, caps, limits),
                // The connection died in the queue: take the next.
                Err(error) if is_about_one_connection(&error) => {}
                Err(_) => tokio::time::sleep(BREATH).await,
            }
        }
    }
}

fn is_about_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    )
}

fn admit<S: Service>(
    io: TcpStream,
    peer: SocketAddr,
    service: &Arc<S>,
    registry: &Arc<Registry>,
    caps: Caps,
    limits: Limits,
) {
    let Ok(presence) = registry.enter(peer, caps.connections, caps.per_peer) else {
        let _ = io.try_write(FULL);
        return;
    };
    let id = presence.id();
    let downstream = Downstream::new(io, peer, presence, limits);
    let service = Arc::clone(service);
    let registry = Arc::clone(registry);
    registry.start(id, || {
        tokio::spawn(service.serve(downstream)).abort_handle()
    });
}
