//! What the first bytes of a tunnel are.

use crate::http1::is_tchar;
use crate::tls::{Begin, begin};

/// Longest method that still makes a line look like HTTP.
const METHOD_LIMIT: usize = 20;
/// Line ends before a request that some servers skip.
const EMPTY_LINES: usize = 16;
/// What opens an HTTP/2 connection (RFC 9113 §3.4); its first line decides.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n";

/// Kind of the first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    /// Undecidable yet.
    Partial,
    /// TLS, well-formed or not: [`crate::tls::client_hello`] tells.
    Tls,
    /// A line that an HTTP/1 server would read as a request.
    Http1,
    /// HTTP/2 without TLS.
    Http2Preface,
    /// Anything else.
    Other,
}

/// Tells the protocol of the first bytes. It looks at a constant number of them.
#[must_use]
pub fn first_bytes(buf: &[u8]) -> First {
    if PREFACE.starts_with(&buf[..buf.len().min(PREFACE.len())]) {
        return if buf.len() >= PREFACE.len() {
            First::Http2Preface
        } else {
            First::Partial
        };
    }
    match begin(buf) {
        Begin::Tls => return First::Tls,
        // One byte of text is a request line as well as a stray byte.
        Begin::Partial => return First::Partial,
        Begin::Other => {}
    }
    request_line(buf)
}

/// A method and a blank, after line ends that servers skip.
fn request_line(buf: &[u8]) -> First {
    let skipped = buf
        .iter()
        .take(EMPTY_LINES)
        .take_while(|byte| matches!(byte, b'\r' | b'\n'));
    let line = &buf[skipped.count()..];
    let method = line
        .iter()
        .take(METHOD_LIMIT + 1)
        .take_while(|byte| is_tchar(**byte))
        .count();
    match (method, line.get(method)) {
        // The identification of SSH may look like a method, comment and all.
        _ if line.starts_with(b"SSH-") => First::Other,
        (0, Some(_)) => First::Other,
        (0..=METHOD_LIMIT, None) => First::Partial,
        (1..=METHOD_LIMIT, Some(b' ')) => First::Http1,
        _ => First::Other,
    }
}
