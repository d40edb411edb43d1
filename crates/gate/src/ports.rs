//! What the gate asks outside.

use pipelock_model::Event;
use pipelock_model::event::KillSource;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

/// Resolves names. Called once an exchange, after secrets were sought.
pub trait Resolver: Send + Sync {
    /// All addresses of a name, in order of preference; never empty.
    ///
    /// # Errors
    /// [`ResolveError`] when there is no answer within the resolver's time.
    fn resolve<'a>(
        &'a self,
        host: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<IpAddr>, ResolveError>> + Send + 'a>>;
}

/// Why a name has no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResolveError {
    /// The name does not exist or has no address.
    NotFound,
    /// No answer in time, or too many questions at once.
    TimedOut,
    /// The resolver failed.
    Failed,
}

impl ResolveError {
    /// Words for a reason.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "no such host",
            Self::TimedOut => "timed out",
            Self::Failed => "resolver failed",
        }
    }
}

/// Time.
pub trait Clock: Send + Sync {
    /// Time since an arbitrary start; never goes back.
    fn monotonic(&self) -> Duration;
    /// Wall-clock time for records.
    fn wall(&self) -> SystemTime;
}

/// The emergency stop.
pub trait KillSwitch: Send + Sync {
    /// The first active source, or nothing.
    fn active(&self) -> Option<KillSource>;
}

/// Watches. May lag, counts what it drops, never blocks.
pub trait Observer: Send + Sync {
    /// Takes note of an event.
    fn observe(&self, event: &Event);
}

/// Keeps evidence. Alone among the watchers it can turn an allow into a deny.
pub trait Recorder: Send + Sync {
    /// Records that an exchange was let through.
    ///
    /// # Errors
    /// [`RecorderUnavailable`] when evidence is required and cannot be kept.
    fn permit(&self, event: &pipelock_model::event::Subject) -> Result<(), RecorderUnavailable>;
}

/// Evidence is required and cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecorderUnavailable;
