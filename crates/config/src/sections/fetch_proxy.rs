//! `fetch_proxy`: the main listener and the limits of the URL pipeline.

use super::lists::{Purpose, domains};
use crate::hash::Canonical;
use crate::problem::{Code, Problems};
use crate::section::Section;
use pipelock_detect::url::UrlRules;
use pipelock_policy as policy;
use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroU64};
use std::time::Duration;

/// As written, defaults filled in.
pub(crate) struct FetchProxy {
    pub(crate) listen: SocketAddr,
    timeout: Duration,
    pub(crate) max_response: u64,
    pub(crate) rate: Option<NonZeroU32>,
    pub(crate) data_budget: Option<NonZeroU64>,
    pub(crate) url: UrlRules,
}

impl FetchProxy {
    pub(crate) fn read(root: &Section<'_>, problems: &mut Problems) -> Self {
        let section = root.section("fetch_proxy");
        let monitoring = section.section("monitoring");
        let defaults = policy::Listener::default();
        Self {
            listen: listen(&section, defaults.listen, problems),
            timeout: section
                .seconds("timeout_seconds", problems)
                .unwrap_or(defaults.upstream_timeout),
            max_response: max_response(&section, problems),
            rate: rate(&monitoring, problems),
            data_budget: monitoring
                .positive("max_data_per_minute", problems)
                .and_then(NonZeroU64::new),
            url: url(&monitoring, problems),
        }
    }

    pub(crate) fn describe(&self, out: &mut Canonical) {
        let mut section = out.below("fetch_proxy");
        section.set("timeout_seconds", self.timeout.as_secs());
        section.set("max_response_mb", self.max_response >> 20);
        let mut monitoring = section.below("monitoring");
        monitoring.set("blocklist", self.url.blocklist.patterns());
        monitoring.set("entropy_threshold", self.url.entropy_threshold);
        monitoring.set(
            "subdomain_entropy_threshold",
            self.url.subdomain_entropy_threshold,
        );
        monitoring.set(
            "subdomain_entropy_exclusions",
            self.url.subdomain_entropy_exclusions.patterns(),
        );
        monitoring.set("max_url_length", self.url.max_url_length as u64);
        monitoring.set("unlimited", self.rate.is_none());
        monitoring.set(
            "max_requests_per_minute",
            self.rate.map_or(0, |rate| u64::from(rate.get())),
        );
        monitoring.set(
            "max_data_per_minute",
            self.data_budget.map_or(0, NonZeroU64::get),
        );
    }

    pub(crate) fn policy(&self) -> policy::Listener {
        policy::Listener {
            listen: self.listen,
            upstream_timeout: self.timeout,
        }
    }
}

fn listen(section: &Section<'_>, default: SocketAddr, problems: &mut Problems) -> SocketAddr {
    let Some(text) = section.text("listen") else {
        return default;
    };
    let Some(address) = crate::text::listen(text) else {
        let message = "must be an address and a port, such as 127.0.0.1:8888";
        section.error(problems, Code::BadListen, "listen", message);
        return default;
    };
    address
}

/// Warns when others than this machine reach the listener in force.
pub(crate) fn warn_exposed(root: &Section<'_>, listen: SocketAddr, problems: &mut Problems) {
    if !listen.ip().to_canonical().is_loopback() {
        let message = if listen.ip().is_unspecified() {
            "listens on every interface: whoever reaches it uses this proxy"
        } else {
            "not a loopback address: whoever reaches it uses this proxy"
        };
        root.section("fetch_proxy")
            .warn(problems, Code::Exposed, "listen", message);
    }
}

fn max_response(section: &Section<'_>, problems: &mut Problems) -> u64 {
    let default = policy::ResponseScanning::default().max_response;
    let Some(mebibytes) = section.positive("max_response_mb", problems) else {
        return default;
    };
    mebibytes.checked_mul(1 << 20).unwrap_or_else(|| {
        section.error(problems, Code::OutOfRange, "max_response_mb", "too large");
        default
    })
}

fn rate(monitoring: &Section<'_>, problems: &mut Problems) -> Option<NonZeroU32> {
    const KEY: &str = "max_requests_per_minute";
    let written = monitoring.integer(KEY);
    let unlimited = monitoring.flag("unlimited") == Some(true);
    let rate = monitoring.positive(KEY, problems);
    if unlimited {
        if rate.is_some() {
            let message = "true beside a positive max_requests_per_minute: which one is meant?";
            monitoring.error(problems, Code::Conflict, "unlimited", message);
        }
        return None;
    }
    if written == Some(0) {
        let message = format!(
            "0 means the default of {}; `unlimited: true` switches the limit off",
            policy::REQUESTS_PER_MINUTE
        );
        monitoring.warn(problems, Code::DefaultUsed, KEY, message);
    }
    let rate = rate
        .map(|rate| u32::try_from(rate).unwrap_or(u32::MAX))
        .and_then(NonZeroU32::new);
    Some(rate.unwrap_or(policy::REQUESTS_PER_MINUTE))
}

fn url(monitoring: &Section<'_>, problems: &mut Problems) -> UrlRules {
    let defaults = UrlRules::default();
    UrlRules {
        allowlist: None,
        blocklist: domains(monitoring, "blocklist", Purpose::Destination, problems)
            .unwrap_or(defaults.blocklist),
        entropy_threshold: threshold(
            monitoring,
            "entropy_threshold",
            defaults.entropy_threshold,
            problems,
        ),
        subdomain_entropy_threshold: threshold(
            monitoring,
            "subdomain_entropy_threshold",
            defaults.subdomain_entropy_threshold,
            problems,
        ),
        subdomain_entropy_exclusions: domains(
            monitoring,
            "subdomain_entropy_exclusions",
            Purpose::Exempt,
            problems,
        )
        .unwrap_or_default(),
        max_url_length: monitoring
            .positive("max_url_length", problems)
            .map_or(defaults.max_url_length, |length| {
                usize::try_from(length).unwrap_or(usize::MAX)
            }),
    }
}

fn threshold(section: &Section<'_>, key: &str, default: f64, problems: &mut Problems) -> f64 {
    match section.float(key) {
        Some(value) if value < 0.0 => {
            section.error(problems, Code::OutOfRange, key, "must not be negative");
            default
        }
        Some(value) if value > 0.0 => value,
        _ => default,
    }
}
