//! The Prometheus metrics (`proxy.md` §5.1): a registry of our own, namespace
//! `pipelock_`, text exposition 0.0.4.
//!
//! Each family module names its metrics, their labels, and how an event changes
//! them. An observation is a few atomic additions; series that can be known
//! beforehand exist at 0.

mod findings;
mod kill_switch;
mod log;
mod page;
mod process;
mod registry;
mod requests;
mod scan_api;
mod tunnels;
mod upstream;

pub use process::{Build, Probes};

use crate::losses::Losses;
use page::Page;
use pipelock_model::{Event, EventKind, Transport};
use std::sync::Arc;

/// Media type of the exposition.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Profile of callers that have none.
const DEFAULT_PROFILE: &str = "_default";

/// Profiles with series of their own.
const PROFILES: usize = 64;

/// Ways in, in the order of [`Transport`]; what is only assessed is not counted.
const TRANSPORTS: [Transport; 3] = [Transport::Forward, Transport::Connect, Transport::Tunnel];

/// What of an event the families look at.
struct Fact<'a> {
    kind: &'a EventKind,
    transport: Transport,
    profile: &'static str,
}

/// Metrics that belong together.
trait Family: Send + Sync {
    /// Counts an event.
    fn fold(&self, fact: &Fact<'_>);
    /// Writes the metrics.
    fn expose(&self, page: &mut Page);
}

/// The registry.
pub struct Metrics {
    families: [Box<dyn Family>; 8],
}

impl Metrics {
    /// An empty registry.
    #[must_use]
    pub fn new(build: Build, probes: Probes, losses: Arc<Losses>) -> Self {
        let probes = Arc::new(probes);
        Self {
            families: [
                Box::new(requests::Requests::default()),
                Box::new(tunnels::Tunnels::default()),
                Box::new(findings::Findings::default()),
                Box::new(upstream::Upstream::default()),
                Box::new(scan_api::ScanApi::default()),
                Box::new(kill_switch::KillSwitch::new(Arc::clone(&probes))),
                Box::new(process::Process::new(build, probes)),
                Box::new(log::Log(losses)),
            ],
        }
    }

    /// Counts an event.
    pub fn observe(&self, event: &Event) {
        let (transport, profile) = event
            .subject
            .as_ref()
            .map_or((Transport::Forward, DEFAULT_PROFILE), |s| {
                (s.transport, s.profile)
            });
        if transport == Transport::Assess {
            return;
        }
        let fact = Fact {
            kind: &event.kind,
            transport,
            profile,
        };
        for family in &self.families {
            family.fold(&fact);
        }
    }

    /// The exposition, for `/metrics`.
    #[must_use]
    pub fn render(&self) -> String {
        let mut page = Page::default();
        for family in &self.families {
            family.expose(&mut page);
        }
        page.finish()
    }
}
