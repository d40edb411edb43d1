//! Heads of responses.

use super::field::{self, Keep};
use super::framing::{FramingFields, Spelling};
use super::request::version_of;
use super::scan::{HeadScan, StartLine};
use super::{BodyLength, HeadError, Limits, Parse};
use pipelock_model::http::{Method, ResponseHead, Version};

/// A response head and how its body is framed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Head, every field as sent.
    pub head: ResponseHead,
    /// Framing of the body; `Empty` for 1xx, 204, 304, answers to HEAD and the
    /// 2xx of CONNECT. What follows a 101 is the caller's.
    pub body: BodyLength,
}

impl Response {
    /// True for a 1xx, which another response follows (except after 101). The
    /// caller bounds how many it takes.
    #[must_use]
    pub const fn is_interim(&self) -> bool {
        self.head.status < 200
    }
}

/// Reads the head of a response to a request of `request_method` from the start
/// of `buf`.
///
/// # Errors
/// Whatever is malformed, ambiguous or beyond the limits, as soon as it is seen.
pub fn response(
    buf: &[u8],
    scan: &mut HeadScan,
    limits: &Limits,
    request_method: &Method,
) -> Result<Parse<Response>, HeadError> {
    let Some(extent) = scan.find::<StatusLine<'_>>(buf, limits)? else {
        return Ok(Parse::Partial);
    };
    let consumed = extent.head.end;
    let (line, section) =
        field::split_line(&buf[extent.head]).ok_or(HeadError::Invalid("status line"))?;
    let line = StatusLine::parse(line)?;
    let mut framing = FramingFields::new(Spelling::AnyCase);
    let fields = field::read(section, extent.fields, |field| {
        framing.visit(field)?;
        Ok(Keep::Yes)
    })?;
    let framed = framing.decide(line.version, BodyLength::UntilClose)?;
    let body = body_of(line.status, request_method, framed)?;
    let head = ResponseHead {
        status: line.status,
        version: line.version,
        reason: line.reason.to_vec(),
        fields,
    };
    Ok(Parse::Complete {
        value: Response { head, body },
        consumed,
    })
}

/// RFC 9112 §6.3, rules 1 and 2. A 1xx or 204 that announces a body is refused:
/// some readers would wait for it.
fn body_of(status: u16, method: &Method, framed: BodyLength) -> Result<BodyLength, HeadError> {
    match status {
        100..=199 | 204 => match framed {
            BodyLength::Chunked | BodyLength::Length(1..) => {
                Err(HeadError::Invalid("body announced where none may be"))
            }
            _ => Ok(BodyLength::Empty),
        },
        304 => Ok(BodyLength::Empty),
        _ if *method == Method::Head => Ok(BodyLength::Empty),
        200..=299 if *method == Method::Connect => Ok(BodyLength::Empty),
        _ => Ok(framed),
    }
}

/// `HTTP/1.1 200 reason`.
struct StatusLine<'a> {
    version: Version,
    status: u16,
    reason: &'a [u8],
}

impl<'a> StatusLine<'a> {
    /// The blank before an empty reason may be missing: servers leave it out.
    fn parse(line: &'a [u8]) -> Result<Self, HeadError> {
        let mut words = line.splitn(3, |byte| *byte == b' ');
        let version = version_of(words.next().unwrap_or_default())?;
        let status = match words.next() {
            Some([a @ b'1'..=b'5', b @ b'0'..=b'9', c @ b'0'..=b'9']) => {
                let digit = |byte: &u8| u16::from(byte - b'0');
                digit(a) * 100 + digit(b) * 10 + digit(c)
            }
            _ => return Err(HeadError::Invalid("status")),
        };
        Ok(Self {
            version,
            status,
            reason: words.next().unwrap_or_default(),
        })
    }
}

impl StartLine for StatusLine<'_> {
    const EMPTY_LINE_FIRST: bool = false;

    fn check(line: &[u8]) -> Result<(), HeadError> {
        StatusLine::parse(line).map(drop)
    }

    fn check_begin(line: &[u8]) -> Result<(), HeadError> {
        const NAME: &[u8] = b"HTTP/";
        let begin = &line[..line.len().min(NAME.len())];
        if NAME.starts_with(begin) {
            return Ok(());
        }
        Err(HeadError::Invalid("HTTP version"))
    }
}
