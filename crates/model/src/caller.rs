//! Who calls, over what, and under which number.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// The way by which bytes reached the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// Absolute-URI HTTP on the forward proxy.
    Forward,
    /// CONNECT on the forward proxy.
    Connect,
    /// HTTP found inside a CONNECT tunnel.
    Tunnel,
    /// `check`, `explain` and other judgements without traffic.
    Assess,
    /// The scan API.
    ScanApi,
}

impl Transport {
    /// The label value of metrics and events.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::Connect => "connect",
            Self::Tunnel => "tunnel",
            Self::Assess => "assess",
            Self::ScanApi => "scan_api",
        }
    }
}

/// Number of an exchange, process-wide, from 1. Displays as `req-7`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId(pub u64);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "req-{}", self.0)
    }
}

/// The verified part of a caller. Only this keys state; a name that the caller
/// gives itself is a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Caller {
    /// The TCP peer. Forwarding headers are never trusted.
    pub peer: SocketAddr,
}

impl Caller {
    /// The peer's address, IPv4-mapped IPv6 shown as IPv4.
    #[must_use]
    pub fn ip(&self) -> IpAddr {
        self.peer.ip().to_canonical()
    }
}
