//! `forward_proxy`: CONNECT and absolute-URI proxying.

use crate::hash::Canonical;
use crate::problem::{Code, Problems};
use crate::section::{Item, Section};
use pipelock_detect::address::Cidr;
use pipelock_policy as policy;
use pipelock_policy::{Mode, Opaque};
use std::collections::BTreeSet;

/// As written, defaults filled in.
pub(crate) struct ForwardProxy {
    enabled: bool,
    settings: policy::ForwardProxy,
}

impl ForwardProxy {
    pub(crate) fn read(root: &Section<'_>, mode: Mode, problems: &mut Problems) -> Self {
        let section = root.section("forward_proxy");
        let defaults = policy::ForwardProxy::default();
        let settings = policy::ForwardProxy {
            max_tunnel: section.seconds("max_tunnel_seconds", problems),
            idle: section
                .seconds("idle_timeout_seconds", problems)
                .unwrap_or(defaults.idle),
            sni_verification: section
                .flag("sni_verification")
                .unwrap_or(defaults.sni_verification),
            allowed_ports: ports(&section, mode, problems),
            opaque: opaque(&section, problems),
            refuse_ech: section.text("ech") == Some("block"),
        };
        Self {
            enabled: section.flag("enabled").unwrap_or(false),
            settings,
        }
    }

    pub(crate) fn describe(&self, out: &mut Canonical) {
        let mut section = out.below("forward_proxy");
        section.set("enabled", self.enabled);
        let settings = &self.settings;
        if let Some(life) = settings.max_tunnel {
            section.set("max_tunnel_seconds", life.as_secs());
        }
        section.set("idle_timeout_seconds", settings.idle.as_secs());
        section.set("sni_verification", settings.sni_verification);
        if let Some(ports) = &settings.allowed_ports {
            section.set(
                "allowed_ports",
                ports.iter().map(|port| format!("{port:05}")),
            );
        }
        section.set(
            "ech",
            if settings.refuse_ech {
                "block"
            } else {
                "check_outer"
            },
        );
        match &settings.opaque {
            Opaque::Allow => section.set("opaque_protocols", "allow"),
            Opaque::Refuse { hosts, networks } => {
                section.set("opaque_protocols", "refuse");
                let hosts = hosts.iter().map(|(host, port)| format!("{host}:{port}"));
                let networks = networks
                    .iter()
                    .map(|(network, port)| format!("{network}:{port}"));
                section.set("allowed_opaque", hosts.chain(networks));
            }
        }
    }

    /// `None` when disabled: what is off is absent.
    pub(crate) fn policy(self) -> Option<policy::ForwardProxy> {
        self.enabled.then_some(self.settings)
    }
}

fn ports(section: &Section<'_>, mode: Mode, problems: &mut Problems) -> Option<BTreeSet<u16>> {
    let Some(list) = section.integers("allowed_ports") else {
        return (mode == Mode::Strict).then(|| policy::STRICT_PORTS.into());
    };
    if list.is_empty() {
        let message = "empty: no port is reachable; leave the key out to reach all";
        section.warn(problems, Code::NoEffect, "allowed_ports", message);
    }
    let mut ports = BTreeSet::new();
    for (port, place) in list {
        match u16::try_from(port).ok().filter(|port| *port > 0) {
            Some(port) => {
                ports.insert(port);
            }
            None => {
                let key = section.path("allowed_ports");
                problems.error(Code::OutOfRange, place, &key, "ports are 1 to 65535");
            }
        }
    }
    Some(ports)
}

fn opaque(section: &Section<'_>, problems: &mut Problems) -> Opaque {
    let listed = section.texts("allowed_opaque").unwrap_or_default();
    if section.text("opaque_protocols") == Some("allow") {
        if !listed.is_empty() {
            let message = "without effect: `opaque_protocols: allow` lets everything pass";
            section.warn(problems, Code::NoEffect, "allowed_opaque", message);
        }
        return Opaque::Allow;
    }
    let (mut hosts, mut networks) = (BTreeSet::new(), Vec::new());
    for item in &listed {
        match endpoint(item) {
            Some(Endpoint::Host(host, port)) => {
                hosts.insert((host, port));
            }
            Some(Endpoint::Network(network, port)) => networks.push((network, port)),
            None => {
                let message = "must be host:port or CIDR:port, such as db.example.com:5432";
                problems.error(Code::BadListen, item.place, &item.key, message);
            }
        }
    }
    Opaque::Refuse { hosts, networks }
}

enum Endpoint {
    Host(String, u16),
    Network(Cidr, u16),
}

fn endpoint(item: &Item<'_>) -> Option<Endpoint> {
    let (host, port) = item.text.trim().rsplit_once(':')?;
    let port: u16 = port.parse().ok().filter(|port| *port > 0)?;
    let unbracketed = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    if let Ok(network) = Cidr::parse(unbracketed) {
        return Some(Endpoint::Network(network, port));
    }
    let host = pipelock_detect::domain::validate_pattern(host)
        .ok()
        .filter(|host| !host.starts_with("*."))?;
    Some(Endpoint::Host(host, port))
}
