//! Host and port of an authority, in canonical form.

use super::{UrlError, decode};
use crate::address::{Ipv4Text, inet_aton, ipv6_literal};
use pipelock_model::http::{Host, Scheme};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::IpAddr;

/// Longest name of the DNS (RFC 1035 §2.3.4), as text.
const NAME_LIMIT: usize = 253;
/// Longest label.
const LABEL_LIMIT: usize = 63;

/// A host, its port, and whether it was an address in an alternative spelling.
pub(super) struct Parsed {
    pub(super) host: Host,
    pub(super) port: u16,
    pub(super) decoded: bool,
}

impl Parsed {
    pub(super) fn new(authority: &str, scheme: Scheme) -> Result<Self, UrlError> {
        if authority.contains('@') {
            return Err(UrlError::Userinfo);
        }
        // A WHATWG parser ends the authority here, an RFC 3986 one does not.
        if authority.contains('\\') {
            return Err(UrlError::Disagreement);
        }
        if let Some(rest) = authority.strip_prefix('[') {
            let (literal, port) = rest.split_once(']').ok_or(UrlError::Invalid)?;
            let (ip, canonical) = ipv6_literal(literal).ok_or(UrlError::Invalid)?;
            return Ok(Self {
                host: Host::Ip(ip),
                port: self::port(port, scheme)?,
                decoded: !canonical,
            });
        }
        let (name, port_text) = match authority.find(':') {
            Some(at) => authority.split_at(at),
            None => (authority, ""),
        };
        let port = port(port_text, scheme)?;
        let plain = is_plain(name.as_bytes());
        let (host, decoded) = name_or_ipv4(name, plain)?;
        let parsed = Self {
            host,
            port,
            decoded,
        };
        if !plain {
            parsed.agrees(authority, scheme)?;
        }
        Ok(parsed)
    }

    /// Appends scheme and authority as sent if that is ASCII, else canonical.
    pub(super) fn push_origin(&self, sent: &str, scheme: Scheme, out: &mut String) {
        if sent.is_ascii() {
            out.push_str(sent);
            return;
        }
        // Writing to a string cannot fail.
        let _ = write!(out, "{}://{}", scheme.as_str(), self.host);
        if self.port != scheme.default_port() {
            let _ = write!(out, ":{}", self.port);
        }
    }

    /// Fails when a WHATWG parser reads another host or port.
    fn agrees(&self, authority: &str, scheme: Scheme) -> Result<(), UrlError> {
        let text = format!("{}://{authority}/", scheme.as_str());
        let Ok(url) = ::url::Url::parse(&text) else {
            return Err(UrlError::Disagreement);
        };
        let same_host = match (url.host(), &self.host) {
            (Some(::url::Host::Domain(theirs)), Host::Name(ours)) => {
                theirs.strip_suffix('.').unwrap_or(theirs) == &**ours
            }
            (Some(::url::Host::Ipv4(theirs)), Host::Ip(ours)) => IpAddr::V4(theirs) == *ours,
            _ => false,
        };
        let same_port = url.port_or_known_default() == Some(self.port);
        if same_host && same_port && url.scheme() == scheme.as_str() {
            return Ok(());
        }
        Err(UrlError::Disagreement)
    }
}

/// `:digits`, `:` or nothing.
fn port(text: &str, scheme: Scheme) -> Result<u16, UrlError> {
    let digits = match text.strip_prefix(':') {
        None if text.is_empty() => return Ok(scheme.default_port()),
        None => return Err(UrlError::Invalid),
        Some("") => return Ok(scheme.default_port()),
        Some(digits) => digits,
    };
    digits
        .bytes()
        .try_fold(0u32, |port, byte| {
            let digit = char::from(byte).to_digit(10)?;
            Some(port * 10 + digit).filter(|port| *port <= u32::from(u16::MAX))
        })
        .and_then(|port| u16::try_from(port).ok())
        .filter(|port| *port != 0)
        .ok_or(UrlError::Invalid)
}

/// Letters, digits, hyphens, underscores and dots, without an A-label: here the two
/// standards cannot differ, and IDNA changes nothing but case.
fn is_plain(name: &[u8]) -> bool {
    name.iter()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && !name
            .windows(4)
            .any(|part| part.eq_ignore_ascii_case(b"xn--"))
}

fn name_or_ipv4(text: &str, plain: bool) -> Result<(Host, bool), UrlError> {
    let name = if plain {
        Cow::Borrowed(text)
    } else {
        mapped(text)?
    };
    let name = name.strip_suffix('.').unwrap_or(&name);
    check_labels(name)?;
    match inet_aton(name) {
        Ipv4Text::Invalid => Err(UrlError::Invalid),
        Ipv4Text::Canonical(ip) => Ok((Host::Ip(ip.into()), name.len() != text.len() || !plain)),
        Ipv4Text::Alternative(ip) => Ok((Host::Ip(ip.into()), true)),
        Ipv4Text::Name => {
            let mut name: Box<str> = name.into();
            name.make_ascii_lowercase();
            Ok((Host::Name(name), false))
        }
    }
}

/// Escapes decoded once, then UTS #46: full-width digits and dots, other scripts,
/// A-labels. What is left must be plain.
fn mapped(text: &str) -> Result<Cow<'static, str>, UrlError> {
    let bytes = decode::once(text.as_bytes());
    let ascii = idna::domain_to_ascii_cow(&bytes, idna::AsciiDenyList::URL)
        .map_err(|_| UrlError::Invalid)?;
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if !ascii.bytes().all(allowed) {
        return Err(UrlError::Invalid);
    }
    Ok(Cow::Owned(ascii.into_owned()))
}

fn check_labels(name: &str) -> Result<(), UrlError> {
    let fits = name.len() <= NAME_LIMIT
        && name
            .split('.')
            .all(|label| (1..=LABEL_LIMIT).contains(&label.len()));
    if fits { Ok(()) } else { Err(UrlError::Invalid) }
}
