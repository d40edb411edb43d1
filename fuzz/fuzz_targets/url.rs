//! URLs: reading and judging never panic, what is sent is visible ASCII, a WHATWG
//! parser reads the same host and port, and the log line holds no control character.

use pipelock_detect::engine::Engine;
use pipelock_detect::redact::clean_url;
use pipelock_detect::rule::RuleSet;
use pipelock_detect::url::{Target, UrlRules, judge};
use pipelock_model::http::Host;
use std::net::IpAddr;
use std::sync::LazyLock;

const LIMIT: usize = 256;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(RuleSet::default()));
static RULES: LazyLock<UrlRules> = LazyLock::new(UrlRules::default);

pub fn run(data: &[u8]) {
    let raw = String::from_utf8_lossy(data);
    let line = clean_url(&raw, LIMIT);
    assert!(line.len() <= LIMIT, "{} bytes", line.len());
    assert!(line.chars().all(|c| !c.is_control() || matches!(c, '\t' | '\n')), "{line:?}");
    let Ok(target) = Target::parse(&raw) else {
        return;
    };
    let _ = judge(&target, &RULES, &ENGINE);
    assert!(target.path_and_query().bytes().all(|byte| byte.is_ascii_graphic()));
    assert!(target.path_and_query().starts_with('/'));
    assert!(target.host().to_string().ends_with(target.registrable()) || matches!(target.host(), Host::Ip(_)));
    // A zone id is cut off here and refused there.
    if let Ok(theirs) = url::Url::parse(&raw) {
        let same = match (theirs.host(), target.host()) {
            (Some(url::Host::Domain(theirs)), Host::Name(ours)) => theirs.trim_end_matches('.') == &**ours,
            (Some(url::Host::Ipv4(theirs)), Host::Ip(ours)) => IpAddr::V4(theirs) == *ours,
            (Some(url::Host::Ipv6(theirs)), Host::Ip(ours)) => IpAddr::V6(theirs).to_canonical() == *ours,
            _ => false,
        };
        assert!(same, "{:?} here, {:?} there", target.host(), theirs.host());
        assert_eq!(theirs.port_or_known_default(), Some(target.port()));
    }
}
