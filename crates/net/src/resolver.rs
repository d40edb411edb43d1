//! The system's resolver (hosts file included) behind the gate's port, with
//! bounded cache, bounded questions and a time limit.

use crate::timer::now;
use pipelock_gate::{ResolveError, Resolver};
use std::collections::HashMap;
use std::future::Future;
use std::net::{IpAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

/// Longest wait for an answer, the wait for a free slot included.
const CEILING: Duration = Duration::from_secs(5);
/// Questions at a time. A dead resolver blocks a thread for each.
const IN_FLIGHT: usize = 64;
/// The system's resolver tells no life time: names may move within seconds.
const LIFE: Duration = Duration::from_secs(5);
/// Names that do not exist are asked again soon.
const NEGATIVE_LIFE: Duration = Duration::from_secs(1);
/// Entries of the cache.
const MAX_ENTRIES: usize = 4096;
/// Addresses of one answer; more are dropped by nobody sane.
const MAX_ADDRESSES: usize = 64;

type Cached = (Result<Vec<IpAddr>, ResolveError>, Instant);

/// Asks `getaddrinfo`.
#[derive(Debug)]
pub struct SystemResolver {
    cache: Mutex<HashMap<Box<str>, Cached>>,
    slots: Arc<Semaphore>,
}

impl SystemResolver {
    /// With an empty cache.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it owns threads and a cache")]
    pub fn new() -> Self {
        Self {
            cache: Mutex::default(),
            slots: Arc::new(Semaphore::new(IN_FLIGHT)),
        }
    }

    fn cached(&self, host: &str) -> Option<Result<Vec<IpAddr>, ResolveError>> {
        let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let (answer, expiry) = cache.get(host)?;
        (*expiry > now()).then(|| answer.clone())
    }

    fn keep(&self, host: &str, answer: &Result<Vec<IpAddr>, ResolveError>) {
        let life = match answer {
            Ok(_) => LIFE,
            Err(ResolveError::NotFound) => NEGATIVE_LIFE,
            Err(_) => return,
        };
        let now = crate::timer::now();
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= MAX_ENTRIES {
            cache.retain(|_, (_, expiry)| *expiry > now);
        }
        if cache.len() < MAX_ENTRIES {
            cache.insert(host.into(), (answer.clone(), now + life));
        }
    }

    async fn ask(&self, host: &str) -> Result<Vec<IpAddr>, ResolveError> {
        // The slot goes with the thread: one that hangs keeps it.
        let slots = Arc::clone(&self.slots);
        let slot = slots
            .acquire_owned()
            .await
            .map_err(|_| ResolveError::Failed)?;
        let host = host.to_owned();
        tokio::task::spawn_blocking(move || {
            let answer = lookup(&host);
            drop(slot);
            answer
        })
        .await
        .unwrap_or(Err(ResolveError::Failed))
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the resolver port")]
fn lookup(host: &str) -> Result<Vec<IpAddr>, ResolveError> {
    let answers = (host, 0)
        .to_socket_addrs()
        .map_err(|_| ResolveError::NotFound)?;
    let mut addrs: Vec<IpAddr> = Vec::new();
    for answer in answers.take(MAX_ADDRESSES) {
        let ip = answer.ip();
        if !addrs.contains(&ip) {
            addrs.push(ip);
        }
    }
    if addrs.is_empty() {
        Err(ResolveError::NotFound)
    } else {
        Ok(addrs)
    }
}

impl Resolver for SystemResolver {
    fn resolve<'a>(
        &'a self,
        host: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<IpAddr>, ResolveError>> + Send + 'a>> {
        Box::pin(async move {
            if let Some(answer) = self.cached(host) {
                return answer;
            }
            let answer = timeout(CEILING, self.ask(host))
                .await
                .unwrap_or(Err(ResolveError::TimedOut));
            self.keep(host, &answer);
            answer
        })
    }
}
