//! One lookup an exchange, and the check of every answer.

use crate::Resolver;
use pipelock_detect::address::{self, AddressRules, AddressVerdict};
use pipelock_detect::url::Target;
use pipelock_model::Label;
use pipelock_model::http::Host;
use std::net::IpAddr;

/// What the address check says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// Every address may be dialled.
    Allowed,
    /// One may not: label and sentence.
    Refused(Label, String),
}

/// Addresses of a target; a literal is its own.
pub(crate) async fn lookup(
    target: &Target,
    resolver: &dyn Resolver,
) -> Result<Vec<IpAddr>, String> {
    let name = match target.host() {
        Host::Ip(ip) => return Ok(vec![*ip]),
        Host::Name(name) => name,
    };
    if address::is_metadata_name(name) {
        return Err(format!("SSRF blocked: {name} is a cloud metadata service"));
    }
    match resolver.resolve(name).await {
        Ok(addrs) if !addrs.is_empty() => Ok(addrs),
        Ok(_) => Err(failure(name, "no such host")),
        Err(error) => Err(failure(name, error.as_str())),
    }
}

fn failure(name: &str, error: &str) -> String {
    format!("SSRF check failed: DNS resolution error for {name}: {error}")
}

/// Checks every address before any is dialled.
pub(crate) fn check(target: &Target, addrs: &[IpAddr], rules: &AddressRules) -> Address {
    let judge = |ip: &IpAddr| match target.host() {
        Host::Ip(_) => rules.literal(*ip),
        Host::Name(name) => rules.resolved(name, *ip),
    };
    let refused = addrs.iter().find(|ip| judge(ip) != AddressVerdict::Allowed);
    refused.map_or(Address::Allowed, |ip| {
        let host = target.host();
        if !rules.checks_names() && matches!(host, Host::Ip(_)) {
            let text = format!("core SSRF: {host} is a private/internal IP address");
            return Address::Refused(Label::CoreSsrf, text);
        }
        let verb = if target.was_decoded() {
            "decodes to"
        } else {
            "resolves to"
        };
        let shown = if target.was_decoded() {
            as_sent(target)
        } else {
            host.to_string()
        };
        Address::Refused(
            Label::Ssrf,
            format!("SSRF blocked: {shown} {verb} internal IP {ip}"),
        )
    })
}

/// The host in the spelling of the URL.
fn as_sent(target: &Target) -> String {
    let rest = target.raw().split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let without_port = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    without_port.to_owned()
}
