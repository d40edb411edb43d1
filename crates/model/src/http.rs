//! HTTP heads as the codec read them: field order, case and duplicates kept
//! (RFC 9110, RFC 9112).

use std::fmt;
use std::net::IpAddr;

/// Fields in order. All names share one buffer and all values another, so that a
/// head costs three allocations however many fields it has.
#[derive(Clone, Default)]
pub struct Fields {
    names: String,
    values: Vec<u8>,
    index: Vec<Position>,
}

#[derive(Debug, Clone, Copy)]
struct Position {
    name: (u32, u32),
    value: (u32, u32),
}

impl Fields {
    /// No fields.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            names: String::new(),
            values: Vec::new(),
            index: Vec::new(),
        }
    }

    /// No fields, with room for a head of `bytes` bytes and `fields` fields.
    #[must_use]
    pub fn with_capacity(bytes: usize, fields: usize) -> Self {
        Self {
            names: String::with_capacity(fields * 16),
            values: Vec::with_capacity(bytes),
            index: Vec::with_capacity(fields),
        }
    }

    /// Appends a field. The codec has checked name and value.
    pub fn push(&mut self, name: &str, value: &[u8]) {
        let at = |offset| u32::try_from(offset).expect("a head is far below 4 GiB");
        let (name_start, value_start) = (at(self.names.len()), at(self.values.len()));
        self.names.push_str(name);
        self.values.extend_from_slice(value);
        self.index.push(Position {
            name: (name_start, at(self.names.len())),
            value: (value_start, at(self.values.len())),
        });
    }

    fn name(&self, position: Position) -> &str {
        &self.names[position.name.0 as usize..position.name.1 as usize]
    }

    fn value(&self, position: Position) -> &[u8] {
        &self.values[position.value.0 as usize..position.value.1 as usize]
    }

    /// Every field, in order, as sent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.index
            .iter()
            .map(|position| (self.name(*position), self.value(*position)))
    }

    /// Values of a field, compared without case, in order.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.iter()
            .filter(move |(have, _)| have.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// First value of a field.
    #[must_use]
    pub fn get<'a>(&'a self, name: &'a str) -> Option<&'a [u8]> {
        self.values(name).next()
    }

    /// True when the field is there.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// True when a comma-separated list field holds this token, without case.
    #[must_use]
    pub fn lists(&self, name: &str, token: &str) -> bool {
        self.tokens(name)
            .any(|have| have.eq_ignore_ascii_case(token.as_bytes()))
    }

    /// Members of a comma-separated list field, blanks trimmed, empty ones left out.
    pub fn tokens<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.values(name)
            .flat_map(|value| value.split(|byte| *byte == b','))
            .map(<[u8]>::trim_ascii)
            .filter(|token| !token.is_empty())
    }

    /// Keeps the fields for which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &[u8]) -> bool) {
        let Self {
            names,
            values,
            index,
        } = self;
        index.retain(|position| {
            let (name, value) = (position.name, position.value);
            keep(
                &names[name.0 as usize..name.1 as usize],
                &values[value.0 as usize..value.1 as usize],
            )
        });
    }

    /// Removes a field, compared without case.
    pub fn remove(&mut self, name: &str) {
        self.retain(|have, _| !have.eq_ignore_ascii_case(name));
    }

    /// Removes a field and appends it with a new value.
    pub fn set(&mut self, name: &str, value: &[u8]) {
        self.remove(name);
        self.push(name, value);
    }

    /// Number of fields.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// True without fields.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }
}

impl PartialEq for Fields {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Fields {}

/// Names only: a value may be a credential.
impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.iter().map(|(name, _)| name))
            .finish()
    }
}

/// A request method (RFC 9110 §9). Methods are case-sensitive.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Method {
    /// GET.
    Get,
    /// HEAD.
    Head,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// DELETE.
    Delete,
    /// CONNECT.
    Connect,
    /// OPTIONS.
    Options,
    /// TRACE.
    Trace,
    /// PATCH.
    Patch,
    /// Any other token.
    Other(Box<str>),
}

impl Method {
    /// Reads a token that the codec has checked.
    #[must_use]
    pub fn from_token(token: &str) -> Self {
        match token {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "DELETE" => Self::Delete,
            "CONNECT" => Self::Connect,
            "OPTIONS" => Self::Options,
            "TRACE" => Self::Trace,
            "PATCH" => Self::Patch,
            other => Self::Other(other.into()),
        }
    }

    /// The token.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
            Self::Connect => "CONNECT",
            Self::Options => "OPTIONS",
            Self::Trace => "TRACE",
            Self::Patch => "PATCH",
            Self::Other(token) => token,
        }
    }

    /// RFC 9110 §9.2.2.
    #[must_use]
    pub const fn is_idempotent(&self) -> bool {
        matches!(
            self,
            Self::Get | Self::Head | Self::Put | Self::Delete | Self::Options | Self::Trace
        )
    }
}

/// HTTP/1.0 or HTTP/1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// HTTP/1.0.
    Http10,
    /// HTTP/1.1.
    Http11,
}

/// URL scheme of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `http`, default port 80.
    Http,
    /// `https`, default port 443.
    Https,
}

impl Scheme {
    /// The scheme in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// Port when the authority names none.
    #[must_use]
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// Host of an authority in canonical form: whatever spelling was sent, this is
/// what is checked, resolved and dialled.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host {
    /// Lower-case A-label form, without a trailing dot.
    Name(Box<str>),
    /// A literal in any spelling, IPv4-mapped IPv6 unwrapped.
    Ip(IpAddr),
}

/// As in an authority: IPv6 in brackets.
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Ip(IpAddr::V4(ip)) => write!(f, "{ip}"),
            Self::Ip(IpAddr::V6(ip)) => write!(f, "[{ip}]"),
        }
    }
}

/// Where a request goes: scheme, canonical host, port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    /// Scheme.
    pub scheme: Scheme,
    /// Host.
    pub host: Host,
    /// Port, never absent.
    pub port: u16,
}

/// Form of a request target (RFC 9112 §3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetForm {
    /// `/path?query`.
    Origin,
    /// `http://host/path`.
    Absolute,
    /// `host:port`, CONNECT only.
    Authority,
    /// `*`, OPTIONS only.
    Asterisk,
}

/// Head of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestHead {
    /// Method.
    pub method: Method,
    /// Target exactly as sent; visible ASCII.
    pub target: TargetText,
    /// Its form.
    pub form: TargetForm,
    /// Version.
    pub version: Version,
    /// Fields.
    pub fields: Fields,
}

/// A request target. `Debug` hides it: paths and queries carry secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct TargetText(pub String);

impl fmt::Debug for TargetText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[target of {} bytes]", self.0.len())
    }
}

/// Head of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseHead {
    /// Status, 100 to 599.
    pub status: u16,
    /// Version.
    pub version: Version,
    /// Reason phrase, possibly empty.
    pub reason: Vec<u8>,
    /// Fields.
    pub fields: Fields,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Fields {
        let mut fields = Fields::new();
        fields.push("Host", b"h.test");
        fields.push("connection", b"close, X-Private");
        fields.push("CONNECTION", b"te");
        fields
    }

    #[test]
    fn fields_keep_order_case_and_duplicates() {
        let names: Vec<_> = sample().iter().map(|(name, _)| name.to_owned()).collect();
        assert_eq!(names, ["Host", "connection", "CONNECTION"]);
    }

    #[test]
    fn list_members_are_read_over_every_line_of_a_field() {
        let fields = sample();
        for (token, listed) in [
            ("close", true),
            ("x-private", true),
            ("TE", true),
            ("clos", false),
        ] {
            assert_eq!(fields.lists("Connection", token), listed, "{token}");
        }
    }

    #[test]
    fn removing_a_field_removes_every_spelling() {
        let mut fields = sample();
        fields.remove("Connection");
        assert_eq!(fields.len(), 1);
        assert_eq!(fields.get("host"), Some(&b"h.test"[..]));
    }

    #[test]
    fn debug_shows_no_value() {
        let text = format!("{:?}", sample());
        assert!(text.contains("Host") && !text.contains("h.test"));
    }
}
