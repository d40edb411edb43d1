//! What the audit log lost.

use super::page::{Metric, Page};
use super::{Fact, Family};
use crate::losses::Losses;
use std::sync::Arc;

const DROPPED: Metric = Metric::counter(
    "emit_dropped_total",
    "Events that a sink never got, by sink.",
);
const FAILURES: Metric = Metric::counter(
    "audit_write_errors_total",
    "Failed attempts to write the audit log: buffer full, or an error of an output.",
);

/// Counted by the log itself; its losses are no events.
pub(super) struct Log(pub(super) Arc<Losses>);

impl Family for Log {
    fn fold(&self, _: &Fact<'_>) {}

    fn expose(&self, page: &mut Page) {
        page.open(&DROPPED)
            .sample(&[("sink", "log")], self.0.dropped());
        page.open(&FAILURES).sample(&[], self.0.failures());
    }
}
