//! What the gate answers.

use crate::{Exchange, Judged};
use pipelock_model::event::Uninspected;
use pipelock_model::http::{Origin, RequestHead, TargetText};
use pipelock_model::{Clean, Reason, RequestId};
use std::net::SocketAddr;

/// The gate's answer. The gate never fails: an error inside it is a `Deny`.
#[must_use = "a verdict nobody enforces is a bypass"]
pub enum Verdict {
    /// It may go.
    Allow(Box<Permit>),
    /// It may not.
    Deny(Denial),
}

impl Verdict {
    /// The permit.
    ///
    /// # Errors
    /// The denial.
    pub fn permit(self) -> Result<Permit, Denial> {
        match self {
            Self::Allow(permit) => Ok(*permit),
            Self::Deny(denial) => Err(denial),
        }
    }
}

/// Proof that a head passed, and the only way to get it back. What was judged
/// cannot be changed any more.
#[derive(Debug)]
pub struct Permit {
    pub(crate) head: Judged<RequestHead>,
    pub(crate) route: Route,
    pub(crate) addrs: Vec<SocketAddr>,
    /// Bodies, the answer, the outcome.
    pub exchange: Exchange,
}

impl Permit {
    /// The head as it may be sent: identity and forwarding fields are gone.
    pub const fn head(&self) -> &Judged<RequestHead> {
        &self.head
    }

    /// Where it goes.
    #[must_use]
    pub const fn route(&self) -> &Route {
        &self.route
    }

    /// Checked addresses. The dialer never resolves again.
    #[must_use]
    pub fn addrs(&self) -> &[SocketAddr] {
        &self.addrs
    }

    /// Keeps what is needed of a tunnel once it is open.
    pub fn into_tunnel(self) -> (Origin, Exchange) {
        (self.route.origin, self.exchange)
    }
}

/// Where a permitted head goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub(crate) origin: Origin,
    pub(crate) target: TargetText,
}

impl Route {
    /// Canonical origin: key of idle connections.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Path and query as sent.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target.0
    }
}

/// A refusal, ready to be shown. Its words carry no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// Status of the reply.
    pub status: u16,
    /// Who decided, and why.
    pub reason: Reason,
    /// What the operator could change; only with `explain_blocks`.
    pub hint: Option<Clean>,
    /// Seconds, for 429 and 503.
    pub retry_after: Option<u32>,
    /// Number of the exchange.
    pub request_id: RequestId,
    /// Shape of the reply.
    pub body: DenialBody,
}

/// Shape of a refusal's body (`proxy.md` §1.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DenialBody {
    /// `blocked: <reason>`.
    Blocked,
    /// `CONNECT blocked: <reason>`.
    Connect,
    /// The bare sentence: bad requests and capacity.
    Plain,
    /// The kill switch's JSON.
    KillSwitch,
}

/// The first bytes that a client sent into a tunnel, as `net` decoded them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening<'a> {
    /// A whole ClientHello.
    Hello {
        /// Its server name.
        server_name: Option<&'a str>,
        /// True when it carries an encrypted ClientHello.
        encrypted: bool,
    },
    /// A handshake that does not parse, or something odd before it.
    MalformedTls,
    /// An HTTP/1 request line.
    Http,
    /// Anything else, HTTP/2 without TLS included.
    Opaque,
    /// Nothing came in time.
    Silence,
    /// The server spoke first.
    ServerFirst,
}

/// What a tunnel may do after its first bytes.
#[derive(Debug)]
pub enum Passage {
    /// Every request in it is judged.
    Http,
    /// Bytes pass unread, for this reason; evidence says so.
    Raw(Uninspected),
}
