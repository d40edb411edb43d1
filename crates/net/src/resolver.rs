//! The system's resolver (hosts file included) behind the gate's port, with
//! bounded cache, bounded questions and a time limit.

use crate::timer::now;
use pipelock_gate::{ResolveError, Resolver};
use std::collections::HashMap;
use std::future::Future;
use std::net::{IpAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, timeout};

/// Longest wait for an answer, the wait for a free slot included.
const CEILING: Duration = Duration::from_secs(5);
/// Questions at a time. A dead resolver blocks a thread for each.
const IN_FLIGHT: usize = 64;
/// Questions of one zone at a time.
const PER_ZONE: usize = 8;
/// The system's resolver tells no life time: names may move within seconds.
const LIFE: Duration = Duration::from_secs(5);
/// Names that do not exist are asked again soon.
const NEGATIVE_LIFE: Duration = Duration::from_secs(1);
/// Entries of the cache.
const MAX_ENTRIES: usize = 4096;
/// Addresses of one answer; more are dropped by nobody sane.
const MAX_ADDRESSES: usize = 64;

type Answer = Result<Vec<IpAddr>, ResolveError>;

/// Asks `getaddrinfo`.
#[derive(Debug)]
pub struct SystemResolver {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    slots: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct State {
    cache: HashMap<Box<str>, (Answer, Instant)>,
    /// Open questions: equal ones wait for the same answer.
    asking: HashMap<Box<str>, watch::Receiver<Option<Answer>>>,
    /// Open questions by zone.
    zones: HashMap<Box<str>, usize>,
}

impl SystemResolver {
    /// With an empty cache.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it owns threads and a cache")]
    pub fn new() -> Self {
        let slots = Arc::new(Semaphore::new(IN_FLIGHT));
        Self {
            shared: Arc::new(Shared {
                state: Mutex::default(),
                slots,
            }),
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer at hand, or the channel on which it will come.
    fn question(self: &Arc<Self>, host: &str) -> Result<Answer, watch::Receiver<Option<Answer>>> {
        let mut state = self.state();
        if let Some((answer, expiry)) = state.cache.get(host)
            && *expiry > now()
        {
            return Ok(answer.clone());
        }
        if let Some(open) = state.asking.get(host) {
            return Err(open.clone());
        }
        let open = state.zones.entry(zone(host).into()).or_insert(0);
        if *open >= PER_ZONE {
            return Ok(Err(ResolveError::TimedOut));
        }
        *open += 1;
        let (sender, receiver) = watch::channel(None);
        state.asking.insert(host.into(), receiver.clone());
        tokio::spawn(Arc::clone(self).ask(host.to_owned(), sender));
        Err(receiver)
    }

    async fn ask(self: Arc<Self>, host: String, sender: watch::Sender<Option<Answer>>) {
        // The slot goes with the thread: one that hangs keeps it.
        let answer = match Arc::clone(&self.slots).acquire_owned().await {
            Ok(slot) => {
                let name = host.clone();
                let asked = tokio::task::spawn_blocking(move || {
                    let answer = lookup(&name);
                    drop(slot);
                    answer
                });
                asked.await.unwrap_or(Err(ResolveError::Failed))
            }
            Err(_) => Err(ResolveError::Failed),
        };
        self.keep(&host, &answer);
        sender.send_replace(Some(answer));
    }

    fn keep(&self, host: &str, answer: &Answer) {
        let mut state = self.state();
        state.asking.remove(host);
        if let Some(open) = state.zones.get_mut(zone(host)) {
            *open -= 1;
            if *open == 0 {
                state.zones.remove(zone(host));
            }
        }
        let life = match answer {
            Ok(_) => LIFE,
            Err(ResolveError::NotFound) => NEGATIVE_LIFE,
            Err(_) => return,
        };
        let at = now();
        if state.cache.len() >= MAX_ENTRIES {
            state.cache.retain(|_, (_, expiry)| *expiry > at);
        }
        if state.cache.len() < MAX_ENTRIES {
            state.cache.insert(host.into(), (answer.clone(), at + life));
        }
    }
}

/// What is behind the first label: names of one page share it, and one zone's slow
/// servers must not use up every slot.
fn zone(host: &str) -> &str {
    match host.split_once('.') {
        Some((_, rest)) if rest.contains('.') => rest,
        _ => host,
    }
}

async fn answer_on(mut open: watch::Receiver<Option<Answer>>) -> Answer {
    match open.wait_for(Option::is_some).await {
        Ok(answer) => answer.clone().unwrap_or(Err(ResolveError::Failed)),
        Err(_) => Err(ResolveError::Failed),
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
            match self.shared.question(host) {
                Ok(answer) => answer,
                Err(open) => timeout(CEILING, answer_on(open))
                    .await
                    .unwrap_or(Err(ResolveError::TimedOut)),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_what_is_behind_the_first_label() {
        for (host, wanted) in [
            ("a1.img.example.test", "img.example.test"),
            ("example.test", "example.test"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(zone(host), wanted);
        }
    }

    #[test]
    fn equal_questions_share_one_answer_and_a_zone_has_its_share() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        // Nothing runs between these lines, so every question stays open.
        let guard = runtime.enter();
        let shared = SystemResolver::new().shared;
        assert!(shared.question("localhost").is_err());
        assert!(shared.question("localhost").is_err());
        assert_eq!(shared.state().asking.len(), 1);
        for n in 0..PER_ZONE {
            assert!(shared.question(&format!("n{n}.slow.test.invalid")).is_err());
        }
        let refused = shared.question("one-more.slow.test.invalid");
        assert_eq!(refused.ok(), Some(Err(ResolveError::TimedOut)));
        assert!(
            shared.question("other.zone.invalid").is_err(),
            "other zones go on"
        );
        drop(guard);
    }
}
