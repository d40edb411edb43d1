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

/// True when the tunnel ended because its first bytes were refused: the
/// `Blocked` event of that refusal has counted it.
pub(super) const fn was_refused(cut: Option<Label>) -> bool {
    matches!(
        cut,
        Some(Label::SniMismatch | Label::WsProtocol | Label::TlsAuthorityMismatch)
    )
}

impl Tunnels {
    fn result(&self, fact: &Fact<'_>, result: usize) {
        self.results
            .with(fact.profile, |results| results.inc(result));
    }

    fn close(&self, fact: &Fact<'_>, cut: Option<Label>) {
        match cut {
            Some(Label::KillSwitch) => self.result(fact, 2),
            cut if was_refused(cut) => {}
            _ => self.result(fact, 0),
        }
    }
}

impl Family for Tunnels {
    fn fold(&self, fact: &Fact<'_>) {
        match fact.kind {
            EventKind::Blocked { .. } if fact.transport == Transport::Connect => {
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
                self.close(fact, *cut);
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
