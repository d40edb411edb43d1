//! Trailer sections (RFC 9110 §6.5, RFC 9112 §7.1.2).

use super::{BodyError, Limits};
use crate::http1::HeadError;
use crate::http1::chars;
use crate::http1::field::{self, Keep};
use pipelock_model::http::Fields;

/// The part of a section that was read. It is the one thing the decoder copies,
/// so that no caller has to hold a whole section in its buffer.
#[derive(Default)]
pub(super) struct TrailerSection {
    text: Vec<u8>,
    /// Start of the line that is open.
    line: usize,
    lines: usize,
}

/// Values may be credentials.
impl std::fmt::Debug for TrailerSection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TrailerSection({} bytes)", self.text.len())
    }
}

impl TrailerSection {
    /// Reads up to the end of one line: bytes used, and the fields once the
    /// section is whole.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<(usize, Option<Fields>), BodyError> {
        if self.text.is_empty() && bytes.starts_with(b"\r\n") {
            return Ok((2, Some(Fields::new())));
        }
        let end = memchr::memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1);
        if self.text.len() + end > limits.trailer_bytes {
            return Err(BodyError::TooLarge("trailer section"));
        }
        self.check(&bytes[..end])?;
        self.text.extend_from_slice(&bytes[..end]);
        if self.text.last() != Some(&b'\n') {
            return Ok((end, None));
        }
        let line = &self.text[self.line..];
        if line == b"\r\n" {
            return Ok((end, Some(self.fields()?)));
        }
        let line = line
            .strip_suffix(b"\r\n")
            .ok_or(BodyError::Invalid("bare line feed in a trailer"))?;
        field::split(line).map_err(invalid)?;
        self.line = self.text.len();
        self.lines += 1;
        if self.lines > limits.fields {
            return Err(BodyError::TooLarge("trailer section"));
        }
        Ok((end, None))
    }

    /// Refuses what no line may hold, before the line has ended.
    fn check(&self, piece: &[u8]) -> Result<(), BodyError> {
        if chars::has_control(piece) {
            return Err(BodyError::Invalid("control character in a trailer"));
        }
        let carried = self.text.last() == Some(&b'\r') && piece.first() != Some(&b'\n');
        let inside = memchr::memchr(b'\r', piece)
            .and_then(|at| piece.get(at + 1))
            .is_some_and(|next| *next != b'\n');
        if carried || inside {
            return Err(BodyError::Invalid("bare carriage return in a trailer"));
        }
        Ok(())
    }

    fn fields(&self) -> Result<Fields, BodyError> {
        field::read(&self.text, self.lines, |field| {
            Ok(if is_allowed(field.name) {
                Keep::Yes
            } else {
                Keep::No
            })
        })
        .map_err(invalid)
    }
}

fn invalid(error: HeadError) -> BodyError {
    BodyError::Invalid(error.what())
}

/// True when a field may stand in a trailer. Framing, routing, authentication and
/// what says how to read the body may not (RFC 9110 §6.5.1); such are dropped.
pub(in crate::http1) fn is_allowed(name: &str) -> bool {
    const FORBIDDEN: [&str; 25] = [
        "authorization",
        "cache-control",
        "connection",
        "content-encoding",
        "content-length",
        "content-range",
        "content-type",
        "cookie",
        "expect",
        "host",
        "keep-alive",
        "location",
        "max-forwards",
        "pragma",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "range",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "vary",
        "www-authenticate",
    ];
    !FORBIDDEN
        .iter()
        .any(|forbidden| name.eq_ignore_ascii_case(forbidden))
}
