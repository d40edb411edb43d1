//! CONNECT tunnels and the first bytes in them.

use super::page::{Metric, Page};
use super::registry::{Counter, Gauge, Histogram, Keyed, Row};
use super::requests::by_agent;
use super::{DEFAULT_PROFILE, Fact, Family, PROFILES};
use pipelock_model::event::SniCategory;
use pipelock_model::{EventKind, Label, Transport};

const TUNNELS: Metric = Metric::counter("tunnels_total", "CONNECT tunnels by how they ended.");
const RESULTS: [&str; 3] = ["completed", "blocked", "killed"];

const DURATION: Metric = Metric::histogram("tunnel_duration_seconds", "Life of a tunnel.");
const DURATION_BOUNDS: [u64; 7] = [1000, 5000, 10_000, 30_000, 60_000, 120_000, 300_000];

const BYTES: Metric = Metric::counter(
    "tunnel_bytes_total",
    "Bytes through tunnels, both directions, while they run.",
);

const ACTIVE: Metric = Metric::gauge("active_tunnels", "Tunnels that are open.");

const SNI: Metric = Metric::counter("sni_total", "Tunnels by the category of their first bytes.");

pub(super) struct Tunnels {
    results: Keyed<Row<{ RESULTS.len() }>>,
    duration: Histogram<{ DURATION_BOUNDS.len() }>,
    bytes: Counter,
    active: Gauge,
    sni: Keyed<Row<{ SniCategory::ALL.len() }>>,
}

impl Default for Tunnels {
    fn default() -> Self {
        Self {
            results: Keyed::with_known(PROFILES, DEFAULT_PROFILE),
            duration: Histogram::new(&DURATION_BOUNDS),
            bytes: Counter::default(),
            active: Gauge::default(),
            sni: Keyed::with_known(PROFILES, DEFAULT_PROFILE),
        }
    }
}

impl Tunnels {
    fn result(&self, fact: &Fact<'_>, result: usize) {
        self.results
            .with(fact.profile, |results| results.inc(result));
    }
}

impl Family for Tunnels {
    fn fold(&self, fact: &Fact<'_>) {
        match fact.kind {
            // A running tunnel that the kill switch cut ends as killed.
            EventKind::Blocked { label, .. }
                if fact.transport == Transport::Connect && *label != Label::KillSwitch =>
            {
                self.result(fact, 1);
            }
            EventKind::TunnelOpen => self.active.add(1),
            EventKind::TunnelProgress { bytes } => self.bytes.add(*bytes),
            EventKind::TunnelClose {
                totals,
                unreported,
                cut,
            } => {
                self.active.add(-1);
                self.bytes.add(*unreported);
                self.duration.observe(totals.duration);
                match cut {
                    None => self.result(fact, 0),
                    Some(Label::KillSwitch) => self.result(fact, 2),
                    // The `Blocked` that follows counts it.
                    Some(_) => {}
                }
            }
            EventKind::Sni { category, .. } => {
                self.sni
                    .with(fact.profile, |sni| sni.inc(*category as usize));
            }
            _ => {}
        }
    }

    fn expose(&self, page: &mut Page) {
        by_agent(&mut page.open(&TUNNELS), "result", &RESULTS, &self.results);
        page.open(&DURATION).histogram(&self.duration);
        page.open(&BYTES).sample(&[], self.bytes.get());
        page.open(&ACTIVE).sample(&[], self.active.get());
        let categories = SniCategory::ALL.map(SniCategory::as_str);
        by_agent(&mut page.open(&SNI), "category", &categories, &self.sni);
    }
}
