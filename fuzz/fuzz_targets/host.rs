//! Authorities: the canonical spelling reads back as itself, and an IPv6 address is
//! no less internal than the IPv4 address it carries.

use pipelock_detect::address::{AddressRules, embedded_ipv4};
use pipelock_detect::domain::{DomainSet, validate_pattern};
use pipelock_detect::url::Target;
use pipelock_model::http::Host;
use std::net::IpAddr;

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(pattern) = validate_pattern(&text) {
        assert_eq!(validate_pattern(&pattern).as_deref(), Ok(&*pattern));
    }
    let _ = DomainSet::new([&*text]).matches_name(&text);
    let Ok(first) = Target::authority(&text) else {
        return;
    };
    let again = Target::parse(first.raw()).expect("a canonical URL parses");
    assert_eq!(first.origin, again.origin);
    assert!(!again.was_decoded());
    if let Host::Ip(ip @ IpAddr::V6(v6)) = first.host() {
        let rules = AddressRules::default();
        let carried = embedded_ipv4(*v6).is_some_and(|v4| rules.internal(v4.into()));
        assert!(!carried || rules.internal(*ip), "{ip}");
    }
}
