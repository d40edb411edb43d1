//! Failures of upstreams.

use super::findings::by_transport;
use super::page::{Metric, Page};
use super::registry::Grid;
use super::{Fact, Family, TRANSPORTS};
use pipelock_model::EventKind;
use pipelock_model::event::UpstreamFailure;

const ERRORS: Metric = Metric::counter(
    "upstream_errors_total",
    "Exchanges that failed at the upstream.",
);

#[derive(Default)]
pub(super) struct Upstream {
    errors: Grid<{ UpstreamFailure::ALL.len() }, { TRANSPORTS.len() }>,
}

impl Family for Upstream {
    fn fold(&self, fact: &Fact<'_>) {
        if let EventKind::Error {
            upstream: Some(kind),
            ..
        } = fact.kind
        {
            self.errors.inc(*kind as usize, fact.transport as usize);
        }
    }

    fn expose(&self, page: &mut Page) {
        let kinds = UpstreamFailure::ALL.map(UpstreamFailure::as_str);
        by_transport(page, &ERRORS, "kind", &kinds, &self.errors);
    }
}
