//! The emergency stop.

use super::page::{Metric, Page};
use super::process::Probes;
use super::registry::Grid;
use super::{Fact, Family, TRANSPORTS};
use pipelock_model::EventKind;
use pipelock_model::event::KillSource;
use std::sync::Arc;

const DENIALS: Metric =
    Metric::counter("kill_switch_denials_total", "What the kill switch stopped.");
/// Route templates, never paths.
const ENDPOINTS: [&str; 5] = ["fetch", "forward", "connect", "tunnel", "other"];
/// Combinations that occur as a rule and exist from the start.
const USUAL: [(&str, &str); 4] = [
    ("forward", "forward"),
    ("forward", "other"),
    ("connect", "connect"),
    ("tunnel", "tunnel"),
];

const ACTIVE: Metric = Metric::gauge("kill_switch_active", "1 while the source denies all.");

pub(super) struct KillSwitch {
    denials: Grid<{ ENDPOINTS.len() }, { TRANSPORTS.len() }>,
    probes: Arc<Probes>,
}

impl KillSwitch {
    pub(super) fn new(probes: Arc<Probes>) -> Self {
        Self {
            denials: Grid::default(),
            probes,
        }
    }
}

impl Family for KillSwitch {
    fn fold(&self, fact: &Fact<'_>) {
        if let EventKind::KillSwitchDeny { endpoint, .. } = fact.kind {
            let other = ENDPOINTS.len() - 1;
            let at = ENDPOINTS
                .iter()
                .position(|known| known == endpoint)
                .unwrap_or(other);
            self.denials.inc(at, fact.transport as usize);
        }
    }

    fn expose(&self, page: &mut Page) {
        let mut samples = page.open(&DENIALS);
        for (endpoint, row) in ENDPOINTS.into_iter().zip(self.denials.rows()) {
            for (transport, count) in TRANSPORTS.iter().zip(row.values()) {
                let transport = transport.as_str();
                if count > 0 || USUAL.contains(&(transport, endpoint)) {
                    samples.sample(&[("transport", transport), ("endpoint", endpoint)], count);
                }
            }
        }
        let mut samples = page.open(&ACTIVE);
        for source in KillSource::ALL {
            let active = (self.probes.kill_switch)(source);
            samples.sample(&[("source", source.as_str())], u8::from(active));
        }
    }
}
