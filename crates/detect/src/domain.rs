//! Domain patterns and sets of them.
//!
//! One rule for every list: `*.d` is `d` and every name below it, anything else
//! is one exact host. An IP address matches only by equality. Names compare in
//! A-label form, lower case, without the trailing dot.

use pipelock_model::http::Host;
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::net::IpAddr;

/// FNV-1a. The keys are the operator's, so nobody can make them collide, and
/// every request asks several times.
#[derive(Clone)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

type Index<K> = HashMap<K, usize, BuildHasherDefault<Fnv>>;

/// A set of domain patterns. Lookups cost one hash for each label of the host,
/// however many patterns there are, and allocate nothing.
#[derive(Debug, Clone, Default)]
pub struct DomainSet {
    patterns: Vec<Box<str>>,
    exact: Index<Box<str>>,
    below: Index<Box<str>>,
    addresses: Index<IpAddr>,
}

impl DomainSet {
    /// Takes any text as a pattern, as old files may hold it: blanks around are
    /// dropped, empty patterns ignored, what is no name never matches.
    pub fn new<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Self {
        let mut set = Self::default();
        for text in patterns {
            let pattern = normalise(text);
            if !pattern.is_empty() {
                set.insert(pattern.into());
            }
        }
        set
    }

    fn insert(&mut self, pattern: Box<str>) {
        let at = self.patterns.len();
        if let Some(base) = pattern.strip_prefix("*.") {
            self.below.entry(base.into()).or_insert(at);
        } else if let Some(ip) = address(&pattern) {
            self.addresses.entry(ip).or_insert(at);
        } else {
            self.exact.entry(pattern.clone()).or_insert(at);
        }
        self.patterns.push(pattern);
    }

    /// The pattern that matches a host, exact ones first.
    #[must_use]
    pub fn matches(&self, host: &Host) -> Option<&str> {
        let at = match host {
            Host::Name(name) => self.find_name(name),
            Host::Ip(ip) => self.addresses.get(&ip.to_canonical()).copied(),
        };
        at.map(|at| &*self.patterns[at])
    }

    /// True when a host given as text is in the set.
    #[must_use]
    pub fn matches_name(&self, name: &str) -> bool {
        if self.is_empty() {
            return false;
        }
        match address(name) {
            Some(ip) => self.addresses.contains_key(&ip),
            None => self.find_name(&canonical(name)).is_some(),
        }
    }

    fn find_name(&self, name: &str) -> Option<usize> {
        if self.patterns.is_empty() {
            return None;
        }
        if let Some(at) = self.exact.get(name) {
            return Some(*at);
        }
        if self.below.is_empty() {
            return None;
        }
        let mut rest = name;
        loop {
            if let Some(at) = self.below.get(rest) {
                return Some(*at);
            }
            rest = rest.split_once('.')?.1;
        }
    }

    /// True without patterns.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Number of patterns.
    #[must_use]
    pub fn len(&self) -> usize {
        self.patterns.len()
    }

    /// The patterns in order, normalised.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.patterns.iter().map(|pattern| &**pattern)
    }
}

impl PartialEq for DomainSet {
    fn eq(&self, other: &Self) -> bool {
        self.patterns == other.patterns
    }
}

impl Eq for DomainSet {}

fn address(text: &str) -> Option<IpAddr> {
    let text = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(text);
    // Names are by far the most frequent; they have a letter where an address has none.
    let last = *text.as_bytes().last()?;
    if !last.is_ascii_hexdigit() && last != b':' {
        return None;
    }
    text.parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
}

fn plain(name: &str) -> bool {
    name.bytes().all(|b| {
        b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'_' | b'*')
    })
}

/// Lower case, A-labels, no trailing dot; as it is where IDNA refuses.
fn canonical(name: &str) -> Cow<'_, str> {
    let name = name.strip_suffix('.').unwrap_or(name);
    if plain(name) && !name.contains("xn--") {
        return Cow::Borrowed(name);
    }
    match idna::domain_to_ascii_cow(name.as_bytes(), idna::AsciiDenyList::URL) {
        Ok(ascii) => match ascii.strip_suffix('.') {
            Some(rest) => Cow::Owned(rest.to_owned()),
            None => Cow::Owned(ascii.into_owned()),
        },
        Err(_) => Cow::Owned(name.to_ascii_lowercase()),
    }
}

fn normalise(text: &str) -> String {
    let text = text.trim();
    match text.strip_prefix("*.") {
        Some(base) => format!("*.{}", canonical(base)),
        None => canonical(text).into_owned(),
    }
}

/// Why a pattern is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DomainPatternError {
    /// Nothing but blanks.
    #[error("is empty")]
    Empty,
    /// A URL, a path or a port.
    #[error("must be a host name, without scheme, port or path")]
    NotAHost,
    /// `*` alone.
    #[error("would match every host")]
    Everything,
    /// `*.com`.
    #[error("needs at least two labels after \"*.\"")]
    TooWide,
    /// `*.co.uk`.
    #[error("covers a public suffix, under which anybody can register a name")]
    PublicSuffix,
    /// A star, question mark or bracket elsewhere.
    #[error("may hold a wildcard only as the leading \"*.\"")]
    MisplacedWildcard,
    /// Not a host name in IDNA.
    #[error("is not a valid host name")]
    InvalidName,
}

/// Checks a pattern of a trust or exemption list and returns it normalised.
///
/// # Errors
/// Everything that is not a host name or `*.` before one of two labels or more,
/// and wildcards over a known public suffix.
pub fn validate_pattern(text: &str) -> Result<String, DomainPatternError> {
    use DomainPatternError as E;
    let text = text.trim();
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.is_empty() {
        return Err(E::Empty);
    }
    if text.contains(['/', ':']) {
        return Err(E::NotAHost);
    }
    if text == "*" {
        return Err(E::Everything);
    }
    let base = text.strip_prefix("*.");
    let name = base.unwrap_or(text);
    if name.contains(['*', '?', '[', ']']) {
        return Err(E::MisplacedWildcard);
    }
    let ascii = canonical(name);
    if !plain(&ascii) || ascii.len() > 253 || ascii.split('.').any(|l| l.is_empty() || l.len() > 63)
    {
        return Err(if base.is_some() && ascii.is_empty() {
            E::TooWide
        } else {
            E::InvalidName
        });
    }
    if base.is_some() {
        if !ascii.contains('.') {
            return Err(E::TooWide);
        }
        let suffix = psl::suffix(ascii.as_bytes());
        if suffix.is_some_and(|s| s.is_known() && s.as_bytes().len() == ascii.len()) {
            return Err(E::PublicSuffix);
        }
        return Ok(format!("*.{ascii}"));
    }
    Ok(ascii.into_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
