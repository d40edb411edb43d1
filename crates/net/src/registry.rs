//! Every live connection, so that the kill switch and the drain can end it.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

/// All connections of all listeners.
#[derive(Debug, Default)]
pub struct Registry {
    entries: Mutex<Entries>,
    draining: AtomicBool,
    emptied: Notify,
}

#[derive(Debug, Default)]
struct Entries {
    next: u64,
    live: HashMap<u64, Entry>,
    per_peer: HashMap<IpAddr, usize>,
}

#[derive(Debug)]
struct Entry {
    task: Option<AbortHandle>,
    peer: IpAddr,
    busy: Arc<AtomicBool>,
}

/// One connection's place in the registry; leaving is dropping it.
#[derive(Debug)]
pub struct Presence {
    registry: Arc<Registry>,
    id: u64,
    busy: Arc<AtomicBool>,
}

/// No place is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full;

impl Registry {
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connections that live.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries().live.len()
    }

    /// True without connections.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn enter(
        self: &Arc<Self>,
        peer: SocketAddr,
        most: usize,
        most_per_peer: Option<usize>,
    ) -> Result<Presence, Full> {
        let peer = peer.ip().to_canonical();
        let mut entries = self.entries();
        let of_peer = entries.per_peer.get(&peer).copied().unwrap_or(0);
        if entries.live.len() >= most || most_per_peer.is_some_and(|most| of_peer >= most) {
            return Err(Full);
        }
        entries.per_peer.insert(peer, of_peer + 1);
        let id = entries.next;
        entries.next += 1;
        let busy = Arc::new(AtomicBool::new(false));
        entries.live.insert(
            id,
            Entry {
                task: None,
                peer,
                busy: Arc::clone(&busy),
            },
        );
        Ok(Presence {
            registry: Arc::clone(self),
            id,
            busy,
        })
    }

    /// Starts a connection's task. The registry stays locked meanwhile, so that no
    /// cut falls between the start and the entry.
    pub(crate) fn start(&self, id: u64, spawn: impl FnOnce() -> AbortHandle) {
        let mut entries = self.entries();
        let task = spawn();
        if let Some(entry) = entries.live.get_mut(&id) {
            entry.task = Some(task);
        }
    }

    /// Cuts every connection that carries traffic, but those of spared peers. A
    /// connection that becomes busy later asks the kill switch itself.
    pub fn cut(&self, spared: impl Fn(IpAddr) -> bool) -> usize {
        self.abort(|entry| entry.busy.load(Ordering::SeqCst) && !spared(entry.peer))
    }

    /// Stops keep-alive and closes what is idle.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
        self.abort(|entry| !entry.busy.load(Ordering::SeqCst));
    }

    /// Ends everything.
    pub fn end_all(&self) -> usize {
        self.abort(|_| true)
    }

    fn abort(&self, which: impl Fn(&Entry) -> bool) -> usize {
        let tasks: Vec<AbortHandle> = self
            .entries()
            .live
            .values()
            .filter(|entry| which(entry))
            .filter_map(|entry| entry.task.clone())
            .collect();
        tasks.iter().for_each(AbortHandle::abort);
        tasks.len()
    }

    /// Resolves once nobody is left.
    pub async fn emptied(&self) {
        loop {
            let notified = self.emptied.notified();
            if self.is_empty() {
                return;
            }
            notified.await;
        }
    }

    fn leave(&self, id: u64) {
        let mut entries = self.entries();
        let Some(entry) = entries.live.remove(&id) else {
            return;
        };
        if let Some(count) = entries.per_peer.get_mut(&entry.peer) {
            *count -= 1;
            if *count == 0 {
                entries.per_peer.remove(&entry.peer);
            }
        }
        if entries.live.is_empty() {
            self.emptied.notify_waiters();
        }
    }
}

impl Presence {
    /// Traffic begins; from here the kill switch cuts this connection.
    pub fn busy(&self) {
        self.busy.store(true, Ordering::SeqCst);
    }

    /// Between requests.
    pub fn idle(&self) {
        self.busy.store(false, Ordering::SeqCst);
    }

    /// True when no further request should come.
    #[must_use]
    pub fn draining(&self) -> bool {
        self.registry.draining.load(Ordering::Relaxed)
    }

    pub(crate) const fn id(&self) -> u64 {
        self.id
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.registry.leave(self.id);
    }
}
