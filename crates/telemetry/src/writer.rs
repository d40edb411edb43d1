//! Lines to an output without ever waiting for it.
//!
//! Appending copies a line into a bounded buffer under a short lock. A thread
//! swaps that buffer for an empty one and writes it out. Once woken it lets lines
//! gather for a moment, so that load costs one write a batch and not one wake a
//! line; idle, it parks.

mod delivery;
mod sink;

pub use sink::{LogFile, Sink, Stream, stdout};

use crate::losses::Losses;
use delivery::Delivery;
use std::io;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Bytes that wait for an output; about ten thousand lines.
const BUFFER_BOUND: usize = 4 * 1024 * 1024;

/// How long lines gather before they are written.
const GATHER: Duration = Duration::from_millis(5);

/// Buffers above this are given back once written.
const BUFFER_KEPT: usize = 256 * 1024;

/// The thread keeps its buffers on the heap.
const STACK: usize = 128 * 1024;

/// How a flush ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flush {
    /// Every line was written, or lost and counted.
    Complete,
    /// An output did not take its lines in time.
    TimedOut,
}

/// One output with its buffer and thread. The thread ends when this is dropped
/// and what was taken is written; nobody waits for it then.
pub(crate) struct Writer {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    /// For the thread: there is work.
    work: Condvar,
    /// For those who wait: the thread ended.
    ended: Condvar,
    losses: Arc<Losses>,
}

#[derive(Default)]
struct State {
    filling: Vec<u8>,
    thread: Thread,
    reopen: bool,
    closing: bool,
}

#[derive(Default, PartialEq, Eq)]
enum Thread {
    /// Will look at the buffer again by itself.
    #[default]
    Awake,
    /// Must be woken.
    Parked,
    /// Gone.
    Ended,
}

/// What the thread does next.
enum Order {
    Write,
    ReopenAndWrite,
    End,
}

impl Writer {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system refuses it.
    pub(crate) fn start(sink: Box<dyn Sink>, losses: Arc<Losses>) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            work: Condvar::new(),
            ended: Condvar::new(),
            losses,
        });
        let served = Arc::clone(&shared);
        thread::Builder::new()
            .name("audit-log".into())
            .stack_size(STACK)
            .spawn(move || served.serve(Delivery::new(sink)))?;
        Ok(Self { shared })
    }

    /// Takes a line, or counts it as lost when the buffer is full or closed.
    pub(crate) fn append(&self, line: &[u8]) {
        let mut state = self.shared.lock();
        if state.closing || state.filling.len() + line.len() > BUFFER_BOUND {
            drop(state);
            self.shared.losses.refused();
            return;
        }
        state.filling.extend_from_slice(line);
        self.shared.wake(state);
    }

    /// Asks for the output to be opened anew before the next write.
    pub(crate) fn reopen(&self) {
        let mut state = self.shared.lock();
        state.reopen = true;
        self.shared.wake(state);
    }

    /// Takes no more lines; those taken are written.
    pub(crate) fn close(&self) {
        let mut state = self.shared.lock();
        state.closing = true;
        drop(state);
        self.shared.work.notify_one();
    }

    /// Waits for the end that [`Writer::close`] asked for.
    pub(crate) fn wait(&self, timeout: Duration) -> Flush {
        let waited = self
            .shared
            .ended
            .wait_timeout_while(self.shared.lock(), timeout, |state| {
                state.thread != Thread::Ended
            });
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if state.thread == Thread::Ended {
            Flush::Complete
        } else {
            Flush::TimedOut
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Bytes and flags: every state of them is a valid one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the thread if it is parked.
    fn wake(&self, mut state: MutexGuard<'_, State>) {
        if state.thread == Thread::Parked {
            state.thread = Thread::Awake;
            drop(state);
            self.work.notify_one();
        }
    }

    fn serve(&self, mut delivery: Delivery) {
        // Also when a sink panics, or those who wait would wait in vain.
        let _end = End(self);
        let mut batch = Vec::new();
        loop {
            match self.next(&mut batch) {
                Order::Write => {}
                Order::ReopenAndWrite => delivery.reopen(&self.losses),
                Order::End => break,
            }
            delivery.write(&batch, &self.losses);
            batch.clear();
            if batch.capacity() > BUFFER_KEPT {
                batch = Vec::new();
            }
        }
        delivery.end(&self.losses);
    }

    /// Waits for work and takes it; `batch` is empty and changes places with the
    /// buffer.
    fn next(&self, batch: &mut Vec<u8>) -> Order {
        let mut state = self.lock();
        while state.filling.is_empty() && !state.reopen && !state.closing {
            state.thread = Thread::Parked;
            state = self
                .work
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.thread = Thread::Awake;
        let gathered = self
            .work
            .wait_timeout_while(state, GATHER, |state| !state.closing);
        let (mut state, _) = gathered.unwrap_or_else(PoisonError::into_inner);
        if state.filling.is_empty() && !state.reopen && state.closing {
            return Order::End;
        }
        mem::swap(&mut state.filling, batch);
        if mem::take(&mut state.reopen) {
            Order::ReopenAndWrite
        } else {
            Order::Write
        }
    }
}

/// Tells on drop that the thread is gone.
struct End<'a>(&'a Shared);

impl Drop for End<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.thread = Thread::Ended;
        state.closing = true;
        drop(state);
        self.0.ended.notify_all();
    }
}
