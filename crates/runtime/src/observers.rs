//! Everybody who watches, behind the gate's one port.

use pipelock_gate::Observer;
use pipelock_model::Event;
use pipelock_telemetry::{AuditLog, Metrics};

/// The audit log and the metrics.
pub struct Observers {
    /// Lines.
    pub log: AuditLog,
    /// Series.
    pub metrics: Metrics,
}

impl Observer for Observers {
    fn observe(&self, event: &Event) {
        self.metrics.observe(event);
        self.log.observe(event);
    }
}
