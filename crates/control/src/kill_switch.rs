//! The kill switch: several sources, one state, one watch channel.

use pipelock_gate::KillSwitch;
use pipelock_model::event::KillSource;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// The file is looked at this often: well below the 100 ms in which streams end.
const SENTINEL_POLL: Duration = Duration::from_millis(50);

/// A file system that takes longer counts as a set sentinel.
const SENTINEL_PATIENCE: Duration = Duration::from_secs(1);

/// Every source's state. Active while any source is.
#[derive(Debug)]
pub struct Switchboard {
    sources: AtomicU8,
    changes: watch::Sender<u8>,
}

const fn bit(source: KillSource) -> u8 {
    match source {
        KillSource::Config => 1,
        KillSource::Api => 2,
        KillSource::Signal => 4,
        KillSource::Sentinel => 8,
    }
}

impl Switchboard {
    /// All off.
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "a switch is built where it is wired"
    )]
    pub fn new() -> Self {
        Self {
            sources: AtomicU8::new(0),
            changes: watch::Sender::new(0),
        }
    }

    /// Sets a source; true when that changed it. Activation is never refused.
    pub fn set(&self, source: KillSource, active: bool) -> bool {
        let before = if active {
            self.sources.fetch_or(bit(source), Ordering::SeqCst)
        } else {
            self.sources.fetch_and(!bit(source), Ordering::SeqCst)
        };
        let changed = (before & bit(source) != 0) != active;
        if changed {
            self.changes
                .send_replace(self.sources.load(Ordering::SeqCst));
        }
        changed
    }

    /// State of one source.
    #[must_use]
    pub fn is_set(&self, source: KillSource) -> bool {
        self.sources.load(Ordering::SeqCst) & bit(source) != 0
    }

    /// Wakes at every change.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<u8> {
        self.changes.subscribe()
    }

    /// Follows a sentinel file for ever: it is on while the file exists, or while
    /// nobody can say that it does not. Calls `changed` with every new state.
    pub async fn follow_sentinel(&self, path: PathBuf, changed: impl Fn(bool)) {
        let mut ticks = tokio::time::interval(SENTINEL_POLL);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let present = looked_at(path.clone()).await;
            if self.set(KillSource::Sentinel, present) {
                changed(present);
            }
        }
    }
}

/// As [`sentinel_is_set`], on a thread that may block: a file system that does not
/// answer must not hold a worker, and says nothing good.
async fn looked_at(path: PathBuf) -> bool {
    let look = tokio::task::spawn_blocking(move || sentinel_is_set(&path));
    match tokio::time::timeout(SENTINEL_PATIENCE, look).await {
        Ok(Ok(present)) => present,
        _ => true,
    }
}

/// True unless the file is known to be absent.
#[must_use]
pub fn sentinel_is_set(path: &Path) -> bool {
    match std::fs::symlink_metadata(path) {
        Ok(_) => true,
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    }
}

impl KillSwitch for Switchboard {
    fn active(&self) -> Option<KillSource> {
        let sources = self.sources.load(Ordering::SeqCst);
        if sources == 0 {
            return None;
        }
        KillSource::ALL
            .into_iter()
            .find(|source| sources & bit(*source) != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_ored_and_reported_in_order() {
        let board = Switchboard::new();
        assert_eq!(board.active(), None);
        assert!(board.set(KillSource::Sentinel, true));
        assert!(board.set(KillSource::Config, true));
        assert_eq!(board.active(), Some(KillSource::Config));
        assert!(board.set(KillSource::Config, false));
        assert_eq!(board.active(), Some(KillSource::Sentinel));
        assert!(
            !board.set(KillSource::Config, false),
            "no change is no change"
        );
    }

    #[test]
    fn every_change_reaches_the_watch_channel() {
        let board = Switchboard::new();
        let watch = board.watch();
        board.set(KillSource::Signal, true);
        assert!(watch.has_changed().unwrap_or(false));
    }

    #[test]
    fn a_sentinel_that_cannot_be_looked_at_is_active() {
        assert!(!sentinel_is_set(Path::new("/definitely/not/here")));
        // A path through a file: the answer is an error other than "not found".
        assert!(sentinel_is_set(Path::new("/proc/self/status/below")));
    }
}
