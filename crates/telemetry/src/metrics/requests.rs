//! Requests and their answers.

use super::page::{Metric, Page, Samples};
use super::registry::{Grid, Histogram, Keyed, Row};
use super::{DEFAULT_PROFILE, Fact, Family, PROFILES, TRANSPORTS};
use pipelock_model::event::Totals;
use pipelock_model::{EventKind, Label, Transport};

/// Allowed and refused requests, finished tunnels among the allowed ones. A
/// request whose upstream failed is neither; `upstream_errors_total` has it.
const REQUESTS: Metric = Metric::counter(
    "requests_total",
    "Requests by result; tunnels count when they end.",
);
const RESULTS: [&str; 2] = ["allowed", "blocked"];

const HITS: Metric = Metric::counter("scanner_hits_total", "Blocks by the layer that decided.");

/// Every finished exchange but tunnels, whose lives have a histogram of their own.
const DURATION: Metric = Metric::histogram(
    "request_duration_seconds",
    "Time from the first byte of a request to the last of its answer.",
);
const DURATION_BOUNDS: [u64; 9] = [10, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];

const RESPONSES: Metric =
    Metric::counter("http_responses_total", "Answers by class of their status.");
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

pub(super) struct Requests {
    results: Keyed<Row<{ RESULTS.len() }>>,
    hits: Keyed<Row<{ Label::ALL.len() }>>,
    duration: Histogram<{ DURATION_BOUNDS.len() }>,
    responses: Grid<{ TRANSPORTS.len() }, { CLASSES.len() }>,
}

impl Default for Requests {
    fn default() -> Self {
        Self {
            results: Keyed::with_known(PROFILES, DEFAULT_PROFILE),
            hits: Keyed::with_known(PROFILES, DEFAULT_PROFILE),
            duration: Histogram::new(&DURATION_BOUNDS),
            responses: Grid::default(),
        }
    }
}

impl Requests {
    fn answered(&self, fact: &Fact<'_>, totals: &Totals) {
        // No status: nothing was answered.
        if let Some(class) = usize::from(totals.status / 100).checked_sub(1) {
            self.responses.inc(fact.transport as usize, class);
        }
    }

    fn finished(&self, fact: &Fact<'_>, totals: &Totals) {
        self.duration.observe(totals.duration);
        self.answered(fact, totals);
    }

    fn result(&self, fact: &Fact<'_>, result: usize) {
        self.results
            .with(fact.profile, |results| results.inc(result));
    }
}

impl Family for Requests {
    fn fold(&self, fact: &Fact<'_>) {
        match fact.kind {
            EventKind::ForwardHttp(totals) => {
                self.result(fact, 0);
                self.finished(fact, totals);
            }
            EventKind::Blocked { label, totals, .. } => {
                self.result(fact, 1);
                self.hits
                    .with(fact.profile, |hits| hits.inc(*label as usize));
                self.finished(fact, totals);
            }
            EventKind::Error { totals, .. } if !ends_tunnel(fact, totals) => {
                self.finished(fact, totals);
            }
            // Of a tunnel that was cut, the `Blocked` that follows tells the rest.
            EventKind::TunnelClose {
                totals, cut: None, ..
            } => {
                self.result(fact, 0);
                self.answered(fact, totals);
            }
            _ => {}
        }
    }

    fn expose(&self, page: &mut Page) {
        by_agent(&mut page.open(&REQUESTS), "result", &RESULTS, &self.results);
        by_agent(
            &mut page.open(&HITS),
            "scanner",
            &Label::ALL.iter().map(|l| l.as_str()).collect::<Vec<_>>(),
            &self.hits,
        );
        page.open(&DURATION).histogram(&self.duration);
        let mut samples = page.open(&RESPONSES);
        for (transport, row) in TRANSPORTS.iter().zip(self.responses.rows()) {
            for (class, count) in CLASSES.iter().zip(row.values()) {
                samples.sample(
                    &[("transport", transport.as_str()), ("code_class", class)],
                    count,
                );
            }
        }
    }
}

/// True for the error that follows the `TunnelClose` of a tunnel that ran: its
/// answer is counted already.
fn ends_tunnel(fact: &Fact<'_>, totals: &Totals) -> bool {
    fact.transport == Transport::Connect && totals.status < 300
}

/// Samples of a label and the agent's profile. Of profiles other than the
/// default one only what was counted.
pub(super) fn by_agent<const N: usize>(
    samples: &mut Samples<'_>,
    label: &'static str,
    values: &[&str],
    counters: &Keyed<Row<N>>,
) {
    counters.each(|agent, row| {
        for (value, count) in values.iter().zip(row.values()) {
            if count > 0 || agent == DEFAULT_PROFILE {
                samples.sample(&[(label, value), ("agent", agent)], count);
            }
        }
    });
}
