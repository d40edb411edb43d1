//! The audit log: an event becomes at most one line.

mod json;
mod line;
mod stamp;

use crate::losses::Losses;
use crate::writer::{Flush, Sink, Writer};
use pipelock_model::Event;
use std::cell::RefCell;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Scratch space above this is given back after the line that needed it.
const SCRATCH_KEPT: usize = 64 * 1024;

/// Which lines are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditOptions {
    /// Lines for what passed (`logging.include_allowed`).
    pub include_allowed: bool,
    /// Lines for what was refused (`logging.include_blocked`).
    pub include_blocked: bool,
}

impl Default for AuditOptions {
    fn default() -> Self {
        Self {
            include_allowed: true,
            include_blocked: true,
        }
    }
}

/// The audit log. Each output has a buffer and a thread of its own, so that one
/// that nobody reads does not silence the other.
pub struct AuditLog {
    options: AuditOptions,
    writers: Vec<Writer>,
}

impl AuditLog {
    /// Starts a writer thread for every output.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start(
        options: AuditOptions,
        outputs: Vec<Box<dyn Sink>>,
        losses: &Arc<Losses>,
    ) -> io::Result<Self> {
        let writers = outputs
            .into_iter()
            .map(|sink| Writer::start(sink, Arc::clone(losses)))
            .collect::<io::Result<_>>()?;
        Ok(Self { options, writers })
    }

    /// Writes the line of an event, where it has one. Never blocks on an output.
    pub fn observe(&self, event: &Event) {
        thread_local! {
            static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
        }
        let reused = SCRATCH.try_with(|scratch| match scratch.try_borrow_mut() {
            Ok(mut scratch) => {
                self.write(event, &mut scratch);
                if scratch.capacity() > SCRATCH_KEPT {
                    *scratch = Vec::new();
                }
            }
            Err(_) => self.write(event, &mut Vec::new()),
        });
        // An exchange that ends while its thread does has an event too.
        if reused.is_err() {
            self.write(event, &mut Vec::new());
        }
    }

    fn write(&self, event: &Event, scratch: &mut Vec<u8>) {
        scratch.clear();
        if line::render(event, self.options, scratch) == line::Rendered::Line {
            for writer in &self.writers {
                writer.append(scratch);
            }
        }
    }

    /// Asks every output to open its file anew, as after a rotation.
    pub fn reopen(&self) {
        self.writers.iter().for_each(Writer::reopen);
    }

    /// Refuses further lines and waits until those taken are written, at most
    /// `timeout` for all outputs together.
    #[expect(
        clippy::disallowed_methods,
        reason = "several waits share one deadline; nothing is decided by it"
    )]
    pub fn flush_and_close(&self, timeout: Duration) -> Flush {
        let deadline = Instant::now() + timeout;
        self.writers.iter().for_each(Writer::close);
        self.writers
            .iter()
            .map(|writer| writer.wait(deadline.saturating_duration_since(Instant::now())))
            .max()
            .unwrap_or(Flush::Complete)
    }
}

/// One line as it would be logged, for tests and previews; empty when the event
/// has none.
#[must_use]
pub fn render(event: &Event, options: AuditOptions) -> Vec<u8> {
    let mut out = Vec::new();
    line::render(event, options, &mut out);
    out
}
