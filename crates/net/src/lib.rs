//! Sockets: listeners, the dialer, the resolver, HTTP/1 connections, the relay.
//!
//! It moves bytes and decides nothing. Its writers take [`Judged`] bytes or a
//! [`Reply`] of ours, so that a transport cannot forward what the gate has not
//! seen; its dialer takes addresses from a permit and never resolves.
//!
//! Invariants: every read has a size limit and a deadline, every write ends when
//! it makes no progress; an idle connection holds no buffer. Start at
//! [`Downstream`], [`Upstream`] and [`Listener`].
//!
//! [`Judged`]: pipelock_gate::Judged

mod body;
mod clock;
mod connection;
mod dialer;
mod downstream;
mod listener;
mod pool;
mod probe;
mod registry;
mod relay;
mod reply;
mod resolver;
mod timer;
mod upstream;

pub use body::{BodyReader, Next};
pub use clock::SystemClock;
pub use connection::{ReadError, ReadHalf, WriteError};
pub use dialer::{DialError, Dialer};
pub use downstream::{Downstream, FirstBytes, Incoming, Received, ReplyTo, ResponseWriter};
pub use listener::{BindError, Caps, Listener, Service};
pub use probe::probe;
pub use registry::{Presence, Registry};
pub use relay::{RelayEnd, Relayed, relay};
pub use reply::{OwnRoutes, Reply};
pub use resolver::SystemResolver;
pub use upstream::{Answer, AnswerReader, ReceiveError, RequestWriter, Upstream};
