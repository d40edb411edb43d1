//! `internal`, `trusted_domains`, `ssrf`.

use super::lists::{HostBits, Purpose, domains, networks};
use crate::hash::Canonical;
use crate::problem::{Code, Problems};
use crate::section::Section;
use pipelock_detect::address::{AddressRules, Cidr};
use pipelock_detect::domain::DomainSet;

/// As written.
pub(crate) struct Addresses {
    internal: Option<Vec<Cidr>>,
    allowlist: Vec<Cidr>,
    trusted: DomainSet,
}

impl Addresses {
    pub(crate) fn read(root: &Section<'_>, problems: &mut Problems) -> Self {
        let internal = networks(root, "internal", HostBits::Dropped, problems);
        if root.texts("internal").is_some_and(|list| list.is_empty()) {
            let message =
                "empty: names may resolve to internal addresses; only literals are refused";
            root.warn(problems, Code::Weakened, "internal", message);
        }
        let ssrf = root.section("ssrf");
        Self {
            internal,
            allowlist: networks(&ssrf, "ip_allowlist", HostBits::Refused, problems)
                .unwrap_or_default(),
            trusted: domains(root, "trusted_domains", Purpose::Exempt, problems)
                .unwrap_or_default(),
        }
    }

    pub(crate) fn describe(&self, out: &mut Canonical) {
        if let Some(internal) = &self.internal {
            out.set("internal", internal.iter().map(ToString::to_string));
        }
        out.set(
            "ssrf.ip_allowlist",
            self.allowlist.iter().map(ToString::to_string),
        );
        out.set("trusted_domains", self.trusted.patterns());
    }

    pub(crate) fn policy(self) -> AddressRules {
        AddressRules::new(self.internal, self.allowlist, self.trusted)
    }
}
