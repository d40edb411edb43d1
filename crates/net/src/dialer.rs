//! Connects to addresses that the gate checked, and to nothing else.

use crate::Upstream;
use crate::connection::Connection;
use crate::pool::{Care, Pool};
use pipelock_gate::Permit;
use pipelock_model::event::UpstreamFailure;
use pipelock_model::http::Origin;
use socket2::{SockRef, TcpKeepalive};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Longest connect, all addresses together.
const CONNECT: Duration = Duration::from_secs(10);
/// Head start of one address before the next is tried (RFC 8305 §5).
const STAGGER: Duration = Duration::from_millis(250);
/// Idle time before the kernel probes a peer.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// Nobody answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// Refused or unreachable, every address.
    #[error("connection refused or unreachable")]
    Unreachable,
    /// No answer in time.
    #[error("connect timed out")]
    TimedOut,
}

impl DialError {
    /// The label of metrics.
    #[must_use]
    pub const fn failure(self) -> UpstreamFailure {
        match self {
            Self::Unreachable => UpstreamFailure::Connect,
            Self::TimedOut => UpstreamFailure::Timeout,
        }
    }
}

/// The dialer and its idle connections.
#[derive(Debug, Default)]
pub struct Dialer {
    pool: Pool,
}

impl Dialer {
    /// An idle connection to a permitted address, or a new one.
    ///
    /// # Errors
    /// [`DialError`] when no permitted address answers.
    pub async fn connect(&self, permit: &Permit) -> Result<Upstream, DialError> {
        let retriable = permit.head().get().method.is_idempotent();
        let care = if retriable {
            Care::Retriable
        } else {
            Care::Once
        };
        if let Some(connection) = self
            .pool
            .take(permit.route().origin(), permit.addrs(), care)
        {
            return Ok(Upstream::new(connection, true));
        }
        // Boxed: a request over an idle connection carries no room for a dial.
        Box::pin(self.connect_fresh(permit)).await
    }

    /// A new connection.
    ///
    /// # Errors
    /// As [`Self::connect`].
    pub async fn connect_fresh(&self, permit: &Permit) -> Result<Upstream, DialError> {
        let raced = timeout(CONNECT, race(permit.addrs())).await;
        let (stream, peer) = raced.map_err(|_| DialError::TimedOut)??;
        Ok(Upstream::new(Connection::new(stream, peer), false))
    }

    /// Keeps a connection for the next exchange with this origin.
    pub fn keep(&self, origin: &Origin, upstream: Upstream) {
        self.pool.put(origin, upstream.into_connection());
    }

    /// Closes idle connections that are old or dead. Called now and then.
    pub fn sweep(&self) {
        self.pool.sweep();
    }

    /// Closes every idle connection.
    pub fn clear(&self) {
        self.pool.clear();
    }
}

/// Happy Eyeballs (RFC 8305): families take turns, each try has a head start.
async fn race(addrs: &[SocketAddr]) -> Result<(TcpStream, SocketAddr), DialError> {
    if let [only] = addrs {
        return try_one(*only).await;
    }
    let mut tries = JoinSet::new();
    let mut waiting = interleaved(addrs).into_iter();
    let mut next = waiting.next();
    loop {
        if let Some(addr) = next.take() {
            tries.spawn(try_one(addr));
        }
        let more = waiting.len() > 0;
        tokio::select! {
            ended = tries.join_next() => match ended {
                Some(Ok(Ok(connected))) => return Ok(connected),
                Some(_) => next = waiting.next(),
                None => return Err(DialError::Unreachable),
            },
            () = tokio::time::sleep(STAGGER), if more => next = waiting.next(),
        }
    }
}

fn interleaved(addrs: &[SocketAddr]) -> Vec<SocketAddr> {
    let first_is_v6 = addrs.first().is_some_and(SocketAddr::is_ipv6);
    let mut preferred = addrs.iter().filter(|addr| addr.is_ipv6() == first_is_v6);
    let mut other = addrs.iter().filter(|addr| addr.is_ipv6() != first_is_v6);
    let mut out = Vec::with_capacity(addrs.len());
    loop {
        let pair = [preferred.next(), other.next()];
        if pair == [None, None] {
            return out;
        }
        out.extend(pair.into_iter().flatten());
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the dialer")]
async fn try_one(addr: SocketAddr) -> Result<(TcpStream, SocketAddr), DialError> {
    let stream = TcpStream::connect(addr)
        .await
        .map_err(|_| DialError::Unreachable)?;
    let peer = stream.peer_addr().map_err(|_| DialError::Unreachable)?;
    if peer != addr {
        return Err(DialError::Unreachable);
    }
    let _ = SockRef::from(&stream).set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEP_ALIVE));
    Ok((stream, peer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_take_turns_and_the_first_answer_leads() {
        let addrs: Vec<SocketAddr> = ["[2001:db8::1]:1", "[2001:db8::2]:1", "192.0.2.1:1"]
            .iter()
            .map(|text| text.parse().expect("an address"))
            .collect();
        let order: Vec<_> = interleaved(&addrs)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(order, ["[2001:db8::1]:1", "192.0.2.1:1", "[2001:db8::2]:1"]);
    }
}
