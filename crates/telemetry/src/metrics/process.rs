//! The process itself: what it is, what it runs with, what it holds.

use super::page::{Metric, Page};
use super::registry::Gauge;
use super::{Fact, Family, TRANSPORTS};
use pipelock_model::EventKind;
use pipelock_model::event::KillSource;
use std::array;
use std::sync::{Arc, PoisonError, RwLock};

const INFO: Metric = Metric::gauge("info", "Always 1; the version is in the label.");
const BUILD: Metric = Metric::gauge("build_info", "Always 1; the build is in the labels.");
const CONFIG: Metric = Metric::gauge(
    "config_hash_info",
    "Always 1; the hash of the running policy is in the label.",
);
const CONNECTIONS: Metric =
    Metric::gauge("active_connections", "Client connections that are open.");
const BUFFERED: Metric = Metric::gauge("buffered_bytes", "Bytes of bodies held for inspection.");

/// Hexadecimal digits of the hash that are shown.
const HASH_DIGITS: usize = 16;

/// What was built.
#[derive(Debug, Clone, Copy)]
pub struct Build {
    /// Program version.
    pub version: &'static str,
    /// Commit, or `unknown`.
    pub commit: &'static str,
    /// Target triple.
    pub target: &'static str,
}

/// What is asked at each scrape.
pub struct Probes {
    /// Bytes of bodies held for inspection.
    pub buffered_bytes: Box<dyn Fn() -> u64 + Send + Sync>,
    /// Whether a source of the kill switch is active.
    pub kill_switch: Box<dyn Fn(KillSource) -> bool + Send + Sync>,
}

/// Nothing held, nothing active.
impl Default for Probes {
    fn default() -> Self {
        Self {
            buffered_bytes: Box::new(|| 0),
            kill_switch: Box::new(|_| false),
        }
    }
}

pub(super) struct Process {
    build: Build,
    probes: Arc<Probes>,
    config_hash: RwLock<Option<String>>,
    connections: [Gauge; TRANSPORTS.len()],
}

impl Process {
    pub(super) fn new(build: Build, probes: Arc<Probes>) -> Self {
        Self {
            build,
            probes,
            config_hash: RwLock::default(),
            connections: array::from_fn(|_| Gauge::default()),
        }
    }
}

impl Family for Process {
    fn fold(&self, fact: &Fact<'_>) {
        match fact.kind {
            EventKind::Connection { open } => {
                if let Some(gauge) = self.connections.get(fact.transport as usize) {
                    gauge.add(if *open { 1 } else { -1 });
                }
            }
            EventKind::Startup { config_hash, .. } => {
                let hash = config_hash.as_str().chars().take(HASH_DIGITS).collect();
                *self
                    .config_hash
                    .write()
                    .unwrap_or_else(PoisonError::into_inner) = Some(hash);
            }
            _ => {}
        }
    }

    fn expose(&self, page: &mut Page) {
        let Build {
            version,
            commit,
            target,
        } = self.build;
        page.open(&INFO).sample(&[("version", version)], 1);
        let build = [("version", version), ("commit", commit), ("target", target)];
        page.open(&BUILD).sample(&build, 1);
        let mut samples = page.open(&CONFIG);
        let hash = self
            .config_hash
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(hash) = &*hash {
            samples.sample(&[("hash", hash)], 1);
        }
        let mut samples = page.open(&CONNECTIONS);
        for (transport, gauge) in TRANSPORTS.iter().zip(&self.connections) {
            samples.sample(&[("transport", transport.as_str())], gauge.get());
        }
        page.open(&BUFFERED)
            .sample(&[], (self.probes.buffered_bytes)());
    }
}
