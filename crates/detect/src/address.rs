//! Which addresses are internal, in every spelling and behind every tunnel.
//!
//! Ranges follow the IANA special-purpose registries (RFC 6890) and the
//! documented addresses of cloud platforms.

mod cidr;
mod embedded;
mod spelling;

pub use cidr::{Cidr, CidrError};
pub use embedded::embedded_ipv4;
pub(crate) use spelling::{Ipv4Text, inet_aton, ipv6_literal};

use crate::domain::DomainSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Never reachable unless allowed one by one, whatever `internal` says.
const CORE_V4: &[([u8; 4], u8)] = &[
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([168, 63, 129, 16], 32), // Azure's platform address
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([240, 0, 0, 0], 4),
];

/// The same for IPv6. The tunnelling prefixes are judged by what they embed.
const CORE_V6: &[(Ipv6Addr, u8)] = &[
    (Ipv6Addr::UNSPECIFIED, 96), // `::`, `::1` and the IPv4-compatible block
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10),
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10),
];

/// Metadata and platform services of clouds outside the link-local ranges.
const METADATA: &[IpAddr] = &[
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
];

/// Names of cloud metadata services.
const METADATA_NAMES: &[&str] = &[
    "instance-data",
    "instance-data.ec2.internal",
    "metadata",
    "metadata.azure.internal",
    "metadata.goog",
    "metadata.google.internal",
    "metadata.packet.net",
    "metadata.platformequinix.com",
    "metadata.tencentyun.com",
];

/// What the address check says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressVerdict {
    /// May be dialled.
    Allowed,
    /// Internal; `trusted_domains` or `ssrf.ip_allowlist` may open it.
    Internal,
    /// Link-local or a metadata service; only an exact `ssrf.ip_allowlist` entry
    /// opens it.
    Metadata,
}

/// Where the internal ranges come from.
#[derive(Debug, Clone, Default)]
enum Internal {
    /// The core set and multicast.
    #[default]
    Default,
    /// The core set and these.
    Listed(Vec<Cidr>),
    /// `internal: []`: literals only.
    LiteralsOnly,
}

/// The address rules of one policy.
#[derive(Debug, Clone, Default)]
pub struct AddressRules {
    internal: Internal,
    allowlist: Vec<Cidr>,
    trusted: DomainSet,
}

impl AddressRules {
    /// `internal`: `None` is the default set; an empty list switches the check of
    /// names off and leaves the core set for literals; a list adds to the core set.
    #[must_use]
    pub fn new(internal: Option<Vec<Cidr>>, allowlist: Vec<Cidr>, trusted: DomainSet) -> Self {
        let internal = match internal {
            None => Internal::Default,
            Some(list) if list.is_empty() => Internal::LiteralsOnly,
            Some(list) => Internal::Listed(list),
        };
        Self {
            internal,
            allowlist,
            trusted,
        }
    }

    /// False with `internal: []`. The caller asks [`Self::resolved`] all the same:
    /// metadata services stay shut.
    #[must_use]
    pub fn checks_names(&self) -> bool {
        !matches!(self.internal, Internal::LiteralsOnly)
    }

    /// Judges an address that the URL names. `trusted_domains` never applies.
    #[must_use]
    pub fn literal(&self, ip: IpAddr) -> AddressVerdict {
        let ip = ip.to_canonical();
        if let Some(verdict) = self.metadata(ip) {
            return verdict;
        }
        if self.internal(ip) && !self.allowlisted(ip) {
            return AddressVerdict::Internal;
        }
        AddressVerdict::Allowed
    }

    /// Judges one answer for a name.
    #[must_use]
    pub fn resolved(&self, host: &str, ip: IpAddr) -> AddressVerdict {
        let ip = ip.to_canonical();
        if let Some(verdict) = self.metadata(ip) {
            return verdict;
        }
        let shut = self.checks_names()
            && self.internal(ip)
            && !self.allowlisted(ip)
            && !self.trusted.matches_name(host);
        if shut {
            AddressVerdict::Internal
        } else {
            AddressVerdict::Allowed
        }
    }

    /// True for an internal address, whatever is allowed or trusted.
    #[must_use]
    pub fn internal(&self, ip: IpAddr) -> bool {
        any_reading(ip.to_canonical(), &|ip| is_core(ip) || self.is_listed(ip))
    }

    fn is_listed(&self, ip: IpAddr) -> bool {
        match &self.internal {
            Internal::Default => ip.is_multicast(),
            Internal::Listed(list) => list.iter().any(|cidr| cidr.contains(ip)),
            Internal::LiteralsOnly => false,
        }
    }

    fn allowlisted(&self, ip: IpAddr) -> bool {
        self.allowlist.iter().any(|cidr| cidr.contains(ip))
    }

    /// The verdict for a metadata address; `None` for every other.
    fn metadata(&self, ip: IpAddr) -> Option<AddressVerdict> {
        let exact = || {
            self.allowlist
                .iter()
                .any(|cidr| cidr.is_host() && cidr.contains(ip))
        };
        any_reading(ip, &is_metadata).then(|| {
            if exact() {
                AddressVerdict::Allowed
            } else {
                AddressVerdict::Metadata
            }
        })
    }
}

/// True when the test holds for an address or for an IPv4 address inside it.
fn any_reading(ip: IpAddr, test: &dyn Fn(IpAddr) -> bool) -> bool {
    test(ip)
        || match ip {
            IpAddr::V4(_) => false,
            IpAddr::V6(v6) => embedded::readings(v6).any(|v4| test(IpAddr::V4(v4))),
        }
}

fn is_core(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            let bits = v4.to_bits();
            CORE_V4
                .iter()
                .any(|(base, len)| (bits ^ u32::from_be_bytes(*base)) >> (32 - len) == 0)
        }
        IpAddr::V6(v6) => {
            let bits = v6.to_bits();
            CORE_V6
                .iter()
                .any(|(base, len)| (bits ^ base.to_bits()) >> (128 - len) == 0)
        }
    }
}

fn is_metadata(ip: IpAddr) -> bool {
    let link_local = match ip {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    link_local || METADATA.contains(&ip)
}

/// True for the name of a cloud metadata service; it is refused before DNS.
#[must_use]
pub fn is_metadata_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    METADATA_NAMES
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
