//! Idle upstream connections, bounded in number and age.

use crate::connection::Connection;
use crate::timer::now;
use pipelock_model::http::Origin;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Idle connections of one origin.
const PER_ORIGIN: usize = 64;
/// Idle connections in all.
const TOTAL: usize = 256;
/// Origins close idle connections after a minute or two.
const MAX_IDLE: Duration = Duration::from_secs(90);

#[derive(Debug)]
struct Idle {
    connection: Connection,
    since: Instant,
}

/// How sure we must be that an idle connection lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Care {
    /// A failure can be tried again.
    Retriable,
    /// It cannot: the system is asked.
    Once,
}

impl Care {
    fn lives(self, connection: &Connection) -> bool {
        match self {
            Self::Retriable => connection.is_quiet(),
            Self::Once => connection.is_surely_quiet(),
        }
    }
}

/// The pool.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    idle: HashMap<Origin, Vec<Idle>>,
    total: usize,
}

impl Pool {
    /// A quiet connection of this origin whose peer is among the permitted
    /// addresses. Newest first: it is the likeliest to live.
    pub(crate) fn take(
        &self,
        origin: &Origin,
        permitted: &[SocketAddr],
        care: Care,
    ) -> Option<Connection> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { idle, total } = &mut *state;
        let list = idle.get_mut(origin)?;
        let now = crate::timer::now();
        while let Some(found) = list.pop() {
            *total -= 1;
            let fresh = now.duration_since(found.since) < MAX_IDLE;
            if fresh && permitted.contains(&found.connection.peer) && care.lives(&found.connection)
            {
                return Some(found.connection);
            }
        }
        idle.remove(origin);
        None
    }

    /// Keeps a connection whose exchange is complete, where there is room.
    pub(crate) fn put(&self, origin: &Origin, connection: Connection) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { idle, total } = &mut *state;
        if *total >= TOTAL {
            sweep(idle, total);
        }
        if *total >= TOTAL {
            return;
        }
        if !idle.contains_key(origin) {
            idle.insert(origin.clone(), Vec::new());
        }
        if let Some(list) = idle.get_mut(origin).filter(|list| list.len() < PER_ORIGIN) {
            list.push(Idle {
                connection,
                since: now(),
            });
            *total += 1;
        }
    }

    /// Closes what is too old or was closed by its peer.
    pub(crate) fn sweep(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { idle, total } = &mut *state;
        sweep(idle, total);
    }

    /// Closes every idle connection.
    pub(crate) fn clear(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = State::default();
    }
}

fn sweep(idle: &mut HashMap<Origin, Vec<Idle>>, total: &mut usize) {
    let now = crate::timer::now();
    idle.retain(|_, list| {
        list.retain(|entry| {
            now.duration_since(entry.since) < MAX_IDLE && entry.connection.is_quiet()
        });
        !list.is_empty()
    });
    *total = idle.values().map(Vec::len).sum();
}
