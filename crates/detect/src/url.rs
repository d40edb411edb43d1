//! URLs: reading them so that every parser agrees, and the text layers of the
//! URL pipeline.
//!
//! A [`Target`] is what is checked, resolved, dialled and sent, all from one
//! reading. Spellings about which RFC 3986 and the WHATWG URL standard differ are
//! refused, not interpreted.

mod decode;
mod hint;
mod host;
mod judge;
mod scan;
mod subdomain;
mod text;
mod views;

pub use decode::form_decoded;
pub use hint::hint;
pub use judge::{Signal, UrlBlock, UrlReport, UrlRules, judge, judge_sparing};
pub(crate) use views::search_name;

use host::Parsed;
use pipelock_model::Label;
use pipelock_model::http::{Host, Origin, Scheme};
use std::fmt;

/// A parsed absolute URL. `Debug` hides path and query.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    /// Where the request goes.
    pub origin: Origin,
    raw: Box<str>,
    /// Start of the path in `raw`; it may be empty.
    path: usize,
    /// End of the path.
    path_end: usize,
    /// End of path and query; a fragment may follow.
    end: usize,
    decoded: bool,
    registrable: Registrable,
}

/// The registrable domain of a host.
#[derive(Clone, PartialEq, Eq)]
enum Registrable {
    /// From this offset of the name.
    Suffix(usize),
    /// An address as text.
    Address(Box<str>),
}

/// Why a URL is refused before any layer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Does not parse.
    #[error("invalid URL")]
    Invalid,
    /// RFC 3986 and WHATWG parsers read different hosts or ports.
    #[error("invalid URL: parsers disagree about its host or port")]
    Disagreement,
    /// Carries a user name or password.
    #[error("invalid URL: userinfo is not allowed")]
    Userinfo,
    /// Neither http nor https.
    #[error("scheme \"{0}\" not allowed: only http and https")]
    Scheme(String),
}

impl UrlError {
    /// The layer that refuses.
    #[must_use]
    pub const fn label(&self) -> Label {
        match self {
            Self::Scheme(_) => Label::Scheme,
            Self::Invalid | Self::Disagreement | Self::Userinfo => Label::Parser,
        }
    }

    /// The sentence that replies and events show.
    #[must_use]
    pub fn reason(&self) -> String {
        self.to_string()
    }
}

/// Longest scheme that is repeated in a reason.
const SCHEME_SHOWN: usize = 32;

impl Target {
    /// Reads an absolute http or https URL.
    ///
    /// # Errors
    /// Whatever is no such URL, carries userinfo, or is read differently by the two
    /// standards.
    pub fn parse(raw: &str) -> Result<Self, UrlError> {
        let odd = text::survey(raw).ok_or(UrlError::Invalid)?;
        let (scheme, rest) = split_scheme(raw)?;
        let start = raw.len() - rest.len();
        let authority_end = rest
            .find(['/', '?', '#'])
            .map_or(raw.len(), |at| start + at);
        let host = Parsed::new(&raw[start..authority_end], scheme)?;
        let tail = &raw[authority_end..];
        let path_end = first_of(tail, [b'?', b'#', b'#']).unwrap_or(tail.len());
        if !text::escapes_are_whole(&tail[..path_end]) {
            return Err(UrlError::Invalid);
        }
        // A query straight after the authority gets the slash that is sent anyway.
        let slash = if tail.starts_with('?') { "/" } else { "" };
        let (text, path): (Box<str>, usize) = match odd {
            text::Survey::Ascii if slash.is_empty() => (raw.into(), authority_end),
            _ => {
                let mut text = String::with_capacity(raw.len() + 1);
                host.push_origin(&raw[..authority_end], scheme, &mut text);
                let authority_end = text.len();
                text.push_str(slash);
                text::push_ascii(tail, &mut text);
                (text.into(), authority_end)
            }
        };
        Ok(Self::assemble(scheme, host, text, path))
    }

    /// Reads the target of a CONNECT, `host:port`; without a port it is 443. The URL
    /// is `https://host:port/` with the canonical host.
    ///
    /// # Errors
    /// Whatever is no authority or carries userinfo.
    pub fn authority(text: &str) -> Result<Self, UrlError> {
        let host = authority(text, Scheme::Https)?;
        let raw = match host.port {
            443 => format!("https://{}/", host.host),
            port => format!("https://{}:{port}/", host.host),
        };
        let path = raw.len() - 1;
        Ok(Self::assemble(Scheme::Https, host, raw.into(), path))
    }

    fn assemble(scheme: Scheme, host: Parsed, raw: Box<str>, path: usize) -> Self {
        let tail = &raw[path..];
        let end = tail.find('#').unwrap_or(tail.len());
        let path_end = path + tail[..end].find('?').unwrap_or(end);
        let registrable = match &host.host {
            Host::Name(name) => Registrable::Suffix(name.len() - registrable(name).len()),
            Host::Ip(ip) => Registrable::Address(ip.to_string().into()),
        };
        Self {
            end: path + end,
            origin: Origin {
                scheme,
                host: host.host,
                port: host.port,
            },
            raw,
            path,
            path_end,
            decoded: host.decoded,
            registrable,
        }
    }

    /// The URL as sent, fragment included; bytes outside visible ASCII are
    /// percent-encoded, and an empty path before a query is a slash.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// What the request line of the origin carries, without fragment.
    #[must_use]
    pub fn path_and_query(&self) -> &str {
        match &self.raw[self.path..self.end] {
            "" => "/",
            sent => sent,
        }
    }

    /// The path as sent; `/` if empty.
    #[must_use]
    pub fn path(&self) -> &str {
        match &self.raw[self.path..self.path_end] {
            "" => "/",
            sent => sent,
        }
    }

    /// The query as sent, without its question mark.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.raw[self.path_end..self.end].strip_prefix('?')
    }

    /// The canonical host.
    #[must_use]
    pub const fn host(&self) -> &Host {
        &self.origin.host
    }

    /// The port, given or by scheme.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.origin.port
    }

    /// True for an address that was not written in its canonical form.
    #[must_use]
    pub const fn was_decoded(&self) -> bool {
        self.decoded
    }

    /// The registrable domain by the public suffix list: the key of rate limits and
    /// budgets. Addresses, single labels and public suffixes are their own.
    #[must_use]
    pub fn registrable(&self) -> &str {
        match (&self.registrable, &self.origin.host) {
            (Registrable::Suffix(at), Host::Name(name)) => &name[*at..],
            (Registrable::Address(text), _) => text,
            (Registrable::Suffix(_), Host::Ip(_)) => "",
        }
    }
}

/// Scheme, host and port only: paths and queries carry secrets.
impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

fn split_scheme(raw: &str) -> Result<(Scheme, &str), UrlError> {
    let (name, rest) = raw.split_once(':').ok_or(UrlError::Invalid)?;
    let scheme = if name.eq_ignore_ascii_case("https") {
        Scheme::Https
    } else if name.eq_ignore_ascii_case("http") {
        Scheme::Http
    } else {
        let tail = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
        let known = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.bytes().all(tail);
        let shown = || {
            name.bytes()
                .take(SCHEME_SHOWN)
                .map(|b| char::from(b.to_ascii_lowercase()))
                .collect()
        };
        return Err(if known {
            UrlError::Scheme(shown())
        } else {
            UrlError::Invalid
        });
    };
    // WHATWG parsers accept any number of slashes here; we do not.
    Ok((scheme, rest.strip_prefix("//").ok_or(UrlError::Invalid)?))
}

fn authority(text: &str, scheme: Scheme) -> Result<Parsed, UrlError> {
    let whole =
        text::survey(text).is_some() && !text.contains(['/', '?', '#']) && !text.ends_with(':');
    if whole {
        Parsed::new(text, scheme)
    } else {
        Err(UrlError::Invalid)
    }
}

/// Host and port of an authority such as a Host field.
///
/// # Errors
/// Whatever is no authority or carries userinfo.
pub fn host_of_authority(text: &str, scheme: Scheme) -> Result<(Host, u16), UrlError> {
    authority(text, scheme).map(|host| (host.host, host.port))
}

/// Where the first of some ASCII characters stands.
fn first_of(text: &str, [a, b, c]: [u8; 3]) -> Option<usize> {
    memchr::memchr3(a, b, c, text.as_bytes())
}

/// The registrable part of a canonical name, the whole name where there is none.
fn registrable(name: &str) -> &str {
    psl::domain(name.as_bytes())
        .and_then(|domain| name.get(name.len() - domain.as_bytes().len()..))
        .unwrap_or(name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
