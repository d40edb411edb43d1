//! `host[:port]` as it stands in targets and in Host (RFC 3986 §3.2).
//!
//! Only its syntax is judged here; what the host means is the URL layer's.

use super::HeadError;

/// An authority of the strict form: no userinfo, no empty port.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Authority<'a> {
    host: &'a [u8],
    port: Option<u16>,
}

impl<'a> Authority<'a> {
    /// Reads one; `what` is the error.
    pub(crate) fn parse(text: &'a [u8], what: &'static str) -> Result<Self, HeadError> {
        Self::split(text).ok_or(HeadError::Invalid(what))
    }

    fn split(text: &'a [u8]) -> Option<Self> {
        let end = match text {
            [b'[', ..] => memchr::memchr(b']', text)? + 1,
            _ => memchr::memchr(b':', text).unwrap_or(text.len()),
        };
        let (host, rest) = text.split_at(end);
        let port = match rest {
            [] => None,
            [b':', digits @ ..] => Some(port(digits)?),
            _ => return None,
        };
        is_host(host).then_some(Self { host, port })
    }

    /// Same host without case, and same port where `defaults` stand in for none.
    pub(crate) fn same(&self, other: &Self, defaults: &[u16]) -> bool {
        let port = match (self.port, other.port) {
            (Some(one), Some(two)) => one == two,
            (None, None) => true,
            (Some(port), None) | (None, Some(port)) => defaults.contains(&port),
        };
        port && self.host.eq_ignore_ascii_case(other.host)
    }
}

/// A port of 1 to 65535 in at most five digits.
fn port(digits: &[u8]) -> Option<u16> {
    if digits.len() > 5 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits)
        .ok()?
        .parse()
        .ok()
        .filter(|port| *port != 0)
}

/// A registered name, an IPv4 address, or an IPv6 address in brackets without a
/// zone. Sub-delimiters are legal and occur in no honest host.
fn is_host(host: &[u8]) -> bool {
    match host {
        [b'[', inner @ .., b']'] => {
            inner.len() >= 2
                && inner
                    .iter()
                    .all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'))
        }
        _ => {
            !host.is_empty()
                && host.iter().all(|byte| {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'%')
                })
        }
    }
}
