//! Heads of requests.

use super::authority::Authority;
use super::field::{self, Keep};
use super::framing::{FramingFields, Spelling};
use super::scan::{HeadScan, StartLine};
use super::target::Target;
use super::{BodyLength, HeadError, Limits, Parse, chars};
use pipelock_model::http::{Method, RequestHead, TargetText, Version};

/// Longest method that is waited for. The longest registered one has 17 letters.
const METHOD_LIMIT: usize = 32;

/// A request head and how its body is framed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Head, every field as sent.
    pub head: RequestHead,
    /// Framing of the body.
    pub body: BodyLength,
}

impl Request {
    /// The Host field as sent: of valid syntax, and equal to the authority of an
    /// absolute or authority-form target. Absent in HTTP/1.0 only.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.head
            .fields
            .get("host")
            .and_then(|value| std::str::from_utf8(value).ok())
    }
}

/// Reads a request head from the start of `buf`.
///
/// # Errors
/// Whatever is malformed, ambiguous or beyond the limits, as soon as it is seen.
pub fn request(
    buf: &[u8],
    scan: &mut HeadScan,
    limits: &Limits,
) -> Result<Parse<Request>, HeadError> {
    let Some(extent) = scan.find::<RequestLine<'_>>(buf, limits)? else {
        return Ok(Parse::Partial);
    };
    let consumed = extent.head.end;
    let (line, section) =
        field::split_line(&buf[extent.head]).ok_or(HeadError::Invalid("request line"))?;
    let line = RequestLine::parse(line)?;
    let method = Method::from_token(line.method);
    let target = Target::parse(&method, line.target)?;
    let mut framing = FramingFields::new(Spelling::Exact);
    let mut host = HostField::Absent;
    let fields = field::read(section, extent.fields, |field| {
        framing.visit(field)?;
        if field.name.eq_ignore_ascii_case("host") {
            host.visit(field.raw_value, &target)?;
        }
        Ok(Keep::Yes)
    })?;
    if line.version == Version::Http11 && host == HostField::Absent {
        return Err(HeadError::Invalid("HTTP/1.1 without host"));
    }
    let body = framing.decide(line.version, BodyLength::Empty)?;
    if method == Method::Connect && !matches!(body, BodyLength::Empty | BodyLength::Length(0)) {
        // Nobody could tell such a body from the first bytes of the tunnel.
        return Err(HeadError::Invalid("CONNECT with a body"));
    }
    let text = String::from_utf8(line.target.to_vec())
        .map_err(|_| HeadError::Invalid("character in the request target"))?;
    let head = RequestHead {
        method,
        target: TargetText(text),
        form: target.form,
        version: line.version,
        fields,
    };
    Ok(Parse::Complete {
        value: Request { head, body },
        consumed,
    })
}

/// Whether Host was met.
#[derive(PartialEq, Eq)]
enum HostField {
    Absent,
    Met,
}

impl HostField {
    fn visit(&mut self, raw_value: &[u8], target: &Target<'_>) -> Result<(), HeadError> {
        if std::mem::replace(self, Self::Met) == Self::Met {
            return Err(HeadError::Invalid("more than one host"));
        }
        target.agrees_with(&Authority::parse(chars::trim(raw_value), "host field")?)
    }
}

/// `METHOD target HTTP/1.1`, one blank between.
struct RequestLine<'a> {
    method: &'a str,
    target: &'a [u8],
    version: Version,
}

impl<'a> RequestLine<'a> {
    fn parse(line: &'a [u8]) -> Result<Self, HeadError> {
        let mut words = line.splitn(3, |byte| *byte == b' ');
        let method = words.next().unwrap_or_default();
        if method.len() > METHOD_LIMIT {
            return Err(HeadError::Invalid("method too long"));
        }
        let method = chars::token(method).ok_or(HeadError::Invalid("method"))?;
        let (Some(target), Some(version)) = (words.next(), words.next()) else {
            return Err(HeadError::Invalid("request line"));
        };
        Ok(Self {
            method,
            target,
            version: version_of(version)?,
        })
    }
}

impl StartLine for RequestLine<'_> {
    const EMPTY_LINE_FIRST: bool = true;

    fn check(line: &[u8]) -> Result<(), HeadError> {
        let line = RequestLine::parse(line)?;
        Target::parse(&Method::from_token(line.method), line.target).map(drop)
    }

    fn check_begin(line: &[u8]) -> Result<(), HeadError> {
        let begin = &line[..line.len().min(METHOD_LIMIT + 1)];
        match begin.iter().position(|byte| !chars::is_tchar(*byte)) {
            Some(at) if at == 0 || begin[at] != b' ' => Err(HeadError::Invalid("method")),
            None if begin.len() > METHOD_LIMIT => Err(HeadError::Invalid("method too long")),
            _ => Ok(()),
        }
    }
}

/// The version word; the protocol's name is case-sensitive (RFC 9112 §2.3).
pub(super) fn version_of(word: &[u8]) -> Result<Version, HeadError> {
    match word {
        b"HTTP/1.1" => Ok(Version::Http11),
        b"HTTP/1.0" => Ok(Version::Http10),
        [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
            if major.is_ascii_digit() && minor.is_ascii_digit() =>
        {
            Err(HeadError::UnsupportedVersion)
        }
        _ => Err(HeadError::Invalid("HTTP version")),
    }
}
