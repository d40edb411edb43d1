//! Bytes of bodies held at a time, all exchanges together.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// Held below this, a lease is counted in the total only while half of the budget
/// is free: the common small body costs one atomic addition.
const SMALL: u64 = 64 * 1024;

/// The budget. One peer may hold at most a quarter of it.
#[derive(Debug)]
pub struct Budget {
    limit: AtomicU64,
    used: AtomicU64,
    peers: Mutex<HashMap<IpAddr, u64>>,
    freed: Notify,
}

impl Budget {
    /// A budget of `limit` bytes.
    #[must_use]
    pub fn new(limit: u64) -> Arc<Self> {
        Arc::new(Self {
            limit: AtomicU64::new(limit),
            used: AtomicU64::new(0),
            peers: Mutex::new(HashMap::new()),
            freed: Notify::new(),
        })
    }

    /// Bytes held now (`buffered_bytes`).
    #[must_use]
    pub fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// An empty lease for a peer.
    #[must_use]
    pub(crate) fn lease(self: &Arc<Self>, peer: IpAddr) -> Lease {
        Lease {
            budget: Arc::clone(self),
            peer,
            held: 0,
            counted_for_peer: 0,
        }
    }

    /// Resolves when somebody gave bytes back.
    pub(crate) async fn freed(&self) {
        self.freed.notified().await;
    }

    fn take(&self, bytes: u64) -> bool {
        let limit = self.limit.load(Ordering::Relaxed);
        self.used
            .fetch_update(Ordering::AcqRel, Ordering::Relaxed, |used| {
                used.checked_add(bytes).filter(|sum| *sum <= limit)
            })
            .is_ok()
    }

    fn give_back(&self, bytes: u64) {
        self.used.fetch_sub(bytes, Ordering::AcqRel);
        self.freed.notify_waiters();
    }

    fn take_for_peer(&self, peer: IpAddr, bytes: u64) -> bool {
        let share = self.limit.load(Ordering::Relaxed) / 4;
        let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        let held = peers.entry(peer).or_insert(0);
        let fits = held.saturating_add(bytes) <= share;
        if fits {
            *held += bytes;
        } else if *held == 0 {
            peers.remove(&peer);
        }
        fits
    }

    fn give_back_for_peer(&self, peer: IpAddr, bytes: u64) {
        let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = peers.get_mut(&peer) {
            *held = held.saturating_sub(bytes);
            if *held == 0 {
                peers.remove(&peer);
            }
        }
    }
}

/// What one inspection holds. Given back when dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    budget: Arc<Budget>,
    peer: IpAddr,
    held: u64,
    counted_for_peer: u64,
}

impl Lease {
    /// Makes the lease `bytes` large; false leaves it as it was.
    pub(crate) fn resize(&mut self, bytes: u64) -> bool {
        if bytes <= self.held {
            self.shrink(bytes);
            return true;
        }
        let scarce = self.budget.used() > self.budget.limit.load(Ordering::Relaxed) / 2;
        let wanted_for_peer = if bytes > SMALL || scarce { bytes } else { 0 };
        let more_for_peer = wanted_for_peer.saturating_sub(self.counted_for_peer);
        if more_for_peer > 0 && !self.budget.take_for_peer(self.peer, more_for_peer) {
            return false;
        }
        if !self.budget.take(bytes - self.held) {
            if more_for_peer > 0 {
                self.budget.give_back_for_peer(self.peer, more_for_peer);
            }
            return false;
        }
        self.counted_for_peer += more_for_peer;
        self.held = bytes;
        true
    }

    fn shrink(&mut self, bytes: u64) {
        if self.held > bytes {
            self.budget.give_back(self.held - bytes);
            self.held = bytes;
        }
        if self.counted_for_peer > bytes {
            self.budget
                .give_back_for_peer(self.peer, self.counted_for_peer - bytes);
            self.counted_for_peer = bytes;
        }
    }

    pub(crate) fn budget(&self) -> &Arc<Budget> {
        &self.budget
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.shrink(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const OTHER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 2));
    const MIB: u64 = 1024 * 1024;

    #[test]
    fn one_peer_holds_at_most_a_quarter() {
        let budget = Budget::new(8 * MIB);
        let mut first = budget.lease(PEER);
        assert!(first.resize(2 * MIB));
        assert!(
            !budget.lease(PEER).resize(MIB),
            "the share of this peer is used up"
        );
        assert!(
            budget.lease(OTHER).resize(MIB),
            "another peer has its own share"
        );
    }

    #[test]
    fn the_total_is_never_exceeded_and_comes_back() {
        let budget = Budget::new(128 * 1024);
        let mut leases: Vec<_> = (0..3).map(|_| budget.lease(PEER)).collect();
        let taken = leases
            .iter_mut()
            .filter_map(|lease| lease.resize(60 * 1024).then_some(()))
            .count();
        assert_eq!(taken, 2);
        assert_eq!(budget.used(), 120 * 1024);
        drop(leases);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn many_small_leases_of_one_peer_leave_room_for_others() {
        let budget = Budget::new(8 * MIB);
        let mut leases: Vec<_> = (0..1000).map(|_| budget.lease(PEER)).collect();
        for lease in &mut leases {
            lease.resize(SMALL);
        }
        assert!(budget.used() < 7 * MIB, "{} bytes held", budget.used());
        assert!(budget.lease(OTHER).resize(MIB));
    }

    #[test]
    fn a_refused_resize_changes_nothing() {
        let budget = Budget::new(100);
        let mut lease = budget.lease(PEER);
        assert!(lease.resize(40));
        assert!(!lease.resize(101));
        assert_eq!(budget.used(), 40);
    }
}
